"""Elementary functions as Excel computes them, found by fitting the values that Excel stored in published workbooks.

Four habits explain thousands of stored values to the last bit:

* trigonometric functions take the argument to the first quadrant with a pi of 64 significant bits, so ``SIN(PI())``
  is 1.22514845490862E-16 and not 1.2246467991473532E-16;
* ``e^x - 1`` is ``(u - 1) * x / ln(u)`` with ``u = e^x`` (W. Kahan's way), and SINH and TANH are made of it below 1;
* logarithms are correctly rounded, which the C library's are not;
* a power with a whole exponent is squared and multiplied, any other is ``e^(y ln x)``, both in plain doubles.

All of these take and give finite numbers; the caller keeps their arguments in the domain.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal

_PI_64_BITS = 0xC90FDAA22168C235  # pi * 2**62, rounded: what the x87 instruction FLDPI loads
_BITS = 160  # of the fixed-point numbers below
_ONE = 1 << _BITS
_HALF_PI = _PI_64_BITS << (_BITS - 63)
_PRECISE = Context(prec=30)

_WHOLE = 2.0**31  # a larger exponent is no whole one

LARGEST_ANGLE = 2.0**27
"""From here on the trigonometric functions are #NUM!."""


def ln(number: float) -> float:
    """The natural logarithm, correctly rounded.

    >>> ln(10.0)
    2.302585092994046
    """
    return float(Decimal(number).ln(_PRECISE))


def log10(number: float) -> float:
    """The logarithm to base 10, correctly rounded.

    >>> log10(1000.0), log10(1.3)
    (3.0, 0.11394335230683679)
    """
    return float(Decimal(number).log10(_PRECISE))


def power(base: float, exponent: float) -> float:
    """``base^exponent``; for a whole exponent by repeated squaring from its lowest bit, of 10 the nearest double.

    Gives infinity where the result is too large. The base is not 0, and not negative for a broken exponent. Measured
    with POWER, EFFECT, NOMINAL and FV; that 10 has a table of its own follows from Microsoft's article 172911.

    >>> power(-2.4, 5.0), power(98.6, 3.2), power(10.0, 300.0), power(1.05, 10.0) - 1
    (-79.62624, 2401077.2220695755, 1e+300, 0.6288946267774416)
    """
    whole = exponent == math.floor(exponent) and abs(exponent) < _WHOLE
    if whole and base == 10.0:
        return float(f"1e{exponent:.0f}")
    if exponent < 0.0:
        inverse = power(base, -exponent)
        return 1.0 / inverse if inverse else math.inf
    if whole:
        return _whole_power(base, int(exponent))
    size = _exp(exponent * ln(abs(base)))
    return -size if base < 0.0 and exponent % 2.0 == 1.0 else size


def _whole_power(base: float, exponent: int) -> float:
    result = 1.0
    while exponent:
        if exponent & 1:
            result *= base
        exponent >>= 1
        base *= base
    return result


def _exp(number: float) -> float:
    return math.exp(number) if number < 709.78271289338397 else math.inf


def expm1(number: float) -> float:
    """``e^number - 1`` for numbers below 1 in magnitude, by Kahan's formula.

    >>> expm1(1e-12)
    1.0000000000005e-12
    """
    power = math.exp(number)
    return number if power == 1.0 else (power - 1.0) * number / ln(power)


def sinh(number: float) -> float:
    """``(e^x - e^-x) / 2``; below 1 of :func:`expm1`. Raises OverflowError."""
    if abs(number) < 1.0:
        return (expm1(number) - expm1(-number)) / 2.0
    return (math.exp(number) - math.exp(-number)) / 2.0


def cosh(number: float) -> float:
    """``(e^x + e^-x) / 2``. Raises OverflowError."""
    return (math.exp(number) + math.exp(-number)) / 2.0


def tanh(number: float) -> float:
    """``(e^x - e^-x) / (e^x + e^-x)``; below 1 of :func:`expm1`.

    >>> tanh(-1.0), tanh(0.01), tanh(800.0)
    (-0.7615941559557649, 0.009999666679999459, 1.0)
    """
    if abs(number) < 1.0:
        rise, fall = expm1(number), expm1(-number)
        return (rise - fall) / (rise + fall + 2.0)
    if abs(number) > 20.0:
        return math.copysign(1.0, number)
    rise, fall = math.exp(number), math.exp(-number)
    return (rise - fall) / (rise + fall)


def sin(angle: float) -> float:
    """The sine with Excel's pi.

    >>> sin(math.pi), sin(1.0)
    (1.22514845490862e-16, 0.8414709848078965)
    """
    return angle if abs(angle) < 1e-8 else _sine_cosine(angle)[0] / _ONE


def cos(angle: float) -> float:
    """The cosine with Excel's pi.

    >>> cos(math.pi / 2)
    6.1257422745431e-17
    """
    return 1.0 if abs(angle) < 1e-9 else _sine_cosine(angle)[1] / _ONE


def tan(angle: float) -> float:
    """The tangent with Excel's pi.

    >>> tan(math.pi / 2)
    1.6324552277619072e+16
    """
    if abs(angle) < 1e-8:
        return angle
    sine, cosine = _sine_cosine(angle)
    return sine / cosine


def _sine_cosine(angle: float) -> tuple[int, int]:
    """Sine and cosine in fixed point, for angles above 1E-9 and below LARGEST_ANGLE in magnitude."""
    fixed = int(math.ldexp(angle, _BITS))
    quarters = (2 * fixed + _HALF_PI) // (2 * _HALF_PI)
    rest = fixed - quarters * _HALF_PI
    sine, cosine = _series(rest, rest, 1), _series(_ONE, rest, 0)
    return ((sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine))[quarters % 4]


def _series(first: int, angle: int, power: int) -> int:
    """Taylor's series of the sine (power 1) or the cosine (power 0), from its first term on."""
    square = (angle * angle) >> _BITS
    total = term = first
    while term:
        power += 2
        term = -((term * square) >> _BITS) // (power * (power - 1))
        total += term
        if term == -1:
            break
    return total
