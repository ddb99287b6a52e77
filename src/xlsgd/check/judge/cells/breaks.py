"""One cell breaks its column: another formula, a typed number, text or nothing where the column has its formula."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from ....formula.nodes import Node, Ref
from ....functions.textnumber import text_to_number
from ....plan import Program
from ....values import CellError
from ...findings import WARNING, Finding, Place
from ..ground.case import Case, formula_text, place_name, said
from ..ground.compare import difference
from ..ground.fills import Fill, Table, item
from ..ground.trees import bare, box_at, corner_cell, refs, same_shape


def breaks(case: Case) -> Iterator[Finding]:
    """All cells that break their fill, run by run."""
    for table in case.tables:
        for fill in table.fills:
            for run in _runs(_suspects(case, table, fill)):
                yield from _judged(case, table, fill, run)


def sandwiched(case: Case) -> Iterator[Finding]:
    """A formula between two that are one, where the three make no fill: only a reference of it is another."""
    for sheet, cells in enumerate(case.desk.programs):
        for (row, col), own in cells.items():
            for up, down in (((row - 1, col), (row + 1, col)), ((row, col - 1), (row, col + 1))):
                other = cells.get(up)
                if (
                    other is None
                    or other is not cells.get(down)
                    or other is own
                    or other.tree is None
                    or own.tree is None
                ):
                    continue
                place = (sheet, row, col)
                starts = any(case.fill_at(near) is not None for near in ((sheet, row + 1, col), (sheet, row - 1, col)))
                if starts or case.fill_at(place) is not None or not same_shape(own.tree, other.tree):
                    continue
                found = difference(case.desk, own.tree, other.tree, place)
                if found.kind == "reference":
                    words = f"{place_name(place)} differs from its neighbours: {found.words}"
                    value = case.desk.evaluate(other.tree, place)
                    yield case.finding(
                        "reference", place, words, expected=formula_text(other.tree, place), wanted=value
                    )
                    break


def _suspects(case: Case, table: Table, fill: Fill) -> list[int]:
    """Positions to judge: odd ones within, and those at the table's ends that the fill does not reach."""
    before = [position for position in range(table.first, fill.first) if fill.first - table.first <= 2]
    before = [position for position in before if not _closes(fill, position)]
    after = [position for position in range(fill.last + 1, table.last + 1) if table.last - fill.last <= 2]
    inside = [position for position in fill.odd if not _separates(table, position)]
    returns = _returning(case, fill, inside)
    inside = [p for p in inside if p not in returns and not _begins(case, table, fill, p)]
    return before + inside + after


def _closes(fill: Fill, position: int) -> bool:
    """Whether a fill's formula would read its own cell at a position: it holds its first cell by a ``$``."""
    row, col = fill.place(position)[1:]
    boxes = [box_at(ref, row, col) for ref in refs(fill.program.tree) if ref.where is None] if fill.program.tree else []
    return any(box is not None and (box.top, box.left, box.bottom, box.right) == (row, col) * 2 for box in boxes)


def _returning(case: Case, fill: Fill, positions: list[int]) -> set[int]:
    """Positions of a formula that comes back at a regular distance: the first row of every epoch, say."""
    by_program: dict[int, list[int]] = {}
    for position in positions:
        program = case.desk.program(fill.place(position))
        if program is not None:
            by_program.setdefault(id(program), []).append(position)
    regular: set[int] = set()
    for several in by_program.values():
        steps = {two - one for one, two in itertools.pairwise(several)}
        if len(several) > 2 and len(steps) == 1 and steps != {1}:
            regular.update(several)
    return regular


def _begins(case: Case, table: Table, fill: Fill, position: int) -> bool:
    """Whether an epoch begins here: columns that hand a value on take a new one, at least two of them."""
    if fill.program.tree is None or not carries(fill.program.tree, fill):
        return False
    others = [one for one in table.odd_at(position) if one.program.tree is not None and carries(one.program.tree, one)]
    return len(others) > 1


def _separates(table: Table, position: int) -> bool:
    """Whether a row belongs to no fill: half or more of the table's fills have something else there."""
    return len(table.fills) > 2 and 2 * len(table.odd_at(position)) >= len(table.fills)


def _runs(positions: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for position in positions:
        if run and position != run[-1] + 1:
            yield run
            run = []
        run.append(position)
    if run:
        yield run


def _judged(case: Case, table: Table, fill: Fill, run: list[int]) -> Iterator[Finding]:
    """Findings for neighbouring odd cells: one for each stretch of the same mistake."""
    found: list[tuple[int, Finding]] = []
    for position in run:
        finding = _one(case, table, fill, position)
        if finding is not None:
            found.append((position, finding))
    stretch: list[tuple[int, Finding]] = []
    for position, finding in [*found, (-9, None)]:
        if stretch and (finding is None or position != stretch[-1][0] + 1 or finding.kind != stretch[0][1].kind):
            yield _together(fill, stretch)
            stretch = []
        if finding is not None:
            stretch.append((position, finding))


def _together(fill: Fill, stretch: list[tuple[int, Finding]]) -> Finding:
    (first, finding), (last, _) = stretch[0], stretch[-1]
    return finding if len(stretch) == 1 else replace(finding, range=fill.range_name(first, last))


def _one(case: Case, table: Table, fill: Fill, position: int) -> Finding | None:
    """The finding for one odd cell, None where it is in order."""
    desk, place = case.desk, fill.place(position)
    own, wanted = item(desk, place), fill.program.tree
    assert wanted is not None
    if (position < fill.first or _separates(table, position - 1)) and _may_start(case, fill, place, own, wanted):
        return None
    expected = fill.text(desk, place)
    if isinstance(own, Program):
        return _other_formula(case, fill, place, own, wanted, expected)
    if carries(wanted, fill) and not isinstance(own, str) and own is not None:
        return None
    value = desk.evaluate(wanted, place, fill.program.whole)
    if own is None:
        if not (fill.first < position < fill.last) and not case.reads(place):
            return None
        words = f"{place_name(place)} is blank where its column has {expected}"
        return case.finding("data", place, words, expected=expected, wanted=value)
    if (isinstance(own, str) and text_to_number(own) is None) or isinstance(own, bool | CellError):
        words = f"{place_name(place)} holds {said(own)} where its column has {expected}"
        return case.finding("data", place, words, expected=expected, wanted=value)
    words = f"{place_name(place)} is the typed number {said(own)}, its column has {expected} (now {said(value)})"
    kind = "data" if isinstance(own, str) else "hard-coded"
    return case.finding(kind, place, words, expected=expected, wanted=value)


def _other_formula(case: Case, fill: Fill, place: Place, own: Program, wanted: Node, expected: str) -> Finding | None:
    desk = case.desk
    if own.tree is None:
        words = f"{place_name(place)} is no formula ({own.problem}); its column has {expected}"
        return case.finding(
            "formula", place, words, expected=expected, wanted=desk.evaluate(wanted, place, fill.program.whole)
        )
    spots = same_shape(own.tree, wanted)
    if carries(wanted, fill) and spots is None:
        return None
    found = difference(desk, own.tree, wanted, place, own.whole or fill.program.whole)
    value = desk.evaluate(wanted, place, fill.program.whole)
    if found.written:
        return None
    if not found.kind:
        words = f"{place_name(place)} {found.words} than the rest of its column, {expected}"
        return case.finding("formula", place, words, severity=WARNING, expected=expected, wanted=value)
    words = f"{place_name(place)} breaks its column: {found.words}"
    return case.finding(found.kind, place, words, expected=expected, wanted=value)


def carries(tree: Node, fill: Fill) -> bool:
    """Whether a fill only hands on the value of the position before in its own line, until something renews it."""
    tree = bare(tree)
    if not (isinstance(tree, Ref) and tree.last is None and tree.where is None):
        return False
    corner = tree.first
    if corner.row_fixed or corner.col_fixed:
        return False
    return (corner.row, corner.col) == ((0, -1) if fill.across else (-1, 0))


def _before(ref: Ref, fill: Fill) -> bool:
    """Whether a reference reads an earlier position."""
    if ref.last is not None or ref.where is not None:
        return False
    corner = ref.first
    return (not corner.col_fixed and corner.col < 0) if fill.across else (not corner.row_fixed and corner.row < 0)


def recurrent(tree: Node, fill: Fill) -> bool:
    """Whether a fill reads earlier positions."""
    return any(_before(ref, fill) for ref in refs(tree))


def _may_start(case: Case, fill: Fill, place: Place, own: object, wanted: Node) -> bool:
    """Whether a cell before the fill can be its start: what the fill reads from earlier positions may be anything."""
    if not recurrent(wanted, fill) or own is None or isinstance(own, str):
        return recurrent(wanted, fill)
    if not isinstance(own, Program):
        return True
    if own.tree is None:
        return False
    spots = same_shape(own.tree, wanted)
    if spots is None:
        return True
    if len(spots) == 1 and _beside(case, place, spots[0][1], spots[0][2]):
        return False
    return all(isinstance(two, Ref) and _before(two, fill) for _, _, two in spots)


def _beside(case: Case, place: Place, one: Node, two: Node) -> bool:
    """Whether two references read numbers of one row, of different columns: then neither is only there at the start."""
    if not (isinstance(one, Ref) and isinstance(two, Ref)) or one.last is not None or two.last is not None:
        return False
    cells = [corner_cell(ref.first, *place[1:]) for ref in (one, two)]
    moving = all(not ref.first.row_fixed and not ref.first.col_fixed and ref.where is None for ref in (one, two))
    if not moving or cells[0] is None or cells[1] is None or cells[0][0] != cells[1][0]:
        return False
    places = [(place[0], *cell) for cell in cells if cell is not None]
    return all(case.desk.program(each) is not None and case.desk.number(each) is not None for each in places)
