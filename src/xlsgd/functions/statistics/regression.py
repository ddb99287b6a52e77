"""Least squares over several columns: LINEST, LOGEST, TREND, GROWTH."""

import math
from dataclasses import dataclass

from ...values import NA, NUM, REF, Array, CellError, Omitted, Operand, Scalar, finish
from .. import gather
from ..context import Context as _Context
from ..kinds import ArrayAnything, Context, Logical, Matrix, Result
from ..numbers import elementary
from ..registry import function
from ..sums import plain_sum
from .linear import LeastSquares, Rows

_BITS = "the last bits: Excel's order of elimination is not known"


@dataclass(frozen=True, slots=True)
class _Data:
    """The y values, the x values a column a variable, and whether observations run down (True) or across."""

    ys: list[float]
    columns: Rows
    down: bool


@function("LINEST", blank_is_default=True, differs=_BITS)
def linest(
    ys: Matrix, xs: ArrayAnything = None, constant: Logical = True, stats: Logical = False, *, context: Context
) -> Result:
    data = _data(ys, xs, context)
    return data if isinstance(data, CellError) else _table(_Fit(data, constant), stats, False)


@function("LOGEST", blank_is_default=True, differs=_BITS)
def logest(
    ys: Matrix, xs: ArrayAnything = None, constant: Logical = True, stats: Logical = False, *, context: Context
) -> Result:
    data = _logarithmic(ys, xs, context)
    return data if isinstance(data, CellError) else _table(_Fit(data, constant), stats, True)


@function("TREND", blank_is_default=True, differs=_BITS)
def trend(
    ys: Matrix, xs: ArrayAnything = None, news: ArrayAnything = None, constant: Logical = True, *, context: Context
) -> Result:
    return _predictions(_data(ys, xs, context), ys, xs, news, constant, False, context)


@function("GROWTH", blank_is_default=True, differs=_BITS)
def growth(
    ys: Matrix, xs: ArrayAnything = None, news: ArrayAnything = None, constant: Logical = True, *, context: Context
) -> Result:
    return _predictions(_logarithmic(ys, xs, context), ys, xs, news, constant, True, context)


def _given(argument: Operand) -> bool:
    return argument is not None and not isinstance(argument, Omitted)


def _data(ys: Rows, xs: Operand, context: _Context) -> _Data | CellError:
    """Microsoft, LINEST: y in one column takes the columns of x as variables, y in one row its rows."""
    flat = [y for row in ys for y in row]
    down = len(ys) > 1 or len(ys[0]) == 1
    if not _given(xs):
        return _Data(flat, [[float(place + 1) for place in range(len(flat))]], down)
    rows = gather.matrix(xs, context)
    if isinstance(rows, CellError):
        return rows
    if (len(rows), len(rows[0])) == (len(ys), len(ys[0])):
        return _Data(flat, [[x for row in rows for x in row]], down)
    if len(ys[0]) == 1 and len(rows) == len(ys):
        return _Data(flat, [list(column) for column in zip(*rows, strict=True)], True)
    if len(ys) == 1 and len(rows[0]) == len(ys[0]):
        return _Data(flat, rows, False)
    return REF


def _logarithmic(ys: Rows, xs: Operand, context: _Context) -> _Data | CellError:
    data = _data(ys, xs, context)
    if isinstance(data, CellError):
        return data
    if min(data.ys) <= 0:
        return NUM
    return _Data([elementary.ln(y) for y in data.ys], data.columns, data.down)


class _Fit:
    """A fitted plane: coefficients in the order of the columns, the constant, sums of squares for its statistics."""

    def __init__(self, data: _Data, constant: bool) -> None:
        count = len(data.ys)
        self.middles = [plain_sum(column) / count if constant else 0.0 for column in data.columns]
        middle = plain_sum(data.ys) / count if constant else 0.0
        centred = [[x - m for x in column] for column, m in zip(data.columns, self.middles, strict=True)]
        heights = [y - middle for y in data.ys]
        self.solution = LeastSquares(centred, heights)
        self.coefficients = self.solution.coefficients
        self.constant = middle - plain_sum(c * m for c, m in zip(self.coefficients, self.middles, strict=True))
        self.has_constant, self.count = constant, count
        self.residual = self.solution.residual
        self.explained = max(0.0, plain_sum(y * y for y in heights) - self.residual)
        self.freedom = count - len(self.solution.used) - constant

    def errors(self) -> tuple[float, list[Scalar], Scalar]:
        """The standard errors of y, of the coefficients and of the constant."""
        error = math.sqrt(self.residual / self.freedom) if self.freedom > 0 else 0.0
        scale = self.solution.scale
        if not self.has_constant:
            return error, [error * s for s in scale], NA
        return error, [error * s for s in scale], error * math.sqrt(self._constant_scale())

    def _constant_scale(self) -> float:
        """The share of the constant in the inverse of X'X: ``1/n + m' (Z'Z)^-1 m`` with the means m."""
        rows, total = self.solution.inverted, 1.0 / self.count
        middles = [self.middles[place] for place in self.solution.used]
        for col in range(len(rows)):
            part = plain_sum(rows[row][col] * middles[row] for row in range(col + 1))
            total += part * part
        return total


def _table(fit: _Fit, stats: bool, power: bool) -> Operand:
    first: list[Scalar] = [*reversed(fit.coefficients), fit.constant]
    if power:
        first = [_exponential(number) for number in first if isinstance(number, float)]
    if not stats:
        return Array([[_finished(value) for value in first]])
    error, errors, constant_error = fit.errors()
    total = fit.explained + fit.residual
    used = len(fit.solution.used)
    ratio: Scalar = NUM
    if fit.freedom > 0 and fit.residual > 0 and used:
        ratio = (fit.explained / used) / (fit.residual / fit.freedom)
    table: list[list[Scalar]] = [
        first,
        [*reversed(errors), constant_error],
        [fit.explained / total if total else 1.0, error],
        [ratio, float(fit.freedom)],
        [fit.explained, fit.residual],
    ]
    width = len(first)
    return Array([[_finished(value) for value in row] + [NA] * (width - len(row)) for row in table])


def _predictions(
    data: _Data | CellError, ys: Rows, xs: Operand, news: Operand, constant: bool, power: bool, context: _Context
) -> Operand:
    if isinstance(data, CellError):
        return data
    fit = _Fit(data, constant)
    if not _given(news):
        observations: Rows = [list(row) for row in zip(*data.columns, strict=True)]
        shape = (len(ys), len(ys[0]))
    else:
        rows = gather.matrix(news, context)
        if isinstance(rows, CellError):
            return rows
        if len(data.columns) == 1:
            observations, shape = [[x] for row in rows for x in row], (len(rows), len(rows[0]))
        elif data.down:
            observations, shape = rows, (len(rows), 1)
        else:
            observations, shape = [list(column) for column in zip(*rows, strict=True)], (1, len(rows[0]))
        if len(observations[0]) != len(data.columns):
            return REF
    results: list[Scalar] = []
    for observation in observations:
        value = plain_sum(c * x for c, x in zip(fit.coefficients, observation, strict=True)) + fit.constant
        results.append(_finished(_exponential(value) if power else value))
    return Array([results[row * shape[1] : (row + 1) * shape[1]] for row in range(shape[0])])


def _exponential(number: float) -> Scalar:
    try:
        return math.exp(number)
    except OverflowError:
        return NUM


def _finished(value: Scalar) -> Scalar:
    return finish(value) if type(value) is float else value
