"""An engine's values against those that the file itself stores for its formula cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from ..address import cell_name
from ..book import Cell
from ..book.columns import CellColumns, Run
from ..engine.base import Result, Values
from ..tagged import Numbers, is_blank
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


def differing_cached(values: Values, most: int | None = None) -> list[Stale]:
    """All cells with a stored value that differs from the calculated one, sheet by sheet; the first ``most``.

    Cells without a stored value and cells that the engine could not calculate are left out. ``1`` and ``TRUE``
    differ; a blank result and a stored 0 do not, as Excel stores the 0.
    """
    return list(islice(_differing(values), most))


def count_differing(values: Values) -> int:
    """How many cells :func:`differing_cached` would list; numbers in columns are counted all at once."""
    count = 0
    for sheet, results in zip(values.book.sheets, values.results, strict=True):
        if not (isinstance(sheet.cached, CellColumns) and isinstance(results, CellColumns)):
            count += sum(1 for _ in _of_sheet(sheet.name, sheet.cached.items(), results))
            continue
        for col, run, calculated in _side_by_side(sheet.cached, results):
            numbers = ~np.isnan(run.numbers) & ~np.isnan(calculated)
            count += int(np.count_nonzero(numbers & (run.numbers != calculated)))
            rest = _cells(sheet.cached, col, run, ~numbers & ~is_blank(run.numbers))
            count += sum(1 for _ in _of_sheet(sheet.name, rest, results))
        count += sum(1 for _ in _of_sheet(sheet.name, sheet.cached.others.items(), results))
    return count


def _differing(values: Values) -> Iterator[Stale]:
    for sheet, results in zip(values.book.sheets, values.results, strict=True):
        yield from _of_sheet(sheet.name, _suspects(sheet.cached, results), results)


def _of_sheet(name: str, stored: Iterable[tuple[Cell, Any]], results: Mapping[Cell, Result]) -> Iterator[Stale]:
    for cell, cached in stored:
        value = results.get(cell, _NONE)
        if value is not _NONE and not isinstance(value, Unsupported) and not same(value, cached):
            yield Stale(name, cell, value, cached)


def _suspects(cached: Mapping[Cell, Scalar], results: Mapping[Cell, Result]) -> Iterable[tuple[Cell, Any]]:
    """The stored values but, in columns, those that are the calculated number."""
    if not (isinstance(cached, CellColumns) and isinstance(results, CellColumns)):
        yield from cached.items()
        return
    for col, run, calculated in _side_by_side(cached, results):
        yield from _cells(cached, col, run, (calculated != run.numbers) & ~is_blank(run.numbers))
    yield from cached.others.items()


def _side_by_side(cached: CellColumns, results: CellColumns) -> Iterator[tuple[int, Run, Numbers]]:
    """Each run of stored values, its column, and the calculated values of the same cells."""
    for col, runs in cached.runs.items():
        for run in runs:
            yield col, run, results.window(col, run.top, run.bottom)


def _cells(cached: CellColumns, col: int, run: Run, chosen: npt.NDArray[np.bool_]) -> Iterator[tuple[Cell, Any]]:
    for place in np.flatnonzero(chosen).tolist():
        cell = (run.top + place, col)
        yield cell, cached[cell]


_NONE = Unsupported("")


def same(value: Result, cached: Scalar) -> bool:
    """True where the two are the same value of the same type."""
    if value is None:
        return cached is None or cached == 0.0 or cached == ""
    return isinstance(value, bool) == isinstance(cached, bool) and value == cached
