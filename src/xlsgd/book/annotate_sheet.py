"""A sheet of our own, as bytes: rows of text, some with a link to a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..address import cell_name
from .annotate_cells import plain

_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINE, _HIGHEST = 15, 400  # points
_STRICT_MAIN = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of the added sheet. texts: its cells. link: column (from 0) and place (``'a b'!L7``) of a link, or None.

    bold: a heading. colour: RRGGBB of the first cell's fill, or None. A row of one text does not break it.
    """

    texts: tuple[str, ...]
    link: tuple[int, str] | None = None
    bold: bool = False
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class ListStyles:
    """The formats of the added sheet: numbers in the styles part."""

    plain: int
    line: int
    bold: int
    link: int
    filled: dict[str, int]


def list_sheet(rows: Sequence[ListRow], widths: Sequence[int], styles: ListStyles, *, strict: bool) -> bytes:
    """The worksheet part of a list. widths: of its columns, in characters."""
    columns = b"".join(
        b'<col min="%d" max="%d" width="%d" customWidth="1"/>' % (at, at, width) for at, width in enumerate(widths, 1)
    )
    body = b"".join(_row(number, row, widths, styles) for number, row in enumerate(rows, 1))
    links = b"".join(
        b'<hyperlink ref="%s" location="%s"/>' % (cell_name(number, row.link[0] + 1).encode(), plain(row.link[1]))
        for number, row in enumerate(rows, 1)
        if row.link is not None
    )
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="%s">'
        b'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        b"<cols>%s</cols><sheetData>%s</sheetData>%s"
        b'<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        b'<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    ) % (
        _STRICT_MAIN if strict else _MAIN,
        columns,
        body,
        b"<hyperlinks>%s</hyperlinks>" % links if links else b"",
    )


def _row(number: int, row: ListRow, widths: Sequence[int], styles: ListStyles) -> bytes:
    cells = b""
    for at, text in enumerate(row.texts):
        if not text:
            continue
        style = styles.bold if row.bold else styles.plain if len(row.texts) > 1 else styles.line
        if row.link is not None and row.link[0] == at:
            style = styles.link
        elif at == 0 and row.colour is not None:
            style = styles.filled[row.colour]
        cells += b'<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>' % (
            cell_name(number, at + 1).encode(),
            style,
            plain(text),
        )
    lines = max((_lines(text, width) for text, width in zip(row.texts, widths, strict=False)), default=1)
    height = b"" if len(row.texts) < 2 else b' ht="%d" customHeight="1"' % min(_LINE * lines, _HIGHEST)
    return b'<row r="%d"%s>%s</row>' % (number, height, cells)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes, roughly: not every program finds a row's height by itself."""
    return sum(len(line) // width + 1 for line in text.split("\n"))
