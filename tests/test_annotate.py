"""A copy with findings marked in it: what must differ does, and nothing else, in workbooks of many makers."""

from __future__ import annotations

import random
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from make_package import MAIN, STRICT, parts, relations, save
from xlsgd import load
from xlsgd.address import cell_name
from xlsgd.book import Book
from xlsgd.book.annotate_cells import Edit, cell_styles, edit_cells
from xlsgd.book.annotate_notes import EMPTY_COMMENTS, new_drawing, with_boxes, with_comments
from xlsgd.book.annotate_styles import EMPTY, Styles
from xlsgd.book.annotate_xml import with_legacy_drawing
from xlsgd.book.cell_bytes import Stored
from xlsgd.check.findings import Finding
from xlsgd.errors import UnreadableError, UsageError
from xlsgd.report.annotated import CAUSE, FOLLOWS, WARNING, annotate

SHARED = Path(__file__).parents[2] / "shared/workbooks"
WORKBOOK = SHARED / "fastai+fastai1/courses/dl1/excel/graddesc.xlsm"
REAL = sorted(path for path in SHARED.rglob("*.xls[xm]") if path.stat().st_size < 300_000)[::6]
ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "AlternateContent webPublishItems tableParts extLst"
)
SHEET_ORDER = ORDER.split()


def finding(sheet: str, cell: str, **more: object) -> Finding:
    return Finding("formula", "error", sheet, cell, f"<{cell}> & ∂e/∂a", expected_formula="=A1<B2", **more)  # type: ignore[arg-type]


def same_cells(one: Book, two: Book) -> bool:
    pairs = list(zip(one.sheets, two.sheets, strict=False))
    same = all(
        (a.name, a.formulas, a.constants, a.cached) == (b.name, b.formulas, b.constants, b.cached) for a, b in pairs
    )
    return same and one.names == two.names and one.settings == two.settings and one.tables == two.tables


def check_package(source: Path, target: Path) -> set[str]:
    """The parts of the source that changed; all XML is well formed and in the order that the schema wants."""
    with zipfile.ZipFile(source) as one, zipfile.ZipFile(target) as two:
        assert two.testzip() is None
        assert two.namelist()[: len(one.namelist())] == one.namelist()
        for name in two.namelist():
            if name.endswith((".xml", ".rels")):
                root = etree.fromstring(two.read(name))
                if name.startswith("xl/worksheets/sheet"):
                    places = [SHEET_ORDER.index(etree.QName(child).localname) for child in root]
                    assert places == sorted(places), name
        return {name for name in one.namelist() if one.read(name) != two.read(name)}


@pytest.mark.skipif(not WORKBOOK.exists(), reason=f"the workbook {WORKBOOK.name} is not there")
def test_the_workbook_with_buttons_keeps_them(tmp_path: Path) -> None:
    before, target = WORKBOOK.read_bytes(), tmp_path / "out.xlsm"
    findings = [finding("adam_ann", "J5"), finding("basic SGD", "C1"), finding("eve", "F60", caused_by="adam_ann!J5")]
    annotate(WORKBOOK, target, findings)
    assert WORKBOOK.read_bytes() == before
    assert check_package(WORKBOOK, target) == {
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/comments2.xml",
        "xl/drawings/vmlDrawing7.vml",
        "xl/drawings/vmlDrawing9.vml",
        "xl/worksheets/sheet3.xml",
        "xl/worksheets/sheet8.xml",
        "xl/worksheets/sheet10.xml",
        "xl/worksheets/_rels/sheet8.xml.rels",
        "xl/worksheets/_rels/sheet10.xml.rels",
    }
    with zipfile.ZipFile(target) as package:
        drawing = package.read("xl/drawings/vmlDrawing9.vml")
        assert b"adam_ann.somesteps" in drawing
        assert b'ObjectType="Note"' in drawing
        shapes = re.findall(rb'id="([^"]+)"', drawing)
        assert len(shapes) == len(set(shapes))
    book = openpyxl.load_workbook(target, keep_vba=True)
    assert book.sheetnames[-1] == "xlsgd"
    assert book["adam_ann"]["J5"].fill.fgColor.rgb == "FF" + CAUSE
    noted = book["basic SGD"]["C1"].comment.text
    assert noted.startswith("Jeremy Howard")
    assert "xlsgd: <C1> & ∂e/∂a" in noted
    assert [cell.value for cell in book["xlsgd"]["B"]][4:] == ["adam_ann!J5", "basic SGD!C1", "eve!F60"]
    assert book["xlsgd"]["B6"].hyperlink.location == "'basic SGD'!C1"


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_workbooks(path: Path, tmp_path: Path) -> None:
    book = load(path)
    draw = random.Random(path.name)
    findings = []
    for sheet in (one for one in book.sheets if one.kind == "worksheet"):
        filled = [*sheet.constants, *sheet.formulas]
        places = [*draw.sample(filled, min(3, len(filled))), (draw.randint(1, 60), draw.randint(1, 30))]
        findings += [finding(sheet.name, cell_name(*place)) for place in dict.fromkeys(places)]
    target = tmp_path / f"out{path.suffix}"
    annotate(path, target, findings)
    changed = check_package(path, target)
    assert all(
        re.search(r"Content_Types|\.rels|workbook\d?\.xml|styles|worksheets/|comments|\.vml", name) for name in changed
    )
    assert same_cells(book, load(target))
    assert len(load(target).sheets) == len(book.sheets) + 1


def test_the_real_workbooks_are_many() -> None:
    if not SHARED.exists():
        pytest.skip("the folder of real workbooks is not there")
    assert len(REAL) >= 50


def plain_book(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "it's"
    sheet["A1"], sheet["B2"] = 1, "=A1+1"
    sheet["B2"].number_format = "0.00"
    book.save(path)
    return path


def test_colours_and_notes_by_kind(tmp_path: Path) -> None:
    source, target = plain_book(tmp_path / "in.xlsx"), tmp_path / "out.xlsx"
    label = Finding("label", "warning", "it's", "A1", "misnamed")
    column = finding("it's", "D4", range="D4:D6", value=1.0, expected=0.1)
    follower = finding("it's", "B2", cause=False, caused_by="it's!D4")
    whole = Finding("settings", "error", "", None, "calculation is manual")
    annotate(source, target, [label, follower, column, whole, finding("it's", "B2")])
    sheet = openpyxl.load_workbook(target)["it's"]
    fills = {name: sheet[name].fill.fgColor.rgb[2:] for name in ("A1", "B2", "D4", "D5", "D6")}
    assert fills == {"A1": WARNING, "B2": CAUSE, "D4": CAUSE, "D5": CAUSE, "D6": CAUSE}
    assert sheet["B2"].number_format == "0.00"
    assert sheet["D5"].comment is None
    assert "now 1, expected 0.1" in sheet["D4"].comment.text
    assert sheet["B2"].comment.text.count("xlsgd:") == 2
    listed = openpyxl.load_workbook(target)["xlsgd"]
    assert [row[0].value for row in listed.iter_rows(min_row=5)] == ["error", "error", "error", "follows", "warning"]
    assert listed["B5"].hyperlink.location == "'it''s'!D4"
    assert FOLLOWS not in fills.values()


def test_annotating_twice_adds_a_second_list(tmp_path: Path) -> None:
    source, once, twice = plain_book(tmp_path / "in.xlsx"), tmp_path / "once.xlsx", tmp_path / "twice.xlsx"
    annotate(source, once, [finding("it's", "A1")])
    annotate(once, twice, [finding("it's", "A1"), finding("it's", "B2")])
    book = openpyxl.load_workbook(twice)
    assert book.sheetnames == ["it's", "xlsgd", "xlsgd (2)"]
    assert book["it's"]["A1"].comment.text.count("xlsgd:") == 2
    assert book["it's"]["B2"].comment is not None


def test_the_target_may_not_be_nowhere(tmp_path: Path) -> None:
    source = plain_book(tmp_path / "in.xlsx")
    with pytest.raises(UsageError):
        annotate(source, tmp_path / "none" / "out.xlsx", [])
    with pytest.raises(UnreadableError):
        annotate(tmp_path / "no.xlsx", tmp_path / "out.xlsx", [])
    assert list(tmp_path.glob(".*tmp")) == []


SHEET = (
    b'<x:worksheet xmlns:x="main"><x:cols><x:col min="4" max="5" style="7"/></x:cols>%s<x:pageMargins/></x:worksheet>'
)


@pytest.mark.parametrize(
    ("cells", "cell", "expected"),
    [
        (b"<x:sheetData/>", (2, 2), b'<x:sheetData><x:row r="2"><x:c r="B2" s="3"/></x:row></x:sheetData>'),
        (
            b'<x:sheetData><x:row r="2"/></x:sheetData>',
            (2, 2),
            b'<x:sheetData><x:row r="2"><x:c r="B2" s="3"/></x:row></x:sheetData>',
        ),
        (
            b'<x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c r="C1" s="1"/></x:row></x:sheetData>',
            (1, 2),
            b'<x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c r="B1" s="3"/><x:c r="C1" s="1"/></x:row></x:sheetData>',
        ),
        (
            b'<x:sheetData><x:row r="1"><x:c r="C1" s="1" t="s"><x:v>1</x:v></x:c></x:row></x:sheetData>',
            (1, 3),
            b'<x:sheetData><x:row r="1"><x:c r="C1" s="3" t="s"><x:v>1</x:v></x:c></x:row></x:sheetData>',
        ),
        (
            b'<x:sheetData><x:row r="3"><!-- <x:c r="A1"/> --><x:c r="A3"/></x:row></x:sheetData>',
            (1, 1),
            b'<x:sheetData><x:row r="1"><x:c r="A1" s="3"/></x:row>'
            b'<x:row r="3"><!-- <x:c r="A1"/> --><x:c r="A3"/></x:row></x:sheetData>',
        ),
    ],
)
def test_cells_are_put_where_they_belong(cells: bytes, cell: tuple[int, int], expected: bytes) -> None:
    assert edit_cells(SHEET % cells, {cell: Edit(3)}) == SHEET % expected
    wide = (SHEET % cells).decode().encode("utf-16")
    assert edit_cells(wide, {cell: Edit(3)}).decode("utf-16") == (SHEET % expected).decode()


def test_a_new_cell_takes_the_style_of_its_row_or_column() -> None:
    data = SHEET % b'<x:sheetData><x:row r="2" s="5" customFormat="1"><x:c r="A2" s="6"/></x:row></x:sheetData>'
    assert cell_styles(data, [(2, 1), (2, 4), (3, 4), (3, 9)]) == {(2, 1): 6, (2, 4): 5, (3, 4): 7, (3, 9): 0}


def test_a_new_cell_with_a_value() -> None:
    data = edit_cells(SHEET % b"<x:sheetData/>", {(1, 1): Edit(value=Stored("str", "a < é"))})
    assert b'<x:c r="A1" t="str"><x:v>a &lt; &#233;</x:v></x:c>' in data


def test_a_legacy_drawing_goes_before_controls_and_behind_drawings() -> None:
    tail = b"<sheetData/><drawing/><mc:AlternateContent><extLst/></mc:AlternateContent><extLst><a></a></extLst>"
    data = with_legacy_drawing(b"<worksheet>" + tail + b"</worksheet>", "r1")
    assert re.findall(rb"<(?:mc:)?([A-Za-z]+)", data) == [
        *[b"worksheet", b"sheetData", b"drawing", b"legacyDrawing", b"AlternateContent"],
        *[b"extLst", b"extLst", b"a"],
    ]
    assert with_legacy_drawing(b"<worksheet><sheetData></sheetData></worksheet>", "r1").endswith(b'"r1"/></worksheet>')


def test_more_notes_than_one_block_of_shapes_holds() -> None:
    cells = [(row, 1) for row in range(1, 1501)]
    data = with_boxes(new_drawing(4), cells, 9)
    ids = [int(one) for one in re.findall(rb'"_x0000_s(\d+)"', data)]
    assert len(set(ids)) == 1500
    assert {number // 1024 for number in ids} == {4, 9}
    assert b'data="4,9"' in data
    etree.fromstring(data)


def test_comments_keep_their_authors() -> None:
    once, fresh = with_comments(EMPTY_COMMENTS, {(1, 1): "one"})
    twice, more = with_comments(once, {(1, 1): "two", (2, 2): "three"})
    assert (fresh, more) == ([(1, 1)], [(2, 2)])
    root = etree.fromstring(twice)
    texts = ["".join(one.itertext()) for one in root[1]]
    assert texts == ["one\n\ntwo", "three"]
    assert [one.get("authorId") for one in root[1]] == ["0", "1"]


def test_styles_are_added_once() -> None:
    styles = Styles(EMPTY)
    assert styles.shaded(0, "FF0000") == styles.shaded(0, "FF0000") == 1
    assert styles.shaded(1, "00FF00") == 2
    root = etree.fromstring(styles.part())
    counts = {etree.QName(child).localname: (child.get("count"), len(child)) for child in root}
    assert counts["fills"] == ("4", 4)
    assert counts["cellXfs"] == ("3", 3)


@pytest.mark.parametrize("space", [MAIN, STRICT])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_package_with_the_least_that_a_workbook_needs(space: str, prefix: str, tmp_path: Path) -> None:
    """No styles, no content types for them, prefixed elements, either edition of the format."""
    contents = parts('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1+1</f><v>2</v></c></row>')
    contents["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    )
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        text = contents[name].replace(MAIN, space)
        if prefix:
            text = re.sub(r"<(/?)([a-zA-Z])", rf"<\1{prefix}\2", text).replace(" xmlns=", " xmlns:x=")
        contents[name] = text
    source, target = save(tmp_path / "in.xlsx", contents), tmp_path / "out.xlsx"
    annotate(source, target, [finding("S", "B1"), finding("S", "C5")])
    check_package(source, target)
    book = load(target)
    assert [sheet.name for sheet in book.sheets] == ["S", "xlsgd"]
    assert same_cells(load(source), book)
    with zipfile.ZipFile(target) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        assert re.search(rf'<{prefix}c r="B1" s="\d+">', sheet)
        assert f'<{prefix}row r="5"><{prefix}c r="C5"' in sheet
        assert f"<{prefix}legacyDrawing" in sheet
        assert {"xl/styles1.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"} <= set(package.namelist())
        types = package.read("[Content_Types].xml").decode()
        assert types.count("<Override") == 3
        assert 'Extension="vml"' in types


def test_threads_are_left_alone(tmp_path: Path) -> None:
    contents = parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    contents["[Content_Types].xml"] = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    contents["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("threadedComment", "../threadedComments/t1.xml"))
    contents["xl/threadedComments/t1.xml"] = "<ThreadedComments/>"
    source, target = save(tmp_path / "in.xlsx", contents), tmp_path / "out.xlsx"
    annotate(source, target, [finding("S", "A1")])
    with zipfile.ZipFile(target) as package:
        assert not any("comments" in name and "threaded" not in name for name in package.namelist())
        assert b's="' in package.read("xl/worksheets/sheet1.xml")
