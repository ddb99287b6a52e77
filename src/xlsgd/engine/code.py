"""What compiled formulas run in: the cell they stand in, and the ways in which a cell cannot be evaluated (yet)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..functions import Run
from ..functions.context import NoAnswer
from ..values import Operand

CellKey = tuple[int, int, int]
"""Sheet (its position in the book), row, column."""


@dataclass(slots=True)
class At:
    """The cell whose formula runs, and the LET and LAMBDA variables in sight (names in lower case)."""

    sheet: int
    row: int
    col: int
    run: Run
    names: dict[str, Operand] = field(default_factory=dict)

    def inner(self) -> At:
        """The same cell with variables of its own."""
        return At(self.sheet, self.row, self.col, self.run, dict(self.names))


Code = Callable[[At], Operand]
"""A compiled expression."""


class Pending(Exception):
    """Cells that must be evaluated first. Control flow of the engine, never seen outside."""

    def __init__(self, cells: list[CellKey]) -> None:
        self.cells = cells
        super().__init__(cells)


class Blocked(NoAnswer):
    """Something without an answer: an unknown function, or a cell that depends on one. Control flow of the engine."""
