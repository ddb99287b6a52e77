"""Rates of return: RATE, IRR, MIRR, XNPV, XIRR; prices in fractions: DOLLARDE, DOLLARFR.

Source: Microsoft, the page of each function. RATE and IRR iterate with the secant method from the guess;
XIRR halves intervals as Excel does, with rules found by fitting stored answers.
"""

import math
from collections.abc import Callable

from ...values import DIV0, NUM, VALUE, Array, CellError
from ..context import NoAnswer
from ..kinds import ArrayGrid, ArrayNumbers, Number, Result, ToolpakNumber
from ..meter import charge
from ..numbers.elementary import power
from ..registry import function
from ..sums import plain_sum

_ROUNDS = 100
_STEP = 50  # steps of an approximation besides those of its numbers
_CLOSE = 1e-14
_NEAR = math.sqrt(2.0**-52)
_HIGHEST_RATE = 1e9


def _root(of: Callable[[float], float], guess: float) -> float | CellError:
    """Where a function of a rate above -1 is 0, by the secant method."""
    one, two = guess, guess + 1e-4 * (1.0 + abs(guess))
    try:
        at_one, at_two = of(one), of(two)
        for _ in range(_ROUNDS):
            if at_two == 0.0:
                return two
            if at_two == at_one:
                return NUM
            charge(_STEP)
            step = two - at_two * (two - one) / (at_two - at_one)
            clamped = step <= -1.0
            if clamped:
                step = (two - 1.0) / 2.0
            one, at_one, two = two, at_two, step
            at_two = of(two)
            if not clamped and abs(two - one) <= _CLOSE * max(1.0, abs(two)):
                return two
    except (OverflowError, ZeroDivisionError, ValueError):
        return NUM
    return NUM


@function("RATE", differs="by up to 2E-11 of the result: Excel stops its own iteration earlier")
def rate(nper: Number, pmt: Number, pv: Number, fv: Number = 0.0, when: Number = 0.0, guess: Number = 0.1) -> Result:
    if nper <= 0.0 or guess <= -1.0:
        return NUM

    def left(at: float) -> float:
        grown = math.expm1(nper * math.log1p(at))
        each = grown / at if at != 0.0 else nper
        return pv * (grown + 1.0) + pmt * (1.0 + (at if when != 0.0 else 0.0)) * each + fv

    return _root(left, guess)


@function("IRR", differs="by up to 7E-11 of the result, 1E-7 at a double root: Excel stops its own iteration earlier")
def irr(values: ArrayNumbers, guess: Number = 0.1) -> Result:
    """A guess of -1 or less is #VALUE! (measured)."""
    if guess <= -1.0:
        return VALUE
    if not _both_signs(values):
        return NUM
    return _root(lambda at: _present(values, [float(index) for index in range(len(values))], at), guess)


def _both_signs(values: list[float]) -> bool:
    return any(value > 0.0 for value in values) and any(value < 0.0 for value in values)


def _present(values: list[float], times: list[float], at: float) -> float:
    charge(4 * len(values))
    total = 0.0
    for value, time in zip(values, times, strict=True):
        total += value / math.pow(1.0 + at, time)
    return total


@function("MIRR")
def mirr(values: ArrayNumbers, finance_rate: Number, reinvest_rate: Number) -> Result:
    """Costs discounted at one rate, returns at another; without costs #DIV/0!, without returns -1 (measured)."""
    if len(values) < 2 or reinvest_rate == -1.0:
        return DIV0
    times = [float(index + 1) for index in range(len(values))]
    if finance_rate == -1.0 and any(value < 0.0 for value in values[1:]):
        raise NoAnswer("MIRR with a finance rate of -1 and later costs")
    try:
        gains = _present([max(value, 0.0) for value in values], times, reinvest_rate)
        costs = min(values[0], 0.0)
        for value, time in zip(values[1:], times, strict=False):
            if value < 0.0:
                costs += value / math.pow(1.0 + finance_rate, time)
        if costs == 0.0:
            return DIV0
        if gains == 0.0:
            return -1.0
        last = times[-1]
        ratio = -gains * math.pow(1.0 + reinvest_rate, last) / costs
        if ratio < 0.0:
            return NUM
        return power(ratio, 1.0 / (last - 1.0)) - 1.0
    except (OverflowError, ZeroDivisionError, ValueError):
        return NUM


def _flows(values: Array, dates: Array) -> tuple[list[float], list[float]] | CellError:
    """Amounts and years since the first date; anything but numbers is #NUM! (measured), the first error wins."""
    for value in (*values.flat(), *dates.flat()):
        if isinstance(value, CellError):
            return value
    amounts = [value for value in values.flat() if type(value) is float]
    days = [float(math.floor(value)) for value in dates.flat() if type(value) is float]
    sizes = {len(amounts), len(days), values.height * values.width, dates.height * dates.width}
    if len(sizes) != 1 or min(days) < days[0] or days[0] < 0.0:
        return NUM
    return amounts, [(day - days[0]) / 365.0 for day in days]


@function("XNPV")
def xnpv(rate: Number, values: ArrayGrid, dates: ArrayGrid) -> Result:
    flows = _flows(values, dates)
    if isinstance(flows, CellError):
        return flows
    if rate <= 0.0:
        return NUM
    try:
        return _present(*flows, rate)
    except OverflowError:
        return NUM


@function("XIRR", differs="up to 1E-8 where the root is near the guess or the guess is not 0.1: not measured")
def xirr(values: ArrayGrid, dates: ArrayGrid, guess: Number = 0.1) -> Result:
    """A negative guess is #NUM! (measured at -0.5), text and logicals are #VALUE!, blank amounts are 0."""
    amounts = Array([[0.0 if value is None else value for value in row] for row in values.rows])
    flows = _flows(amounts, dates)
    if isinstance(flows, CellError):
        odd = any(isinstance(value, str | bool) for value in (*values.flat(), *dates.flat()))
        return VALUE if flows is NUM and odd else flows
    if guess < 0.0 or not _both_signs(flows[0]):
        return NUM
    size = plain_sum(abs(amount) for amount in flows[0])
    return _halved(lambda at: _present(*flows, at), guess or 0.1, size)


def _halved(of: Callable[[float], float], guess: float, size: float) -> float | CellError:
    """Where the function is 0: upwards from the guess in doubling intervals, or between -1 and the guess.

    Of stored answers with the guess 0.1 all are multiples of 0.1/2^n above 0.1, and of 0.9/2^n from -1 below -0.1.
    """
    try:
        low, high = guess, 2.0 * guess
        while of(low) * of(high) > 0.0 and high < _HIGHEST_RATE:
            low, high = high, 2.0 * high
        if of(low) * of(high) > 0.0:
            edge = -guess if guess < 1.0 else -0.1
            low, high = (-1.0, edge) if of(edge) * of(guess) > 0.0 else (edge, guess)
        sign = math.copysign(1.0, of(high) or -of(low))
        for _ in range(_ROUNDS):
            charge(_STEP)
            middle = (low + high) / 2.0
            result = of(middle)
            if high - low < _NEAR * max(1.0, 1.0 + middle) and abs(result) <= _NEAR * size:
                return middle
            low, high = (low, middle) if result * sign > 0.0 else (middle, high)
    except (OverflowError, ZeroDivisionError, ValueError):
        return NUM
    return NUM


@function("DOLLARDE")
def dollarde(price: ToolpakNumber, fraction: ToolpakNumber) -> Result:
    return _fraction(price, math.trunc(fraction), False)


@function("DOLLARFR")
def dollarfr(price: ToolpakNumber, fraction: ToolpakNumber) -> Result:
    return _fraction(price, math.trunc(fraction), True)


def _fraction(price: float, fraction: int, into: bool) -> float | CellError:
    if fraction < 1:
        return NUM if fraction < 0 else DIV0
    scale = 10.0 ** math.ceil(math.log10(fraction))
    whole = math.trunc(price)
    rest = price - whole
    return whole + (rest * fraction / scale if into else rest * scale / fraction)
