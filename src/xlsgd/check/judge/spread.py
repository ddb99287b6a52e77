"""What follows from a cell: every formula cell that its value reaches.

Works on regions with the stretch of their cells that is reached, so its cost does not grow with the rows: within a
loop whatever is reached once is reached on every later row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...address import Box
from ...formula.nodes import Ref
from ...plan import Plan, Region
from ...plan.precedents import Reader
from ..findings import Place
from .trees import refs


@dataclass(slots=True)
class Spread:
    """Looks up what is downstream. ``boxes``: the regions; ``loops``: those that depend on earlier rows of their own."""

    plan: Plan
    regions: list[Region] = field(default_factory=list)
    loops: list[int] = field(default_factory=list)
    _reads: list[list[tuple[int, Box, bool]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        reader = Reader.of(self.plan.book)
        for number, step in enumerate(self.plan.steps):
            for region in step.regions:
                self.regions.append(region)
                self.loops.append(number if step.loop else -1)
                self._reads.append([(area.sheet, Box(*area[1:]), False) for area in reader.areas(region)])

    def of(self, place: Place, run: Box | None = None) -> list[tuple[int, Box]]:
        """Sheet and box of all that is downstream of a cell (or of a box of its sheet), that itself left out."""
        start = run or Box(place[1], place[2], place[1], place[2])
        reached: dict[int, Box] = {}
        waiting: list[tuple[int, Box]] = [(place[0], start)]
        while waiting:
            sheet, box = waiting.pop()
            for index in self._readers(sheet, box):
                grown = self._grown(index, sheet, box, reached.get(index))
                if grown is not None and grown != reached.get(index):
                    reached[index] = grown
                    waiting.append((self.regions[index].program.sheet, grown))
        return [(self.regions[index].program.sheet, box) for index, box in reached.items()]

    def _readers(self, sheet: int, box: Box) -> Iterator[int]:
        for index, reads in enumerate(self._reads):
            if any(other == sheet and area.meet(box) is not None for other, area, _ in reads):
                yield index

    def _grown(self, index: int, sheet: int, box: Box, known: Box | None) -> Box | None:
        """The part of a region that a box reaches, with what was known of it."""
        region = self.regions[index]
        part = self._part(region, sheet, box)
        if part is None:
            return None
        if self.loops[index] >= 0:
            part = part._replace(bottom=region.box.bottom) if region.box.height > 1 else part._replace(right=region.box.right)
        if known is None:
            return part
        return Box(min(part.top, known.top), min(part.left, known.left), max(part.bottom, known.bottom), max(part.right, known.right))

    def _part(self, region: Region, sheet: int, box: Box) -> Box | None:
        """The cells of a region whose own references meet a box."""
        tree, whole = region.program.tree, region.box
        found: Box | None = None
        plain = False
        for ref in refs(tree) if tree is not None else ():
            if ref.shape != "cells":
                return whole
            plain = True
            rows = _reached(ref, whole.top, whole.bottom, box.top, box.bottom, rows=True)
            cols = _reached(ref, whole.left, whole.right, box.left, box.right, rows=False)
            if rows is None or cols is None:
                continue
            part = Box(rows[0], cols[0], rows[1], cols[1])
            found = part if found is None else Box(min(part.top, found.top), min(part.left, found.left), max(part.bottom, found.bottom), max(part.right, found.right))
        return found if plain and found is not None else whole


def _reached(ref: Ref, first: int, last: int, low: int, high: int, rows: bool) -> tuple[int, int] | None:
    """Of the positions first to last those from which a reference meets low to high."""
    one, two = ref.first, ref.last or ref.first
    ends = [(one.row, one.row_fixed), (two.row, two.row_fixed)] if rows else [(one.col, one.col_fixed), (two.col, two.col_fixed)]
    start, stop = first, last
    (a, a_fixed), (b, b_fixed) = ends
    if a_fixed and a > high or b_fixed and b < low:
        return None
    if not a_fixed:
        stop = min(stop, high - a)
    if not b_fixed:
        start = max(start, low - b)
    return (start, stop) if start <= stop else None
