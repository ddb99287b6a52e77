"""Lookup: MATCH, LOOKUP, VLOOKUP, HLOOKUP, XMATCH, XLOOKUP."""

from ...values import NA, OMITTED, REF, VALUE, CellError, Operand, Reference, Scalar
from ..coerce import to_text
from ..kinds import Anything, ArrayAnything, Context, Integer, Lazy, Logical, Result, Value
from ..registry import function
from ..text.regex import compile_pattern
from . import search
from .blocks import Block, as_block, element, is_endless, part, shape, simple
from .vectors import Vector, vector

_LONGEST = 255
"""Characters of a text that MATCH, VLOOKUP and HLOOKUP look for; beyond #VALUE! (Microsoft, "VLOOKUP function")."""


@function("MATCH")
def match(value: Value, array: Anything, kind: Integer = 1, *, context: Context) -> Result:
    """The place of a value in a row or column."""
    block = as_block(array)
    if isinstance(block, CellError):
        return block
    line = vector(block, context)
    if line is None:
        return NA
    if isinstance(value, str) and len(value) > _LONGEST:
        return VALUE
    if kind == 0:
        place = search.exact(line, value)
    else:
        place = search.bisect(line, value) if kind > 0 else search.descending(line, value)
    return NA if place is None else place + 1


@function("VLOOKUP")
def vlookup(value: Value, table: Anything, column: Integer, near: Logical = True, *, context: Context) -> Result:
    """The value in a table's column beside one in its first column."""
    return _in_table(value, table, column, near, True, context)


@function("HLOOKUP")
def hlookup(value: Value, table: Anything, row: Integer, near: Logical = True, *, context: Context) -> Result:
    """The value in a table's row below one in its first row."""
    return _in_table(value, table, row, near, False, context)


def _in_table(value: Scalar, table: Operand, index: int, near: bool, upright: bool, context: Context) -> Result:
    """VLOOKUP (``upright``) and HLOOKUP: search the first line of a table, give the value in another."""
    block = VALUE if isinstance(table, str) else as_block(table)
    if isinstance(block, CellError):
        return block
    height, width = shape(block)
    if index < 1 or (isinstance(value, str) and len(value) > _LONGEST):
        return VALUE
    if index > (width if upright else height):
        return REF
    line = vector(part(block, 0, 0, height, 1) if upright else part(block, 0, 0, 1, width), context)
    place = _find(line, value, near)
    if place is None:
        return NA
    return element(block, place, index - 1, context) if upright else element(block, index - 1, place, context)


def _find(line: Vector | None, value: Scalar, near: bool) -> int | None:
    if line is None:
        return None
    return search.bisect(line, value) if near else search.exact(line, value)


@function("LOOKUP")
def lookup(value: Value, array: ArrayAnything, results: ArrayAnything = OMITTED, *, context: Context) -> Result:
    """The result beside the last value that is not greater."""
    block = as_block(array)
    if isinstance(block, CellError):
        return block
    found = as_block(results) if results is not OMITTED else None
    if isinstance(found, CellError):
        return found
    height, width = shape(block)
    lying = width > height
    line = vector(part(block, 0, 0, 1, width) if lying else part(block, 0, 0, height, 1), context)
    place = _find(line, value, True)
    if place is None:
        return NA
    if found is None:
        return element(block, height - 1, place, context) if lying else element(block, place, width - 1, context)
    rows, columns = shape(found)
    if rows > 1 and columns > 1:
        return NA
    if place >= max(rows, columns):
        return NA
    return element(found, 0, place, context) if columns > 1 else element(found, place, 0, context)


_MATCH_MODES, _SEARCH_MODES = (-1, 0, 1, 2, 3), (-2, -1, 1, 2)


@function("XMATCH", blank_is_default=True)
def xmatch(
    value: Value, array: ArrayAnything, match_mode: Integer = 0, search_mode: Integer = 1, *, context: Context
) -> Result:
    """The place of a value in a row or column."""
    block = as_block(array)
    if isinstance(block, CellError):
        return block
    line = vector(block, context)
    if line is None or not _valid(match_mode, search_mode):
        return VALUE
    place = _extended(line, value, match_mode, search_mode)
    return NA if place is None else place + 1


def _missing() -> Operand:
    return NA


@function("XLOOKUP", blank_is_default=True)
def xlookup(
    value: Value,
    array: ArrayAnything,
    results: ArrayAnything,
    otherwise: Lazy = _missing,
    match_mode: Integer = 0,
    search_mode: Integer = 1,
    *,
    context: Context,
) -> Result:
    """The row or column of results beside a value."""
    block, found = as_block(array), as_block(results)
    for one in (block, found):
        if isinstance(one, CellError):
            return one
    assert not isinstance(block, CellError)
    assert not isinstance(found, CellError)
    line = vector(block, context)
    if line is None or not _valid(match_mode, search_mode) or not _side_by_side(block, found):
        return VALUE
    place = _extended(line, value, match_mode, search_mode)
    if place is None:
        missing = otherwise()
        return NA if missing is OMITTED else missing
    rows, columns = shape(found)
    if _upright(block, found):
        return simple(part(found, place, 0, 1, columns)) if place < rows else NA
    return simple(part(found, 0, place, rows, 1)) if place < columns else NA


def _valid(match_mode: int, search_mode: int) -> bool:
    binary = search_mode in (-2, 2)
    return match_mode in _MATCH_MODES and search_mode in _SEARCH_MODES and not (binary and match_mode > 1)


def _extended(line: Vector, value: Scalar, match_mode: int, search_mode: int) -> int | None:
    if match_mode == 3:
        return _by_expression(line, value, search_mode < 0)
    if match_mode == 2:
        return search.pattern(line, value, search_mode < 0)
    if search_mode in (-2, 2):
        return search.binary(line, value, match_mode, search_mode < 0)
    return search.ordered(line, value, match_mode, search_mode < 0)


def _by_expression(line: Vector, value: Scalar, backward: bool) -> int | None:
    """The first text in which a regular expression is found."""
    pattern = to_text(value)
    expression = compile_pattern(pattern, False) if isinstance(pattern, str) else None
    if expression is None:
        return None
    places = range(len(line.values) - 1, -1, -1) if backward else range(len(line.values))
    return line.texts(lambda text: expression.search(text) is not None, places)


def _upright(block: Block, found: Block) -> bool:
    """Whether a result is a row of ``found``: where the lookup array is a column (or one cell beside a row)."""
    height, width = shape(block)
    return width == 1 and (height > 1 or shape(found)[0] == 1)


def _side_by_side(block: Block, found: Block) -> bool:
    """Whether the results are as long as the lookup array (what was a whole column may have become shorter)."""
    axis = 0 if _upright(block, found) else 1
    one, two = shape(block)[axis], shape(found)[axis]
    return one == two or (is_endless(block) != is_endless(found) and min(one, two) > 1 and _one_computed(block, found))


def _one_computed(block: Block, found: Block) -> bool:
    return isinstance(block, Reference) != isinstance(found, Reference)
