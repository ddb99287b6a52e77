"""Sums and products of many numbers. All sums run plainly from left to right (rule 2 of the calculation rules)."""

from ...values import VALUE, CellError
from ..kinds import AllNumbers, ArrayGrid, Result, ToolpakNumber
from ..operators import raise_to
from ..registry import function
from ..statistics.pairs import number_pairs
from ..sums import plain_sum


@function("SUM")
def sum_(numbers: AllNumbers) -> Result:
    return plain_sum(numbers)


@function("SUMSQ")
def sumsq(numbers: AllNumbers) -> Result:
    return plain_sum(number * number for number in numbers)


@function("PRODUCT")
def product(numbers: AllNumbers) -> Result:
    result = 1.0 if numbers else 0.0
    for number in numbers:
        result *= number
    return result


@function("SUMPRODUCT")
def sumproduct(first: ArrayGrid, *others: ArrayGrid) -> Result:
    """Text, logicals and blanks count as 0; the first error, array by array, is the result."""
    if any(other.shape != first.shape for other in others):
        return VALUE
    for array in (first, *others):
        for value in array.flat():
            if isinstance(value, CellError):
                return value
    products: list[float] = []
    for values in zip(first.flat(), *(other.flat() for other in others), strict=True):
        result = 1.0
        for value in values:
            result *= value if type(value) is float else 0.0
        products.append(result)
    return plain_sum(products)


@function("SUMX2MY2")
def sumx2my2(xs: ArrayGrid, ys: ArrayGrid) -> Result:
    pairs = number_pairs(xs, ys)
    return pairs if isinstance(pairs, CellError) else plain_sum(x * x - y * y for x, y in pairs)


@function("SUMX2PY2")
def sumx2py2(xs: ArrayGrid, ys: ArrayGrid) -> Result:
    pairs = number_pairs(xs, ys)
    return pairs if isinstance(pairs, CellError) else plain_sum(x * x + y * y for x, y in pairs)


@function("SUMXMY2")
def sumxmy2(xs: ArrayGrid, ys: ArrayGrid) -> Result:
    pairs = number_pairs(xs, ys)
    return pairs if isinstance(pairs, CellError) else plain_sum((x - y) * (x - y) for x, y in pairs)


@function("SERIESSUM")
def seriessum(x: ToolpakNumber, start: ToolpakNumber, step: ToolpakNumber, coefficients: ArrayGrid) -> Result:
    """``c1*x^n + c2*x^(n+m) + …``; every coefficient must be a number."""
    total = 0.0
    for index, coefficient in enumerate(coefficients.flat()):
        if isinstance(coefficient, CellError):
            return coefficient
        if type(coefficient) is not float:
            return VALUE
        power = raise_to(x, start + index * step)
        if isinstance(power, CellError):
            return power
        total += coefficient * power
    return total
