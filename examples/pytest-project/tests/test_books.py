"""Tests of our own about the workbooks, beside those that each workbook is."""

from pathlib import Path

import pytest

import xlsgd
from xlsgd.pytest_plugin.fixtures import Calculate, HoldGolden, Verify

SHEET = "linear-analytic-sgd"
FIRST, LAST = 11, 39


def test_training_helps(books: Path, xlsgd_calc: Calculate) -> None:
    """The last error is smaller than the first."""
    values = xlsgd_calc(books / "line-sgd.xlsx")
    assert values[f"{SHEET}!G{LAST}"] < values[f"{SHEET}!G{FIRST}"]


@pytest.mark.parametrize(("rate", "explodes"), [(1e-5, False), (1e-4, False), (1e-2, True)])
def test_which_learning_rate_explodes(books: Path, xlsgd_calc: Calculate, rate: float, explodes: bool) -> None:
    """An input of the workbook is changed in memory, and all is calculated anew."""
    book = xlsgd.load(books / "line-sgd.xlsx")
    book.sheet(SHEET).constants[5, 1] = rate
    last = xlsgd_calc(book)[f"{SHEET}!D{LAST}"]
    assert (not isinstance(last, float) or abs(last) > 1e6) == explodes


def test_no_formula_is_wrong(books: Path, xlsgd_verify: Verify) -> None:
    """Each formula is what the rule of its column says."""
    report = xlsgd_verify.assert_ok(books / "line-sgd.xlsx", books / "line-adam.xlsx")
    assert [file.sheets[0].rows for file in report.files] == [29, 29]


@pytest.mark.parametrize("engine", ["native", "scalar"])
def test_engines_agree_to_the_last_bit(books: Path, xlsgd_golden: HoldGolden, engine: str) -> None:
    """The golden file is from one engine, and holds for the other."""
    xlsgd_golden(books / "line-adam.xlsx", ulp=0, engine=engine)
