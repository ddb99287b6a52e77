"""The chi-squared distribution and its test."""

from ...values import DIV0, NA, NUM, CellError
from ..kinds import ArrayGrid, Logical, Number, Result
from ..registry import function
from .gamma import gamma_density
from .incomplete import incomplete_gamma, inverse_gamma
from .pairs import number_pairs

_CLOSE = "up to 2E-15 relative (measured): Excel's approximation is its own"
_INVERSE = "up to 5E-16 relative (measured): Excel's search ends a few last digits away"
_MOST = 1e10


def _freedom(number: float) -> float | CellError:
    """Degrees of freedom: a whole number from 1 to 1E10."""
    whole = float(int(number))
    return whole if 1 <= whole <= _MOST else NUM


@function("CHISQ.DIST", differs=_CLOSE)
def chisq_dist(number: Number, freedom: Number, cumulative: Logical) -> Result:
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError) or number < 0:
        return NUM
    if cumulative:
        return incomplete_gamma(degrees / 2.0, number / 2.0)[0]
    density = gamma_density(degrees / 2.0, number / 2.0)
    return density if isinstance(density, CellError) else density / 2.0


@function("CHISQ.DIST.RT", "CHIDIST", differs=_CLOSE)
def chisq_dist_rt(number: Number, freedom: Number) -> Result:
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError) or number < 0:
        return NUM
    return incomplete_gamma(degrees / 2.0, number / 2.0)[1]


@function("CHISQ.INV", differs=_INVERSE)
def chisq_inv(share: Number, freedom: Number) -> Result:
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError) or not 0 <= share < 1:
        return NUM
    return 2.0 * inverse_gamma(degrees / 2.0, share, 1.0 - share) if share else 0.0


@function("CHISQ.INV.RT", "CHIINV", differs=_INVERSE)
def chisq_inv_rt(share: Number, freedom: Number) -> Result:
    degrees = _freedom(freedom)
    if isinstance(degrees, CellError) or not 0 < share <= 1:
        return NUM
    return 2.0 * inverse_gamma(degrees / 2.0, 1.0 - share, share) if share < 1 else 0.0


@function("CHISQ.TEST", "CHITEST", differs=_CLOSE)
def chisq_test(actual: ArrayGrid, expected: ArrayGrid) -> Result:
    """Of a table (r - 1)(c - 1) degrees of freedom, of a single row or column one less than its length."""
    pairs = number_pairs(actual, expected)
    if isinstance(pairs, CellError):
        return pairs
    rows, columns = actual.shape
    degrees = (rows - 1) * (columns - 1) if rows > 1 and columns > 1 else rows * columns - 1
    if degrees < 1 or not pairs:
        return NA
    total = 0.0
    for observed, wanted in pairs:
        if wanted == 0:
            return DIV0
        if wanted < 0:
            return NUM
        difference = observed - wanted
        total += difference * difference / wanted
    return incomplete_gamma(degrees / 2.0, total / 2.0)[1]
