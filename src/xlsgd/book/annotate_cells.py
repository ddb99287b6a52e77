"""Cells of a worksheet part that get another style, and cells that it has not yet, put where they belong.

As in :mod:`xlsgd.book.cell_bytes` every other byte of the part stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.sax.saxutils import escape as escape_xml

from ..address import MAX_COL, MAX_ROW, cell_name, parse_cell
from .book import Cell
from .cell_bytes import Stored
from .strings import escape, whole

ATTRIBUTES = rb"((?:\s+[^\s=/>\"'<]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*+)\s*(/?)>"
NO_ELEMENT = rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)[A-Za-z]")
_COLUMN = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?col" + ATTRIBUTES)


class Edit(NamedTuple):
    """What becomes of a cell. style: the index of its format, None: as it is. value: of a cell that is new."""

    style: int | None = None
    value: Stored | None = None


class Splice(NamedTuple):
    """Bytes that come in the place of others."""

    start: int
    end: int
    data: bytes


class _Row(NamedTuple):
    """A row element: its open tag, and where a cell could come that stands behind all others."""

    number: int
    tag: re.Match[bytes]
    cells: dict[int, re.Match[bytes]]
    end: int


def in_utf8(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """What a function for ASCII-like bytes makes of a part, whatever its encoding."""
    for codec in ("utf-16-le", "utf-16-be"):
        if data.startswith(("\ufeff".encode(codec), "<?".encode(codec))):
            return change(data.decode(codec).encode()).decode().encode(codec)
    return change(data)


def splice(data: bytes, changes: Iterable[Splice]) -> bytes:
    """The bytes with some parts replaced. What is put at one place stays in the order given."""
    parts: list[bytes] = []
    kept = 0
    for start, end, new in sorted(changes, key=lambda one: (one.start, one.end)):
        parts += data[kept:start], new
        kept = end
    return b"".join([*parts, data[kept:]])


def plain(text: str) -> bytes:
    """Text for an element, in ASCII, so that it fits every encoding."""
    return escape_xml(escape(text), {'"': "&quot;"}).encode("ascii", "xmlcharrefreplace")


def cell_styles(data: bytes, wanted: Collection[Cell]) -> dict[Cell, int]:
    """The format of each cell; of one that the part has not, that of its row or column."""
    found: dict[Cell, int] = {}

    def look(part: bytes) -> bytes:
        numbers = {row for row, _ in wanted}
        rows = {row.number: row for row in _rows(part, prefix_of(part)) if row.number in numbers}
        columns = _column_styles(part)
        for cell in wanted:
            row = rows.get(cell[0])
            tag = row.cells.get(cell[1]) if row else None
            style = attribute(tag[3], b"s") if tag else None
            if tag is None:
                own = attribute(row.tag[3], b"s") if row and attribute(row.tag[3], b"customFormat") else None
                style = own or columns.get(cell[1])
            found[cell] = whole(style or "", 0)
        return part

    in_utf8(data, look)
    return found


def edit_cells(data: bytes, edits: Mapping[Cell, Edit]) -> bytes:
    """A worksheet part with the edits. A part without ``sheetData`` stays as it is."""
    return in_utf8(data, lambda part: splice(part, _splices(part, edits)))


def _splices(data: bytes, edits: Mapping[Cell, Edit]) -> Iterator[Splice]:
    prefix = prefix_of(data)
    by_row: dict[int, dict[int, Edit]] = {}
    for (number, col), edit in sorted(edits.items()):
        by_row.setdefault(number, {})[col] = edit
    waiting = iter(sorted(by_row))
    next_row = next(waiting, None)
    for row in _rows(data, prefix):
        new = b""
        while next_row is not None and next_row < row.number:
            new += _new_row(prefix, next_row, by_row[next_row])
            next_row = next(waiting, None)
        if new:
            yield Splice(row.tag.start(), row.tag.start(), new)
        if next_row == row.number:
            yield from _in_row(data, prefix, row, by_row[row.number])
            next_row = next(waiting, None)
    rest = b""
    while next_row is not None:
        rest += _new_row(prefix, next_row, by_row[next_row])
        next_row = next(waiting, None)
    if rest:
        yield from _at_end(data, prefix, rest)


def _in_row(data: bytes, prefix: bytes, row: _Row, edits: Mapping[int, Edit]) -> Iterator[Splice]:
    behind = b""
    present = sorted(row.cells)
    for col, edit in edits.items():
        tag = row.cells.get(col)
        if tag is not None:
            if edit.style is not None:
                yield Splice(tag.start(3), tag.end(3), set_attribute(tag[3], b"s", str(edit.style)))
            continue
        new = _new_cell(prefix, (row.number, col), edit)
        place = bisect_right(present, col)
        if place < len(present):
            following = present[place]
            yield Splice(row.cells[following].start(), row.cells[following].start(), new)
        else:
            behind += new
    if behind and row.tag[4]:
        opened = data[row.tag.start() : row.tag.end(3)] + b">"
        yield Splice(row.tag.start(), row.tag.end(), opened + behind + b"</" + prefix + b"row>")
    elif behind:
        yield Splice(row.end, row.end, behind)


def _at_end(data: bytes, prefix: bytes, rows: bytes) -> Iterator[Splice]:
    """Rows behind all others."""
    for tag in _tags(data, prefix):
        if tag[2] == b"sheetData" and tag[4]:
            opened = data[tag.start() : tag.end(3)] + b">"
            yield Splice(tag.start(), tag.end(), opened + rows + b"</" + prefix + b"sheetData>")
            return
        if tag[2] == b"sheetData" and tag[1]:
            yield Splice(tag.start(), tag.start(), rows)
            return


def _new_row(prefix: bytes, row: int, edits: Mapping[int, Edit]) -> bytes:
    cells = b"".join(_new_cell(prefix, (row, col), edit) for col, edit in edits.items())
    return b"<" + prefix + b'row r="%d">' % row + cells + b"</" + prefix + b"row>"


def _new_cell(prefix: bytes, cell: Cell, edit: Edit) -> bytes:
    attributes = b' r="%s"' % cell_name(*cell).encode()
    attributes += b' s="%d"' % edit.style if edit.style else b""
    kind, text, _ = edit.value or Stored(None, None)
    if text is None:
        return b"<" + prefix + b"c" + attributes + b"/>"
    attributes += b' t="%s"' % kind.encode() if kind else b""
    space = b' xml:space="preserve"' if text != text.strip() else b""
    value = b"<" + prefix + b"v" + space + b">" + plain(text) + b"</" + prefix + b"v>"
    return b"<" + prefix + b"c" + attributes + b">" + value + b"</" + prefix + b"c>"


def _rows(data: bytes, prefix: bytes) -> Iterator[_Row]:
    number = col = 0
    open_row: tuple[re.Match[bytes], dict[int, re.Match[bytes]]] | None = None
    inside = False
    for tag in _tags(data, prefix):
        slash, name, attributes, empty = tag[1], tag[2], tag[3], tag[4]
        if name == b"sheetData":
            if slash or empty:
                return
            inside = True
        elif inside and name == b"row" and slash:
            if open_row is not None:
                yield _Row(number, *open_row, tag.start())
            open_row = None
        elif inside and name == b"row":
            number, col = _row_number(attributes, number), 0
            if empty:
                yield _Row(number, tag, {}, tag.end())
            else:
                open_row = (tag, {})
        elif inside and not slash and open_row is not None:
            key = parse_cell(attribute(attributes, b"r") or "") or (number, col + 1)
            col = key[1]
            open_row[1][col] = tag


def _tags(data: bytes, prefix: bytes) -> Iterator[re.Match[bytes]]:
    pattern = NO_ELEMENT + b"|<(/?)" + re.escape(prefix) + b"(sheetData|row|c)" + ATTRIBUTES
    for tag in re.compile(pattern, re.DOTALL).finditer(data):
        if tag[2]:
            yield tag


def prefix_of(data: bytes) -> bytes:
    """The prefix of a part's elements, such as ``x:``."""
    root = _ROOT.search(data)
    return root[1] if root else b""


def _column_styles(data: bytes) -> dict[int, str]:
    """The format of each column that has one, from the ``col`` elements before the cells; of two the first.

    What a damaged file says twice is read no further than a sound one could go on.
    """
    head = data[: data.find(b"sheetData")]
    found: dict[int, str] = {}
    told = 0
    for match in _COLUMN.finditer(head):
        first, last, style = (attribute(match[1], name) for name in (b"min", b"max", b"style"))
        if first and last and style and told < MAX_COL:
            for col in range(whole(first, 1), min(whole(last, 0), MAX_COL) + 1):
                found.setdefault(col, style)
                told += 1
    return found


def attribute(attributes: bytes, name: bytes) -> str | None:
    """The value of an attribute among those of a tag, None where there is none."""
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1] == name:
            return (match[2] if match[2] is not None else match[3]).decode("ascii", "replace")
    return None


def set_attribute(attributes: bytes, name: bytes, value: str) -> bytes:
    """The attributes of a tag with one of them set."""
    new = b" " + name + b'="' + value.encode("ascii", "xmlcharrefreplace") + b'"'
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1] == name:
            return attributes[: match.start()] + new + attributes[match.end() :]
    return attributes + new


def _row_number(attributes: bytes, before: int) -> int:
    text = attribute(attributes, b"r")
    return before + 1 if text is None else min(whole(text, before + 1), MAX_ROW)
