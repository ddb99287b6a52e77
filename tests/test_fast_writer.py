"""Large sheets: the rows from templates are, byte for byte, what small sheets get from XlsxWriter."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlsgd import api
from xlsgd.address import MAX_ROW, Box
from xlsgd.book import Book, Cell, Formula, Sheet, Table, write_cells
from xlsgd.book.columns import CellColumns, FormulaColumns, FormulaRun, Run
from xlsgd.book.gather import gather_formulas
from xlsgd.book.look import Chart, Link, Look, Series, Style
from xlsgd.book.reader import read
from xlsgd.book.style_columns import StyleColumns, StyleRun
from xlsgd.book.writer import to_bytes, write
from xlsgd.errors import UsageError
from xlsgd.formula import text_at
from xlsgd.sheet import make_book
from xlsgd.tagged import Texts, tagged
from xlsgd.values import CALC, DIV0, NA, NUM, Scalar, Unsupported
from xlsgd.variants import Adam, Forward, Linear, Mlp, Quartic, Relu2, Sgd, Variant

Entries = dict[str, tuple[bytes, object]]

VARIANTS = [
    Variant(Linear(), Forward(), Sgd(1e-4), epochs=3),
    Variant(Linear(), optimizer=Adam(), epochs=2, shuffle=1, batch=5),
    Variant(Linear(), optimizer=Sgd(1.0), epochs=2),
    Variant(Quartic(), optimizer=Sgd(1e3)),
    Variant(Relu2(), epochs=2),
    Variant(Mlp()),
]


def entries(data: bytes) -> Entries:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {
            info.filename: (archive.read(info), (info.date_time, info.compress_type, info.external_attr))
            for info in archive.infolist()
        }


def written(book: Book, large: int) -> Entries:
    """The entries of a workbook in which sheets of so many cells are large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write_cells, "_LARGE", large)
        return entries(to_bytes(book))


def assert_equal_both_ways(book: Book) -> Entries:
    slow, fast = written(book, 10**9), written(book, 0)
    assert list(slow) == list(fast)
    for name in slow:
        assert slow[name] == fast[name], name
    return fast


def with_values(book: Book) -> Book:
    for sheet, results in zip(book.sheets, api.calculate(book, "scalar").results, strict=True):
        sheet.cached = {cell: value for cell, value in results.items() if not isinstance(value, Unsupported)}
    return book


def in_columns(sheet: Sheet) -> Sheet:
    """The same sheet with its cells kept by column."""
    runs = gather_formulas(sheet.formulas)
    others = {cell: formula for cell, formula in sheet.formulas.items() if formula.kind != "normal"}
    plain = {col: [run for run in runs[col] if run.formula.kind == "normal"] for col in runs}
    found = replace(sheet, formulas=FormulaColumns(plain, others))
    found.constants, found.cached = as_columns(sheet.constants), as_columns(sheet.cached)
    return found


def as_columns(cells: Mapping[Cell, Scalar]) -> CellColumns:
    texts, runs = Texts(), dict[int, list[Run]]()
    for col in {col for _, col in cells}:
        rows = [row for row, other in cells if other == col]
        column = [cells.get((row, col)) for row in range(min(rows), max(rows) + 1)]
        runs[col] = [Run(min(rows), tagged(column, texts))]
    return CellColumns(runs, texts, {})


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_told_variants(variant: Variant) -> None:
    book, _ = make_book([variant, VARIANTS[0]])
    assert_equal_both_ways(book)
    found = assert_equal_both_ways(with_values(book))
    assert sum(b"numCache" in data for data, _ in found.values()) >= 4
    book.sheets = [in_columns(sheet) for sheet in book.sheets]
    assert written(book, 0) == found


def test_long_variants_are_kept_by_column_and_read_the_same(tmp_path: Path) -> None:
    variant = Variant(Linear(), optimizer=Sgd(0.5), epochs=150, batch=3)
    book, (told,) = make_book([variant])
    assert isinstance(told.sheet.formulas, FormulaColumns)
    assert isinstance(told.sheet.constants, CellColumns)
    api._store(book, [told], tmp_path / "a.xlsx")
    assert written(book, 10**9) == written(book, 0)
    again = read(tmp_path / "a.xlsx").sheets[0]
    assert dict(again.cached) == dict(book.sheets[0].cached)
    links = {link.cell: link.text for link in told.sheet.look.links} if told.sheet.look else {}
    assert dict(again.constants) == {**told.sheet.constants, **links}
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")[variant.name]
    assert len(told.sheet.formulas) > 50_000
    for (row, col), formula in told.sheet.formulas.items():
        if formula.kind == "normal":
            assert sheet.cell(row, col).value == "=" + text_at(formula.text, formula.origin, (row, col))
    stale = [outcome for outcome in api.check_file(tmp_path / "a.xlsx", variant) if outcome.stale]
    assert not stale


TEXTS = [
    "A1*2",
    "$A1+A$1+$A$1",
    "SUM(A$1:A2)",
    "1:1",
    "SUM($2:3)",
    "IF(a1<2,\"5% & <b> A1\",'x y'!B7)",
    "B3%",
    "A:A",
    "A1(",
    '"_x0041_ \t\n"&C9',
    "Table[[#This Row],[A1]]",
    "log10(A5)",
    "A1:B2 B2:C3",
    f"A{MAX_ROW - 9}",
    "-A3^2",
    '"a\x01b"',
]
NUMBERS = [0.1, -0.0, 3.0, 1e300, 1e-7, 2.0**53, 5e-324]
VALUES: list[Scalar] = [*NUMBERS, "a<b", "", " x\x01 ", True, False, NUM, NA, DIV0, None]
STYLES = [Style(), Style("input", "0.00"), Style("state", bold=True), Style("plain", line_above=True), Style("link")]


def drawn_book(seed: int) -> Book:
    """A sheet of fill-downs and of everything that disturbs them."""
    draw = random.Random(seed)
    sheet, look = Sheet("S"), Look()
    for col in draw.sample(range(1, 40), draw.randint(1, 9)):
        row = draw.choice([1, 2, 17, 400] * 20 + [MAX_ROW - 60])
        while draw.random() < 0.7 and row < MAX_ROW - 50:
            bottom = row + draw.choice([0, 1, 5, 40])
            fill_drawn(draw, sheet, look, range(row, bottom + 1), col)
            row = bottom + draw.choice([1, 1, 2, 30])
    for row, col in draw.sample(sorted({*sheet.formulas, *sheet.constants}), min(3, len(sheet.formulas))):
        look.links.append(Link((row, col), "there", (1, 1)))
        look.notes[row + draw.choice([0, 40]), col] = "note"
        look.heights[row] = 30.0
        look.outlines.append((row, row + 3))
        sheet.hidden_rows.add(row + 1)
    book = Book([sheet, Sheet("x y", constants={(1, 1): "text", (2, 1): "a<b"})])
    if draw.random() < 0.5:
        box = Box(410, 3, 414, 4)
        sheet.constants |= {(410, 3): "x", (410, 4): "y"}
        book.tables.append(Table("Table", 0, box, ("x", "y")))
    if draw.random() < 0.5:
        look.merges.append(Box(5, 50, 6, 51))
        sheet.constants[5, 50] = "merged"
        sheet.constants[6, 51] = 1.0
    columns = [Box(1, col, 30, col) for col in (2, 3)]
    look.charts.append(Chart("t", (1, 60), (Series((1, 1), columns[0], columns[1]), Series((1, 1), *columns[::-1]))))
    sheet.look = look
    return book


def fill_drawn(draw: random.Random, sheet: Sheet, look: Look, rows: range, col: int) -> None:
    formula = Formula(draw.choice(TEXTS), (rows[0] if draw.random() < 0.7 else rows[len(rows) // 2], col))
    formula = formula._replace(dynamic=draw.random() < 0.1)
    several = draw.sample(VALUES, 3) if draw.random() < 0.5 else [0.5, 1 / 3]
    style, typed = draw.choice(STYLES), draw.random() < 0.3
    texts = ["a<b", "=x", "<r>1</r>", "", "plain", "-1", "x"]
    for row in rows:
        if draw.random() < 0.9:
            look.styles[row, col] = style if draw.random() < 0.9 else draw.choice(STYLES)
        if typed:
            sheet.constants[row, col] = draw.choice([1.5, 2, -0.0, True, NUM, *texts])
        elif draw.random() < 0.95:
            sheet.formulas[row, col] = formula
            sheet.cached[row, col] = draw.choice(several)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sheet(seed: int) -> None:
    assert_equal_both_ways(drawn_book(seed))


def many(value: Scalar | Unsupported, formula: str = "A1", last: int = 5_000) -> Sheet:
    """A sheet of five columns, with another value in its last cell."""
    formulas = {col: [FormulaRun(1, last, Formula(formula, (1, col)))] for col in range(2, 7)}
    texts = Texts()
    runs = {col: [Run(1, tagged([float(row) for row in range(last)], texts))] for col in range(2, 7)}
    runs[6] = [Run(1, tagged([1.0] * (last - 1) + [value], texts))]
    return Sheet("S", formulas=FormulaColumns(formulas, {}), cached=CellColumns(runs, texts, {}))


def test_cells_by_column_read_back(tmp_path: Path) -> None:
    sheet = many("last", "SUM(A$1:A1)%")
    write(Book([sheet]), tmp_path / "a.xlsx")
    again = read(tmp_path / "a.xlsx").sheets[0]
    assert dict(again.cached) == dict(sheet.cached)
    other = openpyxl.load_workbook(tmp_path / "a.xlsx")["S"]
    assert [other.cell(row, 6).value for row in (1, 2, 5_000)] == [f"=SUM(A$1:A{row})%" for row in (1, 2, 5_000)]
    assert other.dimensions == "B1:F5000"
    assert other.max_row == 5_000


def test_blank_places_at_the_ends_of_runs_are_no_cells() -> None:
    runs = [Run(5, tagged([None, 1.0, None, 2.0, None, None], Texts()))]
    book = Book([Sheet("S", constants=CellColumns({3: runs}, Texts(), {}))])
    found = assert_equal_both_ways(book)
    assert b'<dimension ref="C6:C8"/>' in found["xl/worksheets/sheet1.xml"][0]


def test_very_large_entries_are_marked_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book([many(1.0)])
    usual = entries(to_bytes(book))
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1 << 20)
    assert entries(to_bytes(book)) == usual


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("inf"), "S!F5000: inf is not a number"),
        (CALC, "S!F5000: the error value #CALC! cannot be stored"),
        ("x" * 32_768, "S!F5000: a text of more than 32,767"),
        (Unsupported("FOO"), "S!F5000: a cell without an answer cannot be written: FOO"),
    ],
)
def test_what_cannot_be_written_leaves_the_file_as_it_was(
    value: Scalar | Unsupported, message: str, tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_text("what was there")
    with pytest.raises(UsageError) as caught:
        write(Book([many(value)]), tmp_path / "a.xlsx")
    assert message in str(caught.value)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.xlsx", "what was there")]


def test_a_value_without_a_formula_is_refused() -> None:
    sheet = many(1.0)
    sheet.cached[5_001, 6] = 1.0
    with pytest.raises(UsageError, match="S!F5001: a cached value, but no formula"):
        to_bytes(Book([sheet]))


@pytest.mark.parametrize(("value", "forced"), [(1.0, False), (None, True)])
def test_excel_is_asked_to_calculate_only_where_a_value_lacks(value: Scalar, forced: bool) -> None:
    workbook = entries(to_bytes(Book([many(value)])))["xl/workbook.xml"][0]
    assert (b"fullCalcOnLoad" in workbook) == forced


def test_the_same_book_gives_the_same_bytes() -> None:
    assert to_bytes(Book([many(1.0)])) == to_bytes(Book([many(1.0)]))


def test_more_row_distances_than_short_marks() -> None:
    sheet = many(1.0, "+".join(f"A{row}" for row in range(1, 80)))
    rows = entries(to_bytes(Book([sheet])))["xl/worksheets/sheet1.xml"][0].decode()
    wanted = "+".join(f"A{row}" for row in range(1 + 998, 80 + 998))
    assert f'<c r="B999" s="1"><f>{wanted}</f><v>998</v></c>' in rows
    assert not set(rows) & set(map(chr, range(9)))


def test_references_that_leave_the_grid_are_written_cell_by_cell() -> None:
    sheet = many(1.0, f"A{MAX_ROW - 2}")
    rows = entries(to_bytes(Book([sheet])))["xl/worksheets/sheet1.xml"][0].decode()
    assert f'<c r="F3" s="1"><f>A{MAX_ROW}</f>' in rows
    assert '<c r="F4" s="1"><f>#REF!</f>' in rows


def test_styles_by_column_are_a_mapping() -> None:
    bold, plain = Style(bold=True), Style()
    styles = StyleColumns()
    styles.fill(2, 1, 3, plain)
    styles.fill(2, 4, 9, bold)
    styles[2, 2] = bold
    styles[1, 1] = plain
    same = {(row, 2): plain if row < 4 and row != 2 else bold for row in range(1, 10)} | {(1, 1): plain}
    assert styles == same
    assert len(styles) == 10
    del styles[5, 2], styles[2, 2], styles[1, 1]
    del same[5, 2], same[2, 2], same[1, 1]
    assert styles == same
    assert styles.runs[2][1] == StyleRun(3, 3, plain)
    with pytest.raises(KeyError):
        del styles[5, 2]
    with pytest.raises(ValueError, match="does not lie below"):
        styles.fill(2, 9, 10, bold)


def test_large_sheets_take_little_memory() -> None:
    import tracemalloc

    sheet = many(1.0, last=60_000)
    tracemalloc.start()
    try:
        data = to_bytes(Book([sheet]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(data) * 2 + 30_000_000
    assert len(entries(data)["xl/worksheets/sheet1.xml"][0]) > 10_000_000
