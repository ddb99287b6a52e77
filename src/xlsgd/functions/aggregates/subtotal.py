"""SUBTOTAL and AGGREGATE: an aggregate by number, without nested subtotals and hidden rows.

Source: Microsoft, SUBTOTAL and AGGREGATE pages. Hidden columns count, rows hidden by a filter never do.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from ...values import DIV0, VALUE, Area, Array, CellError, Operand, Reference, ReferenceArray, Scalar
from ..calls import scalar_or_array
from ..coerce import to_number
from ..context import Context as _Context
from ..kinds import Anything, ArrayAnything, Context, Integer, Result, Whole
from ..registry import function
from ..statistics import order
from ..statistics.moments import deviation, mean, variance
from ..sums import plain_sum

_NESTED = re.compile(r"\b(SUBTOTAL|AGGREGATE)\s*\(", re.IGNORECASE)
_TEXT = re.compile(r'"[^"]*"')

Numbers = Sequence[float]


def _product(numbers: Numbers) -> float:
    result = 1.0 if numbers else 0.0
    for number in numbers:
        result *= number
    return result


_OF_NUMBERS: dict[int, Callable[[Numbers], float | CellError]] = {
    1: lambda numbers: mean(numbers) if numbers else DIV0,
    2: lambda numbers: float(len(numbers)),
    4: lambda numbers: max(numbers, default=0.0),
    5: lambda numbers: min(numbers, default=0.0),
    6: _product,
    7: lambda numbers: deviation(numbers, 1),
    8: lambda numbers: deviation(numbers, 0),
    9: plain_sum,
    10: lambda numbers: variance(numbers, 1),
    11: lambda numbers: variance(numbers, 0),
    12: order.median,
    13: order.mode,
}
_COUNT, _COUNTA = 2, 3

_WITH_PLACE: dict[int, Callable[[Numbers, float], float | CellError]] = {
    14: order.large,
    15: order.small,
    16: order.percentile,
    17: lambda numbers, quarter: order.percentile(numbers, int(quarter) / 4.0),
    18: order.percentile_exclusive,
    19: lambda numbers, quarter: order.percentile_exclusive(numbers, int(quarter) / 4.0),
}


@function("SUBTOTAL")
def subtotal(number: Integer, first: Anything, *others: Anything, context: Context) -> Result:
    hidden = number > 100
    kind = number - 100 if hidden else number
    if not 1 <= kind <= 11:
        return VALUE
    if isinstance(first, ReferenceArray):
        return Array([[_subtotal(kind, [one], hidden, context) for one in row] for row in first.references])
    return _subtotal(kind, [first, *others], hidden, context)


def _subtotal(kind: int, ranges: Sequence[Operand], hidden: bool, context: _Context) -> Scalar:
    values: list[Scalar] = []
    for operand in ranges:
        if isinstance(operand, CellError):
            return operand
        if not isinstance(operand, Reference):
            return VALUE
        for area in operand.areas:
            values.extend(_visible(area, hidden, True, context))
    return _aggregate(kind, values, False)


@function("AGGREGATE")
def aggregate(
    number: Integer, option: Integer, first: ArrayAnything, *others: Anything, context: Context, whole: Whole
) -> Result:
    """Options: 1 3 5 7 skip hidden rows, 2 3 6 7 skip errors, 0 to 3 skip nested subtotals."""
    if not (1 <= number <= 19 and 0 <= option <= 7):
        return VALUE
    hidden, errors, nested = option % 2 == 1, option in (2, 3, 6, 7), option <= 3
    if number in _WITH_PLACE:
        if len(others) != 1:
            return VALUE
        values = _values(first, hidden, nested, context)
        return _placed(number, values, others[0], errors, context, whole)
    found: list[Scalar] = []
    for operand in (first, *others):
        if isinstance(operand, CellError):
            return operand
        if not isinstance(operand, Reference):
            return VALUE
        found.extend(_values(operand, hidden, nested, context))
    return _aggregate(number, found, errors)


def _values(operand: Operand, hidden: bool, nested: bool, context: _Context) -> list[Scalar]:
    """The values of a range, a computed array or a single value."""
    if isinstance(operand, Reference):
        return [value for area in operand.areas for value in _visible(area, hidden, nested, context)]
    if isinstance(operand, Array):
        return list(operand.flat())
    value = scalar_or_array(operand, context, False)
    return [VALUE if isinstance(value, Array) else value]


def _placed(number: int, values: list[Scalar], place: Operand, errors: bool, context: _Context, whole: bool) -> Operand:
    """The array form: an order statistic at a place, or at each of several."""
    numbers = _numbers(values, errors)
    places = scalar_or_array(place, context, whole)

    def at(one: Scalar) -> Scalar:
        wanted = to_number(one)
        if isinstance(wanted, CellError):
            return wanted
        return numbers if isinstance(numbers, CellError) else _WITH_PLACE[number](numbers, wanted)

    if isinstance(places, Array):
        return Array([[at(one) for one in row] for row in places.rows])
    return at(places)


def _aggregate(kind: int, values: list[Scalar], errors: bool) -> Scalar:
    if kind == _COUNTA:
        return float(sum(1 for value in values if value is not None and not (errors and isinstance(value, CellError))))
    numbers = _numbers(values, errors or kind == _COUNT)
    return numbers if isinstance(numbers, CellError) else _OF_NUMBERS[kind](numbers)


def _numbers(values: list[Scalar], errors: bool) -> list[float] | CellError:
    """The numbers among values; the first error is the result unless errors are skipped."""
    found: list[float] = []
    for value in values:
        if type(value) is float:
            found.append(value)
        elif isinstance(value, CellError) and not errors:
            return value
    return found


def _visible(area: Area, hidden: bool, nested: bool, context: _Context) -> list[Scalar]:
    """The values of an area without filtered rows; ``hidden``: nor hidden ones, ``nested``: nor subtotals."""
    sheets = context.run.book.sheets
    if area.sheet >= len(sheets):
        return [value for _, _, value in context.run.cells(area)]
    sheet = sheets[area.sheet]
    left_out = sheet.hidden_rows | sheet.filtered_rows if hidden else sheet.filtered_rows
    values: list[Scalar] = []
    for row, col, value in context.run.cells(area):
        formula = sheet.formulas.get((row, col)) if nested else None
        if row not in left_out and (formula is None or not _is_subtotal(formula.text)):
            values.append(value)
    return values


@lru_cache(maxsize=4096)
def _is_subtotal(text: str) -> bool:
    return _NESTED.search(_TEXT.sub('""', text)) is not None
