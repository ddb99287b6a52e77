"""The reader's fast ways, against the XML parser cell by cell: the same book or the same kind of error."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from make_package import MAIN, SHARED, parts, save, sheet
from xlsgd.book import Book, Sheet, cells, fast_sheet, reader
from xlsgd.book.columns import CellColumns, FormulaColumns, plain
from xlsgd.book.decimals import WINDOW, numbers
from xlsgd.book.package import Package
from xlsgd.errors import FormulaError, UnreadableError
from xlsgd.formula.relative import text_at
from xlsgd.values import NUM

FILES = sorted(path for path in SHARED.rglob("*") if path.suffix in {".xlsx", ".xlsm"})
Told = tuple[Any, ...]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill-downs are looked for in small sheets too, and rows lie across the ends of pages."""
    monkeypatch.setattr(fast_sheet, "_MIN_BYTES", 0)
    monkeypatch.setattr(reader, "_PIECE", 1000)


def told(path: Path, fast: bool) -> Told:
    """All that a reading says, formulas as they read in their cells; or the error."""
    before, reader._FAST = reader._FAST, fast
    try:
        book = reader.read(path)
    except UnreadableError as error:
        return type(error), str(error)
    finally:
        reader._FAST = before
    return [list(map(of_sheet, book.sheets)), book.names, book.tables, book.externals, book.settings], True


def of_sheet(sheet: Sheet) -> Told:
    values = [
        {key: (type(value), value) for key, value in plain(held).items()} for held in (sheet.constants, sheet.cached)
    ]
    formulas = {key: (moved(key, one), one.kind, one.box, one.dynamic) for key, one in sheet.formulas.items()}
    return sheet.name, *values, formulas, sheet.hidden_rows, sheet.filtered_rows


def moved(key: tuple[int, int], formula: Any) -> Any:
    try:
        return text_at(formula.text, formula.origin, key)
    except FormulaError:
        return formula.text, formula.origin


def both(path: Path) -> Told:
    fast, slow = told(path, True), told(path, False)
    assert fast == slow
    return fast


def read_both(path: Path) -> Book:
    both(path)
    return reader.read(path)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the folder of real workbooks is not there: {SHARED}")
@pytest.mark.parametrize("pages", [False, True], ids=["as it is", "small pages"])
def test_every_workbook(pages: bool, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if pages:
        request.getfixturevalue("small_pages")
    done = 0
    inner = fast_sheet.read_fast

    def counted(*args: Any) -> Any:
        nonlocal done
        found = inner(*args)
        done += 1
        return found

    monkeypatch.setattr(reader, "read_fast", counted)
    for path in FILES:
        both(path)
    assert len(FILES) >= 323
    assert done > 500  # sheets that were not handed over


HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>0.5</v></c><c r="B2"><v>1</v></c></row>'


def filled(rows: int, row: Callable[[int], str], first: int = 3) -> str:
    return HEADER + "".join(row(number) for number in range(first, first + rows))


def value(number: int) -> str:
    return repr(random.Random(number).uniform(-1, 1) * 10.0 ** (number % 9 - 4))


SHEETS: dict[str, Callable[[int], str]] = {
    "texts of formulas": lambda r: (
        f'<row r="{r}" spans="1:3"><c r="A{r}" s="1"><f>A{r - 1}*B{r - 1}-$A$2*{"{"}1{"}"}</f><v>{value(r)}</v></c>'
        f'<c r="B{r}"><f>SUM(A$2:A{r})+IF(A{r}&gt;2,5,A{r - 1})</f><v>{value(r + 7)}</v></c></row>'
    ),
    "references of all kinds": lambda r: (
        f'<row r="{r}"><c r="B{r}"><f>$A{r}+A$2+{r}:{r}+SUM(A:A)+"A{3}"&amp;LOG10(S!A{r - 1})+\'A5 6\'!B{r + 3}'
        f"+[1]Q!$C{r}+T1[[#This Row],[a5]]</f><v>{r}</v></c></row>"
    ),
    "shared formulas": lambda r: (
        f'<row r="{r}"><c r="A{r}">'
        + (f'<f t="shared" ref="A3:A900" si="0">B{r}*2</f>' if r == 3 else '<f t="shared" si="0"/>')
        + f'<v>{value(r)}</v></c><c r="C{r}"><v>{r}</v></c></row>'
    ),
    "a master below its members": lambda r: (
        f'<row r="{r}"><c r="A{r}">'
        + (f'<f t="shared" ref="A3:A900" si="0">B{r}*2</f>' if r == 60 else '<f t="shared" si="0"/>')
        + f"<v>{value(r)}</v></c></row>"
    ),
    "errors, texts, logicals": lambda r: (
        f'<row r="{r}"><c r="A{r}" t="e"><f>A{r - 1}/0</f><v>#DIV/0!</v></c><c r="B{r}" t="s"><v>{r % 2}</v></c>'
        f'<c r="C{r}" t="str"><f>"a"&amp;{1}</f><v>a{r}</v></c><c r="D{r}" t="b"><v>{r % 2}</v></c>'
        f'<c r="E{r}" s="4"/></row>'
    ),
    "values of odd forms": lambda r: (
        f'<row r="{r}"><c r="A{r}"><v>'
        + ["1E400", "nan", "1e-310", "-0", "", "twelve", " 5 ", "1_0", "0.1", "&lt;", "é", "1.5E-7", "0x1", "١"][r % 14]
        + f'</v></c><c r="B{r}"><v>{value(r)}</v></c></row>'
    ),
    "hidden rows": lambda r: f'<row r="{r}" hidden="{int(r % 100 < 50)}"><c r="A{r}"><v>{r}</v></c></row>',
    "empty rows": lambda r: f'<row r="{r}" ht="15"/>',
    "rows apart": lambda r: f' \r\n <row r="{r}"> <c r="A{r}"><v>{r}</v></c>\n</row>',
    "interruptions": lambda r: (
        f'<row r="{r}"><c r="A{r}"><f>A{r - 1 - (r % 37 == 0)}</f><v>{value(r)}</v></c>'
        + (f'<c r="D{r}"><v>9</v></c>' if r % 53 == 0 else "")
        + "</row>"
    ),
    "two templates in turn": lambda r: f'<row r="{r}"><c r="{"AB"[r % 100 // 50]}{r}"><f>C{r}</f><v>{r}</v></c></row>',
    "rows of numbers that match their marks": lambda r: (
        f'<row r="{r}"><c r="A{r}" s="{r}"><v>{r}</v></c><c r="B{r}" s="5"><f>"{r}"&amp;A{r}</f><v>1</v></c></row>'
    ),
    "inline strings": lambda r: f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>x{r}</t></is></c></row>',
    "arrays": lambda r: (
        f'<row r="{r}"><c r="A{r}"><f>A{r - 1}</f><v>1</v></c>'
        + (
            f'<c r="B{r}"><f t="array" ref="B{r}:C{r + 60}">A1</f><v>1</v></c>'
            if r % 100 == 0
            else f'<c r="B{r}"><v>2</v></c>'
        )
        + f'<c r="C{r}"><v>3</v></c></row>'
    ),
    "dynamic members": lambda r: (
        f'<row r="{r}"><c r="A{r}" cm="1"><f t="shared" {"" if r > 3 else "ref=" + chr(34) + "A3:A9" + chr(34) + " "}'
        f'si="0">{"" if r > 3 else "B3"}</f><v>1</v></c></row>'
    ),
}


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("rows", [8, 300, 1100])
@pytest.mark.usefixtures("small_pages")
def test_generated_sheets(tmp_path: Path, name: str, rows: int) -> None:
    both(save(tmp_path / "a.xlsx", parts(filled(rows, SHEETS[name]))))


@pytest.mark.parametrize("name", SHEETS)
def test_generated_sheets_in_one_piece(tmp_path: Path, name: str) -> None:
    both(save(tmp_path / "a.xlsx", parts(filled(1100, SHEETS[name]))))


@pytest.mark.parametrize("name", ["texts of formulas", "shared formulas", "errors, texts, logicals", "rows apart"])
def test_a_fill_down_lies_in_runs(tmp_path: Path, name: str) -> None:
    found = read_both(save(tmp_path / "a.xlsx", parts(filled(9000, SHEETS[name])))).sheets[0]
    held = [one for one in (found.constants, found.cached) if isinstance(one, CellColumns)]
    assert held
    assert all(len(one.others) < 50 for one in held)
    assert all(len(runs) == 1 for one in held for runs in one.runs.values())
    if found.formulas:
        assert isinstance(found.formulas, FormulaColumns)
        assert all(len(runs) == 1 for runs in found.formulas.runs.values())


def test_interruptions_cost_cells_and_not_the_run(tmp_path: Path) -> None:
    def row(r: int) -> str:
        return f'<row r="{r}"><c r="A{r}"><f>{"B" if r == 5000 else "A"}{r - 1}</f><v>{r}</v></c></row>'

    found = read_both(save(tmp_path / "a.xlsx", parts(filled(9000, row)))).sheets[0]
    assert isinstance(found.formulas, FormulaColumns)
    assert len({id(run.formula) for run in found.formulas.runs[1]}) == 1
    assert found.formulas[5000, 1].text == "B4999"
    assert len(found.formulas.others) < 50


def test_what_an_array_fills_is_not_a_constant(tmp_path: Path) -> None:
    array = '<row r="3"><c r="A3"><f t="array" ref="A3:A5000">B1</f><v>1</v></c><c r="C3"><v>1</v></c></row>'
    rest = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="C{r}"><v>{r}</v></c></row>' for r in range(4, 9000))
    found = read_both(save(tmp_path / "a.xlsx", parts(array + rest))).sheets[0]
    assert isinstance(found.constants, CellColumns)
    assert len(found.constants.runs) == 2
    assert found.cached[5000, 1] == 5000.0
    assert found.constants[5001, 1] == 5001.0


UNUSUAL: dict[str, Callable[[str], str | bytes]] = {
    "a comment": lambda text: text.replace("</row>", "</row><!-- <row r='9'/> -->", 1),
    "a comment around rows": lambda text: text.replace("<sheetData>", "<sheetData><!--").replace(
        "</sheetD", "--></sheetD"
    ),
    "a comment before": lambda text: text.replace("<sheetData>", "<!-- <sheetData> --><sheetData>"),
    "CDATA": lambda text: text.replace("<v>1</v>", "<v><![CDATA[1]]></v>", 1),
    "an instruction": lambda text: text.replace("</row>", "</row><?x y?>", 1),
    "a prefix": lambda text: re.sub(r"<(/?)(?=[a-z])", r"<\1x:", text).replace("xmlns=", "xmlns:x="),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Latin 1": lambda text: ('<?xml version="1.0" encoding="iso-8859-1"?>' + text).encode("latin-1"),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "a document type": lambda text: "<!DOCTYPE worksheet>" + text,
    "rows in another order": lambda text: text.replace('<row r="1">', '<row r="2000">', 1),
    "a row told twice": lambda text: text.replace(
        "</sheetData>", '<row r="2"><c r="A2"><v>7</v></c></row></sheetData>'
    ),
    "rows without numbers": lambda text: re.sub(r'<row r="\d+"', "<row", text),
    "cells without names": lambda text: re.sub(r'<c r="[A-Z]\d+"', "<c", text),
    "rows behind": lambda text: text.replace("</worksheet>", '<row r="9"><c r="A9"><v>7</v></c></row></worksheet>'),
    "two homes of rows": lambda text: text.replace("</worksheet>", '<sheetData><row r="9"/></sheetData></worksheet>'),
    "another space": lambda text: text.replace(f'xmlns="{MAIN}"', 'xmlns="http://x.invalid"'),
    "a space within": lambda text: text.replace("<sheetData>", '<a xmlns="http://x.invalid"><sheetData>').replace(
        "</sheetData>", "</sheetData></a>"
    ),
    "no end of a row": lambda text: text.replace("</row>", "", 1),
    "no end of the rows": lambda text: text.replace("</sheetData>", ""),
    "an end too many": lambda text: text.replace("</row>", "</row></row>", 1),
    "text between rows": lambda text: text.replace("</row>", "</row>text", 1),
    "an attribute twice": lambda text: text.replace('<row r="2"', '<row r="2" s="1" s="2"', 1),
    "an entity": lambda text: text.replace("<v>1</v>", "<v>&#49;</v>", 1),
    "an entity that is none": lambda text: text.replace("<v>1</v>", "<v>&one;</v>", 1),
    "a row in an attribute": lambda text: text.replace('<row r="2"', '<row x="<row r=\'2\'></row>" r="2"', 1),
    "a control character": lambda text: text.replace("<v>1</v>", "<v>1\x0b</v>", 1),
    "an end of CDATA": lambda text: text.replace("<v>1</v>", "<v>]]></v>", 1),
    "bytes that are not UTF-8": lambda text: text.encode().replace(b"<v>1</v>", b"<v>\xff</v>", 1),
    "a string that is not there": lambda text: text.replace('t="s"><v>0', 't="s"><v>7', 1),
    "a row out of the grid": lambda text: text.replace("</sheetData>", '<row r="1048577"/></sheetData>'),
    "a cell out of the grid": lambda text: text.replace("</row>", '<c r="XFE1"/></row>', 1),
    "a cell of another row": lambda text: text.replace("</row>", '<c r="Z77"><v>1</v></c></row>', 1),
    "cells in another order": lambda text: text.replace("</row>", '<c r="A1"><v>3</v></c></row>', 1),
    "a prefix that is not declared": lambda text: text.replace('<row r="2"', '<row r="2" x14ac:dyDescent="0.2"', 1),
}


@pytest.mark.parametrize("name", UNUSUAL)
@pytest.mark.parametrize("place", ["above", "below", "within"])
@pytest.mark.usefixtures("small_pages")
def test_unusual_parts(tmp_path: Path, name: str, place: str) -> None:
    rows = filled(400, SHEETS["texts of formulas"])
    if place == "above":
        text = UNUSUAL[name](sheet(rows))
    else:  # the change is made in the last of the rows, or in the middle
        head, tail = ("", rows) if place == "below" else (rows[: len(rows) // 2].rpartition("<row")[0], "")
        rest = (
            rows[len(head) :] if head else HEADER.replace('"1"', '"701"').replace('"2"', '"702"').replace("A1", "A701")
        )
        text = UNUSUAL[name](sheet((tail + rest.replace("A2", "A702").replace("B2", "B702")) if tail else rest))
        if head:
            if isinstance(text, bytes):
                return
            text = text.replace("<sheetData>", "<sheetData>" + head, 1)
    both(save(tmp_path / "a.xlsx", {**parts(""), "xl/worksheets/sheet1.xml": text}))


def mutations(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Bytes changed, removed, doubled, exchanged or moved, more often where numbers and tags are."""
    draw = random.Random(seed)
    bits = [
        b"<v>",
        b"</v>",
        b"<f>",
        b"</f>",
        b"<row",
        b"</row>",
        b"<c ",
        b"</c>",
        b'"',
        b"/",
        b">",
        b"<",
        b"&",
        b"1",
        b"9",
        b" ",
    ]
    bits += [
        b"<!--",
        b"-->",
        b"&amp;",
        b'r="',
        b't="s"',
        b't="e"',
        b"si=",
        b"A",
        b"$",
        b"\0",
        b"\xc3",
        b"e",
        b"-",
        b".",
        b"#",
    ]
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(draw.choice((1, 1, 1, 2, 5))):
            at = draw.randrange(len(changed))
            end = min(len(changed), at + draw.choice((0, 1, 1, 2, 5, 30)))
            new = draw.choice((draw.choice(bits), bytes(changed[at:end]) * 2, bytes([draw.randrange(256)]), b""))
            changed[at:end] = new
        yield bytes(changed)


FUZZED = {
    "plain": "texts of formulas",
    "shared": "shared formulas",
    "typed": "errors, texts, logicals",
    "members": "a master below its members",
}


@pytest.mark.parametrize("name", FUZZED)
@pytest.mark.parametrize("least", [0, 10**9], ids=["at once", "row by row"])
def test_changed_bytes(name: str, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_sheet, "_MIN_BYTES", least)
    compare_mutations(FUZZED[name], 400)


def compare_mutations(name: str, count: int, seed: int = 1) -> None:
    data = sheet(filled(60, SHEETS[name])).encode()
    common = cells.Common(["one", "two"])
    fine = 0
    for changed in mutations(data, count, seed):
        try:
            fast = fast_sheet.read_fast(iter([changed[:700], changed[700:]]), "part", common)
        except (fast_sheet.Unusual, UnreadableError):
            continue
        slow = reader.read_sheet((changed,), "part", common)  # raises where the fast way has let something pass
        made = [Sheet("S", one.constants, one.formulas, one.cached, one.cells.hidden) for one in (fast, slow)]
        assert of_sheet(made[0]) == of_sheet(made[1]), changed
        assert fast.filters == slow.filters
        fine += 1
    assert fine > count / 20


def test_pieces_and_the_whole_are_the_same_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", parts(filled(500, SHEETS["texts of formulas"])))
    with Package(path) as package:
        info = package.find("xl/worksheets/sheet1.xml")
        assert info is not None
        pieces = list(package.pieces(info, 1000))
        assert b"".join(pieces) == package.data(info)
        assert max(map(len, pieces)) == 1000


@pytest.mark.parametrize(("field", "change"), [(24, -9), (20, -9), (16, 1)], ids=["short", "packed", "sum"])
def test_entries_that_lie(tmp_path: Path, field: int, change: int) -> None:
    """The zip's directory tells another size, packed size or check sum than the entry has."""
    path = save(tmp_path / "a.xlsx", parts(filled(300, SHEETS["texts of formulas"])))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml")) + field
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "little") + change).to_bytes(4, "little")
    path.write_bytes(data)
    both(path)
    with pytest.raises(UnreadableError):
        reader.read(path)


def test_small_sheets_stay_plain(tmp_path: Path) -> None:
    found = read_both(save(tmp_path / "a.xlsx", parts(filled(28, SHEETS["texts of formulas"])))).sheets[0]
    assert [type(held) for held in (found.constants, found.formulas, found.cached)] == [dict, dict, dict]


HOSTILE = {
    "rows that do not end": '<row r="1"><c r="A1"><v>1</v></c>' * 100_000,
    "cells that do not end": '<row r="1">' + '<c r="A1"' * 300_000,
    "space": " " * 3_000_000,
    "many ends": '<row r="1">' + "</c>" * 500_000 + "</row>",
    "references at many distances": "".join(
        f'<row r="{r}"><c r="A{r}"><f>{"+".join(f"A{r + i}" for i in range(3000))}</f></c></row>' for r in range(1, 100)
    ),
    "fill-downs that end soon": "".join(
        f'<row r="{r}"><c r="{"ABCDE"[r // 65 % 5]}{r}"><f>A{r}</f><v>1</v></c></row>' for r in range(1, 40_000)
    ),
    "rows of a new kind each": "".join(
        f'<row r="{r}"><c r="A{r}" x{r}="1"><v>1</v></c></row>' for r in range(1, 20_000)
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_parts_take_no_longer_than_they_are_long(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / "a.xlsx", parts(HOSTILE[name]))
    start = time.perf_counter()
    both(path)
    assert time.perf_counter() - start < 60  # a guard against what grows with the square


NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.floats(-1, 1).map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda x: f"{x:.17G}"),
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-1000000, max_value=1000000).map(str),
    st.text("0123456789.eE+-", max_size=24),
    st.text("019.eE+-_ \t<&x\x0b", max_size=26),
    st.integers(2**53, 2**54).map(lambda x: str(2 * x + 1)),
    st.tuples(st.integers(0, 2**40), st.integers(1, 12)).map(lambda x: str((2 * x[0] + 1) * 5 ** x[1]) + f"E-{x[1]}"),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_numbers_are_those_of_python(texts: list[str]) -> None:
    compare_numbers([text.encode() for text in texts])


def compare_numbers(texts: list[bytes]) -> int:
    """Asserts that what is read is what ``float()`` reads; how many were read."""
    lengths = np.array([len(text) for text in texts])
    starts = WINDOW + np.concatenate([[0], np.cumsum(lengths + 1)[:-1]])
    buffer = np.frombuffer(bytes(WINDOW) + b"<".join(texts) + b"<" + bytes(WINDOW), dtype=np.uint8)
    found, odd = numbers(buffer, starts, starts + lengths)
    for text, number, left in zip(texts, found.tolist(), odd.tolist(), strict=True):
        if not left:
            assert number == float(text)
            assert re.fullmatch(rb"[-0-9.eE+]+", text)
    return int(np.count_nonzero(~odd))


def test_most_numbers_are_read_at_once() -> None:
    draw = random.Random(3)
    usual = [repr(draw.uniform(-10, 10) * 10.0 ** draw.randint(-12, 5)).encode() for _ in range(20_000)]
    assert compare_numbers(usual) > 19_900


def test_numbers_that_are_none_stay_what_they_were(tmp_path: Path) -> None:
    found = read_both(save(tmp_path / "a.xlsx", parts(filled(2800, SHEETS["values of odd forms"])))).sheets[0]
    assert found.constants[14, 1] == NUM
    assert found.constants[19, 1] == "twelve"
    assert found.constants[21, 1] == 10.0
