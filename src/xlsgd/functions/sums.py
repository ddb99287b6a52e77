"""Sums as Excel forms them: plainly, from left to right, in double (rule 2 of the calculation rules)."""

from __future__ import annotations

from collections.abc import Iterable


def plain_sum(numbers: Iterable[float]) -> float:
    """The sum from left to right. Not ``sum``: from Python 3.12 on that one compensates, and Excel does not.

    >>> plain_sum([0.1] * 10)
    0.9999999999999999
    """
    total = 0.0
    for number in numbers:
        total += number
    return total
