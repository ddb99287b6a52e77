"""What verify sees of settings, names and charts that need more than one changed cell."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference, Series
from openpyxl.workbook.defined_name import DefinedName

import xlsgd
from xlsgd.check.findings import Finding
from xlsgd.check.judge.names.meanings import alike, meanings

XS = [1.2, 0.4, 2.1, 1.7, 0.9, 2.6, 0.2, 1.4]
FIRST, SECOND, ROWS = 8, 20, 8


def _epochs(rates: dict[str, str], second: dict[str, str] | None = None) -> openpyxl.Workbook:
    """A line in two epochs, heavy ball, with a learning rate for each weight. rates: column → what stands for it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "run"
    for row, (label, value) in enumerate([("lr slope", 0.02), ("lr icpt", 0.01), ("mu", 0.6)], 1):
        sheet[f"A{row}"], sheet[f"B{row}"] = label, value
    for first in (FIRST, SECOND):
        used = second if second and first == SECOND else rates
        for column, text in zip("ABCDEFGH", ("x", "y", "slope", "icpt", "fit", "e", "v slope", "v icpt"), strict=True):
            sheet[f"{column}{first - 1}"] = text
        for row, x in enumerate(XS, first):
            sheet[f"A{row}"], sheet[f"B{row}"] = x, 2 * x + 1
            before = row - 1 if row > first else FIRST + ROWS - 1
            new = row == FIRST
            for column, speed in (("C", "G"), ("D", "H")):
                sheet[f"{column}{row}"] = 0 if new else f"={column}{before}-{used[column]}*{speed}{before}"
            sheet[f"E{row}"], sheet[f"F{row}"] = f"=C{row}*A{row}+D{row}", f"=E{row}-B{row}"
            for speed, slope in (("G", f"2*F{row}*A{row}"), ("H", f"2*F{row}")):
                sheet[f"{speed}{row}"] = f"={slope}" if new else f"=$B$3*{speed}{before}+{slope}"
    return book


CELLS = {"C": "$B$1", "D": "$B$2"}


def _found(book: openpyxl.Workbook, folder: Path) -> list[Finding]:
    book.save(folder / "book.xlsx")
    report = xlsgd.verify(folder / "book.xlsx").files[0]
    assert report.verdict != "unrecognised"
    return [one for one in report.errors if one.cause]


@pytest.mark.parametrize("rates", [CELLS, {"C": "0.02", "D": "0.02"}], ids=["in cells", "typed"])
def test_nothing_is_wrong(rates: dict[str, str], tmp_path: Path) -> None:
    assert _found(_epochs(rates), tmp_path) == []


def test_the_rate_of_another_weight(tmp_path: Path) -> None:
    found = _found(_epochs({"C": "$B$1", "D": "$B$1"}), tmp_path)
    assert {one.kind for one in found} == {"reference"}
    assert "D9" in {one.cell for one in found}


def test_a_typed_rate_that_changes_in_one_column(tmp_path: Path) -> None:
    found = _found(_epochs({"C": "0.02", "D": "0.02"}, {"C": "0.02", "D": "0.002"}), tmp_path)
    assert [(one.kind, one.cell) for one in found][:1] == [("formula", "D21")]


def test_a_rate_that_both_columns_lower_is_meant(tmp_path: Path) -> None:
    assert _found(_epochs({"C": "0.02", "D": "0.02"}, {"C": "0.002", "D": "0.002"}), tmp_path) == []


@pytest.mark.parametrize(
    ("cell", "right"),
    [("$B$3", "=run!$B$1"), ("$C$1", "=run!$B$1"), ("$A$1", "=run!$B$1")],
    ids=["another setting", "nothing", "its label"],
)
def test_a_name_that_is_aimed_at_the_wrong_cell(cell: str, right: str, tmp_path: Path) -> None:
    book = _epochs({"C": "lr_slope", "D": "$B$2"})
    book.defined_names["lr_slope"] = DefinedName("lr_slope", attr_text=f"run!{cell}")
    names = [one for one in _found(book, tmp_path) if one.kind == "name"]
    assert [one.expected_formula for one in names] == [right]


@pytest.mark.parametrize(
    ("titles", "ends", "count"),
    [
        (("C7", "D7"), (15, 15), 0),
        (("D7", "C7"), (15, 15), 2),
        (("C7", "D7"), (15, 12), 1),
        (("C7", "D7"), (11, 11), 0),
    ],
    ids=["right", "names exchanged", "one is short", "both are half"],
)
def test_curves_of_a_chart(titles: tuple[str, str], ends: tuple[int, int], count: int, tmp_path: Path) -> None:
    book, chart = _epochs(CELLS), LineChart()
    sheet = book["run"]
    for column, title, end in zip((3, 4), titles, ends, strict=True):
        chart.series.append(Series(Reference(sheet, min_col=column, min_row=8, max_row=end), title=sheet[title].value))
    chart.set_categories(Reference(sheet, min_col=1, min_row=8, max_row=max(ends)))
    sheet.add_chart(chart, "K2")
    assert [one.kind for one in _found(book, tmp_path)] == ["chart"] * count


@pytest.mark.parametrize(
    ("name", "label", "same"),
    [
        ("beta_1", "β1", True),
        ("beta_2", "β₁", False),
        ("eta", "learning rate", True),
        ("eta", "h", False),
        ("wd", "weight decay", True),
        ("xs", "x", True),
        ("Lernrate", "ε", False),
    ],
)
def test_names_and_labels_that_mean_the_same(name: str, label: str, same: bool) -> None:
    assert alike(name, label) is same


def test_what_a_label_tells() -> None:
    assert meanings("taux d'apprentissage η") == {"learning rate"}
    assert meanings("β2") == {"beta2"}
