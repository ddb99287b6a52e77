"""Notes on cells: the comments part and the VML drawing with their boxes, which Excel still wants.

Notes that are there stay; where one is on the cell already, the new text goes below its own.
Source: ECMA-376 part 1, 18.7 (comments); part 4, 19 (VML).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..address import cell_name
from .annotate_cells import ATTRIBUTES, plain, prefix_of
from .annotate_xml import NoPlace, into
from .book import Cell

AUTHOR = "xlsgd"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPACES = {
    b"v": b"urn:schemas-microsoft-com:vml",
    b"o": b"urn:schemas-microsoft-com:office:office",
    b"x": b"urn:schemas-microsoft-com:office:excel",
}
_BLOCK = 1024  # shapes whose numbers belong to one id of a drawing

EMPTY_COMMENTS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="%s"><authors></authors>'
    b"<commentList></commentList></comments>" % _MAIN
)


def with_comments(data: bytes, notes: Mapping[Cell, str]) -> tuple[bytes, list[Cell]]:
    """A comments part with notes added, and the cells that had none before (which need a box). Raises NoPlace."""
    prefix = prefix_of(data)
    author = len(re.findall(b"<" + re.escape(prefix) + rb"author[\s>/]", data))
    data = into(data, b"authors", b"<%sauthor>%s</%sauthor>" % (prefix, AUTHOR.encode(), prefix))
    fresh: list[Cell] = []
    new = b""
    for cell, text in sorted(notes.items()):
        extended = _extended(data, prefix, cell_name(*cell), text)
        if extended is not None:
            data = extended
            continue
        fresh.append(cell)
        new += b'<%scomment ref="%s" authorId="%d"><%stext>%s</%stext></%scomment>' % (
            prefix,
            cell_name(*cell).encode(),
            author,
            prefix,
            _run(prefix, text),
            prefix,
            prefix,
        )
    return (into(data, b"commentList", new) if new else data), fresh


def _run(prefix: bytes, text: str) -> bytes:
    p = prefix
    font = b'<%srPr><%ssz val="9"/><%srFont val="Tahoma"/></%srPr>' % (p, p, p, p)
    return b'<%sr>%s<%st xml:space="preserve">%s</%st></%sr>' % (p, font, p, plain(text), p, p)


def _extended(data: bytes, prefix: bytes, name: str, text: str) -> bytes | None:
    """The part with a text added to the note of a cell; None where the cell has none."""
    for tag in re.finditer(b"<" + re.escape(prefix) + b"comment" + ATTRIBUTES, data):
        if tag[2] or not re.search(rb"\sref\s*=\s*[\"']" + name.encode() + rb"[\"']", tag[1]):
            continue
        end = data.find(b"</" + prefix + b"comment>", tag.end())
        at = data.find(b"</" + prefix + b"text>", tag.end(), end)
        if at < 0:
            raise NoPlace(
                f"the note of {name} is written in a way that cannot be changed: save the file in Excel first"
            )
        return data[:at] + _run(prefix, f"\n\n{text}") + data[at:]
    return None


def drawing_ids(drawings: Iterable[bytes]) -> set[int]:
    """The ids that the VML drawings of a workbook use for their shapes."""
    lists = (found for data in drawings for found in re.findall(rb"idmap[^>]*?\sdata\s*=\s*[\"']([\d,\s]+)", data))
    return {int(one) for text in lists for one in text.split(b",") if one.strip().isdigit()}


def new_drawing(number: int) -> bytes:
    """A VML drawing without shapes. number: an id that no other drawing of the workbook uses."""
    spaces = b"".join(b' xmlns:%s="%s"' % item for item in _SPACES.items())
    return b'<xml%s><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout></xml>' % (
        spaces,
        number,
    )


def with_boxes(data: bytes, cells: Iterable[Cell], number: int) -> bytes:
    """A VML drawing with a hidden box for the note of each cell. number: an id that no other drawing uses."""
    taken = {int(one) for one in re.findall(rb"_x0000_s(\d+)", data)}
    own = sorted(drawing_ids([data])) or [number]
    free = (own[-1] * _BLOCK + step for step in range(1, _BLOCK))
    spare = iter([one for one in free if one not in taken])
    new, wanted = b"", list(cells)
    if b'id="_x0000_t202"' not in data:
        new += _declared(data, b"shapetype", _SHAPETYPE)
    for cell in wanted:
        shape = next(spare, None)
        if shape is None:
            data = re.sub(rb"(idmap[^>]*?\sdata\s*=\s*[\"'])([\d,\s]+)", rb"\g<1>\g<2>,%d" % number, data, count=1)
            spare = iter(range(number * _BLOCK + 1, (number + 1) * _BLOCK))
            shape, number = next(spare), number + 1
        new += _declared(data, b"shape", _box(cell, shape))
    at = data.rfind(b"</xml")
    if at < 0:
        raise NoPlace(
            "the drawing of the notes is written in a way that cannot be changed: save the file in Excel first"
        )
    return data[:at] + new + data[at:]


def _declared(data: bytes, element: bytes, text: bytes) -> bytes:
    """An element that says its namespaces itself where the drawing's root does not."""
    lacking = [item for item in _SPACES.items() if b'xmlns:%s="%s"' % item not in data[:2000]]
    spaces = b"".join(b' xmlns:%s="%s"' % item for item in lacking)
    return text.replace(b"<v:" + element, b"<v:" + element + spaces, 1)


_SHAPETYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _box(cell: Cell, shape: int) -> bytes:
    row, col = cell[0] - 1, cell[1] - 1
    anchor = f"{col + 1}, 15, {max(0, row - 1)}, 2, {col + 5}, 31, {max(0, row - 1) + 8}, 1"
    return (
        b'<v:shape id="_x0000_s%d" type="#_x0000_t202" style=\'position:absolute;margin-left:60pt;margin-top:2pt;'
        b'width:260pt;height:120pt;z-index:%d;visibility:hidden\' fillcolor="#ffffe1" o:insetmode="auto">'
        b'<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        b"<v:textbox style='mso-direction-alt:auto'><div style='text-align:left'></div></v:textbox>"
        b'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor>'
        b"<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>"
    ) % (shape, shape % _BLOCK, anchor.encode(), row, col)
