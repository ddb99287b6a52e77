"""Loans and savings with equal payments: PV FV PMT NPER IPMT PPMT CUMIPMT CUMPRINC ISPMT, and rates of growth.

Source: Microsoft, the page of each function (the annuity equation stands on the page of PV).
"""

import math

from ...values import DIV0, NUM, VALUE, CellError
from ..kinds import AllNumbers, Grid, Number, Result, ToolpakInteger, ToolpakNumber
from ..numbers.elementary import power
from ..operators import raise_to
from ..registry import function


def _due(when: float) -> float:
    return 1.0 if when != 0.0 else 0.0


def _growth(rate: float, periods: float) -> float | CellError:
    return raise_to(1.0 + rate, periods)


def payment(rate: float, periods: float, present: float, future: float, when: float) -> float | CellError:
    """The payment of each period that settles the annuity equation."""
    if periods == 0.0 or rate <= -1.0:
        return NUM
    if rate == 0.0:
        return -(present + future) / periods
    growth = _growth(rate, periods)
    if isinstance(growth, CellError):
        return growth
    below = (1.0 + rate * _due(when)) * (growth - 1.0)
    return NUM if below == 0.0 else -rate * (future + present * growth) / below


def future_value(rate: float, periods: float, paid: float, present: float, when: float) -> float | CellError:
    """What payments and a present value grow to."""
    if rate == 0.0:
        return -present - paid * periods
    growth = _growth(rate, periods)
    if isinstance(growth, CellError):
        return growth
    return -present * growth - paid * (1.0 + rate * _due(when)) * (growth - 1.0) / rate


def interest(rate: float, period: float, periods: float, present: float, future: float, when: float) -> Result:
    """The interest part of one period's payment."""
    if not 1.0 <= period < periods + 1.0:
        return NUM
    paid = payment(rate, periods, present, future, when)
    if isinstance(paid, CellError):
        return paid
    if _due(when) == 1.0 and period == 1.0:
        return 0.0
    left = future_value(rate, period - 1.0 - _due(when), paid, present, when)
    if isinstance(left, CellError):
        return left
    return (left - paid) * rate if _due(when) == 1.0 else left * rate


@function("PMT")
def pmt(rate: Number, nper: Number, pv: Number, fv: Number = 0.0, when: Number = 0.0) -> Result:
    return payment(rate, nper, pv, fv, when)


@function("FV")
def fv_(rate: Number, nper: Number, pmt: Number, pv: Number = 0.0, when: Number = 0.0) -> Result:
    return future_value(rate, nper, pmt, pv, when)


@function("PV")
def pv_(rate: Number, nper: Number, pmt: Number, fv: Number = 0.0, when: Number = 0.0) -> Result:
    if rate == 0.0:
        return -fv - pmt * nper
    growth = _growth(rate, nper)
    if isinstance(growth, CellError):
        return growth
    return DIV0 if growth == 0.0 else -(fv + pmt * (1.0 + rate * _due(when)) * ((growth - 1.0) / rate)) / growth


@function("NPER")
def nper(rate: Number, pmt: Number, pv: Number, fv: Number = 0.0, when: Number = 0.0) -> Result:
    if rate == 0.0:
        return DIV0 if pmt == 0.0 else -(pv + fv) / pmt
    if rate <= -1.0:
        return NUM
    regular = pmt * (1.0 + rate * _due(when))
    above, below = regular - fv * rate, regular + pv * rate
    if below == 0.0 or above / below <= 0.0:
        return NUM
    return math.log(above / below) / math.log(1.0 + rate)


@function("IPMT")
def ipmt(rate: Number, per: Number, nper: Number, pv: Number, fv: Number = 0.0, when: Number = 0.0) -> Result:
    return interest(rate, per, nper, pv, fv, when)


@function("PPMT")
def ppmt(rate: Number, per: Number, nper: Number, pv: Number, fv: Number = 0.0, when: Number = 0.0) -> Result:
    part = interest(rate, per, nper, pv, fv, when)
    paid = payment(rate, nper, pv, fv, when)
    if not isinstance(part, float) or isinstance(paid, CellError):
        return part if not isinstance(part, float) else paid
    return paid - part


def _cumulated(
    rate: float, periods: float, present: float, start: float, end: float, when: float
) -> tuple[float, float] | CellError:
    """Interest and principal of the whole periods from ``start`` to ``end`` (measured: 2.7 to 9.7 is 3 to 9).

    The principal of a period is that of the one before times ``1 + rate``, so that a small one keeps its digits.
    """
    first, last = math.ceil(start), math.floor(end)
    if rate <= 0.0 or periods <= 0.0 or present <= 0.0 or not 1 <= first <= last <= periods or when not in (0.0, 1.0):
        return NUM
    paid = payment(rate, periods, present, 0.0, when)
    before, growth = _growth(rate, first - 1.0 - when), _growth(rate, periods)
    if isinstance(paid, CellError) or isinstance(before, CellError) or isinstance(growth, CellError):
        return NUM
    interests = principals = 0.0
    principal = -present * rate / (growth - 1.0) * before
    for period in range(first, last + 1):
        part = paid if when == 1.0 and period == 1 else principal
        interests += paid - part
        principals += part
        principal *= 1.0 + rate
    return interests, principals


@function("CUMIPMT")
def cumipmt(
    rate: ToolpakNumber,
    nper: ToolpakNumber,
    pv: ToolpakNumber,
    start: ToolpakNumber,
    end: ToolpakNumber,
    when: ToolpakNumber,
) -> Result:
    parts = _cumulated(rate, nper, pv, start, end, when)
    return parts if isinstance(parts, CellError) else parts[0]


@function("CUMPRINC")
def cumprinc(
    rate: ToolpakNumber,
    nper: ToolpakNumber,
    pv: ToolpakNumber,
    start: ToolpakNumber,
    end: ToolpakNumber,
    when: ToolpakNumber,
) -> Result:
    parts = _cumulated(rate, nper, pv, start, end, when)
    return parts if isinstance(parts, CellError) else parts[1]


@function("ISPMT")
def ispmt(rate: Number, per: Number, nper: Number, pv: Number) -> Result:
    return DIV0 if nper == 0.0 else pv * rate * (per / nper - 1.0)


@function("NPV")
def npv(rate: Number, values: AllNumbers) -> Result:
    if rate == -1.0:
        return DIV0
    total = 0.0
    for index, value in enumerate(values, 1):
        growth = _growth(rate, float(index))
        if isinstance(growth, CellError):
            return growth
        if growth == 0.0:
            return DIV0
        total += value / growth
    return total


@function("RRI")
def rri(nper: Number, pv: Number, fv: Number) -> Result:
    if nper <= 0.0 or pv == 0.0 or fv / pv < 0.0:
        return NUM
    return power(fv / pv, 1.0 / nper) - 1.0 if fv != 0.0 else -1.0


@function("PDURATION")
def pduration(rate: Number, pv: Number, fv: Number) -> Result:
    if rate <= 0.0 or pv <= 0.0 or fv <= 0.0:
        return NUM
    growth = math.log(1.0 + rate)
    return (math.log(fv) - math.log(pv)) / growth if growth else NUM  # a rate below 1E-16 is lost beside 1


@function("EFFECT")
def effect(nominal_rate: ToolpakNumber, npery: ToolpakInteger) -> Result:
    if nominal_rate <= 0.0 or npery < 1:
        return NUM
    growth = _growth(nominal_rate / npery, float(npery))
    return growth if isinstance(growth, CellError) else growth - 1.0


@function("NOMINAL")
def nominal(effect_rate: ToolpakNumber, npery: ToolpakInteger) -> Result:
    if effect_rate <= 0.0 or npery < 1:
        return NUM
    return (power(1.0 + effect_rate, 1.0 / npery) - 1.0) * npery


@function("FVSCHEDULE")
def fvschedule(principal: Number, schedule: Grid) -> Result:
    result = principal
    for rate in schedule.flat():
        if isinstance(rate, CellError):
            return rate
        if isinstance(rate, str | bool):
            return VALUE
        result *= 1.0 + (rate or 0.0)
    return result
