"""The calendar: serial numbers to dates and back, in the 1900 and the 1904 date system.

The 1900 system counts 1 January 1900 as 1, has a day 0 (0 January 1900) and a 29 February 1900 (serial 60), as Lotus
had; the 1904 system counts 1 January 1904 as 0. Source: Microsoft, "Date systems in Excel".
"""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import NamedTuple

DAY_SECONDS = 86_400
LAST = 2_958_465  # 31 December 9999 in the 1900 system
OFFSET_1904 = 1462  # days from the one system to the other
_PHANTOM = 60  # 29 February 1900
_BEFORE_FIRST = date(1899, 12, 31).toordinal()


class Day(NamedTuple):
    """A day of the calendar; ``Day(1900, 1, 0)`` and ``Day(1900, 2, 29)`` are days as well."""

    year: int
    month: int
    day: int


def serial_of(year: int, month: int, day: int) -> int:
    """The serial number in the 1900 system; ``day`` counts on beyond the month's end. Years 1 to 9999.

    >>> serial_of(1900, 2, 28), serial_of(1900, 2, 29), serial_of(1900, 3, 1), serial_of(2024, 1, 32)
    (59, 60, 61, 45323)
    """
    days = date(year, month, 1).toordinal() - _BEFORE_FIRST
    return days + (days >= _PHANTOM) + day - 1


def day_of(serial: int) -> Day:
    """The day of a serial number of the 1900 system, 0 to 2,958,465.

    >>> day_of(0), day_of(60), day_of(45351)
    (Day(year=1900, month=1, day=0), Day(year=1900, month=2, day=29), Day(year=2024, month=2, day=29))
    """
    if serial == 0:
        return Day(1900, 1, 0)
    if serial == _PHANTOM:
        return Day(1900, 2, 29)
    found = date.fromordinal(serial + _BEFORE_FIRST - (serial > _PHANTOM))
    return Day(found.year, found.month, found.day)


def weekday(serial: int) -> int:
    """The day of the week in the 1900 system: 0 is Sunday. Serial 1 counts as a Sunday, though it was a Monday."""
    return (serial + 6) % 7


def month_days(year: int, month: int) -> int:
    """How many days a month has; February 1900 has its real 28, as EDATE and EOMONTH see it."""
    if month == 2:
        return 29 if is_leap(year) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def is_leap(year: int) -> bool:
    """Whether a year has a 29 February (1900 has not)."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def whole_days(serial: float, date1904: bool) -> int | None:
    """The day of a date and time as a serial of the 1900 system, the time cut off; None out of range."""
    days = math.floor(serial) + (OFFSET_1904 if date1904 else 0)
    return days if serial >= 0 and days <= LAST else None


def rounded_days(serial: float, date1904: bool) -> int | None:
    """The same after rounding to the full second, as YEAR, MONTH and DAY do (23:59:59.6 is the next day)."""
    if whole_days(serial, date1904) is None:
        return None
    days = split_time(serial)[0] + (OFFSET_1904 if date1904 else 0)
    return days if days <= LAST else None


def split_time(serial: float) -> tuple[int, int]:
    """Days and seconds, rounded to the full second.

    >>> split_time(0.333333333333333), split_time(1.9999999)
    ((0, 28800), (2, 0))
    """
    days = math.floor(serial)
    seconds = math.floor((serial - days) * DAY_SECONDS + 0.5)
    return (days + 1, 0) if seconds >= DAY_SECONDS else (days, seconds)


def now_serial(now: datetime, date1904: bool) -> float:
    """A moment as a serial number of the workbook's date system."""
    seconds = now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1_000_000
    return serial_of(now.year, now.month, now.day) - (OFFSET_1904 if date1904 else 0) + seconds / DAY_SECONDS
