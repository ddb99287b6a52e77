"""Time between dates: DATEDIF, DAYS360, YEARFRAC.

Sources: Microsoft, the page of each function; OASIS OpenFormula (day counts); the quirks of DATEDIF and of the US
method of DAYS360 as the ClosedXML project found them in Excel; YEARFRAC after D. Wheeler, "YEARFRAC incompatibilities".
"""

import math

from ...values import NUM
from ..kinds import Context, Logical, Number, Result, Text, ToolpakNumber
from ..registry import function
from ..serials import Day, day_of, is_leap, month_days, rounded_days, serial_of, whole_days


@function("DATEDIF")
def datedif(start: Number, end: Number, unit: Text, context: Context) -> Result:
    date1904 = context.run.book.settings.date1904
    first, last = whole_days(start, date1904), whole_days(end, date1904)
    if first is None or last is None or first > last:
        return NUM
    one, two = day_of(first), day_of(last)
    months = (two.year - one.year) * 12 + two.month - one.month - (two.day < one.day)
    found = {"D": last - first, "M": months, "Y": months // 12, "YM": months % 12}
    kind = unit.upper()
    if kind == "MD":
        return _days_without_months(one, two, last)
    return _days_without_years(one, two, first) if kind == "YD" else found.get(kind, NUM)


def _days_without_months(one: Day, two: Day, last: int) -> int:
    """Counted from the start's day in the month before the end's; below 0 where that month is shorter."""
    if two.day >= one.day:
        return two.day - one.day
    year, month = (two.year, two.month - 1) if two.month > 1 else (two.year - 1, 12)
    return last - serial_of(year, month, one.day)


def _days_without_years(one: Day, two: Day, first: int) -> int:
    """The end moved to the start's year or the next one. From before March 1900 it is off by a day in places."""
    year = one.year + ((two.month, two.day) < (one.month, one.day))
    days = serial_of(year, two.month, two.day) - first
    off = first <= 60 and two.year > 1900 and two.month == 3 and two.day < one.day
    return days - off


def _is_month_end(day: Day) -> bool:
    if day[:2] == (1900, 2):
        return day.day == 29
    return day.day == month_days(day.year, day.month)


def days_360(one: Day, two: Day, european: bool) -> int:
    """Days between two dates in years of twelve months of 30 days."""
    first, last = one.day, two.day
    if european:
        first, last = min(first, 30), min(last, 30)
    else:
        first = 30 if _is_month_end(one) else first
        last = 30 if last == 31 and first == 30 else last
    return (two.year - one.year) * 360 + (two.month - one.month) * 30 + last - first


@function("DAYS360")
def days360(start: Number, end: Number, european: Logical = False, *, context: Context) -> Result:
    """Times are rounded to the second before the day is told (measured)."""
    date1904 = context.run.book.settings.date1904
    first, last = rounded_days(start, date1904), rounded_days(end, date1904)
    return NUM if first is None or last is None else days_360(day_of(first), day_of(last), european)


@function("YEARFRAC")
def yearfrac(start: ToolpakNumber, end: ToolpakNumber, basis: ToolpakNumber = 0.0, *, context: Context) -> Result:
    date1904 = context.run.book.settings.date1904
    first, last = whole_days(start, date1904), whole_days(end, date1904)
    if first is None or last is None or not 0 <= basis < 5:
        return NUM
    return year_fraction(min(first, last), max(first, last), math.trunc(basis))


def year_fraction(first: int, last: int, basis: int) -> float:
    """The part of a year between two serials of the 1900 system, the first not after the last; basis 0 to 4.

    >>> year_fraction(39508, 39691, 0), year_fraction(39508, 39691, 2)
    (0.5, 0.5083333333333333)
    """
    one, two = day_of(first), day_of(last)
    if basis == 0:
        return _days_360_us(one, two) / 360
    if basis == 1:
        return 0.0 if first == last else (last - first) / _year_length(one, two)
    if basis == 4:
        return days_360(one, two, True) / 360
    return (last - first) / (360 if basis == 2 else 365)


def _days_360_us(one: Day, two: Day) -> int:
    """The US method as securities use it: other than DAYS360, an end of February moves only with the start's."""
    first, last = one.day, two.day
    if first >= 30 and last == 31:
        first, last = 30, 30
    elif first == 31:
        first = 30
    elif one.month == 2 and _is_month_end(one):
        first = 30
        if two.month == 2 and _is_month_end(two):
            last = 30
    return (two.year - one.year) * 360 + (two.month - one.month) * 30 + last - first


def _year_length(one: Day, two: Day) -> float:
    """Actual/actual: up to a year apart 366 where a 29 February counts; else the mean of the years touched."""
    if one.year == two.year:
        return 366 if is_leap(one.year) else 365
    if two.year == one.year + 1 and (two.month, two.day) <= (one.month, one.day):
        in_first = is_leap(one.year) and (one.month, one.day) <= (2, 29)
        in_second = is_leap(two.year) and (two.month, two.day) >= (2, 29)
        return 366 if in_first or in_second else 365
    years = range(one.year, two.year + 1)
    return sum(366 if is_leap(year) else 365 for year in years) / len(years)
