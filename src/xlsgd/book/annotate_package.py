"""A copy of a package in which some parts have other bytes and some are new; all others stay to the byte."""

from __future__ import annotations

import copy
import io
import os
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

from .atomic import replace_file
from .package import Package
from .zips import without_zip64

_DATE = (1980, 1, 1, 0, 0, 0)


def save_copy(
    package: Package, target: str | os.PathLike[str], changed: Mapping[str, bytes], added: Mapping[str, bytes]
) -> None:
    """Write a package with the bytes of some parts changed and with new parts behind, in one step.

    The entries keep their order, names, methods and dates. Raises UsageError where the target cannot be written.
    """
    by_entry = {id(info): data for part, data in changed.items() if (info := package.find(part)) is not None}
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.filterwarnings("ignore", "Duplicate name", UserWarning)
        archive.comment = package.zip.comment
        for info in package.zip.infolist():
            entry = copy.copy(info)
            entry.extra = without_zip64(info.extra)
            archive.writestr(entry, by_entry.get(id(info)) or package.data(info))
        for part, data in added.items():
            archive.writestr(zipfile.ZipInfo(part, _DATE), data, zipfile.ZIP_DEFLATED)
    replace_file(Path(target), stream.getvalue())
