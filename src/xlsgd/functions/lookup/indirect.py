"""INDIRECT: references from text, in A1 and in R1C1 style."""

import re

from ...address import MAX_COL, MAX_ROW, cell_name
from ...errors import FormulaError
from ...formula import parse
from ...formula.nodes import NameRef, Node, RangeBetween, Spill, TableRef, Union
from ...formula.nodes import Ref as RefNode
from ...values import REF, Reference
from ..context import Context as RunContext
from ..kinds import Context, Logical, Result, Text
from ..registry import function

_LEADING_ZEROS = re.compile(r"(?<![0-9A-Za-z_.])(\$?[A-Za-z]{0,3}\$?)0+(?=[1-9][0-9]*(?::|\Z))")
_DIGITS = 7  # of the largest row
_CORNER = re.compile(r"(?:[Rr](\d+|\[[+-]?\d+\])?)?(?:[Cc](\d+|\[[+-]?\d+\])?)?\Z")


@function("INDIRECT", blank_is_default=True, references=True)
def indirect(text: Text, a1: Logical = True, *, context: Context) -> Result:
    """The reference that a text names."""
    where, bang, cells = text.strip(" ").rpartition("!")
    cells = _LEADING_ZEROS.sub(r"\1", cells) if a1 else _in_a1_style(cells, context)
    plain = where + bang + cells
    if not cells or not _is_reference(plain, context):
        return REF
    found = context.run.resolve(plain, context)
    return found if isinstance(found, Reference) else REF


def _is_reference(text: str, context: RunContext) -> bool:
    """Whether a text is a reference, or a name that stands for cells and not for a calculation."""
    try:
        node = parse(text, 1, 1)
        if isinstance(node, NameRef):
            node = _named(node, context)
    except FormulaError:
        return False
    if isinstance(node, RangeBetween):
        return isinstance(node.first, RefNode | NameRef) and isinstance(node.last, RefNode | NameRef)
    return isinstance(node, RefNode | NameRef | TableRef | Spill | Union)


def _named(node: NameRef, context: RunContext) -> Node:
    """The tree behind a defined name, the sheet's own before the workbook's; other names (tables) stay as they are."""
    key, book = node.name.casefold(), context.run.book
    sheet = book.index(node.where.sheet) if node.where is not None and node.where.sheet else context.sheet
    found = {name.sheet: name.text for name in book.names if name.name.casefold() == key}
    text = found.get(sheet, found.get(None))
    return node if text is None else parse(text, 1, 1)


def _in_a1_style(text: str, context: RunContext) -> str:
    """``R2C3``, ``R[-1]C:R5C5``, ``R3`` or ``C[1]`` as A1 text; "" where it is none of them; a name stays a name."""
    first, colon, last = text.partition(":")
    ends = [_corner(one, context) for one in ([first, last] if colon else [first])]
    if None in ends:
        return "" if colon else text
    found = [end for end in ends if end is not None]
    rows, columns = [row for row, _ in found], [col for _, col in found]
    if not all(row is None or 1 <= row <= MAX_ROW for row in rows):
        return ""
    if not all(col is None or 1 <= col <= MAX_COL for col in columns):
        return ""
    names = [_a1(row, col) for row, col in found]
    single = len(found) == 1 and None not in found[0]
    return names[0] if single else f"{names[0]}:{names[-1]}"


def _a1(row: int | None, col: int | None) -> str:
    if row is None:
        return "" if col is None else f"${cell_name(1, col)[:-1]}"
    return f"${row}" if col is None else cell_name(row, col)


def _corner(text: str, context: RunContext) -> tuple[int | None, int | None] | None:
    """Row and column that one R1C1 text names, None for all of them; None where the text is something else."""
    match = _CORNER.match(text)
    if match is None or not text:
        return None
    letters = text.upper()
    row = _place(match[1], context.row) if letters.startswith("R") else None
    col = _place(match[2], context.col) if "C" in letters else None
    return row, col


def _place(text: str | None, own: int) -> int:
    if text is None:
        return own
    digits = text.strip("[]+-")
    if len(digits.lstrip("0")) > _DIGITS:
        return -1
    return own + int(text[1:-1]) if text.startswith("[") else int(text)
