"""Order statistics of lists of numbers: medians, modes, percentiles, ranks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ...values import NA, NUM, CellError

_MOST_DIGITS = 300


def median(numbers: Sequence[float]) -> float | CellError:
    """The middle number, or the mean of the middle two."""
    if not numbers:
        return NUM
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2.0


def mode(numbers: Sequence[float]) -> float | CellError:
    """The number that occurs most often, the first of them; #N/A where none occurs twice."""
    found = modes(numbers)
    return found[0] if found else NA


def modes(numbers: Sequence[float]) -> list[float]:
    """All numbers that occur most often, and at least twice."""
    counts = Counter(numbers)
    most = max(counts.values(), default=0)
    return [number for number, count in counts.items() if count == most] if most > 1 else []


def large(numbers: Sequence[float], place: float) -> float | CellError:
    """The number at a place from the top; a broken place is taken to the next one (measured)."""
    index = math.ceil(place)
    return sorted(numbers)[-index] if 1 <= index <= len(numbers) else NUM


def small(numbers: Sequence[float], place: float) -> float | CellError:
    """The number at a place from the bottom; a broken place is cut off (measured)."""
    index = math.floor(place)
    return sorted(numbers)[index - 1] if 1 <= index <= len(numbers) else NUM


def percentile(numbers: Sequence[float], share: float) -> float | CellError:
    """The number below which a share of the others lies, from 0 (the least) to 1 (the largest)."""
    if not numbers or not 0 <= share <= 1:
        return NUM
    return _between(sorted(numbers), share * (len(numbers) - 1))


def percentile_exclusive(numbers: Sequence[float], share: float) -> float | CellError:
    """The same for shares from 1/(n+1) to n/(n+1)."""
    count = len(numbers)
    place = share * (count + 1)
    if not numbers or place < 1 or place > count:
        return NUM
    return _between(sorted(numbers), place - 1.0)


def _between(ordered: Sequence[float], place: float) -> float:
    index = math.floor(place)
    rest = place - index
    if rest == 0.0:
        return ordered[index]
    return ordered[index] + rest * (ordered[index + 1] - ordered[index])


def percent_rank(numbers: Sequence[float], number: float, digits: int, exclusive: bool) -> float | CellError:
    """The share of the numbers that lie below one, cut off to so many digits; between two of them interpolated."""
    if not numbers or digits < 1:
        return NUM
    ordered = sorted(numbers)
    if not ordered[0] <= number <= ordered[-1]:
        return NA
    below = sum(1 for other in ordered if other < number)
    place = float(below)
    if ordered[below] != number:
        low, high = ordered[below - 1], ordered[below]
        place = below - 1 + (number - low) / (high - low)
    share = _share(place, len(ordered), exclusive)
    unit = 10.0 ** min(digits, _MOST_DIGITS)
    return math.floor(share * unit) / unit


def _share(place: float, count: int, exclusive: bool) -> float:
    if exclusive:
        return (place + 1.0) / (count + 1)
    return place / (count - 1) if count > 1 else 1.0
