"""Records as JSON lines, written as they come, and taken up again by a later run.

The first line says which version with which options made the file. Each record is one line, handed to the system before
the next is awaited: a run that is killed leaves whole lines and at most one torn last line. A later run keeps the lines
that are still good where they stand. Where it must write something else before them (a workbook was added or changed),
they are first put beside, in ``OUT.before``, until the run has ended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..book.atomic import replace_file
from ..errors import UsageError
from ..report.as_json import dumps
from .record import PASSING, Record

_KEYS = {"file", "verdict", "sheets", "findings", "error", "digest", "seconds"}


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a record lies. digest: None where it must be made anew."""

    file: str
    digest: str | None
    place: Path
    start: int
    size: int


class Lines:
    """The file of a run. stamp: what the records depend on but for the workbooks. Raises UsageError where it cannot."""

    def __init__(self, path: Path, stamp: dict[str, str], resume: bool) -> None:
        self._path, self._beside = path, path.with_name(path.name + ".before")
        head = (dumps(stamp) + "\n").encode()
        main = list(_lines(path, head)) if resume else []
        side = list(_lines(self._beside, head)) if resume else []
        self._known = {line.file: line for line in (*side, *main)}
        self._head = head
        self._standing = main
        self._next = 0  # of those that stand, the first that is not yet confirmed
        try:
            self._file = path.open("r+b" if main else "wb")
            if not main:
                self._write(head)
        except OSError as error:
            raise _unwritable(path, error) from error

    def known(self, file: str) -> str | None:
        """The digest of the workbook whose record an earlier run left, None where there is none to keep."""
        line = self._known.get(file)
        return line.digest if line is not None else None

    def add(self, record: Record) -> None:
        """Write a record. Raises UsageError where the file cannot be written."""
        self._leave()
        self._write((dumps(record.document()) + "\n").encode())

    def keep(self, file: str) -> Record:
        """The record of an earlier run, which takes the next place in the file."""
        line = self._known[file]
        data = _bytes_of(line)
        if self._next < len(self._standing) and self._standing[self._next] is line:
            self._next += 1
        else:
            self._leave()
            self._write(data)
        return Record.of(json.loads(data))

    def close(self, finished: bool) -> None:
        """Close the file. finished: all records are in it, what was put beside is needed no more."""
        if finished:
            self._leave()
            with suppress(OSError):
                self._beside.unlink(missing_ok=True)
        self._file.close()

    def _leave(self) -> None:
        """Put what still stands behind the confirmed lines beside, and go on writing there."""
        standing, self._standing = self._standing, []
        if not standing:
            return
        rest = standing[self._next :]
        if rest:
            self._put_beside({line.file for line in standing[: self._next]})
        end = rest[0].start if rest else standing[-1].start + standing[-1].size
        self._file.seek(end)
        self._file.truncate()

    def _put_beside(self, confirmed: set[str]) -> None:
        kept = [line for file, line in self._known.items() if file not in confirmed]
        parts, start = [self._head], len(self._head)
        for line in kept:
            parts.append(_bytes_of(line))
            self._known[line.file] = _Line(line.file, line.digest, self._beside, start, line.size)
            start += line.size
        replace_file(self._beside, b"".join(parts))

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            raise _unwritable(self._path, error) from error


def read_lines(path: str | os.PathLike[str]) -> Iterator[Record]:
    """The records of a file of JSON lines, without a torn last line. Raises UsageError where it cannot be read."""
    try:
        with open(path, "rb") as file:
            for _, document in _documents(file):
                if document.keys() >= _KEYS:
                    yield Record.of(document)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror or error}", path=path) from error


def _lines(path: Path, head: bytes) -> Iterator[_Line]:
    """The records in a file up to the first line that is none; none at all if others made it with other options."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unwritable(path, error) from error
    with file:
        if file.readline() != head:
            return
        start = len(head)
        for size, document in _documents(file):
            if not document.keys() >= _KEYS:
                return
            kind = (document["error"] or {}).get("kind")
            digest = None if kind in PASSING else document["digest"]
            yield _Line(document["file"], digest, path, start, size)
            start += size


def _documents(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file with the sizes of their lines, up to the first line that is torn or none."""
    for line in file:
        try:
            document = json.loads(line) if line.endswith(b"\n") else None
        except ValueError:
            return
        if not isinstance(document, dict):
            return
        yield len(line), document


def _bytes_of(line: _Line) -> bytes:
    with line.place.open("rb") as file:
        file.seek(line.start)
        return file.read(line.size)


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"the file cannot be written: {error.strerror or error}", path=path)
