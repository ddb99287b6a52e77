"""How well an epoch went: which cell says it, or what is summed where none does."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..address import Box, cell_name, column_name, parse_cell
from ..book import Book, Cell
from ..check.understand import Block
from ..engine.base import Result, Values
from ..errors import UsageError
from ..formula.nodes import Call, Node, Ref
from ..plan import Plan
from ..plan.precedents import Reader, places
from .carry import named_box

NAMES = ("rmse", "loss", "error", "mse", "sse", "cost")
_SUMS = frozenset({"SUM", "AVERAGE", "SUMSQ", "SUMPRODUCT"})


@dataclass(frozen=True, slots=True)
class Measure:
    """The error of an epoch. how: the cell, or what is summed; of: its value after a calculation."""

    how: str
    of: Callable[[Values], Result]


def find_measure(book: Book, sheet: int, plan: Plan, blocks: Sequence[Block], asked: str | None) -> Measure | None:
    """The error of a sheet: the cell that the user asks for, that a name tells, that sums the error column, or √Σ.

    Raises UsageError where ``asked`` is no cell.
    """
    if asked is not None:
        cell = parse_cell(asked)
        if cell is None:
            raise UsageError(f"--error '{asked}': wanted is a cell such as F33")
        return _in_cell(sheet, cell)
    for name in NAMES:
        box = named_box(book, sheet, name)
        if box is not None and (box.top, box.left) in book.sheets[sheet].formulas:
            return _in_cell(sheet, (box.top, box.left))
    for block in reversed(blocks):
        errors = block.having("error")
        for column in errors:
            cell = _summed(plan, block, column.col)
            if cell is not None:
                return _in_cell(sheet, cell)
        if errors:
            return _root_sum(sheet, block, errors[-1].col)
        if block.having("prediction") and block.having("target"):
            return _root_squares(sheet, block, block.having("prediction")[-1].col, block.having("target")[-1].col)
    return None


def _in_cell(sheet: int, cell: Cell) -> Measure:
    return Measure(cell_name(*cell), lambda values: values.at(sheet, *cell))


def _summed(plan: Plan, block: Block, column: int) -> Cell | None:
    """A cell outside of a block that sums (or averages) exactly the block's errors."""
    reader = Reader.of(plan.book)
    box = _box(block, column)
    for step in plan.steps:
        for region in step.regions:
            tree = region.program.tree
            if region.program.sheet != block.sheet or region.size > 1 or tree is None or not _sums(tree):
                continue
            areas = [Box(*area[1:]) for area in reader.areas(region) if area.sheet == block.sheet]
            if areas == [box]:
                return region.box.top, region.box.left
    return None


def _sums(tree: Node) -> bool:
    """Whether a formula is a sum of one range, also under a root or divided."""
    if not any(isinstance(node, Ref) for node in places(tree)):
        return False
    return any(isinstance(node, Call) and node.name in _SUMS for node in _calls(tree))


def _calls(node: object) -> list[Call]:
    found = [node] if isinstance(node, Call) else []
    for name in getattr(node, "__dataclass_fields__", ()):
        part = getattr(node, name)
        for inner in part if isinstance(part, tuple) else (part,):
            found += _calls(inner) if isinstance(inner, Node) else []
    return found


def _box(block: Block, column: int) -> Box:
    if block.across:
        return Box(column, block.first, column, block.last)
    return Box(block.first, column, block.last, column)


def _cells(block: Block, column: int) -> list[Cell]:
    lines = range(block.first, block.last + 1)
    return [(column, line) if block.across else (line, column) for line in lines]


def _root_sum(sheet: int, block: Block, column: int) -> Measure:
    cells = _cells(block, column)
    return Measure(f"√Σ of the errors in {_name(block, column)}", lambda v: _root([v.at(sheet, *c) for c in cells]))


def _root_squares(sheet: int, block: Block, prediction: int, target: int) -> Measure:
    pairs = list(zip(_cells(block, prediction), _cells(block, target), strict=True))
    words = f"√Σ({_name(block, prediction)} − {_name(block, target)})²"

    def of(values: Values) -> Result:
        several = [(values.at(sheet, *one), values.at(sheet, *two)) for one, two in pairs]
        return _root([(a - b) ** 2 if isinstance(a, float) and isinstance(b, float) else a for a, b in several])

    return Measure(words, of)


def _name(block: Block, column: int) -> str:
    return f"row {column}" if block.across else f"column {column_name(column)}"


def _number(value: Result) -> bool:
    return isinstance(value, float)


def _root(squares: list[Result]) -> Result:
    """The root of a sum; the first that is no number where one is none."""
    other = next((one for one in squares if not isinstance(one, float)), None)
    numbers = [one for one in squares if isinstance(one, float)]
    if other is not None or len(numbers) != len(squares):
        return other
    return math.sqrt(sum(numbers)) if sum(numbers) >= 0 else None
