"""What helps a person at the sheet, as it stands in the file: validation, small curves, links, folded rows, 365."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from xlsgd import calculate, load
from xlsgd.address import Box
from xlsgd.book import Book, Sheet
from xlsgd.book.look import Chart, Link, Look, Series, Sparkline, Validation
from xlsgd.book.writer import write
from xlsgd.errors import UsageError
from xlsgd.sheet import bind, compare_sheet, contents, make_book, one_formula, tell
from xlsgd.sheet.one_formula import excel_text
from xlsgd.values import NUM, Unsupported
from xlsgd.variants import Adam, EveGraddesc, Iris, Linear, Linear2, Mlp, Quartic, Relu2, Tanh, Variant

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
XM = "{http://schemas.microsoft.com/office/excel/2006/main}"


def sheet_xml(book: Book, folder: Path, number: int = 1) -> etree._Element:
    write(book, folder / "book.xlsx")
    with zipfile.ZipFile(folder / "book.xlsx") as package:
        return etree.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))


def with_look(**parts: object) -> Book:
    sheet = Sheet("my data", constants={(1, 1): 1.0, (2, 1): 2.0, (3, 1): 3.0})
    sheet.look = Look(**parts)  # type: ignore[arg-type]
    return Book([sheet, Sheet("other")])


def test_validation_says_what_may_be_typed(tmp_path: Path) -> None:
    rules = [Validation((1, 1), "beta", "a share", 0.0, 1.0), Validation((2, 1), "batch", "rows", 1.0, whole=True)]
    found = sheet_xml(with_look(validations=rules), tmp_path).findall(f".//{MAIN}dataValidation")
    assert [(one.get("sqref"), one.get("type")) for one in found] == [("A1", "decimal"), ("A2", "whole")]
    assert [float(one.findtext(f"{MAIN}formula2") or 0) for one in found] == [1.0, 1e300]
    assert [one.get("error") for one in found] == ["Type a number from 0 to 1.", "Type a whole number from 1."]
    assert [one.get("prompt") for one in found] == ["a share", "rows"]


def test_sparklines_and_links_lead_to_cells(tmp_path: Path) -> None:
    look = {
        "sparklines": [Sparkline((1, 2), Box(1, 1, 3, 1))],
        "links": [Link((4, 1), "go", (2, 2), "other", "there"), Link((5, 1), "here", (1, 1))],
    }
    root = sheet_xml(with_look(**look), tmp_path)
    assert [one.text for one in root.iter(f"{XM}f")] == ["'my data'!A1:A3"]
    assert [one.text for one in root.iter(f"{XM}sqref")] == ["B1"]
    links = root.findall(f".//{MAIN}hyperlink")
    assert [(one.get("ref"), one.get("location")) for one in links] == [("A4", "other!B2"), ("A5", "'my data'!A1")]
    assert load(tmp_path / "book.xlsx").sheets[0].constants[4, 1] == "go"


def test_rows_that_can_be_folded_and_heights(tmp_path: Path) -> None:
    root = sheet_xml(with_look(outlines=[(2, 3)], heights={1: 30.0}, gridlines=False, pages_wide=3), tmp_path)
    rows = {row.get("r"): row for row in root.iter(f"{MAIN}row")}
    assert rows["1"].get("ht") == "30"
    assert [rows[number].get("outlineLevel") for number in ("1", "2", "3")] == [None, "1", "1"]
    assert root.find(f".//{MAIN}outlinePr").get("summaryBelow") == "0"  # type: ignore[union-attr]
    assert root.find(f".//{MAIN}pageSetup").get("fitToWidth") == "3"  # type: ignore[union-attr]
    assert root.find(f".//{MAIN}sheetView").get("showGridLines") == "0"  # type: ignore[union-attr]


def test_a_chart_can_take_its_cells_from_another_sheet(tmp_path: Path) -> None:
    series = Series((1, 1), Box(2, 1, 3, 1), Box(2, 1, 3, 1), markers=True, line=False, sheet="my data")
    book = with_look()
    book.sheets[1].look = Look(charts=[Chart("points", (1, 1), (series,), "scatter", "x", "y", log_x=True)])
    write(book, tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as package:
        text = package.read("xl/charts/chart1.xml").decode()
    assert "<c:f>'my data'!$A$2:$A$3</c:f>" in text
    assert text.count("<c:logBase") == 1


def test_a_told_sheet_has_all_aids() -> None:
    look = tell(Variant(Linear2(), optimizer=Adam(), epochs=3)).sheet.look
    assert look is not None
    assert look.outlines == [(41, 68), (70, 97)]
    assert {rule.role for rule in look.rules} == {"error", "plain"}
    assert len(look.validations) == 4 + 4 + 8 + 2 + 1  # settings, weights, states, powers, explosion
    assert len(look.sparklines) == 4 + 2 + 3 + 4 + 2 + 8 + 4
    dead = tell(Variant(Relu2())).sheet.look
    assert dead is not None
    assert [rule.formula for rule in dead.rules if rule.role == "dead"] == ["AND(ISNUMBER(I11),I11<=0)"]
    alive = tell(Variant(Relu2(Tanh()))).sheet.look
    assert alive is not None
    assert "dead" not in {rule.role for rule in alive.rules}


@pytest.mark.parametrize(
    "variant", [Variant(Linear()), Variant(Linear2(), epochs=2), Variant(Relu2(), optimizer=Adam())]
)
def test_one_formula_gives_what_the_classic_sheet_gives_to_the_bit(variant: Variant) -> None:
    told = tell(variant)
    made = one_formula(told)
    values = calculate(bind([told, made.sheet]))
    assert values.at(1, *made.difference) == 0.0
    for key, col in made.columns.items():
        for step in range(made.box.height):
            there = values.at(0, told.rows[0] + step, told.columns[key])
            here = values.at(1, made.box.top + step, col)
            assert not isinstance(here, Unsupported)
            assert here == there, (key, step)
    if variant.epochs == 2:
        assert values.at(1, made.box.bottom, made.columns["error"]) is NUM


def test_one_formula_is_stored_as_excel_stores_it(tmp_path: Path) -> None:
    told = tell(Variant(Linear()), "one neuron")
    made = one_formula(told)
    book = bind([told, made.sheet])
    values = calculate(book)
    for sheet, results in zip(book.sheets, values.results, strict=True):
        sheet.cached = {cell: value for cell, value in results.items() if not isinstance(value, Unsupported)}
    root = sheet_xml(book, tmp_path, 2)
    cell = next(one for one in root.iter(f"{MAIN}c") if one.get("r") == f"B{made.box.top}")
    formula = cell.find(f"{MAIN}f")
    assert formula is not None
    assert cell.get("cm") == "1"
    assert (formula.get("t"), formula.get("ref")) == ("array", f"B{made.box.top}:I{made.box.bottom}")
    assert (formula.text or "").startswith("_xlfn.LET(_xlpm.xs,'one neuron'!$C$11:$C$39,".replace("$C", "$B"))
    assert "_xlfn._xlws" not in (formula.text or "")
    stored = load(tmp_path / "book.xlsx").sheets[1]
    assert sum(cell[0] >= made.box.top for cell in stored.cached) == made.box.height * made.box.width
    with zipfile.ZipFile(tmp_path / "book.xlsx") as package:
        assert "xl/metadata.xml" in package.namelist()


def test_prefixes_stand_before_new_functions_and_parameters_alone() -> None:
    text = "LET( n,'my n'!$A$1, LAMBDA(step, n*step+INDEX(n,1))(2))"
    marked = excel_text(text)
    assert marked == "_xlfn.LET(_xlpm.n,'my n'!$A$1,_xlfn.LAMBDA(_xlpm.step,_xlpm.n*_xlpm.step+INDEX(_xlpm.n,1))(2))"


@pytest.mark.parametrize(
    ("variant", "part"),
    [
        (Variant(Linear(), optimizer=EveGraddesc()), "by epochs or batches"),
        (Variant(Linear(), batch=4), "by epochs or batches"),
        (Variant(Quartic()), "no data"),
        (Variant(Mlp(), data=Iris(6)), "ranges within a row"),
    ],
    ids=lambda case: case.name if isinstance(case, Variant) else "",
)
def test_one_formula_refuses_what_it_cannot_do(variant: Variant, part: str) -> None:
    with pytest.raises(UsageError, match=part):
        one_formula(tell(variant))


def test_comparison_and_contents_follow_their_sheets() -> None:
    _, tolds = make_book([Variant(Linear(), epochs=3), Variant(Linear2(), epochs=3)])
    side = compare_sheet(tolds)
    first = contents(tolds, "Title", questions={tolds[0].sheet.name: "Does it learn?"}, others={side.name: "both"})
    values = calculate(bind([first, *tolds, side]))
    numbers = [value for value in values.results[0].values() if isinstance(value, float)]
    assert 150.75521153771854 in numbers
    assert {told.sheet.name for told in tolds} < {str(value) for value in first.constants.values()}
    assert side.look is not None
    assert all(series.sheet == "" for chart in side.look.charts for series in chart.series)
    assert NUM in values.results[3].values()
    with pytest.raises(UsageError, match="at least one"):
        compare_sheet([])
