"""Comparison of two values, as the operators ``= <> < <= > >=`` see them.

Numbers are compared at 15 significant digits, text without case; number < text < logical, and a blank is the zero,
"" or FALSE of the other side. Rules 7 and 10 of the calculation rules.
"""

from __future__ import annotations

from ..values import Scalar


def digits15(number: float) -> float:
    """The number rounded to 15 significant digits."""
    return float(f"{number:.14e}")


def compare(one: Scalar, two: Scalar) -> int:
    """-1, 0 or 1. Errors are not compared: the caller has dealt with them.

    >>> compare(0.1 + 0.2, 0.3), compare("a", 1e300), compare("A", "a"), compare(None, "")
    (0, 1, 0, 0)
    """
    if type(one) is float and type(two) is float:
        return compare_numbers(one, two)
    if one is None:
        one = _blank_like(two)
    if two is None:
        two = _blank_like(one)
    rank_one, rank_two = _rank(one), _rank(two)
    if rank_one != rank_two:
        return -1 if rank_one < rank_two else 1
    if isinstance(one, str) and isinstance(two, str):
        one_key, two_key = text_key(one), text_key(two)
        return (one_key > two_key) - (one_key < two_key)
    if isinstance(one, float) and isinstance(two, float):
        return compare_numbers(one, two)
    return (one is True) - (two is True)


def compare_numbers(one: float, two: float) -> int:
    """Numbers at 15 significant digits."""
    if one == two:
        return 0
    if abs(one - two) <= 1e-13 * abs(one) and digits15(one) == digits15(two):
        return 0
    return -1 if one < two else 1


def text_key(text: str) -> str:
    """What two texts are ordered by: case does not matter."""
    return text.casefold() if not text.isascii() else text.lower()


def _blank_like(other: Scalar) -> Scalar:
    if isinstance(other, str):
        return ""
    return False if isinstance(other, bool) else 0.0


def _rank(value: Scalar) -> int:
    if isinstance(value, bool):
        return 2
    return 1 if isinstance(value, str) else 0
