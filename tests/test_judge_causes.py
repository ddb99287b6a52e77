"""Which of several findings is the cause: sheets made alike say more than what would fit on one of them."""

from __future__ import annotations

import openpyxl

import xlsgd

XS, YS = [0.3, 1.1, 0.7, 1.9, 1.4, 2.2, 0.1, 0.8], [1.2, 2.9, 1.8, 4.4, 3.5, 5.3, 0.9, 2.2]


def _passes(count: int = 3) -> openpyxl.Workbook:
    """A sheet a pass over the data; the factor 2 of the gradients stands in the updates."""
    workbook = openpyxl.Workbook()
    for number in range(1, count + 1):
        sheet = workbook.active if number == 1 else workbook.create_sheet()
        sheet.title, before = f"Pass {number}", f"'Pass {number - 1}'!"
        sheet["A1"], sheet["B1"] = "learning rate", 0.02 if number == 1 else f"={before}B1"
        for col, head in zip("ABCDEFGH", ("x", "y", "m", "k", "y hat", "e", "new m", "new k"), strict=True):
            sheet[f"{col}3"] = head
        for row, (x, y) in enumerate(zip(XS, YS, strict=True), 4):
            sheet[f"A{row}"], sheet[f"B{row}"] = (x, y) if number == 1 else (f"={before}A{row}", f"={before}B{row}")
            for col, new in (("C", "G"), ("D", "H")):
                start = 0.5 if number == 1 else f"={before}{new}11"
                sheet[f"{col}{row}"] = start if row == 4 else f"={new}{row - 1}"
            sheet[f"E{row}"], sheet[f"F{row}"] = f"=C{row}*A{row}+D{row}", f"=E{row}-B{row}"
            sheet[f"G{row}"] = f"=C{row}-2*$B$1*F{row}*A{row}"
            sheet[f"H{row}"] = f"=D{row}-2*$B$1*F{row}"
    return workbook


def _causes(workbook: openpyxl.Workbook) -> list[tuple[str, str | None]]:
    report = xlsgd.verify(workbook).files[0]
    found = [one for sheet in report.sheets for one in sheet.findings]
    return [(one.sheet, one.range) for one in found if one.severity == "error" and one.cause]


def test_a_factor_that_one_sheet_lacks() -> None:
    assert not _causes(_passes())
    for col in "GH":
        workbook = _passes()
        for row in range(4, 12):
            cell = workbook["Pass 2"][f"{col}{row}"]
            cell.value = str(cell.value).replace("2*", "")
        assert _causes(workbook) == [("Pass 2", f"{col}4:{col}11")]


def _side_by_side(wrong: str = "") -> openpyxl.Workbook:
    """Two trainings beside each other with a rate each; ``wrong``: a weight of the second that takes the first's."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["B1"], sheet["J1"], sheet["K1"] = "step size", 0.01, "step size", 0.05
    for m, k, h, e, dm, dk, rate in ("CDEFGHB", "LMNOPQK"):
        for col, head in zip((m, k, h, e, dm, dk), ("m", "k", "y hat", "loss", "dm", "dk"), strict=True):
            sheet[f"{col}3"] = head
        for row, (x, y) in enumerate(zip(XS * 2, YS * 2, strict=True), 4):
            sheet[f"A{row}"], sheet[f"B{row}"] = x, y
            for col, slope in ((m, dm), (k, dk)):
                own = "B" if col == wrong else rate
                sheet[f"{col}{row}"] = 0.1 if row == 4 else f"={col}{row - 1}-${own}$1*{slope}{row - 1}"
            sheet[f"{h}{row}"], sheet[f"{e}{row}"] = f"={m}{row}*A{row}+{k}{row}", f"=({h}{row}-B{row})^2"
            sheet[f"{dm}{row}"], sheet[f"{dk}{row}"] = f"=2*({h}{row}-B{row})*A{row}", f"=2*({h}{row}-B{row})"
    sheet["A3"], sheet["B3"] = "x", "y"
    return workbook


def test_a_weight_that_takes_the_rate_of_the_training_beside() -> None:
    assert not _causes(_side_by_side())
    for col in "LM":
        assert _causes(_side_by_side(col)) == [("Sheet", f"{col}5:{col}19")]
