"""An engine's values against those that the file itself stores for its formula cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..address import cell_name
from ..book import Cell
from ..book.columns import CellColumns
from ..engine.base import Result, Values
from ..tagged import is_blank
from ..values import Scalar, Unsupported


@dataclass(frozen=True, slots=True)
class Stale:
    """A cell whose stored value is not the calculated one."""

    sheet: str
    cell: Cell
    value: Result
    cached: Scalar

    def __str__(self) -> str:
        return f"{self.sheet}!{cell_name(*self.cell)}: calculated {self.value!r}, stored {self.cached!r}"


def differing_cached(values: Values) -> list[Stale]:
    """All cells with a stored value that differs from the calculated one, sheet by sheet.

    Cells without a stored value and cells that the engine could not calculate are left out. ``1`` and ``TRUE``
    differ; a blank result and a stored 0 do not, as Excel stores the 0.
    """
    found: list[Stale] = []
    for sheet, results in zip(values.book.sheets, values.results, strict=True):
        for cell, cached in _suspects(sheet.cached, results):
            value = results.get(cell)
            if cell not in results or isinstance(value, Unsupported) or same(value, cached):
                continue
            found.append(Stale(sheet.name, cell, value, cached))
    return found


def _suspects(cached: Mapping[Cell, Scalar], results: Mapping[Cell, Result]) -> Iterable[tuple[Cell, Any]]:
    """The stored values but, in columns, those that are the calculated number to the bit."""
    if not (isinstance(cached, CellColumns) and isinstance(results, CellColumns)):
        yield from cached.items()
        return
    for col, runs in cached.runs.items():
        for run in runs:
            calculated = results.window(col, run.top, run.bottom)
            for place in np.flatnonzero(~(calculated == run.numbers) & ~is_blank(run.numbers)).tolist():
                cell = (run.top + place, col)
                yield cell, cached[cell]
    yield from cached.others.items()


def same(value: Result, cached: Scalar) -> bool:
    """True where the two are the same value of the same type."""
    if value is None:
        return cached is None or cached == 0.0 or cached == ""
    return isinstance(value, bool) == isinstance(cached, bool) and value == cached
