"""The cells of a run: values as they become known, and what still waits for them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..address import MAX_COL, MAX_ROW
from ..book import Cell
from ..values import Area, Scalar, Unsupported
from .code import Blocked, CellKey, Pending


@dataclass(slots=True)
class Grid:
    """One sheet's cells. ``waiting`` maps a cell without a value yet to the cell whose formula will give it."""

    index: int
    known: dict[Cell, Scalar | Unsupported]
    waiting: dict[Cell, Cell] = field(default_factory=dict)
    bottom: int = 0
    right: int = 0
    _columns: dict[int, list[int]] | None = None

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
        keys: Iterable[Cell]
        if size > 64 and size > len(self.known) + len(self.waiting):
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

    def effort(self, area: Area) -> int:
        """How many cells are looked at, at most, where those of an area are asked for."""
        height, width = min(area.bottom, self.bottom) - area.top + 1, min(area.right, self.right) - area.left + 1
        return min(height * width, len(self.known) + len(self.waiting)) if height > 0 and width > 0 else 0

    def found(self, cell: Cell) -> Scalar | Unsupported:
        """What is known of a cell so far; None where it is blank or waits."""
        return self.known.get(cell)

    def put(self, row: int, col: int, value: Scalar | Unsupported) -> None:
        """Give a cell its value; the used range grows where it must."""
        if self._columns is not None and (row, col) not in self.known and (row, col) not in self.waiting:
            self._columns = None
        self.known[row, col] = 0.0 if value is None else value
        if row > self.bottom or col > self.right:
            self.include(row, col)

    def _inside(self, area: Area) -> list[Cell]:
        """The cells of a sparse area that are not blank, row by row, from an index by column."""
        if self._columns is None:
            self._columns = {}
            for row, col in sorted(self.known.keys() | self.waiting.keys()):
                self._columns.setdefault(col, []).append(row)
        found: list[Cell] = []
        for col in self._columns:
            if area.left <= col <= area.right:
                rows = self._columns[col]
                found.extend((row, col) for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)])
        return found if area.left == area.right else sorted(found)

    def clipped(self, area: Area, bottom: int, right: int) -> Area:
        """A whole column or row cut off behind the last used row or column."""
        if area.bottom == MAX_ROW and area.top == 1:
            area = area._replace(bottom=max(1, bottom))
        if area.right == MAX_COL and area.left == 1:
            area = area._replace(right=max(1, right))
        return area
