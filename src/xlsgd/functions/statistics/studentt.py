"""Student's t distribution, its tests and its confidence interval."""

import math

from ...values import DIV0, NUM, Array, CellError
from ..kinds import ArrayGrid, Integer, Logical, Number, Result
from ..registry import function
from ..sums import plain_sum
from .incomplete import deviance, incomplete_beta, inverse_beta, stirling_error
from .moments import mean, variance
from .pairs import number_pairs

_CLOSE = "up to 2E-15 relative (measured): Excel's approximation is its own"
_INVERSE = "up to 3E-15 relative, 7E-13 with 46,022 degrees of freedom (measured), where Excel is off by as much"
_MOST = 1e10
_LARGE = 1e300  # squares beyond do not change a probability


def _freedom(number: float) -> float | CellError:
    whole = float(int(number))
    return whole if 1 <= whole <= _MOST else NUM


def both_tails(x: float, freedom: float) -> float:
    """The probability beyond x on both sides."""
    square = min(x * x, _LARGE)
    total = freedom + square
    return incomplete_beta(0.5, freedom / 2.0, square / total, freedom / total)[1]


def _below(x: float, freedom: float) -> float:
    tail = both_tails(x, freedom) / 2.0
    return 1.0 - tail if x > 0 else tail


def _density(x: float, freedom: float) -> float:
    half = freedom / 2.0
    square = min(x * x, _LARGE)
    if freedom < 200.0:
        scale = math.gamma(half + 0.5) / math.gamma(half) / math.sqrt(math.pi * freedom)
        return scale * math.pow(freedom / (freedom + square), half + 0.5)
    scale = stirling_error(half + 0.5) - stirling_error(half) - deviance(half, half + 0.5)
    growth = math.log1p(square / freedom) / 2.0
    return math.exp(scale - freedom * growth - growth) / math.sqrt(2.0 * math.pi)


@function("T.DIST", differs=_CLOSE)
def t_dist(x: Number, freedom: Number, cumulative: Logical) -> Result:
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError):
        return degrees
    return _below(x, degrees) if cumulative else _density(x, degrees)


@function("T.DIST.RT", differs=_CLOSE)
def t_dist_rt(x: Number, freedom: Number) -> Result:
    degrees = _freedom(freedom)
    return degrees if isinstance(degrees, CellError) else _below(-x, degrees)


@function("T.DIST.2T", differs=_CLOSE)
def t_dist_2t(x: Number, freedom: Number) -> Result:
    degrees = _freedom(freedom)
    return NUM if isinstance(degrees, CellError) or x < 0 else both_tails(x, degrees)


@function("TDIST", differs=_CLOSE)
def tdist(x: Number, freedom: Number, tails: Integer) -> Result:
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError) or x < 0 or tails not in (1, 2):
        return NUM
    return both_tails(x, degrees) * tails / 2.0


def quantile(both: float, freedom: float) -> float:
    """The x >= 0 beyond which, on both sides, a share lies that is above 0 and at most 1."""
    if both == 1:
        return 0.0
    odds = inverse_beta(0.5, freedom / 2.0, 1.0 - both, both)
    return math.sqrt(odds) * math.sqrt(freedom)


@function("T.INV", differs=_INVERSE)
def t_inv(share: Number, freedom: Number) -> Result:
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError) or not 0 < share < 1:
        return NUM
    return -quantile(2.0 * share, degrees) if share < 0.5 else quantile(2.0 * (1.0 - share), degrees)


@function("T.INV.2T", differs=_INVERSE)
def t_inv_2t(share: Number, freedom: Number) -> Result:
    """Above 1 the result is negative, where Microsoft's page says #NUM!: measured."""
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError) or not 0 < share < 2:
        return NUM
    return quantile(share, degrees) if share <= 1 else -quantile(2.0 - share, degrees)


@function("TINV", differs=_INVERSE)
def tinv(share: Number, freedom: Number) -> Result:
    degrees = _freedom(freedom)
    return NUM if isinstance(degrees, CellError) or not 0 < share <= 1 else quantile(share, degrees)


@function("CONFIDENCE.T", differs=_INVERSE)
def confidence_t(significance: Number, spread: Number, size: Number) -> Result:
    count = float(int(size))
    if not 0 < significance < 1 or spread <= 0 or count < 1:
        return NUM
    return DIV0 if count == 1 else quantile(significance, count - 1.0) * spread / math.sqrt(count)


@function("T.TEST", "TTEST", differs=_CLOSE)
def t_test(one: ArrayGrid, two: ArrayGrid, tails: Integer, kind: Integer) -> Result:
    if tails not in (1, 2) or kind not in (1, 2, 3):
        return NUM
    if kind == 1:
        pairs = number_pairs(one, two)
        found = pairs if isinstance(pairs, CellError) else _paired([x - y for x, y in pairs])
    else:
        found = _two_samples(one, two, pooled=kind == 2)
    if isinstance(found, CellError):
        return found
    x, freedom = found
    return both_tails(x, freedom) * tails / 2.0


def _paired(differences: list[float]) -> tuple[float, float] | CellError:
    """The statistic of paired samples and its degrees of freedom."""
    if len(differences) < 2:
        return DIV0
    middle = mean(differences)
    spread = plain_sum((number - middle) * (number - middle) for number in differences) / (len(differences) - 1)
    if spread == 0:
        return DIV0
    return middle / math.sqrt(spread / len(differences)), len(differences) - 1.0


def _two_samples(one: Array, two: Array, pooled: bool) -> tuple[float, float] | CellError:
    """The statistic of two samples of equal (pooled) or unequal variances, with Welch's degrees of freedom."""
    samples = [_numbers(one), _numbers(two)]
    parts: list[tuple[float, float, int]] = []
    for numbers in samples:
        if isinstance(numbers, CellError):
            return numbers
        spread = variance(numbers, 1)
        if isinstance(spread, CellError):
            return spread
        parts.append((mean(numbers), spread, len(numbers)))
    (first, u, n), (second, v, m) = parts
    if pooled:
        freedom = n + m - 2.0
        error = ((n - 1) * u + (m - 1) * v) / freedom * (1.0 / n + 1.0 / m)
    else:
        p, q = u / n, v / m
        error = p + q
        weights = p * p / (n - 1) + q * q / (m - 1)
        freedom = error * error / weights if weights else 0.0
    return DIV0 if error == 0 or freedom == 0 else ((first - second) / math.sqrt(error), freedom)


def _numbers(array: Array) -> list[float] | CellError:
    found: list[float] = []
    for value in array.flat():
        if isinstance(value, CellError):
            return value
        if type(value) is float:
            found.append(value)
    return found
