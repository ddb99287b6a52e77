"""Reads a workbook (.xlsx, .xlsm, .xltx, .xltm) into a Book: only the parts that are needed, nothing from elsewhere.

Source: ECMA-376 part 1, 12.3 (which part leads to which).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import UnreadableError
from .book import Book, Sheet
from .cells import Common
from .external_xml import read_external
from .fast_sheet import Unusual, read_fast
from .metadata_xml import read_marks
from .package import Package
from .room import Room
from .sheet_xml import SheetPart, read_sheet
from .strings import shared_strings
from .table_xml import read_table
from .workbook_xml import SheetEntry, WorkbookPart, read_workbook

_FAST = True  # tests set it to False: the XML parser reads all
_PIECE = 2 * 1024**2  # bytes of a worksheet part that are inflated at once


def read(path: str | os.PathLike[str]) -> Book:
    """A workbook from a file.

    Raises UnreadableError (LimitError where a limit is exceeded) with the path, the sheet and the cell where known.
    """
    try:
        with Package(path) as package, without_collector():
            return _read(package)
    except UnreadableError as error:
        error.path = path if error.path is None else error.path
        raise


@contextmanager
def without_collector() -> Iterator[None]:
    """Reading makes millions of objects and no cycles: the collector would look at all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(package: Package) -> Book:
    workbook = read_workbook(package)
    if not workbook.sheets:
        raise UnreadableError("the workbook has no sheets: open it in Excel, add one and save it")
    common = read_common(package, workbook)
    book = Book(names=workbook.names, settings=workbook.settings, path=Path(package.path))
    for index, entry in enumerate(workbook.sheets):
        book.sheets.append(_sheet(package, entry, index, common, book))
    links = {part: read_external(package, part) for part in dict.fromkeys(workbook.externals)}
    book.externals = [links[part] for part in workbook.externals]
    return book


def read_common(package: Package, workbook: WorkbookPart, times: int = 1) -> Common:
    """What the cells of all sheets refer to: shared strings, marks, the date system.

    times: how many times the limit of cells holds: a copy is checked cell by cell where reading took whole columns.
    """
    part, room = workbook.part_of("sharedStrings"), Room.of(times)
    info = package.find(part) if part else None
    strings = shared_strings(package.pieces(info, _PIECE), part or "", room) if info is not None else []
    return Common(strings, read_marks(package, workbook.relations), workbook.settings.date1904, room)


def _sheet(package: Package, entry: SheetEntry, index: int, common: Common, book: Book) -> Sheet:
    sheet = Sheet(entry.name, visible=entry.visible, kind=entry.kind)
    if entry.kind != "worksheet":
        return sheet
    part = _read_fast(package, entry, common) or read_entry(package, entry, common)
    common.room.cells += part.cells.kept()
    common.room.characters = part.cells.room.characters
    own = {one.target: None for one in package.relations(entry.part).values() if one.kind == "table"}
    for target in own:
        data = package.get(target)
        table, filters = read_table(data, target, index) if data is not None else (None, [])
        part.filters.extend(filters)
        book.tables.extend([table] if table else [])
    sheet.constants, sheet.formulas, sheet.cached = part.constants, part.formulas, part.cached
    sheet.hidden_rows, sheet.filtered_rows = part.cells.hidden, part.filtered()
    return sheet


def _read_fast(package: Package, entry: SheetEntry, common: Common) -> SheetPart | None:
    """The worksheet part of one sheet if it is written in a usual way and sound; else :func:`read_entry` decides."""
    info = package.find(entry.part) if entry.part else None
    if info is None or not _FAST:
        return None
    try:
        return read_fast(package.pieces(info, _PIECE), entry.part, common)
    except (Unusual, UnreadableError):
        return None


def read_entry(package: Package, entry: SheetEntry, common: Common) -> SheetPart:
    """The worksheet part of one sheet, all of it cell by cell. Raises UnreadableError that names the sheet."""
    try:
        if not entry.part:
            raise UnreadableError("the workbook lists this sheet but not its part: the file is damaged")
        return read_sheet(package.pieces(package.entry(entry.part), _PIECE), entry.part, common)
    except UnreadableError as error:
        error.sheet = entry.name if error.sheet is None else error.sheet
        raise
