"""The check, and the proof that it fails: every kind of tampering is rejected, with the right cell."""

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlsgd.address import cell_name
from xlsgd.api import COUNTERS, calculate, generate
from xlsgd.check import Comparison, Stale, compare, differing_cached
from xlsgd.engine.base import Values
from xlsgd.errors import UsageError
from xlsgd.reference import Trace, train
from xlsgd.sheet import Told
from xlsgd.values import NUM, VALUE, Unsupported
from xlsgd.vocabulary import make_variant

EXPLODING = make_variant("linear2", epochs=2)


class Case:
    """A generated file, evaluated as it stands on disk, and its reference."""

    def __init__(self, path: Path) -> None:
        self.told: Told = generate(EXPLODING, path).told[0]
        self.values: Values = calculate(path)
        self.trace: Trace = train(EXPLODING)
        self.columns = {key: col for key, col in self.told.columns.items() if key not in COUNTERS}
        self.first = self.told.rows[0]

    def compare(self, values: Values | None = None, trace: Trace | None = None, **changed: int) -> Comparison:
        return compare(
            values or self.values,
            self.told.sheet.name,
            {**self.columns, **changed},
            self.told.rows,
            trace or self.trace,
            summary=self.told.summary,
        )

    def tampered(self, key: str, step: int, value: Any) -> Values:
        """The values with one cell changed; ``step`` counts training rows from 1."""
        values = copy.copy(self.values)
        cell = (self.first + step - 1, self.columns[key])
        if callable(value):
            value = value(values.at(0, *cell))
        values.results = [{**values.results[0], cell: value}, *values.results[1:]]
        return values


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("check") / "linear2.xlsx")


def test_an_exploding_sheet_agrees_to_the_bit(case: Case) -> None:
    found = case.compare()
    assert found.ok
    assert (found.max_ulp, found.differences) == (0, [])
    assert found.cells == 58 * len(case.columns) + len(case.told.summary)
    told = [*case.trace.columns.values(), *case.trace.summary.values()]
    assert found.events == sum(int(np.isnan(column).sum()) for column in told) > 400
    assert found.frame.loc["error", "events"] == 28
    assert found.frame["first_row"].isna().all()
    assert found.frame["cells"].sum() == found.cells


TAMPERINGS: list[tuple[str, int, object, int | None]] = [
    ("prediction", 7, lambda number: math.nextafter(number, math.inf), 1),
    ("new_c", 1, lambda number: math.nextafter(number, -math.inf), 1),
    ("x", 3, 29.0, None),
    ("error", 30, NUM, None),  # an error one row too early
    ("error", 31, 1.0, None),  # an error one row too late
    ("error", 40, 0.0, None),
    ("a", 5, None, None),
    ("da", 6, "12", None),
    ("db", 8, True, None),
    ("hidden", 9, Unsupported("LAMBDA"), None),
    ("dd", 58, Unsupported("LAMBDA"), None),
]


@pytest.mark.parametrize(("key", "step", "value", "ulp"), TAMPERINGS, ids=lambda part: str(part)[:12])
def test_one_tampered_cell_is_found(case: Case, key: str, step: int, value: object, ulp: int | None) -> None:
    found = case.compare(case.tampered(key, step, value))
    assert not found.ok
    [difference] = found.differences
    assert (difference.key, difference.cell) == (key, (case.first + step - 1, case.columns[key]))
    assert found.frame.loc[key, "first_row"] == case.first + step - 1
    assert found.frame["first_row"].notna().sum() == 1
    if ulp is not None:
        assert (found.max_ulp, difference.ulp) == (ulp, ulp)
        assert 0 < float(found.frame["max_relative"][key]) < 3e-16
    assert str(difference).startswith(f"{cell_name(*difference.cell)} ({key}): ")


def test_another_error_in_the_same_place_is_the_same_event(case: Case) -> None:
    assert case.compare(case.tampered("error", 40, VALUE)).ok


def test_swapped_columns_are_found(case: Case) -> None:
    found = case.compare(new_a=case.columns["new_b"], new_b=case.columns["new_a"])
    assert not found.ok
    assert {difference.key for difference in found.differences} == {"new_a", "new_b"}
    assert found.frame.loc["new_a", "first_row"] == case.first


def test_a_reference_that_is_wrong_by_one_ulp_is_rejected(case: Case) -> None:
    columns = {key: values.copy() for key, values in case.trace.columns.items()}
    columns["dc"][0, 11] = np.nextafter(columns["dc"][0, 11], 0.0)
    found = case.compare(trace=Trace(EXPLODING, columns, case.trace.summary, 29))
    assert [one.cell for one in found.differences] == [(case.first + 11, case.columns["dc"])]


def test_a_wrong_gradient_is_rejected(case: Case) -> None:
    other = train(make_variant("linear2", "forward", h=1e-6, epochs=2))
    assert not compare(case.values, case.told.sheet.name, case.columns, case.told.rows, _only(other, case)).ok


def _only(trace: Trace, case: Case) -> Trace:
    return Trace(trace.variant, {key: trace.columns[key] for key in case.columns}, trace.summary, trace.epoch_rows)


def test_a_tampered_summary_is_found(case: Case) -> None:
    values = copy.copy(case.values)
    cell = case.told.summary["root_sum_error_1"]
    values.results = [{**values.results[0], cell: 0.0}]
    assert [one.cell for one in case.compare(values).differences] == [cell]


def test_a_column_that_the_sheet_lacks_is_no_agreement(case: Case) -> None:
    columns = {key: col for key, col in case.columns.items() if key != "dd"}
    found = compare(case.values, case.told.sheet.name, columns, case.told.rows, case.trace, summary={})
    assert not found.ok
    assert found.missing == ("dd", *case.trace.summary)


def test_what_cannot_be_laid_side_by_side(case: Case) -> None:
    name, columns, (first, last) = case.told.sheet.name, case.columns, case.told.rows
    with pytest.raises(UsageError, match="no sheet 'nowhere'"):
        compare(case.values, "nowhere", columns, (first, last), case.trace)
    with pytest.raises(UsageError, match="57 rows on the sheet, 58 in the reference"):
        compare(case.values, name, columns, (first, last - 1), case.trace)
    with pytest.raises(UsageError, match="run 1"):
        compare(case.values, name, columns, (first, last), case.trace, run=1)
    with pytest.raises(UsageError, match="no bogus"):
        compare(case.values, name, {**columns, "bogus": 3}, (first, last), case.trace)


def test_any_run_can_be_compared(case: Case) -> None:
    trace = train(EXPLODING, lr=np.array([1e-6, 1e-4]))
    name, rows = case.told.sheet.name, case.told.rows
    assert compare(case.values, name, case.columns, rows, trace, run=1).ok
    assert not compare(case.values, name, case.columns, rows, trace, run=0).ok


def test_stored_values_that_differ_are_named(case: Case) -> None:
    assert differing_cached(case.values) == []
    cell = (case.first + 3, case.columns["new_d"])
    changed = case.tampered("new_d", 4, 2.5)
    [stale] = differing_cached(changed)
    assert stale == Stale(case.told.sheet.name, cell, 2.5, case.values.book.sheets[0].cached[cell])
    assert "calculated 2.5, stored " in str(stale)
