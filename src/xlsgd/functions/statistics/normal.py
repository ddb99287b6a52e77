"""The normal distribution and what is made of it: NORM, LOGNORM, PHI, GAUSS, FISHER, CONFIDENCE.NORM."""

import math
from fractions import Fraction
from statistics import NormalDist

from ...values import NUM, CellError
from ..kinds import Logical, Number, Result
from ..numbers import elementary
from ..registry import function

_DENSITY = 0.3989422804014327  # 1/sqrt(2 pi); PHI is exp(-z*z/2) times this: measured
_CLOSE = "up to 1E-14 relative: Excel's approximation is its own"
_STANDARD = NormalDist()


def cumulative(z: float) -> float:
    """The probability below z of the standard normal distribution.

    Of a positive z it is one less the tail, and the tail is ``exp(-x*x)`` (with x*x rounded) times a slow function of
    ``x = z * sqrt(1/2)``: measured, all but the last two bits of small tails.
    """
    tail = 0.5 * _tail(abs(z) * math.sqrt(0.5))
    return 1.0 - tail if z > 0 else tail


def _tail(x: float) -> float:
    """erfc, as if ``exp`` had been given the rounded square."""
    if not 0.5 < x < 27.0:
        return math.erfc(x)
    lost = float(Fraction(x) ** 2 - Fraction(x * x))
    return math.erfc(x) * (1.0 + lost)


def density(z: float) -> float:
    """The density of the standard normal distribution."""
    return math.exp(-z * z / 2.0) * _DENSITY if abs(z) < 1e8 else 0.0


def quantile(share: float) -> float | CellError:
    """The z below which a share lies (Wichura's algorithm AS241)."""
    return _STANDARD.inv_cdf(share) if 0 < share < 1 else NUM


@function("NORM.S.DIST", differs=_CLOSE)
def norm_s_dist(z: Number, is_cumulative: Logical) -> Result:
    return cumulative(z) if is_cumulative else density(z)


@function("NORMSDIST", differs=_CLOSE)
def normsdist(z: Number) -> Result:
    return cumulative(z)


@function("NORM.DIST", "NORMDIST", differs=_CLOSE)
def norm_dist(number: Number, middle: Number, spread: Number, is_cumulative: Logical) -> Result:
    if spread <= 0:
        return NUM
    z = (number - middle) / spread
    return cumulative(z) if is_cumulative else density(z) / spread


@function("NORM.S.INV", "NORMSINV", differs=_CLOSE)
def norm_s_inv(share: Number) -> Result:
    return quantile(share)


@function("NORM.INV", "NORMINV", differs=_CLOSE)
def norm_inv(share: Number, middle: Number, spread: Number) -> Result:
    z = quantile(share)
    return NUM if spread <= 0 or isinstance(z, CellError) else middle + spread * z


@function("LOGNORM.DIST", differs=_CLOSE)
def lognorm_dist(number: Number, middle: Number, spread: Number, is_cumulative: Logical) -> Result:
    if number <= 0 or spread <= 0:
        return NUM
    z = (elementary.ln(number) - middle) / spread
    return cumulative(z) if is_cumulative else density(z) / (spread * number)


@function("LOGNORMDIST", differs=_CLOSE)
def lognormdist(number: Number, middle: Number, spread: Number) -> Result:
    if number <= 0 or spread <= 0:
        return NUM
    return cumulative((elementary.ln(number) - middle) / spread)


@function("LOGNORM.INV", "LOGINV", differs=_CLOSE)
def lognorm_inv(share: Number, middle: Number, spread: Number) -> Result:
    z = quantile(share)
    if spread <= 0 or isinstance(z, CellError):
        return NUM
    try:
        return math.exp(middle + spread * z)
    except OverflowError:
        return NUM


@function("CONFIDENCE.NORM", "CONFIDENCE", differs=_CLOSE)
def confidence_norm(significance: Number, spread: Number, size: Number) -> Result:
    if not 0 < significance < 1 or spread <= 0 or size < 1:
        return NUM
    z = quantile(1.0 - significance / 2.0)
    return z if isinstance(z, CellError) else z * spread / math.sqrt(math.floor(size))


@function("PHI")
def phi(z: Number) -> Result:
    return density(z)


@function("GAUSS", differs=_CLOSE)
def gauss(z: Number) -> Result:
    return cumulative(z) - 0.5


@function("FISHER")
def fisher(number: Number) -> Result:
    return NUM if abs(number) >= 1 else elementary.ln((1.0 + number) / (1.0 - number)) / 2.0


@function("FISHERINV")
def fisherinv(number: Number) -> Result:
    """``(e^2y - 1) / (e^2y + 1)``: measured."""
    if number > 20.0:
        return 1.0
    power = math.exp(2.0 * number)
    return (power - 1.0) / (power + 1.0)
