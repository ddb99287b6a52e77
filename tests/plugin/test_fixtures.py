"""The fixtures, in tests as a person writes them."""

from __future__ import annotations

import re

from .conftest import Project, Workbooks

TESTS = """
from pathlib import Path

import pytest

import xlsgd
from xlsgd.pytest_plugin.fixtures import Calculate, HoldGolden, Verify

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def values(xlsgd_calc):
    return xlsgd_calc(HERE / "right.xlsx")


def test_calc(values, xlsgd_calc: Calculate):
    assert values["linear-analytic-sgd!H17"] == 4391.5698740238095
    assert values.engine == "native"
    assert xlsgd_calc(HERE / "right.xlsx", engine="scalar").engine == "scalar"


def test_verify(xlsgd_verify: Verify):
    assert xlsgd_verify(HERE / "right.xlsx").ok
    assert [one.cell for one in xlsgd_verify(HERE / "wrong.xlsx").findings if one.formula] == ["H17"]
    assert xlsgd_verify.assert_ok(HERE / "right.xlsx").files[0].verdict == "ok"
    assert xlsgd_verify.assert_ok(HERE / "plain.xlsx", recognised=False).files[0].verdict == "unrecognised"


def test_verify_fails(xlsgd_verify):
    xlsgd_verify.assert_ok(HERE / "right.xlsx", HERE / "wrong.xlsx", HERE / "plain.xlsx")


def test_unreadable(xlsgd_verify):
    with pytest.raises(xlsgd.UnreadableError):
        xlsgd_verify(HERE / "damaged.xlsx")


def test_golden(xlsgd_golden: HoldGolden, values):
    xlsgd_golden(HERE / "right.xlsx")
    assert xlsgd_golden(values, ulp=0).engine == "native"


@pytest.mark.xlsgd(engine="scalar")
def test_golden_by_marker(xlsgd_golden):
    assert xlsgd_golden(HERE / "right.xlsx").engine == "scalar"


def test_golden_differs(xlsgd_golden):
    xlsgd_golden(HERE / "wrong.xlsx", golden=HERE / "right.xlsx.golden.json")


def test_golden_at_a_stated_distance(xlsgd_golden):
    xlsgd_golden(HERE / "wrong.xlsx", ulp=2**64, golden=HERE / "right.xlsx.golden.json")


def test_golden_is_not_there(xlsgd_golden):
    xlsgd_golden(HERE / "plain.xlsx")


def test_golden_of_nothing(xlsgd_golden):
    from xlsgd.book import Book, Sheet

    with pytest.raises(xlsgd.UsageError, match="name the golden file"):
        xlsgd_golden(xlsgd.calculate(Book([Sheet("s")])))
"""


def test_fixtures(project: Project, workbooks: Workbooks) -> None:
    for book in (workbooks.right, workbooks.wrong, workbooks.plain, workbooks.damaged):
        project.take(book, book.name)
    assert project.pytest("right.xlsx", "--xlsgd-update").status == 0
    project.write("test_books.py", TESTS)
    run = project.pytest("-v", "test_books.py")
    failing = {"test_verify_fails", "test_golden_differs", "test_golden_is_not_there"}
    outcomes = {node.partition("::")[2]: outcome for node, outcome in run.outcomes.items()}
    assert len(outcomes) == 10
    assert {name for name, outcome in outcomes.items() if outcome != "PASSED"} == failing
    assert "Traceback" not in run.text
    assert not re.search(r"^E  ", run.text, re.MULTILINE)
    for line in (
        r".*wrong\.xlsx: linear-analytic-sgd!H17 \[reference\] H17 breaks its column",
        r"  should say   =I17\*B17",
        r".*plain\.xlsx: no rows that train were found",
        r"182 of 240 cells differ from right\.xlsx\.golden\.json \(to the last bit\)",
        r"there is no golden file plain\.xlsx\.golden\.json: make it with pytest --xlsgd-update",
    ):
        assert re.search(f"^{line}", run.text, re.MULTILINE), line


def test_the_fixtures_are_listed(project: Project) -> None:
    run = project.pytest("--fixtures", "-q")
    for name in ("xlsgd_calc [session scope]", "xlsgd_verify [session scope]", "xlsgd_golden"):
        assert name in run.text
    assert "--xlsgd-unrecognised={skip,pass,fail}" in project.pytest("--help").text
