"""Columns made alike, one for each weight: one of them that reads a sibling's column leaves its own unread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....formula.nodes import Chain, Corner, Node, Ref
from ...findings import Finding
from ...understand.base import Block
from ..ground.case import Case, formula_text
from ..ground.fills import Fill, Table
from ..ground.trees import corner_cell, paths, put, refs, same_shape

MOST = 16


def siblings(case: Case) -> Iterator[Finding]:
    """One finding a column, in tables that train, or that step by what one array formula makes of the whole row."""
    for table in case.tables:
        block = next((one for one in case.blocks if _trains(one, table)), None)
        for group in _groups(table):
            if block is not None or _by_array(case, table, group):
                yield from _of_group(case, table, block, group)


def _trains(block: Block, table: Table) -> bool:
    same = (block.sheet, block.across) == (table.sheet, table.across)
    return same and block.first <= table.last and table.first <= block.last


def _groups(table: Table) -> list[list[Fill]]:
    """Fills whose formulas differ in references only."""
    groups: list[list[Fill]] = []
    for fill in sorted(table.fills, key=lambda one: one.line):
        for group in groups:
            if _alike(group[0], fill):
                group.append(fill)
                break
        else:
            groups.append([fill])
    return [group for group in groups if 1 < len(group) <= MOST]


def _alike(one: Fill, two: Fill) -> bool:
    if one.program.tree is None or two.program.tree is None or one.line == two.line:
        return False
    spots = same_shape(one.program.tree, two.program.tree)
    return spots is not None and all(_moves(a) and _moves(b) for _, a, b in spots)


def _moves(node: Node) -> bool:
    """Whether a node is a reference that goes along with its formula."""
    return isinstance(node, Ref) and not (node.first.row_fixed and node.first.col_fixed)


def _of_group(case: Case, table: Table, block: Block | None, group: Sequence[Fill]) -> Iterator[Finding]:
    rows = [_lines(fill) for fill in group]
    if len({len(row) for row in rows}) != 1:
        return
    odd = [(at, found) for at in range(len(rows[0])) if (found := _odd(case, table, block, group, rows, at))]
    if len(odd) == 1:
        at, (number, target) = odd[0]
        if block is None:
            strong = case.kept.setdefault("by array", set())
            assert isinstance(strong, set)
            strong.add(group[number].place(group[number].first))
        if _reads_itself(group[number], at, target):
            yield from _lacking(case, table, group[number])
        else:
            yield _finding(case, group[number], at, target)


def _reads_itself(fill: Fill, at: int, target: int) -> bool:
    """Whether a fill would read its own cell if a reference went to a line."""
    corner = refs(fill.program.tree)[at].first if fill.program.tree is not None else Corner(0, 0, True, True)
    still = corner.col_fixed if fill.across else corner.row_fixed
    return target == fill.line and not still and (corner.col if fill.across else corner.row) == 0


def _lacking(case: Case, table: Table, fill: Fill) -> Iterator[Finding]:
    """A fill whose neighbour has its very formula with one setting more as a factor."""
    for other in table.fills:
        tree = other.program.tree
        if abs(other.line - fill.line) != 1 or tree is None or (other.first, other.last) != (fill.first, fill.last):
            continue
        for path, node in paths(tree):
            if not isinstance(node, Chain) or set(node.operators) != {"*"} or len(node.operands) < 3:
                continue
            for at, factor in enumerate(node.operands):
                rest = Chain((*node.operands[:at], *node.operands[at + 1 :]), node.operators[1:])
                if refs(factor) and not _moves(factor) and put(tree, path, rest) == fill.program.tree:
                    place = fill.place(fill.first)
                    words = f"{fill.range_name()}: the factor {formula_text(factor, place)[1:]} is missing"
                    words += f", as its sibling {other.range_name()} has it"
                    wanted, expected = case.desk.evaluate(tree, place), formula_text(tree, place)
                    yield case.finding("formula", place, words, expected=expected, wanted=wanted, run=fill.range_name())
                    return


def _lines(fill: Fill) -> list[int]:
    """The line of each reference of a fill in order; 0 of ranges, of fixed cells and of other sheets."""
    found = []
    for ref in refs(fill.program.tree) if fill.program.tree is not None else ():
        ends = [corner_cell(end, *fill.place(fill.first)[1:]) for end in (ref.first, ref.last or ref.first)]
        still = ref.first.row_fixed and ref.first.col_fixed
        lines = {end[0] if fill.across else end[1] for end in ends if end is not None}
        found.append(lines.pop() if len(lines) == 1 and ref.where is None and not still else 0)
    return found


def _odd(
    case: Case, table: Table, block: Block | None, group: Sequence[Fill], rows: list[list[int]], at: int
) -> tuple[int, int] | None:
    """Which fill of a group reads a wrong line at a reference, and the line that it should read."""
    read, own = [row[at] for row in rows], [fill.line for fill in group]
    if 0 in read:
        return None
    strays = [number for number in range(len(group)) if read[number] != own[number]]
    if len(strays) == 1 and read[strays[0]] in own and block is not None:
        return strays[0], own[strays[0]]
    if len(set(read)) != len(group) - 1 or set(read) & set(own):
        return None
    known = _family(table, block, read[0]) if block is not None else set()
    family = sorted(known or _filled(case, table, read[0]))
    if len(family) != len(group) or not set(read) <= set(family):
        return None
    lonely = [line for line in family if not _is_read(case, table, line)]
    crossed = [number for number in range(len(group)) if read[number] != family[number]]
    role = block.columns[read[0]].role if block is not None and read[0] in block.columns else None
    if not lonely and len(crossed) == 1 and role in ("derivative", "gradient"):
        lonely = [family[crossed[0]]]
    if len(lonely) != 1:
        return None
    number = family.index(lonely[0])
    return (number, lonely[0]) if Counter(read)[read[number]] == 2 else None


def _family(table: Table, block: Block, line: int) -> set[int]:
    """The lines made like one, or of its role for other weights."""
    fill = next((one for one in table.fills if one.line == line), None)
    if fill is None or line not in block.columns:
        return set()
    alike = {one.line for one in table.fills if _alike(fill, one)} | {line}
    if len(alike) > 1:
        return alike
    mine = block.columns[line]
    if mine.role in ("derivative", "gradient", "state"):
        return {one.col for one in block.having(mine.role) if mine.of is not None or one.of is not None} | {line}
    others = {one.line for one in table.fills if set(_lines(one)) == set(_lines(fill))}
    return {other for other in others if other in block.columns and block.columns[other].role == mine.role} | {line}


def _filled(case: Case, table: Table, line: int) -> set[int]:
    """The lines that an array formula fills in one row of a table (across: column), a line among them."""
    formulas, middle = case.desk.book.sheets[table.sheet].formulas, (table.first + table.last) // 2
    for start in range(line, max(0, line - MOST), -1):
        formula = formulas.get((start, middle) if table.across else (middle, start))
        box = formula.box if formula is not None else None
        if box is not None:
            wide, high = (box.height, box.width) if table.across else (box.width, box.height)
            lines = set(range(start, start + wide))
            return lines if high == 1 < wide and line in lines else set()
    return set()


def _by_array(case: Case, table: Table, group: Sequence[Fill]) -> bool:
    """Whether cells that go on from those before them read what an array formula makes of all of them."""
    own = {fill.line for fill in group}
    for fill in group:
        lines = _lines(fill)
        filled = next((found for line in lines if line not in own and (found := _filled(case, table, line))), None)
        if fill.line not in lines or filled is None or len(filled) != len(group):
            return False
        cell = fill.place((table.first + table.last) // 2)
        tracks = {place[1] if table.across else place[2] for place in case.readers(cell) if place[0] == table.sheet}
        if min(filled) not in tracks:
            return False
    return True


def _is_read(case: Case, table: Table, line: int) -> bool:
    """Whether a formula of another line reads a line's cells."""
    fill = next((one for one in table.fills if one.line == line), None)
    if fill is None and not _filled(case, table, line):
        return True
    middle = (fill.first + fill.last) // 2 if fill is not None else (table.first + table.last) // 2
    cell = (table.sheet, line, middle) if table.across else (table.sheet, middle, line)
    return any(
        (place[1] if table.across else place[2]) != line or place[0] != table.sheet for place in case.readers(cell)
    )


def _finding(case: Case, fill: Fill, at: int, target: int) -> Finding:
    place, tree = fill.place(fill.first), fill.program.tree
    assert tree is not None
    path, own = [(path, node) for path, node in paths(tree) if isinstance(node, Ref)][at]
    assert isinstance(own, Ref)
    wanted = replace(own, first=_at(own.first, fill, target), last=own.last and _at(own.last, fill, target))
    better = put(tree, path, wanted)
    words = (
        f"{fill.range_name()} reads {formula_text(own, place)[1:]}, its sibling's, where "
        f"{formula_text(wanted, place)[1:]} belongs"
    )
    value, expected = case.desk.evaluate(better, place), formula_text(better, place)
    return case.finding("reference", place, words, expected=expected, wanted=value, run=fill.range_name())


def _at(corner: Corner, fill: Fill, target: int) -> Corner:
    """A corner of a reference on another line."""
    fixed = corner.row_fixed if fill.across else corner.col_fixed
    offset = target if fixed else target - fill.line
    return replace(corner, row=offset) if fill.across else replace(corner, col=offset)
