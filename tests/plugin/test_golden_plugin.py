"""Golden files under pytest: held against, made, renewed, also by workers of pytest-xdist."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import SHEET, Project, Workbooks


@pytest.fixture
def books(project: Project, workbooks: Workbooks) -> Project:
    project.take(workbooks.right, "books/right.xlsx")
    project.take(workbooks.right, "books/under/right.xlsx")
    project.take(workbooks.plain, "books/plain.xlsx")
    return project


def golden_files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.golden.json"))


def change(path: Path, **changes: Any) -> None:
    """Write other values, or another ULP, into a golden file."""
    document = json.loads(path.read_text("ascii"))
    document["ulp"] = changes.pop("ulp", document["ulp"])
    document["cells"] |= {f"{SHEET}!{cell}": value for cell, value in changes.items()}
    path.write_text(json.dumps(document))


def test_made_held_against_and_renewed(books: Project) -> None:
    made = books.pytest("-v", "--xlsgd", "books", "--xlsgd-update")
    assert set(made.outcomes.values()) == {"PASSED"}
    assert re.search(r"^xlsgd: golden files: 3 made$", made.text, re.MULTILINE)
    assert golden_files(books.path / "books") == [
        "plain.xlsx.golden.json",
        "right.xlsx.golden.json",
        "under/right.xlsx.golden.json",
    ]
    golden = books.path / "books/right.xlsx.golden.json"
    text = golden.read_bytes()
    assert len(re.findall(rb'^    "linear-analytic-sgd![A-Z]+[0-9]+": ', text, re.MULTILINE)) == 240
    assert (golden.parent / "under" / golden.name).read_bytes() == text

    value = json.loads(text)["cells"][f"{SHEET}!H17"]
    change(golden, H17=value * (1 + 2**-51), J5="always")
    change(golden.parent / "under" / golden.name, H17=value * (1 + 2**-51), ulp=4)
    (golden.parent / "plain.xlsx.golden.json").write_text("{")
    held = books.pytest("-v", "--xlsgd", "books")
    assert held.outcomes == {
        "books/plain.xlsx::xlsgd": "ERROR",
        "books/right.xlsx::xlsgd": "FAILED",
        "books/under/right.xlsx::xlsgd": "PASSED",
    }
    for line in (
        "2 of 240 cells differ from books/right.xlsx.golden.json (to the last bit)",
        "  cell                     golden             now                 apart",
        "  linear-analytic-sgd!H17  4391.569874023811  4391.5698740238095  2 ULP",
        "  linear-analytic-sgd!J5   'always'           'never'             another text",
        "books/plain.xlsx.golden.json: this golden file cannot be read: Expecting property name",
    ):
        assert f"\n{line}" in held.text, line
    assert "Traceback" not in held.text

    renewed = books.pytest("--xlsgd", "books", "--xlsgd-update", "-n", "2")
    assert renewed.status == 0
    assert "xlsgd: golden files: 3 renewed" in renewed.text
    assert golden.read_bytes() == text
    assert json.loads((golden.parent / "under" / golden.name).read_text())["ulp"] == 4
    before = golden.stat().st_mtime_ns
    assert "xlsgd: golden files: 3 the same" in books.pytest("--xlsgd", "books", "--xlsgd-update").text
    assert golden.stat().st_mtime_ns == before
    assert not list(books.path.rglob("*.tmp"))


def test_the_allowed_distance(books: Project) -> None:
    assert books.pytest("--xlsgd", "books/right.xlsx", "--xlsgd-update", "--xlsgd-ulp", "3").status == 0
    golden = books.path / "books/right.xlsx.golden.json"
    value = json.loads(golden.read_text())["cells"][f"{SHEET}!H17"]
    assert json.loads(golden.read_text())["ulp"] == 3
    change(golden, H17=value * (1 + 2**-51))
    assert books.pytest("--xlsgd", "books/right.xlsx").status == 0
    strict = books.pytest("--xlsgd", "books/right.xlsx", "--xlsgd-ulp", "1")
    assert strict.status == 1
    assert "1 of 240 cells differ from books/right.xlsx.golden.json (1 ULP allowed)" in strict.text


def test_a_folder_of_golden_files(books: Project, workbooks: Workbooks) -> None:
    books.take(workbooks.right, "outside.xlsx")
    books.write("inner/pytest.ini", "[pytest]\nxlsgd_golden = kept\nxlsgd_paths = ../books/under ../outside.xlsx\n")
    made = books.pytest("--xlsgd-update", folder="inner")
    assert "xlsgd: golden files: 2 made" in made.text
    kept = books.path / "inner/kept"
    assert golden_files(books.path) == [
        "inner/kept/_up/books/under/right.xlsx.golden.json",
        "inner/kept/_up/outside.xlsx.golden.json",
    ]
    change(kept / "_up/outside.xlsx.golden.json", J5="always")
    outside = ("--xlsgd=../outside.xlsx",)  # with a blank between, pytest would look for its root folder there
    assert books.pytest(*outside, folder="inner").status == 1
    elsewhere = ("--xlsgd-golden", "../other")
    assert books.pytest(*outside, *elsewhere, folder="inner").status == 0
    assert books.pytest(*outside, *elsewhere, "--xlsgd-update", folder="inner").status == 0
    assert (books.path / "other/_up/outside.xlsx.golden.json").exists()


def test_a_wrong_workbook_fails_though_its_golden_file_is_renewed(project: Project, workbooks: Workbooks) -> None:
    project.take(workbooks.computed, "wrong.xlsx")
    run = project.pytest("--xlsgd", ".", "--xlsgd-update")
    assert run.status == 1
    assert "golden files: 1 made" in run.text
    assert "should say" in run.text


TWO_TESTS = """
import pytest

@pytest.mark.parametrize("book", ["right", "wrong"])
def test_one(book, xlsgd_golden):
    xlsgd_golden(f"{book}.xlsx", golden="shared.golden.json")

@pytest.mark.parametrize("number", range(6))
def test_alike(number, xlsgd_golden):
    xlsgd_golden("right.xlsx", golden="alike.golden.json")
"""


def test_tests_that_share_a_golden_file(project: Project, workbooks: Workbooks) -> None:
    """Those that agree write it once; those that do not are told, and the run fails."""
    project.take(workbooks.right, "right.xlsx")
    project.take(workbooks.computed, "wrong.xlsx")
    project.write("test_two.py", TWO_TESTS)
    run = project.pytest("-n", "2", "--xlsgd-update")
    assert run.status == 1
    assert "8 passed" in run.text
    assert re.search(r"^xlsgd: golden files: 2 made$", run.text, re.MULTILINE)
    assert re.search(r"^xlsgd: shared\.golden\.json: two tests have different values for it", run.text, re.MULTILINE)


@pytest.mark.skipif(os.name == "nt", reason="needs a folder that nobody can write to")
def test_a_golden_file_that_cannot_be_written_is_a_failure(books: Project) -> None:
    books.write("file", "no folder")
    run = books.pytest("--xlsgd", "books/right.xlsx", "--xlsgd-update", "--xlsgd-golden", "file")
    assert run.status == 1
    assert re.search(r"^xlsgd: .*: the file cannot be written", run.text, re.MULTILINE)
    assert "Traceback" not in run.text
