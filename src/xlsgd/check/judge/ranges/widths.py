"""Sums to the right: ranges along a row that stop short of it or take in what stands beside it.

What extents.py does for columns, for sheets that run to the right; only for formulas that stand alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ....address import Box, box_name
from ....formula.nodes import Node, Ref
from ...findings import Finding, Place
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill, Table
from ..ground.trees import Path, box_at, paths, put

LEAST, BESIDE = 5, 2


@dataclass(frozen=True, slots=True)
class Width:
    """A range along a row in a formula that stands alone."""

    place: Place
    tree: Node
    path: Path
    ref: Ref
    sheet: int
    box: Box

    @property
    def ends(self) -> tuple[int, int]:
        return self.box.left, self.box.right


def widths(case: Case) -> Iterator[Finding]:
    """Ranges with a wrong end, one finding a formula."""
    tables = [table for table in case.tables if table.across]
    every = list(_widths(case)) if tables else []
    told: set[Place] = set()
    for one in every:
        row = next((found for table in tables for fill in table.fills if (found := _row(case, table, fill, one))), None)
        better = None if row is None or one.place in told else _better(case, one, *row, every)
        if better is not None:
            told.add(one.place)
            yield _finding(case, one, better)


def _widths(case: Case) -> Iterator[Width]:
    for sheet, cells in enumerate(case.desk.programs):
        for cell, program in cells.items():
            place = (sheet, *cell)
            tree = program.tree
            if tree is None or case.fill_at(place) is not None:
                continue
            for path, ref in paths(tree):
                if isinstance(ref, Ref) and ref.last is not None:
                    box, span = box_at(ref, *cell), case.desk.cells.links.span(ref.where, sheet)
                    if box is not None and box.height == 1 and box.width > 2 and span is not None and len(span) == 1:
                        yield Width(place, tree, path, ref, span[0], box)


def _row(case: Case, table: Table, fill: Fill, one: Width) -> tuple[int, int, bool] | None:
    """First and last column of the row that a range takes, and whether a start stands before it."""
    if (fill.sheet, fill.line) != (one.sheet, one.box.top) or fill.size < LEAST:
        return None
    if one.box.right < fill.first or one.box.left > fill.last or 2 * one.box.width < fill.size:
        return None
    starts = case.desk.number(fill.place(fill.first - 1)) is not None and fill.first > 1
    rest = range(fill.last + 1, table.last + 1)
    goes_on = 0 < len(rest) <= BESIDE and all(case.desk.number(fill.place(at)) is not None for at in rest)
    return fill.first, table.last if goes_on else fill.last, starts


def _better(case: Case, one: Width, first: int, last: int, starts: bool, every: list[Width]) -> tuple[int, int] | None:
    """The columns that a range should take, None where its own are right (or nobody can say)."""
    left, right = one.ends
    if starts and left == first - 1:
        first = left
    if right > last:
        beyond = [(one.sheet, one.box.top, col) for col in range(last + 1, right + 1)]
        taken = any(case.desk.program(each) is not None and case.desk.number(each) is not None for each in beyond)
        return (left, last) if taken and len(beyond) <= BESIDE and left == first else None
    low, high = left - first, last - right
    if (low, high) not in ((1, 0), (2, 0), (0, 1), (0, 2)) or (low and starts):
        return None
    if any(other.place == one.place and other.ends != one.ends for other in every):
        return None
    alike = {other.box.top for other in every if other.sheet == one.sheet and other.ends == one.ends}
    return None if len(alike) > BESIDE else (first, last)


def _finding(case: Case, one: Width, better: tuple[int, int]) -> Finding:
    left, right = better
    ends = []
    for corner, target in ((one.ref.first, left), (one.ref.last, right)):
        assert corner is not None
        ends.append(replace(corner, col=target if corner.col_fixed else target - one.place[2]))
    tree = put(one.tree, one.path, replace(one.ref, first=ends[0], last=ends[1]))
    short = right - left > one.box.right - one.box.left
    words = (
        f"{place_name(one.place)} takes {box_name(one.box)}, the row runs over "
        f"{box_name(one.box._replace(left=left, right=right))}: the range is too {'short' if short else 'long'}"
    )
    value = case.desk.evaluate(tree, one.place)
    return case.finding("reference", one.place, words, expected=formula_text(tree, one.place), wanted=value)
