"""The exponential and the Weibull distribution, and the z test."""

import math

from ...values import DIV0, NA, NUM, CellError
from ..kinds import Logical, Number, Numbers, OptionalNumber, Result
from ..registry import function
from .moments import deviation, mean
from .normal import cumulative as below


@function("EXPON.DIST", "EXPONDIST")
def expon_dist(number: Number, rate: Number, cumulative: Logical) -> Result:
    if number < 0 or rate <= 0:
        return NUM
    return -math.expm1(-rate * number) if cumulative else rate * math.exp(-rate * number)


@function("WEIBULL.DIST", "WEIBULL", differs="up to 2 units in the last place")
def weibull_dist(number: Number, shape: Number, scale: Number, cumulative: Logical) -> Result:
    if number < 0 or shape <= 0 or scale <= 0:
        return NUM
    if number == 0:
        return 0.0 if cumulative or shape > 1 else NUM if shape < 1 else 1.0 / scale
    try:
        power = math.pow(number / scale, shape)
    except OverflowError:
        return 1.0 if cumulative else 0.0
    if cumulative:
        return -math.expm1(-power)
    return shape / number * power * math.exp(-power)


@function("Z.TEST", "ZTEST", differs="up to 2E-16 relative (measured): Excel's approximation is its own")
def z_test(numbers: Numbers, tested: Number, spread: OptionalNumber = None) -> Result:
    if not numbers:
        return NA
    used = deviation(numbers, 1) if spread is None else spread
    if isinstance(used, CellError):
        return used
    if used <= 0:
        return DIV0 if spread is None else NUM
    return below((tested - mean(numbers)) / (used / math.sqrt(len(numbers))))
