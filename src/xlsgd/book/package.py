"""The zip around a workbook: opening it, its limits, its parts and the relations between them.

Source: ECMA-376 part 2 (Open Packaging Conventions). Part names are compared without case, as Excel does.
"""

from __future__ import annotations

import os
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from ..errors import LimitError, UnreadableError
from ..limits import current
from . import markup
from .zips import AS_XLSX, DAMAGED, close_zip, method_known, open_zip

RATIO_FROM = 4 * 1024**2  # bytes: a smaller part may be packed as tightly as it likes
_PIECE = 1024**2  # bytes that are unpacked at once: an entry may unpack to more than it says

_OTHER_PACKAGES = {
    "xl/workbook.bin": f"this is an .xlsb workbook: {AS_XLSX}",
    "content.xml": f"this is an OpenDocument file (.ods): {AS_XLSX}",
    "index/document.iwa": "this is a Numbers file: export it as .xlsx",
    "word/document.xml": "this is a Word document, not a workbook",
    "ppt/presentation.xml": "this is a PowerPoint file, not a workbook",
}


class Relation(NamedTuple):
    """One relationship of a part. kind: the last word of its type. target: a part name or a foreign address."""

    kind: str
    target: str
    external: bool


class Package:
    """An open zip whose parts are read by name. Use it in a ``with`` statement.

    Raises UnreadableError where the file is not a zip, LimitError where it goes beyond a limit.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.zip = open_zip(self.path)
        self.entries = {normal(info.filename): info for info in self.zip.infolist()}
        self._names = Counter(normal(info.filename) for info in self.zip.infolist())
        self._inflated = 0
        self._seen: set[int] = set()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        close_zip(self.zip)

    def find(self, part: str) -> zipfile.ZipInfo | None:
        """The entry of a part by its name (case, backslashes and ``%20`` do not matter)."""
        name = normal(part)
        return self.entries.get(name) or self.entries.get(normal(unquote(part)))

    def entry(self, part: str) -> zipfile.ZipInfo:
        """The entry of a part. Raises UnreadableError where it is missing."""
        info = self.find(part)
        if info is None:
            raise UnreadableError(f"the part {part} is missing: the file is damaged, {AS_XLSX} again")
        return info

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises UnreadableError where it is missing or damaged."""
        return self.data(self.entry(part))

    def get(self, part: str) -> bytes | None:
        """The bytes of a part, None where there is none."""
        info = self.find(part)
        return None if info is None else self.data(info)

    def data(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of an entry. Raises UnreadableError where it is damaged, LimitError before it grows too large."""
        if info.file_size > current().part:
            size = current().part // 1024**2
            raise LimitError(f"{info.filename} inflates to more than {size} MiB (limit 'part'): split the workbook")
        return b"".join(self.pieces(info, _PIECE))

    def pieces(self, info: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
        """The bytes of an entry, so many at a time, so that they need not all be in memory. Raises as :meth:`data`."""
        self._watch(info)
        with _refusing(info):
            file = self.zip.open(info)
        left = info.file_size
        with file:
            piece = b"-"
            while piece:
                with _refusing(info):
                    piece = file.read(size)
                left -= len(piece)
                if left and not piece:
                    raise UnreadableError(
                        f"the part {info.filename} is damaged (shorter than the zip says): take another copy of it"
                    )
                yield piece

    def _watch(self, info: zipfile.ZipInfo) -> None:
        limits = current()
        self._inflated += 0 if id(info) in self._seen else info.file_size
        self._seen.add(id(info))
        if self._inflated > limits.inflated:
            raise LimitError(
                f"inflates to more than {limits.inflated // 1024**2} MiB ({info.filename}; limit 'inflated'): "
                "split the workbook"
            )
        if info.file_size > RATIO_FROM and info.file_size > limits.ratio * info.compress_size:
            raise LimitError(
                f"{info.filename} inflates to more than {limits.ratio} times its size (limit 'ratio'): "
                "it looks like a zip bomb"
            )
        if self._names[normal(info.filename)] > 1:
            raise UnreadableError(f"has the part {info.filename} twice, and programs differ in which they read")

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part ("" for the package itself) by their id; empty where it has none."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", name + ".rels")
        data = self.get(source)
        found: dict[str, Relation] = {}
        for item in markup.parse(data, source) if data is not None else ():
            kind, target = item.get("Type", "").rsplit("/", 1)[-1], item.get("Target", "")
            external = item.get("TargetMode") == "External"
            found[item.get("Id", "")] = Relation(kind, target if external else absolute(target, folder), external)
        return found

    def workbook_part(self) -> str:
        """The name of the workbook's main part. Raises UnreadableError where the package holds something else."""
        for kind, target, _ in self.relations("").values():
            if kind == "officeDocument" and self.find(target) and not _is_foreign(target):
                return target
        if self.find("xl/workbook.xml"):
            return "xl/workbook.xml"
        for part, message in _OTHER_PACKAGES.items():
            if self.find(part):
                raise UnreadableError(message)
        raise UnreadableError(f"a zip, but not a workbook (it has no xl/workbook.xml): {AS_XLSX}")


def normal(part: str) -> str:
    """A part's name as it is compared."""
    return part.replace("\\", "/").lstrip("/").lower()


def absolute(target: str, folder: str) -> str:
    """A relationship's target as a part name.

    >>> absolute("..\\\\tables\\\\table1.xml", "xl/worksheets"), absolute("/xl/styles.xml", "xl")
    ('xl/tables/table1.xml', 'xl/styles.xml')
    """
    target = target.replace("\\", "/").partition("#")[0]
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


@contextmanager
def _refusing(info: zipfile.ZipInfo) -> Iterator[None]:
    """What a library raises while an entry is read becomes UnreadableError."""
    if info.flag_bits & 1:
        raise UnreadableError(f"the part {info.filename} is encrypted: {AS_XLSX} without a password")
    if not method_known(info):
        raise UnreadableError(f"the part {info.filename} is packed in an unknown way: {AS_XLSX} again")
    try:
        yield
    except (*DAMAGED, NotImplementedError) as error:
        raise UnreadableError(
            f"the part {info.filename} is damaged ({error}): take another copy of the file"
        ) from error


def _is_foreign(target: str) -> bool:
    return target.lower() in _OTHER_PACKAGES or target.lower().endswith(".bin")
