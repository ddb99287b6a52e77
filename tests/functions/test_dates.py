"""Dates against Python's calendar and NumPy's working days, and there and back through text."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsgd.address import parse_cell
from xlsgd.book import Book, Formula, Settings, Sheet
from xlsgd.engine import get_engine
from xlsgd.functions.serials import LAST, OFFSET_1904, Day, day_of, serial_of, split_time, weekday
from xlsgd.functions.text.formatvalue import format_value
from xlsgd.functions.textdate import reading, text_to_serial
from xlsgd.plan import make_plan

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # whole books are evaluated

SERIALS = st.one_of(st.integers(0, LAST), st.integers(0, 450), st.integers(LAST - 100, LAST))
REAL = st.integers(61, LAST)  # from 1 March 1900 on, Excel's calendar is the world's
NEAR = st.integers(30_000, 60_000)
START = date(1899, 12, 30)
FORMATS = [
    *("yyyy-mm-dd", "m/d/yyyy", "mm/dd/yyyy", "d-mmm-yyyy", "dd mmm yyyy", "mmmm d, yyyy", "yyyy/m/d", "d mmmm yyyy"),
]


def answer(formula: str, date1904: bool = False) -> float:
    cell = parse_cell("A1")
    book = Book([Sheet("S", {}, {cell: Formula(formula, cell)})], settings=Settings(date1904=date1904))
    found = get_engine("scalar").run(make_plan(book)).at(0, *cell)
    assert isinstance(found, float)
    return found


@given(SERIALS)
def test_a_serial_is_a_day_and_back(serial: int) -> None:
    assert serial_of(*day_of(serial)) == serial


@given(REAL)
def test_days_are_those_of_the_calendar(serial: int) -> None:
    day = START + timedelta(serial)
    assert day_of(serial) == Day(day.year, day.month, day.day)
    assert weekday(serial) == day.isoweekday() % 7


@given(SERIALS.filter(bool), st.sampled_from(FORMATS), st.booleans())
def test_a_date_shown_reads_as_the_same_date(serial: int, code: str, date1904: bool) -> None:
    here = serial - OFFSET_1904 * date1904
    if here < 0:
        return
    shown = format_value(float(here), code, date1904)
    with reading(date1904, datetime(2024, 5, 1)):
        assert shown is not None
        assert text_to_serial(shown) == here


@given(REAL, st.integers(0, 86_399))
def test_a_date_with_a_time_shown_reads_as_the_same(serial: int, seconds: int) -> None:
    moment = serial + seconds / 86_400
    assert split_time(moment) == (serial, seconds)
    for code in ("yyyy-mm-dd hh:mm:ss", "d-mmm-yyyy h:mm:ss AM/PM"):
        shown = format_value(moment, code)
        assert shown is not None
        assert text_to_serial(shown) == moment


@given(REAL)
def test_a_date_shown_is_as_python_shows_it(serial: int) -> None:
    day = START + timedelta(serial)
    for code, wanted in (("dddd", "%A"), ("ddd", "%a"), ("mmmm", "%B"), ("mmm", "%b"), ("dd/mm/yy", "%d/%m/%y")):
        assert format_value(float(serial), code) == day.strftime(wanted)


@given(st.integers(0, 86_399_999))
def test_a_time_shown_is_the_clock_s(milliseconds: int) -> None:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    wanted = f"{hour:02}:{minute:02}:{second:02}.{rest:03}"
    assert format_value(milliseconds / 86_400_000, "hh:mm:ss.000") == wanted
    assert format_value(3 + milliseconds / 86_400_000, "[h]:mm:ss.000") == f"{72 + hour}{wanted[2:]}"


@PATIENT
@given(NEAR, st.integers(-800, 800), st.lists(NEAR, max_size=6), st.integers(0, 126))
def test_working_days_are_numpy_s(start: int, days: int, holidays: list[int], week: int) -> None:
    free = f"{week:07b}"  # Monday first, 1 is free
    mask = free.translate(str.maketrans("01", "10"))
    off = [np.datetime64(START + timedelta(day)) for day in holidays]
    first = np.datetime64(START + timedelta(start))
    last = first + days
    argument = f",{{{','.join(map(str, holidays))}}}" if holidays else ""
    if days >= 0:
        count = np.busday_count(first, last + 1, mask, off)
        assert answer(f'NETWORKDAYS.INTL({start},{start + days},"{free}"{argument})') == count
    if days:
        back = answer(f'NETWORKDAYS.INTL({start + days},{start},"{free}"{argument})')
        assert back == -answer(f'NETWORKDAYS.INTL({start},{start + days},"{free}"{argument})')
        # NumPy moves a free day before it counts, Excel counts from it
        there = np.busday_offset(first, days, "preceding" if days > 0 else "following", mask, off)
        assert answer(f'WORKDAY.INTL({start},{days},"{free}"{argument})') == (there - np.datetime64(START)).astype(int)


@PATIENT
@given(NEAR, st.integers(0, 4000), st.integers(0, 4))
def test_a_fraction_of_a_year_grows_with_the_days(start: int, days: int, basis: int) -> None:
    fraction = answer(f"YEARFRAC({start},{start + days},{basis})")
    assert fraction == answer(f"YEARFRAC({start + days},{start},{basis})")
    assert abs(fraction - days / 365.25) < 0.05 + days / 365.25 * 0.02


@PATIENT
@given(NEAR, st.integers(-500, 500))
def test_months_added_are_months_apart(start: int, months: int) -> None:
    moved = answer(f"EDATE({start},{months})")
    one, two = day_of(start), day_of(int(moved))
    assert (two.year - one.year) * 12 + two.month - one.month == months
    assert two.day == one.day or (two.day < one.day and answer(f"EOMONTH({moved},0)") == moved)


@PATIENT
@given(NEAR, st.sampled_from(["yyyy-mm-dd", "m/d/yyyy"]))
def test_the_1904_system_is_1462_days_behind(serial: int, code: str) -> None:
    shown = format_value(float(serial), code)
    for formula in (f'DATEVALUE("{shown}")', f'"{shown}"+0', f'VALUE("{shown}")', f'MAX("{shown}",1)'):
        assert answer(formula) == serial
        assert answer(formula, date1904=True) == serial - OFFSET_1904


def test_a_date_without_its_year_is_of_this_year() -> None:
    with reading(date1904=False, now=datetime(2022, 6, 1)):
        assert text_to_serial("1-mar") == text_to_serial("3/1") == 44621
        assert text_to_serial("feb-29") == text_to_serial("feb 2029")
    with reading(date1904=True, now=datetime(2024, 6, 1)):
        assert text_to_serial("feb-29") == 45351 - OFFSET_1904
