"""Depreciation: SLN, SYD, DB, DDB, VDB. Source: Microsoft, the page of each function."""

import math

from ...values import DIV0, NUM
from ..kinds import Logical, Number, Result
from ..meter import charge
from ..numbers.elementary import power
from ..registry import function

_MOST_PERIODS = 100_000.0


@function("SLN")
def sln(cost: Number, salvage: Number, life: Number) -> Result:
    return DIV0 if life == 0.0 else (cost - salvage) / life


@function("SYD")
def syd(cost: Number, salvage: Number, life: Number, period: Number) -> Result:
    if salvage < 0.0 or life <= 0.0 or not 0.0 < period <= life:
        return NUM
    return (cost - salvage) * (life - period + 1.0) * 2.0 / (life * (life + 1.0))


@function("DB")
def db(cost: Number, salvage: Number, life: Number, period: Number, month: Number = 12.0) -> Result:
    months = math.trunc(month)
    count = life + 1.0 if months < 12 else life
    if cost < 0.0 or salvage < 0.0 or life <= 0.0 or not 1 <= months <= 12 or not 1.0 <= period <= count:
        return NUM
    if cost == 0.0 or period > _MOST_PERIODS:
        return 0.0 if cost == 0.0 else NUM
    kept = power(salvage / cost, 1.0 / life) if salvage > 0.0 else 0.0
    rate = math.floor((1.0 - kept) * 1000.0 + 0.5) / 1000.0
    lost = cost * rate * months / 12.0
    total = lost
    for number in range(2, int(period) + 1):
        part = (12.0 - months) / 12.0 if number == int(life) + 1 else 1.0
        lost = (cost - total) * rate * part
        total += lost
    return lost


def declining(cost: float, salvage: float, life: float, period: float, factor: float) -> float:
    """One period's share of the rest, down to the salvage value."""
    rate = min(factor / life, 1.0)
    before = (cost if period == 1.0 else 0.0) if rate == 1.0 else cost * math.pow(1.0 - rate, period - 1.0)
    after = cost * math.pow(1.0 - rate, period)
    return max(before - max(after, salvage), 0.0)


@function("DDB")
def ddb(cost: Number, salvage: Number, life: Number, period: Number, factor: Number = 2.0) -> Result:
    if cost < 0.0 or salvage < 0.0 or factor <= 0.0 or not 0.0 < period <= life:
        return NUM
    return declining(cost, salvage, life, period, factor)


@function("VDB")
def vdb(
    cost: Number,
    salvage: Number,
    life: Number,
    start: Number,
    end: Number,
    factor: Number = 2.0,
    no_switch: Logical = False,
) -> Result:
    """Periods are counted from a broken start in both directions, so the first and the last may be short (measured)."""
    if cost < 0.0 or salvage < 0.0 or life <= 0.0 or factor <= 0.0 or not 0.0 <= start <= end <= life:
        return NUM
    if end > _MOST_PERIODS:
        return NUM
    charge(10 * math.ceil(end))
    total, left, at = 0.0, cost, 0.0
    next_stop = start - math.floor(start) or 1.0
    while at < end:
        stop = min(next_stop, end)
        part = stop - at
        rest = max(left - salvage, 0.0)
        lost = min(left * min(factor / life, 1.0), rest) * part
        if not no_switch:
            lost = max(lost, rest * min(part / (life - at), 1.0))
        if at >= start:
            total += lost
        left -= lost
        at, next_stop = stop, next_stop + 1.0
    return total
