"""Worksheets that mean harm: cells, rows and ranges where none can be."""

from __future__ import annotations

from pathlib import Path

from attack_registry import MAIN, attack, book, doubled, large, relations, row, save, sheet, with_parts, workbook

SHEET = "xl/worksheets/sheet1.xml"
HEAD, TAIL = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode(), b"</sheetData></worksheet>"
ALL = "A1:XFD1048576"
TWO = '<c r="B1"><f>1+1</f><v>0</v></c>'


@attack("cells: beyond XFD1048576", "not in the grid")
def beyond(path: Path) -> None:
    save(path, book(row(1, '<c r="XFE1"><v>1</v></c>')))


@attack("cells: row 2^32", "not in the grid")
def high_row(path: Path) -> None:
    save(path, book(f'<row r="{2**32}"><c><v>1</v></c></row>'))


@attack("cells: a negative row", "not in the grid")
def negative_row(path: Path) -> None:
    save(path, book('<row r="-1"><c><v>1</v></c></row>'))


@attack("cells: a row number of 10,000 digits", "not in the grid")
def long_row(path: Path) -> None:
    save(path, book(f'<row r="{"1" * 10_000}"><c><v>1</v></c></row>'))


@attack("cells: a name of 5 MB", "not in the grid")
def long_name(path: Path) -> None:
    noise = "".join(f"{number * 2654435761 % 2**32:x}" for number in range(10_000))
    save(path, book(row(1, f'<c r="A{noise * 60}"><v>1</v></c>')))


@attack("cells: rows and cells out of order and twice", answer={"S!B1": 2.0, "S!B3": 6.0})
def disorder(path: Path) -> None:
    rows = row(3, '<c r="B3"><f>A3*2</f></c><c r="A3"><v>3</v></c>') + row(1, TWO) + row(1, TWO)
    save(path, book(rows + row(3, '<c r="A3"><v>3</v></c>')))


@attack("cells: a shared string of index 2^31 or 10,000 digits", "shared string")
def index(path: Path) -> None:
    cells = f'<c r="A1" t="s"><v>{"9" * 10_000}</v></c><c r="B1" t="s"><v>{2**31}</v></c>'
    save(path, book(row(1, cells)))


@attack("cells: style indices of 2^31 and of 10,000 digits", answer={"S!B1": 2.0})
def style(path: Path) -> None:
    rows = (
        doubled().replace('<c r="B4"', f'<c r="B4" s="{"9" * 10_000}"').replace('<c r="B6"', f'<c r="B6" s="{2**31}"')
    )
    save(path, book(rows))


@attack("cells: numbers that are none", answer={"S!B1": 2.0})
def numbers(path: Path) -> None:
    texts = ["1e99999", "nan", "inf", "-Infinity", "0x1p3", "1_000", "١٢", "9" * 10_000, "1e-99999", "--1", "1e5e5"]
    rows = row(1, TWO) + "".join(row(at, f'<c r="A{at}"><v>{text}</v></c>') for at, text in enumerate(texts, 2))
    save(path, book(rows))


@attack("cells: a million rows without cells", answer={"S!B1": 2.0}, alone=True)
def empty_rows(path: Path) -> None:
    large(path, SHEET, HEAD + row(1, TWO).encode(), b"<row/>", 1_048_570, TAIL, book())


@attack("cells: more than fit the memory", "limit 'cells'", alone=True)
def many_cells(path: Path) -> None:
    """Every row is of another shape, so that nothing is filled down."""
    noise = b"".join(
        b"<row>" + b"<c/>" * (number % 7) + b'<c s="%d"><v>%d.%d</v></c></row>' % (number % 97, number, number * 7919)
        + b'<row><c t="b"><v>1</v></c><c><f>A1+%d</f></c></row>' % number
        for number in range(500)
    )  # fmt: skip
    wide = b"<row>" + b"".join(b"<c><v>%d.5</v></c>" % (n * 7919) for n in range(5000)) + b"</row>"
    large(path, SHEET, HEAD + noise, wide + b"<row/>", 600, TAIL, book())


@attack("ranges: the whole grid wherever a range can stand")
def everywhere(path: Path) -> None:
    formulas = f'<c r="A1"><f t="array" ref="{ALL}">1</f><v>1</v></c>'
    rows = row(1, formulas) + row(2, f'<c r="B2"><f t="shared" ref="{ALL}" si="0">C2+1</f><v>0</v></c>')
    rows += row(3, f'<c r="C3"><f t="dataTable" ref="{ALL}" dt2D="1" r1="A1" r2="{ALL}"/><v>1</v></c>')
    behind = (
        f'<autoFilter ref="{ALL}"><filterColumn colId="0"/></autoFilter>'
        f'<mergeCells><mergeCell ref="{ALL}"/></mergeCells>'
        f'<conditionalFormatting sqref="{" ".join([ALL] * 100)}"><cfRule type="expression"><formula>{ALL}</formula>'
        f'</cfRule></conditionalFormatting><dataValidations><dataValidation sqref="{ALL}" type="list"><formula1>{ALL}'
        f'</formula1></dataValidation></dataValidations><hyperlinks><hyperlink ref="{ALL}"/></hyperlinks>'
    )
    page = sheet(rows, behind).replace(
        "<sheetData>", f'<dimension ref="{ALL}"/><cols><col min="1" max="4294967295"/></cols><sheetData>'
    )
    contents = book(sheet1=page)
    contents["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("table", "../tables/table1.xml"))
    contents["xl/tables/table1.xml"] = (
        f'<table xmlns="{MAIN}" ref="{ALL}" displayName="T" headerRowCount="99999999999" totalsRowCount="-5">'
        f'<autoFilter ref="{ALL}"><filterColumn/></autoFilter>'
        '<tableColumns><tableColumn name="a"/></tableColumns></table>'
    )
    save(path, contents)


@attack("ranges: thousands of arrays that overlap", "overlap", by=("calc -o",))
def overlapping(path: Path) -> None:
    rows = "".join(
        row(at, f'<c r="A{at}"><f t="array" ref="A{at}:XFD1048576">1</f><v>1</v></c><c r="C{at}"><v>{at}.5</v></c>')
        for at in range(1, 12_000)
    )
    save(path, book(rows))


@attack("ranges: thousands of small arrays", answer={"S!B1": 1.0})
def small_arrays(path: Path) -> None:
    rows = "".join(
        row(at, f'<c r="A{at}"><f t="array" ref="A{at}:B{at}">1+0*{at}</f><v>1</v></c><c r="B{at}"><v>9</v></c>')
        for at in range(1, 10_000)
    )
    rows = (
        row(1, '<c r="A1"><f t="array" ref="A1:A1">1</f><v>1</v></c><c r="B1"><f>A1</f></c>')
        + rows[rows.index("</row>") + 6 :]
    )
    save(path, book(rows))


@attack("shared formulas: in circles and without a first cell", answer={"S!B1": 2.0})
def shared(path: Path) -> None:
    rows = row(1, TWO) + "".join(
        row(at, f'<c r="B{at}"><f t="shared" si="{at % 7}"/><v>1</v></c>') for at in range(2, 500)
    )
    rows += row(600, f'<c r="B600"><f t="shared" si="3" ref="{ALL}">B601</f></c><c r="C600"><f t="shared" si="4"/></c>')
    rows += row(601, '<c r="B601"><f t="shared" si="3"/></c><c r="C601"><f t="shared" si="99999999999999999999"/></c>')
    save(path, book(rows))


@attack("links: to other workbooks, DDE and OLE", answer={"S!B1": 2.0})
def links(path: Path) -> None:
    cells = "".join(
        row(at, f'<c r="A{at}"><f>{text}</f><v>1</v></c>')
        for at, text in enumerate(
            ["[1]S!A1", "[2]!x", "cmd|'/c calc'!A0", "'\\\\127.0.0.1\\c$\\[a.xlsx]S'!A1", 'HYPERLINK("http://127.0.0.1:9")',
             'WEBSERVICE("http://127.0.0.1:9")', 'RTD("a",,"b")', 'CALL("kernel32","WinExec","JCJ","calc")',
             'IMAGE("http://127.0.0.1:9")', 'EXEC("calc")', 'SQL.REQUEST("a")'], 2
        )
    )  # fmt: skip
    contents = book(row(1, TWO) + cells, workbook=workbook(
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets><externalReferences><externalReference r:id="rId3"/>'
        '<externalReference r:id="rId4"/></externalReferences>'
    ))  # fmt: skip
    dde = f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    other = (
        f'<externalLink xmlns="{MAIN}" xmlns:r="r/relationships"><externalBook r:id="rId1">'
        '<sheetNames><sheetName val="S"/></sheetNames></externalBook></externalLink>'
    )
    kinds = {
        "externalLink": ("externalLinks/externalLink1.xml", other),
        "x/externalLink": ("externalLinks/externalLink2.xml", dde),
    }
    contents = with_parts(contents, kinds)
    contents["xl/externalLinks/_rels/externalLink1.xml.rels"] = relations(
        ("externalLinkPath", "http://127.0.0.1:9/a.xlsx")
    ).replace("Id=", 'TargetMode="External" Id=')
    save(path, contents)


@attack("settings: 2^31 iterations", answer={"S!B1": 2.0})
def iterations(path: Path) -> None:
    calc = '<calcPr iterate="1" iterateCount="2147483647" iterateDelta="nan"/>'
    rows = row(1, TWO) + row(2, '<c r="A2"><f>A2+1</f><v>0</v></c>')
    save(path, book(rows, workbook=workbook('<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>' + calc)))


@attack("sheets: ten thousand", "limit 'sheets'")
def sheets(path: Path) -> None:
    count = 10_000
    contents = book()
    listed = "".join(f'<sheet name="S{at}" sheetId="{at}" r:id="rId{at}"/>' for at in range(1, count + 1))
    contents["xl/workbook.xml"] = workbook(f"<sheets>{listed}</sheets>")
    contents["xl/_rels/workbook.xml.rels"] = relations(
        *(("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, count + 1))
    )
    page = sheet(row(1, '<c r="A1"><f>1+1</f><v>1</v></c>'))
    contents.update({f"xl/worksheets/sheet{at}.xml": page for at in range(1, count + 1)})
    save(path, contents)
