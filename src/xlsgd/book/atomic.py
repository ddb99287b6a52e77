"""Files written beside and then renamed, so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from ..errors import UsageError


def replace_file(path: Path, data: bytes) -> None:
    """Write a file beside its place, then put it there in one step. Raises UsageError, leaving what was there."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise UsageError(f"the file cannot be written: {error.strerror or error}", path=path) from error
