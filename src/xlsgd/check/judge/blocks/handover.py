"""Tables that go on with each other's weights: the first line of each takes over from the last one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ....address import quote_sheet
from ....formula.nodes import Corner, Node, Ref, Where
from ....plan import Program
from ...findings import Finding, Place
from ..cells.counters import powered
from ..ground.case import Case, formula_text, place_name, said
from ..ground.fills import item
from ..ground.trees import bare, box_at, paths, put, same_shape
from ..ground.whatif import is_copy
from .legs import Leg, Pair, legs, pairs

CHAIN = 4
"""Copies of copies that are followed."""


@dataclass(slots=True)
class _Start:
    """The first cell of a track of a table that goes on, and what belongs there.

    blamed: the cell that says what is taken over (the start itself, or a cell beside the table that it shows);
    belongs: the formula that belongs there. other: it is made in another way, and not only of other cells.
    """

    pair: Pair
    track: int
    place: Place
    own: Program | object
    blamed: Place
    belongs: Node
    right: bool
    other: bool

    @property
    def role(self) -> str:
        return self.pair.leg.roles.get(self.track, "")


def handover(case: Case) -> Iterator[Finding]:
    """First cells that do not take over, where those beside them or in other tables do."""
    known = legs(case)
    couples = list(pairs(known))
    found = [start for pair in couples for start in _starts(case, pair, known)]
    right = [one for one in found if one.right]
    for start in found:
        if not start.right and _vouched(start, right):
            yield from _judged(case, start)
    for pair in couples:
        if any(one.pair is pair and one.role == "state" for one in right):
            yield from _counted_anew(case, pair)


def _counted_anew(case: Case, pair: Pair) -> Iterator[Finding]:
    """A typed step counter that begins again, although the states go on whose powers it counts."""
    for track in [track for track, role in pair.leg.roles.items() if role == "step"]:
        place, before = pair.leg.place(pair.leg.first, track), pair.before.place(pair.before.last, track - pair.shift)
        last, own = case.desk.number(before), item(case.desk, place)
        if last is not None and isinstance(own, float) and own != last + 1 and _raised(pair.leg, track):
            words = (
                f"{place_name(place)} counts from {said(own)} although the table before ends with step {said(last)} "
            )
            words += "and what is counted goes on"
            yield case.finding("value", place, words, wanted=last + 1)


def _vouched(start: _Start, right: list[_Start]) -> bool:
    """Whether others show that this one should go on as well.

    The same track of another table does. So does another track of this table, but a state does not for a counter and
    a weight does not for a state: states may start anew in each epoch.
    """
    leg = start.pair.leg
    if any(one.track - start.track == 0 and one.pair.shift == 0 == start.pair.shift for one in right):
        return True
    if start.pair.shift and any(one.track == start.track - start.pair.shift for one in right):
        return True
    beside = [one for one in right if one.pair.leg is leg]
    if start.role == "step" or not leg.roles:
        states = any(one.role == "state" for one in beside)
        return states and _raised(leg, start.track) if start.role == "step" else bool(beside) and not start.other
    return any(one.role == "state" or start.role == "weight" or not start.other for one in beside)


def _raised(leg: Leg, track: int) -> bool:
    """Whether a formula of a table has a track's number as an exponent: the powers of a bias correction."""
    return any(powered(tree, leg.place(leg.last, col), track, leg.across) for col, tree in leg.trees.items())


def _starts(case: Case, pair: Pair, known: list[Leg]) -> Iterator[_Start]:
    for track in pair.tracks:
        role = pair.leg.roles.get(track, "")
        place = pair.leg.place(pair.leg.first, track)
        last = case.desk.program(pair.before.place(pair.before.last, track - pair.shift))
        if (
            last is None
            or last.tree != pair.before.trees[track - pair.shift]
            or (pair.leg.roles and role not in _ROLES)
        ):
            continue
        wanted = _wanted(case, pair, track)
        if wanted is not None:
            yield _start(case, pair, track, place, wanted, known)


_ROLES = ("weight", "state", "step")


def _wanted(case: Case, pair: Pair, track: int) -> Node | None:
    """A track's formula on the table's first line, reading the last line of the table before; None without such."""
    tree, back = pair.leg.trees[track], False
    better, own = tree, pair.leg.place(pair.leg.first, track)
    for path, node in list(paths(tree)):
        if not isinstance(node, Ref) or node.where is not None:
            continue
        corner = node.first
        fixed, line = (corner.col_fixed, corner.col) if pair.leg.across else (corner.row_fixed, corner.row)
        if fixed or line >= 0:
            continue
        if node.last is not None or line != -1:
            return None
        box = box_at(node, *own[1:])
        if box is None:
            return None
        back = True
        read = (box.top if pair.leg.across else box.left) - pair.shift
        better = put(better, path, _ref_to(case, own, pair.before.place(pair.before.last, read)))
    return better if back else None


def _ref_to(case: Case, place: Place, target: Place) -> Ref:
    """A plain reference from one cell to another."""
    corner = Corner(target[1] - place[1], target[2] - place[2], row_fixed=False, col_fixed=False)
    where = None if place[0] == target[0] else Where(case.desk.book.sheets[target[0]].name)
    return Ref(corner, None, "cells", where)


def _start(case: Case, pair: Pair, track: int, place: Place, wanted: Node, known: list[Leg]) -> _Start:
    own = item(case.desk, place)
    start = _Start(pair, track, place, own, place, wanted, right=False, other=True)
    tree = own.tree if isinstance(own, Program) else None
    moved = _made_beside(case, place, tree, known) if not is_copy(wanted) else None
    if moved is not None:
        wanted = _seen_from(case, wanted, place, moved)
        own, place = item(case.desk, moved), moved
        tree = own.tree if isinstance(own, Program) else None
        start.own, start.blamed, start.belongs = own, place, wanted
    spots = same_shape(tree, wanted) if tree is not None else None
    if tree is None or spots is None or any(not isinstance(a, Ref) or not isinstance(b, Ref) for _, a, b in spots):
        start.right = tree is not None and _same_value(case, tree, wanted, place)
        if tree is not None and is_copy(tree) and isinstance(bare(tree), Ref):
            _only_shown(case, start, _followed(case, place, bare(tree), known))
        return start
    start.other, wrong = False, 0
    for _, a, b in spots:
        right = _target(case, b, place)
        chain = _followed(case, place, a, known)
        if right is not None and chain[-1] != right:
            wrong += 1
            typed = case.desk.number(chain[-1]) if _own_start(case, pair.leg, chain[-1]) else None
            if typed is not None or len(chain) > 2:
                start.own, start.other = (start.own, start.other) if typed is None else (typed, True)
                start.blamed = chain[-2] if typed is None else chain[-1]
                start.belongs = _ref_to(case, start.blamed, right)
    start.right = not wrong or _same_value(case, tree, wanted, place)
    if wrong > 1:
        start.own, start.blamed, start.belongs = own, place, wanted
    return start


def _made_beside(case: Case, place: Place, tree: Node | None, known: list[Leg]) -> Place | None:
    """The cell beside the table that calculates what a first cell only shows."""
    if tree is None or not is_copy(tree) or not isinstance(bare(tree), Ref):
        return None
    end = _followed(case, place, bare(tree), known)[-1]
    program = case.desk.program(end)
    made = program is not None and program.tree is not None and not is_copy(program.tree)
    return end if made and end[0] == place[0] and not any(leg.has(end) for leg in known) else None


def _seen_from(case: Case, tree: Node, place: Place, other: Place) -> Node:
    """A formula of one cell with the same references in another cell of the sheet."""
    for path, node in list(paths(tree)):
        target = _target(case, node, place) if isinstance(node, Ref) else None
        if target is not None and isinstance(node, Ref) and not (node.first.row_fixed and node.first.col_fixed):
            tree = put(tree, path, _ref_to(case, other, target))
    return tree


def _own_start(case: Case, leg: Leg, place: Place) -> bool:
    """Whether a cell is a typed number beside a table that only this table reads."""
    if case.desk.program(place) is not None or place[0] != leg.sheet or leg.has(place):
        return False
    return all(leg.has(reader) for reader in case.readers(place))


def _only_shown(case: Case, start: _Start, chain: list[Place]) -> None:
    """Blame the cell beside the table for what the first cell shows instead of a calculation."""
    sheet = start.place[0]
    typed = case.desk.number(chain[-1]) if _own_start(case, start.pair.leg, chain[-1]) else None
    beside = [place for place in chain[: len(chain) - (typed is None)] if place[0] == sheet]
    start.blamed, start.own = beside[-1], start.own if typed is None else typed
    start.belongs = _seen_from(case, start.belongs, start.place, start.blamed)


def _same_value(case: Case, tree: Node, wanted: Node, place: Place) -> bool:
    one, two = case.desk.evaluate(tree, place), case.desk.evaluate(wanted, place)
    return type(one) is float and one == two


def _target(case: Case, ref: Node, place: Place) -> Place | None:
    assert isinstance(ref, Ref)
    box, span = box_at(ref, *place[1:]), case.desk.cells.links.span(ref.where, place[0])
    if box is None or span is None or len(span) != 1 or ref.last is not None:
        return None
    return (span[0], box.top, box.left)


def _followed(case: Case, place: Place, ref: Node, known: list[Leg]) -> list[Place]:
    """The cells on the way from a cell to what it reads, through cells beside all tables that only show others."""
    found = [place]
    node: Node | None = ref
    while node is not None and len(found) <= CHAIN:
        target = _target(case, node, found[-1])
        if target is None or target in found or target[0] >= len(case.desk.book.sheets):
            break
        found.append(target)
        program = case.desk.program(target)
        if program is None or program.tree is None or any(leg.has(target) for leg in known):
            break
        node = bare(program.tree) if is_copy(program.tree) and isinstance(bare(program.tree), Ref) else None
    return found


def _judged(case: Case, start: _Start) -> Iterator[Finding]:
    place, expected = start.blamed, formula_text(start.belongs, start.blamed)
    value = case.desk.evaluate(start.belongs, place)
    if isinstance(start.own, float):
        words = f"{place_name(place)} is the typed number {said(start.own)}, the table before goes on with {expected}"
        yield case.finding("hard-coded", place, words, expected=expected, wanted=value)
    elif isinstance(start.own, Program):
        words = f"{place_name(place)} does not go on where the table before ends, which is {expected}"
        before, leg = start.pair.before, start.pair.leg
        if before.sheet != leg.sheet:
            words += f" (sheet {quote_sheet(case.desk.book.sheets[before.sheet].name)})"
        shows = start.own.tree is not None and is_copy(start.own.tree)
        kind = "reference" if shows or not start.other else "formula"
        yield case.finding(kind, place, words, expected=expected, wanted=value)
