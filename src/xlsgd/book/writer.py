"""Book to .xlsx: everything that the book holds, or an error that says what cannot be written; never half a file."""

from __future__ import annotations

import io
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from .atomic import replace_file
from .book import Book, Name, Sheet, Table

if TYPE_CHECKING:
    from .exact import ExactBook, ExactSheet
    from .formats import Formats
    from .later import Later

# Files with the same content are the same to the byte: the time of writing is left out.
_CREATED = datetime(2000, 1, 1)


def write(book: Book, path: str | Path) -> None:
    """Write a workbook with its formulas and their cached values; an existing file is replaced in one step.

    Raises UsageError, with nothing written, where the folder does not exist or the book holds what cannot be written
    (links to other workbooks, chart sheets, rows hidden by a filter, data tables).
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise UsageError(f"the folder '{path.parent}' does not exist: make it first", path=path)
    try:
        data = to_bytes(book)
    except UsageError as error:
        raise UsageError(error.message, path=path, sheet=error.sheet, cell=error.cell) from error
    replace_file(path, data)


def to_bytes(book: Book) -> bytes:
    """The finished file in memory. Raises UsageError for what cannot be written."""
    from xlsxwriter.exceptions import XlsxWriterException

    _refuse(book)
    buffer = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            later = _assemble(book, buffer)
    except (XlsxWriterException, UserWarning) as error:
        raise UsageError(f"this cannot be written: {error}") from error
    except UnicodeEncodeError as error:
        raise UsageError("a text with half of a character (_xD800_) cannot be written: type it again") from error
    return later.pack(buffer.getvalue())


def _refuse(book: Book) -> None:
    if not book.sheets:
        raise UsageError("a workbook needs at least one sheet")
    if not any(sheet.visible for sheet in book.sheets):
        raise UsageError("a workbook needs at least one visible sheet")
    if book.externals:
        raise UsageError(f"links to other workbooks cannot be written ({book.externals[0].target})")
    for sheet in book.sheets:
        if not sheet.name:
            raise UsageError("a sheet without a name cannot be written: name it in Excel")
        if sheet.kind != "worksheet":
            raise UsageError(f"a sheet of the kind '{sheet.kind}' cannot be written", sheet=sheet.name)
        if sheet.filtered_rows:
            raise UsageError("rows hidden by a filter cannot be written", sheet=sheet.name)


def _assemble(book: Book, buffer: io.BytesIO) -> Later:
    """Write the package but for what is made when it is packed."""
    from .exact import ExactBook
    from .formats import BASE, Formats
    from .gather import all_cached

    options = {"in_memory": True, "date_1904": book.settings.date1904, "default_format_properties": dict(BASE)}
    workbook = ExactBook(buffer, options)
    workbook.settings = book.settings
    workbook.calc_on_load = not all(all_cached(sheet) for sheet in book.sheets)
    workbook.set_properties({"title": book.title, "created": _CREATED})
    formats = Formats(workbook)
    for sheet in book.sheets:
        workbook.add_worksheet(sheet.name)
    for index, sheet in enumerate(book.sheets):
        _sheet(workbook, sheet, [table for table in book.tables if table.sheet == index], formats)
    workbook.worksheets_objs[next(i for i, sheet in enumerate(book.sheets) if sheet.visible)].activate()
    for name in book.names:
        _name(workbook, name)
    workbook.close()
    return workbook.later


def _sheet(workbook: ExactBook, sheet: Sheet, tables: list[Table], formats: Formats) -> None:
    from .write_cells import write_cells
    from .write_look import write_look

    target = workbook.sheet(sheet.name)
    for table in tables:
        _table(target, table)
    write_cells(target, sheet, tables, formats)
    if sheet.look:
        write_look(workbook, target, sheet.look, formats)
    for row in sheet.hidden_rows:
        target.set_row(row - 1, None, None, {"hidden": True})
    if not sheet.visible:
        target.hide()


def _table(target: ExactSheet, table: Table) -> None:
    top, left, bottom, right = (edge - 1 for edge in table.box)
    options = {
        "name": table.name,
        "columns": [{"header": column} for column in table.columns],
        "header_row": bool(table.header_rows),
        "total_row": bool(table.totals_rows),
        "autofilter": False,
    }
    if target.add_table(top, left, bottom, right, options) != 0:
        raise UsageError(f"the table '{table.name}' cannot be written")


def _name(workbook: ExactBook, name: Name) -> None:
    if workbook.define_name(name.name, f"={name.text}") != 0:
        raise UsageError(f"the name '{name.name}' cannot be written")
    entry = workbook.defined_names[-1]
    entry[1] = -1 if name.sheet is None else name.sheet
    entry[3] = name.hidden
