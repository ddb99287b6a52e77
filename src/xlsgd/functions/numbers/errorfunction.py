"""The error function and its complement: ERF, ERFC."""

import math
from typing import Annotated

from ..kinds import Kind, Result, ToolpakNumber
from ..registry import function

_DIFFERS = "the last digits: Excel has an approximation of its own"


@function("ERF", differs=_DIFFERS)
def erf(lower: ToolpakNumber, upper: Annotated[float | None, Kind.TOOLPAK_NUMBER] = None) -> Result:
    return math.erf(lower) if upper is None else math.erf(upper) - math.erf(lower)


@function("ERF.PRECISE", differs=_DIFFERS)
def erf_precise(number: ToolpakNumber) -> Result:
    return math.erf(number)


@function("ERFC", "ERFC.PRECISE", differs=_DIFFERS)
def erfc(number: ToolpakNumber) -> Result:
    return math.erfc(number)
