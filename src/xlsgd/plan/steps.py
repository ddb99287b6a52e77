"""A step of a plan: regions that are calculated together."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import pairwise

from .loops import Loop
from .regions import Region

Key = tuple[int, int, int]
"""Sheet (by its position in the book), row and column."""


@dataclass(frozen=True, slots=True)
class Step:
    """Regions that are calculated together.

    loop: they can be calculated line by line; then ``regions`` are in their order within a line, each active on its
    own lines. None: cell by cell, as far as is known in reading order, for the ``reason``. beside: can run in one pass
    with the step before it.
    """

    regions: tuple[Region, ...]
    loop: Loop | None
    reason: str = ""
    beside: bool = False

    def cells(self) -> Iterator[Key]:
        """All cells: of a loop line by line, else in reading order."""
        if len(self.regions) == 1 and (self.loop is None or not self.loop.backward):
            return _cells(self.regions[0])
        return merge(*map(_cells, self.regions)) if self.loop is None else self._lines(self.loop)

    def _lines(self, loop: Loop) -> Iterator[Key]:
        begins: dict[int, list[int]] = {}
        ends: dict[int, list[int]] = {}
        for place, region in enumerate(self.regions):
            top, left, bottom, right = region.box
            first, last = (top, bottom) if loop.down else (left, right)
            begins.setdefault(first, []).append(place)
            ends.setdefault(last + 1, []).append(place)
        if loop.backward:
            begins, ends = ({1 - line: places for line, places in half.items()} for half in (ends, begins))
        active: list[int] = []
        for start, end in pairwise(sorted(begins.keys() | ends.keys())):
            for place in ends.get(start, ()):
                active.remove(place)
            for place in begins.get(start, ()):
                insort(active, place)
            lanes = [(one.program.sheet, one.box.top, one.box.left) for one in map(self.regions.__getitem__, active)]
            for line in range(start, end) if active else ():
                at = -line if loop.backward else line
                for sheet, row, col in lanes:
                    yield (sheet, at, col) if loop.down else (sheet, row, at)


def _cells(region: Region) -> Iterator[Key]:
    return ((region.program.sheet, *cell) for cell in region.cells())
