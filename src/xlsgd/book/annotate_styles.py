"""Formats added to a workbook's styles: copies of those that cells have, with another fill. What is there stays.

Source: ECMA-376 part 1, 18.8 (styles).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .annotate_cells import ATTRIBUTES, NO_ELEMENT, prefix_of, set_attribute
from .annotate_xml import NoPlace

EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    b'</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)
"""The styles of a workbook that has none."""


class Styles:
    """A styles part to which formats are added. Raises NoPlace where it lacks what every such part has."""

    def __init__(self, data: bytes) -> None:
        self.codec = next((c for c in ("utf-16-le", "utf-16-be") if data.startswith("\ufeff".encode(c))), None)
        self.data = data.decode(self.codec).encode() if self.codec else data
        self.prefix = prefix_of(self.data)
        self.formats = [self.data[a:b] for a, b in self._items(b"cellXfs", b"xf")]
        if not self.formats:
            raise NoPlace("the styles have no cellXfs: save the file in Excel first")
        self._fills: dict[str, int] = {}
        self._shaded: dict[tuple[int, str], int] = {}
        self._added: dict[bytes, list[bytes]] = {}
        self._counts: dict[bytes, int] = {}

    def shaded(self, style: int, colour: str) -> int:
        """A format that is another one with a fill. colour: RRGGBB."""
        key = (style, colour)
        if key not in self._shaded:
            if colour not in self._fills:
                fill = self._tag(
                    b'fill><%spatternFill patternType="solid"><%sfgColor rgb="FF%s"/><%sbgColor indexed="64"/>'
                )
                names = (self.prefix, self.prefix, colour.encode(), self.prefix)
                new = fill % names + b"</%spatternFill></%sfill>" % (self.prefix, self.prefix)
                self._fills[colour] = self._add(b"fills", b"fill", new)
            base = self.formats[style] if style < len(self.formats) else self.formats[0]
            self._shaded[key] = self.add_format(_with(base, fillId=str(self._fills[colour]), applyFill="1"))
        return self._shaded[key]

    def text(self, *, bold: bool = False, link: bool = False, wrap: bool = True) -> int:
        """A format for text of our own."""
        font, p = 0, self.prefix
        if bold or link:
            marks = (b"<%sb/>" % p if bold else b"") + (b"<%su/>" % p if link else b"")
            colour = b'<%scolor rgb="FF0563C1"/>' % p if link else b""
            new = b'<%sfont>%s<%ssz val="11"/>%s<%sname val="Calibri"/></%sfont>' % (p, marks, p, colour, p, p)
            font = self._add(b"fonts", b"font", new)
        alignment = b'<%salignment vertical="top"%s/>' % (p, b' wrapText="1"' if wrap else b"")
        return self.add_format(
            b'<%sxf numFmtId="0" fontId="%d" fillId="0" borderId="0" applyFont="1" applyAlignment="1">%s</%sxf>'
            % (p, font, alignment, p)
        )

    def add_format(self, new: bytes) -> int:
        """Add a format and give its number."""
        number = self._add(b"cellXfs", b"xf", new)
        self.formats.append(new)
        return number

    def part(self) -> bytes:
        """The part as it now is."""
        for group, items in self._added.items():
            self._put(group, b"".join(items), self._counts[group])
        self._added.clear()
        return self.data.decode().encode(self.codec) if self.codec else self.data

    def _tag(self, rest: bytes) -> bytes:
        return b"<" + self.prefix + rest

    def _add(self, group: bytes, item: bytes, new: bytes) -> int:
        """Note an item that comes behind all others of a group, and give its number."""
        if group not in self._counts:
            self._counts[group] = sum(1 for _ in self._items(group, item))
        self._added.setdefault(group, []).append(new)
        self._counts[group] += 1
        return self._counts[group] - 1

    def _put(self, group: bytes, new: bytes, count: int) -> None:
        """Put items behind all others of a group. count: of all that it then has."""
        tag = self._group(group)
        attributes = set_attribute(tag[1], b"count", str(count)) if b"count" in tag[1] else tag[1]
        name = self.prefix + group
        if tag[2]:
            end = self.data[tag.end() :]
            inner = b""
        else:
            close = self.data.index(b"</" + name, tag.end())
            inner, end = self.data[tag.end() : close], self.data[close:]
            end = end[end.index(b">") + 1 :]
        self.data = self.data[: tag.start()] + b"<%s%s>%s%s</%s>" % (name, attributes, inner, new, name) + end

    def _group(self, group: bytes) -> re.Match[bytes]:
        pattern = NO_ELEMENT + b"|<" + re.escape(self.prefix + group) + ATTRIBUTES
        for tag in re.finditer(pattern, self.data, re.DOTALL):
            if tag[1] is not None:
                return tag
        raise NoPlace(f"the styles have no {group.decode()}: save the file in Excel first")

    def _items(self, group: bytes, item: bytes) -> Iterator[tuple[int, int]]:
        """Where the items of a group begin and end. Items of one name never nest."""
        tag = self._group(group)
        end = -1 if tag[2] else self.data.find(b"</" + self.prefix + group, tag.end())
        name = re.escape(self.prefix + item)
        pattern = NO_ELEMENT + b"|<" + name + ATTRIBUTES + b"|(</)" + name + rb"\s*>"
        start = -1
        for token in re.compile(pattern, re.DOTALL).finditer(self.data, tag.end(), max(end, tag.end())):
            if token[3]:
                yield start, token.end()
            elif token[1] is not None and token[2]:
                yield token.start(), token.end()
            elif token[1] is not None:
                start = token.start()


def _with(element: bytes, **values: str) -> bytes:
    """An element with some attributes of its open tag set."""
    tag = re.match(rb"<[\w.:-]+" + ATTRIBUTES, element)
    if tag is None:
        return element
    attributes = tag[1]
    for name, value in values.items():
        attributes = set_attribute(attributes, name.encode(), value)
    return element[: tag.start(1)] + attributes + element[tag.end(1) :]
