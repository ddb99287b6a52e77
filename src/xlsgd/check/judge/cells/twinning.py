"""Columns that are made alike but for one reference, and settings that are read from blank cells.

What is judged here is only how formulas are made; no roles are needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....formula.nodes import Call, Node, Ref
from ....values import CellError
from ...findings import Finding
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill, Table
from ..ground.trees import Path, corner_cell, nodes, put, refs, same_shape
from ..ground.whatif import is_copy
from .data import ASK, as_person, swept


def twinning(case: Case) -> Iterator[Finding]:
    """One finding a column."""
    for table in case.tables:
        yield from _blank_settings(case, table)
        yield from _apart(case, table)
        yield from _copies(case, table)


def _blank_settings(case: Case, table: Table) -> Iterator[Finding]:
    """A reference to cells in which there is nothing, or a label: one fixed cell, or all along the column."""
    for fill in table.fills:
        tree, place = fill.program.tree, fill.place(fill.first)
        if tree is None or any(isinstance(node, Call) and node.name in ASK for node in nodes(tree)):
            continue
        found = next(_nothing(case, fill, tree), None)
        if found is not None:
            ref, what = found
            words = f"{place_name(place)} reads {formula_text(ref, place)[1:]}, {what}"
            yield case.finding("reference", place, words, run=fill.range_name())


def _nothing(case: Case, fill: Fill, tree: Node) -> Iterator[tuple[Ref, str]]:
    for ref in refs(tree):
        fixed = ref.first.row_fixed and ref.first.col_fixed
        if ref.last is not None or not fixed or ref.shape != "cells" or len(refs(tree)) < 2:
            continue
        span = case.desk.cells.links.span(ref.where, fill.sheet)
        target = (span[0], ref.first.row, ref.first.col) if span is not None and len(span) == 1 else None
        if target is None or target[0] >= len(case.desk.book.sheets):
            continue
        value = case.desk.at(target)
        if value is None:
            yield ref, "a blank cell: it counts as 0"
        elif (
            isinstance(value, str)
            and as_person(value) is None
            and isinstance(case.desk.at(fill.place(fill.last)), CellError)
        ):
            yield ref, f"the text '{value}'"
    for run in swept(case, fill):
        if len(run.cells) > 3 and all(case.desk.at(cell) is None for cell in run.cells):
            yield run.ref, "blank cells all along the column"


def _apart(case: Case, table: Table) -> Iterator[Finding]:
    """Of two columns made alike the one that reads another's cell while its own is read by nobody."""
    read = _read(case, table)
    fills = sorted(table.fills, key=lambda fill: fill.line)
    for fill in fills:
        if any(one.program.tree == fill.program.tree for one in fills if one is not fill):
            continue  # one of several that are filled to the side
        for other in fills:
            spot = _one_spot(fill, other) if fill is not other else None
            if spot is None:
                continue
            path, own, twin = spot
            if _line(own, fill) == _line(twin, other):
                continue  # both read a column that they share
            by = fill.line - other.line
            wanted = _moved(twin, by, fill.across)
            target = _line(wanted, fill)
            mate = next((one for one in fills if one.line == target), None)
            if mate is None or target in read or mate is fill or not _alike(mate, _line(twin, other), fills):
                continue
            yield _finding(case, fill, path, own, wanted, other)
            break


def _one_spot(fill: Fill, other: Fill) -> tuple[Path, Ref, Ref] | None:
    """The only reference in which two fills differ, seen from their own cells; None where there is none or more."""
    one, two = fill.program.tree, other.program.tree
    spots = same_shape(one, two) if one is not None and two is not None and fill.program is not other.program else None
    if spots is None or len(spots) != 1 or fill.across != other.across:
        return None
    path, own, twin = spots[0]
    if not (isinstance(own, Ref) and isinstance(twin, Ref)) or own.last is not None or twin.last is not None:
        return None
    fixed = [ref.first.row_fixed and ref.first.col_fixed for ref in (own, twin)]
    moving = [ref for ref in refs(one) if not (ref.first.row_fixed and ref.first.col_fixed)] if one else []
    if any(fixed) or own.where is not None or twin.where is not None or (len(moving) < 3 and not is_copy(one or own)):
        return None
    return path, own, twin


def _moved(ref: Ref, by: int, across: bool) -> Ref:
    """The twin's reference as it reads in a column ``by`` further on: relative ones read alike, fixed ones move."""
    corner = ref.first
    fixed = corner.row_fixed if across else corner.col_fixed
    if not fixed:
        return ref
    return replace(ref, first=replace(corner, row=corner.row + by) if across else replace(corner, col=corner.col + by))


def _line(ref: Ref, fill: Fill) -> int:
    cell = corner_cell(ref.first, *fill.place(fill.first)[1:])
    return 0 if cell is None else cell[0] if fill.across else cell[1]


def _alike(mate: Fill, line: int, fills: list[Fill]) -> bool:
    """Whether a column is made like the one on a line."""
    other = next((one for one in fills if one.line == line), None)
    one, two = mate.program.tree, other.program.tree if other is not None else None
    return one is not None and two is not None and same_shape(one, two) is not None


def _read(case: Case, table: Table) -> set[int]:
    """The lines that formulas of the table read, their own left out."""
    found = set()
    for fill in table.fills:
        for ref in refs(fill.program.tree) if fill.program.tree is not None else ():
            if ref.where is None:
                for end in (ref.first, ref.last or ref.first):
                    line = _line(Ref(end), fill)
                    if line != fill.line:
                        found.add(line)
    return found


def _finding(case: Case, fill: Fill, path: Path, own: Ref, wanted: Ref, other: Fill) -> Finding:
    place, tree = fill.place(fill.first), fill.program.tree
    assert tree is not None
    better = put(tree, path, wanted)
    words = (
        f"{fill.range_name()} reads {formula_text(own, place)[1:]} where {formula_text(wanted, place)[1:]} belongs, as "
        f"its twin {other.range_name()} does; otherwise nothing reads that column"
    )
    value, expected = case.desk.evaluate(better, place), formula_text(better, place)
    return case.finding("reference", place, words, expected=expected, wanted=value, run=fill.range_name())


def _copies(case: Case, table: Table) -> Iterator[Finding]:
    """Columns that repeat earlier data: each its own, all from the same row."""
    repeats = [(fill, ref) for fill in table.fills for ref in _repeated(case, fill)]
    if len(repeats) < 2 or table.across:
        return
    steps = [ref.first.row for _, ref in repeats]
    usual = max(set(steps), key=steps.count)
    homes = [_home(case, fill) for fill, ref in repeats]
    for (fill, ref), home in zip(repeats, homes, strict=True):
        place = fill.place(fill.first)
        if ref.first.col != 0 and home:
            better: Node = replace(ref, first=replace(ref.first, col=0))
            words = f"{fill.range_name()} repeats the data of another column, {formula_text(ref, place)[1:]} and below"
        elif ref.first.row != usual and steps.count(usual) >= 1 and _leaves(case, fill, ref):
            better = replace(ref, first=replace(ref.first, row=usual))
            words = f"{fill.range_name()} repeats the data a row off: {formula_text(ref, place)[1:]} and below"
        else:
            continue
        value, expected = case.desk.evaluate(better, place), formula_text(better, place)
        yield case.finding("reference", place, words, expected=expected, wanted=value, run=fill.range_name())


def _repeated(case: Case, fill: Fill) -> Iterator[Ref]:
    """The reference of a fill that only repeats typed numbers of earlier rows."""
    tree = fill.program.tree
    if tree is None or not isinstance(tree, Ref) or not is_copy(tree) or tree.where is not None:
        return
    corner = tree.first
    if corner.row_fixed or corner.col_fixed or corner.row > -3:
        return
    first = next(swept(case, fill), None)
    if first is not None and case.desk.program(first.cells[0]) is None:
        yield tree


def _home(case: Case, fill: Fill) -> bool:
    """Whether typed numbers stand further up in a fill's own column."""
    ref = fill.program.tree
    assert isinstance(ref, Ref)
    return case.desk.number((fill.sheet, fill.first + ref.first.row, fill.line)) is not None


def _leaves(case: Case, fill: Fill, ref: Ref) -> bool:
    """Whether a repetition leaves the first of the data out, or takes a heading in."""
    cell = (fill.sheet, fill.first + ref.first.row - 1, fill.line + ref.first.col)
    return case.desk.number(cell) is not None or case.desk.number((cell[0], cell[1] + 1, cell[2])) is None
