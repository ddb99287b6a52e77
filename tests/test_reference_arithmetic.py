"""The reference's arithmetic: IEEE-754 without infinity, denormals and negative zero."""

import math
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.reference import arithmetic as at
from xlsgd.values import CellError, finish

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


def one(number: float) -> at.F64:
    return np.array([number])


def plain(operation: str, a: float, b: float) -> float:
    """The same operation on Python's numbers."""
    if operation == "over" and b == 0.0:
        return math.nan
    try:
        raw = {"plus": a + b, "minus": a - b, "times": a * b}[operation] if operation != "over" else a / b
    except OverflowError:
        return math.nan
    kept = finish(raw)
    return math.nan if isinstance(kept, CellError) else kept


@pytest.mark.parametrize("operation", ["plus", "minus", "times", "over"])
@given(a=NUMBERS, b=NUMBERS)
def test_an_operation_is_one_rounding_finished_as_a_cell_keeps_it(operation: str, a: float, b: float) -> None:
    with at.quiet():
        got = float(getattr(at, operation)(one(a), b)[0])
    want = plain(operation, a, b)
    assert math.isnan(want) == math.isnan(got)
    assert math.isnan(want) or bits(got) == bits(want)


def test_after_an_overflow_a_run_is_lost() -> None:
    with at.quiet():
        assert np.isnan(at.over(1.0, at.times(one(1e308), 10.0))).all()
        assert np.isnan(at.times(at.times(one(1e308), 10.0), 0.0)).all()


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (lambda: at.times(one(1e-200), 1e-200), 0.0),
        (lambda: at.over(one(2.2250738585072014e-308), 2.0), 0.0),
        (lambda: at.times(one(-1.0), 0.0), 0.0),
        (lambda: at.times(one(2.2250738585072014e-308), 1.0), 2.2250738585072014e-308),
        (lambda: at.larger(one(-3.0), 0.0), 0.0),
        (lambda: at.running_sum(np.array([[1e16], [1.0], [1.0]])), 1e16),
    ],
)
def test_small_results(got: Callable[[], at.F64], want: float) -> None:
    assert bits(float(got()[0])) == bits(want)


@pytest.mark.parametrize(
    "got",
    [
        lambda: at.over(one(0.0), 0.0),
        lambda: at.over(one(1.0), 0.0),
        lambda: at.root(one(-1.0)),
        lambda: at.larger(one(math.nan), 0.0),
        lambda: at.where_positive(one(math.nan), one(1.0), 0.0),
        lambda: at.where_positive(one(1.0), one(math.nan), 0.0),
        lambda: at.square(one(1e155)),
    ],
)
def test_errors_are_nan(got: Callable[[], at.F64]) -> None:
    with at.quiet():
        assert np.isnan(got()).all()


def test_the_branch_not_taken_does_not_matter() -> None:
    assert at.where_positive(one(-1.0), one(math.nan), 0.0).tolist() == [0.0]


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_a_sum_goes_from_left_to_right(numbers: list[float]) -> None:
    total = numbers[0]
    for number in numbers[1:]:
        total += number
    with at.quiet():
        got = float(at.running_sum(np.array(numbers)[:, None])[0])
    assert math.isnan(got) if not math.isfinite(total) else got == finish(total)
