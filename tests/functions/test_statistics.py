"""Statistics and linear algebra against NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xlsgd.functions.statistics import linear, moments, normal, order
from xlsgd.functions.statistics.linear import LeastSquares

NUMBERS = st.lists(st.integers(-1000, 1000).map(lambda n: n / 8), min_size=2, max_size=30)


@given(NUMBERS)
def test_moments(numbers: list[float]) -> None:
    assert moments.mean(numbers) == pytest.approx(np.mean(numbers), abs=1e-12)
    for lost in (0, 1):
        assert moments.variance(numbers, lost) == pytest.approx(np.var(numbers, ddof=lost), rel=1e-9, abs=1e-9)


@given(NUMBERS, st.floats(0, 1))
def test_percentiles(numbers: list[float], share: float) -> None:
    assert order.percentile(numbers, share) == pytest.approx(np.percentile(numbers, 100 * share), rel=1e-9, abs=1e-9)
    assert order.median(numbers) == np.median(numbers)


@given(NUMBERS, st.floats(0.01, 0.99))
def test_exclusive_percentiles(numbers: list[float], share: float) -> None:
    count = len(numbers)
    assume(1 <= share * (count + 1) <= count)
    expected = np.quantile(numbers, share, method="weibull")
    assert order.percentile_exclusive(numbers, share) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def random_matrix(seed: int, rows: int, columns: int) -> list[list[float]]:
    return [[float(x) for x in row] for row in np.random.default_rng(seed).normal(size=(rows, columns))]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_inverse_and_determinant(size: int) -> None:
    matrix = random_matrix(size, size, size)
    assert linear.determinant(matrix) == pytest.approx(np.linalg.det(matrix), rel=1e-10)
    inverse = linear.inverse(matrix)
    assert inverse is not None
    assert np.allclose(np.array(inverse), np.linalg.inv(matrix), rtol=1e-9)


def test_a_singular_matrix_has_no_inverse() -> None:
    assert linear.inverse([[1.0, 2.0], [2.0, 4.0]]) is None
    assert linear.determinant([[1.0, 2.0], [2.0, 4.0]]) == 0.0


@pytest.mark.parametrize(("rows", "columns"), [(5, 1), (6, 2), (12, 4), (40, 7)])
def test_least_squares(rows: int, columns: int) -> None:
    xs, ys = random_matrix(rows, columns, rows), random_matrix(rows + 1, 1, rows)[0]
    design = np.array(xs).T
    expected, residual, *_ = np.linalg.lstsq(design, np.array(ys), rcond=None)
    fit = LeastSquares(xs, ys)
    np.testing.assert_allclose(fit.coefficients, expected, rtol=1e-9)
    assert fit.residual == pytest.approx(residual[0], rel=1e-9)
    np.testing.assert_allclose(fit.scale, np.sqrt(np.diag(np.linalg.inv(design.T @ design))), rtol=1e-9)


def test_a_column_that_depends_on_others_gets_no_coefficient() -> None:
    first, third = [1.0, 2.0, 3.0, 5.0], [1.0, 0.0, 2.0, 7.0]
    fit = LeastSquares([first, [2.0 * x for x in first], third], [1.0, 2.0, 2.5, 4.0])
    assert fit.used == [0, 2]
    assert (fit.coefficients[1], fit.scale[1]) == (0.0, 0.0)


@given(st.floats(-37, 37))
def test_the_normal_distribution(z: float) -> None:
    assert normal.cumulative(z) == pytest.approx(0.5 * math.erfc(-z / math.sqrt(2)), rel=2e-13)
