"""A cell against what it should say, as cells made like it tell: in other blocks, or on other sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....address import box_name
from ....formula.nodes import Node
from ....plan import Program
from ....values import Array
from ...findings import WARNING, Finding, Place
from ..ground.case import Case, formula_text, place_name, said
from ..ground.compare import difference
from ..ground.fills import item
from ..ground.trees import box_at, refs
from ..ground.whatif import is_copy, near
from .motion import Fit, drawn


@dataclass(frozen=True, slots=True)
class Wanted:
    """What belongs in a cell: a formula that another cell has, as all of them move. beyond: the others end before it.

    words: how to say that the cell has another; names: of the sheets, as the fits number them.
    """

    program: Program
    fits: Sequence[Fit]
    index: int
    words: str
    names: Sequence[str]
    beyond: bool = False


def compared(case: Case, place: Place, other: Wanted) -> Finding | None:
    """The finding for a cell that should be made as others are; None where it is, or where that is no number."""
    desk, held = case.desk, item(case.desk, place)
    assert other.program.tree is not None
    wanted = drawn(other.program.tree, place, other.fits, other.index, other.names)
    if wanted is None or held is None or (is_copy(wanted) and not _repeats(case, held, place)):
        return None  # a copy is handed on until something renews it
    value = desk.evaluate(wanted, place, other.program.whole)
    if not (type(value) is float or isinstance(value, Array)):
        return None
    expected = formula_text(wanted, place)
    if not isinstance(held, Program):
        return _typed(case, place, held, expected, value)
    if held.tree is None or (other.beyond and not _slip(held.tree, wanted, place)) or not _full(case, wanted, place):
        return None
    how = difference(desk, held.tree, wanted, place, held.whole)
    if not how.kind:
        return None
    words = f"{place_name(place)} {other.words}: {how.words}"
    finding = case.finding(how.kind, place, words, expected=expected, wanted=value, run=_box(case, place))
    return replace(finding, severity=WARNING) if near(desk.recompute(place), value) else finding


def _repeats(case: Case, held: object, place: Place) -> bool:
    """Whether copies repeat a table, or a cell only copies another one."""
    if isinstance(held, Program):
        return held.tree is not None and is_copy(held.tree)
    sheet, row, col = place
    around = ((row, col), (row + 1, col), (row - 1, col), (row, col + 1), (row, col - 1))
    return any(case.fill_at((sheet, *cell)) is not None for cell in around)


def _typed(case: Case, place: Place, held: object, expected: str, value: object) -> Finding | None:
    if not isinstance(held, float):
        return None
    words = f"{place_name(place)} is the typed number {said(held)} where other blocks have {expected}"
    return case.finding("hard-coded", place, words, expected=expected, wanted=value)


def _slip(own: Node, wanted: Node, place: Place) -> bool:
    """Whether a formula reads most of what another reads: so it is the same one with a mistake in it."""
    one, two = (Counter(box_at(ref, *place[1:]) for ref in refs(tree)) for tree in (own, wanted))
    return 2 * (one & two).total() > max(one.total(), two.total())


def _full(case: Case, wanted: Node, place: Place) -> bool:
    """Whether all that a formula should read begins and ends with numbers."""
    desk = case.desk
    for ref in refs(wanted):
        box = box_at(ref, *place[1:])
        span = desk.cells.links.span(ref.where, place[0])
        if box is None or span is None or len(span) != 1:
            return False
        ends = [(span[0], box.top, box.left), (span[0], box.bottom, box.right)]
        if any(desk.at(end) is None or isinstance(desk.at(end), str) for end in ends):
            return False
    return True


def _box(case: Case, place: Place) -> str | None:
    """The cells that an array formula fills."""
    box = case.desk.book.sheets[place[0]].formulas[place[1:]].box
    return box_name(box) if box is not None and box.height * box.width > 1 else None
