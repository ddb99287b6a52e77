"""New values in the bytes of a worksheet part: only the ``c`` elements that change are touched, at their exact places.

How a value is stored: numbers as the shortest text that reads back to the same double, text as ``t="str"`` with
``_xHHHH_`` for what XML cannot hold, logicals ``t="b"``, errors ``t="e"``, a blank without ``v``. ``#SPILL!``,
``#CALC!`` and kin are ``#VALUE!`` with a mark (``vm``) where the workbook has that mark already, and plain ``#VALUE!``
elsewhere: Excel opens both and finds the finer error when it calculates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.sax.saxutils import escape as escape_xml

from ..address import MAX_ROW, parse_cell
from ..values import VALUE, CellError, Scalar
from .book import Cell
from .metadata_xml import Marks
from .strings import escape, whole

_ATTRIBUTES = rb"((?:\s+[^\s=/>\"'<]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*+)\s*(/?)>"
_NO_ELEMENT = rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)worksheet[\s/>]")
_OLD_ERRORS = frozenset(error for error in CellError if error.number <= CellError.GETTING_DATA.number)


class Stored(NamedTuple):
    """A value as a ``c`` element holds it: its ``t``, the text of its ``v``, its ``vm``; None where there is none."""

    kind: str | None
    text: str | None
    mark: str | None = None


class Grammar(NamedTuple):
    """The patterns for one part, whose elements may have a prefix. outer: rows and cells. inner: inside of a cell."""

    prefix: bytes
    outer: re.Pattern[bytes]
    inner: re.Pattern[bytes]


def stored(value: Scalar, marks: Marks) -> Stored:
    """How a value stands in a cell.

    >>> stored(1e16, Marks()), stored(True, Marks())
    (Stored(kind=None, text='1E+16', mark=None), Stored(kind='b', text='1', mark=None))
    """
    if value is None:
        return Stored(None, None)
    if isinstance(value, bool):
        return Stored("b", "1" if value else "0")
    if isinstance(value, str):
        return Stored("str", value)
    if not isinstance(value, CellError):
        return Stored(None, repr(float(value)).removesuffix(".0").upper())
    if value in _OLD_ERRORS:
        return Stored("e", value.text)
    return Stored("e", VALUE.text, next((mark for mark, error in marks.errors.items() if error is value), None))


def rewrite(data: bytes, changes: Mapping[Cell, Stored]) -> tuple[bytes, set[Cell]]:
    """A worksheet part with the new values, and the cells that it has and that were set."""
    for codec in ("utf-16-le", "utf-16-be"):
        if data.startswith(("\ufeff".encode(codec), "<?".encode(codec))):
            changed, done = _rewrite(data.decode(codec).encode(), changes, "utf-8")
            return changed.decode().encode(codec), done
    head = data[:200].lower()
    return _rewrite(data, changes, "ascii" if b"encoding" in head and b"utf-8" not in head else "utf-8")


def _rewrite(data: bytes, changes: Mapping[Cell, Stored], codec: str) -> tuple[bytes, set[Cell]]:
    grammar = _grammar(data)
    parts: list[bytes] = []
    done: set[Cell] = set()
    kept = at = row = col = 0
    inside = False
    while (token := grammar.outer.search(data, at)) is not None:
        at = token.end()
        name, attributes = token[1], token[2]
        if name is None:
            if token[4]:  # the end of sheetData
                break
        elif name == b"sheetData":
            inside = True
        elif inside and name == b"row":
            row, col = _row(attributes, row), 0
        elif inside:
            key = parse_cell(_attribute(attributes, b"r") or "") or (row, col + 1)
            col = key[1]
            if key in changes:
                new, at = _cell(data, token, changes[key], grammar, codec)
                parts += data[kept : token.start()], new
                kept = at
                done.add(key)
    parts.append(data[kept:])
    return b"".join(parts), done


def _grammar(data: bytes) -> Grammar:
    root = _ROOT.search(data)
    prefix = root[1] if root else b""
    start = b"<" + re.escape(prefix)
    outer = (
        _NO_ELEMENT
        + b"|"
        + start
        + b"(sheetData|row|c)"
        + _ATTRIBUTES
        + b"|<(/)"
        + re.escape(prefix)
        + rb"sheetData\s*>"
    )
    inner = _NO_ELEMENT + b"|<(/?)" + re.escape(prefix) + b"(f|v|is|c)" + _ATTRIBUTES
    return Grammar(prefix, re.compile(outer, re.DOTALL), re.compile(inner, re.DOTALL))


def _row(attributes: bytes, before: int) -> int:
    text = _attribute(attributes, b"r")
    return before + 1 if text is None else min(whole(text, before + 1), MAX_ROW)


def _cell(data: bytes, token: re.Match[bytes], value: Stored, grammar: Grammar, codec: str) -> tuple[bytes, int]:
    """The bytes of one cell with another value, and the place behind the cell in the old bytes."""
    attributes = with_attribute(with_attribute(token[2], b"t", value.kind), b"vm", value.mark)
    open_tag = data[token.start() : token.start(2)] + attributes
    new = value_element(value, grammar.prefix, codec)
    if token[3]:
        return open_tag + (b">" + new + b"</" + grammar.prefix + b"c>" if new else b"/>"), token.end()
    before, behind, end = _around_value(data, token.end(), grammar)
    return open_tag + b">" + before + new + behind, end


def _around_value(data: bytes, start: int, grammar: Grammar) -> tuple[bytes, bytes, int]:
    """A cell's content without ``v`` and ``is``: what stands before the value's place and behind it; the cell's end."""
    kept, place = b"", 0
    behind, end = start, len(data)
    for slash, name, empty, first, last in _tags(data, start, grammar):
        if name == b"c":
            end = last
            break
        if name != b"f" and not slash:
            kept += data[behind:first]
            behind, place = first, len(kept)
        if name != b"f" and (slash or empty):
            behind = last
        elif name == b"f" and (slash or empty) and not kept:
            place = last - start
    kept += data[behind:end]
    return kept[:place], kept[place:], end


def _tags(data: bytes, start: int, grammar: Grammar) -> Iterator[tuple[bytes, bytes, bytes, int, int]]:
    for token in grammar.inner.finditer(data, start):
        if token[2]:
            yield token[1], token[2], token[4], token.start(), token.end()


def value_element(value: Stored, prefix: bytes, codec: str) -> bytes:
    """The ``v`` element of a value; nothing where it has none."""
    if value.text is None:
        return b""
    text = escape_xml(escape(value.text)).encode(codec, "xmlcharrefreplace")
    space = b' xml:space="preserve"' if value.text != value.text.strip() else b""
    return b"<" + prefix + b"v" + space + b">" + text + b"</" + prefix + b"v>"


def _attribute(attributes: bytes, name: bytes) -> str | None:
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1] == name:
            return (match[2] if match[2] is not None else match[3]).decode("ascii", "replace")
    return None


def with_attribute(attributes: bytes, name: bytes, value: str | None) -> bytes:
    """The attributes with one of them set, or removed where the value is None."""
    if value is None and name not in attributes:
        return attributes
    new = b"" if value is None else b" " + name + b'="' + value.encode() + b'"'
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1] == name:
            return attributes[: match.start()] + new + attributes[match.end() :]
    return attributes + new
