"""Comparing two workbooks: what was inserted, deleted, moved, renamed, and what differs in the cells that stayed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from xlsgd.api import diff
from xlsgd.book import Book, Formula, Name, Settings, Sheet
from xlsgd.book.writer import write
from xlsgd.check.diff import Diff, SheetDiff
from xlsgd.check.diff_align import align
from xlsgd.check.diff_cells import Change
from xlsgd.cli import main
from xlsgd.values import Scalar

Fill = Callable[[Sheet], object]


def put(sheet: Sheet, row: int, col: int, value: Scalar) -> None:
    """What a person types into a cell; a number after ``;`` is the stored value."""
    if isinstance(value, str) and value.startswith("="):
        text, _, stored = value[1:].partition(";")
        sheet.formulas[row, col] = Formula(text, (row, col))
        if stored:
            sheet.cached[row, col] = float(stored)
    else:
        sheet.constants[row, col] = value


def training(rows: int = 12, *, top: int = 4, left: int = 1, name: str = "training") -> Sheet:
    """One neuron without a bias: x, y, w, error, derivative, new w; learning rate above, the sum below."""
    sheet = Sheet(name)
    letters = [chr(64 + left + step) for step in range(6)]
    x, y, w, e, d, new = letters
    put(sheet, top - 3, left, "rate")
    put(sheet, top - 3, left + 1, 0.001)
    for step, word in enumerate(("x", "y", "w", "error", "de/dw", "new w")):
        put(sheet, top - 1, left + step, word)
    for at in range(rows):
        row = top + at
        put(sheet, row, left, float(at * 7 % 11 + 1))
        put(sheet, row, left + 1, float(at * 7 % 11 + 1) * 3 + 2)
        put(sheet, row, left + 2, 1.0 if at == 0 else f"={new}{row - 1};{at}")
        put(sheet, row, left + 3, f"=({w}{row}*{x}{row}-{y}{row})^2;{at + 0.5}")
        put(sheet, row, left + 4, f"=2*{x}{row}*({w}{row}*{x}{row}-{y}{row});{at + 0.25}")
        put(sheet, row, left + 5, f"={w}{row}-${y}${top - 3}*{d}{row};{at + 1}")
    put(sheet, top + rows, left + 3, f"=SUM({e}{top}:{e}{top + rows - 1});9")
    return sheet


def only(found: Diff) -> SheetDiff:
    assert len(found.sheets) == 1
    return found.sheets[0]


def change(found: Diff) -> Change:
    [one] = only(found).changes
    return one


def edited(edit: Fill, **shape: int) -> Diff:
    two = training(**shape)
    edit(two)
    return diff(Book([training()]), Book([two]))


def test_equal_workbooks_are_equal() -> None:
    found = diff(Book([training()]), Book([training()]))
    assert found.equal
    assert only(found).status == "same"


@pytest.mark.parametrize("top", [5, 9])
def test_empty_rows_above_move_everything_and_change_nothing(top: int) -> None:
    sheet = only(diff(Book([training()]), Book([training(top=top)])))
    assert (sheet.rows.blank, sheet.changes) == (top - 4, ())
    assert sheet.rows.inserted == sheet.rows.deleted == ()


def test_a_column_in_front_moves_everything() -> None:
    found = edited(lambda sheet: [put(sheet, row, 1, "note") for row in range(3, 16)], left=2)
    assert (only(found).columns.inserted, only(found).changes) == (("A",), ())


def inserted_row(sheet: Sheet) -> None:
    """What Excel makes of the sheet when row 8 is inserted, and a person who then fills it."""
    whole = training(rows=13)
    for row in range(8, 18):
        for col in range(1, 7):
            sheet.constants.pop((row, col), None)
            sheet.formulas.pop((row, col), None)
            sheet.cached.pop((row, col), None)
    base = training()
    for row in range(8, 18):
        for col in range(1, 7):
            cell, old = (row, col), (row - 1, col)
            if row == 8:
                put(sheet, row, col, f"={whole.formulas[cell].text};5" if cell in whole.formulas else 77.0)
            elif old in base.constants:
                sheet.constants[cell] = base.constants[old]
            elif old in base.formulas:
                sheet.formulas[cell] = whole.formulas.get(cell, base.formulas[old])
                sheet.cached[cell] = base.cached[old]


def test_a_row_in_the_middle() -> None:
    sheet = only(edited(inserted_row))
    assert sheet.rows.inserted == ("8",)
    assert sheet.rows.deleted == ()
    assert sheet.changes == ()


def test_a_row_deleted_is_the_same_the_other_way_round() -> None:
    two = training()
    inserted_row(two)
    sheet = only(diff(Book([two]), Book([training()])))
    assert sheet.rows.deleted == ("8",)
    assert sheet.changes == ()


def test_a_filled_down_formula_that_changed_is_one_difference() -> None:
    def edit(sheet: Sheet) -> None:
        for row in range(4, 16):
            put(sheet, row, 5, f"=A{row}*(C{row}*A{row}-B{row});{row - 3.75}")

    one = change(edited(edit))
    assert (one.kind, one.range, one.range_b, one.cells) == ("formula", "E4:E15", "E4:E15", 12)
    assert (one.old, one.new) == ("=2*A4*(C4*A4-B4)", "=A4*(C4*A4-B4)")


def test_one_cell_that_breaks_its_column() -> None:
    one = change(edited(lambda sheet: put(sheet, 9, 6, "=C9-B1*E9;6")))
    assert (one.kind, one.range, one.new) == ("formula", "F9", "=C9-B1*E9")


def test_a_number_in_place_of_a_formula() -> None:
    def edit(sheet: Sheet) -> None:
        del sheet.formulas[9, 6]
        del sheet.cached[9, 6]
        put(sheet, 9, 6, 4.0)

    one = change(edited(edit))
    assert (one.kind, one.range, one.old, one.new) == ("formula", "F9", "=C9-$B$1*E9", 4.0)


def test_spaces_and_case_are_no_difference() -> None:
    assert edited(lambda sheet: put(sheet, 16, 4, "=sum( D4:D15 );9")).equal


def test_constants_are_gathered() -> None:
    def edit(sheet: Sheet) -> None:
        for row in range(4, 16):
            put(sheet, row, 1, row + 100.0)
            put(sheet, row, 2, float(-row))

    one = change(edited(edit))
    assert (one.kind, one.range, one.cells) == ("constant", "A4:B15", 24)


def test_the_learning_rate() -> None:
    one = change(edited(lambda sheet: put(sheet, 1, 2, 0.0010000000000000002)))
    assert (one.kind, one.range, one.max_ulp) == ("constant", "B1", 1)


def test_stored_values_by_ulp_the_largest_of_a_region() -> None:
    def edit(sheet: Sheet) -> None:
        sheet.cached[6, 5] = 2.25 + 2**-51
        sheet.cached[9, 5] = 5.25 + 2**-48

    one = change(edited(edit))
    assert (one.kind, one.range, one.cells, one.max_ulp) == ("value", "E6:E9", 2, 4)
    assert (one.first, one.worst) == ("E6", "E9")


def test_text_that_looks_like_the_number_differs() -> None:
    one = change(edited(lambda sheet: put(sheet, 4, 1, "1")))
    assert (one.kind, one.range, one.old, one.new, one.max_ulp) == ("constant", "A4", 1.0, "1", None)


def test_added_and_removed_cells() -> None:
    found = edited(lambda sheet: put(sheet, 1, 5, "scratch") or sheet.constants.pop((1, 1)))
    kinds = {one.kind: one for one in only(found).changes}
    assert (kinds["added"].range, kinds["added"].range_b) == (None, "E1")
    assert (kinds["removed"].range, kinds["removed"].range_b) == ("A1", None)


def test_a_renamed_sheet_is_found_by_its_content() -> None:
    summary = Sheet("sum")
    put(summary, 1, 1, "=training!D16;9")
    renamed = Sheet("sum")
    put(renamed, 1, 1, "='my run'!D16;9")
    found = diff(Book([training(), summary]), Book([training(name="my run"), renamed]))
    assert [(one.sheet, one.status, one.before) for one in found.sheets] == [
        ("my run", "changed", "training"),
        ("sum", "same", None),
    ]
    assert all(not one.changes for one in found.sheets)


def test_sheets_that_come_go_and_move() -> None:
    other = Sheet("other")
    put(other, 1, 1, "text")
    gone, new = Sheet("gone"), Sheet("new")
    put(gone, 1, 1, "something")
    put(new, 1, 1, "else")
    found = diff(Book([training(), other, gone]), Book([new, other, training()]))
    states = {one.sheet: one.status for one in found.sheets}
    assert states == {"training": "changed", "other": "changed", "new": "added", "gone": "removed"}
    assert {one.sheet: one.place for one in found.sheets if one.place} == {"training": (1, 2), "other": (2, 1)}


def test_a_moved_row() -> None:
    rows = [f"label {number}" for number in range(9)]
    one, two = Sheet("s"), Sheet("s")
    for at, text in enumerate(rows, 1):
        put(one, at, 1, text)
    for at, text in enumerate([*rows[1:7], rows[0], *rows[7:]], 1):
        put(two, at, 1, text)
    sheet = only(diff(Book([one]), Book([two])))
    assert sheet.rows.moved == (("1", "7"),)
    assert sheet.changes == ()


def test_names_follow_inserted_rows() -> None:
    one = Book([training()], names=[Name("rate", "training!$B$1"), Name("last", "training!$F$15", 0)])
    two = training()
    inserted_row(two)
    same_names = [Name("rate", "training!$B$1"), Name("last", "training!$F$16", 0)]
    assert diff(one, Book([two], names=same_names)).names == ()
    early = [Name("rate", "training!$B$1"), Name("last", "training!$F$15", 0), Name("new", "training!$A$1")]
    found = diff(one, Book([two], names=early)).names
    assert [(other.what, other.old, other.new) for other in found] == [
        ("training!last", "training!$F$15", "training!$F$15"),
        ("new", None, "training!$A$1"),
    ]


def test_settings() -> None:
    found = diff(Book([training()]), Book([training()], settings=Settings(mode="manual", full_precision=False)))
    assert [(other.what, other.old, other.new) for other in found.settings] == [
        ("mode", "auto", "manual"),
        ("full precision", "True", "False"),
    ]
    assert not found.equal


def with_charts(path: Path, *charts: tuple[str, int, int]) -> Path:
    """A workbook with line charts: title, first and last row of column B."""
    import openpyxl
    from openpyxl.chart import LineChart, Reference

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, 10):
        sheet.append([row, row * row])
    for number, (title, first, last) in enumerate(charts):
        chart = LineChart()
        chart.title = title
        chart.add_data(Reference(sheet, min_col=2, min_row=first, max_row=last))
        sheet.add_chart(chart, f"D{1 + 20 * number}")
    book.save(path)
    return path


def test_charts_are_compared_by_title(tmp_path: Path) -> None:
    one = with_charts(tmp_path / "a.xlsx", ("error", 1, 9), ("weight", 1, 9))
    two = with_charts(tmp_path / "b.xlsx", ("weight", 1, 8), ("error", 1, 9), ("new", 1, 2))
    assert diff(one, one).charts == ()
    found = diff(one, two)
    assert not found.equal
    assert [(other.what, other.old, other.new) for other in found.charts] == [
        ("Sheet: chart 'weight' at D1, series 1", "'Sheet'!$B$1:$B$9", "'Sheet'!$B$1:$B$8"),
        ("Sheet: chart 'new' at D41", None, "line, 1 series"),
    ]


def test_values_are_left_out_where_a_file_has_none() -> None:
    two = training()
    two.cached.clear()
    found = diff(Book([training()]), Book([two]))
    assert found.equal
    assert found.remarks


@pytest.mark.parametrize("size", [1, 50, 3000])
def test_alignment_finds_what_was_taken_out(size: int) -> None:
    whole = [number * number % 1009 for number in range(size)]
    kept = [at for at in range(size) if at % 7 != 3]
    pairs = align([whole], [[whole[at] for at in kept]])
    assert len(pairs) >= len(kept) * 0.9
    assert all(whole[a] == whole[kept[b]] for a, b in pairs)
    assert pairs == sorted(pairs)
    assert len({b for _, b in pairs}) == len(pairs)


def test_a_hundred_thousand_rows_take_a_moment() -> None:
    one = [(number * 7919 % 5003, number % 3) for number in range(100_000)]
    two = [*one[:40_000], (-1, -1), *one[40_000:70_000], *one[70_100:]]
    start = time.perf_counter()
    pairs = align([one], [two])
    assert time.perf_counter() - start < 5
    assert len(pairs) == 99_900


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, broken = tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    write(Book([training()]), one)
    other = training()
    put(other, 9, 6, "=C9-B1*E9;6")
    write(Book([other]), two)
    broken.write_text("no workbook")
    assert main(["diff", str(one), str(one)]) == 0
    assert "equal" in capsys.readouterr().out
    assert main(["diff", str(one), str(two)]) == 1
    shown = capsys.readouterr().out
    assert "=C9-$B$1*E9" in shown
    assert "F9" in shown
    assert main(["diff", str(one), str(two), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["equal"] is False
    assert document["sheets"][0]["changes"][0] == {
        "kind": "formula",
        "range": "F9",
        "range_b": "F9",
        "cells": 1,
        "old": "=C9-$B$1*E9",
        "new": "=C9-B1*E9",
        "max_ulp": None,
        "first": "F9",
        "worst": None,
    }
    assert main(["diff", str(one), str(broken)]) == 2
    assert "c.xlsx" in capsys.readouterr().err
