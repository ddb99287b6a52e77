"""Powers, roots, logarithms, signs, quotients and random numbers."""

import math

from ...values import DIV0, NUM
from ..kinds import Context, Number, OptionalNumber, Result, ToolpakNumber
from ..operators import raise_to
from ..registry import function
from . import elementary


@function("PI")
def pi() -> Result:
    return math.pi


@function("SQRT")
def sqrt(number: Number) -> Result:
    return NUM if number < 0 else math.sqrt(number)


@function("SQRTPI")
def sqrtpi(number: ToolpakNumber) -> Result:
    return NUM if number < 0 else math.sqrt(number * math.pi)


@function("EXP")
def exp(number: Number) -> Result:
    try:
        return math.exp(number)
    except OverflowError:
        return NUM


@function("LN")
def ln(number: Number) -> Result:
    return NUM if number <= 0 else elementary.ln(number)


@function("LOG10")
def log10(number: Number) -> Result:
    return NUM if number <= 0 else elementary.log10(number)


@function("LOG")
def log(number: Number, base: OptionalNumber = None) -> Result:
    """To base 10 correctly rounded, but with the base given ``ln(x) / ln(base)``, also where it is 10: measured."""
    if number <= 0 or (base is not None and base <= 0):
        return NUM
    if base is None:
        return elementary.log10(number)
    return DIV0 if base == 1.0 else elementary.ln(number) / elementary.ln(base)


@function("POWER")
def power(number: Number, exponent: Number) -> Result:
    return raise_to(number, exponent)


@function("ABS")
def absolute(number: Number) -> Result:
    return abs(number)


@function("SIGN")
def sign(number: Number) -> Result:
    return float((number > 0) - (number < 0))


@function("MOD")
def mod(number: Number, divisor: Number) -> Result:
    """The exact remainder with the divisor's sign; #NUM! where the quotient is 1125900000000 (2^50) or more."""
    if divisor == 0:
        return DIV0
    if abs(number) >= abs(divisor) * 1125900000000.0:
        return NUM
    return number % divisor


@function("QUOTIENT")
def quotient(number: ToolpakNumber, divisor: ToolpakNumber) -> Result:
    if divisor == 0:
        return DIV0
    result = number / divisor
    return float(math.trunc(result)) if math.isfinite(result) else NUM


@function("DELTA")
def delta(one: ToolpakNumber, two: ToolpakNumber = 0.0) -> Result:
    return float(one == two)


@function("GESTEP")
def gestep(number: ToolpakNumber, step: ToolpakNumber = 0.0) -> Result:
    return float(number >= step)


@function("RAND", volatile=True)
def rand(*, context: Context) -> Result:
    return context.run.random.random()


@function("RANDBETWEEN", volatile=True)
def randbetween(low: ToolpakNumber, high: ToolpakNumber, *, context: Context) -> Result:
    """A whole number from the bounds' range; broken bounds are taken to the next whole number above."""
    first, last = math.ceil(low), math.ceil(high)
    return NUM if low > high else float(context.run.random.randint(first, max(first, last)))
