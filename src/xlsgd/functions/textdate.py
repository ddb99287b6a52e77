"""Text that reads as a date, a time or both, as a person with US settings types it.

What such a text means depends on the workbook (1900 or 1904) and on today (``5-Mar`` is of this year): the engine says
both with :func:`reading` around a run. Rules: Microsoft, DATEVALUE and TIMEVALUE pages, ECMA-376 part 1, 18.17.4; what
is accepted in detail (spaces, parts beyond their range, leading zeros) as the ClosedXML project found it in Excel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import NamedTuple

from .serials import LAST, OFFSET_1904, month_days, serial_of

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMERIC = re.compile(r"([0-9]{1,4}) ?([-/]) ?([0-9]{1,4})(?: ?\2 ?([0-9]{1,4}))? ?\Z")
_DAY_FIRST = re.compile(r"([0-9]{1,2}) ?[-/]? ?([a-z]{3,9})(?: ?[-/,]? ?([0-9]{1,4}))? ?\Z")
_MONTH_FIRST = re.compile(r"([a-z]{3,9}) ?[-/]? ?([0-9]{1,4})(?: ?, ?([0-9]{1,4}))? ?\Z")
_YEAR_FIRST = re.compile(r"([0-9]{4}) ?[-/ ] ?([a-z]{3,9}) ?[-/ ] ?([0-9]{1,2}) ?\Z")
_CLOCK = re.compile(
    r" ?([0-9]{1,4}) ?:(?: ?([0-9]{1,4})(?: ?(:) ?([0-9]{1,4})?)? ?(?:\. ?([0-9]*))?)? ?(?:(?<= )([ap])m?)? ?\Z"
)
_HOUR = re.compile(r" ?([0-9]{1,2}) ([ap])m? ?\Z")
_TIME_FOLLOWS = re.compile(r" (?=[0-9]{1,4} ?:|[0-9]{1,2} [ap]m? ?\Z)")
_SPACES = re.compile(" +")


class _Reading(NamedTuple):
    date1904: bool
    year: int | None


_OUTSIDE = _Reading(False, None)
_current: ContextVar[_Reading] = ContextVar("text as dates", default=_OUTSIDE)


@contextmanager
def reading(date1904: bool, now: datetime) -> Iterator[None]:
    """Within, text is read for a workbook with this date system, today being ``now``."""
    token = _current.set(_Reading(date1904, now.year))
    try:
        yield
    finally:
        _current.reset(token)


def text_to_serial(text: str) -> float | None:
    """The serial number that a date, a time, or a date with a time means; None for any other text.

    >>> text_to_serial("1/2/2024"), text_to_serial("29-Feb-1900"), text_to_serial("6:00"), text_to_serial("2 PM")
    (45293.0, 60.0, 0.25, 0.5833333333333334)
    """
    lower = _SPACES.sub(" ", text.lower())
    time = _time(lower)
    if time is not None:
        return time
    follows = _TIME_FOLLOWS.search(lower, 1)
    if follows is None:
        return _date(lower)
    days, time = _date(lower[: follows.start()]), _time(lower[follows.end() :])
    return None if days is None or time is None else days + time


def _date(text: str) -> float | None:
    plain = text.lstrip(" ")
    found = _parts(plain)
    if found is None:
        return None
    year, month, day = found
    if (plain != text and year is not None) or not 1 <= month <= 12:
        return None
    if year is None:
        year = _this_year()
    days = 29 if (year, month) == (1900, 2) else month_days(year, month)
    if not 1900 <= year <= 9999 or not 1 <= day <= days:
        return None
    serial = serial_of(year, month, day) - (OFFSET_1904 if _current.get().date1904 else 0)
    return float(serial) if 0 <= serial <= LAST else None


def _parts(text: str) -> tuple[int | None, int, int] | None:
    """Year (None: this one), month and day of a text, not checked against the calendar."""
    if found := _NUMERIC.match(text):
        return _numeric(found[1], found[3], found[4])
    if found := _DAY_FIRST.match(text):
        return _named(found[2], found[3], int(found[1]))
    if found := _MONTH_FIRST.match(text):
        return _named(found[1], found[3], int(found[2])) if found[3] else _month_and_number(found[1], found[2])
    if found := _YEAR_FIRST.match(text):
        return _named(found[2], found[1], int(found[3]))
    return None


def _numeric(first: str, second: str, third: str | None) -> tuple[int | None, int, int] | None:
    """``m/d/y``, ``y/m/d``, ``m/d``, ``m/y`` and ``y/m``."""
    if len(first) == 3 or len(second) == 3:
        return None
    if len(first) == 4:
        if len(second) > 2 or (third is not None and len(third) > 2):
            return None
        return int(first), int(second), int(third or 1)
    if third is not None:
        year = _year(third)
        return None if year is None or len(second) > 2 else (year, int(first), int(second))
    return _month_or_day(int(first), second)


def _month_and_number(name: str, number: str) -> tuple[int | None, int, int] | None:
    month = _month(name)
    return None if month is None else _month_or_day(month, number)


def _month_or_day(month: int, number: str) -> tuple[int | None, int, int] | None:
    """A month with a number that is its day where it has that many, else the year."""
    year = _year(number)
    if year is None or not 1 <= month <= 12:
        return None
    is_day = len(number) <= 2 and 1 <= int(number) <= month_days(_this_year(), month)
    return (None, month, int(number)) if is_day else (year, month, 1)


def _named(name: str, year: str | None, day: int) -> tuple[int | None, int, int] | None:
    month, full = _month(name), None if year is None else _year(year)
    return None if month is None or (year is not None and full is None) else (full, month, day)


def _month(name: str) -> int | None:
    return next((index for index, full in enumerate(_MONTHS, 1) if full.startswith(name)), None)


def _year(text: str) -> int | None:
    """A year of one, two or four digits; 00 to 29 are 2000 to 2029."""
    if len(text) == 4:
        return int(text)
    return None if len(text) == 3 else int(text) + (2000 if int(text) < 30 else 1900)


def _this_year() -> int:
    year = _current.get().year
    return datetime.now().year if year is None else year


def _time(text: str) -> float | None:
    if found := _HOUR.match(text):
        return _twelve_hours(int(found[1]), 0, 0.0, found[2])
    found = _CLOCK.match(text)
    if found is None:
        return None
    first, second, colon, third, fraction, half = found.groups()
    if any(part and len(part) > 2 and part[0] == "0" for part in (first, second, third)):
        return None
    part = int(1000 * float(f"0.{fraction or 0}") + 0.5) / 1000
    if fraction is not None and not colon:  # 14:30.5 is minutes and seconds
        return _clock(0, int(first), int(second), part, half)
    if third is None and (fraction is not None or (half and (colon or second is None))):
        return None
    return _clock(int(first), int(second or 0), int(third or 0), part, half)


def _clock(hours: int, minutes: int, seconds: int, part: float, half: str | None) -> float | None:
    """A time of day; without AM or PM one of its parts may be beyond its range."""
    if half:
        return _twelve_hours(hours, minutes, seconds + part, half) if seconds < 60 else None
    if (hours >= 24) + (minutes >= 60) + (seconds >= 60) > 1:
        return None
    return (hours * 3600 + minutes * 60 + seconds + part) / 86_400


def _twelve_hours(hours: int, minutes: int, seconds: float, half: str) -> float | None:
    if hours > 12 or minutes > 59:
        return None
    return ((hours % 12 + (12 if half == "p" else 0)) * 3600 + minutes * 60 + seconds) / 86_400
