"""Conditional aggregation: COUNTIF, SUMIF, AVERAGEIF, and the same with several criteria."""

from collections.abc import Callable, Iterator, Sequence

from ...values import DIV0, VALUE, Area, Array, CellError, Operand, Reference, ReferenceArray, Scalar
from .. import calls
from ..context import Context as _Context
from ..kinds import Anything, AnyValue, Context, Result, Whole
from ..registry import function
from ..sums import plain_sum
from .criteria import LONGEST, Criterion, make_criterion
from .selection import Selection, select

Aggregate = Callable[[Selection, Area, _Context], Scalar]


def _numbers(values: Iterator[Scalar]) -> list[float] | CellError:
    found: list[float] = []
    for value in values:
        if type(value) is float:
            found.append(value)
        elif isinstance(value, CellError):
            return value
    return found


def _count(selection: Selection, area: Area, context: _Context) -> Scalar:
    return float(selection.count())


def _over_numbers(aggregate: Callable[[list[float]], Scalar]) -> Aggregate:
    def over(selection: Selection, area: Area, context: _Context) -> Scalar:
        numbers = _numbers(selection.values(area, context))
        return numbers if isinstance(numbers, CellError) else aggregate(numbers)

    return over


_sum = _over_numbers(plain_sum)
_average = _over_numbers(lambda numbers: plain_sum(numbers) / len(numbers) if numbers else DIV0)
_largest = _over_numbers(lambda numbers: max(numbers, default=0.0))
_smallest = _over_numbers(lambda numbers: min(numbers, default=0.0))


# One criterion


@function("COUNTIF")
def countif(cells: Anything, criterion: AnyValue, *, context: Context) -> Result:
    return _single(_count, cells, criterion, cells, context)


@function("SUMIF")
def sumif(cells: Anything, criterion: AnyValue, summed: Anything = None, *, context: Context) -> Result:
    """``summed`` gives only the first cell: its shape is that of ``cells``."""
    return _single(_sum, cells, criterion, cells if summed is None else summed, context)


@function("AVERAGEIF")
def averageif(cells: Anything, criterion: AnyValue, averaged: Anything = None, *, context: Context) -> Result:
    """``averaged`` gives only the first cell: its shape is that of ``cells``."""
    return _single(_average, cells, criterion, cells if averaged is None else averaged, context)


def _single(aggregate: Aggregate, cells: Operand, criterion: Scalar, target: Operand, context: _Context) -> Operand:
    if isinstance(cells, ReferenceArray):
        return Array([[_one(aggregate, one, criterion, one, context) for one in row] for row in cells.references])
    return _one(aggregate, cells, criterion, target, context)


def _one(aggregate: Aggregate, cells: Operand, criterion: Scalar, target: Operand, context: _Context) -> Scalar:
    area, target_area = _area(cells), _area(target)
    if isinstance(area, CellError):
        return area
    if isinstance(target_area, CellError):
        return target_area
    if isinstance(criterion, str) and len(criterion) > LONGEST:
        return VALUE
    return aggregate(select([(area, make_criterion(criterion))], context), target_area, context)


def _area(operand: Operand) -> Area | CellError:
    if isinstance(operand, CellError):
        return operand
    return operand.areas[0] if isinstance(operand, Reference) and len(operand.areas) == 1 else VALUE


# Several criteria


@function("COUNTIFS")
def countifs(cells: Anything, criterion: Anything, *more: Anything, context: Context, whole: Whole) -> Result:
    return _several(_count, cells, [cells, criterion, *more], context, whole)


@function("SUMIFS")
def sumifs(
    summed: Anything, cells: Anything, criterion: Anything, *more: Anything, context: Context, whole: Whole
) -> Result:
    return _several(_sum, summed, [cells, criterion, *more], context, whole)


@function("AVERAGEIFS")
def averageifs(
    averaged: Anything, cells: Anything, criterion: Anything, *more: Anything, context: Context, whole: Whole
) -> Result:
    return _several(_average, averaged, [cells, criterion, *more], context, whole)


@function("MAXIFS")
def maxifs(
    values: Anything, cells: Anything, criterion: Anything, *more: Anything, context: Context, whole: Whole
) -> Result:
    return _several(_largest, values, [cells, criterion, *more], context, whole)


@function("MINIFS")
def minifs(
    values: Anything, cells: Anything, criterion: Anything, *more: Anything, context: Context, whole: Whole
) -> Result:
    return _several(_smallest, values, [cells, criterion, *more], context, whole)


def _several(
    aggregate: Aggregate, target: Operand, pairs: Sequence[Operand], context: _Context, whole: bool
) -> Operand:
    """The aggregate for pairs of a range and a criterion; over arrays of criteria an array of aggregates."""
    target_area = _area(target)
    if isinstance(target_area, CellError):
        return target_area
    if len(pairs) % 2:
        return VALUE
    areas: list[Area] = []
    for operand in pairs[::2]:
        area = _area(operand)
        if isinstance(area, CellError):
            return area
        areas.append(area)
    if any((area.height, area.width) != (target_area.height, target_area.width) for area in areas):
        return VALUE
    criteria = [calls.scalar_or_array(operand, context, whole) for operand in pairs[1::2]]

    def element(values: Sequence[Scalar]) -> Scalar:
        if any(isinstance(value, str) and len(value) > LONGEST for value in values):
            return VALUE
        made: list[Criterion] = [make_criterion(value) for value in values]
        return aggregate(select(list(zip(areas, made, strict=True)), context), target_area, context)

    return calls.spread(element, criteria)
