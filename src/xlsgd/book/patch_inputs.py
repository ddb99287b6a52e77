"""A copy of a user's workbook in which some cells without a formula hold other values, every other byte as it was."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..address import cell_name
from ..errors import UnreadableError, UsageError
from ..values import VALUE, CellError, Scalar
from .annotate_cells import Edit, edit_cells
from .annotate_package import save_copy
from .book import Cell
from .cell_bytes import rewrite, stored
from .cells import Common
from .package import Package
from .patch import same
from .reader import read_common, read_entry
from .sheet_xml import read_sheet
from .workbook_xml import SheetEntry, read_workbook

Typed = Mapping[int, Mapping[Cell, Scalar]]
"""What is typed in: by the sheet's place in the book, by cell; None empties a cell."""


def patch_inputs(source: str | os.PathLike[str], target: str | os.PathLike[str], typed: Typed) -> None:
    """Copy a workbook with other constants; cells that it has not yet are added. The target may be the source.

    Stored values of formulas stay: see :func:`xlsgd.book.patch.patch`. Raises UnreadableError, and UsageError where a
    cell has a formula or the target cannot be written.
    """
    try:
        with Package(source) as package:
            workbook = read_workbook(package)
            common = read_common(package, workbook, 2)
            parts: dict[str, bytes] = {}
            for index, cells in typed.items():
                entry = workbook.sheets[index]
                parts[entry.part] = _new_part(package, entry, common, cells)
            save_copy(package, target, parts, {})
    except UnreadableError as error:
        error.path = source if error.path is None else error.path
        raise


def _new_part(package: Package, entry: SheetEntry, common: Common, typed: Mapping[Cell, Scalar]) -> bytes:
    before = read_entry(package, entry, common).cells
    for key in typed:
        if key in before.formulas or key in before.cached:
            message = "the cell has a formula, name one that holds a number"
            raise UsageError(message, path=package.path, sheet=entry.name, cell=cell_name(*key))
    values = {key: stored(value, common.marks) for key, value in typed.items()}
    data, found = rewrite(package.read(entry.part), values)
    data = edit_cells(data, {key: Edit(value=one) for key, one in values.items() if key not in found})
    after = read_sheet((data,), entry.part, common).cells
    kept = {key: value for key, value in before.constants.items() if key not in typed}
    told = {key: value for key, value in after.constants.items() if key not in typed}
    took = all(same(after.constants.get(key), _as_stored(value)) for key, value in typed.items())
    if after.formulas != before.formulas or after.cached != before.cached or told != kept or not took:
        message = (
            f"the part {entry.part} is written in a way that cannot be changed safely: save the file in Excel first"
        )
        raise UnreadableError(message, sheet=entry.name)
    return data


def _as_stored(value: Scalar) -> Scalar:
    """Errors that came after the file format are #VALUE! with a mark, or without."""
    late = isinstance(value, CellError) and value.number > CellError.GETTING_DATA.number
    return VALUE if late else value
