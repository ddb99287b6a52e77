"""Files written beside and then renamed, so that nobody ever sees half of one, whenever the power or the process goes.

The file's data is on the disk before it gets its name (fsync: 4 to 8 ms on ext4 for a workbook of 30 kB). Its folder is
not synchronised: after a power cut there is the old file or the new one, and which of them is not worth another wait.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
import time
from functools import cache
from hashlib import blake2b
from pathlib import Path

from ..errors import UsageError

_BESIDE = re.compile(r"\..*\.([0-9a-f]{6})-(\d+)-[0-9a-f]{8}\.tmp")  # computer, process, chance
_DAY = 86_400.0  # seconds: so old, a file beside is nobody's, whoever made it
_BEGAN = time.time()


def replace_file(path: Path, data: bytes) -> None:
    """Write a file beside its place, then put it there in one step. Raises UsageError, leaving what was there.

    A link stays a link: the file that it points to is replaced.
    """
    try:
        put(Path(os.path.realpath(path)), data)
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        reason = error.strerror if isinstance(error, OSError) else None
        raise UsageError(f"the file cannot be written: {reason or error}", path=path) from error


def put(path: Path, data: bytes, sync: bool = True) -> None:
    """Replace or make a file in one step, keeping its permissions. Raises OSError.

    sync: wait until the data is on the disk; False for what is checked when it is read. What killed processes left
    beside is removed, once a folder.
    """
    sweep(path.parent)
    beside = path.with_name(f".{path.name[:50]}.{_computer()}-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            beside.chmod(path.stat().st_mode & 0o7777)
        os.replace(beside, path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


@cache
def sweep(folder: Path) -> None:
    """Remove the files beside that processes which are gone have left in a folder; looked at once a process."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = _BESIDE.fullmatch(entry.name) if entry.name.endswith(".tmp") else None
            if found is not None:
                with contextlib.suppress(OSError):
                    if _is_left(found[1], int(found[2]), entry.stat(follow_symlinks=False).st_mtime):
                        os.unlink(entry.path)


def _is_left(computer: str, process: int, written: float) -> bool:
    """Whether nobody will rename a file beside any more."""
    if time.time() - written > _DAY:
        return True
    if computer != _computer() or sys.platform == "win32":  # there, asking for a process would end it
        return False
    if process == os.getpid():
        return written < _BEGAN - 1  # an earlier process had our number
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it lives and belongs to somebody else; or it is no process number
        return False
    return False


@cache
def _computer() -> str:
    """A short word for this computer: the number of a process means nothing on another."""
    from platform import node

    return blake2b(node().encode("utf-8", "replace"), digest_size=3).hexdigest()
