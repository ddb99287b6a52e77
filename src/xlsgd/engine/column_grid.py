"""The cells of a run with columns in memory that machine code reads and writes.

A cell that a column covers has its value there and nowhere else; what a compiled loop has still to write is pending.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..book import Cell
from ..book.columns import Run
from ..tagged import BLANK, Texts, bits, is_blank, tag, untag, untagged
from ..values import Area, Scalar, Unsupported
from .code import Blocked, Pending
from .grid import Grid

_BLANK = bits(BLANK)
Span = tuple[int, int]
"""The first and the last row of neighbours in a column."""


@dataclass(slots=True)
class ColumnGrid(Grid):
    """A grid whose ``columns[col]`` are runs of tagged values, sorted by row.

    placed: cells put into them one by one. pending: what compiled loops have still to write, by column.
    table: where kernels find the columns.
    """

    columns: dict[int, list[Run]] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)
    placed: set[Cell] = field(default_factory=set)
    pending: dict[int, set[Span]] = field(default_factory=dict)
    table: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))

    def run(self, row: int, col: int) -> Run | None:
        """The run that covers a cell."""
        runs = self.columns.get(col)
        if not runs:
            return None
        at = bisect_right(runs, row, key=_top) - 1
        return runs[at] if at >= 0 and row <= runs[at].bottom else None

    def cover(self, spans: Mapping[int, Span], written: Mapping[int, list[Span]]) -> None:
        """Let each column of ``spans`` have one run from its first to its last row at least, with what it holds there.

        ``written``: the cells that compiled loops will write; they stay pending and unfilled until then.
        """
        wanted = {
            col: self._joined(col, span) for col, span in spans.items() if col in written or not self._has(col, span)
        }
        block = np.empty(sum(bottom - top + 1 for top, bottom in wanted.values()), dtype=np.float64)
        for col, (top, bottom) in wanted.items():
            numbers, block = block[: bottom - top + 1], block[bottom - top + 1 :]
            self._fill(col, Run(top, numbers), sorted(written.get(col, ())))
        for col, boxes in written.items():
            self.pending[col] = set(boxes)

    def make_table(self) -> None:
        """Note for each column the address at which its row 0 would stand."""
        self.table = np.zeros(max(self.columns, default=0) + 1, dtype=np.uint64)
        for col, runs in self.columns.items():
            self._point_at(col, runs[0])

    def _point_at(self, col: int, run: Run) -> None:
        if col < len(self.table):
            self.table[col] = address(run.numbers) - 8 * run.top

    def _has(self, col: int, span: Span) -> bool:
        runs = self.columns.get(col, ())
        return len(runs) == 1 and runs[0].top <= span[0] and span[1] <= runs[0].bottom

    def _joined(self, col: int, span: Span) -> Span:
        """A span and the runs that meet it."""
        runs = self.columns.get(col, ())
        return min([span[0], *(run.top for run in runs)]), max([span[1], *(run.bottom for run in runs)])

    def _fill(self, col: int, new: Run, written: Sequence[Span]) -> None:
        """Put a new run in the place of a column's runs."""
        patterns, row = new.numbers.view(np.uint64), new.top
        for top, bottom in [*written, (new.bottom + 1, new.bottom)]:
            patterns[row - new.top : top - new.top] = _BLANK
            row = bottom + 1
        for run in self.columns.get(col, ()):
            new.numbers[run.top - new.top : run.bottom - new.top + 1] = run.numbers
        self.columns[col] = [new]

    def take_in(self) -> None:
        """Move known cells that columns cover into these."""
        lone = {col: runs[0] for col, runs in self.columns.items() if len(runs) == 1}
        moved: list[Cell] = []
        for cell, value in self.known.items():
            run = lone.get(cell[1]) or self.run(*cell)
            if run is not None and run.top <= cell[0] <= run.bottom:
                moved.append(cell)
                if type(value) is float and run.numbers.flags.writeable:
                    run.numbers[cell[0] - run.top] = value
                else:
                    self._write(run, *cell, value)
                    lone.pop(cell[1], None)
        for cell in moved:
            del self.known[cell]

    def found(self, cell: Cell) -> Scalar | Unsupported:
        run = self.run(*cell)
        if run is None:
            return self.known.get(cell)
        if self.pending and self._waits(*cell):
            return None
        return untag(float(run.numbers[cell[0] - run.top]), self.texts)

    def value(self, row: int, col: int) -> Scalar:
        run = self.run(row, col)
        if run is None:
            return Grid.value(self, row, col)
        if self.pending and self._waits(row, col):
            raise Pending([(self.index, row, col)])
        number = float(run.numbers[row - run.top])
        if number == number:
            return number
        value = untag(number, self.texts)
        if isinstance(value, Unsupported):
            raise Blocked(value.reason)
        if value is None and (row, col) in self.waiting:
            raise Pending([(self.index, *self.waiting[row, col])])
        return value

    def cells(self, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        covered: list[tuple[int, int, Scalar]] = []
        for col in self._columns_in(area):
            for run in self.columns[col]:
                covered.extend(self._slice(run, col, area))
        if area.left != area.right:
            covered.sort(key=_place)
        if not self.known and not self.waiting:
            return iter(covered)
        others = list(Grid.cells(self, area))
        return iter(sorted(covered + others, key=_place) if covered and others else covered or others)

    def effort(self, area: Area) -> int:
        covered = sum(
            max(0, min(area.bottom, run.bottom) - max(area.top, run.top) + 1)
            for col in self._columns_in(area)
            for run in self.columns[col]
        )
        return covered + (Grid.effort(self, area) if self.known or self.waiting else 0)

    def _columns_in(self, area: Area) -> list[int]:
        if area.right - area.left < len(self.columns):
            return [col for col in range(area.left, area.right + 1) if col in self.columns]
        return sorted(col for col in self.columns if area.left <= col <= area.right)

    def _slice(self, run: Run, col: int, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        top, bottom = max(area.top, run.top), min(area.bottom, run.bottom)
        if top > bottom:
            return
        for first, last in self.pending.get(col, ()):
            if first <= bottom and top <= last:
                raise Pending([(self.index, max(first, top), col)])
        part = run.numbers[top - run.top : bottom - run.top + 1]
        places = np.flatnonzero(~is_blank(part))
        for place, value in zip(places.tolist(), untagged(part[places], self.texts), strict=True):
            if isinstance(value, Unsupported):
                raise Blocked(value.reason)
            yield top + place, col, value

    def put(self, row: int, col: int, value: Scalar | Unsupported) -> None:
        run = self.run(row, col)
        if run is None:
            Grid.put(self, row, col, value)
            return
        self.placed.add((row, col))
        self._write(run, row, col, 0.0 if value is None else value)

    def arrive(self, col: int, span: Span) -> None:
        """Cells of a column have been written."""
        self.pending[col].discard(span)
        if not self.pending[col]:
            del self.pending[col]

    def blank(self, col: int, span: Span) -> None:
        """Cells of a column that were to be written are blank now."""
        run = self.run(span[0], col)
        assert run is not None
        run.numbers.view(np.uint64)[span[0] - run.top : span[1] - run.top + 1] = _BLANK
        self.arrive(col, span)

    def _write(self, run: Run, row: int, col: int, value: Scalar | Unsupported) -> None:
        if not run.numbers.flags.writeable:  # the constants of the book
            runs = self.columns[col]
            at, run = runs.index(run), Run(run.top, run.numbers.copy())
            runs[at] = run
            self._point_at(col, run)
        run.numbers.view(np.uint64)[row - run.top] = tag(value, self.texts)

    def _waits(self, row: int, col: int) -> bool:
        return any(top <= row <= bottom for top, bottom in self.pending.get(col, ()))


def address(array: npt.NDArray[Any]) -> int:
    """Where an array begins in memory."""
    place: int = array.__array_interface__["data"][0]
    return place


def _top(run: Run) -> int:
    return run.top


def _place(cell: tuple[int, int, Scalar]) -> tuple[int, int]:
    return cell[0], cell[1]
