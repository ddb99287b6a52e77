"""The error function and its complement: ERF, ERFC."""

import math

from .kinds import Number, OptionalNumber, Result
from .registry import function

_DIFFERS = "the last digits: Excel has an approximation of its own"


@function("ERF", differs=_DIFFERS)
def erf(lower: Number, upper: OptionalNumber = None) -> Result:
    return math.erf(lower) if upper is None else math.erf(upper) - math.erf(lower)


@function("ERF.PRECISE", differs=_DIFFERS)
def erf_precise(number: Number) -> Result:
    return math.erf(number)


@function("ERFC", "ERFC.PRECISE", differs=_DIFFERS)
def erfc(number: Number) -> Result:
    return math.erfc(number)
