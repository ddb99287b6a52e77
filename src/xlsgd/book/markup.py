"""XML parts, read safely: no entities, no network, no document types, limited depth and size of one text.

Source: ECMA-376 part 1; XML in a package is UTF-8 or UTF-16 and has no document type (part 2, 9.1.2).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from ..errors import UnreadableError

MAIN = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",  # Strict
)
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']")
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def parse(data: bytes, part: str) -> etree._Element:
    """The root of a part. Raises UnreadableError where it is damaged or hostile."""
    _refuse(data, part)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.LxmlError as error:
        raise _damaged(part, error) from error


def elements(data: bytes, part: str, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """The elements of these local names in the main namespace, each complete, one at a time.

    The caller must not keep them: the ones before are removed from memory. Raises UnreadableError as above.
    """
    _refuse(data, part)
    tags = [space + name for space in MAIN for name in names]
    stream = etree.iterparse(
        io.BytesIO(data),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in stream:
            yield element
            element.clear()
            previous = element.getprevious()
            if previous is not None:
                previous.getparent().remove(previous)
    except etree.LxmlError as error:
        raise _damaged(part, error) from error


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
    encoding = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    wide = data.startswith(_UTF16) and data[1:4] != b"\0\0\0"
    plain = data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and data[1:2] != b"\0"
    if not (wide or plain) or (encoding and encoding[1].lower() not in _ENCODINGS):
        raise UnreadableError(f"the part {part} is damaged (no XML in a usual encoding): take another copy of the file")


def _damaged(part: str, error: etree.LxmlError) -> UnreadableError:
    return UnreadableError(f"the part {part} is damaged ({error}): take another copy of the file")
