"""EXP, LN, TANH and COS of the reference have the bits of the cells' functions, which are written independently."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.functions.numbers import elementary as cells
from xlsgd.functions.numbers.math import exp as exp_in_cells
from xlsgd.reference import elementary
from xlsgd.values import CellError, finish

ORDINARY = st.floats(-50, 50, allow_nan=False)


def same(one: float, two: float) -> bool:
    return struct.pack("<d", one) == struct.pack("<d", two)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exp(number: float) -> None:
    want = exp_in_cells.__wrapped__(number) if hasattr(exp_in_cells, "__wrapped__") else exp_in_cells(number)
    got = float(elementary.exp(np.array([number]))[0])
    settled = finish(want) if isinstance(want, float) else want
    assert math.isnan(got) if isinstance(settled, CellError) else same(got, float(settled))


@given(st.floats(1e-300, 1e300))
def test_ln(number: float) -> None:
    assert same(float(elementary.ln(np.array([number]))[0]), cells.ln(number))


@given(ORDINARY)
def test_tanh(number: float) -> None:
    got = float(elementary.tanh(np.array([number]))[0])
    assert same(got + 0.0, cells.tanh(number) + 0.0)
    assert got == pytest.approx(math.tanh(number), rel=1e-15)


@given(st.floats(0.0, math.pi))
def test_cos(number: float) -> None:
    assert same(elementary.cosine(number), cells.cos(number))
    assert elementary.cosine(number) == pytest.approx(math.cos(number), rel=1e-15, abs=1e-19)


def test_the_corners() -> None:
    nothing = np.array([710.0, np.nan])
    assert np.isnan(elementary.exp(nothing)).all()
    assert np.isnan(elementary.ln(np.array([0.0, -1.0, np.nan]))).all()
    assert elementary.exp(np.array([-745.0, 0.0])).tolist() == [0.0, 1.0]
    assert elementary.tanh(np.array([[800.0], [-800.0]])).tolist() == [[1.0], [-1.0]]
    assert elementary.cosine(math.pi / 2) == 6.1257422745431e-17  # Excel's, not the C library's
    assert elementary.ln(np.array([1.7330503602482201])).tolist() == [cells.ln(1.7330503602482201)]


def test_a_comparison_sees_15_digits() -> None:
    one, two = np.array([0.1 + 0.2, 0.3 + 1e-12, np.nan]), np.array([0.3, 0.3, 0.3])
    chosen = elementary.where_above(one, two, 1.0, 0.0)
    assert chosen[:2].tolist() == [0.0, 1.0]
    assert np.isnan(chosen[2])
