"""Dates and times: made, taken apart, moved by months, told from text.

Sources: Microsoft, the page of each function and "Date systems in Excel"; arguments out of range as the ClosedXML
project found them in Excel. Where a function cuts off the time and where it rounds it to the second differs: measured.
"""

import math

from ...values import NUM, VALUE, CellError, Scalar
from ..context import Context as Where
from ..kinds import Context, Number, Result, ToolpakNumber, Value
from ..registry import function
from ..serials import (
    DAY_SECONDS,
    LAST,
    OFFSET_1904,
    Day,
    day_of,
    month_days,
    now_serial,
    rounded_days,
    serial_of,
    split_time,
    weekday,
    whole_days,
)
from ..textdate import text_to_serial

_SHORT = 32_767  # month, day, hour, minute and second are 16-bit numbers
_SNAP = 5e-7
"""What is nearer than this to the next whole number counts as it: DATE(2025.9999999,1,1) is of 2026, and 2025.999999
is not (measured; the exact limit is not known)."""
_MONTHS_LIMIT = 9999 * 12


def _is_1904(context: Where) -> bool:
    return context.run.book.settings.date1904


def in_system(days: int, context: Where) -> Result:
    """A serial of the 1900 system as one of the workbook's; #NUM! out of range."""
    serial = days - (OFFSET_1904 if _is_1904(context) else 0)
    return serial if serial >= 0 and days <= LAST else NUM


def _floor(number: float) -> float:
    return math.floor(number + _SNAP) if abs(number) < 1e15 else number


@function("DATE")
def date(year: Number, month: Number, day: Number, context: Context) -> Result:
    """Years below 1900 have 1900 added; months and days count on beyond their range."""
    year, month, day = min(_floor(year), 10_000), _floor(month), _floor(day)
    if not -_SHORT <= month < _SHORT:
        return NUM
    day = _SHORT if day > _SHORT or day < -_SHORT - 1 else day
    count = (year + 1900 if year < 1900 else year) * 12 + month - 1
    if not 12 <= count < 10_000 * 12:
        return NUM
    return in_system(serial_of(int(count // 12), int(count % 12) + 1, 1) + int(day) - 1, context)


@function("TIME")
def time(hour: Number, minute: Number, second: Number) -> Result:
    """Whole days are taken off; minutes and seconds may be negative as long as the sum is not."""
    parts = [_floor(part) for part in (hour, minute, second)]
    if any(part > _SHORT or part < -_SHORT - 1 for part in parts):
        return NUM
    total = parts[0] * 3600 + parts[1] * 60 + parts[2]
    if total < 0:
        return NUM
    days = total / DAY_SECONDS
    return days - math.floor(days)


def _day(serial: float, context: Where) -> Day | None:
    days = rounded_days(serial, _is_1904(context))
    return None if days is None else day_of(days)


@function("YEAR")
def year(serial: Number, context: Context) -> Result:
    found = _day(serial, context)
    return NUM if found is None else found.year


@function("MONTH")
def month(serial: Number, context: Context) -> Result:
    found = _day(serial, context)
    return NUM if found is None else found.month


@function("DAY")
def day(serial: Number, context: Context) -> Result:
    found = _day(serial, context)
    return NUM if found is None else found.day


def _seconds(serial: float, context: Where) -> int | None:
    """The second of the day, rounded."""
    return None if whole_days(serial, _is_1904(context)) is None else split_time(serial)[1]


@function("HOUR")
def hour(serial: Number, context: Context) -> Result:
    found = _seconds(serial, context)
    return NUM if found is None else found // 3600


@function("MINUTE")
def minute(serial: Number, context: Context) -> Result:
    found = _seconds(serial, context)
    return NUM if found is None else found // 60 % 60


@function("SECOND")
def second(serial: Number, context: Context) -> Result:
    found = _seconds(serial, context)
    return NUM if found is None else found % 60


@function("NOW", volatile=True)
def now(context: Context) -> Result:
    return now_serial(context.run.now, _is_1904(context))


@function("TODAY", volatile=True)
def today(context: Context) -> Result:
    return math.floor(now_serial(context.run.now, _is_1904(context)))


def _from_text(value: Scalar) -> float | CellError:
    if isinstance(value, CellError):
        return value
    serial = text_to_serial(value) if isinstance(value, str) else None
    return VALUE if serial is None else serial


@function("DATEVALUE")
def datevalue(text: Value) -> Result:
    """Only text is read, not numbers; hours beyond a day move the date."""
    serial = _from_text(text)
    return serial if isinstance(serial, CellError) else math.floor(serial)


@function("TIMEVALUE")
def timevalue(text: Value) -> Result:
    serial = _from_text(text)
    return serial if isinstance(serial, CellError) else serial - math.floor(serial)


@function("DAYS")
def days(end: Number, start: Number, context: Context) -> Result:
    last, first = whole_days(end, _is_1904(context)), whole_days(start, _is_1904(context))
    return NUM if last is None or first is None else last - first


def _moved(start: float, months: float, context: Where) -> tuple[int, int, int] | None:
    """Year, month and day that stand some months (cut off towards zero) from a date's; None out of range."""
    days = whole_days(start, _is_1904(context))
    if days is None or abs(months) > _MONTHS_LIMIT:
        return None
    year, month, day = day_of(days)
    count = year * 12 + month - 1 + math.trunc(months)
    return (count // 12, count % 12 + 1, day) if 1900 * 12 <= count < 10_000 * 12 else None


@function("EDATE")
def edate(start: ToolpakNumber, months: ToolpakNumber, context: Context) -> Result:
    moved = _moved(start, months, context)
    if moved is None:
        return NUM
    year, month, day = moved
    return in_system(serial_of(year, month, min(day, month_days(year, month))), context)


@function("EOMONTH")
def eomonth(start: ToolpakNumber, months: ToolpakNumber, context: Context) -> Result:
    moved = _moved(start, months, context)
    if moved is None:
        return NUM
    year, month, _ = moved
    return in_system(serial_of(year, month, month_days(year, month)), context)


_FIRST_DAYS = {1: 0, 2: 1, 11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 6, 17: 0}
"""Return types of WEEKDAY and WEEKNUM: the day a week begins with, Sunday being 0."""


@function("WEEKDAY")
def weekday_(serial: Number, form: Number = 1.0, *, context: Context) -> Result:
    """Form 3 counts from Monday as 0, all others from 1."""
    days, kind = whole_days(serial, _is_1904(context)), math.trunc(form)
    if days is None or (kind not in _FIRST_DAYS and kind != 3):
        return NUM
    return (weekday(days) - 1) % 7 if kind == 3 else (weekday(days) - _FIRST_DAYS[kind]) % 7 + 1


@function("WEEKNUM")
def weeknum(serial: ToolpakNumber, form: ToolpakNumber = 1.0, *, context: Context) -> Result:
    """Weeks counted from the one that holds 1 January; form 21 is ISO's. Day 0 is in week 0 of Sunday's weeks."""
    days, kind = whole_days(serial, _is_1904(context)), math.trunc(form)
    if days is None or (kind not in _FIRST_DAYS and kind != 21):
        return NUM
    if kind == 21:
        return iso_week(days)
    first_day = _FIRST_DAYS[kind]
    start = serial_of(day_of(days).year, 1, 1)
    start -= (weekday(start) - first_day) % 7
    return (days - start) // 7 + 1


@function("ISOWEEKNUM")
def isoweeknum(serial: Number, context: Context) -> Result:
    days = whole_days(serial, _is_1904(context))
    return NUM if days is None else iso_week(days)


def iso_week(days: int) -> int:
    """The week of a day as ISO 8601 counts: weeks start on Monday and belong to the year of their Thursday.

    >>> iso_week(44927), iso_week(45292)
    (52, 1)
    """
    thursday = max(days - (weekday(days) - 1) % 7 + 3, 0)
    start = serial_of(day_of(min(thursday, LAST)).year, 1, 1)
    return (thursday - start) // 7 + 1
