"""Numbers as text in General format, as concatenation and text functions show them.

Source: Microsoft, "Number format codes" (General); 15 significant digits, measured.
"""

from __future__ import annotations


def number_to_text(number: float) -> str:
    """The text of a number in General format without a limit of width: 15 significant digits.

    >>> number_to_text(3.0), number_to_text(0.1 + 0.2), number_to_text(1e21), number_to_text(1.5e-7)
    ('3', '0.3', '1E+21', '1.5E-07')
    """
    if number == 0:
        return "0"
    mantissa, _, exponent = f"{number:.14e}".partition("e")
    power = int(exponent)
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0")
    if power >= 20 or (power < -4 and len(digits) - power > 20):
        return f"{sign}{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}E{'-' if power < 0 else '+'}{abs(power):02d}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    whole, rest = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1 :]
    return sign + whole + ("." + rest if rest else "")
