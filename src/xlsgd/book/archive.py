"""A zip that holds workbooks: which there are, and the bytes of one. Nothing is ever unpacked to a file.

Names of entries are looked up and shown, never used as paths. A zip inside the zip is named but not opened.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import LimitError, UnreadableError
from ..limits import current
from .package import RATIO_FROM
from .zips import DAMAGED, close_zip, method_known, open_zip

SUFFIXES = (".xlsx", ".xlsm")
_LISTED = 512  # bytes of the list of entries that one entry may have


class Archive:
    """An open zip of workbooks. Raises UnreadableError where it is none, LimitError where it has too many entries."""

    def __init__(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        self.zip = open_zip(Path(file)) if isinstance(file, str | os.PathLike) else _open(file)
        self.entries = {info.filename: info for info in self.zip.infolist() if not info.is_dir()}

    def close(self) -> None:
        """Close the file."""
        close_zip(self.zip)

    def workbooks(self) -> list[str]:
        """The names of the workbooks, sorted; without hidden files and Excel's lock files."""
        return sorted(name for name in self.entries if name.lower().endswith(SUFFIXES) and not _is_hidden(name))

    def zips(self) -> list[str]:
        """The names of the zips inside the zip, sorted."""
        return sorted(name for name in self.entries if name.lower().endswith(".zip") and not _is_hidden(name))

    def read(self, member: str) -> bytes:
        """The bytes of a workbook. Raises UnreadableError where it is damaged, LimitError before it grows."""
        info = self.entries.get(member)
        if info is None:
            raise UnreadableError("the zip has no file of this name: check the name")
        if info.file_size > current().file:
            raise LimitError(f"is larger than {current().file:,} bytes (limit 'file'): it looks like a zip bomb")
        if info.file_size > max(RATIO_FROM, current().ratio * info.compress_size):
            raise LimitError(f"inflates to more than {current().ratio} times its size (limit 'ratio'): a zip bomb?")
        if info.flag_bits & 1 or not method_known(info):
            raise UnreadableError("is encrypted or packed in an unknown way in its zip: unpack it first")
        try:
            with self.zip.open(info) as file:
                data = file.read(info.file_size + 1)  # an entry may unpack to more than it says
        except (*DAMAGED, NotImplementedError) as error:
            raise UnreadableError(f"is damaged in its zip ({error}): take another copy of it") from error
        if len(data) != info.file_size:
            raise UnreadableError("is damaged in its zip (its size is not what the zip says): take another copy of it")
        return data


class _Bounded:
    """A file from elsewhere that refuses to be read in too large a piece: the list of entries is read at once."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self.file, self.most = file, most
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        if size > self.most:
            raise _too_many()
        return self.file.read(size)


def _open(file: BinaryIO) -> zipfile.ZipFile:
    bounded = _Bounded(file, current().entries * _LISTED)
    try:
        archive = zipfile.ZipFile(cast(BinaryIO, bounded))
    except (*DAMAGED, NotImplementedError) as error:
        raise UnreadableError("this is not a zip, or a damaged one: take another copy of it") from error
    bounded.most = current().file
    if len(archive.infolist()) > current().entries:
        raise _too_many()
    return archive


def _too_many() -> LimitError:
    return LimitError(f"has more than {current().entries:,} files (limit 'entries'): unpack it to a folder")


def _is_hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any((part.startswith((".", "~$")) and part != "..") or part == "__MACOSX" for part in parts)
