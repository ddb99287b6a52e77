"""XML that means harm, in the parts of a small workbook."""

from __future__ import annotations

from pathlib import Path

from attack_registry import MAIN, TYPES, attack, book, large, relations, row, save, sheet, strings, with_parts, workbook

SHEET = "xl/worksheets/sheet1.xml"
HEAD, TAIL = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode(), b"</sheetData></worksheet>"
LAUGHS = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def _doctype(path: Path, doctype: str, codec: str = "utf-8", text: str = "&i;") -> None:
    data = (doctype + sheet(row(1, f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c>'))).encode(codec)
    save(path, book(sheet1=data))


@attack("XML: billion laughs", "document type")
def laughs(path: Path) -> None:
    _doctype(path, LAUGHS + "]>")


@attack("XML: billion laughs in UTF-16", "document type")
def wide_laughs(path: Path) -> None:
    _doctype(path, LAUGHS + "]>", "utf-16")


@attack("XML: quadratic blow-up", "document type")
def blow_up(path: Path) -> None:
    _doctype(path, f"<!DOCTYPE a [<!ENTITY i '{'a' * 100_000}'>]>", text="&i;" * 100_000)


@attack("XML: external entity", "document type")
def external(path: Path) -> None:
    _doctype(path, "<!DOCTYPE a [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>")


@attack("XML: external document type", "document type")
def dtd(path: Path) -> None:
    _doctype(path, "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'>", text="1")


@attack("XML: external parameter entity", "document type")
def parameter(path: Path) -> None:
    _doctype(path, "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x.dtd'> %p;]>", text="1")


@attack("XML: document type in a part of another kind", "document type")
def elsewhere(path: Path) -> None:
    doctype = "<!DOCTYPE a [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>"
    save(path, book(sharedStrings=doctype + strings("&i;", "two")))


@attack("XML: XInclude", answer={"S!B1": 2.0})
def include(path: Path) -> None:
    evil = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    cell = f'<c r="A1" t="inlineStr"><is><t>{evil}</t></is></c><c r="B1"><f>1+1</f><v>0</v></c>'
    save(path, book(row(1, cell)))


@attack("XML: 100 MB of nesting", "damaged", alone=True)
def nesting(path: Path) -> None:
    large(path, SHEET, HEAD + b'<x a="1"/>' * 40_000, b"<a>", 35_000_000, TAIL, book())


@attack("XML: millions of elements beside the rows", "limit 'nodes'", alone=True)
def elements(path: Path) -> None:
    noise = b"".join(b"<x%x/>" % (number * 2654435761 % 2**32) for number in range(1000))
    large(path, SHEET, HEAD + noise * 200, b"<a/>" * 99 + noise, 15_000, TAIL, book())


@attack("XML: millions of cells in one row", "limit 'nodes'", alone=True)
def one_row(path: Path) -> None:
    noise = b"".join(b"<c s='%d'/>" % (number * 7919 % 10007) for number in range(1000))
    large(path, SHEET, HEAD + b"<row>", noise, 6000, b"</row>" + TAIL, book())


@attack("XML: millions of attributes", "limit 'nodes'", alone=True)
def attributes(path: Path) -> None:
    many = ("<n " + " ".join(f'a{one}=""' for one in range(1000)) + "/>") * 2500
    save(path, book(workbook=workbook(f'{many}<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>')))


@attack("XML: a large tree", "limit 'tree'", alone=True)
def tree(path: Path) -> None:
    noise = b"".join(b"%x" % (number * 2654435761 % 2**32) for number in range(1000))
    head, tail = workbook('<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>|').split("|")
    large(path, "xl/workbook.xml", head.encode(), b"<n>" + noise + b"</n>", 12_000, tail.encode(), book())


@attack("XML: a text of 20 MB", "damaged")
def long_text(path: Path) -> None:
    noise = "".join(f"{number * 2654435761 % 2**32:x}" for number in range(10_000))
    save(path, book(row(1, f'<c r="A1" t="inlineStr"><is><t>{noise * 250}</t></is></c>')))


@attack("XML: an attribute of 20 MB", "damaged")
def long_attribute(path: Path) -> None:
    noise = "".join(f"{number * 2654435761 % 2**32:x}" for number in range(10_000))
    save(path, book(row(1, f'<c r="A1" t="{noise * 250}"><v>1</v></c>')))


@attack("XML: declared as UTF-7", "usual encoding")
def utf7(path: Path) -> None:
    save(path, book(sheet1=b"<?xml version='1.0' encoding='UTF-7'?>+ADw-worksheet/+AD4-"))


@attack("XML: UTF-16", answer={"S!B1": 2.0})
def utf16(path: Path) -> None:
    page = '<?xml version="1.0" encoding="UTF-16"?>' + str(book()[SHEET])
    save(path, book(sheet1=page.encode("utf-16")))


@attack("XML: invalid UTF-8", "sheet1.xml is damaged")
def bad_bytes(path: Path) -> None:
    save(path, book(sheet1=str(book()[SHEET]).encode().replace(b"<v>2</v>", b"<v>\xff\xfe\xc0\x80</v>", 1)))


@attack("XML: NUL bytes", "sheet1.xml is damaged")
def nul(path: Path) -> None:
    save(path, book(sheet1=str(book()[SHEET]).encode().replace(b"<v>2</v>", b"<v>2\0</v>", 1)))


@attack("XML: millions of shared strings", "limit 'strings'", alone=True)
def many_strings(path: Path) -> None:
    noise = b"".join(b"<si><t>%d</t></si>" % (number * 7919 % 10007) for number in range(1000))
    large(path, "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">'.encode(), noise, 2100, b"</sst>", book())


@attack("XML: a shared-strings count of 2^31", answer={"S!A1": "one"})
def counted(path: Path) -> None:
    table = strings("one", "two").replace("<sst", '<sst count="2147483648" uniqueCount="4294967295"')
    text = '<c r="A1"><f>B1</f></c><c r="B1" t="s"><v>0</v></c>'
    save(path, book(row(1, text), sharedStrings=table))


@attack("XML: 200 MB of texts", "limit 'characters'", alone=True)
def many_texts(path: Path) -> None:
    noise = b"".join(b"%x" % (number * 2654435761 % 2**32) for number in range(4000))
    large(path, SHEET, HEAD, b'<row><c t="str"><v>' + noise + b"\xf0\x9f\x92\xa3</v></c></row>", 6000, TAIL, book())


@attack("relations: in a circle, with .., absolute, file: and http:", "is missing")
def addresses(path: Path) -> None:
    targets = [
        "../../../../etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1:9/a.xml",
        "workbook.xml",
    ]
    contents = book()
    contents["xl/_rels/workbook.xml.rels"] = relations(*(("worksheet", target) for target in targets))
    contents["xl/worksheets/_rels/sheet1.xml.rels"] = relations(("table", "sheet1.xml"), ("drawing", "sheet1.xml"))
    save(path, contents)


@attack("relations: drawings and tables that lead back", "no authors", {"S!B1": 2.0}, by=("annotate",))
def circle(path: Path) -> None:
    contents = book()
    contents["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("table", "sheet1.xml"),
        ("drawing", "sheet1.xml"),
        ("comments", "sheet1.xml"),
        ("vmlDrawing", "../workbook.xml"),
    )
    save(path, contents)


@attack("relations: one part as many sheets", "the same part")
def one_part(path: Path) -> None:
    listed = "".join(f'<sheet name="S{one}" sheetId="{one}" r:id="rId1"/>' for one in range(1, 1500))
    save(path, book(workbook=workbook(f"<sheets>{listed}</sheets>")))


@attack("relations: one part as many tables, charts and links", answer={"S!B1": 2.0})
def one_table(path: Path) -> None:
    table = f'<table xmlns="{MAIN}" ref="D1:E2" displayName="T">{"<x/>" * 5000}</table>'
    chart = f"<c:chartSpace xmlns:c='c'>{'<c:x/>' * 5000}</c:chartSpace>"
    contents = book(workbook=workbook(
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets><externalReferences>'
        + '<externalReference r:id="rId3"/>' * 5000 + "</externalReferences>"
    ))  # fmt: skip
    link = f'<externalLink xmlns="{MAIN}"><externalBook>{"<x/>" * 5000}</externalBook></externalLink>'
    contents = with_parts(contents, {"externalLink": ("externalLinks/externalLink1.xml", link)})
    contents["xl/tables/table1.xml"], contents["xl/charts/chart1.xml"] = table, chart
    contents["xl/drawings/drawing1.xml"] = "<d/>"
    contents["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        *[("table", "../tables/table1.xml")] * 5000, *[("drawing", "../drawings/drawing1.xml")] * 5
    )
    contents["xl/drawings/_rels/drawing1.xml.rels"] = relations(*[("chart", "../charts/chart1.xml")] * 5000)
    save(path, contents)


@attack("content types that lie", answer={"S!B1": 2.0})
def types(path: Path) -> None:
    lies = TYPES.replace("worksheet+xml", "styles+xml").replace("sheet.main+xml", "worksheet+xml")
    save(path, {**book(), "[Content_Types].xml": lies})
