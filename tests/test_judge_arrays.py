"""Gradients of all weights in one array formula, and data that formulas take as a whole."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

import xlsgd
from xlsgd.check.findings import Finding

XS = [0.2, -0.7, 1.3, 0.9, -1.1, 0.4, 1.8, -0.3]
ZS = [1.1, 0.3, -0.8, 0.6, 0.2, -1.4, 0.5, 0.9]


def _found(workbook: openpyxl.Workbook) -> list[Finding]:
    report = xlsgd.verify(workbook).files[0]
    return [one for sheet in report.sheets for one in sheet.findings if one.severity == "error"]


def _batch() -> openpyxl.Workbook:
    """Three weights a step, their gradients by one MMULT."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A30"], sheet["B30"] = "eta", 0.2
    for row, (x, z) in enumerate(zip(XS, ZS, strict=True), 32):
        for col, value in zip("ABCD", (1, x, z, 0.5 + 2 * x - z), strict=True):
            sheet[f"{col}{row}"] = value
    for col, head in zip("CDEFGHI", ("intercept", "slope x", "slope z", "cost", "g1", "g2", "g3"), strict=True):
        sheet[f"{col}2"] = head
    for row in range(3, 23):
        for col, gradient in zip("CDE", "GHI", strict=True):
            sheet[f"{col}{row}"] = 0 if row == 3 else f"={col}{row - 1}-$B$30*{gradient}{row - 1}"
        off = f"MMULT($A$32:$C$39,TRANSPOSE(C{row}:E{row}))-$D$32:$D$39"
        sheet[f"F{row}"] = ArrayFormula(f"F{row}", f"=SUM(({off})^2)/8")
        text = f"=2*TRANSPOSE(MMULT(TRANSPOSE($A$32:$C$39),{off}))/8"
        sheet[f"G{row}"] = ArrayFormula(f"G{row}:I{row}", text)
    return workbook


def test_a_weight_that_takes_another_ones_gradient_from_an_array() -> None:
    assert not _found(_batch())
    for col, wrong, right in (("D", "I", "H"), ("E", "H", "I"), ("C", "H", "G")):
        workbook = _batch()
        for row in range(4, 23):
            workbook.active[f"{col}{row}"] = f"={col}{row - 1}-$B$30*{wrong}{row - 1}"
        (finding,) = (one for one in _found(workbook) if one.cause)
        assert (finding.kind, finding.range) == ("reference", f"{col}4:{col}22")
        assert finding.expected_formula == f"={col}3-$B$30*{right}3"


def test_a_text_among_data_taken_as_a_whole_is_the_cause() -> None:
    workbook = _batch()
    workbook.active["B35"] = "0.9 x"
    causes = [one for one in _found(workbook) if one.cause]
    assert [(one.kind, one.cell) for one in causes] == [("data", "B35")]


def _by_table(text: str | None = None, column: str = "A") -> openpyxl.Workbook:
    """A line through the columns of an Excel table, which has a column of texts as well."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for col, head in zip("ABC", ("Size", "Price", "Town"), strict=True):
        sheet[f"{col}1"] = head
    for row, x in enumerate(XS, 2):
        sheet[f"A{row}"], sheet[f"B{row}"], sheet[f"C{row}"] = x, 3 * x + 1, f"T{row}"
    sheet.add_table(Table(displayName="Flats", ref="A1:C9"))
    sheet["E1"], sheet["F1"] = "learning rate", 0.1
    for col, head in zip("EFGHI", ("m", "b", "MSE", "dm", "db"), strict=True):
        sheet[f"{col}3"] = head
    off = "(E{0}*Flats[Size]+F{0}-Flats[Price])"
    for row in range(4, 24):
        sheet[f"E{row}"] = 0 if row == 4 else f"=E{row - 1}-$F$1*H{row - 1}"
        sheet[f"F{row}"] = 0 if row == 4 else f"=F{row - 1}-$F$1*I{row - 1}"
        sheet[f"G{row}"] = f"=SUMPRODUCT({off.format(row)}^2)/ROWS(Flats[Size])"
        sheet[f"H{row}"] = f"=2*SUMPRODUCT({off.format(row)}*Flats[Size])/ROWS(Flats[Size])"
        sheet[f"I{row}"] = f"=2*SUMPRODUCT({off.format(row)})/ROWS(Flats[Size])"
    if text is not None:
        sheet[f"{column}5"] = text
    return workbook


@pytest.mark.parametrize(("text", "column"), [("0,9", "A"), ("3.7", "B"), ("O.9", "A")])
def test_a_text_in_a_table_that_formulas_read_by_its_columns(text: str, column: str) -> None:
    assert not _found(_by_table())
    causes = [one for one in _found(_by_table(text, column)) if one.cause]
    assert [(one.kind, one.cell) for one in causes] == [("data", f"{column}5")]
