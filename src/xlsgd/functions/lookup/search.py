"""How lookup functions search a vector.

MATCH, LOOKUP, VLOOKUP and HLOOKUP compare only values of the lookup value's type; XMATCH and XLOOKUP order all types,
number before text before logical. Numbers are compared to the bit, unlike the operators (joeu2004 in Microsoft's
answers; the orders of XLOOKUP and the place among equal values: measured on IronCalc's workbooks).
"""

from __future__ import annotations

from ...values import CellError, Scalar
from ..compare import text_key
from ..wildcards import has_wildcards, matcher
from .vectors import Vector


def exact(vector: Vector, value: Scalar) -> int | None:
    """The first value that is equal; a text with wildcards is a pattern. A blank lookup value is 0."""
    if isinstance(value, str) and has_wildcards(value):
        return vector.texts(matcher(value), range(len(vector.values)))
    return vector.first(0.0 if value is None else value)


def bisect(vector: Vector, value: Scalar) -> int | None:
    """The last value that is not greater, by Excel's binary search; what it gives on unsorted values is Excel's too.

    A middle of another type is stepped over to the right. At an equal value the last one of the run of equal ones is
    taken. Source: Apache POI, LookupUtils, written after Excel's behaviour, and its tests.
    """
    wanted, kind = _sortable(value), _kind(value)
    values, low, high = vector.values, -1, vector.size
    while high - low > 1:
        middle = low + (high - low) // 2
        place = _step(values, middle, high, kind)
        if place is None:
            high = middle
            continue
        found = _sortable(values[place])
        if found == wanted:
            return _end_of_run(values, place, high, kind, found)
        if found > wanted:  # type: ignore[operator]  # of one type
            high = middle
        else:
            low = place
    return low if low >= 0 else None


def _step(values: list[Scalar], middle: int, high: int, kind: type) -> int | None:
    """The first place from the middle on that has a value of the type."""
    for place in range(middle, min(high, len(values))):
        if type(values[place]) is kind:
            return place
    return None


def _end_of_run(values: list[Scalar], place: int, high: int, kind: type, found: object) -> int:
    while place + 1 < min(high, len(values)) and type(values[place + 1]) is kind:
        if _sortable(values[place + 1]) != found:
            break
        place += 1
    return place


def descending(vector: Vector, value: Scalar) -> int | None:
    """The first equal value, else the last one before a smaller one (MATCH with -1)."""
    wanted, kind = _sortable(value), _kind(value)
    best: int | None = None
    for place, other in enumerate(vector.values):
        if type(other) is not kind:
            continue
        found = _sortable(other)
        if found == wanted:
            return place
        if found < wanted:  # type: ignore[operator]  # of one type
            break
        best = place
    return best


def _kind(value: Scalar) -> type:
    return float if value is None else type(value)


def _sortable(value: Scalar) -> object:
    if isinstance(value, str):
        return text_key(value)
    return 0.0 if value is None else value


def ordered(vector: Vector, value: Scalar, match: int, backward: bool) -> int | None:
    """XLOOKUP's search from one end: an equal value, else the next smaller (-1) or larger (1), the first one met."""
    found = vector.last(value) if backward else vector.first(value)
    if found is not None or match == 0:
        return found
    wanted, values = order_key(value), vector.values
    best: int | None = None
    places = range(len(values) - 1, -1, -1) if backward else range(len(values))
    for place in places:
        other = values[place]
        if other is None or isinstance(other, CellError):
            continue
        here = order_key(other)
        if (here < wanted) if match < 0 else (here > wanted):
            nearest = order_key(values[best]) if best is not None else None
            if nearest is None or (here > nearest if match < 0 else here < nearest):
                best = place
    return best


def pattern(vector: Vector, value: Scalar, backward: bool) -> int | None:
    """XLOOKUP's search with wildcards from one end."""
    if not isinstance(value, str) or not has_wildcards(value):
        return vector.last(value) if backward else vector.first(value)
    count = len(vector.values)
    return vector.texts(matcher(value), range(count - 1, -1, -1) if backward else range(count))


def binary(vector: Vector, value: Scalar, match: int, falling: bool) -> int | None:
    """XLOOKUP's binary search: the first of equal values, in falling order the last one; else the next by ``match``."""
    wanted = order_key(value)
    size = len(vector.values) if falling else vector.size

    def at(place: int) -> Scalar:
        place = size - 1 - place if falling else place
        return vector.values[place] if place < len(vector.values) else None

    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if order_key(at(middle)) < wanted:
            low = middle + 1
        else:
            high = middle
    if low < size and order_key(at(low)) == wanted:
        found = low
    elif match == 0:
        return None
    else:
        found = low - 1 if match < 0 else low
        if not 0 <= found < size or at(found) is None:
            return None
    return size - 1 - found if falling else found


def order_key(value: Scalar) -> tuple[int, float | str]:
    """What values of all types are ordered by: number, text, FALSE, TRUE, errors by their number, blank."""
    if type(value) is float:
        return 0, value
    if isinstance(value, str):
        return 1, text_key(value)
    if isinstance(value, bool):
        return 2, float(value)
    return (3, float(value.number)) if isinstance(value, CellError) else (4, 0.0)
