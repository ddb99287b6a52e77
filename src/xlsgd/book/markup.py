"""XML parts, read safely: no entities, no network, no document types, limited depth and size of one text.

Source: ECMA-376 part 1; XML in a package is UTF-8 or UTF-16 and has no document type (part 2, 9.1.2).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, cast

from lxml import etree

from ..errors import LimitError, UnreadableError
from ..limits import current

MAIN = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",  # Strict
)
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']")
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
_LONGEST_MARK, _PROLOGUE = max(map(len, _DOCTYPES)), 2000
_CHUNK = 1024**2  # bytes: after so many it is looked at how much of a part is in memory
_LARGE = 100_000  # elements and attributes
_COUNT = etree.XPath("count(//*) + count(//@*)")
_SAFE: dict[str, Any] = {
    **{"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False},
    **{"remove_comments": True, "remove_pis": True},
}
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def parse(data: bytes, part: str) -> etree._Element:
    """The root of a part. Raises UnreadableError where it is damaged or hostile, LimitError where it is too large."""
    _refuse_start(data, part)
    if len(data) > current().tree:
        size = current().tree // 1024**2
        raise LimitError(f"the part {part} has more than {size} MiB (limit 'tree'): split the workbook")
    if _marks(data) > current().nodes:
        raise _too_large(part)
    try:
        return etree.fromstring(data, etree.XMLParser(**_SAFE))
    except etree.LxmlError as error:
        raise _damaged(part, error) from error


def elements(pieces: Iterable[bytes], part: str, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """The elements of these local names in the main namespace, each complete, one at a time, of a part in pieces.

    The caller must not keep them: the ones before are removed from memory. Raises UnreadableError as above.
    """
    tags = [space + name for space in MAIN for name in names]
    stream, root = etree.XMLPullParser(events=("end",), tag=tags, **_SAFE), None
    last, unknown = b"", 0
    element: etree._Element | None = None
    try:
        for piece in pieces:
            _refuse(last[-_LONGEST_MARK:] + piece, part) if last else _refuse_start(piece, part)
            last = piece or last
            for start in range(0, len(piece), _CHUNK):
                chunk = piece[start : start + _CHUNK]
                stream.feed(chunk)
                for element in _ended(stream):
                    root = element.getroottree().getroot() if root is None else root
                    yield element
                    _forget(element)
                unknown += _marks(chunk) if root is None else 0
                if max(unknown, _live(root)) > current().nodes:
                    raise _too_large(part)
        stream.close()
    except etree.LxmlError as error:
        raise _damaged(part, error) from error
    finally:
        large = max(unknown, _live(root)) > _LARGE
        del stream, root
        element = None
        if large:  # the parser is part of a circle: the tree would stay until the collector comes
            gc.collect()


def _ended(stream: etree.XMLPullParser) -> Iterator[etree._Element]:
    events = cast("Iterator[tuple[str, etree._Element]]", stream.read_events())  # no other kinds were asked for
    return map(itemgetter(1), events)


def _live(root: etree._Element | None) -> int:
    """The elements and attributes of a tree."""
    count = _COUNT(root) if root is not None else 0.0
    assert isinstance(count, float)
    return int(count)


def _forget(element: etree._Element) -> None:
    """Remove what an element holds, and the one before it."""
    element.clear()
    previous = element.getprevious()
    parent = previous.getparent() if previous is not None else None
    if parent is not None and previous is not None:
        parent.remove(previous)


def _marks(data: bytes) -> int:
    """At least as many as the elements and attributes in it."""
    return data.count(b"<") - data.count(b"</") + data.count(b"=")


def _too_large(part: str) -> LimitError:
    return LimitError(f"the part {part} has more than {current().nodes} elements (limit 'nodes'): split the workbook")


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The children of a local name."""
    return (child for child in element if local(child) == name) if element is not None else iter(())


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of a local name."""
    return next(children(element, name), None)


def relation_id(element: etree._Element) -> str:
    """The value of ``r:id``, whatever the prefix and the edition of its namespace; "" where there is none."""
    return next((str(value) for name, value in element.items() if str(name).endswith("/relationships}id")), "")


def number(element: etree._Element, name: str, default: int) -> int:
    """An attribute as an integer; the default where it is absent or no number."""
    try:
        return int(element.get(name, ""))
    except ValueError:
        return default


def truth(element: etree._Element, name: str, default: bool = False) -> bool:
    """An attribute as a logical (``1`` and ``true``, also ``on``)."""
    text = element.get(name)
    return default if text is None else text in {"1", "true", "on"}


def _refuse(data: bytes, part: str) -> None:
    if any(mark in data for mark in _DOCTYPES):
        raise UnreadableError(f"the part {part} declares a document type, which no workbook may: the file is hostile")


def _refuse_start(data: bytes, part: str) -> None:
    """What :func:`_refuse` refuses, and a part that does not begin as XML in a usual encoding."""
    _refuse(data, part)
    encoding = _ENCODING.match(data[:_PROLOGUE].removeprefix(b"\xef\xbb\xbf"))
    wide = data.startswith(_UTF16) and data[1:4] != b"\0\0\0"
    plain = data[:_PROLOGUE].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and data[1:2] != b"\0"
    if not (wide or plain) or (encoding and encoding[1].lower() not in _ENCODINGS):
        raise UnreadableError(f"the part {part} is damaged (no XML in a usual encoding): take another copy of the file")


def _damaged(part: str, error: etree.LxmlError) -> UnreadableError:
    return UnreadableError(f"the part {part} is damaged ({error}): take another copy of the file")
