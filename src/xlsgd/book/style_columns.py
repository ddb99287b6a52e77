"""The styles of large sheets by column, in the place of a dict with an entry a cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .look import Style

Cell = tuple[int, int]


class StyleRun(NamedTuple):
    """Cells of one column that share a style, from row ``top`` to row ``bottom``."""

    top: int
    bottom: int
    style: Style


@dataclass(slots=True, eq=False)
class StyleColumns(MutableMapping[Cell, Style]):
    """Styles by cell. ``runs[col]``: sorted by row, without overlap; ``others`` lie over the runs."""

    runs: dict[int, list[StyleRun]] = field(default_factory=dict)
    others: dict[Cell, Style] = field(default_factory=dict)

    def fill(self, col: int, top: int, bottom: int, style: Style) -> None:
        """A style below all runs of a column so far. Raises ValueError where there is a run already."""
        runs = self.runs.setdefault(col, [])
        if runs and top <= runs[-1].bottom:
            raise ValueError(f"row {top} of column {col} does not lie below row {runs[-1].bottom}")
        if top <= bottom:
            runs.append(StyleRun(top, bottom, style))

    def __getitem__(self, cell: Cell) -> Style:
        if cell in self.others:
            return self.others[cell]
        run = self._run(cell)
        if run is None:
            raise KeyError(cell)
        return run.style

    def __setitem__(self, cell: Cell, style: Style) -> None:
        self.others[cell] = style

    def __delitem__(self, cell: Cell) -> None:
        run = self._run(cell)
        if run is None:
            del self.others[cell]
            return
        self.others.pop(cell, None)
        runs, row = self.runs[cell[1]], cell[0]
        at = runs.index(run)
        pieces = [StyleRun(run.top, row - 1, run.style), StyleRun(row + 1, run.bottom, run.style)]
        runs[at : at + 1] = [piece for piece in pieces if piece.top <= piece.bottom]

    def __len__(self) -> int:
        in_runs = sum(run.bottom - run.top + 1 for runs in self.runs.values() for run in runs)
        return in_runs + sum(self._run(cell) is None for cell in self.others)

    def __iter__(self) -> Iterator[Cell]:
        for col, runs in self.runs.items():
            for run in runs:
                yield from ((row, col) for row in range(run.top, run.bottom + 1))
        yield from (cell for cell in self.others if self._run(cell) is None)

    def _run(self, cell: Cell) -> StyleRun | None:
        runs = self.runs.get(cell[1])
        if not runs:
            return None
        at = bisect_right(runs, cell[0], key=lambda run: run.top) - 1
        return runs[at] if at >= 0 and cell[0] <= runs[at].bottom else None
