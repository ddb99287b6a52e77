"""The zip around a workbook: opening it, its limits, its parts and the relations between them.

Source: ECMA-376 part 2 (Open Packaging Conventions). Part names are compared without case, as Excel does.
"""

from __future__ import annotations

import lzma
import os
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from ..errors import LimitError, UnreadableError
from . import markup

MAX_ENTRIES = 20_000
MAX_INFLATED = 2 * 1024**3  # bytes, all parts that are read together
MAX_RATIO = 300  # inflated to packed; Excel's own sheets stay far below 100
RATIO_FROM = 4 * 1024**2  # bytes: a smaller part may be packed as tightly as it likes

_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error, OverflowError)
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_AS_XLSX = "open it in Excel and save it as .xlsx"
_NO_ZIP = {
    _OLE: f"this is an .xls or an encrypted workbook: {_AS_XLSX} without a password",
    b"%PDF": "this is a PDF, not a workbook",
    b"<?xml": f"this is an XML file and not a zip: {_AS_XLSX}",
    b"<html": f"this is a web page and not a zip: {_AS_XLSX}",
}
_OTHER_PACKAGES = {
    "xl/workbook.bin": f"this is an .xlsb workbook: {_AS_XLSX}",
    "content.xml": f"this is an OpenDocument file (.ods): {_AS_XLSX}",
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

    Raises UnreadableError where the file is not a zip, LimitError where it goes beyond the limits above.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.zip = _open(self.path)
        self.entries = {normal(info.filename): info for info in self.zip.infolist()}  # of duplicates the last
        self._inflated = 0
        self._seen: set[int] = set()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def find(self, part: str) -> zipfile.ZipInfo | None:
        """The entry of a part by its name (case, backslashes and ``%20`` do not matter)."""
        name = normal(part)
        return self.entries.get(name) or self.entries.get(normal(unquote(part)))

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises UnreadableError where it is missing or damaged."""
        data = self.get(part)
        if data is None:
            raise UnreadableError(f"the part {part} is missing: the file is damaged, {_AS_XLSX} again")
        return data

    def get(self, part: str) -> bytes | None:
        """The bytes of a part, None where there is none."""
        info = self.find(part)
        return None if info is None else self.data(info)

    def data(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of an entry. Raises UnreadableError where it is damaged, LimitError before it grows too large."""
        self._watch(info)
        return _inflate(self.zip, info)

    def pieces(self, info: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
        """The bytes of an entry, so many at a time, so that they need not all be in memory. Raises as :meth:`data`."""
        self._watch(info)
        with _refusing(info):
            file = self.zip.open(info)
        with file:
            piece = b"-"
            while piece:
                with _refusing(info):
                    piece = file.read(size)
                yield piece

    def _watch(self, info: zipfile.ZipInfo) -> None:
        self._inflated += 0 if id(info) in self._seen else info.file_size
        self._seen.add(id(info))
        if self._inflated > MAX_INFLATED:
            raise LimitError(
                f"inflates to more than {MAX_INFLATED // 1024**2} MiB ({info.filename}): split the workbook"
            )
        if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * info.compress_size:
            raise LimitError(
                f"{info.filename} inflates to more than {MAX_RATIO} times its size: it looks like a zip bomb"
            )

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
        raise UnreadableError(f"a zip, but not a workbook (it has no xl/workbook.xml): {_AS_XLSX}")


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


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one entry. Raises UnreadableError where it is damaged, encrypted or packed in an unknown way."""
    with _refusing(info):
        return archive.read(info)


@contextmanager
def _refusing(info: zipfile.ZipInfo) -> Iterator[None]:
    """What a library raises while an entry is read becomes UnreadableError."""
    if info.flag_bits & 1:
        raise UnreadableError(f"the part {info.filename} is encrypted: {_AS_XLSX} without a password")
    try:
        yield
    except NotImplementedError as error:
        raise UnreadableError(f"the part {info.filename} is packed in an unknown way: {_AS_XLSX} again") from error
    except _DAMAGED as error:
        raise UnreadableError(
            f"the part {info.filename} is damaged ({error}): take another copy of the file"
        ) from error


def _is_foreign(target: str) -> bool:
    return target.lower() in _OTHER_PACKAGES or target.lower().endswith(".bin")


def _open(path: Path) -> zipfile.ZipFile:
    head = _head(path)
    try:
        archive = zipfile.ZipFile(path)
    except (*_DAMAGED, NotImplementedError) as error:
        raise UnreadableError(_why_no_zip(path, head)) from error
    if len(archive.infolist()) > MAX_ENTRIES:
        archive.close()
        raise LimitError(f"has more than {MAX_ENTRIES} parts: this is not a workbook that Excel saved")
    return archive


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except FileNotFoundError as error:
        raise UnreadableError("no such file: check the path") from error
    except IsADirectoryError as error:
        raise UnreadableError("this is a folder: name a workbook in it") from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"cannot be opened ({error.args[-1]}): check the path and the permissions") from error
    if not head:
        raise UnreadableError("the file is empty: take another copy of it")
    return head


def _why_no_zip(path: Path, head: bytes) -> str:
    for start, message in _NO_ZIP.items():
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(start.lower()):
            return message
    if head.startswith(b"PK"):
        return "the zip is damaged or cut short: take another copy of the file"
    if b"\0" not in head:
        what = "this is text and not a workbook" + (
            " (CSV?)" if path.suffix.lower() in {".csv", ".tsv", ".txt"} else ""
        )
        return f"{what}, it is not a zip: {_AS_XLSX}"
    return f"not a workbook: it is not a zip; {_AS_XLSX}"
