"""The workbooks that are measured, written row by row as XML: every cell of a fill-down with its own formula text.

That is how xlsxwriter, openpyxl and most exporters write; ``shared=True`` writes shared formulas, as Excel saves them.
Beside each workbook lies its data as raw doubles (all x, then all y) for the C loop.
"""

from __future__ import annotations

import array
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .sheets import FIRST, LAYOUTS, ROWS, STALE_START, Layout, Point, points

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CHUNK = 2000  # rows that are handed to the zip at once
_PLACES = ("\x00", "\x01")  # stand in a row's template for its own row and the row above


def make_workbook(path: Path, rows: int, seed: int = 1, shared: bool = False) -> Path:
    """Write a workbook with both sheets unless it is there; returns its path."""
    if path.exists():
        return path
    data = points(rows, seed)
    array.array("d", [x for x, _ in data] + [y for _, y in data]).tofile(path.with_suffix(".points").open("wb"))
    unfinished = path.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in _fixed_parts().items():
            target.writestr(name, _HEAD + text)
        for number, layout in enumerate(LAYOUTS, 1):
            with target.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=rows > 100_000) as part:
                for piece in _sheet(layout, data, shared):
                    part.write(piece.encode())
    return unfinished.rename(path)


def _sheet(layout: Layout, data: list[Point], shared: bool) -> Iterator[str]:
    bottom = FIRST + len(data) - 1
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{max(layout.formulas)}{bottom}"/><sheetData>'
    yield from _head_rows(layout)
    values = ROWS[layout.name](data, STALE_START)
    first, second, rest = (_template(layout, kind, bottom) for kind in _kinds(shared))
    rows: list[str] = []
    for row, (point, cached) in enumerate(zip(data, values, strict=True), FIRST):
        template = first if row == FIRST else second if row == FIRST + 1 else rest
        text = template.replace(_PLACES[0], str(row)).replace(_PLACES[1], str(row - 1))
        rows.append(text % (*point, *cached))
        if len(rows) == _CHUNK:
            yield "".join(rows)
            rows = []
    yield "".join([*rows, "</sheetData></worksheet>"])


def _kinds(shared: bool) -> tuple[str, str, str]:
    return ("first", "master", "follower") if shared else ("first", "down", "down")


def _template(layout: Layout, kind: str, bottom: int) -> str:
    """One row, with a place for each value and for its own number."""
    row, above = _PLACES
    cells = [f'<c r="A{row}"><v>%d</v></c>', f'<c r="B{row}"><v>%r</v></c>']
    for number, (letter, (first, down)) in enumerate(layout.formulas.items()):
        text = (first if kind == "first" else down).format(r=row, p=above)
        told = {
            "master": f'<f t="shared" ref="{letter}{FIRST + 1}:{letter}{bottom}" si="{number}">{text}</f>',
            "follower": f'<f t="shared" si="{number}"/>',
        }.get(kind, f"<f>{text}</f>")
        cells.append(f'<c r="{letter}{row}">{told}<v>%r</v></c>')
    return f'<row r="{row}">{"".join(cells)}</row>'


def _head_rows(layout: Layout) -> Iterator[str]:
    for row in range(1, FIRST):
        cells = sorted((name, value) for name, value in layout.head.items() if name[1:] == str(row))
        yield f'<row r="{row}">{"".join(_head_cell(*cell) for cell in cells)}</row>'


def _head_cell(name: str, value: float | str) -> str:
    if isinstance(value, str):
        return f'<c r="{name}" t="s"><v>{_texts().index(value)}</v></c>'
    return f'<c r="{name}"><v>{value!r}</v></c>'


def _texts() -> list[str]:
    every = [value for layout in LAYOUTS for value in layout.head.values() if isinstance(value, str)]
    return list(dict.fromkeys(every))


def _fixed_parts() -> dict[str, str]:
    """All parts but the sheets. The application is named as other writers name it: LibreOffice then trusts the file's
    stored values and does not calculate while it loads."""
    numbers = range(1, len(LAYOUTS) + 1)
    sheet_types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    sheets = "".join(f'<sheet name="{one.name}" sheetId="{n}" r:id="rId{n}"/>' for n, one in enumerate(LAYOUTS, 1))
    links = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    links += [("rId8", "styles", "styles.xml"), ("rId9", "sharedStrings", "sharedStrings.xml")]
    texts = "".join(f"<si><t>{text}</t></si>" for text in _texts())
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{sheet_types}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
        '<Override PartName="/docProps/app.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>',
        "_rels/.rels": _relations(
            [
                ("rId1", "officeDocument", "xl/workbook.xml"),
                ("rId2", "extended-properties", "docProps/app.xml"),
            ]
        ),
        "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'extended-properties"><Application>Microsoft Excel</Application><AppVersion>12.0000</AppVersion></Properties>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(links),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/>'
        '</font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill'
        ' patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/>'
        '</border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" count="{len(_texts())}" uniqueCount="{len(_texts())}">'
        f"{texts}</sst>",
    }


def _relations(links: list[tuple[str, str, str]]) -> str:
    entries = "".join(f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{at}"/>' for i, kind, at in links)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'
