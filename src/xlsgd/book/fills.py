"""What the fill-downs of a sheet hold, gathered by column."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..address import Box
from ..tagged import Numbers, Texts, is_blank
from .book import Cell, Formula
from .columns import CellColumns, FormulaColumns, FormulaRun, Run
from .fill_down import FillDown


@dataclass(slots=True)
class Fills:
    """Runs by column, from top to bottom. As a container it is the constants: see :class:`~.cells.Movable`."""

    texts: Texts
    constants: dict[int, list[Run]] = field(default_factory=dict)
    cached: dict[int, list[Run]] = field(default_factory=dict)
    formulas: dict[int, list[FormulaRun]] = field(default_factory=dict)
    _count: int = -1

    def add(self, fill: FillDown, top: int, count: int, columns: Sequence[Numbers]) -> None:
        """Takes in rows of a fill-down, below all that were taken in before."""
        for slot, numbers in zip(fill.slots, columns, strict=True):
            home = self.cached if slot.cached else self.constants
            home.setdefault(slot.col, []).append(Run(top, numbers))
        bottom = top + count - 1
        for col, formula in fill.formulas.items():
            runs = self.formulas.setdefault(col, [])
            if runs and runs[-1].formula is formula and runs[-1].bottom == top - 1:
                runs[-1] = FormulaRun(runs[-1].top, bottom, formula)
            else:
                runs.append(FormulaRun(top, bottom, formula))

    def join(self) -> None:
        """Makes one run of those that touch; call it when all are in."""
        for home in (self.constants, self.cached):
            for col, runs in home.items():
                home[col] = _joined(runs)

    def __len__(self) -> int:
        if self._count < 0:
            runs = [run for runs in self.constants.values() for run in runs]
            self._count = sum(int(np.count_nonzero(~is_blank(run.numbers))) for run in runs)
        return self._count

    def move(self, box: Box) -> None:
        """Moves the constants in a box to the cached values: an array formula filled them."""
        if not len(self):
            return
        cols = self.constants if box.width > len(self.constants) else range(box.left, box.right + 1)
        for col in cols:
            if not box.left <= col <= box.right or col not in self.constants:
                continue
            runs = self.constants[col]
            first = max(bisect_right(runs, box.top, key=lambda run: run.top) - 1, 0)
            last = bisect_right(runs, box.bottom, key=lambda run: run.top)
            inside = [part for run in runs[first:last] if (part := _part(run, box.top, box.bottom))]
            if not inside:
                continue
            rest = [
                _part(run, *rows) for run in runs[first:last] for rows in ((1, box.top - 1), (box.bottom + 1, _END))
            ]
            runs[first:last] = [part for part in rest if part]
            for run in inside:
                insort(self.cached.setdefault(col, []), run, key=lambda run: run.top)
            self._count -= sum(int(np.count_nonzero(~is_blank(run.numbers))) for run in inside)

    def values(self, runs: dict[int, list[Run]], others: dict[Cell, Any]) -> MutableMapping[Cell, Any]:
        """Runs and the cells beside them as one mapping."""
        found = {col: of for col, of in runs.items() if of}
        return CellColumns(found, self.texts, others) if found else others

    def formula_map(self, others: dict[Cell, Formula]) -> MutableMapping[Cell, Formula]:
        """The formulas and those beside them as one mapping."""
        return FormulaColumns(self.formulas, others) if self.formulas else others


_END = 2**31


def _part(run: Run, top: int, bottom: int) -> Run | None:
    first, last = max(run.top, top), min(run.bottom, bottom)
    return Run(first, run.numbers[first - run.top : last - run.top + 1]) if first <= last else None


def _joined(runs: Sequence[Run]) -> list[Run]:
    found: list[Run] = []
    group: list[Run] = []
    for run in runs:
        if group and group[-1].bottom + 1 != run.top:
            found.append(Run(group[0].top, np.concatenate([one.numbers for one in group])))
            group = []
        group.append(run)
    if group:
        found.append(Run(group[0].top, np.concatenate([one.numbers for one in group])))
    return found
