"""Text that reads as a number, as ``VALUE`` and arithmetic take it, with US settings.

Besides plain numbers: thousands separators, percent, currency, parentheses for negative ones, fractions such as
``1 1/2``, dates and times. Sources: Microsoft, VALUE page; ECMA-376 part 1, 18.17.4; what is accepted in detail as the
ClosedXML project found it in Excel. Only the first 15 significant digits count, as when a person types.
"""

from __future__ import annotations

import re

from .textdate import text_to_serial

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_FORMATTED = re.compile(
    r"(?P<sign>[+-])? ?(?P<open>\()? ?(?P<before>[$€%])? ?(?P<minus>-)? ?"
    r"(?P<body>(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r" ?(?P<after>[€%])? ?(?P<close>\))? ?(?P<last>%)?\Z"
)
_FRACTION = re.compile(r"([+-]?) *([0-9]+) ([0-9]{1,5})/([0-9]{1,5})\Z")
_SPACES = re.compile(" +")
_PART_LIMIT = 32_767  # of a fraction's numerator and denominator
_DIGITS = 15
_LONGEST = 255  # a longer text is no number


def text_to_number(text: str) -> float | None:
    """The number that a text means, None where it is none.

    >>> text_to_number(" 12.5 "), text_to_number("($1,234)"), text_to_number("5%"), text_to_number("1 1/2")
    (12.5, -1234.0, 0.05, 1.5)
    """
    stripped = text.strip(" ")
    if _PLAIN.match(stripped):
        return plain_number(stripped)
    if len(text) > _LONGEST or not _has_digit(stripped):
        return None
    number = _formatted(_SPACES.sub(" ", stripped))
    if number is None:
        number = _fraction(stripped)
    return text_to_serial(text) if number is None else number


def plain_number(text: str) -> float | None:
    """A number without separators; digits beyond the fifteenth are cut off. None beyond the largest number.

    >>> plain_number("12345678901234567")
    1.23456789012345e+16
    """
    number = float(text)
    if len(text) > _DIGITS:
        number = float(_cut(text))
    if abs(number) == float("inf"):
        return None
    return 0.0 if abs(number) < 2.2250738585072014e-308 else number


def _cut(text: str) -> str:
    mantissa, mark, exponent = text.lower().partition("e")
    kept, count = [], 0
    for character in mantissa:
        if character.isdigit():
            count += count > 0 or character != "0"
            kept.append(character if count <= _DIGITS else "0")
        else:
            kept.append(character)
    return "".join(kept) + mark + exponent


def _has_digit(text: str) -> bool:
    return any("0" <= character <= "9" for character in text)


def _formatted(text: str) -> float | None:
    """A number with a sign, parentheses, percent or currency in the places where Excel takes them."""
    found = _FORMATTED.match(text)
    if found is None:
        return None
    marks = [found["before"], found["after"], found["last"]]
    currency, percent = sum(mark in ("$", "€") for mark in marks), marks.count("%")
    signs = [found["sign"], found["open"], found["minus"]]
    if (found["open"] is None) != (found["close"] is None) or currency + percent > 1 or 3 - signs.count(None) > 1:
        return None
    if found["minus"] and not currency:
        return None
    digits, _, power = found["body"].replace(",", "").lower().partition("e")
    number = plain_number(f"{digits}e{int(power or 0) - 2 * percent}")  # 23.123% is 0.23123 to the last bit
    if number is None:
        return None
    return -number if found["sign"] == "-" or found["open"] or found["minus"] else number


def _fraction(text: str) -> float | None:
    found = _FRACTION.match(text)
    if found is None:
        return None
    numerator, denominator = int(found[3]), int(found[4])
    if numerator > _PART_LIMIT or not 0 < denominator <= _PART_LIMIT:
        return None
    number = float(found[2]) + numerator / denominator
    return -number if found[1] == "-" else number
