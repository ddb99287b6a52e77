"""One workbook from its bytes to its record: the same function in a process of the pool and under Dask."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from ..book.archive import Archive
from ..book.reader import read
from ..check.findings import FileReport, Report
from ..check.understand import Overrides
from ..check.verification import verify_book
from ..errors import LimitError, UnreadableError, XlsgdError
from ..limits import current
from .record import Record
from .remote import is_address, is_of_this_process, open_address
from .sources import Source, open_zip

_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".csv", ".tsv", ".txt")
_PIECE = 4 * 1024**2  # bytes
_RAISE_MEMORY = "raise --max-memory, or split the workbook"


@dataclass(frozen=True, slots=True)
class Task:
    """A workbook to look at. data: its bytes, where the worker cannot fetch them itself. known: of an earlier run, the
    digest of the bytes whose record is still good.
    """

    source: Source
    data: bytes | None = None
    known: str | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What is the same for all workbooks. memory: bytes that a worker may grow by. limits: those that differ from
    their defaults. pages: make a page of each workbook.
    """

    timeout: float
    memory: int
    limits: str = ""
    pages: bool = False
    overrides: Overrides | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a task. record: None where the earlier one is still good. page: the HTML page, if asked for.

    tired: the worker's memory is in disorder; it wants to be replaced.
    """

    record: Record | None
    page: bytes | None = None
    tired: bool = False


def examine(task: Task, setup: Setup, folder: Path) -> Reply:
    """Verify a workbook. What is wrong with the file becomes its record.

    folder: for bytes that must be a file for a moment; made when needed.
    """
    clock, digest, source = time.perf_counter(), None, task.source
    try:
        with _as_file(task, folder) as (path, digest):
            if digest == task.known:
                return Reply(None)
            report = verify_book(read(path), source.name, setup.overrides)
            page = _page(report, path, setup) if setup.pages else None
        return Reply(_record(report, digest, time.perf_counter() - clock), page)
    except MemoryError:
        message = f"needs more than {setup.memory:,} bytes of memory: {_RAISE_MEMORY}"
        return Reply(failed(source, "memory", message, time.perf_counter() - clock), tired=True)
    except XlsgdError as error:
        error.path = None
        return Reply(failed(source, _kind(error), str(error), time.perf_counter() - clock, digest))


def failed(source: Source, kind: str, message: str, seconds: float = 0.0, digest: str | None = None) -> Record:
    """The record of a workbook that came to nothing."""
    return Record(source.name, "error", None, {"kind": kind, "message": message}, digest, seconds)


def fetch(source: Source) -> bytes:
    """The bytes of a workbook, from wherever it lies. Raises UnreadableError."""
    _refuse(source)
    if source.member is not None:
        return _archive(source.place, _stamp(source.place)).read(source.member)
    try:
        with open_address(source.place) if source.is_remote else _open(source.place) as file:
            return _all(file, current().file)
    except OSError as error:
        raise _unopened(error) from error


def with_data(task: Task) -> Task:
    """The task with its bytes, or with the trouble that kept them away."""
    try:
        return replace(task, data=fetch(task.source))
    except UnreadableError as error:
        return replace(task, source=replace(task.source, trouble=(_kind(error), str(error))))


def _kind(error: XlsgdError) -> str:
    return "limit" if isinstance(error, LimitError) else "unreadable"


def _record(report: FileReport, digest: str, seconds: float) -> Record:
    return Record(report.file, report.verdict, report.document(), None, digest, seconds)


def _page(report: FileReport, path: Path, setup: Setup) -> bytes:
    from ..report.html import html_page

    return html_page(Report((report,)), setup.overrides, {report.file: path}).encode("utf-8")


@contextmanager
def _as_file(task: Task, folder: Path) -> Iterator[tuple[Path, str]]:
    """The workbook as a file on this machine, with its digest. Raises UnreadableError."""
    source = task.source
    if not source.is_remote and task.data is None and source.member is None and source.trouble is None:
        yield Path(source.place), _digest(source.place)
        return
    data = fetch(source) if task.data is None else task.data
    suffix = os.path.splitext(source.member or source.place)[1].lower()
    path = folder / f"workbook{suffix if suffix in _SUFFIXES else ''}"
    try:
        folder.mkdir(0o700, exist_ok=True)
        path.write_bytes(data)
        yield path, hashlib.sha256(data).hexdigest()
    finally:
        path.unlink(missing_ok=True)


def _digest(path: str) -> str:
    try:
        with _open(path) as file:
            if os.fstat(file.fileno()).st_size > current().file:
                raise _too_large(current().file)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unopened(error) from error


def _all(file: BinaryIO, most: int) -> bytes:
    """All bytes of a file, in pieces: asked for more than there is, Python would first set that much aside."""
    pieces: list[bytes] = []
    size = 0
    while piece := file.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise _too_large(most)
    return b"".join(pieces)


def _open(path: str) -> BufferedReader:
    """An ordinary file: a pipe would be waited for without end."""
    known = os.stat(path)
    if not stat.S_ISREG(known.st_mode):
        raise UnreadableError("this is a folder, a pipe or a device and not a file: name a workbook")
    return open(path, "rb")


def _refuse(source: Source) -> None:
    if source.trouble is not None:
        kind, message = source.trouble
        raise (LimitError if kind == "limit" else UnreadableError)(message)


def _unopened(error: OSError) -> UnreadableError:
    return UnreadableError(f"cannot be opened ({error.strerror or error}): check the path and the permissions")


def _too_large(most: int) -> LimitError:
    return LimitError(f"is larger than {most:,} bytes (limit 'file'): split the workbook or raise the limit")


def _stamp(place: str) -> object:
    """Differs where a zip was changed; of one elsewhere only a run's own process keeps it open."""
    if is_address(place):
        return object() if is_of_this_process(place) else None
    try:
        known = os.stat(place)
    except OSError as error:
        raise _unopened(error) from error
    return known.st_mtime_ns, known.st_size, known.st_ino


@lru_cache(maxsize=1)
def _archive(place: str, _: object) -> Archive:
    """The zip that was opened last: its list of files is long, and the next workbook is likely in it, too."""
    return open_zip(place)
