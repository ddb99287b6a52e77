"""Files that are no ordinary files, or no zips, or not all of one."""

from __future__ import annotations

import os
from pathlib import Path

from attack_registry import attack, book, save


@attack("file: a device without an end", "a pipe or a device")
def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@attack("file: a pipe that nobody writes to", "a pipe or a device")
def pipe(path: Path) -> None:
    os.mkfifo(path)


@attack("file: a folder", "folder")
def folder(path: Path) -> None:
    path.mkdir()


@attack("file: a symbolic link to itself", "cannot be opened")
def loop(path: Path) -> None:
    path.symlink_to(path.name)


@attack("file: too large", "limit 'file'")
def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(2**34)


@attack("file: encrypted workbook", "without a password")
def encrypted(path: Path) -> None:
    path.write_bytes(
        bytes.fromhex("D0CF11E0A1B11AE1") + bytes(508) + "EncryptedPackage".encode("utf-16-le") + bytes(4000)
    )


@attack("file: empty", "empty")
def nothing(path: Path) -> None:
    path.write_bytes(b"")


@attack("file: a zip behind another file", answer={"S!B1": 2.0})
def behind(path: Path) -> None:
    save(path, book())
    path.write_bytes(b"MZ" + bytes(1000) + path.read_bytes())
