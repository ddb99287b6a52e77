"""Formulas that are the same seen from their own cells: keys for fill-downs, and texts moved to another cell.

Both work on tokens, so that nothing but references changes and no tree is needed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..address import MAX_COL, MAX_ROW, column_name, column_number
from .tokens import Token, tokenize

_PART = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)\Z")
_REFERENCES = ("cell", "columns", "rows")


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(tokenize(text))


def relative_key(text: str, row: int, col: int) -> str:
    """A text that is equal for two formulas exactly if they are the same in relative form. Raises FormulaError.

    >>> relative_key("A1+$B$2", 1, 2) == relative_key("A9+$B$2", 9, 2)
    True
    """
    return "".join(_key(token, row, col) if token.kind in _REFERENCES else token.text for token in tokenize(text))


def _key(token: Token, row: int, col: int) -> str:
    return ":".join(_r1c1(part, row, col) for part in token.text.split(":"))


def _r1c1(part: str, row: int, col: int) -> str:
    match = _PART.match(part)
    if match is None:
        return part
    fixed_col, letters, fixed_row, digits = match.groups()
    if int(digits or 1) > MAX_ROW or (letters and column_number(letters) > MAX_COL):
        return part  # beyond the grid it is a name
    if not letters and fixed_col:
        fixed_row = fixed_col
    rows = "" if not digits else f"R{digits}" if fixed_row else f"R[{int(digits) - row}]"
    cols = "" if not letters else f"C{column_number(letters)}" if fixed_col else f"C[{column_number(letters) - col}]"
    return rows + cols


def text_at(text: str, origin: tuple[int, int], cell: tuple[int, int]) -> str:
    """A formula written for ``origin`` as it reads in ``cell``: relative references move along, all else stays.

    A reference that leaves the grid becomes ``#REF!``. Raises FormulaError.

    >>> text_at("A1+$B$2", (1, 2), (9, 2))
    'A9+$B$2'
    """
    if origin == cell:
        return text
    down, right = cell[0] - origin[0], cell[1] - origin[1]
    return "".join(_moved(t, down, right) if t.kind in _REFERENCES else t.text for t in _tokens(text))


def _moved(token: Token, down: int, right: int) -> str:
    parts = [_moved_part(part, down, right) for part in token.text.split(":")]
    return "#REF!" if None in parts else ":".join(part for part in parts if part is not None)


def _moved_part(part: str, down: int, right: int) -> str | None:
    match = _PART.match(part)
    if match is None:
        return part
    fixed_col, letters, fixed_row, digits = match.groups()
    if not letters and fixed_col:
        fixed_col, fixed_row = "", fixed_col
    row, col = int(digits or 0), column_number(letters) if letters else 0
    row += down if digits and not fixed_row else 0
    col += right if letters and not fixed_col else 0
    if (digits and not 1 <= row <= MAX_ROW) or (letters and not 1 <= col <= MAX_COL):
        return None
    return fixed_col + (column_name(col) if letters else "") + fixed_row + (str(row) if digits else "")
