"""What verify sees between columns, tables and every few rows: cases that take a workbook each."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import xlsgd
from xlsgd.check.findings import Finding

XS = [1.2, 0.4, 2.1, 1.7, 0.9, 2.6, 0.2, 1.4, 1.9, 0.7, 2.3, 1.1]
FIRST, LAST = 4, 15


def _batches() -> dict[str, object]:
    """One neuron in batches of three: means in every third row, weights that change after them."""
    cells: dict[str, object] = {"A1": "lr", "B1": 0.05, "D1": "n", "E1": 3}
    names = ("row", "x", "y", "w", "b", "pred", "se", "dw", "db", "mean dw", "mean db")
    cells |= {f"{column}3": name for column, name in zip("ABCDEFGHIJK", names, strict=True)}
    cells |= {"D4": 0, "E4": 0}
    for row, x in enumerate(XS, FIRST):
        cells |= {f"A{row}": row - 3, f"B{row}": x, f"C{row}": 2.5 * x + 1}
        cells |= {f"F{row}": f"=D{row}*B{row}+E{row}", f"G{row}": f"=(F{row}-C{row})^2"}
        cells |= {f"H{row}": f"=2*(F{row}-C{row})*B{row}", f"I{row}": f"=2*(F{row}-C{row})"}
        if row > FIRST:
            for weight, mean in ("DJ", "EK"):
                old = f"{weight}{row - 1}"
                cells[f"{weight}{row}"] = f"=IF(MOD(A{row - 1},$E$1)=0,{old}-$B$1*{mean}{row - 1},{old})"
        if (row - 3) % 3 == 0:
            cells |= {f"J{row}": f"=AVERAGE(H{row - 2}:H{row})", f"K{row}": f"=AVERAGE(I{row - 2}:I{row})"}
    return cells


def _held() -> dict[str, object]:
    """Three tables of one epoch each: the weights stay within a table and change between tables."""
    cells: dict[str, object] = {"A1": "lr", "B1": 0.05}
    before = 0
    for first in (4, 14, 24):
        last = first + 5
        cells |= {
            f"{c}{first - 1}": n for c, n in zip("ABCDEFGH", ("x", "y", "w", "b", "p", "e", "gw", "gb"), strict=True)
        }
        for row, x in enumerate(XS[:6], first):
            cells |= {
                f"A{row}": x,
                f"B{row}": 2 * x,
                f"E{row}": f"=C{row}*A{row}+D{row}",
                f"F{row}": f"=(E{row}-B{row})^2",
            }
            cells |= {f"G{row}": f"=2*(E{row}-B{row})*A{row}", f"H{row}": f"=2*(E{row}-B{row})"}
            cells |= {f"{c}{row}": f"={c}{row - 1}" for c in "CD" if row > first}
        for column, mean in ("CG", "DH"):
            cells[f"{column}{first}"] = f"={column}{before - 1}-$B$1*{mean}{before}" if before else 0
            cells[f"{mean}{last + 1}"] = f"=AVERAGE({mean}{first}:{mean}{last})"
        before = last + 1
    return cells


def _found(cells: dict[str, object], folder: Path) -> list[Finding]:
    book = openpyxl.Workbook()
    for cell, value in cells.items():
        book.active[cell] = value
    book.save(folder / "book.xlsx")
    report = xlsgd.verify(folder / "book.xlsx").files[0]
    assert report.verdict != "unrecognised"
    return [one for one in report.errors if one.cause]


@pytest.mark.parametrize("cells", [_batches(), _held()], ids=["batches", "weights held for an epoch"])
def test_nothing_is_wrong(cells: dict[str, object], tmp_path: Path) -> None:
    assert _found(cells, tmp_path) == []


@pytest.mark.parametrize(
    ("cell", "formula", "kind"),
    [
        ("J12", "=AVERAGE(H11:H12)", "reference"),
        ("K9", "=AVERAGE(H7:H9)", "reference"),
        ("K12", "=SUM(I10:I12)", "formula"),
        ("J9", 0.25, "hard-coded"),
    ],
)
def test_a_mean_of_a_batch_that_is_another(cell: str, formula: object, kind: str, tmp_path: Path) -> None:
    assert [(one.kind, one.cell) for one in _found(_batches() | {cell: formula}, tmp_path)] == [(kind, cell)]
