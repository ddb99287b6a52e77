"""Functions over the rows of a table that meet criteria: DSUM and its like."""

import math
from collections.abc import Callable

from ..values import DIV0, NUM, VALUE, Array, CellError, Operand, Scalar
from .coerce import to_integer
from .context import Context as RunContext
from .kinds import ArrayAnything, ArrayGrid, Context, Result, Value
from .records import column_named, matching_rows
from .registry import function
from .sums import plain_sum


def _values(
    database: Array, field: Scalar, criteria: Operand, context: RunContext, counting: bool = False
) -> list[Scalar] | CellError:
    """The field's values in the rows that meet the criteria; without a field (when counting) a 1 for each row."""
    place = _field(database, field) if field is not None or not counting else None
    if isinstance(place, CellError):
        return place
    rows = matching_rows(database, criteria, context)
    if isinstance(rows, CellError):
        return rows
    return [1.0 if place is None else row[place] for row in rows]


def _field(database: Array, field: Scalar) -> int | CellError:
    """The column of a field given by its header or its number; a text that is no header is #VALUE!."""
    if isinstance(field, str):
        place = column_named(database, field)
        return VALUE if place is None else place
    number = to_integer(field)
    if isinstance(number, CellError):
        return number
    return number - 1 if 1 <= number <= database.width else VALUE


def _numbers(database: Array, field: Scalar, criteria: Operand, context: RunContext) -> list[float] | CellError:
    values = _values(database, field, criteria, context)
    if isinstance(values, CellError):
        return values
    numbers: list[float] = []
    for value in values:
        if isinstance(value, CellError):
            return value
        if type(value) is float:
            numbers.append(value)
    return numbers


def _over_numbers(name: str, about: str, calculate: Callable[[list[float]], float | CellError]) -> None:
    """Register a function of the numbers of a field."""

    def body(database: ArrayGrid, field: Value, criteria: ArrayAnything, *, context: Context) -> Result:
        numbers = _numbers(database, field, criteria, context)
        return numbers if isinstance(numbers, CellError) else calculate(numbers)

    body.__doc__ = about
    function(name)(body)


def _product(numbers: list[float]) -> float:
    result = 1.0 if numbers else 0.0
    for number in numbers:
        result *= number
    return result


def _variance(numbers: list[float]) -> float | CellError:
    """Of a sample, in one pass: (Σx² - (Σx)²/n) / (n - 1); measured to the bit."""
    count = len(numbers)
    if count < 2:
        return DIV0
    total = plain_sum(numbers)
    return _at_least_zero(plain_sum(number * number for number in numbers) - total * total / count) / (count - 1)


def _variance_of_all(numbers: list[float]) -> float | CellError:
    """Of all, in one pass but in another form: (nΣx² - (Σx)²) / n²; measured to the bit."""
    count = len(numbers)
    if not count:
        return DIV0
    total = plain_sum(numbers)
    return _at_least_zero(count * plain_sum(number * number for number in numbers) - total * total) / (count * count)


def _at_least_zero(spread: float) -> float:
    """A sum of squared deviations without the rounding that would make it negative; an overflow stays one."""
    return 0.0 if spread < 0 else spread


def _root(variance: float | CellError) -> float | CellError:
    return variance if isinstance(variance, CellError) else math.sqrt(variance) if variance == variance else NUM


_over_numbers("DSUM", "The sum of a field.", plain_sum)
_over_numbers("DPRODUCT", "The product of a field.", _product)
_over_numbers("DMAX", "The largest number of a field.", lambda numbers: max(numbers, default=0.0))
_over_numbers("DMIN", "The smallest number of a field.", lambda numbers: min(numbers, default=0.0))
_over_numbers("DAVERAGE", "The mean of a field.", lambda n: plain_sum(n) / len(n) if n else DIV0)
_over_numbers("DVAR", "The variance of a field, of a sample.", _variance)
_over_numbers("DVARP", "The variance of a field, of all.", _variance_of_all)
_over_numbers("DSTDEV", "The standard deviation of a field, of a sample.", lambda n: _root(_variance(n)))
_over_numbers("DSTDEVP", "The standard deviation of a field, of all.", lambda n: _root(_variance_of_all(n)))


@function("DCOUNT")
def dcount(database: ArrayGrid, field: Value, criteria: ArrayAnything, *, context: Context) -> Result:
    """How many numbers a field has; without a field how many rows."""
    values = _values(database, field, criteria, context, counting=True)
    return values if isinstance(values, CellError) else sum(1 for value in values if type(value) is float)


@function("DCOUNTA")
def dcounta(database: ArrayGrid, field: Value, criteria: ArrayAnything, *, context: Context) -> Result:
    """How many cells of a field are not blank; without a field how many rows."""
    values = _values(database, field, criteria, context, counting=True)
    return values if isinstance(values, CellError) else sum(1 for value in values if value is not None)


@function("DGET")
def dget(database: ArrayGrid, field: Value, criteria: ArrayAnything, *, context: Context) -> Result:
    """The only value of a field: #VALUE! where no row meets the criteria, #NUM! where several do."""
    values = _values(database, field, criteria, context)
    if isinstance(values, CellError):
        return values
    if not values:
        return VALUE
    return values[0] if len(values) == 1 else NUM
