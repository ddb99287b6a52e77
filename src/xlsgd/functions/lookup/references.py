"""References: where they are, how large they are, and references made from others."""

import math

from ...address import MAX_COL, MAX_ROW, column_name, quote_sheet
from ...values import NA, OMITTED, REF, VALUE, Area, Array, CellError, Operand, Reference
from ..kinds import Anything, AnyValue, ArrayAnything, Context, Integer, Lazy, Logical, Number, Ref, Result, Text, Whole
from ..registry import function
from .blocks import Block, as_block, part, shape, simple

_ABSENT = -(1 << 40)
"""The default of a number that was not given."""
_OWN = "\0"
"""The default of a text that was not given."""


@function("ROW")
def row(reference: Anything = OMITTED, *, context: Context, whole: Whole) -> Result:
    """The row numbers of a reference."""
    if reference is OMITTED:
        return context.row
    area = _one_area(reference)
    if isinstance(area, CellError):
        return area
    if area.height == 1 or not whole:
        return area.top
    return Array([[float(number)] for number in range(area.top, area.bottom + 1)])


@function("COLUMN")
def column(reference: Anything = OMITTED, *, context: Context, whole: Whole) -> Result:
    """The column numbers of a reference."""
    if reference is OMITTED:
        return context.col
    area = _one_area(reference)
    if isinstance(area, CellError):
        return area
    if area.width == 1 or not whole:
        return area.left
    return Array([[float(number) for number in range(area.left, area.right + 1)]])


def _one_area(operand: Operand) -> Area | CellError:
    if isinstance(operand, Reference) and len(operand.areas) == 1:
        return operand.areas[0]
    return operand if isinstance(operand, CellError) else VALUE


@function("ROWS")
def rows(array: ArrayAnything) -> Result:
    """How many rows."""
    block = as_block(array)
    return block if isinstance(block, CellError) else shape(block)[0]


@function("COLUMNS")
def columns(array: ArrayAnything) -> Result:
    """How many columns."""
    block = as_block(array)
    return block if isinstance(block, CellError) else shape(block)[1]


@function("AREAS")
def areas(reference: Ref) -> Result:
    """How many areas a reference has."""
    return len(reference.areas)


@function("INDEX")
def index(
    array: ArrayAnything, row_number: Integer = _ABSENT, column_number: Integer = _ABSENT, area: Integer = 1
) -> Result:
    """A value, a row or a column by number."""
    several = isinstance(array, Reference) and len(array.areas) > 1
    if isinstance(array, Reference) and several:
        if area < 1:
            return VALUE
        if area > len(array.areas):
            return REF
        array = Reference((array.areas[area - 1],))
    elif area != 1:
        return VALUE if area < 1 else REF
    block = as_block(array)
    if isinstance(block, CellError):
        return block
    height, width = shape(block)
    if column_number == _ABSENT:
        row_number, column_number = (1, row_number) if height == 1 and row_number != 0 else (row_number, 0)
        column_number = 1 if width == 1 and height > 1 else column_number
    return _indexed(block, 0 if row_number == _ABSENT else row_number, column_number)


def _indexed(block: Block, row_number: int, column_number: int) -> Operand:
    """A part of a block by row and column from 1; 0 takes all of them."""
    height, width = shape(block)
    if row_number < 0 or column_number < 0:
        return VALUE
    if row_number > height or column_number > width:
        return REF
    top, tall = (row_number - 1, 1) if row_number else (0, height)
    left, wide = (column_number - 1, 1) if column_number else (0, width)
    return simple(part(block, top, left, tall, wide))


@function("OFFSET", blank_is_default=True, references=True)
def offset(
    reference: Ref, rows_down: Integer, columns_right: Integer, height: Number = math.inf, width: Number = math.inf
) -> Result:
    """The reference moved, of another size if wanted."""
    if len(reference.areas) > 1:
        return VALUE
    area = reference.areas[0]
    tall = area.height if math.isinf(height) else _size(height)
    wide = area.width if math.isinf(width) else _size(width)
    top, bottom = _span(area.top + rows_down, tall)
    left, right = _span(area.left + columns_right, wide)
    if tall == 0 or wide == 0 or top < 1 or left < 1 or bottom > MAX_ROW or right > MAX_COL:
        return REF
    return Reference((Area(area.sheet, top, left, bottom, right),))


def _size(number: float) -> int:
    """A height or width, cut off; what lies between 0 and 1 counts as 1 (measured)."""
    return int(math.copysign(1, number)) if 0 < abs(number) < 1 else int(number)


def _span(start: int, size: int) -> tuple[int, int]:
    return (start, start + size - 1) if size > 0 else (start + size + 1, start)


@function("CHOOSE", most=255)
def choose(number: Integer, value: Lazy, *values: Lazy) -> Result:
    """One of the arguments by number."""
    if not 1 <= number <= len(values) + 1:
        return VALUE
    chosen = (value, *values)[number - 1]()
    return 0.0 if chosen is OMITTED else chosen


@function("ADDRESS", blank_is_default=True)
def address(
    row_number: Integer, column_number: Integer, kind: Integer = 1, a1: Logical = True, sheet: Text = _OWN
) -> Result:
    """A reference as text."""
    if not (1 <= row_number <= MAX_ROW and 1 <= column_number <= MAX_COL and 1 <= kind <= 4):
        return VALUE
    fixed_row, fixed_column = kind in (1, 2), kind in (1, 3)
    if a1:
        text = f"{'$' * fixed_column}{column_name(column_number)}{'$' * fixed_row}{row_number}"
    else:
        text = f"R{_number(row_number, fixed_row)}C{_number(column_number, fixed_column)}"
    return text if sheet == _OWN else f"{quote_sheet(sheet) if sheet else ''}!{text}"


def _number(number: int, fixed: bool) -> str:
    return str(number) if fixed else f"[{number}]"


@function("SHEET")
def sheet_number(value: Anything = OMITTED, *, context: Context) -> Result:
    """The position of a sheet; sheets of other workbooks have none."""
    if value is OMITTED:
        return context.sheet + 1
    if isinstance(value, Reference):
        return value.areas[0].sheet + 1 if value.areas[0].sheet < len(context.run.book.sheets) else NA
    if isinstance(value, CellError):
        return value
    found = context.run.book.index(value) if isinstance(value, str) else None
    return NA if found is None else found + 1


@function("SHEETS")
def sheets(reference: Anything = OMITTED, *, context: Context) -> Result:
    """How many sheets."""
    if reference is OMITTED:
        return len(context.run.book.sheets)
    if isinstance(reference, Reference):
        return len({area.sheet for area in reference.areas})
    return reference if isinstance(reference, CellError) else NA


@function("HYPERLINK")
def hyperlink(link: Text, shown: AnyValue = _OWN) -> Result:
    """What a link shows."""
    return link if shown == _OWN else shown
