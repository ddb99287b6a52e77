"""Values of a sheet against a Trace: row by row, column by column, to the last bit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..address import Box, box_name, cell_name, column_name
from ..book import Cell
from ..engine.base import Result, Values
from ..errors import UsageError
from ..values import CellError, Unsupported, ulps

if TYPE_CHECKING:
    import pandas as pd

    from ..reference import Trace


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that is not what the reference says. ``expected`` is nan where the reference has an error.

    ulp: the distance in doubles, None where one of the two is not a number.
    """

    key: str
    cell: Cell
    value: Result
    expected: float
    ulp: int | None = None

    def __str__(self) -> str:
        far = f" ({self.ulp} ULP)" if self.ulp is not None else ""
        return f"{cell_name(*self.cell)} ({self.key}): {_show(self.value)}, expected {_show(self.expected)}{far}"


@dataclass(slots=True)
class Column:
    """What came of one column (or one summary cell): ``box`` are its cells, ``events`` errors on both sides.

    max_ulp, max_absolute, max_relative: the largest distances between numbers.
    """

    key: str
    box: Box
    events: int = 0
    max_ulp: int = 0
    max_absolute: float = 0.0
    max_relative: float = 0.0
    differences: list[Difference] = field(default_factory=list)

    @property
    def cells(self) -> int:
        return self.box.height

    @property
    def first_row(self) -> int | None:
        """The first row that differs, as the sheet counts."""
        return self.differences[0].cell[0] if self.differences else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A sheet against the reference. ``missing`` are keys that the reference has and the sheet has no column for."""

    sheet: str
    columns: tuple[Column, ...]
    missing: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.missing and not any(column.differences for column in self.columns)

    @property
    def cells(self) -> int:
        """How many cells were compared."""
        return sum(column.cells for column in self.columns)

    @property
    def events(self) -> int:
        """How many cells hold an error where the reference has one, too."""
        return sum(column.events for column in self.columns)

    @property
    def max_ulp(self) -> int:
        return max((column.max_ulp for column in self.columns), default=0)

    @property
    def differences(self) -> list[Difference]:
        """All differing cells in the order of the sheet, row by row."""
        return sorted((one for column in self.columns for one in column.differences), key=lambda one: one.cell)

    @property
    def frame(self) -> pd.DataFrame:
        """A pandas frame, one row a column of the sheet (index: its key)."""
        import pandas as pd

        rows = [_frame_row(column) for column in self.columns]
        frame = pd.DataFrame(rows, index=pd.Index([column.key for column in self.columns], name="key"))
        return frame.astype({"first_row": "Int64"})


def compare(
    values: Values,
    sheet: str,
    columns: Mapping[str, int],
    rows: tuple[int, int],
    trace: Trace,
    run: int = 0,
    summary: Mapping[str, Cell] | None = None,
) -> Comparison:
    """Compare one sheet with one run of a trace.

    columns: key → column number; rows: first and last training row, both included; summary: key → cell.
    An error value against nan is the same event. Text, logicals, blanks and what the engine could not calculate are
    differences wherever a number belongs. Raises UsageError where the two cannot be laid side by side.
    """
    index = values.book.index(sheet)
    if index is None:
        raise UsageError(f"no sheet '{sheet}' in the workbook", path=values.book.path)
    singles = dict(summary or {})
    _same_shape(sheet, columns, rows, trace, run, singles)
    first, last = rows
    found: list[Column] = []
    for key, col in columns.items():
        cells = [(row, col) for row in range(first, last + 1)]
        found.append(_column(values, index, key, cells, trace.columns[key][run].tolist()))
    for key, cell in singles.items():
        found.append(_column(values, index, key, [cell], [float(trace.summary[key][run])]))
    absent = [key for key in trace.columns if key not in columns]
    if summary is not None:
        absent += [key for key in trace.summary if key not in singles]
    return Comparison(values.book.sheets[index].name, tuple(found), tuple(absent))


def _same_shape(
    sheet: str, columns: Mapping[str, int], rows: tuple[int, int], trace: Trace, run: int, summary: Iterable[str]
) -> None:
    unknown = [key for key in columns if key not in trace.columns] + [
        key for key in summary if key not in trace.summary
    ]
    if unknown:
        raise UsageError(f"the reference has no {', '.join(unknown)}", sheet=sheet)
    height = rows[1] - rows[0] + 1
    if height != trace.rows:
        raise UsageError(f"{height} rows on the sheet, {trace.rows} in the reference", sheet=sheet)
    if not 0 <= run < trace.runs:
        raise UsageError(f"run {run} is not one of the reference's {trace.runs} (counted from 0)")


def _column(values: Values, sheet: int, key: str, cells: list[Cell], expected: list[float]) -> Column:
    (top, left), (bottom, right) = cells[0], cells[-1]
    column = Column(key, Box(top, left, bottom, right))
    for cell, number in zip(cells, expected, strict=True):
        _judge(column, cell, values.at(sheet, *cell), number)
    return column


def _judge(column: Column, cell: Cell, value: Result, expected: float) -> None:
    """Enter one cell into its column's account."""
    wanted_error = not math.isfinite(expected)
    if isinstance(value, CellError) and wanted_error:
        column.events += 1
    elif wanted_error or not isinstance(value, float):
        column.differences.append(Difference(column.key, cell, value, expected))
    elif value != expected:
        distance, absolute = ulps(value, expected), abs(value - expected)
        column.max_ulp = max(column.max_ulp, distance)
        column.max_absolute = max(column.max_absolute, absolute)
        column.max_relative = max(column.max_relative, absolute / abs(expected) if expected else math.inf)
        column.differences.append(Difference(column.key, cell, value, expected, distance))


def _frame_row(column: Column) -> dict[str, Any]:
    return {
        "column": column_name(column.box.left),
        "range": box_name(column.box),
        "cells": column.cells,
        "events": column.events,
        "differing": len(column.differences),
        "max_ulp": column.max_ulp,
        "max_absolute": column.max_absolute,
        "max_relative": column.max_relative,
        "first_row": column.first_row,
    }


def _show(value: Result) -> str:
    if value is None:
        return "blank"
    if isinstance(value, float) and not math.isfinite(value):
        return "an error"
    if isinstance(value, Unsupported):
        return f"unsupported ({value.reason})"
    return repr(value)
