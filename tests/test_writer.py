"""Book to .xlsx: what is written reads back equal, or nothing is written and the error says why."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.address import Box
from xlsgd.book import Book, External, Formula, Name, Settings, Sheet, Table
from xlsgd.book.look import Chart, Look, Rule, Series, Style
from xlsgd.book.reader import read
from xlsgd.book.writer import to_bytes, write
from xlsgd.errors import UsageError
from xlsgd.formula import text_at
from xlsgd.values import CALC, DIV0, NA, NUM, REF, VALUE, Scalar

VALUES: list[Scalar] = [
    0.1 + 0.2,
    1.7976931348623157e308,
    2.2250738585072014e-308,
    -5e-4,
    3.0,
    "text & <b>",
    "",
    " spaced ",
    "line\nbreak",
    True,
    False,
    NUM,
    DIV0,
    NA,
    REF,
    VALUE,
]


def one_sheet(**parts: object) -> Book:
    return Book([Sheet("S", **parts)])  # type: ignore[arg-type]


def saved(book: Book, folder: Path) -> Path:
    write(book, folder / "book.xlsx")
    return folder / "book.xlsx"


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_cached_values_read_back(value: Scalar, tmp_path: Path) -> None:
    book = one_sheet(formulas={(2, 3): Formula("A1*2", (2, 3))}, cached={(2, 3): value})
    path = saved(book, tmp_path)
    assert read(path).sheets[0].cached == {(2, 3): value}
    shown = openpyxl.load_workbook(path, data_only=True)["S"]["C2"].value
    expected = None if value == "" else str(value) if value in (NUM, DIV0, NA, REF, VALUE) else value
    assert shown == expected
    assert openpyxl.load_workbook(path)["S"]["C2"].value == "=A1*2"


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_constants_read_back(value: Scalar, tmp_path: Path) -> None:
    path = saved(one_sheet(constants={(1, 1): value}), tmp_path)
    assert read(path).sheets[0].constants.get((1, 1), "") == value
    assert read(path).sheets[0].formulas == {}


@given(number=st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_every_bit_of_a_number_is_kept(number: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    book = one_sheet(
        constants={(1, 1): number}, formulas={(1, 2): Formula("A1", (1, 2))}, cached={(1, 2): number}
    )  # fmt: skip
    sheet = read(saved(book, tmp_path_factory.getbasetemp())).sheets[0]
    assert sheet.constants[1, 1] == number
    assert sheet.cached[1, 2] == number


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+A1",
        "@SUM(A1)",
        "-2+3",
        "{=A1}",
        "123",
        "1E5",
        "TRUE",
        "#N/A",
        "http://example.com",
        "mailto:a@b.c",
        "<r><t>x</t></r>",
        "_x0041_",
        "'quoted",
        "a\x01b",
    ],
)
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    path = saved(one_sheet(constants={(1, 1): text}), tmp_path)
    sheet = read(path).sheets[0]
    assert sheet.constants == {(1, 1): text}
    assert not sheet.formulas
    parts = zipfile.ZipFile(path).namelist()
    assert not any("hyperlink" in part.casefold() or "externalLink" in part for part in parts)
    assert b"<hyperlink" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


def test_formulas_move_with_their_cell(tmp_path: Path) -> None:
    shared = Formula("A1*$B$1", (1, 3))
    book = one_sheet(formulas={(row, 3): shared for row in (1, 2, 3)}, cached={(row, 3): 0.0 for row in (1, 2, 3)})
    sheet = openpyxl.load_workbook(saved(book, tmp_path))["S"]
    assert [sheet.cell(row, 3).value for row in (1, 2, 3)] == ["=A1*$B$1", "=A2*$B$1", "=A3*$B$1"]


def test_array_formulas_and_what_they_fill(tmp_path: Path) -> None:
    box = Box(1, 2, 2, 2)
    book = one_sheet(
        constants={(1, 1): 1.0, (2, 1): 2.0},
        formulas={(1, 2): Formula("A1:A2*2", (1, 2), "array", box)},
        cached={(1, 2): 2.0, (2, 2): 4.0},
    )
    sheet = read(saved(book, tmp_path)).sheets[0]
    found = sheet.formulas[1, 2]
    assert (found.text, found.kind, found.box, found.dynamic) == ("A1:A2*2", "array", box, False)
    assert sheet.cached == {(1, 2): 2.0, (2, 2): 4.0}
    assert set(sheet.constants) == {(1, 1), (2, 1)}


def test_dynamic_arrays_carry_their_mark(tmp_path: Path) -> None:
    box = Box(1, 1, 3, 1)
    formula = Formula("_xlfn.SEQUENCE(3)", (1, 1), "array", box, dynamic=True)
    book = one_sheet(formulas={(1, 1): formula}, cached={(n, 1): float(n) for n in (1, 2, 3)})
    sheet = read(saved(book, tmp_path)).sheets[0]
    assert sheet.formulas[1, 1].dynamic
    assert sheet.formulas[1, 1].box == box
    assert sheet.cached == book.sheets[0].cached


def test_names_of_the_workbook_and_of_a_sheet(tmp_path: Path) -> None:
    names = [Name("lr", "'two words'!$A$1", 1), Name("h", "S!$B$2"), Name("unseen", "S!$C$3", hidden=True)]
    path = saved(Book([Sheet("S"), Sheet("two words")], names), tmp_path)
    assert sorted(read(path).names, key=lambda name: name.name) == sorted(names, key=lambda name: name.name)


def test_tables_settings_and_hidden_parts(tmp_path: Path) -> None:
    settings = Settings(mode="manual", iterate=True, iterate_count=7, iterate_delta=0.5, date1904=True)
    sheet = Sheet("S", constants={(1, 1): "x", (1, 2): "y", (2, 1): 1.0, (2, 2): 2.0}, hidden_rows={5})
    table = Table("T", 0, Box(1, 1, 2, 2), ("x", "y"))
    book = read(saved(Book([sheet, Sheet("out of sight", visible=False)], tables=[table], settings=settings), tmp_path))
    assert book.settings == settings
    assert book.tables == [table]
    assert book.sheets[0].hidden_rows == {5}
    assert [one.visible for one in book.sheets] == [True, False]


def test_precision_as_displayed(tmp_path: Path) -> None:
    assert read(saved(Book([Sheet("S")], settings=Settings(full_precision=False)), tmp_path)).settings == Settings(
        full_precision=False
    )


@pytest.mark.parametrize(("cached", "forced"), [({(1, 1): 2.0}, False), ({}, True)])
def test_excel_is_asked_to_calculate_only_where_a_value_lacks(
    cached: dict[tuple[int, int], Scalar], forced: bool, tmp_path: Path
) -> None:
    path = saved(one_sheet(formulas={(1, 1): Formula("1+1", (1, 1))}, cached=cached), tmp_path)
    assert (b"fullCalcOnLoad" in zipfile.ZipFile(path).read("xl/workbook.xml")) == forced


def test_the_look_is_written(tmp_path: Path) -> None:
    look = Look(
        styles={(1, 1): Style("input", "0.00", bold=True, align="center")},
        widths={1: 20.0},
        notes={(1, 1): "what this is"},
        merges=[Box(3, 1, 3, 2)],
        freeze=(2, 3),
        rules=[Rule(Box(1, 1, 9, 1), "A1>5", number_format="0.0E+00", role="error")],
        print_titles=(1, 1),
    )
    book = one_sheet(constants={(1, 1): 1.5, (3, 1): "merged"}, look=look)
    book.title = "A & B"
    path = saved(book, tmp_path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["S"]
    assert (sheet["A1"].number_format, sheet["A1"].font.b, sheet["A1"].alignment.horizontal) == ("0.00", True, "center")
    assert sheet["A1"].comment.text == "what this is"
    assert sheet["A3"].value == "merged"
    assert sheet.freeze_panes == "C2"
    assert [str(box) for box in sheet.merged_cells.ranges] == ["A3:B3"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$1:$1"
    assert len(sheet.conditional_formatting) == 1
    assert workbook.properties.title == "A & B"
    assert workbook.properties.created.replace(tzinfo=UTC) < datetime.now(UTC)


def test_the_same_book_gives_the_same_bytes() -> None:
    book = one_sheet(constants={(1, 1): 1.0, (1, 2): "x"}, formulas={(1, 3): Formula("A1", (1, 3))})
    assert to_bytes(book) == to_bytes(book)


def bad_books() -> dict[str, tuple[Book, str]]:
    formula = {(1, 1): Formula("1", (1, 1))}
    table = Table("T", 0, Box(1, 1, 1, 2), ("x", "y"))
    series = Series((1, 1), Box(1, 1, 2, 1), Box(1, 1, 2, 1))
    chart, pie = Chart("=A1", (1, 1), (series,)), Chart("t", (1, 1), (series,), kind="pie of the day")
    return {
        "no sheet": (Book(), "at least one sheet"),
        "all hidden": (Book([Sheet("S", visible=False)]), "visible"),
        "not a number": (one_sheet(constants={(1, 1): float("nan")}), "S!A1: nan is not a number"),
        "infinite": (one_sheet(formulas=formula, cached={(1, 1): float("inf")}), "S!A1: inf"),
        "long text": (one_sheet(constants={(2, 2): "x" * 32_768}), "S!B2: a text of more than 32,767"),
        "newer error": (one_sheet(formulas=formula, cached={(1, 1): CALC}), "#CALC! cannot be stored"),
        "data table": (one_sheet(formulas={(1, 1): Formula("", (1, 1), "table")}), "kind 'table'"),
        "orphan": (one_sheet(cached={(4, 4): 1.0}), "S!D4: a cached value, but no formula"),
        "filter": (one_sheet(filtered_rows={3}), "hidden by a filter"),
        "chart sheet": (Book([Sheet("S", kind="chartsheet")]), "kind 'chartsheet'"),
        "link": (Book([Sheet("S")], externals=[External("other.xlsx")]), "links to other workbooks"),
        "sheet name": (Book([Sheet("a/b")]), "a/b"),
        "long sheet name": (Book([Sheet("x" * 32)]), "31"),
        "two of a name": (Book([Sheet("S"), Sheet("s")]), "already in use"),
        "name like a cell": (Book([Sheet("S")], [Name("A1", "S!$A$1")]), "cell name"),
        "table without rows": (Book([Sheet("S")], tables=[table]), "at least one data row"),
        "chart kind": (one_sheet(look=Look(charts=[pie])), "chart type"),
        "chart text": (one_sheet(look=Look(charts=[chart])), "read as a reference"),
    }


@pytest.mark.parametrize("case", bad_books())
def test_what_cannot_be_written_leaves_the_file_as_it_was(case: str, tmp_path: Path) -> None:
    book, part = bad_books()[case]
    path = tmp_path / "book.xlsx"
    path.write_text("what was there")
    with pytest.raises(UsageError) as caught:
        write(book, path)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("book.xlsx", "what was there")]


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        write(one_sheet(), tmp_path / "nowhere" / "book.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_place_of_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        write(one_sheet(), tmp_path / "book.xlsx")
    assert [file.name for file in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = saved(one_sheet(constants={(1, 1): 1.0}), tmp_path)
    saved(one_sheet(constants={(1, 1): 2.0}), tmp_path)
    assert read(path).sheets[0].constants == {(1, 1): 2.0}
    assert [file.name for file in tmp_path.iterdir()] == ["book.xlsx"]


def test_formula_texts_are_kept_as_they_are(tmp_path: Path) -> None:
    texts = ['IF(A1<2,"a & b","<c>")', "_xlfn.XLOOKUP(A1,B:B,C:C)", "SINGLE(A1)", "{1,2}", "SORT(A1)", " A1 + 2 "]
    formulas = {(row, 5): Formula(text, (row, 5)) for row, text in enumerate(texts, 1)}
    sheet = read(saved(one_sheet(formulas=formulas), tmp_path)).sheets[0]
    assert [text_at(f.text, f.origin, cell) for cell, f in sorted(sheet.formulas.items())] == texts
