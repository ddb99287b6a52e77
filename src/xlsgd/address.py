"""Cells and ranges by row and column (both counted from 1), and their names in A1 style.

Source of the limits: Microsoft, "Excel specifications and limits".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

MAX_ROW = 1_048_576
MAX_COL = 16_384

_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")
_BARE_SHEET = re.compile(r"[^\W\d][\w.]*\Z")
_LOOKS_LIKE_CELL = re.compile(r"([A-Za-z]{1,3}[0-9]+|[Rr]([0-9]*[Cc]?[0-9]*)|[Cc][0-9]*)\Z")


class Box(NamedTuple):
    """A rectangle of cells, first and last row and column included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    def has(self, row: int, col: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= col <= self.right

    def meet(self, other: Box) -> Box | None:
        """The common rectangle, or None."""
        box = Box(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )
        return box if box.top <= box.bottom and box.left <= box.right else None


@lru_cache(maxsize=MAX_COL)
def column_name(col: int) -> str:
    """The letters of a column.

    >>> column_name(28)
    'AB'
    """
    letters = ""
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=MAX_COL)
def column_number(letters: str) -> int:
    """The number of a column.

    >>> column_number("AB")
    28
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, col: int) -> str:
    """The A1 name of a cell.

    >>> cell_name(7, 12)
    'L7'
    """
    return f"{column_name(col)}{row}"


def parse_cell(text: str) -> tuple[int, int] | None:
    """Row and column of an A1 name, ``$`` allowed; None where the text is not a cell of the grid.

    >>> parse_cell("$L$7")
    (7, 12)
    """
    match = _A1.match(text)
    if match is None:
        return None
    row, col = int(match[2]), column_number(match[1])
    return (row, col) if row <= MAX_ROW and col <= MAX_COL else None


def parse_box(text: str) -> Box | None:
    """The rectangle that ``A1`` or ``A1:B2`` names (in any order of corners); None where it is neither.

    >>> parse_box("B9:E9")
    Box(top=9, left=2, bottom=9, right=5)
    """
    first, _, last = text.partition(":")
    one, two = parse_cell(first), parse_cell(last or first)
    if one is None or two is None:
        return None
    rows, cols = sorted((one[0], two[0])), sorted((one[1], two[1]))
    return Box(rows[0], cols[0], rows[1], cols[1])


def box_name(box: Box) -> str:
    """The A1 name of a rectangle, one cell without a colon.

    >>> box_name(Box(4, 12, 32, 12))
    'L4:L32'
    """
    first, last = cell_name(box.top, box.left), cell_name(box.bottom, box.right)
    return first if first == last else f"{first}:{last}"


def quote_sheet(name: str) -> str:
    """A sheet's name as it stands in a formula, in quotes where it needs them.

    >>> quote_sheet("basic SGD"), quote_sheet("adam")
    ("'basic SGD'", 'adam')
    """
    bare = _BARE_SHEET.match(name) and not _LOOKS_LIKE_CELL.match(name)
    return name if bare else "'" + name.replace("'", "''") + "'"
