"""The operators on two scalars. Rules 1, 4, 5, 6, 7, 9, 10 and 12 of the calculation rules.

Each operation is one IEEE-754 operation in double, finished as Excel keeps numbers. The left operand's error wins.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..values import DIV0, NUM, SMALLEST_NORMAL, CellError, Scalar
from .coerce import to_number, to_text
from .compare import compare
from .meter import charge
from .numbers import elementary
from .numbers.units import bounded

_BIG = 1.7976931348623157e308
_SHORT = 200  # characters of a text that costs no more than a number


def add(one: Scalar, two: Scalar) -> Scalar:
    """``one + two``."""
    if type(one) is not float or type(two) is not float:
        numbers = _numbers(one, two)
        if isinstance(numbers, CellError):
            return numbers
        one, two = numbers
    result = one + two
    if -SMALLEST_NORMAL < result < SMALLEST_NORMAL:
        return 0.0
    return result if -_BIG <= result <= _BIG else NUM


def subtract(one: Scalar, two: Scalar) -> Scalar:
    """``one - two``."""
    if type(one) is not float or type(two) is not float:
        numbers = _numbers(one, two)
        if isinstance(numbers, CellError):
            return numbers
        one, two = numbers
    result = one - two
    if -SMALLEST_NORMAL < result < SMALLEST_NORMAL:
        return 0.0
    return result if -_BIG <= result <= _BIG else NUM


def multiply(one: Scalar, two: Scalar) -> Scalar:
    """``one * two``."""
    if type(one) is not float or type(two) is not float:
        numbers = _numbers(one, two)
        if isinstance(numbers, CellError):
            return numbers
        one, two = numbers
    result = one * two
    if -SMALLEST_NORMAL < result < SMALLEST_NORMAL:
        return 0.0
    return result if -_BIG <= result <= _BIG else NUM


def divide(one: Scalar, two: Scalar) -> Scalar:
    """``one / two``; anything by 0 is #DIV/0!, 0 too."""
    if type(one) is not float or type(two) is not float:
        numbers = _numbers(one, two)
        if isinstance(numbers, CellError):
            return numbers
        one, two = numbers
    if two == 0.0:
        return DIV0
    result = one / two
    if -SMALLEST_NORMAL < result < SMALLEST_NORMAL:
        return 0.0
    return result if -_BIG <= result <= _BIG else NUM


def power(one: Scalar, two: Scalar) -> Scalar:
    """``one ^ two``; not the C library's ``pow``: see :func:`.elementary.power`."""
    numbers = _numbers(one, two)
    if isinstance(numbers, CellError):
        return numbers
    return raise_to(*numbers)


def raise_to(base: float, exponent: float) -> float | CellError:
    """A power of two numbers: 0^0 and a negative base with a broken exponent are #NUM!, 0^-1 is #DIV/0!."""
    if base == 0.0:
        if exponent == 0.0:
            return NUM
        if exponent < 0.0:
            return DIV0
        result = 0.0
    elif base < 0.0 and exponent != math.floor(exponent):
        return NUM
    else:
        result = base * base if exponent == 2.0 else elementary.power(base, exponent)
    if -SMALLEST_NORMAL < result < SMALLEST_NORMAL:
        return 0.0
    return result if -_BIG <= result <= _BIG else NUM


def join(one: Scalar, two: Scalar) -> Scalar:
    """``one & two``."""
    first, second = to_text(one), to_text(two)
    if isinstance(first, CellError):
        return first
    if isinstance(second, CellError):
        return second
    text = first + second
    if len(text) > _SHORT:
        charge(len(text) >> 2)
    return bounded(text)


def negate(one: Scalar) -> Scalar:
    """``-one``; never a negative zero."""
    number = to_number(one)
    return number if isinstance(number, CellError) else 0.0 - number


def percent(one: Scalar) -> Scalar:
    """``one%``."""
    return divide(one, 100.0)


def _numbers(one: Scalar, two: Scalar) -> tuple[float, float] | CellError:
    first, second = to_number(one), to_number(two)
    if isinstance(first, CellError):
        return first
    if isinstance(second, CellError):
        return second
    return first, second


def _comparison(test: Callable[[int], bool]) -> Callable[[Scalar, Scalar], Scalar]:
    def operator(one: Scalar, two: Scalar) -> Scalar:
        if isinstance(one, CellError):
            return one
        if isinstance(two, CellError):
            return two
        return test(compare(one, two))

    return operator


BINARY: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "^": power,
    "&": join,
    "=": _comparison(lambda order: order == 0),
    "<>": _comparison(lambda order: order != 0),
    "<": _comparison(lambda order: order < 0),
    "<=": _comparison(lambda order: order <= 0),
    ">": _comparison(lambda order: order > 0),
    ">=": _comparison(lambda order: order >= 0),
}


def snap(result: Scalar, first: Scalar, second: Scalar) -> Scalar:
    """The near-zero snap (rule 6): the last ``+`` or ``-`` of a whole formula gives 0 where its result is tiny.

    Threshold, disputed: "under 8 ulp of the first operand" or "equal at 15 digits"; measured cells snap up to 4.4E-16
    of the larger operand. SNAP is the one place to change it.
    """
    if type(result) is not float or result == 0.0 or type(first) is not float or type(second) is not float:
        return result
    return 0.0 if abs(result) <= SNAP * max(abs(first), abs(second)) else result


SNAP = 8 * 2.0**-53
"""8.9E-16 of the larger operand; community, Excel's own constant is not published."""
