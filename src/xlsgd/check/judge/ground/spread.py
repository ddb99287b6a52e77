"""What follows from a cell: every formula cell that its value reaches.

Works on regions with the stretch of their cells that is reached, so its cost does not grow with the rows: within a
loop whatever is reached once is reached on every later row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ....address import Box
from ....formula.nodes import Ref
from ....plan import Plan, Region
from ....plan.precedents import Reader
from ...findings import Place
from .trees import refs


@dataclass(slots=True)
class Spread:
    """Looks up what is downstream. goes_on: of each region whether it depends on earlier cells of its own."""

    plan: Plan
    regions: list[Region] = field(default_factory=list)
    goes_on: list[bool] = field(default_factory=list)
    _reads: list[list[tuple[int, Box]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        reader = Reader.of(self.plan.book)
        for step in self.plan.steps:
            for region in step.regions:
                reads = [(area.sheet, Box(*area[1:])) for area in reader.areas(region)]
                itself = any(sheet == region.program.sheet and box.meet(region.box) is not None for sheet, box in reads)
                self.regions.append(region)
                self.goes_on.append(itself or len(step.regions) > 1)
                self._reads.append(reads)

    def of(self, place: Place, run: Box | None = None) -> list[tuple[int, Box]]:
        """Sheet and box of all that is downstream of a cell (or of a box of its sheet), that itself left out."""
        start = run or Box(place[1], place[2], place[1], place[2])
        reached: dict[int, Box] = {}
        waiting: list[tuple[int, Box]] = [(place[0], start)]
        while waiting:
            sheet, box = waiting.pop()
            for index in self._readers(sheet, box):
                grown = self._grown(index, box, reached.get(index))
                if grown is not None and grown != reached.get(index):
                    reached[index] = grown
                    waiting.append((self.regions[index].program.sheet, grown))
        return [(self.regions[index].program.sheet, box) for index, box in reached.items()]

    def _readers(self, sheet: int, box: Box) -> Iterator[int]:
        for index, reads in enumerate(self._reads):
            if any(other == sheet and area.meet(box) is not None for other, area in reads):
                yield index

    def _grown(self, index: int, box: Box, known: Box | None) -> Box | None:
        """The part of a region that a box reaches, with what was known of it."""
        region = self.regions[index]
        part = _part(region, box)
        if part is None:
            return None
        if self.goes_on[index]:
            down = region.box.height > 1
            part = part._replace(bottom=region.box.bottom) if down else part._replace(right=region.box.right)
        return part if known is None else _around(part, known)


def _part(region: Region, box: Box) -> Box | None:
    """The cells of a region whose own references meet a box; all of them where names or tables may."""
    tree, whole = region.program.tree, region.box
    found: Box | None = None
    for ref in refs(tree) if tree is not None else ():
        if ref.shape != "cells":
            return whole
        rows = _reached((ref.first.row, ref.first.row_fixed), _last(ref, True), whole.top, whole.bottom, box[0], box[2])
        cols = _reached(
            (ref.first.col, ref.first.col_fixed), _last(ref, False), whole.left, whole.right, box[1], box[3]
        )
        if rows is not None and cols is not None:
            part = Box(rows[0], cols[0], rows[1], cols[1])
            found = part if found is None else _around(part, found)
    return whole if found is None else found


def _last(ref: Ref, rows: bool) -> tuple[int, bool]:
    corner = ref.last or ref.first
    return (corner.row, corner.row_fixed) if rows else (corner.col, corner.col_fixed)


def _around(one: Box, two: Box) -> Box:
    """The smallest box around two."""
    lows, highs = map(min, one[:2], two[:2]), map(max, one[2:], two[2:])
    return Box(*lows, *highs)


def _reached(
    one: tuple[int, bool], two: tuple[int, bool], first: int, last: int, low: int, high: int
) -> tuple[int, int] | None:
    """Of the positions first to last those from which a reference (both its ends) meets low to high."""
    start, stop = first, last
    (a, a_fixed), (b, b_fixed) = one, two
    if (a_fixed and a > high) or (b_fixed and b < low):
        return None
    if not a_fixed:
        stop = min(stop, high - a)
    if not b_fixed:
        start = max(start, low - b)
    return (start, stop) if start <= stop else None
