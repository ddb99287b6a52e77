"""Dates and times shown by a format section, in English.

A time is rounded to what the section shows of it (full seconds, or their tenths to thousandths) and what is carried
over goes into minutes, hours and days. Sources: ECMA-376 part 1, 18.8.31; the rounding is measured (SheetJS compared
it with Excel).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ..context import NoAnswer
from ..serials import DAY_SECONDS, LAST, OFFSET_1904, Day, day_of, weekday
from .formatcode import Part, Section

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_ENGLISH = 0x09
_BUDDHIST = 543
_ALMOST = 86_399.9999  # seconds of a day that count as the next one where no time is shown


class _Moment(NamedTuple):
    """A point in time as a section shows it; ``serial`` and ``elapsed`` count days, ``ticks`` parts of a second."""

    day: Day
    serial: int
    elapsed: int
    second: int
    ticks: int
    places: int


def show_date(number: float, section: Section, date1904: bool) -> str | None:
    """The text of a serial number; None where it is out of range (before the first day, beyond the year 9999)."""
    if section.locale is not None and section.locale & 0xFF != _ENGLISH and _has_names(section):
        raise NoAnswer(f"TEXT with the language [$-{section.locale:X}]")
    if any(part.kind == "date" and part.text.startswith(("b1", "b2", "g")) for part in section.parts):
        raise NoAnswer("TEXT with an era or another calendar")
    if number < 0:
        shown = show_date(-number, section, date1904) if date1904 else None
        return None if shown is None else "-" + shown
    moment = _moment(number, section, date1904)
    if moment is None:
        return None
    twelve = section.has("clock")
    return "".join(_shown(part, moment, twelve) for part in section.parts)


def _has_names(section: Section) -> bool:
    return any(part.kind == "date" and part.text[0] in "md" and len(part.text) > 2 for part in section.parts)


def _moment(number: float, section: Section, date1904: bool) -> _Moment | None:
    if number > LAST + 1:
        return None
    days = math.floor(number)
    seconds = (number - days) * DAY_SECONDS
    places = max((len(part.text) for part in section.parts if part.kind == "part"), default=0)
    timed = any(p.kind == "elapsed" or (p.kind == "date" and p.text[0] in "hns") for p in section.parts) or places
    scale = int(10**places)
    ticks = math.floor(seconds * scale + 0.5) if timed else math.floor(seconds)
    if ticks >= DAY_SECONDS * scale or (not timed and seconds > _ALMOST):
        days, ticks = days + 1, 0
    serial = days + (OFFSET_1904 if date1904 else 0)
    if serial > LAST:
        return None
    return _Moment(day_of(serial), serial, days, ticks // scale, ticks % scale, places)


def _shown(part: Part, moment: _Moment, twelve: bool) -> str:
    if part.kind == "literal":
        return part.text
    if part.kind == "part":
        return "." + str(moment.ticks).zfill(moment.places)[: len(part.text)]
    if part.kind == "clock":
        return _half(part.text, moment.second >= DAY_SECONDS // 2)
    if part.kind == "elapsed":
        seconds = moment.elapsed * DAY_SECONDS + moment.second
        count = seconds // {"h": 3600, "m": 60, "s": 1}[part.text[0]]
        return str(count).zfill(len(part.text))
    return _unit(part.text, moment, twelve)


def _half(text: str, afternoon: bool) -> str:
    if len(text) == 3:
        return text[2] if afternoon else text[0]
    return "PM" if afternoon else "AM"


def _unit(text: str, moment: _Moment, twelve: bool) -> str:
    letter, width = text[0], len(text)
    if letter in "ye":
        return str(moment.day.year) if width > 2 or letter == "e" else f"{moment.day.year % 100:02d}"
    if letter == "b":
        year = moment.day.year + _BUDDHIST
        return str(year) if width > 2 else f"{year % 100:02d}"
    if letter == "m":
        return _named(moment.day.month, _MONTHS[moment.day.month - 1], width)
    if letter == "d":
        return _named(moment.day.day, _DAYS[weekday(moment.serial)], min(width, 4))
    hour = moment.second // 3600
    if letter == "h":
        hour = (hour + 11) % 12 + 1 if twelve else hour
        return str(hour).zfill(width)
    count = moment.second // 60 % 60 if letter == "n" else moment.second % 60
    return str(count).zfill(width)


def _named(number: int, name: str, width: int) -> str:
    """A month or a day: its number, its short or full name, or (five letters) its initial."""
    if width <= 2:
        return str(number).zfill(width)
    return {3: name[:3], 5: name[:1]}.get(width, name)
