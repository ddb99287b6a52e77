"""``xlsgd plan``: what it prints, its JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from make_package import SHARED
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.writer import write
from xlsgd.cli import main

GRADDESC = SHARED / "fastai+fastai1" / "courses" / "dl1" / "excel" / "graddesc.xlsm"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A recurrence of 100 rows, its sum, a function that draws, and a circle."""
    formulas = {(1, 4): "SUM(A2:A101)", (1, 5): "A2+E2", (2, 5): "E1*2"}
    for row in range(2, 102):
        formulas[row, 1] = f"B{row - 1}+1"
        formulas[row, 2] = f"A{row}*2"
        formulas[row, 3] = "RAND()"
    sheet = Sheet("first one", {(1, 2): 1.0}, {cell: Formula(text, cell) for cell, text in formulas.items()})
    path = tmp_path / "file.xlsx"
    write(Book([sheet, *(Sheet(f"s{n}", formulas={(1, 1): Formula(f"{n}+1", (1, 1))}) for n in range(70))]), path)
    return path


def run(capsys: Capture, *arguments: object) -> tuple[int, str]:
    status = main(["plan", *map(str, arguments)])
    return status, capsys.readouterr().out


def test_the_table_says_what_is_a_loop_and_what_is_not(capsys: Capture, file: Path) -> None:
    status, out = run(capsys, file)
    assert status == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert any(line.endswith("100 'first one'!A2:A101 =B1+1 down, compiled") for line in lines)
    assert "100 'first one'!B2:B101 =A2*2" in lines
    assert any("'first one'!C2:C101 =RAND() down, cell by cell: function RAND" in line for line in lines)
    assert any("'first one'!D1 =SUM(A2:A101) one cell" in line for line in lines)
    assert "cell by cell: within a row" not in out
    assert "cell by cell: E1 reads a later row and E2 an earlier one" in " ".join(lines)
    assert any(line.startswith("… and") and line.endswith("--json lists all") for line in lines)
    assert (
        "373 formula cells in 76 regions, 74 steps: 1 loop over several regions, 1 without a loop; 200 cells compiled"
        in lines
    )
    assert "not compiled: function RAND, 1 step, 100 cells" in lines


def test_json_has_every_step_in_order(capsys: Capture, file: Path) -> None:
    status, out = run(capsys, file, "--json")
    document = json.loads(out)
    assert status == 0
    assert document["file"] == str(file)
    assert document["counts"]["steps"] == len(document["steps"]) == 74
    first = document["steps"][0]
    assert [region["range"] for region in first["regions"]] == ["A2:A101", "B2:B101"]
    assert (first["loop"], first["compiled"], first["reason"]) == ("down", True, "")
    assert first["regions"][1] == {"sheet": "first one", "range": "B2:B101", "cells": 100, "formula": "A2*2"}
    (circle,) = (step for step in document["steps"] if step["loop"] is None)
    assert circle["reason"] == circle["not_compiled"] != ""


@pytest.mark.skipif(not GRADDESC.is_file(), reason="the shared workbook is not there")
def test_graddesc(capsys: Capture) -> None:
    status, out = run(capsys, GRADDESC)
    assert status == 0
    assert "2,365 formula cells in 125 regions, 66 steps: 8 loops over several regions, 0 without a loop" in out


def test_a_file_that_cannot_be_read(capsys: Capture, tmp_path: Path) -> None:
    assert run(capsys, tmp_path / "missing.xlsx") == (2, "")
