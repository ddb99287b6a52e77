"""Means, variances and higher moments of lists of numbers, in Excel's order of operations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...values import DIV0, NUM, CellError
from ..sums import plain_sum


def mean(numbers: Sequence[float]) -> float:
    """The mean of at least one number."""
    return plain_sum(numbers) / len(numbers)


def deviations_squared(numbers: Sequence[float]) -> float:
    """The sum of the squared deviations from the mean of at least one number, in two passes."""
    middle = mean(numbers)
    return plain_sum((number - middle) * (number - middle) for number in numbers)


def variance(numbers: Sequence[float], lost: int) -> float | CellError:
    """The variance in one pass; ``lost``: degrees of freedom, 1 for a sample and 0 for all.

    Of a sample ``(sum x^2 - (sum x)^2 / n) / (n - 1)``, of all ``(n sum x^2 - (sum x)^2) / n^2``: measured to the bit.
    """
    count = len(numbers)
    if count <= lost:
        return DIV0
    total = plain_sum(numbers)
    squares = plain_sum(number * number for number in numbers)
    if lost:
        return max(0.0, squares - total * total / count) / (count - 1)
    return max(0.0, count * squares - total * total) / (count * count)


def deviation(numbers: Sequence[float], lost: int) -> float | CellError:
    """The standard deviation, the root of :func:`variance`."""
    result = variance(numbers, lost)
    return result if isinstance(result, CellError) else _root(result)


def _root(number: float) -> float | CellError:
    return math.sqrt(number) if math.isfinite(number) else NUM


def standardized_power_sum(numbers: Sequence[float], lost: int, power: int) -> float | CellError:
    """The sum of ``((x - mean) / s)^power`` with the standard deviation of :func:`deviation`."""
    spread = deviation(numbers, lost)
    if isinstance(spread, CellError):
        return spread
    if spread == 0.0:
        return DIV0
    middle = mean(numbers)
    total = 0.0
    for number in numbers:
        scaled = (number - middle) / spread
        square = scaled * scaled
        total += scaled * square if power == 3 else square * square
    return total
