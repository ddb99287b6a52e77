"""Formulas that read themselves, or later rows of what depends on them: circular references down a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....formula.nodes import Ref
from ...findings import Finding
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill, Table
from ..ground.trees import corner_cell, paths, put


def circles(case: Case) -> Iterator[Finding]:
    """One finding a column that closes a circle, with the reference that does it."""
    loops = _loops(case)
    for table in case.tables:
        for fill in table.fills:
            yield from _of_fill(case, table, fill, loops)


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
