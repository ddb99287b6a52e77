"""Elements put into XML parts as text, so that every other byte of the part stays."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import UnreadableError
from . import markup
from .annotate_cells import ATTRIBUTES, NO_ELEMENT, attribute, plain, prefix_of
from .package import Package
from .strings import whole

_STRICT = b"http://purl.oclc.org/ooxml/"
_BEHIND_LEGACY = frozenset(
    b"legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst AlternateContent".split()
)
_ANY_TAG = re.compile(NO_ELEMENT + rb"|<(/?)([\w.:-]+)" + ATTRIBUTES, re.DOTALL)


class NoPlace(UnreadableError):
    """A part that lacks the element into which something is to be put."""


def into(data: bytes, element: bytes, new: bytes, part: str = "") -> bytes:
    """A part with something put in as the last child of the last element of a name (without its prefix).

    Raises NoPlace.
    """
    prefix = prefix_of(data)
    at = data.rfind(b"</" + prefix + element)
    if at >= 0:
        return data[:at] + new + data[at:]
    for tag in re.finditer(b"<" + re.escape(prefix + element) + ATTRIBUTES, data):
        if tag[2]:
            end = b"</" + prefix + element + b">"
            return data[: tag.start()] + data[tag.start() : tag.end(1)] + b">" + new + end + data[tag.end() :]
    raise NoPlace(f"the part {part} has no {element.decode()}: save the file in Excel first")


def legacy_drawing(data: bytes) -> str | None:
    """The relationship id of a sheet's legacy drawing, None where it has none."""
    for tag, depth in _behind_cells(data):
        if depth == 1 and not tag[1] and _local(tag[2]) == b"legacyDrawing":
            text = next((part for part in re.findall(rb":id\s*=\s*[\"']([^\"']*)[\"']", tag[3])), b"")
            return text.decode("ascii", "replace")
    return None


def with_legacy_drawing(data: bytes, key: str) -> bytes:
    """A worksheet part that refers to a legacy drawing, at the place where the schema wants it."""
    at = data.rfind(b"</")
    for tag, depth in _behind_cells(data):
        if depth == 1 and not tag[1] and _local(tag[2]) in _BEHIND_LEGACY:
            at = tag.start()
            break
    new = b'<%slegacyDrawing xmlns:r="%s" r:id="%s"/>' % (prefix_of(data), relations_space(data), key.encode())
    return data[:at] + new + data[at:]


def relations_space(data: bytes) -> bytes:
    """The namespace of relationship attributes in the edition of a part."""
    if _STRICT in data[:2000]:
        return _STRICT + b"officeDocument/relationships"
    return b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _behind_cells(data: bytes) -> Iterator[tuple[re.Match[bytes], int]]:
    """The tags behind sheetData, each with its depth below the root (1: a child of the root)."""
    end = re.search(rb"</(?:[\w.-]+:)?sheetData\s*>|<(?:[\w.-]+:)?sheetData\s*/>", data)
    depth = 1
    for tag in _ANY_TAG.finditer(data, end.end() if end else len(data)):
        if not tag[2]:
            continue
        if tag[1]:
            depth -= 1
            yield tag, depth
        else:
            yield tag, depth
            depth += 0 if tag[4] else 1


def _local(name: bytes) -> bytes:
    return name.rpartition(b":")[2]


@dataclass(slots=True)
class Parts:
    """The parts that change and those that are new, while a copy of a package is made."""

    package: Package
    changed: dict[str, bytes] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)

    def get(self, part: str) -> bytes | None:
        """A part as it is by now; None where there is none."""
        known = self.changed.get(part, self.added.get(part))
        return self.package.get(part) if known is None else known

    def get_xml(self, part: str) -> bytes | None:
        """A part as it is by now, known to be sound XML. Raises UnreadableError."""
        data = self.get(part)
        if data is not None and part not in self.added and part not in self.changed:
            markup.parse(data, part)
        return data

    def put(self, part: str, data: bytes) -> None:
        """Note what a part becomes."""
        home = self.changed if self.package.find(part) is not None else self.added
        home[part] = data

    def unused(self, pattern: str) -> str:
        """The first part name with a number that nothing has: ``xl/comments{}.xml``."""
        number = 1
        while self.get(pattern.format(number)) is not None:
            number += 1
        return pattern.format(number)

    def relate(self, source: str, kind: str, target: str, space: bytes) -> str:
        """Add a relationship and give its id. kind: the last word of its type; space: the edition's namespace."""
        folder, name = posixpath.split(source)
        part = posixpath.join(folder, "_rels", name + ".rels")
        data = self.get_xml(part)
        if data is None:
            data = (
                b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships '
                b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
            )
        known, number = set(re.findall(rb"\sId\s*=\s*[\"']([^\"']*)[\"']", data)), 1
        while b"xlsgd%d" % number in known:
            number += 1
        key = f"xlsgd{number}"
        path = posixpath.relpath("/" + target, "/" + folder)
        new = b'<%sRelationship Id="%s" Type="%s/%s" Target="%s"/>' % (
            prefix_of(data),
            key.encode(),
            space,
            kind.encode(),
            plain(path),
        )
        self.put(part, into(data, b"Relationships", new, part))
        return key

    def declare(self, part: str, content: str) -> None:
        """Say in ``[Content_Types].xml`` what a new part is."""
        data = self.get_xml("[Content_Types].xml")
        if data is None:
            raise NoPlace("the package has no [Content_Types].xml: save the file in Excel first")
        prefix = prefix_of(data)
        if part.endswith(".vml"):
            if re.search(rb"Extension\s*=\s*[\"']vml[\"']", data, re.IGNORECASE):
                return
            new = b'<%sDefault Extension="vml" ContentType="%s"/>' % (prefix, content.encode())
        else:
            new = b'<%sOverride PartName="/%s" ContentType="%s"/>' % (prefix, plain(part), content.encode())
        self.put("[Content_Types].xml", into(data, b"Types", new, "[Content_Types].xml"))


def count_of(attributes: bytes) -> int:
    """The ``count`` of an element, 0 where it has none."""
    text = attribute(attributes, b"count")
    return whole(text or "", 0)
