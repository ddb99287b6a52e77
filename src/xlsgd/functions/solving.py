"""Where a rising distribution reaches a share, by bisection down to two neighbouring doubles."""

from __future__ import annotations

import math
from collections.abc import Callable

Tails = Callable[[float], tuple[float, float]]
"""The shares below and above a point."""

_SMALLEST, _LARGEST = 1e-305, 1e300


def quantile(tails: Tails, share: float, low: float, high: float) -> float:
    """The point below which a share lies, between two limits; ``low`` is 0 or more, ``high`` may be infinite.

    The smaller tail decides, so shares near 1 lose nothing.
    """

    def is_below(point: float) -> bool:
        below, above = tails(point)
        return below < share if share <= 0.5 else above > 1.0 - share

    if math.isinf(high):
        high = max(1.0, 2.0 * low)
        while is_below(high) and high < _LARGEST:
            low, high = high, high * 16.0
    while True:
        middle = _between(low, high)
        if not low < middle < high:
            return high if is_below(low) else low
        if is_below(middle):
            low = middle
        else:
            high = middle


def _between(low: float, high: float) -> float:
    """The middle; of numbers of different size their geometric mean."""
    if high > 4.0 * max(low, _SMALLEST):
        return math.sqrt(max(low, _SMALLEST)) * math.sqrt(high)
    return low + (high - low) * 0.5
