"""Aggregation: counts, averages, extremes, sums of products."""

from ..values import DIV0, VALUE, Array, CellError
from .coerce import to_number
from .kinds import AllNumbers, AllValues, ArrayGrid, Result
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


@function("SUMPRODUCT")
def sumproduct(first: ArrayGrid, *others: ArrayGrid) -> Result:
    if any(other.shape != first.shape for other in others):
        return VALUE
    products: list[float] = []
    for values in zip(first.flat(), *(other.flat() for other in others), strict=True):
        product = 1.0
        for value in values:
            if isinstance(value, CellError):
                return value
            product *= value if type(value) is float else 0.0
        products.append(product)
    return plain_sum(products)


def _pairs(one: Array, two: Array) -> list[tuple[float, float]] | CellError:
    """The pairs of numbers of two arrays of as many elements; pairs with text, logicals or blanks are left out."""
    if one.height * one.width != two.height * two.width:
        from ..values import NA

        return NA
    pairs: list[tuple[float, float]] = []
    for x, y in zip(one.flat(), two.flat(), strict=True):
        if isinstance(x, CellError):
            return x
        if isinstance(y, CellError):
            return y
        if type(x) is float and type(y) is float:
            pairs.append((x, y))
    return pairs


@function("SUMXMY2")
def sumxmy2(xs: ArrayGrid, ys: ArrayGrid) -> Result:
    pairs = _pairs(xs, ys)
    return pairs if isinstance(pairs, CellError) else plain_sum((x - y) * (x - y) for x, y in pairs)
