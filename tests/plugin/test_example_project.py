"""examples/pytest-project, as somebody who copied it runs it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from .conftest import ROOT, Project

SOURCE = ROOT / "examples/pytest-project"
BOOKS = ("line-adam.xlsx", "line-sgd.xlsx")


@pytest.fixture
def example(project: Project) -> Project:
    copy = project.path / "copy"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return replace(project, path=copy)


def test_it_passes(example: Project) -> None:
    run = example.pytest("-v")
    assert run.status == 0, run.text
    assert len(run.outcomes) == 9
    assert {f"books/{name}::xlsgd" for name in BOOKS} < run.outcomes.keys()


def test_its_golden_files_are_current_also_for_workers_of_xdist(example: Project) -> None:
    before = {path: path.read_bytes() for path in sorted(example.path.glob("books/*.json"))}
    assert len(before) == len(BOOKS)
    assert example.command(sys.executable, "make_books.py").status == 0
    assert {path.name for path in example.path.glob("books/*.xlsx")} == set(BOOKS)
    run = example.pytest("-n", "2", "--xlsgd-update")
    assert run.status == 0, run.text
    assert "xlsgd: golden files: 2 the same" in run.text
    assert {path: path.read_bytes() for path in before} == before


def test_a_slip_turns_it_red(example: Project) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path: Path = example.path / "books/line-sgd.xlsx"
    with pytest.warns(UserWarning, match="Sparkline"):
        book = openpyxl.load_workbook(path)
    book.active["H17"] = "=I17*B16"
    book.save(path)
    run = example.pytest("-v")
    assert run.status == 1
    assert {node for node, outcome in run.outcomes.items() if outcome == "FAILED"} == {
        "books/line-sgd.xlsx::xlsgd",
        "tests/test_books.py::test_no_formula_is_wrong",
    }
    assert "  should say   =I17*B17" in run.text
    assert "182 of 240 cells differ from books/line-sgd.xlsx.golden.json (to the last bit)" in run.text
