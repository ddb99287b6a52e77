"""References from their text: ``$A$1``, ``A:C``, ``3:5`` and the part before the ``!``."""

from __future__ import annotations

import re

from ..address import MAX_COL, MAX_ROW, column_number
from .nodes import Corner, Ref, Where

_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]+)\Z")
_COLUMN = re.compile(r"(\$?)([A-Za-z]{1,3})\Z")
_ROW = re.compile(r"(\$?)([0-9]+)\Z")


def cell_ref(text: str, row: int, col: int, where: Where | None = None) -> Ref | None:
    """The node of ``A1`` as seen from ``row`` and ``col``; None where it lies beyond the grid (then it is a name)."""
    match = _CELL.match(text)
    if match is None:
        return None
    target_row, target_col = int(match[4]), column_number(match[2])
    if target_row > MAX_ROW or target_col > MAX_COL:
        return None
    row_fixed, col_fixed = match[3] == "$", match[1] == "$"
    rows = target_row if row_fixed else target_row - row
    cols = target_col if col_fixed else target_col - col
    corner = Corner(rows, cols, row_fixed, col_fixed)
    return Ref(corner, None, "cells", where)


def columns_ref(text: str, col: int, where: Where | None = None) -> Ref | None:
    """The node of ``A:C``; None beyond the grid."""
    corners = []
    for part in text.split(":"):
        match = _COLUMN.match(part)
        if match is None or column_number(match[2]) > MAX_COL:
            return None
        number, fixed = column_number(match[2]), match[1] == "$"
        corners.append(Corner(0, number if fixed else number - col, True, fixed))
    return Ref(corners[0], corners[1], "columns", where)


def rows_ref(text: str, row: int, where: Where | None = None) -> Ref | None:
    """The node of ``3:5``; None beyond the grid."""
    corners = []
    for part in text.split(":"):
        match = _ROW.match(part)
        if match is None or int(match[2]) > MAX_ROW:
            return None
        number, fixed = int(match[2]), match[1] == "$"
        corners.append(Corner(number if fixed else number - row, 0, fixed, True))
    return Ref(corners[0], corners[1], "rows", where)


def sheet_part(text: str) -> Where:
    """The sheets (and the workbook) before a ``!``.

    >>> sheet_part("'[1]basic SGD'!")
    Where(sheet='basic SGD', last=None, book='1')
    """
    body = text[:-1]
    if body.startswith("'"):
        body = body[1:-1].replace("''", "'")
    book = None
    if "[" in body:
        before, _, rest = body.partition("[")
        inside, _, body = rest.partition("]")
        book = before + inside
    first, colon, last = body.partition(":")
    return Where(first, last if colon else None, book)
