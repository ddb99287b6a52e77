"""Notes on cells: the comments part and the VML drawing with their boxes, which Excel still wants.

Notes that are there stay; where one is on the cell already, the new text goes below its own.
Source: ECMA-376 part 1, 18.7 (comments); part 4, 19 (VML).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..address import cell_name
from .annotate_cells import ATTRIBUTES, Splice, attribute, plain, prefix_of, splice
from .annotate_xml import NoPlace, into
from .book import Cell

AUTHOR = "xlsgd"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPACES = {
    b"v": b"urn:schemas-microsoft-com:vml",
    b"o": b"urn:schemas-microsoft-com:office:office",
    b"x": b"urn:schemas-microsoft-com:office:excel",
}
_TAG = re.compile(rb"<[^<>]*+>")
_ID_LIST = re.compile(rb"\sdata\s*+=\s*+[\"']([\d,\s]++)")
_BLOCK = 1024  # shapes whose numbers belong to one id of a drawing

EMPTY_COMMENTS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="%s"><authors></authors>'
    b"<commentList></commentList></comments>" % _MAIN
)


def with_comments(data: bytes, notes: Mapping[Cell, str]) -> tuple[bytes, list[Cell]]:
    """A comments part with notes added, and the cells that had none before (which need a box). Raises NoPlace."""
    prefix = prefix_of(data)
    author = len(re.findall(b"<" + re.escape(prefix) + rb"author[\s>/]", data))
    data = into(data, b"authors", b"<%sauthor>%s</%sauthor>" % (prefix, AUTHOR.encode(), prefix), "of the notes")
    places = _ends_of_notes(data, prefix)
    fresh: list[Cell] = []
    longer: list[Splice] = []
    new = b""
    for cell, text in sorted(notes.items()):
        name = cell_name(*cell)
        if name in places:
            if places[name] < 0:
                raise NoPlace(
                    f"the note of {name} is written in a way that cannot be changed: save the file in Excel first"
                )
            longer.append(Splice(places[name], places[name], _run(prefix, f"\n\n{text}")))
            continue
        fresh.append(cell)
        new += b'<%scomment ref="%s" authorId="%d"><%stext>%s</%stext></%scomment>' % (
            prefix,
            name.encode(),
            author,
            prefix,
            _run(prefix, text),
            prefix,
            prefix,
        )
    data = splice(data, longer)
    return (into(data, b"commentList", new) if new else data), fresh


def _run(prefix: bytes, text: str) -> bytes:
    p = prefix
    font = b'<%srPr><%ssz val="9"/><%srFont val="Tahoma"/></%srPr>' % (p, p, p, p)
    return b'<%sr>%s<%st xml:space="preserve">%s</%st></%sr>' % (p, font, p, plain(text), p, p)


def _ends_of_notes(data: bytes, prefix: bytes) -> dict[str, int]:
    """The cells that have a note, and where the text of each ends; -1 where that is not to be seen."""
    found: dict[str, int] = {}
    for tag in re.finditer(b"<" + re.escape(prefix) + b"comment" + ATTRIBUTES, data):
        name = attribute(tag[1], b"ref")
        if tag[2] or name is None or name in found:
            continue
        end = data.find(b"</" + prefix + b"comment>", tag.end())
        found[name] = data.find(b"</" + prefix + b"text>", tag.end(), end) if end >= 0 else -1
    return found


def drawing_ids(drawings: Iterable[bytes]) -> set[int]:
    """The ids that the VML drawings of a workbook use for their shapes."""
    found = (data[start:end] for data in drawings for start, end in _id_lists(data))
    return {int(one) for text in found for one in text.split(b",") if one.strip().isdigit() and len(one) < 10}


def _id_lists(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the lists of ids stand. VML need not be XML, so tag by tag: nothing is looked at twice."""
    for tag in _TAG.finditer(data):
        match = _ID_LIST.search(tag[0]) if b"idmap" in tag[0] else None
        if match is not None:
            yield tag.start() + match.start(1), tag.start() + match.end(1)


def new_drawing(number: int) -> bytes:
    """A VML drawing without shapes. number: an id that no other drawing of the workbook uses."""
    spaces = b"".join(b' xmlns:%s="%s"' % item for item in _SPACES.items())
    return b'<xml%s><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout></xml>' % (
        spaces,
        number,
    )


def with_boxes(data: bytes, cells: Iterable[Cell], number: int) -> bytes:
    """A VML drawing with a hidden box for the note of each cell. number: an id that no other drawing uses."""
    taken = {int(one) for one in re.findall(rb"_x0000_s(\d{1,18})", data)}
    own = sorted(drawing_ids([data])) or [number]
    free = (own[-1] * _BLOCK + step for step in range(1, _BLOCK))
    spare = iter([one for one in free if one not in taken])
    new, wanted = b"", list(cells)
    if b'id="_x0000_t202"' not in data:
        new += _declared(data, b"shapetype", _SHAPETYPE)
    for cell in wanted:
        shape = next(spare, None)
        if shape is None:
            end = next((end for _, end in _id_lists(data)), 0)
            data = data[:end] + (b",%d" % number if end else b"") + data[end:]
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
