"""Workbooks that mean harm to whoever writes a marked copy of them: notes, drawings, styles, very many findings."""

from __future__ import annotations

from pathlib import Path

from attack_registry import MAIN, Contents, attack, book, doubled, relations, row, save, with_parts

RIGHT = {"S!B1": 2.0}


def _with_notes(comments: str | bytes, drawing: str | bytes) -> Contents:
    page = str(book()["xl/worksheets/sheet1.xml"]).replace(
        "</worksheet>", '<legacyDrawing xmlns:r="r/relationships" r:id="rId2"/></worksheet>'
    )
    contents = book(sheet1=page)
    contents["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("comments", "../comments1.xml"), ("vmlDrawing", "../drawings/vmlDrawing1.vml")
    )
    contents["xl/comments1.xml"], contents["xl/drawings/vmlDrawing1.vml"] = comments, drawing
    return contents


_NOTES = f'<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'


@attack("notes: a drawing of 10 MB that is no XML", answer=RIGHT)
def drawing(path: Path) -> None:
    save(
        path,
        _with_notes(_NOTES, b"<xml>" + b"".join(b"idmap data=%x<" % (at * 7919) for at in range(700_000)) + b"</xml>"),
    )


@attack("notes: numbers of 10,000 digits in a drawing", answer=RIGHT)
def numbers(path: Path) -> None:
    digits = "9" * 10_000
    shape = f'<v:shape id="_x0000_s{digits}"/>'
    save(path, _with_notes(_NOTES, f'<xml><o:idmap v:ext="edit" data="{digits},1"/>{shape}</xml>'))


@attack("notes: a hundred thousand on one cell", answer=RIGHT)
def many(path: Path) -> None:
    one = '<comment ref="B4" authorId="0"><text><t>{}</t></text></comment>'
    notes = _NOTES.replace("<commentList>", "<commentList>" + "".join(one.format(at * 7919) for at in range(100_000)))
    save(path, _with_notes(notes, "<xml></xml>"))


@attack("notes: a document type in the notes", "document type", RIGHT, by=("annotate",))
def doctype(path: Path) -> None:
    save(path, _with_notes(f"<!DOCTYPE a [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>{_NOTES}", "<xml></xml>"))


@attack("styles: tens of thousands, another one in each cell", answer=RIGHT)
def styles(path: Path) -> None:
    formats = "".join(f'<xf numFmtId="{at}" fontId="0" fillId="0" borderId="0"/>' for at in range(30_000))
    part = (
        f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>'
        f"<cellXfs>{formats}</cellXfs></styleSheet>"
    )
    rows = "".join(
        row(at, f'<c r="A{at}"><v>{at}</v></c><c r="B{at}" s="{at}"><f>A{at}*2</f><v>{1 if at > 1 else 2}</v></c>')
        for at in range(1, 20_000)
    )
    columns = "".join(f'<col min="1" max="16384" style="{at}"/>' for at in range(20_000))
    contents = with_parts(book(rows), {"styles": ("styles.xml", part)})
    page = str(contents["xl/worksheets/sheet1.xml"])
    contents["xl/worksheets/sheet1.xml"] = page.replace("<sheetData>", f"<cols>{columns}</cols><sheetData>")
    save(path, contents)


@attack("findings: thousands, none like the other", answer=RIGHT)
def findings(path: Path) -> None:
    rows = "".join(
        row(at, f'<c r="A{at}"><v>{at}</v></c><c r="B{at}"><f>A{at}*{at % 97 + 2}</f><v>{at * 7919 % 10007}</v></c>')
        for at in range(2, 12_000)
    )
    save(path, book(row(1, '<c r="B1"><f>1+1</f><v>2</v></c>') + rows))


@attack("names: texts that look like markup, formulas or terminal commands", answer=RIGHT)
def texts(path: Path) -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt; [red]x[/] =cmd|'/c calc'!A0 _x001B_[2J {0} %s"
    contents = book(doubled())
    names = f'<definedNames><definedName name="{evil[:200]}">S!$A$1</definedName></definedNames>'
    contents["xl/workbook.xml"] = str(contents["xl/workbook.xml"]).replace("</sheets>", f"</sheets>{names}")
    label = f'<c r="C1" t="inlineStr"><is><t>{evil}</t></is></c>'
    page = str(contents["xl/worksheets/sheet1.xml"])
    contents["xl/worksheets/sheet1.xml"] = page.replace("</row>", f"{label}</row>", 1)
    save(path, contents)
