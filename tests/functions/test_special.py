"""The incomplete gamma and beta functions and their inverses against SciPy."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.functions.statistics.incomplete import (
    incomplete_beta,
    incomplete_gamma,
    inverse_beta,
    inverse_gamma,
    lgamma,
    log1p_less,
    poisson_term,
)

scipy_special = pytest.importorskip("scipy.special")
scipy_stats = pytest.importorskip("scipy.stats")

SHAPES = st.floats(-1.0, 4.0).map(lambda exponent: 10.0**exponent)


def near(got: float, expected: float, relative: float = 2e-12) -> bool:
    """SciPy itself is not much better than this in far tails."""
    return math.isclose(got, expected, rel_tol=relative, abs_tol=1e-280)


@given(SHAPES, st.floats(-6.0, 6.0))
def test_incomplete_gamma(a: float, deviations: float) -> None:
    x = max(1e-6, a + deviations * math.sqrt(a))
    lower, upper = incomplete_gamma(a, x)
    assert near(lower, scipy_special.gammainc(a, x))
    assert math.isclose(upper, scipy_special.gammaincc(a, x), rel_tol=2e-12, abs_tol=1e-15)


@given(st.integers(1, 2000), st.integers(1, 2000), st.floats(0.001, 0.999))
def test_incomplete_beta_of_halves(a: int, b: int, x: float) -> None:
    lower, upper = incomplete_beta(a / 2, b / 2, x, 1.0 - x)
    assert math.isclose(lower, scipy_special.betainc(a / 2, b / 2, x), rel_tol=1e-11, abs_tol=1e-280)
    assert lower + upper == pytest.approx(1.0, abs=1e-13)


@settings(deadline=None)
@given(SHAPES, st.floats(1e-12, 1.0, exclude_max=True))
def test_inverse_gamma(a: float, share: float) -> None:
    x = inverse_gamma(a, share, 1.0 - share)
    lower, upper = incomplete_gamma(a, x)
    assert near(lower, share, 1e-11) if share < 0.5 else near(upper, 1.0 - share, 1e-11)


@settings(deadline=None)
@given(SHAPES, SHAPES, st.floats(1e-12, 1.0, exclude_max=True))
def test_inverse_beta(a: float, b: float, share: float) -> None:
    odds = inverse_beta(a, b, share, 1.0 - share)
    lower, upper = incomplete_beta(a, b, odds / (1.0 + odds), 1.0 / (1.0 + odds))
    assert near(lower, share, 1e-10) if share < 0.5 else near(upper, 1.0 - share, 1e-10)


@given(st.floats(-7.0, 5.0).map(lambda exponent: 10.0**exponent))
def test_lgamma(x: float) -> None:
    assert math.isclose(lgamma(x), scipy_special.gammaln(x), rel_tol=1e-14, abs_tol=1e-15)


def test_lgamma_is_exact_at_its_zeros() -> None:
    assert lgamma(1.0) == 0.0
    assert lgamma(2.0) == 0.0


def test_log1p_less_keeps_its_digits() -> None:
    assert math.isclose(log1p_less(1e-9), -5e-19, rel_tol=1e-8)
    assert math.isclose(log1p_less(0.5), math.log(1.5) - 0.5, rel_tol=1e-14)


@given(st.integers(0, 5000), st.floats(0.01, 5000.0))
def test_poisson_term(count: int, mean: float) -> None:
    assert near(poisson_term(float(count), mean), scipy_stats.poisson.pmf(count, mean), 5e-11)


def test_far_tails_take_bounded_time() -> None:
    rng = random.Random(1)
    for _ in range(50):
        a, b = 10 ** rng.uniform(-3, 9), 10 ** rng.uniform(-3, 9)
        assert 0.0 <= incomplete_gamma(a, b)[0] <= 1.0
        x = rng.random()
        assert 0.0 <= incomplete_beta(a, b, x, 1.0 - x)[0] <= 1.0
