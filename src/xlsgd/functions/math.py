"""Mathematics and trigonometry."""

import math

from ..values import DIV0, NUM, CellError
from .kinds import AllNumbers, Integer, Number, Result
from .operators import raise_to
from .registry import function
from .sums import plain_sum


@function("PI")
def pi() -> Result:
    return math.pi


@function("SQRT")
def sqrt(number: Number) -> Result:
    return NUM if number < 0 else math.sqrt(number)


@function("EXP")
def exp(number: Number) -> Result:
    try:
        return math.exp(number)
    except OverflowError:
        return NUM


@function("LN")
def ln(number: Number) -> Result:
    return NUM if number <= 0 else math.log(number)


@function("LOG10")
def log10(number: Number) -> Result:
    return NUM if number <= 0 else _log10(number)


def _log10(number: float) -> float:
    import numpy as np

    return float(np.log10(number))


@function("LOG")
def log(number: Number, base: Number = 10.0) -> Result:
    if number <= 0 or base <= 0:
        return NUM
    if base == 10.0:
        return _log10(number)
    if base == 1.0:
        return DIV0
    return math.log(number) / math.log(base)


@function("ABS")
def absolute(number: Number) -> Result:
    return abs(number)


@function("SIGN")
def sign(number: Number) -> Result:
    return float((number > 0) - (number < 0))


@function("POWER")
def power(number: Number, exponent: Number) -> Result:
    return raise_to(number, exponent)


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


@function("MOD")
def mod(number: Number, divisor: Number) -> Result:
    if divisor == 0:
        return DIV0
    if abs(number / divisor) >= 2**53:
        return NUM
    return number - divisor * math.floor(number / divisor)


@function("INT")
def int_(number: Number) -> Result:
    return float(math.floor(number))


@function("RANDBETWEEN", volatile=True)
def _randbetween_placeholder(low: Integer, high: Integer) -> Result:
    return NUM if low > high else float(low)
