"""Rows sorted, filtered and made unique: SORT, SORTBY, FILTER, UNIQUE.

Ascending: numbers, text without case, FALSE, TRUE, errors by their number, blanks; descending the other way round,
blanks last here too. What is equal keeps its order. Measured on a workbook that Excel saved.
"""

from collections.abc import Sequence

from ...values import CALC, OMITTED, VALUE, Array, CellError, Operand, Scalar
from ..coerce import to_integer
from ..gather import grid
from ..kinds import ArrayAnything, ArrayGrid, Context, Lazy, Logical, Result
from ..registry import function
from .blocks import simple
from .search import order_key
from .vectors import Key, key


@function("SORT", blank_is_default=True)
def sort(
    array: ArrayGrid,
    index: ArrayAnything = OMITTED,
    order: ArrayAnything = OMITTED,
    by_column: Logical = False,
    *,
    context: Context,
) -> Result:
    """Rows sorted by their own columns."""
    lines = _columns(array) if by_column else array.rows
    places, orders = _integers(index, context), _integers(order, context)
    if isinstance(places, CellError):
        return places
    if isinstance(orders, CellError):
        return orders
    if len(orders) == 1:
        orders = orders * len(places)
    if len(orders) != len(places) or not _are_orders(orders) or not all(1 <= one <= len(lines[0]) for one in places):
        return VALUE
    keys = [[line[place - 1] for line in lines] for place in places]
    return _arranged(array, _order(keys, orders), by_column)


@function("SORTBY")
def sortby(array: ArrayGrid, by: ArrayAnything, *more: ArrayAnything, context: Context) -> Result:
    """Rows sorted by other arrays."""
    keys: list[list[Scalar]] = []
    orders: list[int] = []
    arguments = (by, *more)
    by_column: bool | None = None
    for start in range(0, len(arguments), 2):
        one = grid(arguments[start], context)
        order = _integers(arguments[start + 1] if start + 1 < len(arguments) else OMITTED, context)
        if isinstance(one, CellError):
            return one
        if isinstance(order, CellError):
            return order
        upright = one.shape == (array.height, 1)
        if not (upright or one.shape == (1, array.width)) or by_column not in (None, not upright):
            return VALUE
        by_column = not upright
        keys.append(list(one.flat()))
        orders.append(order[0])
    if not _are_orders(orders):
        return VALUE
    return _arranged(array, _order(keys, orders), bool(by_column))


def _integers(argument: Operand, context: Context) -> list[int] | CellError:
    """The whole numbers of an argument; 1 where it was left out."""
    if argument is OMITTED:
        return [1]
    values = grid(argument, context)
    if isinstance(values, CellError):
        return values
    numbers: list[int] = []
    for value in values.flat():
        number = to_integer(value)
        if isinstance(number, CellError):
            return number
        numbers.append(number)
    return numbers


def _are_orders(numbers: Sequence[int]) -> bool:
    return all(number in (1, -1) for number in numbers)


def _order(keys: Sequence[list[Scalar]], orders: Sequence[int]) -> list[int]:
    """The places of the lines in their new order: by the first key, then by the second, and so on."""
    places = list(range(len(keys[0])))
    for values, order in reversed(list(zip(keys, orders, strict=True))):
        marks = [order_key(value) for value in values]
        places.sort(key=marks.__getitem__, reverse=order < 0)
        places.sort(key=[value is None for value in values].__getitem__)
    return places


def _columns(array: Array) -> list[list[Scalar]]:
    return [list(column) for column in zip(*array.rows, strict=True)]


def _arranged(array: Array, places: Sequence[int], by_column: bool) -> Operand:
    if by_column:
        return simple(Array([[row[place] for place in places] for row in array.rows]))
    return simple(Array([list(array.rows[place]) for place in places]))


def _empty() -> Operand:
    return CALC


@function("FILTER")
def filter_(array: ArrayGrid, include: ArrayGrid, otherwise: Lazy = _empty) -> Result:
    """The rows for which a condition holds."""
    by_column = include.shape != (array.height, 1)
    if by_column and include.shape != (1, array.width):
        return VALUE
    places: list[int] = []
    for place, value in enumerate(include.flat()):
        if isinstance(value, CellError):
            return value
        if isinstance(value, str):
            return VALUE
        if value:
            places.append(place)
    if places:
        return _arranged(array, places, by_column)
    chosen = otherwise()
    return CALC if chosen is OMITTED else chosen


@function("UNIQUE")
def unique(array: ArrayGrid, by_column: Logical = False, once: Logical = False) -> Result:
    """Each different row once, or (``once``) those that occur once."""
    lines = _columns(array) if by_column else array.rows
    places: dict[tuple[Key | None, ...], list[int]] = {}
    for place, line in enumerate(lines):
        places.setdefault(tuple(None if value is None else key(value) for value in line), []).append(place)
    kept = [same[0] for same in places.values() if len(same) == 1 or not once]
    return _arranged(array, kept, by_column) if kept else CALC
