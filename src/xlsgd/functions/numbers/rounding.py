"""Rounding: to decimal places, to multiples, to even and odd numbers."""

import math
from collections.abc import Callable

from ...values import DIV0, NUM, CellError
from ..decimals import digits15, round_down, round_half_up, round_up
from ..kinds import Integer, Number, Result, ToolpakNumber
from ..registry import function

_FAR = 400  # more decimal places than any number has
_EXACT = 1e15  # numbers beyond have no 15 digits with a fraction


def _places(places: int) -> int:
    return max(-_FAR, min(_FAR, places))


@function("INT")
def int_(number: Number) -> Result:
    """The whole number below; of the number's first 15 digits (see :mod:`.decimals`)."""
    return float(math.floor(digits15(number) if abs(number) < _EXACT else number))


@function("ROUND")
def round_(number: Number, places: Integer) -> Result:
    return round_half_up(number, _places(places))


@function("ROUNDUP")
def roundup(number: Number, places: Integer) -> Result:
    return round_up(number, _places(places))


@function("ROUNDDOWN")
def rounddown(number: Number, places: Integer) -> Result:
    return round_down(number, _places(places))


@function("TRUNC")
def trunc(number: Number, places: Integer = 0) -> Result:
    return round_down(number, _places(places))


@function("MROUND")
def mround(number: ToolpakNumber, multiple: ToolpakNumber) -> Result:
    """The nearest multiple, halves away from zero; the quotient is taken as it is, unlike in CEILING."""
    if number == 0 or multiple == 0:
        return 0.0
    if (number < 0) != (multiple < 0):
        return NUM
    quotient = number / multiple
    return NUM if not math.isfinite(quotient) else math.floor(quotient + 0.5) * multiple


@function("CEILING")
def ceiling(number: Number, step: Number) -> Result:
    if number == 0 or step == 0:
        return 0.0
    return NUM if number > 0 > step else _multiple(number, step, math.ceil)


@function("FLOOR")
def floor(number: Number, step: Number) -> Result:
    if step == 0:
        return 0.0 if number == 0 else DIV0
    return NUM if number > 0 > step else _multiple(number, step, math.floor)


@function("CEILING.PRECISE", "ISO.CEILING")
def ceiling_precise(number: Number, step: Number = 1.0) -> Result:
    return _multiple(number, abs(step), math.ceil)


@function("FLOOR.PRECISE")
def floor_precise(number: Number, step: Number = 1.0) -> Result:
    return _multiple(number, abs(step), math.floor)


@function("CEILING.MATH", blank_is_default=True)
def ceiling_math(number: Number, step: Number = 1.0, away_from_zero: Number = 0.0) -> Result:
    return _multiple(number, abs(step), math.floor if number < 0 and away_from_zero else math.ceil)


@function("FLOOR.MATH", blank_is_default=True)
def floor_math(number: Number, step: Number = 1.0, towards_zero: Number = 0.0) -> Result:
    return _multiple(number, abs(step), math.ceil if number < 0 and towards_zero else math.floor)


def _multiple(number: float, step: float, whole: Callable[[float], int]) -> float | CellError:
    """A multiple of a step; the quotient is seen by its first 15 digits (measured on 5,000 cells)."""
    if step == 0:
        return 0.0
    quotient = number / step
    return whole(digits15(quotient)) * step if math.isfinite(quotient) else NUM


@function("EVEN")
def even(number: Number) -> Result:
    """Away from zero to an even number."""
    return math.copysign(2.0 * math.ceil(abs(number) / 2.0), number)


@function("ODD")
def odd(number: Number) -> Result:
    """Away from zero to an odd number."""
    size = max(0.0, math.ceil((abs(number) - 1.0) / 2.0))
    return math.copysign(2.0 * size + 1.0, number) if number else 1.0
