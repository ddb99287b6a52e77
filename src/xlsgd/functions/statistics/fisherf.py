"""The F distribution and its test."""

from ...values import DIV0, NUM, CellError
from ..kinds import ArrayNumbers, Logical, Number, Result
from ..registry import function
from .incomplete import binomial_term, incomplete_beta, inverse_beta
from .moments import variance

_CLOSE = "up to 1E-15 relative (measured): Excel's approximation is its own"
_INVERSE = "up to 1E-15 relative (measured): Excel's search ends a few last digits away"
_MOST = 1e10


def _freedom(above: float, below: float) -> tuple[float, float] | CellError:
    """The degrees of freedom of numerator and denominator, whole numbers from 1 to 1E10."""
    one, two = float(int(above)), float(int(below))
    return (one, two) if 1 <= one <= _MOST and 1 <= two <= _MOST else NUM


def shares(x: float, one: float, two: float) -> tuple[float, float]:
    """The probabilities below and above x."""
    scaled = one * x
    total = scaled + two
    return incomplete_beta(one / 2.0, two / 2.0, scaled / total, two / total)


def _density(x: float, one: float, two: float) -> float | CellError:
    if x == 0:
        return NUM if one < 2 else 1.0 if one == 2 else 0.0
    p, q = one / 2.0, two / 2.0
    scaled = one * x
    total = scaled + two
    return binomial_term(p, q, scaled / total, two / total) * (p * q / (p + q)) / x


@function("F.DIST", differs=_CLOSE)
def f_dist(x: Number, above: Number, below: Number, cumulative: Logical) -> Result:
    freedom = _freedom(above, below)
    if isinstance(freedom, CellError) or x < 0:
        return NUM
    return shares(x, *freedom)[0] if cumulative else _density(x, *freedom)


@function("F.DIST.RT", "FDIST", differs=_CLOSE)
def f_dist_rt(x: Number, above: Number, below: Number) -> Result:
    freedom = _freedom(above, below)
    return NUM if isinstance(freedom, CellError) or x < 0 else shares(x, *freedom)[1]


def _quantile(lower: float, upper: float, freedom: tuple[float, float]) -> float:
    one, two = freedom
    return inverse_beta(one / 2.0, two / 2.0, lower, upper) * two / one


@function("F.INV", differs=_INVERSE)
def f_inv(share: Number, above: Number, below: Number) -> Result:
    freedom = _freedom(above, below)
    if isinstance(freedom, CellError) or not 0 <= share < 1:
        return NUM
    return _quantile(share, 1.0 - share, freedom) if share else 0.0


@function("F.INV.RT", "FINV", differs=_INVERSE)
def f_inv_rt(share: Number, above: Number, below: Number) -> Result:
    freedom = _freedom(above, below)
    if isinstance(freedom, CellError) or not 0 < share <= 1:
        return NUM
    return _quantile(1.0 - share, share, freedom) if share < 1 else 0.0


@function("F.TEST", "FTEST", differs=_CLOSE)
def f_test(one: ArrayNumbers, two: ArrayNumbers) -> Result:
    """The probability on both sides that two samples have one variance."""
    first, second = variance(one, 1), variance(two, 1)
    if isinstance(first, CellError) or isinstance(second, CellError) or first == 0 or second == 0:
        return DIV0
    return min(1.0, 2.0 * min(shares(first / second, len(one) - 1.0, len(two) - 1.0)))
