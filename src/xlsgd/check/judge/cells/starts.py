"""First rows of tables that go on where another ends, and sums below tables: do they take what belongs to them?"""

from __future__ import annotations

from collections.abc import Iterator

from ....formula import text_at
from ....formula.nodes import Ref
from ....plan import Program
from ...findings import Finding, Place
from ..ground.case import Case, place_name
from ..ground.fills import Fill, Table, item
from ..ground.trees import bare, box_at, refs, same_shape


def starts(case: Case) -> Iterator[Finding]:
    """A table's first weights that are not the last ones of the table that it continues."""
    for table in case.tables:
        for fill in table.fills:
            if not table.across and fill.first - table.first == 1:
                yield from _start(case, table, fill)


def _start(case: Case, table: Table, fill: Fill) -> Iterator[Finding]:
    """fill hands over a column from the row before; its start should hand over the same column of the table before."""
    place = fill.place(table.first)
    own, wanted = item(case.desk, place), bare(fill.program.tree) if fill.program.tree else None
    tree = bare(own.tree) if isinstance(own, Program) and own.tree is not None else None
    if not (isinstance(tree, Ref) and isinstance(wanted, Ref)) or tree.last is not None or wanted.last is not None:
        return
    box, usual = box_at(tree, *place[1:]), box_at(wanted, *place[1:])
    before = _before(case, table, box.top if box else 0)
    if box is None or usual is None or before is None or tree.where is not None:
        return
    if (box.top, box.left) == (before.last, usual.left) or box.top < before.last - 2:
        return
    if not any(one.line == usual.left for one in before.fills):
        return
    target = (table.sheet, before.last, usual.left)
    words = f"{place_name(place)} takes {place_name((0, *box[:2]))}, the table before ends with {place_name(target)}"
    expected = "=" + place_name(target)
    yield case.finding("reference", place, words, expected=expected, wanted=case.desk.at(target))


def _before(case: Case, table: Table, row: int) -> Table | None:
    """The table above another one that a row lies in."""
    above = (one for one in case.tables if one.sheet == table.sheet and not one.across and one.last < table.first)
    return next((one for one in above if one.first <= row <= one.last), None)


def repeated(case: Case) -> Iterator[Finding]:
    """A sum below one table that is that of another table, although its own has such a column."""
    for sheet, cells in enumerate(case.desk.programs):
        lone = [cell for cell in cells if case.fill_at((sheet, *cell)) is None]
        ranged = {cell: ref for cell in lone for ref in _ranges(cells[cell])}
        for cell, ref in ranged.items():
            finding = _elsewhere(case, (sheet, *cell), ref, ranged)
            if finding is not None:
                yield finding


def _ranges(program: Program) -> list[Ref]:
    found = [ref for ref in refs(program.tree) if ref.last is not None] if program.tree is not None else []
    return found if len(found) == 1 and found[0].where is None and found[0].shape == "cells" else []


def _elsewhere(case: Case, place: Place, ref: Ref, ranged: dict[tuple[int, int], Ref]) -> Finding | None:
    box = box_at(ref, *place[1:])
    own = _above(case, place)
    if box is None or own is None or box.width > 1 or own.first <= box.top <= own.last or box.top > own.last:
        return None
    other = _above(case, (place[0], box.bottom + 1, place[2]))
    if other is None or own is other or not any(fill.line == box.left for fill in own.fills):
        return None
    if any(_meets(case, place[0], cell, one, own, box.left) for cell, one in ranged.items()):
        return None
    program = case.desk.program(place)
    for cell, one in ranged.items():
        twin = case.desk.program((place[0], *cell))
        if cell == place[1:] or twin is None or program is None or twin.tree is None or program.tree is None:
            continue
        there, spots = box_at(one, *cell), same_shape(twin.tree, program.tree)
        if there == box and _above(case, (place[0], *cell)) is other and spots is not None and len(spots) == 1:
            return _finding(case, place, cell, program, own)
    return None


def _meets(case: Case, sheet: int, cell: tuple[int, int], ref: Ref, table: Table, col: int) -> bool:
    box = box_at(ref, *cell)
    return box is not None and box.left == col and box.top <= table.last and table.first <= box.bottom


def _finding(case: Case, place: Place, twin: tuple[int, int], program: Program, own: Table) -> Finding:
    text = case.desk.text((place[0], *twin)) or "="
    expected = "=" + text_at(text[1:], twin, place[1:])
    words = f"{place_name(place)} measures the same cells as {place_name((0, *twin))}, not the table above it"
    return case.finding("reference", place, words, expected=expected)


def _above(case: Case, place: Place) -> Table | None:
    """The last table that ends above a cell, a few rows at most."""
    above = [
        table
        for table in case.tables
        if table.sheet == place[0] and not table.across and table.last < place[1] <= table.last + 5
    ]
    return max(above, key=lambda table: (table.last, len(table.fills)), default=None)
