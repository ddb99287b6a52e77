"""Numbers as text in General format: as concatenation and text functions take them, and as a cell shows them.

Sources: Microsoft, "Number format codes" (General); the limits of 15 digits and 20 characters as Apache POI tabulates
them from Excel (NumberToTextConversionExamples); ECMA-376 part 1, 18.8.30 (11 characters in a cell).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context
from typing import NamedTuple

_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
_EXACT = 10.0**15
_LONGEST = 20  # characters of a decimal fraction in text, and digits of a whole number, before the exponent form
_WIDTH = 11  # characters in a cell


class Digits(NamedTuple):
    """A number's significant digits: ``-12.5`` is ``Digits(True, "125", 1)``. Zero is ``Digits(False, "0", 0)``.

    ``power`` is the power of ten of the first digit; there are no trailing zeros.
    """

    negative: bool
    text: str
    power: int


def significant(number: float, places: int = 15) -> Digits:
    """The digits that Excel shows of a number: 15 significant ones at most, halves rounded away from zero.

    >>> significant(0.1 + 0.2)
    Digits(negative=False, text='3', power=-1)
    """
    if number == 0.0:
        return Digits(False, "0", 0)
    sign, digits, exponent = _FIFTEEN.create_decimal_from_float(number).as_tuple()
    text = "".join(map(str, digits))
    power = len(text) - 1 + int(exponent)
    if places < len(text):
        text, power = _rounded(text, power, places)
    return Digits(bool(sign), text.rstrip("0"), power)


def _rounded(text: str, power: int, places: int) -> tuple[str, int]:
    kept = str(int(text[:places]) + (text[places] >= "5"))
    return kept, power + len(kept) - places


def number_to_text(number: float) -> str:
    """The text of a number where there is no limit of width, as in ``A1&""``.

    >>> number_to_text(3.0), number_to_text(0.1 + 0.2), number_to_text(1e20), number_to_text(1.5e-7)
    ('3', '0.3', '1E+20', '0.00000015')
    """
    if -_EXACT < number < _EXACT and number == int(number):
        return str(int(number))
    digits = significant(number)
    if digits.power >= 99 or digits.power < -98:
        digits = significant(number, 14)
    if digits.power >= _LONGEST or (digits.power < 0 and 1 - digits.power + len(digits.text) > _LONGEST):
        return _with_exponent(digits)
    return _plain(digits)


def general_text(number: float) -> str:
    """The text of a number as a cell in General format shows it: 11 characters at most, the sign aside.

    >>> general_text(1 / 3), general_text(123456789012.0), general_text(0.0000123)
    ('0.333333333', '1.23457E+11', '0.0000123')
    """
    digits = significant(number)
    if digits.power < 0:
        whole = len(digits.text) - digits.power + 1
        if whole > _WIDTH:
            if digits.power < -4:
                return _with_exponent(significant(number, 6))
            digits = significant(number, max(_WIDTH - 1 + digits.power, 1))
        return _plain(digits)
    digits = significant(number, _WIDTH if digits.power >= _WIDTH - 1 else _WIDTH - 1)
    if digits.power >= _WIDTH:
        return _with_exponent(significant(number, 6))
    return _plain(digits)


def _with_exponent(digits: Digits) -> str:
    first, rest = digits.text[0], digits.text[1:]
    mantissa = first + ("." + rest if rest else "")
    return f"{_sign(digits)}{mantissa}E{'-' if digits.power < 0 else '+'}{abs(digits.power):02d}"


def _plain(digits: Digits) -> str:
    if digits.power < 0:
        return f"{_sign(digits)}0.{'0' * (-digits.power - 1)}{digits.text}"
    whole, rest = digits.text[: digits.power + 1].ljust(digits.power + 1, "0"), digits.text[digits.power + 1 :]
    return _sign(digits) + whole + ("." + rest if rest else "")


def _sign(digits: Digits) -> str:
    return "-" if digits.negative else ""
