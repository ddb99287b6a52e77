"""Arrays made of nothing: SEQUENCE, RANDARRAY."""

from ...address import MAX_COL, MAX_ROW
from ...values import CALC, VALUE, Array, CellError, Scalar, finish
from ..kinds import Context, Integer, Logical, Number, Result
from ..lookup.blocks import simple
from ..meter import check_size
from ..registry import function


@function("SEQUENCE", blank_is_default=True)
def sequence(rows: Integer = 1, columns: Integer = 1, start: Number = 1.0, step: Number = 1.0) -> Result:
    """Each number is the one before plus the step."""
    problem = _problem(rows, columns)
    if problem is not None:
        return problem
    numbers: list[list[Scalar]] = []
    value = start
    for _ in range(rows):
        row: list[Scalar] = []
        for _ in range(columns):
            row.append(finish(value))
            value += step
        numbers.append(row)
    return simple(Array(numbers))


@function("RANDARRAY", blank_is_default=True, volatile=True, differs="other random numbers")
def randarray(
    rows: Integer = 1,
    columns: Integer = 1,
    low: Number = 0.0,
    high: Number = 1.0,
    integers: Logical = False,
    *,
    context: Context,
) -> Result:
    """Random numbers."""
    problem = _problem(rows, columns)
    if problem is not None:
        return problem
    if low > high or (integers and not (low.is_integer() and high.is_integer())):
        return VALUE
    random = context.run.random

    def draw() -> float:
        return float(random.randint(int(low), int(high))) if integers else low + (high - low) * random.random()

    return simple(Array([[draw() for _ in range(columns)] for _ in range(rows)]))


def _problem(rows: int, columns: int) -> CellError | None:
    """The error of an array without elements, or of one larger than the grid."""
    if rows < 0 or columns < 0 or rows > MAX_ROW or columns > MAX_COL:
        return VALUE
    if rows == 0 or columns == 0:
        return CALC
    check_size(rows, columns)
    return None
