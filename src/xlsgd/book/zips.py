"""Zips from strangers: opened only where they are ordinary files whose list of entries is honest, and copied.

The ways in which a zip can lie: D. Fifield, "A better zip bomb", WOOT 2019 (entries that share their packed bytes);
PKWARE, APPNOTE.TXT 6.3.10 (the fields).
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

from ..errors import LimitError, UnreadableError
from ..limits import current

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, OverflowError)
AS_XLSX = "open it in Excel and save it as .xlsx"
_CUT = "the zip is damaged or cut short: take another copy of the file"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # all that a package may use (part 2, annex C)
_LISTED = 512  # bytes of the list of entries that one entry may have
_LOCAL = 30  # bytes of an entry's own header, without its name
_NO_ZIP = {
    bytes.fromhex("D0CF11E0A1B11AE1"): f"this is an .xls or an encrypted workbook: {AS_XLSX} without a password",
    b"%PDF": "this is a PDF, not a workbook",
    b"<?xml": f"this is an XML file and not a zip: {AS_XLSX}",
    b"<html": f"this is a web page and not a zip: {AS_XLSX}",
}


def open_zip(path: Path) -> zipfile.ZipFile:
    """A zip, open for reading; :func:`close_zip` closes it. Raises UnreadableError, LimitError."""
    file = _open(path)
    try:
        head = file.read(512)
        if not head:
            raise UnreadableError("the file is empty: take another copy of it")
        try:
            file.most = current().entries * _LISTED
            archive = zipfile.ZipFile(file)
            file.most = None
        except (*DAMAGED, NotImplementedError) as error:
            raise UnreadableError(_why_no_zip(path, head)) from error
        _check_entries(archive)
    except UnreadableError:
        file.close()
        raise
    return archive


def close_zip(archive: zipfile.ZipFile) -> None:
    """Close a zip and its file."""
    file = archive.fp
    archive.close()
    if file is not None:
        file.close()


def method_known(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is packed as a package may be; the others have no bound on what one byte unpacks to."""
    return info.compress_type in _METHODS


class _File(io.BufferedReader):
    """A file that refuses to be read in too large a piece: the list of entries is read at once and kept."""

    most: int | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        if self.most is not None and size is not None and size > self.most:
            raise _too_many()
        return super().read(size)


def _too_many() -> LimitError:
    return LimitError(f"has more than {current().entries} parts (limit 'entries'): no workbook that Excel saved has")


def _open(path: Path) -> _File:
    """An ordinary file. A pipe is opened without waiting for its other end, and a device is not read at all."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if path.is_dir():
            raise UnreadableError("this is a folder: name a workbook in it")
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise UnreadableError("no such file: check the path") from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"cannot be opened ({error.args[-1]}): check the path and the permissions") from error
    file = _File(io.FileIO(descriptor))
    known = os.fstat(descriptor)
    if stat.S_ISREG(known.st_mode) and known.st_size <= current().file:
        return file
    file.close()
    if stat.S_ISREG(known.st_mode):
        raise LimitError(f"has more than {current().file // 1024**2} MiB (limit 'file'): split the workbook")
    raise UnreadableError("this is a pipe or a device and not a file: save the workbook to a file first")


def _check_entries(archive: zipfile.ZipFile) -> None:
    """Raises LimitError where there are too many entries, UnreadableError where some share their bytes."""
    entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
    if len(entries) > current().entries:
        raise _too_many()
    ends = [info.header_offset + _LOCAL + info.compress_size for info in entries]
    if any(end > after.header_offset for end, (_, after) in zip(ends, pairwise(entries), strict=False)):
        raise UnreadableError("some of its parts share their bytes: it is damaged, or a zip bomb")
    if entries and ends[-1] > archive.start_dir:
        raise UnreadableError(_CUT)


def _why_no_zip(path: Path, head: bytes) -> str:
    for start, message in _NO_ZIP.items():
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(start.lower()):
            return message
    if head.startswith(b"PK"):
        return _CUT
    if b"\0" not in head:
        what = "this is text and not a workbook" + (
            " (CSV?)" if path.suffix.lower() in {".csv", ".tsv", ".txt"} else ""
        )
        return f"{what}, it is not a zip: {AS_XLSX}"
    return f"not a workbook: it is not a zip; {AS_XLSX}"


def without_zip64(extra: bytes) -> bytes:
    """An entry's extra fields without the sizes of the old entry (field 1), which would be wrong for the new one."""
    kept = b""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        kept += b"" if kind == 1 else extra[: size + 4]
        extra = extra[size + 4 :]
    return kept
