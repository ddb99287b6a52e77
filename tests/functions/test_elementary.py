"""Elementary functions against exact arithmetic: logarithms, powers, trigonometry, rounding in decimal, numerals."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from xlsgd.functions import decimals
from xlsgd.functions.numbers import elementary, numerals
from xlsgd.values import ulps

POSITIVE = st.floats(1e-300, 1e300)
FIFTY = Context(prec=50)
FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)


@given(POSITIVE)
def test_logarithms_are_correctly_rounded(number: float) -> None:
    assert elementary.ln(number) == float(Decimal(number).ln(FIFTY))
    assert elementary.log10(number) == float(Decimal(number).log10(FIFTY))


@given(st.floats(-0.999, 0.999))
def test_small_arguments_keep_their_digits(number: float) -> None:
    assume(abs(number) > 1e-300)
    assert ulps(elementary.expm1(number), math.expm1(number)) <= 8
    assert ulps(elementary.sinh(number), math.sinh(number)) <= 8
    assert ulps(elementary.tanh(number), math.tanh(number)) <= 8


@given(st.floats(-300, 300))
def test_tanh_is_odd_and_bounded(number: float) -> None:
    assert elementary.tanh(-number) == -elementary.tanh(number)
    assert -1 <= elementary.tanh(number) <= 1


@given(st.floats(-0.78, 0.78))
def test_angles_of_the_first_quadrant_need_no_reduction(angle: float) -> None:
    for ours, theirs in ((elementary.sin, math.sin), (elementary.cos, math.cos), (elementary.tan, math.tan)):
        assert ulps(ours(angle), theirs(angle)) <= 1


@given(st.floats(-1e8, 1e8))
def test_other_angles_are_off_by_the_rounding_of_pi(angle: float) -> None:
    assert abs(elementary.sin(angle) - math.sin(angle)) <= 1e-15 + abs(angle) * 2e-20
    assert abs(elementary.cos(angle) - math.cos(angle)) <= 1e-15 + abs(angle) * 2e-20


@given(st.floats(1e-3, 1e3), st.integers(-60, 60))
def test_whole_powers_are_near_the_true_ones(base: float, exponent: int) -> None:
    exact = FIFTY.power(Decimal(base), exponent)
    assert math.isclose(elementary.power(base, float(exponent)), float(exact), rel_tol=1e-13)


@given(st.integers(-300, 300))
def test_powers_of_ten_are_the_nearest_doubles(exponent: int) -> None:
    assert elementary.power(10.0, float(exponent)) == float(f"1e{exponent}")


@given(st.floats(-1e12, 1e12), st.integers(-8, 3))
def test_rounding_is_that_of_the_first_fifteen_digits(number: float, places: int) -> None:
    seen = FIFTEEN.create_decimal_from_float(number)
    unit = Decimal(1).scaleb(-places)
    assert decimals.round_half_up(number, places) == float(seen.quantize(unit, ROUND_HALF_UP, FIFTY))
    assert decimals.round_down(number, places) == float(seen.quantize(unit, ROUND_DOWN, FIFTY))
    assert abs(decimals.round_up(number, places)) >= abs(decimals.round_down(number, places))


@given(st.floats(-1e300, 1e300), st.integers(16, 400))
def test_places_beyond_the_digits_change_nothing(number: float, places: int) -> None:
    assume(abs(number) > 1.0)
    assert decimals.round_half_up(number, places) == number


@given(st.integers(1, 3999), st.integers(0, 4))
def test_roman_numerals_read_back(number: int, form: int) -> None:
    text = numerals.roman(number, float(form))
    assert isinstance(text, str)
    assert numerals.arabic(text) == number
    assert len(text) <= len(numerals.roman(number, 0.0))
