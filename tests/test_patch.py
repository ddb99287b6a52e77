"""New values in a user's file: the cells that change, and every other byte as it was."""

from __future__ import annotations

import random
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from make_package import MAIN, SHARED, parts, relations, save, sheet, unzip
from xlsgd.book.book import Cell
from xlsgd.book.patch import Patched, patch
from xlsgd.book.reader import read
from xlsgd.errors import UnreadableError, UsageError
from xlsgd.values import CALC, DIV0, NUM, SPILL, VALUE, Scalar, Unsupported

GRADDESC = SHARED / "fastai+fastai1" / "courses" / "dl1" / "excel" / "graddesc.xlsm"
PART = "xl/worksheets/sheet1.xml"
needs_workbooks = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the folder of real workbooks is not there: {SHARED}")


def patched(tmp_path: Path, rows: str, results: dict[Cell, Scalar | Unsupported], **more: str) -> tuple[str, Patched]:
    """The rows of a small workbook after a patch, and its summary."""
    source = save(tmp_path / "a.xlsx", {**parts(rows), **{key.replace("__", "/"): text for key, text in more.items()}})
    done = patch(source, tmp_path / "b.xlsx", {0: results})
    before, after = unzip(source), unzip(tmp_path / "b.xlsx")
    assert {name: data for name, data in before.items() if name != PART} == {
        name: data for name, data in after.items() if name != PART
    }
    head, tail = sheet("|").split("|")
    return after[PART].decode().removeprefix(head).removesuffix(tail), done


@pytest.mark.parametrize(
    ("old", "value", "new"),
    [
        ("<c r='A1' s=\"3\"><f>B1</f><v>1</v></c>", 2.5, "<c r='A1' s=\"3\"><f>B1</f><v>2.5</v></c>"),
        ('<c r="A1"><f>B1</f><v>1</v></c>', 1e16, '<c r="A1"><f>B1</f><v>1E+16</v></c>'),
        ('<c r="A1"><f>B1</f><v>1</v></c>', 7.0, '<c r="A1"><f>B1</f><v>7</v></c>'),
        ('<c r="A1"><f>B1</f></c>', 7.0, '<c r="A1"><f>B1</f><v>7</v></c>'),
        ('<c r="A1"><f>B1</f><v/></c>', 7.0, '<c r="A1"><f>B1</f><v>7</v></c>'),
        ("<c><f\n>B1</f><v  >1</v></c\n>", 7.0, "<c><f\n>B1</f><v>7</v></c\n>"),
        ('<c r="A1" t="str"><f>B1</f><v>a</v></c>', 7.0, '<c r="A1"><f>B1</f><v>7</v></c>'),
        ('<c r="A1" t = "b" cm="1"><f>B1</f><v>1</v></c>', NUM, '<c r="A1" t="e" cm="1"><f>B1</f><v>#NUM!</v></c>'),
        ('<c r="A1"><f>B1</f><v>1</v></c>', True, '<c r="A1" t="b"><f>B1</f><v>1</v></c>'),
        ('<c r="A1" t="b"><f>B1</f><v>1</v></c>', 1.0, '<c r="A1"><f>B1</f><v>1</v></c>'),
        ('<c r="A1" t="str"><f>B1</f><v>a</v></c>', None, '<c r="A1"><f>B1</f></c>'),
        ('<c r="A1" t="e" vm="1"><f>B1</f><v>#VALUE!</v></c>', DIV0, '<c r="A1" t="e"><f>B1</f><v>#DIV/0!</v></c>'),
        ('<c r="A1"><f>B1</f><v>1</v></c>', SPILL, '<c r="A1" t="e"><f>B1</f><v>#VALUE!</v></c>'),
        ('<c r="A1" t="s"><f>B1</f><v>1</v></c>', "a<&>", '<c r="A1" t="str"><f>B1</f><v>a&lt;&amp;&gt;</v></c>'),
        (
            '<c r="A1"><f>B1</f><v>1</v></c>',
            " \r\x01_x0041_é",
            '<c r="A1" t="str"><f>B1</f><v xml:space="preserve"> _x000D__x0001__x005F_x0041_é</v></c>',
        ),
        (
            '<c r="A1" t="inlineStr"><f>B1</f><is><t>a</t></is></c>',
            "b",
            '<c r="A1" t="str"><f>B1</f><v>b</v></c>',
        ),
        (
            '<c r="A1"><!-- <v>9</v></c> --><f>"a&gt;b"</f><!-- x --><v>1</v><extLst/></c>',
            2.0,
            '<c r="A1"><!-- <v>9</v></c> --><f>"a&gt;b"</f><!-- x --><v>2</v><extLst/></c>',
        ),
    ],
)
def test_one_cell(tmp_path: Path, old: str, value: Scalar, new: str) -> None:
    around = '<row r="1">{}<c r="Z1" t="s"><v>0</v></c></row>\n<!-- <c r="A1"/> -->'
    rows, done = patched(tmp_path, around.format(old), {(1, 1): value})
    assert rows == around.format(new)
    assert done == Patched(1, [])


def test_equal_values_leave_the_bytes_alone(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>B1</f><v>0.10000000000000000555</v></c><c r="C1" t="str"><f>D1</f><v></v></c></row>'
    assert patched(tmp_path, rows, {(1, 1): 0.1, (1, 3): ""}) == (rows, Patched())


def test_children_of_array_formulas(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" cm="1"><f t="array" ref="A1:A5">X1#</f><v>1</v></c></row>'
        '<row r="2"><c r="A2" s="1"/></row><row r="3"><c r="A3" t="s"><v>0</v></c></row>'
        '<row r="5"><c r="A5"><v>5</v></c></row>'
    )
    results: dict[Cell, Scalar | Unsupported] = {(1, 1): 1.0, (2, 1): "x", (3, 1): 3.0, (4, 1): 4.0, (6, 1): 6.0}
    found, done = patched(tmp_path, rows, results)
    assert found == (
        '<row r="1"><c r="A1" cm="1"><f t="array" ref="A1:A5">X1#</f><v>1</v></c></row><row r="2">'
        '<c r="A2" s="1" t="str"><v>x</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>'
        '<row r="5"><c r="A5"></c></row>'
    )
    assert done.cells == 3
    assert sorted(done.left) == [
        ("S!A4", "the file has no such cell"),
        ("S!A6", "it lies outside of the stored range of its array formula"),
    ]


def test_what_has_no_answer_keeps_its_value(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>FOO()</f><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><f>1</f><v>1</v></c></row>'
    found, done = patched(tmp_path, rows, {(1, 1): Unsupported("FOO"), (1, 2): 3.0})
    assert found == rows
    assert done.left == [
        ("S!A1", "no answer: FOO"),
        ("S!B1", "it lies outside of the stored range of its array formula"),
    ]


def test_a_finer_error_uses_a_mark_that_the_workbook_has(tmp_path: Path) -> None:
    metadata = (
        f'<metadata xmlns="{MAIN}"><metadataTypes><metadataType name="XLRICHVALUE"/></metadataTypes>'
        '<futureMetadata name="XLRICHVALUE"><bk><x:rvb xmlns:x="r" i="0"/></bk></futureMetadata>'
        '<valueMetadata><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>'
    )
    more = {
        "xl__metadata.xml": metadata,
        "xl__rv.xml": '<rvData xmlns="v"><rv s="0"><v>13</v></rv></rvData>',
        "xl__rs.xml": '<rvStructures xmlns="v"><s t="_error"><k n="errorType"/></s></rvStructures>',
        "xl___rels__workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sheetMetadata", "metadata.xml"),
            ("rdRichValue", "rv.xml"),
            ("rdRichValueStructure", "rs.xml"),
        ),
    }
    rows = '<row r="1"><c r="A1"><f>1</f><v>1</v></c><c r="B1" t="e" vm="1"><f>1</f><v>#VALUE!</v></c></row>'
    found, _ = patched(tmp_path, rows, {(1, 1): CALC, (1, 2): VALUE}, **more)
    assert found == (
        '<row r="1"><c r="A1" t="e" vm="1"><f>1</f><v>#VALUE!</v></c><c r="B1" t="e"><f>1</f><v>#VALUE!</v></c></row>'
    )


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_and_prefixes(tmp_path: Path, codec: str) -> None:
    name = codec.removesuffix("-sig")
    text = (
        f'<?xml version="1.0" encoding="{name}"?><x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1">'
        '<x:f>"é"</x:f></x:c></x:row></x:sheetData><x:controls><row xmlns="other"><c/></row></x:controls></x:worksheet>'
    )
    source = save(tmp_path / "a.xlsx", {**parts(""), PART: text.encode(codec)})
    patch(source, source, {0: {(1, 1): "ß€"}})
    assert read(source).sheets[0].cached == {(1, 1): "ß€"}
    wanted = text.replace('<x:c r="A1">', '<x:c r="A1" t="str">').replace("</x:f>", "</x:f><x:v>ß€</x:v>")
    found = unzip(source)[PART].decode(codec)
    assert found == (wanted.replace("ß€", "&#223;&#8364;") if codec == "iso-8859-1" else wanted)


def test_the_zip_keeps_its_entries(tmp_path: Path) -> None:
    source, target = tmp_path / "a.xlsm", tmp_path / "b.xlsm"
    rows = '<row r="1"><c r="A1"><f>1</f><v>1</v></c></row>'
    with zipfile.ZipFile(source, "w") as archive:
        archive.comment = b"remark"
        for place, (name, text) in enumerate([("xl/", ""), *parts(rows).items(), ("xl/vbaProject.bin", "\0macro")]):
            entry = zipfile.ZipInfo(name, (1999, 12, 31, place, 58, 2))
            entry.compress_type = zipfile.ZIP_DEFLATED if place % 2 else zipfile.ZIP_STORED
            entry.comment, entry.extra = b"c", b"\x01\0\x08\0" + bytes(8) + b"\x55\x54\x01\0\x07"
            entry.external_attr = 0o640 << 16
            archive.writestr(entry, text)
    patch(source, target, {0: {(1, 1): 2.0}})

    def entries(path: Path) -> list[tuple[object, ...]]:
        with zipfile.ZipFile(path) as archive:
            assert archive.comment == b"remark"
            assert archive.testzip() is None
            return [(i.filename, i.date_time, i.compress_type, i.comment, i.external_attr) for i in archive.infolist()]

    assert entries(source) == entries(target)
    assert read(target).sheets[0].cached == {(1, 1): 2.0}


def test_the_target_may_be_the_source_and_must_have_a_folder(tmp_path: Path) -> None:
    source = save(tmp_path / "a.xlsx", parts('<row r="1"><c r="A1"><f>1</f><v>1</v></c></row>'))
    link = tmp_path / "link.xlsx"
    link.symlink_to(source)
    assert patch(str(link), str(link), {0: {(1, 1): 5.0}}).cells == 1
    assert link.is_symlink()
    assert read(source).sheets[0].cached == {(1, 1): 5.0}
    with pytest.raises(UsageError, match="cannot be written"):
        patch(source, tmp_path / "no" / "b.xlsx", {})
    with pytest.raises(UnreadableError, match="no such file"):
        patch(tmp_path / "no.xlsx", tmp_path / "b.xlsx", {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "link.xlsx"]


def test_a_part_that_is_written_too_strangely_is_refused(tmp_path: Path) -> None:
    rows = f'<row r="1"><y:c xmlns:y="{MAIN}" r="A1"><y:f>1</y:f><y:v>1</y:v></y:c></row>'
    with pytest.raises(UnreadableError, match="save the file in Excel first"):
        patched(tmp_path, rows + '<row r="1"><c r="A1"><f>2</f><v>2</v></c></row>' + rows, {(1, 1): 5.0})


@given(value=st.none() | st.booleans() | st.text() | st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_reads_back(tmp_path: Path, value: Scalar) -> None:
    rows = '<row r="1"><c r="A1"><f>1</f><v>0.7310585786300049</v></c></row>'
    patched(tmp_path, rows, {(1, 1): value})
    found = read(tmp_path / "b.xlsx").sheets[0].cached.get((1, 1))
    tiny = isinstance(value, float) and abs(value) < 2.2250738585072014e-308
    assert found == (0.0 if tiny else value)
    assert type(found) is type(value)


@needs_workbooks
def test_own_values_change_nothing(tmp_path: Path) -> None:
    files = sorted(path for path in SHARED.rglob("*") if path.suffix in {".xlsx", ".xlsm"})
    assert len(files) >= 323
    for path in files[::6]:
        book = read(path)
        done = patch(path, tmp_path / "copy", {place: dict(one.cached) for place, one in enumerate(book.sheets)})
        assert done == Patched(), path
        assert unzip(tmp_path / "copy") == unzip(path), path


@needs_workbooks
def test_other_values_read_back_from_every_kind_of_workbook(tmp_path: Path) -> None:
    draw, values = random.Random(3), (1e-7, -3.0, True, False, 'a<b&"c\r\n\x01_x0041_ ', "", "ü😀", None, NUM, DIV0)
    for path in sorted(path for path in SHARED.rglob("*") if path.suffix in {".xlsx", ".xlsm"})[1::6]:
        book = read(path)
        wanted = {place: {cell: draw.choice(values) for cell in one.cached} for place, one in enumerate(book.sheets)}
        assert patch(path, tmp_path / "copy", wanted).left == []
        for place, (one, other) in enumerate(zip(book.sheets, read(tmp_path / "copy").sheets, strict=True)):
            assert (one.constants, one.formulas) == (other.constants, other.formulas)
            assert {cell: other.cached.get(cell) for cell in one.cached} == wanted[place], path


@needs_workbooks
def test_graddesc_with_its_own_values_is_the_same(tmp_path: Path) -> None:
    book, target = read(GRADDESC), tmp_path / "copy.xlsm"
    assert patch(GRADDESC, target, {place: dict(one.cached) for place, one in enumerate(book.sheets)}) == Patched()
    assert list(unzip(target).items()) == list(unzip(GRADDESC).items())


@needs_workbooks
def test_graddesc_with_other_values_differs_there_only(tmp_path: Path) -> None:
    book, target = read(GRADDESC), tmp_path / "copy.xlsm"
    draw = random.Random(5)
    index = next(place for place, one in enumerate(book.sheets) if one.name == "adam")
    cells = draw.sample(sorted(book.sheets[index].cached), 40)
    values: list[Scalar] = [0.1 + draw.random(), "text", NUM, True]
    wanted = {cell: draw.choice(values) for cell in cells}
    assert patch(GRADDESC, target, {index: wanted}) == Patched(40)
    copy, before, after = read(target), unzip(GRADDESC), unzip(target)
    assert [name for name in before if before[name] != after[name]] == [f"xl/worksheets/sheet{index + 1}.xml"]
    for one, other in zip(book.sheets, copy.sheets, strict=True):
        expected = {**one.cached, **wanted} if one.name == "adam" else one.cached
        assert (other.cached, other.constants, other.formulas) == (expected, one.constants, one.formulas)


@needs_workbooks
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_a_patched_file(tmp_path: Path) -> None:
    book, target = read(GRADDESC), tmp_path / "copy.xlsm"
    patch(GRADDESC, target, {place: dict.fromkeys(one.cached, NUM) for place, one in enumerate(book.sheets)})
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    opened = read(tmp_path / "out" / "copy.xlsx")
    assert [one.name for one in opened.sheets] == [one.name for one in book.sheets]
    assert [len(one.formulas) for one in opened.sheets] == [len(one.formulas) for one in book.sheets]
