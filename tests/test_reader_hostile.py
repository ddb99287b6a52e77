"""Files that are no workbook, damaged or made to harm: one clear line, soon, and nothing else."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from make_package import MAIN, OFFICE, parts, relations, save, sheet, unzip, workbook
from xlsgd.book.reader import read
from xlsgd.errors import LimitError, UnreadableError
from xlsgd.limits import limits

ROWS = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>A1</f><v>1</v></c></row>'


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 60  # a guard against hanging, not a measurement


def refusal(path: Path, kind: type[UnreadableError] = UnreadableError) -> str:
    with pytest.raises(kind) as caught:
        read(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    return text.removeprefix(str(path))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xls", bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "without a password"),
        ("a.csv", b"a,b\n1,2\n", "CSV"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\0\0", "not a zip"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "save it as .xlsx"),
        ("a.xls", b"<html><table></table></html>", "web page"),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), "cut short"),
    ],
)
def test_not_a_zip(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert message in refusal(path)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "no.xlsx")
    assert "folder" in refusal(tmp_path)
    assert "cannot be opened" in refusal(tmp_path / "a\0.xlsx")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", ".xlsb"),
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("Index/Document.iwa", "Numbers"),
        ("readme.xml", "the part readme.xml is no workbook"),
    ],
)
def test_another_kind_of_zip(tmp_path: Path, part: str, message: str) -> None:
    main = relations(("officeDocument", part))
    assert message in refusal(save(tmp_path / "a.xlsx", {"_rels/.rels": main, part: "<x/>"}))
    if part != "readme.xml":
        assert message in refusal(save(tmp_path / "a.xlsx", {part: "<x/>"}))


def test_any_other_zip(tmp_path: Path) -> None:
    assert "no xl/workbook.xml" in refusal(save(tmp_path / "a.zip", {"readme.txt": "x"}))


def changed(tmp_path: Path, **contents: str | bytes | None) -> Path:
    """The small workbook with some parts changed (by the last word of their name) or left out."""
    found: dict[str, str | bytes] = {**parts(ROWS)}
    for key, content in contents.items():
        name = next(name for name in found if key in name)
        del found[name]
        if content is not None:
            found[name] = content
    return save(tmp_path / "a.xlsx", found)


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        ("workbook", workbook("<sheets/>"), "no sheets"),
        ("workbook", workbook(""), "no sheets"),
        ("workbook", workbook('<sheets><sheet name="S" r:id="rId7"/></sheets>'), "S: the workbook lists this sheet"),
        ("workbook", workbook("<sheets>"), "xl/workbook.xml is damaged"),
        ("sheet1", None, "S: the part xl/worksheets/sheet1.xml is missing"),
        ("sheet1", "", "sheet1.xml is damaged"),
        ("sheet1", b"\0\0\0\0", "sheet1.xml is damaged"),
        ("sheet1", sheet(ROWS)[:-30], "sheet1.xml is damaged"),
        ("sheet1", sheet("<row>" * 300 + "</row>" * 300), "sheet1.xml is damaged"),
        ("sheet1", b"<?xml version='1.0' encoding='UTF-7'?>+ADw-worksheet/+AD4-", "usual encoding"),
        ("sharedStrings", None, "S!A1: the shared string '0' does not exist"),
        ("sharedStrings", b"<sst", "sharedStrings.xml is damaged"),
    ],
)
def test_damaged_and_missing_parts(tmp_path: Path, part: str, content: str | bytes | None, message: str) -> None:
    assert message in refusal(changed(tmp_path, **{part: content}))


@pytest.mark.parametrize("index", ["2", "-1", "x", "1.5", "9" * 30])
def test_a_shared_string_that_is_not_there(tmp_path: Path, index: str) -> None:
    rows = f'<row r="7"><c r="C7" t="s"><v>{index}</v></c></row>'
    assert "S!C7: the shared string" in refusal(save(tmp_path / "a.xlsx", parts(rows)))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('<row r="1"><c r="XFE1"/></row>', "'XFE1' is not in the grid"),
        ('<row r="1"><c r="A1048577"/></row>', "'A1048577' is not in the grid"),
        ('<row r="1"><c r="ABCDEFGH1"/></row>', "not in the grid"),
        ('<row r="1"><c r=""/></row>', "not in the grid"),
        ('<row r="0"/>', "row '0' is not in the grid"),
        ('<row r="-5"/>', "not in the grid"),
        (f'<row r="{"9" * 5000}"/>', "not in the grid"),
        ('<row r="1048576"/><row/>', "row '1048577'"),
        ('<row r="1"><c r="XFD1"/><c/></row>', "more than 16384 cells"),
        ('<row r="1"><c r="A1"><f t="array" ref="A1:XFE9">1</f></c></row>', "S!A1: the box 'A1:XFE9'"),
    ],
)
def test_outside_of_the_grid(tmp_path: Path, rows: str, message: str) -> None:
    assert message in refusal(save(tmp_path / "a.xlsx", parts(rows)), LimitError)


def test_an_array_formula_over_the_whole_grid_costs_nothing(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c><c r="C1"><v>2</v></c></row>'
    assert read(save(tmp_path / "a.xlsx", parts(rows))).sheets[0].cached == {(1, 1): 1.0, (1, 3): 2.0}


def test_many_large_array_formulas_that_overlap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlsgd.book.boxes.MAX_WORK", 50)
    cells = "".join(f'<row r="{r}"><c r="A{r}"><f t="array" ref="A{r}:B99">1</f></c></row>' for r in range(1, 20))
    plain = "".join(f'<row r="{r}"><c r="C{r}"><v>1</v></c></row>' for r in range(1, 20))
    assert "overlap" in refusal(save(tmp_path / "a.xlsx", parts(cells + plain)), LimitError)


BOMB = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB + "]>",
        "<!DOCTYPE a [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'>",
    ],
)
@pytest.mark.parametrize("part", ["sharedStrings", "sheet1", "workbook.xml.rels", "/workbook.xml"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_document_types_and_entities(tmp_path: Path, doctype: str, part: str, codec: str) -> None:
    name = next(name for name in parts(ROWS) if part in f"/{name}")
    content = parts(ROWS)[name].replace("one", "&i;").replace('r="A1"', 'r="A1" s="&i;"')
    assert "document type" in refusal(changed(tmp_path, **{part.lstrip("/"): (doctype + content).encode(codec)}))


def test_zip_bombs(tmp_path: Path) -> None:
    path = changed(tmp_path, sheet1=sheet(" " * 30_000_000))
    assert "zip bomb" in refusal(path, LimitError)
    with limits(inflated=1000):
        assert "inflates to more than" in refusal(save(path, parts(ROWS)), LimitError)
    with limits(part=100):
        assert "limit 'part'" in refusal(path, LimitError)
    with limits(entries=3):
        assert "more than 3 parts" in refusal(path, LimitError)


def test_a_part_that_is_not_needed_is_not_inflated(tmp_path: Path) -> None:
    assert read(save(tmp_path / "a.xlsx", {**parts(ROWS), "xl/media/image1.emf": bytes(30_000_000)})).sheets


def test_an_encrypted_entry_and_an_unknown_method(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", parts(ROWS))
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    for offset, value, message in ((8, 1, "encrypted"), (10, 99, "unknown way")):
        path.write_bytes(data[: at + offset] + bytes([value]) + data[at + offset + 1 :])
        assert message in refusal(path)


def test_cut_off_anywhere(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", parts(ROWS))
    data, cut = path.read_bytes(), tmp_path / "cut.xlsx"
    for length in range(0, len(data), 37):
        cut.write_bytes(data[:length])
        refusal(cut)


def test_a_changed_byte_anywhere(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", parts(ROWS))
    data, other = path.read_bytes(), tmp_path / "other.xlsx"
    refused = 0
    for place in range(0, len(data), 5):
        other.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            read(other)
        except UnreadableError:
            refused += 1
    assert refused > 100


def test_a_broken_reference_between_parts_names_no_other_file(tmp_path: Path) -> None:
    book = parts(ROWS)
    book["xl/_rels/workbook.xml.rels"] = relations(("worksheet", "../../../../etc/passwd"))
    assert "the part etc/passwd is missing" in refusal(save(tmp_path / "a.xlsx", book))
    external = relations(("worksheet", "file:///etc/passwd")).replace("Id=", 'TargetMode="External" Id=')
    book["xl/_rels/workbook.xml.rels"] = external
    assert "missing" in refusal(save(tmp_path / "a.xlsx", book))


def test_the_helper_makes_a_workbook(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", parts(ROWS))
    assert read(path).sheets[0].constants == {(1, 1): "one"}
    assert zipfile.is_zipfile(path)
    assert MAIN.encode() in unzip(path)["xl/workbook.xml"]
    assert OFFICE in workbook("")
