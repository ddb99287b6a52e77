"""Proportions and likeness of columns of values: what is told early is what all numbers tell."""

from __future__ import annotations

import numpy as np
import pytest

from xlsgd.check.understand import residuals, roles
from xlsgd.check.understand.expressions import Array

RNG = np.random.default_rng(5)
PLAIN = RNG.uniform(-2.0, 2.0, (24, 1))


def changed(at: int, value: float) -> Array:
    """The plain column with another number in one place."""
    found = PLAIN.copy()
    found[at] = value
    return found


COLUMNS = [
    PLAIN,
    PLAIN * 3.0,
    PLAIN * (1 + 1e-10),
    PLAIN + 1e-7,
    -PLAIN,
    np.zeros((24, 1)),
    np.full((1, 1), 2.0),
    *(changed(at, value) for at in (0, 1, 23) for value in (0.0, np.nan, np.inf, 1e-9, 5.0)),
    RNG.uniform(0.4, 1.7, (24, 1)),
    np.full((24, 1), np.nan),
]


@pytest.mark.parametrize("one", COLUMNS)
def test_what_is_told_early_is_what_all_numbers_tell(one: Array, monkeypatch: pytest.MonkeyPatch) -> None:
    early = [roles.proportion(one, two) for two in COLUMNS]
    monkeypatch.setattr(roles, "_apart", lambda *_: False)
    assert early == [roles.proportion(one, two) for two in COLUMNS]


@pytest.mark.parametrize("one", COLUMNS)
@pytest.mark.parametrize("tolerance", [1e-9, 1e-12])
def test_likeness_is_that_of_all_finite_numbers(one: Array, tolerance: float) -> None:
    for two in COLUMNS:
        first, second = np.broadcast_arrays(one, two)
        finite = np.isfinite(first) & np.isfinite(second)
        with np.errstate(all="ignore"):
            far = np.abs(first - second) > tolerance * np.maximum(np.abs(first), np.abs(second)) + 1e-300
        assert residuals.close(one, two, tolerance) is bool(finite.any() and not far[finite].any())
