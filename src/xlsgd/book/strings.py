"""Text in a package: shared strings, rich text, and the escapes for characters that XML cannot hold.

Source: ECMA-376 part 1, 18.4 (shared strings) and 22.9.2.19 (ST_Xstring).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from . import markup
from .room import Room

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def unescape(text: str) -> str:
    """Text with its ``_xHHHH_`` escapes resolved; halves of a surrogate pair that stand together become one character.

    >>> unescape("a_x000D_b_x005F_x000D_")
    'a\\rb_x000D_'
    """
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return _PAIR.sub(lambda match: match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), plain)


def escape(text: str) -> str:
    """The contrary of :func:`unescape`: what XML cannot hold, and what would read as an escape, as ``_xHHHH_``.

    >>> escape("a\\rb_x000D_")
    'a_x000D_b_x005F_x000D_'
    """
    return _NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def whole(text: str, default: int) -> int:
    """A number of at most nine digits, else the default: what is longer is damage, and int() refuses some of it.

    >>> whole("12", -1), whole("1" * 5000, -1), whole("-1", 0)
    (12, -1, 0)
    """
    return int(text) if text.isdecimal() and len(text) < 10 else default


def rich_text(item: etree._Element) -> str:
    """The text of an ``si`` or ``is`` element: its runs joined, the phonetic runs (``rPh``) left out."""
    parts: list[str] = []
    for child in item:
        name = markup.local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(run.text or "" for run in markup.children(child, "t"))
    return unescape("".join(parts))


def shared_strings(pieces: Iterable[bytes], part: str, room: Room) -> list[str]:
    """The table of shared strings, in the order of their index. Raises UnreadableError, LimitError."""
    found: list[str] = []
    for item in markup.elements(pieces, part, ("si",)):
        found.append(rich_text(item))
        room.take_string(found[-1])
    return found
