"""Factorials, combinations, permutations; greatest common divisor and least common multiple."""

import math

from ...values import NA, NUM, VALUE, CellError, Omitted, Operand, Reference, Scalar
from .. import gather
from ..coerce import to_toolpak_number
from ..context import Context as _Context
from ..kinds import Anything, Context, Integer, Result, ToolpakInteger
from ..registry import function

_LARGEST_FACT, _LARGEST_FACTDOUBLE = 170, 300
_LIMIT = 2.0**53  # GCD and LCM take and give nothing larger
_MOST = 2000  # more factors than any finite result has

_CLOSE = "up to 1E-14 relative: Excel's result of whole numbers is not whole"


def _finite(number: int) -> float | CellError:
    try:
        return float(number)
    except OverflowError:
        return NUM


@function("FACT")
def fact(number: Integer) -> Result:
    return _finite(math.factorial(number)) if 0 <= number <= _LARGEST_FACT else NUM


@function("FACTDOUBLE")
def factdouble(number: ToolpakInteger) -> Result:
    if not -1 <= number <= _LARGEST_FACTDOUBLE:
        return NUM
    return _finite(math.prod(range(number, 0, -2)))


@function("COMBIN", differs=_CLOSE)
def combin(number: Integer, chosen: Integer) -> Result:
    return NUM if chosen < 0 or number < chosen else _choose(number, chosen)


@function("COMBINA", differs=_CLOSE)
def combina(number: Integer, chosen: Integer) -> Result:
    if number < 0 or chosen < 0:
        return NUM
    return _choose(number + chosen - 1, chosen) if chosen else 1.0


def _choose(number: int, chosen: int) -> float | CellError:
    if chosen > number or min(chosen, number - chosen) > _MOST:
        return NUM  # C(2n, n) is beyond the largest number from n = 515 on
    return _finite(math.comb(number, chosen))


@function("PERMUT")
def permut(number: Integer, chosen: Integer) -> Result:
    if chosen < 0 or number < chosen or number <= 0:
        return NUM
    return _finite(math.perm(number, chosen)) if chosen < _MOST else NUM


@function("PERMUTATIONA")
def permutationa(number: Integer, chosen: Integer) -> Result:
    if number < 0 or chosen < 0:
        return NUM
    try:
        return math.pow(number, chosen)
    except OverflowError:
        return NUM


@function("MULTINOMIAL", differs=_CLOSE)
def multinomial(first: Anything, *others: Anything, context: Context) -> Result:
    numbers = _whole_numbers([first, *others], context)
    if isinstance(numbers, CellError):
        return numbers
    total, result = 0, 1
    for number in numbers:
        total += number
        step = _choose(total, number)
        if isinstance(step, CellError):
            return step
        result *= math.comb(total, number)
    return _finite(result)


@function("GCD")
def gcd(first: Anything, *others: Anything, context: Context) -> Result:
    numbers = _whole_numbers([first, *others], context)
    return numbers if isinstance(numbers, CellError) else float(math.gcd(*numbers))


@function("LCM")
def lcm(first: Anything, *others: Anything, context: Context) -> Result:
    numbers = _whole_numbers([first, *others], context)
    if isinstance(numbers, CellError):
        return numbers
    result = math.lcm(*numbers)
    return float(result) if result < _LIMIT else NUM


def _whole_numbers(arguments: list[Operand], context: _Context) -> list[int] | CellError:
    """Numbers of 0 and more, cut off to whole ones. Logicals are #VALUE!, also those of cells.

    A blank cell is 0 within a range and left out alone, and #N/A is what was left out between commas: measured.
    """
    found: list[int] = []
    problem: CellError | None = None
    for argument in arguments:
        for value in _values(argument, context):
            number = to_toolpak_number(value)
            if isinstance(number, CellError):
                return number
            if 0 <= number < _LIMIT:
                found.append(int(number))
            else:
                problem = NUM
    return problem or (found if found else VALUE)


def _values(argument: Operand, context: _Context) -> list[Scalar]:
    if isinstance(argument, Omitted):
        return [NA]
    if not isinstance(argument, Reference):
        grid = gather.grid(argument, context)
        return [grid] if isinstance(grid, CellError) else list(grid.flat())
    values = list(gather.scan(argument, context))
    cells = sum(area.height * area.width for area in argument.areas)
    return [*values, None] if len(values) < cells > 1 else values
