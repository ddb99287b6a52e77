"""Where the page of a workbook lies."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ..errors import UsageError


def make_folder(folder: Path) -> None:
    """Make the folder of pages where there is none. Raises UsageError."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write pages to '{folder}': {error.strerror or error}") from error


def page_name(file: str) -> str:
    """The name of a workbook's page in the folder of pages: one of its own for each name, safe on every system.

    >>> page_name("books.zip!a/graddesc.xlsm")
    'graddesc-a59af13780.html'
    """
    stem = re.split(r"[/\\\\!]", file)[-1].rpartition(".")[0]
    plain = re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:60]
    return f"{plain or 'workbook'}-{hashlib.sha256(file.encode('utf-8', 'replace')).hexdigest()[:10]}.html"
