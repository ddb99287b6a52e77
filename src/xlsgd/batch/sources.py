"""Which workbooks: files, folders, patterns, zips and addresses, each workbook once, in a stable order.

The paths keep the order in which they are given; what lies below one of them is sorted by its parts.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..book.archive import SUFFIXES, Archive
from ..errors import LimitError, UnreadableError, UsageError
from .remote import found_at, is_address, open_address

_MANY = (*SUFFIXES, ".zip")


@dataclass(frozen=True, slots=True)
class Source:
    """One workbook. name: as shown. place: a path or an address, of the zip where ``member`` says what in it.

    trouble: kind and message where it is known already that it cannot be read.
    """

    name: str
    place: str
    member: str | None = None
    trouble: tuple[str, str] | None = None

    @property
    def is_remote(self) -> bool:
        return is_address(self.place)


def select(paths: Iterable[str | os.PathLike[str]]) -> list[Source]:
    """The workbooks of all paths. Raises UsageError where a path does not exist or none has a workbook."""
    given = [os.fspath(path) for path in paths]
    found: dict[tuple[str, str | None], Source] = {}
    for path in given:
        for source in _of_path(path):
            found.setdefault(_identity(source), source)
    if not found:
        raise UsageError(f"no workbooks ({', '.join(SUFFIXES)}) in {', '.join(given) or 'nothing'}: check the paths")
    return list(found.values())


def open_zip(place: str) -> Archive:
    """The zip at a path or an address. Raises UnreadableError."""
    file: str | BinaryIO = open_address(place) if is_address(place) else place
    return Archive(file)


def _identity(source: Source) -> tuple[str, str | None]:
    return source.place if source.is_remote else os.path.realpath(source.place), source.member


def _of_path(path: str) -> Iterator[Source]:
    if path.startswith("file://"):
        path = path.removeprefix("file://")
    if is_address(path):
        several = found_at(path, _MANY)
        yield from _of_files([path] if several is None else several)
    elif os.path.isdir(path):
        yield from _of_files(_below(path))
    elif os.path.exists(path):
        yield from _of_files([path])
    elif glob.has_magic(path):
        yield from _of_pattern(path)
    else:
        yield _of_member(path)


def _of_pattern(pattern: str) -> Iterator[Source]:
    for path in sorted(glob.glob(pattern, recursive=True), key=_parts):
        if os.path.isdir(path) and not pattern.endswith("**"):
            yield from _of_files(_below(path))
        elif path.lower().endswith(_MANY) and not os.path.basename(path).startswith("~$"):
            yield from _of_files([path])


def _of_member(path: str) -> Source:
    """One workbook of a zip, ``books.zip!a/b.xlsx``. Raises UsageError where that is not what the path means."""
    place, mark, member = path.partition(".zip!")
    if not mark or not os.path.isfile(f"{place}.zip"):
        raise UsageError(f"'{path}': no such file or folder: check the path")
    return Source(path, f"{place}.zip", member)


def _below(folder: str) -> Iterator[str]:
    """The workbooks in a folder and in those below it; no hidden files or folders, no lock files."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        several = [name for name in files if name.lower().endswith(SUFFIXES) and not name.startswith((".", "~$"))]
        yield from (os.path.join(place, name) for name in sorted(several))


def _of_files(paths: Iterable[str]) -> Iterator[Source]:
    for path in paths:
        if path.lower().endswith(".zip"):
            yield from _of_zip(path)
        else:
            yield Source(_shown(path), path)


def _of_zip(path: str) -> Iterator[Source]:
    try:
        archive = open_zip(path)
    except UnreadableError as error:
        kind = "limit" if isinstance(error, LimitError) else "unreadable"
        yield Source(_shown(path), path, None, (kind, error.message))
        return
    for member in archive.workbooks():
        yield Source(_shown(f"{path}!{member}"), path, member)
    for member in archive.zips():
        trouble = ("limit", "a zip inside a zip is not opened: unpack it and name it by itself")
        yield Source(_shown(f"{path}!{member}"), path, member, trouble)
    archive.close()


def _shown(name: str) -> str:
    """A name without letters that would move the cursor or hide what is there."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def _parts(path: str) -> tuple[str, ...]:
    return Path(path).parts
