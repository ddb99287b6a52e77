"""Compiled kernels on disk: object code by content key in a folder of the user's.

Machine code is loaded from here, so the folder must belong to the user and nobody else may write to it; a file is
used only where its checksum fits. Files are written beside and renamed: any number of processes may share the folder.
Where it cannot be used, kernels are compiled anew by each process.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
from pathlib import Path
from typing import NamedTuple

from ...book.atomic import put

LIMIT = 64 * 2**20
"""Bytes that the folder may hold; beyond, the files that were not used for longest go."""

_MAGIC = b"xlsgd kernel 2\n"
_SUFFIX = ".kernel"
_BLOCK = 4096  # what a small file takes on the disk
_EVERY = 32  # how often the size is looked at: once in so many files written


class Stored(NamedTuple):
    """Machine code and the names of the functions that it calls by pointer.

    entries, imports: those of a linked block (see linking.py); no entries: an object file.
    """

    code: bytes
    functions: list[str]
    entries: dict[str, int]
    imports: dict[str, int]


def folder() -> Path:
    """Where kernels are kept: ``XLSGD_CACHE``, else the platform's folder for such files."""
    chosen = os.environ.get("XLSGD_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "xlsgd" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "xlsgd"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xlsgd"


def load(key: str) -> Stored | None:
    """What is stored under a key; None where there is nothing that can be trusted."""
    place = _usable()
    if place is None:
        return None
    file = place / (key + _SUFFIX)
    try:
        stored = _unpack(file.read_bytes())
    except OSError:
        return None
    if stored is not None:
        with contextlib.suppress(OSError):
            os.utime(file)
    return stored


def store(key: str, stored: Stored) -> None:
    """Keep a kernel, if that is possible."""
    place = _usable(make=True)
    if place is None:
        return
    try:
        put(place / (key + _SUFFIX), _pack(stored), sync=False)
    except OSError:
        return
    if int(key[:4], 16) % _EVERY == 0:
        _shrink(place)


def clear() -> tuple[int, int]:
    """Remove all stored kernels; gives the number of files and their bytes."""
    files = size = 0
    place = _usable()
    for file, _, length in _files(place) if place is not None else ():
        with contextlib.suppress(OSError):
            file.unlink()
            files, size = files + 1, size + length
    return files, size


def _usable(make: bool = False) -> Path | None:
    """The folder, if it is the user's own and nobody else can write to it."""
    try:
        place = folder()
        if make:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = place.stat()
    except (OSError, RuntimeError):  # RuntimeError: no home
        return None
    if not stat.S_ISDIR(known.st_mode):
        return None
    if sys.platform != "win32" and (known.st_uid != os.getuid() or known.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        return None
    return place


def _pack(stored: Stored) -> bytes:
    body = json.dumps([stored.functions, stored.entries, stored.imports]).encode() + b"\n" + stored.code
    return _MAGIC + hashlib.sha256(body).digest() + body


def _unpack(raw: bytes) -> Stored | None:
    """What a file holds; None where it is damaged or of another making."""
    start = len(_MAGIC)
    body = raw[start + 32 :]
    if raw[:start] != _MAGIC or hashlib.sha256(body).digest() != raw[start : start + 32]:
        return None
    head, _, code = body.partition(b"\n")
    return Stored(code, *json.loads(head))


def _files(place: Path) -> list[tuple[Path, float, int]]:
    found: list[tuple[Path, float, int]] = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(place):
            if entry.name.endswith((_SUFFIX, ".tmp")):
                with contextlib.suppress(OSError):
                    known = entry.stat()
                    found.append((Path(entry.path), known.st_mtime, known.st_size))
    return found


def _shrink(place: Path) -> None:
    """Remove the oldest files until three quarters of the limit are left."""
    files = sorted(_files(place), key=lambda file: file[1])
    size = sum(max(length, _BLOCK) for _, _, length in files)
    if size <= LIMIT:
        return
    for file, _, length in files:
        if size <= LIMIT * 3 // 4:
            return
        with contextlib.suppress(OSError):
            file.unlink()
            size -= max(length, _BLOCK)
