"""Arrays cut, joined and folded: TAKE, DROP, HSTACK, TOCOL, WRAPROWS and their like.

Nothing left is #CALC!, what would leave the grid #NUM! (Microsoft's pages of these functions).
"""

from collections.abc import Iterable

from ...address import MAX_COL, MAX_ROW
from ...values import CALC, NA, NUM, REF, VALUE, Area, Array, CellError, Operand, Reference, Scalar
from ..coerce import to_integer
from ..gather import grid
from ..kinds import AnyValue, ArrayAnything, ArrayGrid, Context, Integer, Logical, Result
from ..meter import check_size
from ..registry import function
from .blocks import Block, as_block, part, shape, simple

_ALL = 1 << 40
"""The default of a count of rows or columns: as many as there are."""


@function("TAKE", blank_is_default=True)
def take(array: ArrayAnything, rows: Integer = _ALL, columns: Integer = _ALL) -> Result:
    """Rows and columns from the start, or (negative) from the end."""
    block = as_block(array)
    if isinstance(block, CellError):
        return block
    height, width = shape(block)
    if rows == 0 or columns == 0:
        return CALC
    tall, wide = min(abs(rows), height), min(abs(columns), width)
    return simple(part(block, height - tall if rows < 0 else 0, width - wide if columns < 0 else 0, tall, wide))


@function("DROP", blank_is_default=True)
def drop(array: ArrayAnything, rows: Integer = 0, columns: Integer = 0) -> Result:
    """What is left without rows and columns at the start, or (negative) at the end."""
    block = as_block(array)
    if isinstance(block, CellError):
        return block
    height, width = shape(block)
    if abs(rows) >= height or abs(columns) >= width:
        return CALC
    return simple(part(block, max(rows, 0), max(columns, 0), height - abs(rows), width - abs(columns)))


@function("CHOOSECOLS")
def choosecols(array: ArrayGrid, column: ArrayAnything, *columns: ArrayAnything, context: Context) -> Result:
    """Columns by number."""
    places = _places((column, *columns), array.width, context)
    if isinstance(places, CellError):
        return places
    return simple(Array([[row[place] for place in places] for row in array.rows]))


@function("CHOOSEROWS")
def chooserows(array: ArrayGrid, row: ArrayAnything, *rows: ArrayAnything, context: Context) -> Result:
    """Rows by number."""
    places = _places((row, *rows), array.height, context)
    if isinstance(places, CellError):
        return places
    return simple(Array([list(array.rows[place]) for place in places]))


def _places(arguments: Iterable[Operand], size: int, context: Context) -> list[int] | CellError:
    """Places from 0 for numbers from 1 (or from -1 at the end), one after the other."""
    places: list[int] = []
    for argument in arguments:
        numbers = grid(argument, context)
        if isinstance(numbers, CellError):
            return numbers
        for value in numbers.flat():
            number = to_integer(value)
            if isinstance(number, CellError):
                return number
            if number == 0 or abs(number) > size:
                return VALUE
            places.append(number - 1 if number > 0 else size + number)
    return places


@function("EXPAND", blank_is_default=True)
def expand(array: ArrayGrid, rows: Integer = _ALL, columns: Integer = _ALL, pad: AnyValue = NA) -> Result:
    """The array in a larger one."""
    height = array.height if rows == _ALL else rows
    width = array.width if columns == _ALL else columns
    if height < array.height or width < array.width:
        return VALUE
    return _filled(array.rows, height, width, pad)


def _filled(rows: list[list[Scalar]], height: int, width: int, pad: Scalar) -> Result:
    """Rows made as wide as asked for and followed by others."""
    if height > MAX_ROW or width > MAX_COL:
        return NUM
    check_size(height, width)
    wide = [row + [pad] * (width - len(row)) for row in rows]
    return simple(Array(wide + [[pad] * width for _ in range(height - len(rows))]))


@function("VSTACK")
def vstack(array: ArrayAnything, *arrays: ArrayAnything, context: Context) -> Result:
    """Arrays one below the other."""
    grids = _grids((array, *arrays), context)
    if isinstance(grids, CellError):
        return grids
    height = sum(one.height for one in grids)
    return _filled([row for one in grids for row in one.rows], height, max(one.width for one in grids), NA)


@function("HSTACK")
def hstack(array: ArrayAnything, *arrays: ArrayAnything, context: Context) -> Result:
    """Arrays side by side."""
    grids = _grids((array, *arrays), context)
    if isinstance(grids, CellError):
        return grids
    height, width = max(one.height for one in grids), sum(one.width for one in grids)
    if width > MAX_COL:
        return NUM
    check_size(height, width)
    missing: list[list[Scalar]] = [[NA] * one.width for one in grids]
    return simple(
        Array(
            [
                [value for one, gap in zip(grids, missing, strict=True) for value in (one.rows[i : i + 1] or [gap])[0]]
                for i in range(height)
            ]
        )
    )


def _grids(arguments: Iterable[Operand], context: Context) -> list[Array] | CellError:
    grids: list[Array] = []
    for argument in arguments:
        one = Array([[argument]]) if isinstance(argument, CellError) else grid(argument, context)
        if isinstance(one, CellError):
            return one
        grids.append(one)
    return grids


@function("TOCOL", blank_is_default=True)
def tocol(array: ArrayGrid, ignore: Integer = 0, by_column: Logical = False) -> Result:
    """All values in one column."""
    values = _flat(array, ignore, by_column)
    return values if isinstance(values, CellError) else _filled([[value] for value in values], len(values), 1, NA)


@function("TOROW", blank_is_default=True)
def torow(array: ArrayGrid, ignore: Integer = 0, by_column: Logical = False) -> Result:
    """All values in one row."""
    values = _flat(array, ignore, by_column)
    return values if isinstance(values, CellError) else _filled([values], 1, len(values), NA)


def _flat(array: Array, ignore: int, by_column: bool) -> list[Scalar] | CellError:
    """All values in one line; ``ignore``: 1 blanks, 2 errors, 3 both."""
    if ignore not in (0, 1, 2, 3):
        return VALUE
    values = (value for column in zip(*array.rows, strict=True) for value in column) if by_column else array.flat()
    kept = [
        value
        for value in values
        if not (ignore & 1 and value is None) and not (ignore & 2 and isinstance(value, CellError))
    ]
    return kept or CALC


@function("WRAPROWS", blank_is_default=True)
def wraprows(vector: ArrayGrid, count: Integer, pad: AnyValue = NA) -> Result:
    """A row or column folded into rows."""
    lines = _wrapped(vector, count, pad)
    return lines if isinstance(lines, CellError) else _filled(lines, len(lines), len(lines[0]), pad)


@function("WRAPCOLS", blank_is_default=True)
def wrapcols(vector: ArrayGrid, count: Integer, pad: AnyValue = NA) -> Result:
    """A row or column folded into columns."""
    lines = _wrapped(vector, count, pad)
    if isinstance(lines, CellError):
        return lines
    return _filled([list(row) for row in zip(*lines, strict=True)], len(lines[0]), len(lines), pad)


def _wrapped(vector: Array, count: int, pad: Scalar) -> list[list[Scalar]] | CellError:
    if vector.height > 1 and vector.width > 1:
        return VALUE
    if count < 1:
        return NUM
    values = list(vector.flat())
    count = min(count, len(values))
    lines = [values[start : start + count] for start in range(0, len(values), count)]
    lines[-1].extend([pad] * (count - len(lines[-1])))
    return lines


@function("TRIMRANGE", blank_is_default=True)
def trimrange(array: ArrayAnything, rows: Integer = 3, columns: Integer = 3, *, context: Context) -> Result:
    """Without the blank rows and columns around: 1 leading, 2 trailing ones, 3 both, 0 none."""
    block = as_block(array)
    if isinstance(block, CellError):
        return block
    if rows not in (0, 1, 2, 3) or columns not in (0, 1, 2, 3):
        return VALUE
    used = _used(block, context)
    if used is None:
        return REF
    height, width = shape(block)
    top, left = used.top if rows & 1 else 0, used.left if columns & 1 else 0
    bottom, right = used.bottom if rows & 2 else height - 1, used.right if columns & 2 else width - 1
    return simple(part(block, top, left, bottom - top + 1, right - left + 1))


def _used(block: Block, context: Context) -> Area | None:
    """The rectangle around all values that are not blank, counted from 0."""
    if isinstance(block, Reference):
        area = block.areas[0]
        cells = [(row - area.top, col - area.left) for row, col, _ in context.run.cells(area)]
    else:
        cells = [(i, j) for i, row in enumerate(block.rows) for j, value in enumerate(row) if value is not None]
    if not cells:
        return None
    rows, columns = [row for row, _ in cells], [col for _, col in cells]
    return Area(0, min(rows), min(columns), max(rows), max(columns))
