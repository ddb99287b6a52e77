"""Formulas that read themselves, or later rows of what depends on them: circular references down a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ....formula.nodes import Call, Node, Ref
from ....plan.components import components
from ...findings import Finding
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill, Table
from ..ground.trees import Path, corner_cell, nodes, paths, put
from ..ground.whatif import is_copy

_LAZY = frozenset({"IF", "IFS", "CHOOSE", "SWITCH", "IFERROR", "IFNA"})


def circles(case: Case) -> Iterator[Finding]:
    """One finding a column that closes a circle, with the reference that does it."""
    loops = _loops(case)
    for table in case.tables:
        for fill in table.fills:
            yield from _of_fill(case, table, fill, loops)
        yield from _within_lines(case, table)


def _within_lines(case: Case, table: Table) -> Iterator[Finding]:
    """Columns that depend on each other within a line: one of them, a copy most of all, should read the line before."""
    fills = {fill.line: fill for fill in table.fills}
    reads = {line: _beside(fill, set(fills)) for line, fill in fills.items()}
    for ring in components({line: sorted(reads[line]) for line in fills}):
        if len(ring) < 2 or case.desk.book.settings.iterate:
            continue
        if any(_chooses(fills[line]) for line in ring) and not _met(case):
            continue
        found = [(line, path, ref) for line in ring for path, ref in _links(fills[line], set(ring))]
        backwards = [one for one in found if _alone(fills[one[0]], reads, ring)]
        line, path, ref = min(backwards or found, key=lambda one: (not is_copy(_tree(fills[one[0]])), one[0]))
        fill = fills[line]
        place = fill.place(fill.first)
        corner = replace(ref.first, col=-1) if table.across else replace(ref.first, row=-1)
        better = put(_tree(fill), path, replace(ref, first=corner))
        names = ", ".join(fills[other].range_name() for other in sorted(ring) if other != line)
        read = formula_text(ref, place)[1:]
        words = f"{place_name(place)} reads {read}, which depends on it through {names}: a circular reference"
        yield case.finding(
            "reference",
            place,
            words,
            expected=formula_text(better, place),
            run=fill.range_name(),
        )


def _tree(fill: Fill) -> Node:
    assert fill.program.tree is not None
    return fill.program.tree


def _chooses(fill: Fill) -> bool:
    """Whether a formula may read less than it says, so that its circle need not be one."""
    return any(isinstance(node, Call) and node.name in _LAZY for node in nodes(_tree(fill)))


def _met(case: Case) -> bool:
    """Whether a calculation runs into a circle."""
    return any("circular reference" in remark for remark in case.desk.fresh.remarks)


def _links(fill: Fill, lines: set[int]) -> Iterator[tuple[Path, Ref]]:
    """Where a fill reads cells of other lines (columns) at its own position."""
    for path, ref in paths(_tree(fill)) if fill.program.tree is not None else ():
        if isinstance(ref, Ref) and ref.last is None and ref.where is None and ref.shape == "cells":
            corner = ref.first
            fixed, offset = (corner.col_fixed, corner.col) if fill.across else (corner.row_fixed, corner.row)
            cell = corner_cell(corner, *fill.place(fill.first)[1:])
            if not fixed and offset == 0 and cell is not None and cell[0 if fill.across else 1] in lines - {fill.line}:
                yield path, ref


def _beside(fill: Fill, lines: set[int]) -> set[int]:
    found = (corner_cell(ref.first, *fill.place(fill.first)[1:]) for _, ref in _links(fill, lines))
    return {cell[0 if fill.across else 1] for cell in found if cell is not None}


def _alone(fill: Fill, reads: Mapping[int, set[int]], ring: Sequence[int]) -> bool:
    """Whether a ring is none any more without what one fill of it reads."""
    left = {line: sorted(reads[line] & set(ring)) if line != fill.line else [] for line in ring}
    return all(len(part) == 1 for part in components(left))


def _loops(case: Case) -> dict[tuple[int, int, int], int]:
    """First cells of the regions that depend on each other → the number of their step."""
    found = {}
    for number, step in enumerate(case.desk.plan.steps):
        for region in step.regions:
            for cell in region.cells():
                found[region.program.sheet, *cell] = number
    return found


def _of_fill(case: Case, table: Table, fill: Fill, loops: dict[tuple[int, int, int], int]) -> Iterator[Finding]:
    tree, place = fill.program.tree, fill.place(fill.first)
    if tree is None or place not in loops:
        return
    for path, ref in paths(tree):
        if not isinstance(ref, Ref) or ref.last is not None or ref.where is not None or ref.shape != "cells":
            continue
        cell, corner = corner_cell(ref.first, *place[1:]), ref.first
        if cell is None or corner.row_fixed or corner.col_fixed:
            continue
        later = (corner.col if fill.across else corner.row) > 0
        itself = corner.row == corner.col == 0
        if not itself and not (later and loops.get((fill.sheet, *cell)) == loops[place]):
            continue
        what = "itself" if itself else "a later step of what follows from it"
        words = f"{place_name(place)} reads {formula_text(ref, place)[1:]}, {what}: a circular reference"
        near = replace(corner, col=0) if fill.across else replace(corner, row=0)
        better = put(tree, path, replace(ref, first=near)) if later else None
        expected = formula_text(better, place) if better is not None else None
        yield case.finding("reference", place, words, expected=expected, run=fill.range_name())
        return
