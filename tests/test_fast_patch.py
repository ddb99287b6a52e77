"""New values in large sheets: by column the same bytes as cell by cell, and all that holds there holds here too."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from make_package import parts, save, sheet, unzip
from test_fast_writer import as_columns, many
from test_patch import *  # noqa: F403 - its tests run again, by column
from xlsgd.book import Book, Cell, Formula
from xlsgd.book import patch as module
from xlsgd.book.columns import CellColumns
from xlsgd.book.patch import Patched, patch
from xlsgd.book.reader import read
from xlsgd.book.writer import write
from xlsgd.tagged import Texts
from xlsgd.values import CALC, DIV0, NA, NUM, Scalar, Unsupported

VALUES: list[Scalar] = [1e-7, -3.0, 0.0, 1e300, True, False, 'a<b&"c\r\n\x01_x0041_ ', "", "ü😀", NUM, DIV0, NA]
PART = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def by_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 1)


def refuse(*_: object) -> Any:
    raise AssertionError("cell by cell")


def both_ways(
    source: Path, results: Mapping[Cell, Scalar | Unsupported], monkeypatch: pytest.MonkeyPatch
) -> tuple[Patched, dict[str, bytes]]:
    """What a patch did and made, the same in both ways."""
    folder = source.parent
    with monkeypatch.context() as patched:
        patched.setattr(module, "_MANY", 10**9)
        slow = patch(source, folder / "slow.xlsx", {0: results})
    with monkeypatch.context() as patched:
        patched.setattr(module, "_new_part", refuse)
        fast = patch(source, folder / "fast.xlsx", {0: results})
    assert fast.cells == slow.cells
    assert sorted(fast.left) == sorted(slow.left)
    assert unzip(folder / "fast.xlsx") == unzip(folder / "slow.xlsx")
    return fast, unzip(folder / "fast.xlsx")


@pytest.mark.parametrize("seed", range(6))
def test_any_values(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)
    book = Book([many("last", last=400)])
    write(book, tmp_path / "a.xlsx")
    some = VALUES if seed % 2 else VALUES[:4]
    results: dict[Cell, Any] = {cell: draw.choice(some) for cell in book.sheets[0].formulas if draw.random() < 0.7}
    done, _ = both_ways(tmp_path / "a.xlsx", results, monkeypatch)
    assert done.cells > 1000
    again = read(tmp_path / "fast.xlsx").sheets[0]
    assert dict(again.cached) == {**book.sheets[0].cached, **results}
    results |= {
        (3, 2): Unsupported("FOO"),
        (4, 2): None,
        (5, 2): CALC,
        (6, 2): float("inf"),
        (7, 2): 5e-324,
        (1, 1): 1.0,
    }
    done, _ = both_ways(tmp_path / "fast.xlsx", results, monkeypatch)
    assert sorted(done.left) == [
        ("S!A1", "it lies outside of the stored range of its array formula"),
        ("S!B3", "no answer: FOO"),
    ]
    again = read(tmp_path / "fast.xlsx").sheets[0]
    assert [again.cached.get((row, 2)) for row in (4, 6, 7)] == [None, NUM, 0.0]


def test_results_by_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = many("last", last=4000)
    write(Book([sheet]), tmp_path / "a.xlsx")
    assert isinstance(sheet.cached, CellColumns)
    assert both_ways(tmp_path / "a.xlsx", sheet.cached, monkeypatch)[0] == Patched()
    results = as_columns({(row, 3): row / 7 for row in range(1, 4001)} | {(9, 4): "new", (10, 4): NA})
    results[11, 5] = Unsupported("FOO")
    results.others[12, 5] = None
    done, _ = both_ways(tmp_path / "a.xlsx", results, monkeypatch)
    assert done == Patched(4003, [("S!E11", "no answer: FOO")])
    again = read(tmp_path / "fast.xlsx").sheets[0]
    assert [again.cached.get(cell) for cell in ((3999, 3), (9, 4), (12, 5))] == [3999 / 7, "new", None]


ROWS = (
    '<row r="1" spans="1:3"><c r="A1" cm="1"><f t="array" ref="A1:A3">X1#</f><v>1</v></c><c r="B1" s="3"/></row>'
    '<row r="2"><c r="A2" s="1"/><c r="B2"><f>A2</f></c></row>\n <row r="3" ht="5"/>'
    '<row r="4"><c r="A4" t="str" s="2"><f>B1&amp;"x"</f><v xml:space="preserve"> a</v></c>'
    '<c r="B4"><f t="shared" ref="B4:B5" si="0">A1</f><v/></c></row>'
    '<row r="5"><c r="B5"><f t="shared" si="0"/></c></row>'
)


def test_cells_of_all_usual_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = save(tmp_path / "a.xlsx", parts(ROWS))
    results: dict[Cell, Any] = {
        (1, 1): 2.0, (2, 1): "x", (3, 1): 3.0, (2, 2): True, (4, 1): 1.0, (4, 2): 5.0, (5, 2): "t",
    }  # fmt: skip
    done, found = both_ways(source, results, monkeypatch)
    assert done == Patched(6, [("S!A3", "the file has no such cell")])
    head, tail = sheet("|").split("|")
    assert found[PART].decode() == head + (
        '<row r="1" spans="1:3"><c r="A1" cm="1"><f t="array" ref="A1:A3">X1#</f><v>2</v></c><c r="B1" s="3"/></row>'
        '<row r="2"><c r="A2" s="1" t="str"><v>x</v></c><c r="B2" t="b"><f>A2</f><v>1</v></c></row>'
        '\n <row r="3" ht="5"/>'
        '<row r="4"><c r="A4" s="2"><f>B1&amp;"x"</f><v>1</v></c><c r="B4"><f t="shared" ref="B4:B5" si="0">A1</f>'
        '<v>5</v></c></row><row r="5"><c r="B5" t="str"><f t="shared" si="0"/><v>t</v></c></row>' + tail
    )


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><!-- --><f>1</f><v>1</v></c></row>',
        '<row r="1"><c r="A1"><f>1</f><v>1</v><extLst/></c></row>',
        '<row r="1"><c s="1" r="A1"><f>1</f><v>1</v></c></row>',
        '<row r="1"><c r="A1"><f>1</f> <v>1</v></c></row>',
        '<row r="1"><c><f>1</f><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><f>1</f><is><t>x</t></is></c></row>',
        '<row r="1"><c r="A1"><f><![CDATA[1]]></f><v>1</v></c></row>',
    ],
)
def test_what_is_written_in_another_way_goes_cell_by_cell(
    rows: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = save(tmp_path / "a.xlsx", parts(rows))
    with monkeypatch.context() as patched:
        patched.setattr(module, "_new_part", refuse)
        with pytest.raises(AssertionError, match="cell by cell"):
            patch(source, tmp_path / "b.xlsx", {0: {(1, 1): 7.0}})
    assert patch(source, tmp_path / "b.xlsx", {0: {(1, 1): 7.0}}) == Patched(1, [])
    assert read(tmp_path / "b.xlsx").sheets[0].cached == {(1, 1): 7.0}


def test_what_does_not_read_back_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rewriter that spoils a formula, a constant or another value is found out."""
    write(Book([many(1.0, last=50)]), tmp_path / "a.xlsx")
    right = module.Rewriter.pieces
    for old, new in ((b"A1<", b"A2<"), (b"<v>48<", b"<v>47<"), (b'r="B9"', b'r="A9"'), (b"<v>7.5<", b"<v>7.25<")):

        def wrong(self: Any, pieces: Any, old: bytes = old, new: bytes = new) -> Any:
            return (piece.replace(old, new) for piece in right(self, pieces))

        monkeypatch.setattr(module.Rewriter, "pieces", wrong)
        monkeypatch.setattr(module, "_new_part", refuse)
        with pytest.raises(AssertionError, match="cell by cell"):
            patch(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {0: {(3, 2): 7.5}})


def test_a_large_patch_takes_little_memory(tmp_path: Path) -> None:
    import tracemalloc

    book = Book([many(1.0, last=40_000)])
    write(book, tmp_path / "a.xlsx")
    results = CellColumns({}, Texts(), {})
    for col, (run,) in book.sheets[0].cached.runs.items():  # type: ignore[attr-defined]
        results.runs[col] = [run._replace(numbers=run.numbers + 0.1)]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        size = archive.getinfo(PART).file_size
    tracemalloc.start()
    try:
        assert patch(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {0: results}).cells == 200_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * size + 30_000_000


def test_formulas_are_compared_wherever_runs_are_cut() -> None:
    from xlsgd.book.columns import FormulaRun
    from xlsgd.book.patch_columns import _equal_formulas

    one, moved, other = Formula("A1*2", (1, 2)), Formula("A5*2", (5, 2)), Formula("A5*3", (5, 2))
    whole = {2: [FormulaRun(1, 9, one)]}
    assert _equal_formulas(whole, {2: [FormulaRun(1, 4, one), FormulaRun(5, 9, moved)]})
    assert not _equal_formulas(whole, {2: [FormulaRun(1, 4, one), FormulaRun(5, 9, other)]})
    assert not _equal_formulas(whole, {2: [FormulaRun(1, 8, one)]})
    assert not _equal_formulas(whole, {2: [FormulaRun(1, 4, one), FormulaRun(6, 9, one)]})
    assert not _equal_formulas(whole, {3: whole[2]})
