"""Rounding in decimal: Excel's rounding functions see a number by its first 15 significant digits.

``INT(123456789-33*2^-26)`` is 123456789 and ``FLOOR(7.1,0.1)`` is 7.1 for this reason. Sources: measured; J. W. Lewis
and "joeu2004" on microsoft.public.excel, who found no case in which ROUND, ROUNDUP, ROUNDDOWN or INT behave
otherwise than for ``VALUE(x&"")``.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context

_DIGITS15 = Context(prec=15, rounding=ROUND_HALF_UP)


def digits15(number: float) -> float:
    """The number rounded to 15 significant digits, halves away from zero.

    >>> digits15(70.99999999999999), digits15(100000000000000.5)
    (71.0, 100000000000001.0)
    """
    return float(_DIGITS15.create_decimal_from_float(number))


def decimal_digits(number: float) -> tuple[int, int]:
    """The 15 significant digits of a number's magnitude as a whole number, and the power of 10 to multiply it by.

    >>> decimal_digits(-1.5), decimal_digits(0.1 + 0.2)
    ((15, -1), (300000000000000, -15))
    """
    _, digits, exponent = _DIGITS15.create_decimal_from_float(number).as_tuple()
    return int("".join(map(str, digits))), int(exponent)


def round_half_up(number: float, places: int) -> float:
    """Rounded to so many decimal places (negative: before the point), halves away from zero.

    >>> round_half_up(2.5, 0), round_half_up(-1.005, 2), round_half_up(626.3, -3), round_half_up(0.1 + 0.7, 17)
    (3.0, -1.01, 1000.0, 0.7999999999999999)
    """
    cut = _cut(number, places)
    if cut is None:
        return number
    kept, rest, unit = cut
    return _signed(kept + (2 * rest >= unit), places, number)


def round_down(number: float, places: int) -> float:
    """Cut off towards zero at so many decimal places.

    >>> round_down(7.123, 1), round_down(-123456.0, -3)
    (7.1, -123000.0)
    """
    cut = _cut(number, places)
    return number if cut is None else _signed(cut[0], places, number)


def round_up(number: float, places: int) -> float:
    """Away from zero: where something is cut off, one more in the last place (``7.1 + 0.1``: measured).

    >>> round_up(7.123, 1)
    7.199999999999999
    """
    cut = _cut(number, places)
    if cut is None:
        return number
    kept, rest, _ = cut
    down = _signed(kept, places, number)
    return down + _signed(1, places, number) if rest else down


def _cut(number: float, places: int) -> tuple[int, int, int] | None:
    """What stays, what goes and one unit of the last place; None where the places lie beyond the 15 digits."""
    digits, power = decimal_digits(number)
    length = len(str(digits))
    if -places < power + length - 15:
        return None
    drop = min(-places - power, length + 1)
    if drop <= 0:
        return digits * 10**-drop, 0, 1
    return *divmod(digits, 10**drop), 10**drop


def _signed(digits: int, places: int, number: float) -> float:
    size = float(f"{digits}e{-places}")
    return -size if number < 0 else size
