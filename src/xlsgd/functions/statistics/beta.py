"""The beta distribution."""

import math

from ...values import NUM, CellError
from ..kinds import Logical, Number, Result
from ..registry import function
from .incomplete import binomial_term, incomplete_beta, inverse_beta

_CLOSE = "up to 6E-15 relative (measured): Excel's approximation is its own"
_INVERSE = "up to 6E-14 of the width between the bounds (measured): Excel's search is its own"


@function("BETA.DIST", differs=_CLOSE)
def beta_dist(
    number: Number, alpha: Number, beta: Number, cumulative: Logical, low: Number = 0.0, high: Number = 1.0
) -> Result:
    if cumulative:
        return _below(number, alpha, beta, low, high)
    if not _is_valid(number, alpha, beta, low, high):
        return NUM
    density = beta_density(alpha, beta, (number - low) / (high - low), (high - number) / (high - low))
    return density if isinstance(density, CellError) else density / (high - low)


@function("BETADIST", differs=_CLOSE)
def betadist(number: Number, alpha: Number, beta: Number, low: Number = 0.0, high: Number = 1.0) -> Result:
    return _below(number, alpha, beta, low, high)


def _is_valid(number: float, alpha: float, beta: float, low: float, high: float) -> bool:
    return alpha > 0 and beta > 0 and low <= number <= high and low != high and math.isfinite(high - low)


def _below(number: float, alpha: float, beta: float, low: float, high: float) -> float | CellError:
    if not _is_valid(number, alpha, beta, low, high):
        return NUM
    return incomplete_beta(alpha, beta, (number - low) / (high - low), (high - number) / (high - low))[0]


def beta_density(alpha: float, beta: float, x: float, y: float) -> float | CellError:
    """The density of the beta distribution on 0 to 1; y is 1 - x. #NUM! where it is infinite."""
    if x > 0 and y > 0:
        term = binomial_term(alpha, beta, x, y)
        return term / x * (alpha / (alpha + beta)) * (beta / y)
    here, other = (alpha, beta) if x <= 0 else (beta, alpha)
    if here == 1:
        return other
    return 0.0 if here > 1 else NUM


@function("BETA.INV", "BETAINV", differs=_INVERSE)
def beta_inv(share: Number, alpha: Number, beta: Number, low: Number = 0.0, high: Number = 1.0) -> Result:
    if alpha <= 0 or beta <= 0 or not 0 < share < 1 or low >= high:
        return NUM
    odds = inverse_beta(alpha, beta, share, 1.0 - share)
    return low + (high - low) * (odds / (1.0 + odds) if math.isfinite(odds) else 1.0)
