"""Ranges and arrays alike: how large they are and parts of them, without reading cells that nobody asked for.

A part of a range is a range again, so functions such as INDEX, TAKE and XLOOKUP give references where Excel does.
"""

from __future__ import annotations

from typing import TypeAlias

from ...address import MAX_COL, MAX_ROW
from ...values import VALUE, Area, Array, CellError, Lambda, Omitted, Operand, Reference, Scalar
from ..context import Context

Block: TypeAlias = Reference | Array
"""A reference of one area, or an array."""


def as_block(operand: Operand) -> Block | CellError:
    """An argument as a block; a single value is an array of one element, an error stays an error."""
    if isinstance(operand, Array | CellError):
        return operand
    if isinstance(operand, Reference):
        return operand if len(operand.areas) == 1 else VALUE
    if isinstance(operand, Lambda):
        return VALUE
    return Array([[None if isinstance(operand, Omitted) else operand]])


def shape(block: Block) -> tuple[int, int]:
    """Rows and columns."""
    if isinstance(block, Array):
        return block.shape
    area = block.areas[0]
    return area.height, area.width


def part(block: Block, top: int, left: int, height: int, width: int) -> Block:
    """A rectangle of a block; ``top`` and ``left`` are counted from 0."""
    if isinstance(block, Array):
        return Array([row[left : left + width] for row in block.rows[top : top + height]])
    sheet, first_row, first_col, _, _ = block.areas[0]
    row, col = first_row + top, first_col + left
    return Reference((Area(sheet, row, col, row + height - 1, col + width - 1),))


def element(block: Block, row: int, col: int, context: Context) -> Scalar:
    """One value of a block, counted from 0."""
    if isinstance(block, Array):
        return block.rows[row][col]
    sheet, top, left, _, _ = block.areas[0]
    return context.run.value(sheet, top + row, left + col)


def is_endless(block: Block) -> bool:
    """Whether the block is made of whole columns or rows (as an array it ends at the last used cell)."""
    if isinstance(block, Array):
        return False
    area = block.areas[0]
    return area.height == MAX_ROW or area.width == MAX_COL


def simple(block: Block) -> Operand:
    """A block as a result: an array of one element is its value."""
    if isinstance(block, Array) and block.shape == (1, 1):
        return block.rows[0][0]
    return block


def corner(operand: Operand, context: Context) -> Scalar:
    """The value of an operand as a whole: of a range or an array the first one."""
    if isinstance(operand, Reference):
        sheet, top, left, _, _ = operand.areas[0]
        return context.run.value(sheet, top, left)
    if isinstance(operand, Array):
        return operand.rows[0][0]
    if isinstance(operand, Lambda):
        return VALUE
    return None if isinstance(operand, Omitted) else operand
