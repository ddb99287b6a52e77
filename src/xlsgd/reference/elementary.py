"""EXP, LN, TANH and COS, number by number, and the comparison of two numbers.

NumPy's own ``exp``, ``log``, ``tanh`` and ``cos`` take several numbers at once and round differently from machine to
machine. These are the definitions of docs/calculation.md, written here a second time:

- ``EXP`` is the C library's;
- ``LN`` is correctly rounded, which the C library's is not always;
- ``TANH`` is ``(e^x - e^-x)/(e^x + e^-x)``; below 1 it is made of ``e^x - 1`` by Kahan's formula
  ``(u - 1)*x/LN(u)`` with ``u = e^x``, and from 20 on it is 1;
- ``COS`` takes its argument to the first quadrant with a pi of 64 significant bits and is then correctly rounded.

An argument or a result without a value (``EXP`` of 710, ``LN`` of 0) is nan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal, localcontext

import numpy as np

from .arithmetic import F64, SMALLEST_NORMAL, Operand, minus, where_positive

_PRECISE = Context(prec=40)
_MORE_PRECISE = Context(prec=80)
_HALF_PI = _MORE_PRECISE.divide(Decimal(0xC90FDAA22168C235), Decimal(2**63))


def exp(a: F64) -> F64:
    """``EXP(a)``; nan where it overflows, 0 where it would be denormal."""
    return _each(_exp, a)


def ln(a: F64) -> F64:
    """``LN(a)``, correctly rounded; nan from 0 downwards."""
    return _each(_ln, a)


def tanh(a: F64) -> F64:
    """``TANH(a)``."""
    return _each(_tanh, a)


def cosine(a: float) -> float:
    """``COS(a)`` for an argument from 0 to π."""
    with localcontext(_MORE_PRECISE):
        angle = Decimal(a)
        quarters = round(angle / _HALF_PI)
        rest = angle - quarters * _HALF_PI
        return float((_cosine(rest), -_sine(rest), -_cosine(rest))[quarters])


def where_above(one: F64, two: F64, then: Operand, otherwise: Operand) -> F64:
    """``IF(one > two, then, otherwise)``: a spreadsheet compares at 15 significant digits."""
    return where_positive(minus(_digits15(one), _digits15(two)), then, otherwise)


def _digits15(a: F64) -> F64:
    return _each(lambda number: float(f"{number:.14e}"), a)


def _each(function: Callable[[float], float], a: F64) -> F64:
    """A function of one number on every finite number of an array of any shape; nan elsewhere."""
    numbers = [function(number) if math.isfinite(number) else math.nan for number in a.ravel().tolist()]
    return np.array(numbers, dtype=np.float64).reshape(a.shape)


def _exp(number: float) -> float:
    try:
        value = math.exp(number)
    except OverflowError:
        return math.nan
    return value if value >= SMALLEST_NORMAL else 0.0


def _ln(number: float) -> float:
    return float(_PRECISE.ln(Decimal(number))) if number > 0.0 else math.nan


def _tanh(number: float) -> float:
    if abs(number) > 20.0:
        return math.copysign(1.0, number)
    if abs(number) < 1.0:
        up, down = _rise(number), _rise(-number)
        return (up - down) / (up + down + 2.0)
    up, down = math.exp(number), math.exp(-number)
    return (up - down) / (up + down)


def _rise(number: float) -> float:
    """``e^x - 1``, Kahan's way."""
    power = math.exp(number)
    return number if power == 1.0 else (power - 1.0) * number / _ln(power)


def _cosine(angle: Decimal) -> Decimal:
    return _series(Decimal(1), angle, 0)


def _sine(angle: Decimal) -> Decimal:
    return _series(angle, angle, 1)


def _series(term: Decimal, angle: Decimal, power: int) -> Decimal:
    """Taylor's series, from its first term and that term's power on."""
    total = Decimal(0)
    while total + term != total:
        total += term
        power += 2
        term *= -angle * angle / (power * (power - 1))
    return total
