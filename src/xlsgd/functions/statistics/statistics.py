"""Descriptive statistics of one sample: spread, shape, means."""

import math

from ...values import DIV0, NA, NUM, Array, CellError
from ..kinds import AllNumbers, AllNumbersA, Number, Numbers, Result
from ..numbers import elementary
from ..registry import function
from ..sums import plain_sum
from . import order
from .moments import deviation, deviations_squared, mean, standardized_power_sum, variance


@function("VAR.S", "VAR")
def var_s(numbers: AllNumbers) -> Result:
    return variance(numbers, 1)


@function("VAR.P", "VARP")
def var_p(numbers: AllNumbers) -> Result:
    return variance(numbers, 0)


@function("VARA")
def vara(numbers: AllNumbersA) -> Result:
    return variance(numbers, 1)


@function("VARPA")
def varpa(numbers: AllNumbersA) -> Result:
    return variance(numbers, 0)


@function("STDEV.S", "STDEV")
def stdev_s(numbers: AllNumbers) -> Result:
    return deviation(numbers, 1)


@function("STDEV.P", "STDEVP")
def stdev_p(numbers: AllNumbers) -> Result:
    return deviation(numbers, 0)


@function("STDEVA")
def stdeva(numbers: AllNumbersA) -> Result:
    return deviation(numbers, 1)


@function("STDEVPA")
def stdevpa(numbers: AllNumbersA) -> Result:
    return deviation(numbers, 0)


@function("DEVSQ")
def devsq(numbers: AllNumbers) -> Result:
    return deviations_squared(numbers) if numbers else NUM


@function("AVEDEV")
def avedev(numbers: AllNumbers) -> Result:
    if not numbers:
        return NUM
    middle = mean(numbers)
    return plain_sum(abs(number - middle) for number in numbers) / len(numbers)


@function("GEOMEAN")
def geomean(numbers: AllNumbers) -> Result:
    if not numbers or min(numbers) <= 0:
        return NUM
    return math.exp(plain_sum(elementary.ln(number) for number in numbers) / len(numbers))


@function("HARMEAN")
def harmean(numbers: AllNumbers) -> Result:
    if not numbers or min(numbers) <= 0:
        return NUM
    return 1.0 / (plain_sum(1.0 / number for number in numbers) / len(numbers))


@function("SKEW")
def skew(numbers: AllNumbers) -> Result:
    count = len(numbers)
    if count < 3:
        return DIV0
    total = standardized_power_sum(numbers, 1, 3)
    return total if isinstance(total, CellError) else total * (count / ((count - 1) * (count - 2)))


@function("SKEW.P")
def skew_p(numbers: AllNumbers) -> Result:
    if len(numbers) < 3:
        return DIV0
    total = standardized_power_sum(numbers, 0, 3)
    return total if isinstance(total, CellError) else total / len(numbers)


@function("KURT")
def kurt(numbers: AllNumbers) -> Result:
    count = len(numbers)
    if count < 4:
        return DIV0
    total = standardized_power_sum(numbers, 1, 4)
    if isinstance(total, CellError):
        return total
    factor = count * (count + 1) / ((count - 1) * (count - 2) * (count - 3))
    return total * factor - 3.0 * (count - 1) * (count - 1) / ((count - 2) * (count - 3))


@function("MEDIAN")
def median(numbers: AllNumbers) -> Result:
    return order.median(numbers)


@function("MODE", "MODE.SNGL")
def mode(numbers: AllNumbers) -> Result:
    return order.mode(numbers)


@function("MODE.MULT")
def mode_mult(numbers: AllNumbers) -> Result:
    """All numbers that occur most often, in a column, in the order in which they appear."""
    found = order.modes(numbers)
    return Array([[number] for number in found]) if found else NA


@function("TRIMMEAN")
def trimmean(numbers: Numbers, share: Number) -> Result:
    """The mean without the outer share of the numbers, as many on both sides."""
    if not 0 <= share < 1 or not numbers:
        return NUM
    cut = int(len(numbers) * share / 2.0)
    return mean(sorted(numbers)[cut : len(numbers) - cut])


@function("STANDARDIZE")
def standardize(number: Number, middle: Number, spread: Number) -> Result:
    return NUM if spread <= 0 else (number - middle) / spread
