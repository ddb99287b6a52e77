"""``pytest --xlsgd``: which workbooks become tests, what becomes of each, and what it says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from .conftest import Project, Workbooks

MIXED = {
    "books/damaged.xlsx::xlsgd": "ERROR",
    "books/plain.xlsm::xlsgd": "SKIPPED",
    "books/right.xlsx::xlsgd": "PASSED",
    "books/under/a [1].xlsx::xlsgd": "PASSED",
    "books/wrong.xlsx::xlsgd": "FAILED",
}


@pytest.fixture
def mixed(project: Project, workbooks: Workbooks) -> Project:
    """A folder with workbooks of every kind, and what must not be touched."""
    project.take(workbooks.right, "books/right.xlsx")
    project.take(workbooks.right, "books/under/a [1].xlsx")
    project.take(workbooks.computed, "books/wrong.xlsx")
    project.take(workbooks.plain, "books/plain.xlsm")
    project.take(workbooks.damaged, "books/damaged.xlsx")
    project.take(workbooks.damaged, "books/~$right.xlsx")
    project.write("books/test_inside.py", "def test_inside(): pass\n")
    project.write("books/notes.xls", "")
    project.write("test_outside.py", "def test_outside(): pass\n")
    return project


def test_each_workbook_is_a_test_that_says_its_first_cause(mixed: Project) -> None:
    run = mixed.pytest("-v", "--xlsgd", "books", "--junitxml", "report.xml")
    assert run.status == 1
    assert run.outcomes == MIXED
    assert "Traceback" not in run.text
    assert "Error" not in run.text.replace("'Error by step'", "")
    story = run.text.partition("FAILURES")[2].partition("short test summary")[0]
    for line in (
        r"linear-analytic-sgd!H17 \[reference\] H17 breaks its column: it reads B16 where B17 belongs",
        r"  says +=I17\*B16$",
        r"  should say +=I17\*B17$",
        r"  holds +1768\.8267548151455$",
        r"  should hold +4391\.5698740238095$",
        r"  spoiled +184 cells",
        r"6 other errors: linear-analytic-sgd!M11 \[chart\]",
    ):
        assert re.search(f"^{line}", story, re.MULTILINE), line
    error = run.text.partition("ERROR at setup")[2].partition("FAILURES")[0]
    assert len(re.findall(r"^books/damaged\.xlsx: this is text and not a workbook", error, re.MULTILINE)) == 1
    assert len(error.strip().splitlines()) == 3  # the rest of the headline, the line, the next headline
    cases = {str(case.get("classname")): case for case in ET.parse(mixed.path / "report.xml").iter("testcase")}
    assert len(cases) == len(MIXED)
    failure = cases["books.wrong.xlsx"].find("failure")
    assert failure is not None
    assert str(failure.get("message")).startswith("linear-analytic-sgd!H17 [reference]")
    assert "should say" in str(failure.text)


def test_skips_name_the_workbook(mixed: Project) -> None:
    run = mixed.pytest("--xlsgd", "books/plain.xlsm", "-rs")
    assert run.status == 0
    assert re.search(r"^SKIPPED \[1\] books/plain\.xlsm:1: no rows that train were found", run.text, re.MULTILINE)


def test_workers_of_xdist_come_to_the_same(mixed: Project) -> None:
    run = mixed.pytest("-v", "-n", "2", "--xlsgd", "books")
    assert run.status == 1
    assert run.outcomes == MIXED
    assert "should hold  4391.5698740238095" in run.text
    assert "- linear-analytic-sgd!H17 [reference]" in run.text.partition("short test summary")[2]


def test_a_node_id_can_be_run_again(mixed: Project) -> None:
    wanted = ["books/plain.xlsm::xlsgd", "books/right.xlsx::xlsgd", "books/under/a [1].xlsx::xlsgd"]
    run = mixed.pytest("-v", *wanted)
    assert sorted(run.outcomes) == wanted
    assert mixed.pytest("--co", "-q", "right.xlsx", folder="books").collected == ["books/right.xlsx::xlsgd"]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--xlsgd", "books/right.xlsx", "--xlsgd", "books/under"], ["books/right.xlsx", "books/under/a [1].xlsx"]),
        (["--xlsgd", "books/**/*.xlsx"], ["damaged.xlsx", "right.xlsx", "under/a [1].xlsx", "wrong.xlsx"]),
        (["--xlsgd", "books/under", "test_outside.py"], ["test_outside.py::test_outside", "under/a [1].xlsx"]),
        (["--xlsgd", "books", "books", "-k", "inside"], ["books/test_inside.py::test_inside"]),
        (["--xlsgd", ".", "-m", "xlsgd"], [*MIXED]),
        (
            ["--xlsgd", "books", ".", "-m", "not xlsgd"],
            ["test_inside.py::test_inside", "test_outside.py::test_outside"],
        ),
        ([], ["books/test_inside.py::test_inside", "test_outside.py::test_outside"]),
        (["--xlsgd", "books", "--ignore", "books/under", "-k", "right or under"], ["books/right.xlsx"]),
        (["-p", "no:xlsgd"], ["books/test_inside.py::test_inside", "test_outside.py::test_outside"]),
    ],
)
def test_what_is_collected(mixed: Project, arguments: list[str], wanted: list[str]) -> None:
    found = mixed.pytest("--co", "-q", *arguments).collected
    assert len(found) == len(wanted), found
    for name in wanted:
        assert any(name in one for one in found), name


def test_paths_outside_and_paths_with_brackets(mixed: Project, workbooks: Workbooks) -> None:
    mixed.take(workbooks.right, "old [2019]/a.xlsx")
    mixed.take(workbooks.right, "old [2019]/b.xlsx")
    mixed.write("here/pytest.ini", "[pytest]\n")
    run = mixed.pytest("--co", "-q", "--xlsgd", "../old [2019]/a.xlsx", "--xlsgd", "../books/right.xlsx", folder="here")
    assert len(run.collected) == 2
    assert all(re.search(r"(a|right)\.xlsx::xlsgd$", one) for one in run.collected)


def test_the_configuration_says_the_same(mixed: Project) -> None:
    mixed.write("pytest.ini", "[pytest]\nxlsgd_paths = books/*.xlsm books/right.xlsx\nxlsgd_unrecognised = fail\n")
    run = mixed.pytest("-v", "--strict-config", "--strict-markers")
    assert run.outcomes == {
        "books/plain.xlsm::xlsgd": "FAILED",
        "books/right.xlsx::xlsgd": "PASSED",
        "books/test_inside.py::test_inside": "PASSED",
        "test_outside.py::test_outside": "PASSED",
    }
    assert run.text.count("no rows that train were found, and there is no golden file to hold it against") == 2
    assert mixed.pytest("--co", "-q", "test_outside.py").collected == ["test_outside.py::test_outside"]
    passed = mixed.pytest("-v", "books/plain.xlsm", "--xlsgd-unrecognised", "pass")
    assert passed.outcomes == {"books/plain.xlsm::xlsgd": "PASSED"}


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--xlsgd", "bokos"], r"ERROR: --xlsgd: there is no '.*bokos'"),
        (["--xlsgd", "*.ods"], r"ERROR: --xlsgd: there is no '.*\*\.ods'"),
        (["--xlsgd", "test_outside.py"], r"ERROR: --xlsgd: '.*test_outside\.py' is no workbook: give a folder, "),
        (["--xlsgd", "books", "--xlsgd-engine", "natve"], "ERROR: unknown engine 'natve': did you mean 'native'"),
        (["--xlsgd", "books", "--xlsgd-ulp", "-1"], "ERROR: xlsgd_ulp: -1 is no whole number from 0 on"),
        (["-o", "xlsgd_ulp=few"], "ERROR: xlsgd_ulp: 'few' is no whole number from 0 on"),
        (["-o", "xlsgd_unrecognised=maybe"], "ERROR: xlsgd_unrecognised: 'maybe' is none of skip, pass, fail"),
    ],
)
def test_wrong_usage_is_one_line(mixed: Project, arguments: list[str], line: str) -> None:
    run = mixed.pytest(*arguments)
    assert run.status == 4
    assert len(run.text.strip().splitlines()) == 1
    assert re.match(line, run.text.strip())


def test_a_marker_says_how_one_workbook_is_checked(mixed: Project) -> None:
    mixed.write(
        "conftest.py",
        """
import pytest

MARKS = {
    "plain.xlsm": pytest.mark.xlsgd(unrecognised="pass"),
    "wrong.xlsx": pytest.mark.xfail(reason="known", strict=True),
    "right.xlsx": pytest.mark.xlsgd(colour="blue"),
}

def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name in MARKS:
            item.add_marker(MARKS[item.path.name])
""",
    )
    run = mixed.pytest("-v", "--xlsgd", "books")
    changed = {"plain.xlsm": "PASSED", "wrong.xlsx": "XFAIL", "right.xlsx": "ERROR"}
    assert run.outcomes == MIXED | {f"books/{name}::xlsgd": outcome for name, outcome in changed.items()}
    assert "right.xlsx::xlsgd: the marker xlsgd(engine=NAME, ulp=N, unrecognised=WHAT) does not take colour" in run.text


def test_a_named_engine_is_held_against_what_is_stored(project: Project, workbooks: Workbooks) -> None:
    project.take(workbooks.wrong, "wrong.xlsx")
    project.take(workbooks.plain, "plain.xlsx")
    run = project.pytest("-v", "--xlsgd", ".", "--xlsgd-engine", "scalar")
    assert run.outcomes == {"plain.xlsx::xlsgd": "PASSED", "wrong.xlsx::xlsgd": "FAILED"}
    assert "  holds        4391.5698740238095, as it should, for now\n" in run.text
    assert "182 of 240 cells differ from what the workbook stores (engine scalar) (to the last bit)" in run.text
    row = r"^  cell +stored +now +apart\n  linear-analytic-sgd!H17  4391\.5698740238095  1768\.8267548151455  .* ULP$"
    assert re.search(row, run.text, re.MULTILINE)


def test_a_run_without_workbooks_loads_next_to_nothing(project: Project) -> None:
    project.write(
        "test_modules.py",
        """
import sys

def test_modules(pytestconfig):
    assert pytestconfig.pluginmanager.has_plugin("xlsgd")
    print("loaded:", *sorted(sys.modules))
""",
    )
    run = project.pytest("-s")
    assert run.status == 0
    loaded = set(run.text.partition("loaded:")[2].splitlines()[0].split())
    assert "xlsgd.pytest_plugin" in loaded
    assert not loaded & {"numpy", "pandas", "lxml", "xlsxwriter", "openpyxl", "rich", "scipy", "llvmlite", "click"}
    assert not loaded & {"xlsgd.api", "xlsgd.variants", "xlsgd.book", "xlsgd.engine", "xlsgd.report", "xlsgd.formula"}
