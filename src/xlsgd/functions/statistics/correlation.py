"""Two samples: covariance, correlation and the straight line through them."""

import math
from dataclasses import dataclass

from ...values import DIV0, Array, CellError
from ..kinds import ArrayGrid, Number, Result
from ..registry import function
from ..sums import plain_sum
from .pairs import number_pairs


@dataclass(frozen=True, slots=True)
class _Sums:
    """Means and sums of products of deviations of n pairs, in two passes (measured)."""

    count: int
    mean_x: float
    mean_y: float
    xx: float
    yy: float
    xy: float

    @property
    def slope(self) -> float:
        return self.xy / self.xx

    @property
    def intercept(self) -> float:
        return self.mean_y - self.slope * self.mean_x


def _sums(xs: Array, ys: Array, least: int) -> _Sums | CellError:
    pairs = number_pairs(xs, ys)
    if isinstance(pairs, CellError):
        return pairs
    count = len(pairs)
    if count < least:
        return DIV0
    mean_x, mean_y = plain_sum(x for x, _ in pairs) / count, plain_sum(y for _, y in pairs) / count
    return _Sums(
        count,
        mean_x,
        mean_y,
        plain_sum((x - mean_x) * (x - mean_x) for x, _ in pairs),
        plain_sum((y - mean_y) * (y - mean_y) for _, y in pairs),
        plain_sum((x - mean_x) * (y - mean_y) for x, y in pairs),
    )


@function("COVARIANCE.P", "COVAR")
def covariance_p(xs: ArrayGrid, ys: ArrayGrid) -> Result:
    sums = _sums(xs, ys, 1)
    return sums if isinstance(sums, CellError) else sums.xy / sums.count


@function("COVARIANCE.S")
def covariance_s(xs: ArrayGrid, ys: ArrayGrid) -> Result:
    sums = _sums(xs, ys, 2)
    return sums if isinstance(sums, CellError) else sums.xy / (sums.count - 1)


@function("CORREL", "PEARSON")
def correl(xs: ArrayGrid, ys: ArrayGrid) -> Result:
    """The covariance by both deviations, all of n and not n - 1: measured."""
    sums = _sums(xs, ys, 2)
    return sums if isinstance(sums, CellError) else _correlation(sums, sums.count)


@function("RSQ")
def rsq(ys: ArrayGrid, xs: ArrayGrid) -> Result:
    """The square of the correlation, formed with n - 1: measured."""
    sums = _sums(xs, ys, 2)
    if isinstance(sums, CellError):
        return sums
    result = _correlation(sums, sums.count - 1)
    return result if isinstance(result, CellError) else result * result


def _correlation(sums: _Sums, count: int) -> float | CellError:
    spread = math.sqrt(sums.xx / count) * math.sqrt(sums.yy / count)
    return DIV0 if spread == 0 else sums.xy / count / spread


@function("SLOPE")
def slope(ys: ArrayGrid, xs: ArrayGrid) -> Result:
    sums = _sums(xs, ys, 1)
    if isinstance(sums, CellError):
        return sums
    return DIV0 if sums.xx == 0 else sums.slope


@function("INTERCEPT")
def intercept(ys: ArrayGrid, xs: ArrayGrid) -> Result:
    sums = _sums(xs, ys, 1)
    if isinstance(sums, CellError):
        return sums
    return DIV0 if sums.xx == 0 else sums.intercept


@function("FORECAST.LINEAR", "FORECAST")
def forecast(x: Number, ys: ArrayGrid, xs: ArrayGrid) -> Result:
    sums = _sums(xs, ys, 1)
    if isinstance(sums, CellError):
        return sums
    return DIV0 if sums.xx == 0 else sums.intercept + sums.slope * x


@function("STEYX")
def steyx(ys: ArrayGrid, xs: ArrayGrid) -> Result:
    """The standard error of y about the line."""
    sums = _sums(xs, ys, 3)
    if isinstance(sums, CellError):
        return sums
    if sums.xx == 0:
        return DIV0
    return math.sqrt(max(0.0, sums.yy - sums.xy * sums.xy / sums.xx) / (sums.count - 2))
