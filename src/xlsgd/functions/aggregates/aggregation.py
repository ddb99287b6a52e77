"""Counts, averages and extremes."""

from ...values import DIV0, VALUE, CellError, Scalar
from ..coerce import to_number
from ..kinds import AllNumbers, AllNumbersA, AllValues, Context, Ref, Result
from ..registry import function
from ..sums import plain_sum


@function("AVERAGE")
def average(numbers: AllNumbers) -> Result:
    return plain_sum(numbers) / len(numbers) if numbers else DIV0


@function("AVERAGEA")
def averagea(numbers: AllNumbersA) -> Result:
    return plain_sum(numbers) / len(numbers) if numbers else DIV0


@function("MAX")
def max_(numbers: AllNumbers) -> Result:
    return max(numbers, default=0.0)


@function("MAXA")
def maxa(numbers: AllNumbersA) -> Result:
    return max(numbers, default=0.0)


@function("MIN")
def min_(numbers: AllNumbers) -> Result:
    return min(numbers, default=0.0)


@function("MINA")
def mina(numbers: AllNumbersA) -> Result:
    return min(numbers, default=0.0)


@function("COUNT")
def count(values: AllValues) -> Result:
    return sum(1 for item in values if _counts(item.value, item.typed))


def _counts(value: Scalar, typed: bool) -> bool:
    if type(value) is float:
        return True
    if not typed or isinstance(value, CellError):
        return False
    return value is None or not isinstance(to_number(value), CellError)


@function("COUNTA")
def counta(values: AllValues) -> Result:
    return sum(1 for item in values if item.value is not None or item.typed)


@function("COUNTBLANK")
def countblank(cells: Ref, *, context: Context) -> Result:
    """Blank cells and those with an empty text."""
    if len(cells.areas) > 1:
        return VALUE
    area = cells.areas[0]
    full = sum(1 for value in context.run.scan(area) if value != "")
    return area.height * area.width - full
