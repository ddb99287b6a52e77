"""What is read, as rectangles relative to the cell that reads: their ends are fixed or move along with the cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..address import MAX_COL, MAX_ROW, Box
from ..book import Table
from ..formula.nodes import Ref, TableRef
from ..values import Area


class Ends(NamedTuple):
    """First and last row (or column) of what is read: offsets from the formula's cell or, where fixed, as they are."""

    first: int
    last: int
    first_fixed: bool = True
    last_fixed: bool = True

    def reach(self, low: int, high: int, limit: int) -> tuple[int, int]:
        """What cells from ``low`` to ``high`` read together; all up to the grid's limit where it wraps around."""
        if low == high:
            one = self.first if self.first_fixed else (low + self.first - 1) % limit + 1
            two = self.last if self.last_fixed else (low + self.last - 1) % limit + 1
            return (one, two) if one <= two else (two, one)
        if self.wraps(low, high, limit):
            return 1, limit
        ones = (self.first, self.first) if self.first_fixed else (low + self.first, high + self.first)
        twos = (self.last, self.last) if self.last_fixed else (low + self.last, high + self.last)
        return min(ones[0], twos[0]), max(ones[1], twos[1])

    def wraps(self, low: int, high: int, limit: int) -> bool:
        """Whether a relative end leaves the grid for some of the cells from ``low`` to ``high``."""
        return any(
            not fixed and (low + end < 1 or high + end > limit)
            for end, fixed in ((self.first, self.first_fixed), (self.last, self.last_fixed))
        )


class Read(NamedTuple):
    """A rectangle that a formula reads, on one sheet or (3-D) on several."""

    sheets: range
    rows: Ends
    cols: Ends

    def areas(self, box: Box) -> Iterator[Area]:
        """The areas that the cells of a box read together."""
        top, bottom = self.rows.reach(box.top, box.bottom, MAX_ROW)
        left, right = self.cols.reach(box.left, box.right, MAX_COL)
        for sheet in self.sheets:
            yield Area(sheet, top, left, bottom, right)


class Reads(NamedTuple):
    """All that a formula reads. ``finds``: why that may not be all, "" where it is."""

    reads: tuple[Read, ...]
    finds: str = ""


ALL_ROWS, ALL_COLS = Ends(1, MAX_ROW), Ends(1, MAX_COL)


def reference_ends(node: Ref) -> tuple[Ends, Ends]:
    """The rows and columns that a reference means."""
    first = node.first
    last = node.last or first
    rows = ALL_ROWS if node.shape == "columns" else Ends(first.row, last.row, first.row_fixed, last.row_fixed)
    cols = ALL_COLS if node.shape == "rows" else Ends(first.col, last.col, first.col_fixed, last.col_fixed)
    return rows, cols


def table_reads(table: Table, node: TableRef) -> Iterator[Read]:
    """As :func:`xlsgd.engine.places.table_area`, seen from any row."""
    box = table.box
    columns = [name.casefold() for name in table.columns]
    wanted = [name.casefold() for name in (node.first, node.last) if name is not None]
    if any(name not in columns for name in wanted):
        return
    left = box.left + min((columns.index(name) for name in wanted), default=0)
    right = box.left + max((columns.index(name) for name in wanted), default=len(columns) - 1)
    top, bottom = box.top + table.header_rows, box.bottom - table.totals_rows
    items = node.items or frozenset({"data"})
    rows = Ends(0, 0, False, False)
    if "this row" not in items:
        bands = [(box.top, top - 1)] if items & {"all", "headers"} else []
        bands += [(top, bottom)] if items & {"all", "data"} else []
        bands += [(bottom + 1, box.bottom)] if items & {"all", "totals"} else []
        bands = [band for band in bands if band[0] <= band[1]]
        if not bands:
            return
        rows = Ends(min(band[0] for band in bands), max(band[1] for band in bands))
    yield Read(range(table.sheet, table.sheet + 1), rows, Ends(left, right))
