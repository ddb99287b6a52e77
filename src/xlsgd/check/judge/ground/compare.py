"""Two formulas for one cell: what makes them differ, in words, and what kind of mistake that is."""

from __future__ import annotations

from dataclasses import dataclass

from ....formula.nodes import Literal, NameRef, Node, Paren, Ref, Signs, TableRef
from ....formula.printer import to_text
from ...findings import Place
from .desk import Desk
from .trees import bare, box_at, same_shape
from .whatif import equivalent


@dataclass(frozen=True, slots=True)
class Difference:
    """How one formula differs from the one that belongs there. kind: "" where both compute the same.

    words: what it reads or says in the place of what. written: only the writing differs, not even the algebra.
    """

    kind: str
    words: str
    written: bool = False


def difference(desk: Desk, own: Node, wanted: Node, place: Place, array: bool = False) -> Difference:
    """How a cell's own formula differs from the wanted one. array: its own is an array formula."""
    spots = same_shape(own, wanted)
    if spots is not None:
        spots = [spot for spot in spots if not _same_target(desk, spot[1], spot[2], place)]
        if not spots:
            return Difference("", "", written=True)
    if equivalent(desk, own, wanted, place, array):
        return Difference("", "computes the same, written differently")
    if spots is None:
        return Difference("formula", f"{_text(own, place)} in the place of {_text(wanted, place)}")
    if (
        len(spots) == 2
        and spots[0][1] == spots[1][2]
        and spots[0][2] == spots[1][1]
        and _opposite(desk, own, wanted, place)
    ):
        return Difference("formula", f"its sign is wrong, {_text(own, place)} in the place of {_text(wanted, place)}")
    words = "; ".join(_spot(one, two, place) for _, one, two in spots)
    if all(
        isinstance(one, Ref | NameRef | TableRef) and isinstance(two, Ref | NameRef | TableRef) for _, one, two in spots
    ):
        return Difference("reference", words)
    return Difference("formula", words)


def _opposite(desk: Desk, own: Node, wanted: Node, place: Place) -> bool:
    """Whether two formulas differ in their sign only."""
    return equivalent(desk, own, Signs("-", Paren(wanted, 1)), place)


def _spot(one: Node, two: Node, place: Place) -> str:
    first, second = to_text(one, *place[1:]), to_text(two, *place[1:])
    if isinstance(one, Ref):
        if one.last is not None and isinstance(two, Ref) and two.last is not None:
            return f"the range {first} should be {second}"
        return f"it reads {first} where {second} belongs"
    if isinstance(one, Literal) and not isinstance(two, Literal):
        return f"{first} is typed in where {second} belongs"
    return f"{first} stands where {second} belongs"


def _same_target(desk: Desk, one: Node, two: Node, place: Place) -> bool:
    """Whether two references mean the same cells of the same sheet; names are looked up."""
    return _target(desk, one, place) == _target(desk, two, place) is not None


def _target(desk: Desk, node: Node, place: Place) -> object:
    if isinstance(node, NameRef):
        name = desk.cells.links.name(node.name, node.where, place[0])
        if name is None:
            return None
        inner = bare(desk.cells.links.tree(name))
        return _target(desk, inner, place) if isinstance(inner, Ref) else None
    if isinstance(node, Ref):
        box = box_at(node, *place[1:])
        span = desk.cells.links.span(node.where, place[0])
        return None if box is None or span is None or len(span) != 1 else (span[0], box)
    return None


def _text(tree: Node, place: Place) -> str:
    return to_text(tree, *place[1:])
