"""Functions that take a function: MAP, REDUCE, SCAN, BYROW, BYCOL, MAKEARRAY; ISOMITTED.

The elements of a range are handed over as references. A result that is an array itself is #CALC!, as Excel has no
arrays of arrays (Microsoft, "How to correct a #CALC! error").
"""

from collections.abc import Callable, Sequence

from ...address import MAX_COL, MAX_ROW
from ...values import CALC, NA, OMITTED, VALUE, Array, CellError, Lambda, Operand, Reference, Scalar
from ..kinds import Anything, ArrayAnything, Context, Function, Integer, Result
from ..meter import check_size
from ..registry import function
from .blocks import Block, as_block, corner, part, shape, simple


@function("ISOMITTED")
def isomitted(argument: Anything) -> Result:
    """Whether an argument of a LAMBDA was left out."""
    return argument is OMITTED


@function("MAP")
def map_(array: ArrayAnything, *rest: ArrayAnything, context: Context) -> Result:
    """Arrays of other shapes are filled up with #N/A."""
    if not rest or not isinstance(rest[-1], Lambda) or not rest[-1].takes(len(rest)):
        return VALUE
    blocks = _blocks((array, *rest[:-1]))
    if isinstance(blocks, CellError):
        return blocks
    shapes = [shape(block) for block in blocks]
    height, width = max(one[0] for one in shapes), max(one[1] for one in shapes)

    def arguments(row: int, col: int) -> list[Operand]:
        return [_element(block, row, col) for block in blocks]

    return _made(rest[-1], height, width, arguments, context)


def _blocks(operands: Sequence[Operand]) -> list[Block] | CellError:
    blocks: list[Block] = []
    for operand in operands:
        block = as_block(operand)
        if isinstance(block, CellError):
            return block
        blocks.append(block)
    return blocks


def _element(block: Block, row: int, col: int) -> Operand:
    height, width = shape(block)
    return simple(part(block, row, col, 1, 1)) if row < height and col < width else NA


def _made(
    function: Lambda, height: int, width: int, arguments: Callable[[int, int], list[Operand]], context: Context
) -> Result:
    """The array of a function's results by place."""
    check_size(height, width)
    rows: list[list[Scalar]] = []
    for row in range(height):
        rows.append([])
        for col in range(width):
            result = function.call(arguments(row, col))
            if not _is_one_value(result):
                return CALC
            rows[-1].append(corner(result, context))
    return simple(Array(rows))


def _is_one_value(result: Operand) -> bool:
    if isinstance(result, Lambda):
        return False
    if isinstance(result, Reference):
        return len(result.areas) == 1 and result.areas[0].height == result.areas[0].width == 1
    return not isinstance(result, Array) or result.shape == (1, 1)


@function("BYROW")
def byrow(array: ArrayAnything, function: Function, *, context: Context) -> Result:
    """The results of a function of each row."""
    block = as_block(array) if function.takes(1) else VALUE
    if isinstance(block, CellError):
        return block
    height, width = shape(block)
    return _made(function, height, 1, lambda row, _: [simple(part(block, row, 0, 1, width))], context)


@function("BYCOL")
def bycol(array: ArrayAnything, function: Function, *, context: Context) -> Result:
    """The results of a function of each column."""
    block = as_block(array) if function.takes(1) else VALUE
    if isinstance(block, CellError):
        return block
    height, width = shape(block)
    return _made(function, 1, width, lambda _, col: [simple(part(block, 0, col, height, 1))], context)


@function("MAKEARRAY")
def makearray(rows: Integer, columns: Integer, function: Function, *, context: Context) -> Result:
    """An array of the results of a function of row and column number."""
    if not (1 <= rows <= MAX_ROW and 1 <= columns <= MAX_COL and function.takes(2)):
        return VALUE
    return _made(function, rows, columns, lambda row, col: [row + 1.0, col + 1.0], context)


@function("REDUCE")
def reduce(initial: ArrayAnything, array: ArrayAnything, function: Function) -> Result:
    """Without an initial value the first element is taken for it."""
    block = as_block(array) if function.takes(2) else VALUE
    if isinstance(block, CellError):
        return block
    elements = _elements(block)
    total = elements.pop(0) if initial is OMITTED else initial
    for element in elements:
        total = function.call([total, element])
    return total


@function("SCAN")
def scan(initial: ArrayAnything, array: ArrayAnything, function: Function, *, context: Context) -> Result:
    """The totals after each element."""
    block = as_block(array) if function.takes(2) else VALUE
    if isinstance(block, CellError):
        return block
    width = shape(block)[1]
    found: list[Scalar] = []
    total: Operand = initial
    for place, element in enumerate(_elements(block)):
        total = element if place == 0 and initial is OMITTED else function.call([total, element])
        if not _is_one_value(total):
            return CALC
        found.append(corner(total, context))
    return simple(Array([found[start : start + width] for start in range(0, len(found), width)]))


def _elements(block: Block) -> list[Operand]:
    height, width = shape(block)
    check_size(height, width)
    return [_element(block, row, col) for row in range(height) for col in range(width)]
