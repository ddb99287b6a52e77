"""The gamma function, its logarithm, and the gamma distribution."""

import math

from ...values import NUM, CellError
from ..kinds import Logical, Number, Result
from ..registry import function
from .incomplete import incomplete_gamma, inverse_gamma, lgamma, poisson_term

_CLOSE = "up to 3E-15 relative (measured): Excel's approximation is its own"
_INVERSE = "up to 6E-16 relative (measured): Excel's search ends a few last digits away"


@function("GAMMA", differs=_CLOSE)
def gamma(number: Number) -> Result:
    try:
        return math.gamma(number)
    except (OverflowError, ValueError):
        return NUM


@function("GAMMALN", "GAMMALN.PRECISE", differs=_CLOSE)
def gammaln(number: Number) -> Result:
    return lgamma(number) if number > 0 else NUM


@function("GAMMA.DIST", "GAMMADIST", differs=_CLOSE)
def gamma_dist(number: Number, shape: Number, scale: Number, cumulative: Logical) -> Result:
    if number < 0 or shape <= 0 or scale <= 0:
        return NUM
    x = number / scale
    return incomplete_gamma(shape, x)[0] if cumulative else _over(gamma_density(shape, x), scale)


def gamma_density(shape: float, x: float) -> float | CellError:
    """The density of the gamma distribution of scale 1; #NUM! where it is infinite."""
    if x > 0:
        return poisson_term(shape, x) * shape / x if shape < 1 else poisson_term(shape - 1.0, x)
    if shape == 1:
        return 1.0
    return 0.0 if shape > 1 else NUM


def _over(density: float | CellError, scale: float) -> float | CellError:
    return density if isinstance(density, CellError) else density / scale


@function("GAMMA.INV", "GAMMAINV", differs=_INVERSE)
def gamma_inv(share: Number, shape: Number, scale: Number) -> Result:
    if not 0 <= share < 1 or shape <= 0 or scale <= 0:
        return NUM
    return inverse_gamma(shape, share, 1.0 - share) * scale if share else 0.0
