"""Functions that kernels call back count their steps: what is too much for the scalar engine is so for the native."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

import xlsgd
from xlsgd import limits

ROWS = 200


@pytest.fixture(scope="module")
def costly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of a function that needs many rounds and that machine code calls back."""
    path = tmp_path_factory.mktemp("costly") / "costly.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(ROWS):
            sheet.write(row, 0, (row + 0.5) / ROWS)
            sheet.write_formula(row, 1, f"=BETA.INV(A{row + 1},0.001,1E6)")
    return path


def test_with_enough_steps_machine_code_does_it_all(costly: Path) -> None:
    counts = xlsgd.calculate(costly).counts
    assert (counts.compiled, counts.unsupported) == (ROWS, 0)


@pytest.mark.parametrize("engine", ["native", "scalar"])
def test_with_few_steps_cells_have_no_answer(costly: Path, engine: str) -> None:
    with limits(steps=1_000_000):
        counts = xlsgd.calculate(costly, engine=engine).counts
    assert counts.compiled == 0
    assert 0 < counts.unsupported < ROWS


def test_both_engines_refuse_the_same_cells(costly: Path) -> None:
    with limits(steps=1_000_000):
        native, scalar = (xlsgd.calculate(costly, engine=engine) for engine in ("native", "scalar"))
    assert {cell: str(value) for cell, value in native.items()} == {cell: str(value) for cell, value in scalar.items()}
