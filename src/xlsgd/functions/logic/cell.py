"""CELL and INFO: about a cell and about the program. What needs formats, windows or this machine has no answer."""

import re
from pathlib import Path

from ...address import column_name
from ...values import NA, OMITTED, VALUE, CellError, Reference, Scalar
from ..context import NoAnswer
from ..kinds import Anything, Context, Result, Value
from ..registry import function

_FORMATS = frozenset({"color", "format", "parentheses", "prefix", "protect", "width"})
_PLAIN = re.compile(r"[\w.]+\Z")


@function(
    "CELL",
    differs="color, format, parentheses, prefix, protect and width are unsupported, and CELL without a reference",
)
def cell(kind: Value, reference: Anything = OMITTED, *, context: Context) -> Result:
    """What is known of a cell."""
    wanted = kind.casefold() if isinstance(kind, str) else ""
    if wanted in _FORMATS:
        raise NoAnswer(f'CELL("{wanted}")')
    if wanted not in ("address", "col", "contents", "filename", "row", "type"):
        return VALUE
    if reference is OMITTED:
        raise NoAnswer("CELL without a reference")
    if not isinstance(reference, Reference):
        return reference if isinstance(reference, CellError) else VALUE
    sheet, row, col, _, _ = reference.areas[0]
    if wanted in ("row", "col"):
        return row if wanted == "row" else col
    if wanted == "address":
        return _address(sheet, row, col, context)
    if wanted == "filename":
        return _file(sheet, context)
    value = context.run.value(sheet, row, col)
    return _type(value) if wanted == "type" else value


def _type(value: Scalar) -> str:
    if value is None:
        return "b"
    return "l" if isinstance(value, str) else "v"


def _address(sheet: int, row: int, col: int, context: Context) -> str:
    name = f"${column_name(col)}${row}"
    if sheet == context.sheet:
        return name
    book, path = context.run.book, context.run.book.path
    if sheet >= len(book.sheets) or path is None:
        raise NoAnswer('CELL("address") of another workbook')
    where = f"[{path.name}]{book.sheets[sheet].name}"
    plain = _PLAIN.match(path.name) and _PLAIN.match(book.sheets[sheet].name)
    return f"{where}!{name}" if plain else "'" + where.replace("'", "''") + f"'!{name}"


def _file(sheet: int, context: Context) -> str:
    """Folder, file in brackets and sheet; "" for a book that is in no file."""
    book, path = context.run.book, context.run.book.path
    if path is None:
        return ""
    if sheet >= len(book.sheets):
        raise NoAnswer('CELL("filename") of another workbook')
    full = Path(path).resolve()
    return f"{full.parent / ('[' + full.name + ']')}{book.sheets[sheet].name}"


_MODES = {"auto": "Automatic", "manual": "Manual", "autoNoTable": "Automatic except for tables"}
_MACHINE = frozenset({"directory", "numfile", "origin", "osversion", "release", "system"})


@function("INFO", differs="what it says of the machine and of windows is unsupported")
def info(kind: Value, *, context: Context) -> Result:
    """What is known of the program."""
    wanted = kind.casefold() if isinstance(kind, str) else ""
    if wanted == "recalc":
        return _MODES.get(context.run.book.settings.mode, "Automatic")
    if wanted in _MACHINE:
        raise NoAnswer(f'INFO("{wanted}")')
    return NA if wanted in ("memavail", "memused", "totmem") else VALUE
