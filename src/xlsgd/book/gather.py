"""Cells of a sheet gathered by column: what stands in plain dicts as runs, and runs as they are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ..tagged import BLANK, UNSUPPORTED, Numbers, Texts, bits, is_blank, tagged
from ..values import Scalar, Unsupported
from .book import Cell, Formula, Sheet
from .columns import CellColumns, FormulaColumns, FormulaRun, Held, Run
from .look import Style
from .style_columns import StyleColumns, StyleRun

_GAP = 64
"""So many rows without a cell end a run of values."""


class Placed(Protocol):
    """A run: rows ``top`` to ``bottom`` of a column."""

    @property
    def top(self) -> int: ...

    @property
    def bottom(self) -> int: ...


R = TypeVar("R", bound=Placed)


def overlapping(runs: Sequence[R], top: int, bottom: int) -> Iterator[R]:
    """Those of a column's runs (sorted, without overlap) that reach into rows ``top`` to ``bottom``."""
    at = max(bisect_right(runs, top, key=lambda run: run.top) - 1, 0)
    while at < len(runs) and runs[at].top <= bottom:
        if runs[at].bottom >= top:
            yield runs[at]
        at += 1


@dataclass(frozen=True, slots=True)
class Gathered:
    """Values by column; what ``over`` holds lies in places that are blank in ``under``."""

    under: Mapping[int, list[Run]]
    over: Mapping[int, list[Run]]
    texts: Texts

    @property
    def columns(self) -> set[int]:
        return {*self.under, *self.over}

    def runs(self, col: int) -> list[Run]:
        """All runs of a column."""
        return [*self.under.get(col, []), *self.over.get(col, [])]

    def part(self, col: int, top: int, bottom: int) -> Numbers:
        """The tagged values of a column from row ``top`` to row ``bottom``."""
        found = np.full(bottom - top + 1, bits(BLANK), dtype=np.uint64)
        for runs in (self.under.get(col, []), self.over.get(col, [])):
            for run in overlapping(runs, top, bottom):
                first, last = max(run.top, top), min(run.bottom, bottom)
                values = run.numbers.view(np.uint64)[first - run.top : last - run.top + 1]
                place = found[first - top : last - top + 1]
                np.copyto(place, values, where=values != bits(BLANK))
        return found.view(np.float64)


def gather_values(cells: Mapping[Cell, Scalar] | Mapping[Cell, Held]) -> Gathered:
    """Constants or cached values by column."""
    if isinstance(cells, CellColumns):
        return Gathered(cells.runs, _value_runs(cells.others, cells.texts), cells.texts)
    texts = Texts()
    return Gathered(_value_runs(cells, texts), {}, texts)


def gather_formulas(cells: Mapping[Cell, Formula] | FormulaColumns) -> dict[int, list[FormulaRun]]:
    """Formulas by column: runs of cells that share one Formula object, of any kind."""
    if not isinstance(cells, FormulaColumns):
        return _formula_runs(cells)
    found = {col: list(runs) for col, runs in cells.runs.items()}
    for col, runs in _formula_runs(cells.others).items():
        found[col] = sorted([*found.get(col, []), *runs], key=lambda run: run.top)
    return found


def all_cached(sheet: Sheet) -> bool:
    """Whether each formula cell of a sheet has a cached value."""
    if not isinstance(sheet.formulas, FormulaColumns) or not isinstance(sheet.cached, CellColumns):
        return sheet.formulas.keys() <= sheet.cached.keys()
    cached = gather_values(sheet.cached)
    runs = ((col, run) for col, several in gather_formulas(sheet.formulas).items() for run in several)
    return not any(is_blank(cached.part(col, run.top, run.bottom)).any() for col, run in runs)


def answered(cells: CellColumns) -> CellColumns:
    """A copy of results without the cells that an engine could not calculate."""
    runs = {col: [Run(run.top, _answered(run.numbers)) for run in several] for col, several in cells.runs.items()}
    others: dict[Cell, Held] = {
        cell: value for cell, value in cells.others.items() if not isinstance(value, Unsupported)
    }
    return CellColumns(runs, cells.texts, others)


def _answered(numbers: Numbers) -> Numbers:
    patterns = numbers.view(np.uint64).copy()
    patterns[patterns >> np.uint64(32) == bits(UNSUPPORTED) >> 32] = bits(BLANK)
    return patterns.view(np.float64)


def gather_styles(cells: Mapping[Cell, Style] | StyleColumns) -> dict[int, list[StyleRun]]:
    """Styles by column, equal styles as one object."""
    if not isinstance(cells, StyleColumns):
        return _style_runs(cells)
    found = {col: [StyleRun(*run) for run in runs] for col, runs in cells.runs.items()}
    for col, runs in _style_runs(cells.others).items():
        for run in runs:
            if any(overlapping(found.get(col, []), run.top, run.bottom)):
                found[col] = list(_without(found[col], run))
        found[col] = sorted([*found.get(col, []), *runs], key=lambda run: run.top)
    return found


def _without(runs: Sequence[StyleRun], hole: StyleRun) -> Iterator[StyleRun]:
    for run in runs:
        if run.top < hole.top:
            yield StyleRun(run.top, min(run.bottom, hole.top - 1), run.style)
        if run.bottom > hole.bottom:
            yield StyleRun(max(run.top, hole.bottom + 1), run.bottom, run.style)


class _Sorted(NamedTuple):
    """Cells in the order of columns, then rows; ``order``: their places in the mapping."""

    rows: npt.NDArray[np.int64]
    cols: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]

    def spans(self, breaks: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
        """Column, first and last place of each stretch; ``breaks[n]``: one ends between places n and n + 1."""
        ends = np.flatnonzero((np.diff(self.cols) != 0) | breaks)
        firsts = np.concatenate([[0], ends + 1]).tolist()
        lasts = np.concatenate([ends, [len(self.rows) - 1]]).tolist()
        yield from zip(self.cols[firsts].tolist(), firsts, lasts, strict=True)


def _sorted(cells: Mapping[Cell, object]) -> _Sorted:
    flat = np.fromiter(chain.from_iterable(cells), dtype=np.int64, count=2 * len(cells))
    rows, cols = flat[::2], flat[1::2]
    order = np.lexsort((rows, cols))
    return _Sorted(rows[order], cols[order], order)


def _value_runs(cells: Mapping[Cell, Scalar | Unsupported], texts: Texts) -> dict[int, list[Run]]:
    found: dict[int, list[Run]] = {}
    if not cells:
        return found
    places = _sorted(cells)
    values = list(cells.values())
    plain = set(map(type, values)) == {float}
    numbers = (np.array(values, dtype=np.float64) if plain else tagged(values, texts)).view(np.uint64)[places.order]
    for col, first, last in places.spans(np.diff(places.rows) > _GAP):
        rows = places.rows[first : last + 1]
        column = np.full(int(rows[-1] - rows[0]) + 1, bits(BLANK), dtype=np.uint64)
        column[rows - rows[0]] = numbers[first : last + 1]
        found.setdefault(col, []).append(Run(int(rows[0]), column.view(np.float64)))
    return found


def _formula_runs(cells: Mapping[Cell, Formula]) -> dict[int, list[FormulaRun]]:
    found: dict[int, list[FormulaRun]] = {}
    formulas = list(cells.values())
    for col, top, bottom, place in _equal_runs(cells, _ids(formulas)):
        found.setdefault(col, []).append(FormulaRun(top, bottom, formulas[place]))
    return found


def _style_runs(cells: Mapping[Cell, Style]) -> dict[int, list[StyleRun]]:
    found: dict[int, list[StyleRun]] = {}
    styles = list(cells.values())
    _, firsts, which = np.unique(_ids(styles), return_index=True, return_inverse=True)
    places: dict[Style, int] = {}
    equal = np.array([places.setdefault(styles[first], len(places)) for first in firsts.tolist()], dtype=np.int64)
    for col, top, bottom, place in _equal_runs(cells, equal[which]):
        found.setdefault(col, []).append(StyleRun(top, bottom, styles[place]))
    return found


def _ids(objects: Sequence[object]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(id, objects), dtype=np.int64, count=len(objects))


def _equal_runs(cells: Mapping[Cell, object], labels: npt.NDArray[np.int64]) -> Iterator[tuple[int, int, int, int]]:
    """Column, top and bottom of cells one below the other with equal labels, and the place of their first label."""
    if not cells:
        return
    places = _sorted(cells)
    breaks = (np.diff(places.rows) != 1) | (np.diff(labels[places.order]) != 0)
    for col, first, last in places.spans(breaks):
        yield col, int(places.rows[first]), int(places.rows[last]), int(places.order[first])
