"""The cells of a run: values as they become known, and what still waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge

from ..address import MAX_COL, MAX_ROW
from ..book import Cell
from ..values import Area, Scalar, Unsupported
from .code import Blocked, CellKey, Pending

MAX_CELLS = 20_000_000
"""Cells of one range that are looked at one by one."""


@dataclass(slots=True)
class Grid:
    """One sheet's cells. ``waiting`` maps a cell without a value yet to the cell whose formula will give it."""

    index: int
    known: dict[Cell, Scalar | Unsupported]
    waiting: dict[Cell, Cell] = field(default_factory=dict)
    bottom: int = 0
    right: int = 0

    def include(self, row: int, col: int) -> None:
        """Let the used range reach a cell."""
        self.bottom, self.right = max(self.bottom, row), max(self.right, col)

    def value(self, row: int, col: int) -> Scalar:
        """A cell's value, None where it is blank. Raises Pending or Blocked."""
        found = self.known.get((row, col))
        if found is None:
            if (row, col) in self.waiting:
                raise Pending([(self.index, *self.waiting[row, col])])
            return None
        if isinstance(found, Unsupported):
            raise Blocked(found.reason)
        return found

    def cells(self, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        """The cells of an area that are not blank, row by row. Raises Pending for all that wait, or Blocked."""
        bottom, right = min(area.bottom, self.bottom), min(area.right, self.right)
        size = max(0, bottom - area.top + 1) * max(0, right - area.left + 1)
        if size > len(self.known) + len(self.waiting):
            keys = self._inside(area)
        else:
            keys = ((row, col) for row in range(area.top, bottom + 1) for col in range(area.left, right + 1))
        found: list[tuple[int, int, Scalar]] = []
        pending: dict[CellKey, None] = {}
        for key in keys:
            value = self.known.get(key)
            if value is None:
                if key in self.waiting:
                    pending[(self.index, *self.waiting[key])] = None
            elif isinstance(value, Unsupported):
                raise Blocked(value.reason)
            else:
                found.append((*key, value))
        if pending:
            raise Pending(list(pending))
        return iter(found)

    def _inside(self, area: Area) -> Iterator[Cell]:
        _, top, left, bottom, right = area
        for keys in (self.known, self.waiting):
            if len(keys) > MAX_CELLS:
                raise Blocked(f"a sheet of {len(keys)} cells")
        inside = [
            sorted(key for key in keys if top <= key[0] <= bottom and left <= key[1] <= right)
            for keys in (self.known, self.waiting)
        ]
        return merge(*inside)

    def clipped(self, area: Area, bottom: int, right: int) -> Area:
        """A whole column or row cut off behind the last used row or column."""
        if area.bottom == MAX_ROW and area.top == 1:
            area = area._replace(bottom=max(1, bottom))
        if area.right == MAX_COL and area.left == 1:
            area = area._replace(right=max(1, right))
        return area
