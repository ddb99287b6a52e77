"""The cells of large sheets by column: values as tagged float64 runs, formulas as fill-downs.

Both classes are mappings keyed ``(row, column)`` like the plain dicts of small sheets, so that nothing behind a
:class:`~xlsgd.book.Sheet` needs to know which it has; who is in a hurry looks at their runs. What is set or deleted
cell by cell lies in ``others`` beside the runs. Iteration goes row by row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from ..tagged import BLANK, Numbers, Texts, bits, blanks, is_blank, tag, untag, untagged
from ..values import Scalar, Unsupported
from .book import Cell, Formula

Held = Scalar | Unsupported
V = TypeVar("V")


class Run(NamedTuple):
    """Cells of one column one below the other from row ``top`` on; blank places hold no cell."""

    top: int
    numbers: Numbers

    @property
    def bottom(self) -> int:
        return self.top + len(self.numbers) - 1


@dataclass(slots=True, eq=False)
class CellColumns(MutableMapping[Cell, Any]):
    """Values by column. ``runs[col]``: sorted by row, without overlap. A cell stands in a run or in ``others``."""

    runs: dict[int, list[Run]]
    texts: Texts
    others: dict[Cell, Held]

    def __getitem__(self, cell: Cell) -> Held:
        if cell in self.others:
            return self.others[cell]
        run = self._run(cell)
        value = untag(float(run.numbers[cell[0] - run.top]), self.texts) if run is not None else None
        if value is None:
            raise KeyError(cell)
        return value

    def __setitem__(self, cell: Cell, value: Held) -> None:
        run = self._run(cell)
        if run is not None:
            run.numbers.view(np.uint64)[cell[0] - run.top] = bits(BLANK)
        self.others[cell] = value

    def __delitem__(self, cell: Cell) -> None:
        if cell not in self:
            raise KeyError(cell)
        self.others.pop(cell, None)
        run = self._run(cell)
        if run is not None:
            run.numbers.view(np.uint64)[cell[0] - run.top] = bits(BLANK)

    def __len__(self) -> int:
        held = sum(int(np.count_nonzero(~is_blank(run.numbers))) for runs in self.runs.values() for run in runs)
        return held + len(self.others)

    def __iter__(self) -> Iterator[Cell]:
        spans = [
            (col, np.flatnonzero(~is_blank(run.numbers)) + run.top) for col, runs in self.runs.items() for run in runs
        ]
        return _by_rows(spans, self.others)

    def __contains__(self, cell: object) -> bool:
        if cell in self.others:
            return True
        if not isinstance(cell, tuple):
            return False
        run = self._run(cell)
        return run is not None and int(run.numbers.view(np.uint64)[cell[0] - run.top]) != bits(BLANK)

    def window(self, col: int, top: int, bottom: int) -> Numbers:
        """The tagged values of a column from one row to another, blank where there is no cell."""
        numbers = blanks(bottom - top + 1)
        for run in self.runs.get(col, ()):
            first, last = max(top, run.top), min(bottom, run.bottom)
            if first <= last:
                numbers[first - top : last - top + 1] = run.numbers[first - run.top : last - run.top + 1]
        few = len(self.others) < bottom - top
        rows = [row for row, of in self.others if of == col] if few else range(top, bottom + 1)
        for row in rows:
            if top <= row <= bottom and (row, col) in self.others:
                numbers.view(np.uint64)[row - top] = tag(self.others[row, col], self.texts)
        return numbers

    def copy_dict(self) -> dict[Cell, Held]:
        """All cells as a plain dict, column by column."""
        cells: dict[Cell, Held] = {}
        for col, runs in self.runs.items():
            for run in runs:
                values = untagged(run.numbers, self.texts)
                cells.update(((row, col), value) for row, value in enumerate(values, run.top) if value is not None)
        cells.update(self.others)
        return cells

    def _run(self, cell: Cell) -> Run | None:
        runs = self.runs.get(cell[1])
        if not runs:
            return None
        at = bisect_right(runs, cell[0], key=lambda run: run.top) - 1
        return runs[at] if at >= 0 and cell[0] <= runs[at].bottom else None


class FormulaRun(NamedTuple):
    """Cells of one column that share a normal formula, from row ``top`` to row ``bottom``."""

    top: int
    bottom: int
    formula: Formula


@dataclass(slots=True, eq=False)
class FormulaColumns(MutableMapping[Cell, Formula]):
    """Formulas by column. ``runs[col]``: sorted by row, without overlap. A cell stands in a run or in ``others``."""

    runs: dict[int, list[FormulaRun]]
    others: dict[Cell, Formula]

    def __getitem__(self, cell: Cell) -> Formula:
        if cell in self.others:
            return self.others[cell]
        at = self._at(cell)
        if at is None:
            raise KeyError(cell)
        return self.runs[cell[1]][at].formula

    def __setitem__(self, cell: Cell, formula: Formula) -> None:
        self._cut(cell)
        self.others[cell] = formula

    def __delitem__(self, cell: Cell) -> None:
        if cell not in self:
            raise KeyError(cell)
        self.others.pop(cell, None)
        self._cut(cell)

    def __len__(self) -> int:
        return sum(run.bottom - run.top + 1 for runs in self.runs.values() for run in runs) + len(self.others)

    def __iter__(self) -> Iterator[Cell]:
        spans = [(col, np.arange(run.top, run.bottom + 1)) for col, runs in self.runs.items() for run in runs]
        return _by_rows(spans, self.others)

    def __contains__(self, cell: object) -> bool:
        return cell in self.others or (isinstance(cell, tuple) and self._at(cell) is not None)

    def _at(self, cell: Cell) -> int | None:
        runs = self.runs.get(cell[1])
        if not runs:
            return None
        at = bisect_right(runs, cell[0], key=lambda run: run.top) - 1
        return at if at >= 0 and cell[0] <= runs[at].bottom else None

    def _cut(self, cell: Cell) -> None:
        """Take a cell out of the run that it stands in."""
        at = self._at(cell)
        if at is None:
            return
        row, runs = cell[0], self.runs[cell[1]]
        top, bottom, formula = runs[at]
        pieces = [FormulaRun(top, row - 1, formula), FormulaRun(row + 1, bottom, formula)]
        runs[at : at + 1] = [piece for piece in pieces if piece.top <= piece.bottom]


def plain(cells: Mapping[Cell, V]) -> dict[Cell, V]:
    """A copy of a mapping of cells as a dict."""
    if isinstance(cells, CellColumns):
        found: dict[Cell, Any] = cells.copy_dict()
        return found
    return dict(cells)


def _by_rows(spans: Sequence[tuple[int, npt.NDArray[Any]]], others: Mapping[Cell, object]) -> Iterator[Cell]:
    rows = np.concatenate([*(rows for _, rows in spans), np.array([row for row, _ in others], dtype=np.int64)])
    cols = np.concatenate(
        [*(np.full(len(rows), col) for col, rows in spans), np.array([col for _, col in others], dtype=np.int64)]
    )
    order = np.lexsort((cols, rows))
    return zip(rows[order].tolist(), cols[order].tolist(), strict=True)
