"""Aggregation: counts, averages, extremes, sums of products."""

from ..values import DIV0, CellError
from .coerce import to_number
from .kinds import AllNumbers, AllValues, Result
from .registry import function
from .sums import plain_sum


@function("AVERAGE")
def average(numbers: AllNumbers) -> Result:
    return plain_sum(numbers) / len(numbers) if numbers else DIV0


@function("MAX")
def max_(numbers: AllNumbers) -> Result:
    return max(numbers, default=0.0)


@function("MIN")
def min_(numbers: AllNumbers) -> Result:
    return min(numbers, default=0.0)


@function("COUNT")
def count(values: AllValues) -> Result:
    return sum(1 for item in values if _counts(item.value, item.typed))


def _counts(value: object, typed: bool) -> bool:
    if type(value) is float:
        return True
    if not typed or isinstance(value, CellError):
        return False
    return value is None or not isinstance(to_number(value), CellError)  # type: ignore[arg-type]  # a scalar


@function("COUNTA")
def counta(values: AllValues) -> Result:
    return sum(1 for item in values if item.value is not None or item.typed)
