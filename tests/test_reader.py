"""What the reader takes from a file, part by part, on files whose XML stands in the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from make_package import MAIN, OFFICE, STRICT, parts, relations, save, sheet, strings, workbook
from xlsgd.address import Box
from xlsgd.book import Book, External, Formula, Name, Settings, Sheet, Table
from xlsgd.book.dates import serial
from xlsgd.book.reader import read
from xlsgd.book.strings import escape, unescape
from xlsgd.errors import UnreadableError
from xlsgd.values import CALC, DIV0, NUM, SPILL, VALUE, CellError, Scalar


def first_sheet(tmp_path: Path, rows: str, behind: str = "") -> Sheet:
    return read(save(tmp_path / "a.xlsx", parts(rows, behind))).sheets[0]


def with_parts(tmp_path: Path, rows: str, more: dict[str, str]) -> Book:
    return read(save(tmp_path / "a.xlsx", {**parts(rows), **more}))


@pytest.mark.parametrize(
    ("attributes", "inner", "value"),
    [
        ("", "<v>0.1</v>", 0.1),
        ('t="n"', "<v>17.000000000000004</v>", 17.000000000000004),
        ("", "<v>1E-310</v>", 0.0),
        ("", "<v>-0</v>", 0.0),
        ("", "<v>1E400</v>", NUM),
        ("", "<v>nan</v>", NUM),
        ("", "<v>twelve</v>", "twelve"),
        ("", "<v></v>", None),
        ("", "<v/>", None),
        ("", "", None),
        ("", "<v>1<!-- remark -->2</v>", 12.0),
        ("", "<v><![CDATA[3]]></v>", 3.0),
        ('t="s"', "<v>1</v>", "two"),
        ('t="s"', "<v> 0 </v>", "one"),
        ('t="str"', "<v> a_x000D_b_x005F_x0041_ </v>", " a\rb_x0041_ "),
        ('t="str"', "<v/>", ""),
        ('t="b"', "<v>1</v>", True),
        ('t="b"', "<v>0</v>", False),
        ('t="e"', "<v>#DIV/0!</v>", DIV0),
        ('t="e"', "<v>#BUSY!</v>", CellError.UNKNOWN),
        ('t="e" vm="7"', "<v>#VALUE!</v>", VALUE),
        ('t="inlineStr"', '<is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is>', "a b"),
        ('t="inlineStr"', '<is><t>東京</t><rPh sb="0" eb="1"><t>トウ</t></rPh></is>', "東京"),
        ('t="d"', "<v>2024-03-01T12:00:00</v>", 45352.5),
    ],
)
def test_value(tmp_path: Path, attributes: str, inner: str, value: Scalar) -> None:
    found = first_sheet(tmp_path, f'<row r="3"><c r="B3" {attributes}>{inner}</c></row>').constants
    assert found == ({} if value is None else {(3, 2): value})
    assert isinstance(found.get((3, 2)), bool) == isinstance(value, bool)


def test_cells_and_rows_without_names_follow_each_other(tmp_path: Path) -> None:
    rows = '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row r="5"/><row><c><v>4</v></c></row>'
    assert first_sheet(tmp_path, rows).constants == {(1, 1): 1.0, (1, 4): 2.0, (1, 5): 3.0, (6, 1): 4.0}


def test_the_corners_of_the_grid_stay_small(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><f>A1</f><v>1</v></c></row>'
    found = first_sheet(tmp_path, rows)
    assert found.constants == {(1, 1): 1.0}
    assert found.formulas == {(1048576, 16384): Formula("A1", (1048576, 16384))}


def test_a_fill_down_is_one_object(tmp_path: Path) -> None:
    members = "".join(f'<row r="{r}"><c r="A{r}"><f t="shared" si="0"/><v>{r}</v></c></row>' for r in (3, 4, 6))
    own = '<row r="5"><c r="A5"><f t="shared" si="0">Z9+1</f><v>5</v></c></row>'
    master = '<row r="2"><c r="A2"><f t="shared" si="0" ref="A2:A6">B2*2</f><v>2</v></c></row>'
    for rows in (master + members + own, members + own + master):
        found = first_sheet(tmp_path, rows)
        assert found.formulas[2, 1] == Formula("B2*2", (2, 1))
        assert found.formulas[5, 1] == Formula("Z9+1", (5, 1))
        assert all(found.formulas[r, 1] is found.formulas[3, 1] for r in (3, 4, 6))
        assert found.cached == {(r, 1): float(r) for r in (2, 3, 4, 5, 6)}
    assert first_sheet(tmp_path, master + members).formulas[4, 1].origin == (2, 1)


def test_a_number_of_a_fill_down_that_is_used_again_means_the_newer_one(tmp_path: Path) -> None:
    pair = '<c r="{0}1"><f t="shared" si="0" ref="{0}1:{0}2">{0}9</f></c><c r="{0}2"><f t="shared" si="0"/></c>'
    found = first_sheet(tmp_path, f'<row r="1">{pair.format("A")}{pair.format("C")}</row>')
    assert [found.formulas[2, col].text for col in (1, 3)] == ["A9", "C9"]


@pytest.mark.parametrize("element", ["<f/>", '<f ca="1"/>', '<f t="shared" si="9"/>', '<f t="array" ref="A1"/>'])
def test_a_formula_that_says_nothing_leaves_its_value(tmp_path: Path, element: str) -> None:
    found = first_sheet(tmp_path, f'<row r="1"><c r="A1">{element}<v>5</v></c><c r="B1">{element}</c></row>')
    assert (found.constants, found.formulas, found.cached) == ({(1, 1): 5.0}, {}, {})


def test_what_an_array_formula_fills_is_cached_and_not_typed(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">C1:D2*2</f><v>1</v></c><c r="B1"><f ca="1"/><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c><c r="B2" t="s"><v>0</v></c><c r="C2"><v>9</v></c></row>'
    )
    found = first_sheet(tmp_path, rows)
    assert found.formulas == {(1, 1): Formula("C1:D2*2", (1, 1), "array", Box(1, 1, 2, 2))}
    assert found.cached == {(1, 1): 1.0, (1, 2): 2.0, (2, 1): 3.0, (2, 2): "one"}
    assert found.constants == {(2, 3): 9.0}


def test_a_data_table_is_one_formula_of_its_kind(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="B2"><f t="dataTable" ref="B2:B3" dt2D="0" r1="A1"/><v>1</v></c></row>'
    found = first_sheet(tmp_path, rows + '<row r="3"><c r="B3"><v>2</v></c></row>')
    assert found.formulas[2, 2].kind == "table"
    assert (found.cached, found.constants) == ({(2, 2): 1.0, (3, 2): 2.0}, {})


def test_white_space_in_formulas_is_kept(tmp_path: Path) -> None:
    found = first_sheet(tmp_path, '<row r="1"><c r="A1"><f xml:space="preserve"> 1 +\n2 </f><v>3</v></c></row>')
    assert found.formulas[1, 1].text == " 1 +\n2 "


def test_marks_of_dynamic_arrays_and_rich_errors(tmp_path: Path) -> None:
    metadata = (
        f'<metadata xmlns="{MAIN}"><metadataTypes><metadataType name="XLDAPR"/><metadataType name="XLRICHVALUE"/>'
        '<metadataType name="XLMDX"/></metadataTypes><futureMetadata name="XLDAPR">'
        '<bk><extLst><ext uri="u"><x:dynamicArrayProperties xmlns:x="d" fDynamic="1"/></ext></extLst></bk>'
        '<bk><extLst><ext uri="u"><x:dynamicArrayProperties xmlns:x="d" fDynamic="0"/></ext></extLst></bk>'
        '</futureMetadata><futureMetadata name="XLRICHVALUE">'
        '<bk><x:rvb xmlns:x="r" i="0"/></bk><bk><x:rvb xmlns:x="r" i="1"/></bk><bk><x:rvb xmlns:x="r" i="2"/></bk>'
        '</futureMetadata><cellMetadata><bk><rc t="1" v="0"/></bk><bk><rc t="1" v="1"/></bk></cellMetadata>'
        '<valueMetadata><bk><rc t="2" v="0"/></bk><bk><rc t="2" v="1"/></bk><bk><rc t="2" v="2"/></bk></valueMetadata>'
        "</metadata>"
    )
    more = {
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sheetMetadata", "metadata.xml"),
            ("rdRichValue", "richData/rdrichvalue.xml"),
            ("rdRichValueStructure", "richData/rdrichvaluestructure.xml"),
        ),
        "xl/metadata.xml": metadata,
        "xl/richData/rdrichvalue.xml": '<rvData xmlns="v"><rv s="1"><v>1</v><v>13</v></rv>'
        '<rv s="1"><v>0</v><v>8</v></rv><rv s="0"><v>8</v></rv></rvData>',
        "xl/richData/rdrichvaluestructure.xml": '<rvStructures xmlns="v"><s t="_entity"><k n="errorType"/></s>'
        '<s t="_error"><k n="subType"/><k n="errorType"/></s></rvStructures>',
    }
    cells = "".join(
        f'<c r="{column}1" t="e" cm="{cm}" vm="{vm}"><f>1</f><v>#VALUE!</v></c>'
        for column, cm, vm in (("A", 1, 1), ("B", 2, 2), ("C", 9, 3), ("D", 0, 4))
    )
    found = with_parts(tmp_path, f'<row r="1">{cells}</row>', more).sheets[0]
    assert [found.cached[1, col] for col in (1, 2, 3, 4)] == [CALC, SPILL, VALUE, VALUE]
    assert [found.formulas[1, col].dynamic for col in (1, 2, 3, 4)] == [True, False, True, False]


def test_names_sheets_and_settings(tmp_path: Path) -> None:
    inner = (
        '<workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/>'
        '<sheet name="Chart &amp; co" sheetId="2" state="veryHidden" r:id="rId2"/></sheets>'
        '<definedNames><definedName name="lr">S!$A$1</definedName>'
        '<definedName name="lr" localSheetId="1" hidden="1">=0.5</definedName></definedNames>'
        '<calcPr calcMode="manual" iterate="1" iterateCount="7" iterateDelta="1E-4" fullPrecision="0"/>'
    )
    more = {
        "xl/workbook.xml": workbook(inner),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "chartsheets/sheet1.xml")
        ),
    }
    book = with_parts(tmp_path, '<row r="1"><c r="A1" t="d"><v>1904-01-02</v></c></row>', more)
    assert [(s.name, s.kind, s.visible) for s in book.sheets] == [
        ("S", "worksheet", True),
        ("Chart & co", "chartsheet", False),
    ]
    assert book.names == [Name("lr", "S!$A$1"), Name("lr", "0.5", 1, True)]
    assert book.settings == Settings("manual", True, 7, 1e-4, False, True)
    assert book.sheets[0].constants == {(1, 1): 1.0}
    assert book.path == tmp_path / "a.xlsx"


def test_tables_and_filtered_rows(tmp_path: Path) -> None:
    table = (
        f'<table xmlns="{MAIN}" name="t_" displayName="T" ref="A1:B5" headerRowCount="1" totalsRowCount="1">'
        '<autoFilter ref="A1:B4"><filterColumn colId="0"/></autoFilter>'
        '<tableColumns><tableColumn name="x"/><tableColumn name="a_x000a_b"/></tableColumns></table>'
    )
    more = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("table", r"..\tables\table1.xml"), ("drawing", "no.xml")),
        "xl/tables/table1.xml": table,
    }
    book = with_parts(tmp_path, '<row r="3" hidden="1"/><row r="9" hidden="true"/><row r="10"/>', more)
    assert book.tables == [Table("T", 0, Box(1, 1, 5, 2), ("x", "a\nb"), 1, 1)]
    assert (book.sheets[0].hidden_rows, book.sheets[0].filtered_rows) == ({3, 9}, {3})


@pytest.mark.parametrize(("criterion", "filtered"), [("<filterColumn colId='0'/>", {2, 3}), ("", set())])
def test_a_filter_without_a_criterion_hides_nothing(tmp_path: Path, criterion: str, filtered: set[int]) -> None:
    rows = "".join(f'<row r="{r}" hidden="1"/>' for r in (1, 2, 3, 4))
    found = first_sheet(tmp_path, rows, f'<autoFilter ref="A1:C3">{criterion}</autoFilter>')
    assert (found.hidden_rows, found.filtered_rows) == ({1, 2, 3, 4}, filtered)


def test_links_to_other_workbooks_keep_their_order(tmp_path: Path) -> None:
    link = (
        f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"><sheetNames><sheetName val="P"/>'
        '<sheetName val="Q"/></sheetNames><definedNames><definedName name="n" refersTo="=Q!$A$1"/></definedNames>'
        '<sheetDataSet><sheetData sheetId="1"><row r="2"><cell r="B2"><v>1.5</v></cell><cell r="C2" t="str"><v>x</v>'
        '</cell><cell r="D2" t="e"><v>#NUM!</v></cell><cell r="E2" t="b"><v>1</v></cell></row></sheetData>'
        "</sheetDataSet></externalBook></externalLink>"
    )
    references = "".join(f'<externalReference r:id="rId{place}"/>' for place in (3, 2, 9))
    sheets = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    more = {
        "xl/workbook.xml": workbook(f"{sheets}<externalReferences>{references}</externalReferences>"),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("externalLink", "e/2.xml"), ("externalLink", "/xl/e/1.xml")
        ),
        "xl/e/1.xml": link,
        "xl/e/_rels/1.xml.rels": relations(("externalLinkPath", "../b.xlsx")).replace(
            "Id=", 'TargetMode="External" Id='
        ),
        "xl/e/2.xml": f'<externalLink xmlns="{MAIN}"><ddeLink/></externalLink>',
    }
    values: dict[tuple[int, int], Scalar] = {(2, 2): 1.5, (2, 3): "x", (2, 4): NUM, (2, 5): True}
    expected = External("../b.xlsx", {"P": {}, "Q": values}, set(), {"n": "Q!$A$1"})
    assert with_parts(tmp_path, "", more).externals == [expected, External(""), External("")]


def test_strict_namespaces_prefixes_and_names_in_another_case(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    book = (
        f'<x:workbook xmlns:x="{STRICT}" xmlns:rel="{strict}"><x:sheets><x:sheet name="S" rel:id="rId1"/></x:sheets>'
        "</x:workbook>"
    )
    page = f'<x:worksheet xmlns:x="{STRICT}"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row>'
    contents = {
        "_rels/.rels": relations(("officeDocument", "/XL/Workbook.xml")).replace(OFFICE, strict),
        "xl/workbook.xml": book,
        "XL\\_rels\\workbook.xml.rels": relations(
            ("worksheet", "Sheets/my%20sheet.xml"), ("sharedStrings", "./strings.xml")
        ),
        "xl/sheets/My Sheet.xml": page + "</x:sheetData></x:worksheet>",
        "xl/strings.xml": strings("a").replace(MAIN, STRICT),
    }
    assert read(save(tmp_path / "a.xlsm", contents)).sheets[0].constants == {(1, 1): "a"}


def test_sixteen_bit_parts_and_missing_optional_parts(tmp_path: Path) -> None:
    contents: dict[str, str | bytes] = {**parts('<row r="1"><c r="A1" t="str"><v>é</v></c></row>')}
    del contents["_rels/.rels"], contents["xl/sharedStrings.xml"]
    page = '<?xml version="1.0" encoding="UTF-16"?>' + str(contents["xl/worksheets/sheet1.xml"])
    contents["xl/worksheets/sheet1.xml"] = page.encode("utf-16")
    assert read(save(tmp_path / "a.xlsx", contents)).sheets[0].constants == {(1, 1): "é"}


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    """Programs differ in which of the two they read, so that a check of one says nothing about the other."""
    import zipfile

    path = save(tmp_path / "a.xlsx", parts(""))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))
    with pytest.raises(UnreadableError, match=r"sheet1\.xml twice"):
        read(str(path))


@pytest.mark.parametrize("text", ["a\x00\x1f\r\n\t", "_x0041_", "__x0041__", "😀", "\ud83d", "\uffff", "_x", "x_x004_"])
def test_escapes_go_there_and_back(text: str) -> None:
    assert unescape(escape(text)) == text
    assert unescape("_xD83D__xDE00_") == "😀"


def test_dates_around_the_day_that_never_was() -> None:
    assert [serial(f"1900-{day}") for day in ("01-01", "02-28", "03-01")] == [1.0, 59.0, 61.0]
    assert serial("18:00:00") == 0.75
    assert serial("1904-01-01", date1904=True) == 0.0
    assert serial("tomorrow") == "tomorrow"
