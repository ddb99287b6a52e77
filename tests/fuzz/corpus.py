"""The workbooks that are mutated: each as small as its feature allows, made here from XML text."""
# ruff: noqa: E501  rows of XML stand as they do in a file

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from make_package import MAIN, OFFICE, parts, relations, strings, unzip, workbook
from xlsgd.api import generate
from xlsgd.vocabulary import make_variant

from .packing import pack

Parts = dict[str, bytes]
_SHEET = "xl/worksheets/sheet1.xml"
_RELS = "xl/_rels/workbook.xml.rels"
_SHEET_RELS = "xl/worksheets/_rels/sheet1.xml.rels"
_TYPES = "[Content_Types].xml"
_DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_CHART = f'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" {_DRAWING}'

_PLAIN = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>2.5</v></c><c r="C1"><f>SUM(B1:B3)*2</f><v>5</v></c></row>'
    '<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c><c r="C2" t="str"><f>A1&amp;"x"</f><v>onex</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>in</t></is></c><c r="C3"><f>IF(B1&gt;1,C1/B1,0)</f><v>2</v></c></row>'
)
_FILLS = "".join(
    f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}"><f t="shared" si="0"{head}</f><v>{r}</v></c>'
    f'<c r="C{r}"><f>B{r}+$A$1*C{r - 1}</f><v>0</v></c></row>'
    for r, head in [(2, ' ref="B2:B5">A2*2+B1'), (3, ">"), (4, ">"), (5, ">")]
).replace("></f>", "/>")
_ARRAYS = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="array" ref="B1:B2">A1:A2*2</f><v>2</v></c>'
    '<c r="C1" cm="1"><f t="array" ref="C1:D2">SEQUENCE(2,2)</f><v>1</v></c><c r="D1"><v>2</v></c></row>'
    '<row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>6</v></c><c r="C2"><v>3</v></c><c r="D2"><v>4</v></c></row>'
    '<row r="3"><c r="B3"><f t="dataTable" ref="B3:B4" dt2D="0" dtr="0" r1="A1"/><v>1</v></c><c r="C3"><f>SUM(C1#)</f><v>10</v></c></row>'
    '<row r="4"><c r="B4"><v>2</v></c></row>'
)
_METADATA = (
    f'<metadata xmlns="{MAIN}" xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">'
    '<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" cellMeta="1"/></metadataTypes>'
    '<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">'
    '<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>'
    '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)
_NAMED = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>Table1[[#This Row],[one]]*rate</f><v>1</v></c></row>'
    '<row r="3"><c r="A3"><v>2</v></c><c r="B3"><f>SUM(Table1[one])+late</f><v>1</v></c></row>'
)
_NAMES = (
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="rate">S!$A$2</definedName>'
    '<definedName name="late" localSheetId="0">rate*2</definedName><definedName name="round" hidden="1">round+1</definedName>'
    '</definedNames><calcPr calcId="1" iterate="1" iterateCount="3" iterateDelta="0.01"/>'
)
_TABLE = (
    f'<table xmlns="{MAIN}" id="1" name="Table1" displayName="Table1" ref="A1:B3" totalsRowShown="0">'
    '<autoFilter ref="A1:B3"/><tableColumns count="2"><tableColumn id="1" name="one"/><tableColumn id="2" name="two">'
    "<calculatedColumnFormula>Table1[[#This Row],[one]]*rate</calculatedColumnFormula></tableColumn></tableColumns></table>"
)
_STYLED = (
    '<row r="1" s="1" customFormat="1"><c r="A1" s="1"><v>44000</v></c><c r="B1" s="2"><f>A1+1</f><v>44001</v></c></row>'
    '<row r="2" hidden="1"><c r="A2" t="d"><v>2020-01-01</v></c><c r="B2" s="9"><f>SUBTOTAL(109,A1:A2)</f><v>1</v></c></row>'
)
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill'
    ' patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/>'
    '</cellStyleXfs><cellXfs count="3"><xf numFmtId="0" xfId="0"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="14" xfId="0"/></cellXfs><dxfs count="0"/></styleSheet>'
)
_SERIES = (
    '<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:strRef><c:f>S!$A$1</c:f></c:strRef></c:tx><c:xVal><c:numRef>'
    "<c:f>S!$A$2:$A$3</c:f></c:numRef></c:xVal><c:yVal><c:numRef><c:f>S!$B$2:$B$3</c:f><c:numCache>"
    '<c:ptCount val="2"/><c:pt idx="0"><c:v>1</c:v></c:pt></c:numCache></c:numRef></c:yVal></c:ser>'
)
_CHART_PART = (
    f"<c:chartSpace {_CHART}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>loss</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    f'<c:plotArea><c:scatterChart><c:scatterStyle val="line"/>{_SERIES}<c:axId val="1"/></c:scatterChart></c:plotArea></c:chart></c:chartSpace>'
)
_DRAWING_PART = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    f'{_DRAWING}><xdr:twoCellAnchor><xdr:graphicFrame><a:graphic><a:graphicData><c:chart {_CHART} xmlns:r="{OFFICE}" '
    'r:id="rId1"/></a:graphicData></a:graphic></xdr:graphicFrame></xdr:twoCellAnchor></xdr:wsDr>'
)
_LINK = (
    f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1"><sheetNames><sheetName val="Far"/></sheetNames>'
    '<definedNames><definedName name="pi" refersTo="=Far!$A$1"/></definedNames><sheetDataSet><sheetData sheetId="0">'
    '<row r="1"><cell r="A1"><v>3</v></cell><cell r="B1" t="str"><v>x</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>'
)
_COMMENTS = (
    f'<comments xmlns="{MAIN}"><authors><author>me</author></authors><commentList><comment ref="B2" authorId="0"><text>'
    "<r><t>note</t></r></text></comment></commentList></comments>"
)
_VML = '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="_x0000_s1025"><v:textbox/></v:shape></xml>'
_STEPS = "".join(
    f'<row r="{r}"><c r="A{r}"><v>{r - 3}</v></c><c r="B{r}"><v>{2 * r - 4}</v></c><c r="C{r}"><f>{"1" if r == 4 else f"F{r - 1}"}</f>'
    f'<v>1</v></c><c r="D{r}"><f>C{r}*A{r}</f><v>1</v></c><c r="E{r}"><f>2*(D{r}-B{r})*A{r}</f><v>1</v></c>'
    f'<c r="F{r}"><f>C{r}-$B$1*E{r}</f><v>1</v></c></row>'
    for r in range(4, 8)
)
_TRAINING = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>0.01</v></c></row><row r="3">'
    + "".join(f'<c r="{col}3" t="s"><v>{place}</v></c>' for place, col in enumerate("ABCDEF", 1))
    + f"</row>{_STEPS}"
)


def _with(rows: str, behind: str = "", **more: str) -> dict[str, str]:
    book = parts(rows, behind)
    kinds = {"styles": ("styles", "styles.xml"), "metadata": ("sheetMetadata", "metadata.xml")}
    targets = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")]
    for key, text in more.items():
        targets.append(kinds[key])
        book[f"xl/{kinds[key][1]}"] = text
    book[_RELS] = relations(*targets)
    return book


def _linked() -> dict[str, str]:
    book = parts('<row r="1"><c r="A1"><f>[1]Far!A1+[1]!pi</f><v>3</v></c><c r="B1"><f>T!A1*2</f><v>0</v></c></row>')
    book["xl/workbook.xml"] = workbook(
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/><sheet name="T" sheetId="2" state="hidden" r:id="rId2"/></sheets>'
        '<externalReferences><externalReference r:id="rId3"/></externalReferences>'
    )
    book["xl/worksheets/sheet2.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    book["xl/externalLinks/externalLink1.xml"] = _LINK
    book["xl/externalLinks/_rels/externalLink1.xml.rels"] = relations(("externalLinkPath", "far.xlsx"))
    book[_RELS] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("worksheet", "worksheets/sheet2.xml"),
        ("externalLink", "externalLinks/externalLink1.xml"),
    )
    return book


def _charted() -> dict[str, str]:
    book = parts(_PLAIN, '<drawing r:id="rId1"/><legacyDrawing r:id="rId2"/>')
    book[_SHEET] = book[_SHEET].replace("<worksheet ", f'<worksheet xmlns:r="{OFFICE}" ', 1)
    book[_SHEET_RELS] = relations(
        ("drawing", "../drawings/drawing1.xml"),
        ("vmlDrawing", "../drawings/vml1.vml"),
        ("comments", "../comments1.xml"),
    )
    book["xl/drawings/drawing1.xml"] = _DRAWING_PART
    book["xl/drawings/_rels/drawing1.xml.rels"] = relations(("chart", "../charts/chart1.xml"))
    book["xl/charts/chart1.xml"] = _CHART_PART
    book["xl/drawings/vml1.vml"], book["xl/comments1.xml"] = _VML, _COMMENTS
    return book


def _named() -> dict[str, str]:
    book = parts(_NAMED, '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>')
    book[_SHEET] = book[_SHEET].replace("<worksheet ", f'<worksheet xmlns:r="{OFFICE}" ', 1)
    book["xl/workbook.xml"] = workbook(_NAMES)
    book[_SHEET_RELS] = relations(("table", "../tables/table1.xml"))
    book["xl/tables/table1.xml"] = _TABLE
    return book


def _training() -> dict[str, str]:
    book = parts(_TRAINING)
    book["xl/sharedStrings.xml"] = strings("learning rate", "x", "y", "slope", "prediction", "gradient", "new slope")
    return book


def _types(book: dict[str, str]) -> str:
    """The part that says what the others are; only what changes a package needs it."""
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    kinds = "".join(
        f'<Override PartName="/{name}" ContentType="{main}.{name.split("/")[-1][:5]}+xml"/>' for name in book
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{kinds}</Types>'
    )


@cache
def corpus() -> tuple[Parts, ...]:
    """All workbooks, each as its parts."""
    made = (
        parts(_PLAIN),
        parts(_FILLS),
        _with(_ARRAYS, metadata=_METADATA),
        _named(),
        _with(_STYLED, '<autoFilter ref="A1:B2"/>', styles=_STYLES),
        _charted(),
        _linked(),
        _training(),
    )
    return tuple({name: text.encode() for name, text in {**book, _TYPES: _types(book)}.items()} for book in made)


@cache
def generated() -> Parts:
    """A workbook that trains and has all that ours have: styles, charts, notes. Ten times as large, so taken seldom."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "made.xlsx")
        generate(make_variant("linear", data="linear:4,1", epochs=1), path)
        return unzip(path)


def choose(random: Random) -> Parts:
    """Some workbook."""
    return dict(generated() if random.random() < 0.04 else random.choice(corpus()))


@cache
def zipped() -> tuple[bytes, ...]:
    """The small workbooks as zips, stored and deflated."""
    return tuple(pack(book, deflated) for deflated in (False, True) for book in corpus())


@cache
def _generated_zips() -> tuple[bytes, ...]:
    return pack(generated()), pack(generated(), True)


def choose_zip(random: Random) -> bytes:
    """Some workbook as a zip."""
    return random.choice(_generated_zips() if random.random() < 0.04 else zipped())
