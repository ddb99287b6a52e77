"""Outcome: what came of checking one sheet of a file against its variant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..address import cell_name
from ..book import Cell, Sheet
from ..engine.base import Result
from ..variants import Variant
from .cached import Stale
from .compare import Comparison


@dataclass(frozen=True, slots=True)
class Outcome:
    """One sheet's verdict.

    formulas: the sheet's formula cells, all evaluated. typed: cells that should hold a formula and do not. stale:
    formula cells whose stored value is not the calculated one. roots: the root of the summed errors of each epoch as
    the sheet's cells say, a number or an error.
    """

    variant: Variant
    path: Path
    comparison: Comparison
    formulas: int
    typed: tuple[Cell, ...] = ()
    stale: tuple[Stale, ...] = ()
    roots: tuple[Result, ...] = ()

    @property
    def ok(self) -> bool:
        return self.comparison.ok and not self.typed and not self.stale

    @property
    def sheet(self) -> str:
        return self.comparison.sheet

    def lines(self, limit: int = 5) -> list[str]:
        """What is wrong, a line a cell, at most ``limit`` lines and one that counts the rest."""
        where = f"{self.path}: {self.sheet}!"
        found = [f"{where}{one}" for one in self.comparison.differences]
        found += [f"{where}{cell_name(*cell)}: a formula belongs here" for cell in self.typed]
        found += [f"{self.path}: {one}" for one in self.stale]
        found += [f"{where[:-1]}: no column for {key}" for key in self.comparison.missing]
        rest = len(found) - limit
        return found[:limit] + ([f"{where[:-1]}: … and {rest} more"] if rest > 0 else [])


def typed_cells(wanted: Sheet, found: Sheet) -> tuple[Cell, ...]:
    """The cells that hold a formula in ``wanted`` and none in ``found``, row by row."""
    return tuple(sorted(cell for cell in wanted.formulas if cell not in found.formulas))
