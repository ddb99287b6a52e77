"""Trigonometry, circular and hyperbolic. How Excel computes these to the bit is told in :mod:`.elementary`."""

import math

from ...values import DIV0, NUM, CellError
from ..kinds import Number, Result
from ..registry import function
from . import elementary

_SERIES_FROM = 5.0  # ACOTH sums a series from somewhere between 3.1416 (measured: no) and 5 (measured: yes)


def _too_large(angle: float) -> bool:
    return abs(angle) >= elementary.LARGEST_ANGLE


@function("SIN", differs="1 ulp from Excel for Mac, whose C library is Apple's")
def sin(angle: Number) -> Result:
    return NUM if _too_large(angle) else elementary.sin(angle)


@function("COS", differs="1 ulp from Excel for Mac, whose C library is Apple's")
def cos(angle: Number) -> Result:
    return NUM if _too_large(angle) else elementary.cos(angle)


@function("TAN", differs="1 ulp from Excel for Mac, whose C library is Apple's")
def tan(angle: Number) -> Result:
    return NUM if _too_large(angle) else elementary.tan(angle)


@function("COT")
def cot(angle: Number) -> Result:
    return NUM if _too_large(angle) else _inverse(elementary.tan(angle))


@function("SEC")
def sec(angle: Number) -> Result:
    return NUM if _too_large(angle) else _inverse(elementary.cos(angle))


@function("CSC")
def csc(angle: Number) -> Result:
    return NUM if _too_large(angle) else _inverse(elementary.sin(angle))


def _inverse(number: float) -> float | CellError:
    return DIV0 if number == 0 else 1.0 / number


@function("ASIN")
def asin(number: Number) -> Result:
    return NUM if abs(number) > 1 else math.asin(number)


@function("ACOS")
def acos(number: Number) -> Result:
    """``pi/2 - ASIN``: measured."""
    return NUM if abs(number) > 1 else math.pi / 2.0 - math.asin(number)


@function("ATAN")
def atan(number: Number) -> Result:
    return math.atan(number)


@function("ATAN2", differs="1 ulp from Excel for Mac, whose C library is Apple's")
def atan2(x: Number, y: Number) -> Result:
    return DIV0 if x == 0 and y == 0 else math.atan2(y, x)


@function("ACOT")
def acot(number: Number) -> Result:
    """``ATAN(1/x)``, from 0 to pi: measured."""
    if number == 0:
        return math.pi / 2.0
    angle = math.atan(1.0 / number)
    return angle if number > 0 else math.pi + angle


@function("SINH")
def sinh(number: Number) -> Result:
    try:
        return elementary.sinh(number)
    except OverflowError:
        return NUM


@function("COSH")
def cosh(number: Number) -> Result:
    try:
        return elementary.cosh(number)
    except OverflowError:
        return NUM


@function("TANH")
def tanh(number: Number) -> Result:
    return elementary.tanh(number)


@function("COTH")
def coth(number: Number) -> Result:
    return _inverse(elementary.tanh(number))


@function("SECH")
def sech(number: Number) -> Result:
    try:
        return 1.0 / elementary.cosh(number)
    except OverflowError:
        return 0.0


@function("CSCH")
def csch(number: Number) -> Result:
    try:
        return _inverse(elementary.sinh(number))
    except OverflowError:
        return 0.0


@function("ASINH")
def asinh(number: Number) -> Result:
    """``ln(|x| + sqrt(x^2 + 1))`` with the sign of x: measured."""
    size = abs(number)
    return math.copysign(elementary.ln(size + math.sqrt(size * size + 1.0)), number) if size < 1e154 else NUM


@function("ACOSH")
def acosh(number: Number) -> Result:
    """``ln(x + sqrt(x^2 - 1))``: measured."""
    return NUM if not 1 <= number < 1e154 else elementary.ln(number + math.sqrt(number * number - 1.0))


@function("ATANH")
def atanh(number: Number) -> Result:
    """``ln((1 + x) / (1 - x)) / 2``: measured."""
    return NUM if abs(number) >= 1 else elementary.ln((1.0 + number) / (1.0 - number)) / 2.0


@function("ACOTH")
def acoth(number: Number) -> Result:
    """``ln((x + 1) / (x - 1)) / 2``; of large numbers the series 1/x + 1/3x^3 + …: measured."""
    size = abs(number)
    if size <= 1:
        return NUM
    if size < _SERIES_FROM:
        return math.copysign(elementary.ln((size + 1.0) / (size - 1.0)) / 2.0, number)
    return math.copysign(_acoth_series(1.0 / size), number)


def _acoth_series(inverse: float) -> float:
    total = term = inverse
    power = 1
    while True:
        term = term * inverse * inverse
        power += 2
        if total + term / power == total:
            return total
        total += term / power


@function("DEGREES")
def degrees(angle: Number) -> Result:
    """``x * (180/pi)``: measured."""
    return angle * (180.0 / math.pi)


@function("RADIANS")
def radians(angle: Number) -> Result:
    """``x * (pi/180)``: measured."""
    return angle * (math.pi / 180.0)
