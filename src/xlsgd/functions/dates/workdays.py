"""Working days: WORKDAY, NETWORKDAYS and their .INTL forms. Source: Microsoft, the page of each function.

Holidays are numbers or text that reads as a date; blanks are skipped, logicals are #VALUE!, the first error wins.
"""

import math
from collections.abc import Sequence

from ...values import NUM, OMITTED, VALUE, Array, CellError, Operand, Reference, Scalar
from ..coerce import to_toolpak_number
from ..context import Context as Where
from ..gather import scan
from ..kinds import Anything, Context, Result, ToolpakNumber
from ..registry import function
from ..serials import LAST, weekday, whole_days
from .dates import in_system

Week = Sequence[bool]
"""Whether each day of the week is free, Sunday first."""

_USUAL: Week = (True, False, False, False, False, False, True)


@function("NETWORKDAYS")
def networkdays(start: ToolpakNumber, end: ToolpakNumber, holidays: Anything = OMITTED, *, context: Context) -> Result:
    return _count(start, end, _USUAL, holidays, context)


@function("NETWORKDAYS.INTL")
def networkdays_intl(
    start: ToolpakNumber,
    end: ToolpakNumber,
    weekend: Anything = OMITTED,
    holidays: Anything = OMITTED,
    *,
    context: Context,
) -> Result:
    week = _week(weekend, context)
    return week if isinstance(week, CellError) else _count(start, end, week, holidays, context)


@function("WORKDAY")
def workday(start: ToolpakNumber, days: ToolpakNumber, holidays: Anything = OMITTED, *, context: Context) -> Result:
    return _move(start, days, _USUAL, holidays, context)


@function("WORKDAY.INTL")
def workday_intl(
    start: ToolpakNumber,
    days: ToolpakNumber,
    weekend: Anything = OMITTED,
    holidays: Anything = OMITTED,
    *,
    context: Context,
) -> Result:
    week = _week(weekend, context)
    if isinstance(week, CellError):
        return week
    return VALUE if all(week) else _move(start, days, week, holidays, context)


def _week(value: Operand, context: Where) -> Week | CellError:
    """The free days that a number (1 to 7, 11 to 17) or a text such as "0000011" (from Monday on) means."""
    if value is OMITTED:
        return _USUAL
    found = _first(value, context)
    if isinstance(found, CellError):
        return found
    if isinstance(found, str) and len(found) == 7:
        if set(found) - {"0", "1"}:
            return VALUE
        return [found[6] == "1", *(day == "1" for day in found[:6])]
    number = to_toolpak_number(1.0 if found is True else found)
    if isinstance(number, CellError):
        return VALUE
    kind = math.trunc(number)
    if 1 <= kind <= 7:
        return [day in ((kind + 5) % 7, (kind + 6) % 7) for day in range(7)]
    return [day == kind - 11 for day in range(7)] if 11 <= kind <= 17 else NUM


def _first(value: Operand, context: Where) -> Scalar:
    if isinstance(value, Reference):
        sheet, top, left, _, _ = value.areas[0]
        return context.run.value(sheet, top, left)
    if isinstance(value, Array):
        return value.rows[0][0]
    return value if isinstance(value, float | str | bool | CellError) else None


def _holidays(value: Operand, week: Week, context: Where) -> set[int] | CellError:
    """The holidays that fall on working days, as serials of the 1900 system."""
    if value is OMITTED:
        return set()
    found: set[int] = set()
    elements = scan(value, context) if isinstance(value, Reference | Array) else [_first(value, context)]
    for element in elements:
        number = to_toolpak_number(element)
        if isinstance(number, CellError):
            return number
        days = whole_days(number, context.run.book.settings.date1904)
        if days is None:
            return NUM
        if element is not None and not week[weekday(days)]:
            found.add(days)
    return found


def _count(start: float, end: float, week: Week, holidays: Operand, context: Where) -> Result:
    date1904 = context.run.book.settings.date1904
    first, last = whole_days(start, date1904), whole_days(end, date1904)
    if first is None or last is None:
        return NUM
    free = _holidays(holidays, week, context)
    if isinstance(free, CellError):
        return free
    low, high = min(first, last), max(first, last)
    weeks, rest = divmod(high - low + 1, 7)
    count = weeks * list(week).count(False) + sum(not week[weekday(low + day)] for day in range(rest))
    count -= sum(low <= day <= high for day in free)
    return count if first <= last else -count


def _move(start: float, days: float, week: Week, holidays: Operand, context: Where) -> Result:
    first = whole_days(start, context.run.book.settings.date1904)
    if first is None or abs(days) > LAST:
        return NUM
    free = _holidays(holidays, week, context)
    if isinstance(free, CellError):
        return free
    left, step = abs(math.trunc(days)), 1 if days > 0 else -1
    weeks = max(left // list(week).count(False) - 1, 0)
    place = first + step * weeks * 7
    left -= weeks * list(week).count(False)
    left += sum(0 < (day - first) * step <= weeks * 7 for day in free)
    while left and -1 <= place <= LAST:
        place += step
        left -= not week[weekday(place)] and place not in free
    return in_system(place, context) if place >= 0 else NUM
