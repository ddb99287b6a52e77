"""Functions over the rows of a table that meet criteria: DSUM and its like."""

from collections.abc import Callable

from ...values import DIV0, NUM, VALUE, Array, CellError, Operand, Scalar
from ..coerce import to_integer
from ..context import Context as RunContext
from ..kinds import ArrayAnything, ArrayGrid, Context, Result, Value
from ..registry import function
from ..statistics.moments import deviation, mean, variance
from ..sums import plain_sum
from .records import column_named, matching_rows


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


_over_numbers("DSUM", "The sum of a field.", plain_sum)
_over_numbers("DPRODUCT", "The product of a field.", _product)
_over_numbers("DMAX", "The largest number of a field.", lambda numbers: max(numbers, default=0.0))
_over_numbers("DMIN", "The smallest number of a field.", lambda numbers: min(numbers, default=0.0))
_over_numbers("DAVERAGE", "The mean of a field.", lambda n: mean(n) if n else DIV0)
_over_numbers("DVAR", "The variance of a field, of a sample.", lambda numbers: variance(numbers, 1))
_over_numbers("DVARP", "The variance of a field, of all.", lambda numbers: variance(numbers, 0))
_over_numbers("DSTDEV", "The standard deviation of a field, of a sample.", lambda n: deviation(n, 1))
_over_numbers("DSTDEVP", "The standard deviation of a field, of all.", lambda n: deviation(n, 0))


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
