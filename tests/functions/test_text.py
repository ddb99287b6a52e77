"""Text against Python's: decimals for numbers shown, UTF-16 for positions, replacing and splitting."""

from __future__ import annotations

import string
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from xlsgd.functions.context import NoAnswer
from xlsgd.functions.numbers.units import from_units, unit_length, units
from xlsgd.functions.numbertext import general_text, number_to_text
from xlsgd.functions.text import text, textsearch
from xlsgd.functions.text.formatvalue import format_value
from xlsgd.functions.textnumber import text_to_number
from xlsgd.values import VALUE, CellError

FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
NUMBERS = st.one_of(st.just(0.0), st.floats(1e-307, 1e307), st.floats(-1e307, -1e-307))
MODEST = st.one_of(st.floats(-1e9, 1e9), st.integers(-(10**12), 10**12).map(lambda cents: cents / 100))
WORDS = st.text(st.sampled_from("ab ,.\N{GRINNING FACE}é"), max_size=12)
CODES = st.text(st.sampled_from('0#?,.%E+-/;@"\\_*[]<>=hmsdyabeGgRred 19\N{EURO SIGN}General'), max_size=14)


@given(NUMBERS)
def test_a_number_joined_has_fifteen_digits(number: float) -> None:
    shown = number_to_text(number)
    wanted = FIFTEEN.plus(Decimal(number))
    if "E" in shown and abs(int(shown.partition("E")[2])) >= 99:
        wanted = Context(prec=14, rounding=ROUND_HALF_UP).plus(wanted)  # rounded twice, as Excel does
    assert Decimal(shown) == wanted or (len(shown) == 20 and abs(Decimal(shown) - wanted) < Decimal("1E-17"))


@given(NUMBERS)
def test_a_number_joined_reads_as_what_it_shows(number: float) -> None:
    shown = number_to_text(number)
    read = text_to_number(shown)
    assert read == float(shown)
    assert read is not None
    assert number_to_text(read) == shown


@given(NUMBERS)
def test_general_fits_eleven_places(number: float) -> None:
    shown = general_text(number)
    assert len(shown.lstrip("-").replace(".", "")) <= 11
    assert abs(float(shown) - number) <= abs(number) * 1e-5 + 1e-9 * (abs(number) < 1e-4)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_whole_numbers_are_shown_with_separators(number: int) -> None:
    assert format_value(float(number), "#,##0") == f"{number:,}"
    assert format_value(float(number), "0000") == f"{number:0{5 if number < 0 else 4}}"


@given(MODEST, st.integers(0, 6))
def test_decimals_are_rounded_half_away_on_fifteen_digits(number: float, places: int) -> None:
    exact = FIFTEEN.create_decimal(Decimal(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    wanted = f"{exact:f}" if exact else f"{abs(exact):f}"
    assert format_value(number, "0." + "0" * places if places else "0") == wanted


@given(MODEST.filter(lambda number: abs(number) < 1e6), st.sampled_from(["# ?/?", "# ??/??", "# ?/16", "# ?/10"]))
def test_no_fraction_shown_is_far_from_the_number(number: float, code: str) -> None:
    shown = format_value(number, code)
    assert shown is not None
    sign, *parts = ("-" if shown.startswith("-") else "+", *shown.lstrip("-").split())
    value = sum(
        (Fraction(part) for part in "".join(f" {part}" for part in parts).replace(" /", "/").split()), Fraction()
    )
    furthest = {"# ?/?": 10, "# ??/??": 100, "# ?/16": 32, "# ?/10": 20}[code]  # a convergent, not always the nearest
    assert abs((-value if sign == "-" else value) - Fraction(number)) <= Fraction(1, furthest) + Fraction(1, 10**8)


@given(st.one_of(MODEST, WORDS), CODES)
def test_no_format_code_fails(value: float | str, code: str) -> None:
    try:
        shown = format_value(value, code)
    except NoAnswer:
        return
    assert shown is None or isinstance(shown, str)


@given(st.text())
def test_no_text_fails_to_be_read(letters: str) -> None:
    assert isinstance(text_to_number(letters), float | None)


@given(st.sampled_from(["", "-", "+"]), st.text(st.sampled_from(string.digits + " ,.()$%eEAPM"), max_size=16))
def test_spaces_around_a_number_do_not_matter(sign: str, letters: str) -> None:
    plain = sign + letters.strip()
    assert text_to_number(f"  {plain} ") == text_to_number(plain)


@given(st.text())
def test_units_are_utf_16(letters: str) -> None:
    assert unit_length(letters) == len(units(letters)) == len(letters.encode("utf-16-le")) // 2
    assert from_units(units(letters)) == letters


@given(WORDS, st.integers(1, 14), st.integers(0, 14))
def test_a_text_is_what_stands_before_within_and_after(letters: str, start: int, count: int) -> None:
    before, within = text.mid(letters, 1.0, start - 1.0), text.mid(letters, float(start), float(count))
    after = text.mid(letters, float(start + count), 100.0)
    assert from_units(units(str(before)) + units(str(within)) + units(str(after))) == letters
    assert text.replace(letters, float(start), float(count), "") == from_units(units(str(before)) + units(str(after)))


@given(WORDS, WORDS.filter(bool), WORDS)
def test_substitute_replaces_as_python_does(letters: str, old: str, new: str) -> None:
    assert textsearch.substitute(letters, old, new) == letters.replace(old, new)


@given(WORDS, WORDS)
def test_find_gives_the_place(letters: str, wanted: str) -> None:
    place = textsearch.find(wanted, letters)
    if wanted in letters:
        assert isinstance(place, int)
        assert units(letters)[place - 1 :].startswith(units(wanted))
    else:
        assert place is VALUE


@given(st.text(st.sampled_from("ab*?~"), max_size=6), st.text(st.sampled_from("ab*?~"), max_size=12))
def test_search_with_every_wildcard_escaped_is_find(wanted: str, letters: str) -> None:
    plain = "".join(f"~{letter}" if letter in "*?~" else letter for letter in wanted)
    if letters:
        assert textsearch.search(plain, letters) == textsearch.find(wanted, letters)


@given(WORDS, st.integers(0, 40_000))
def test_no_text_is_longer_than_a_cell_holds(letters: str, count: int) -> None:
    repeated = text.rept(letters, float(count))
    if unit_length(letters) * count <= 32_767:
        assert repeated == letters * count
    else:
        assert isinstance(repeated, CellError)
