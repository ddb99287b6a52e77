"""What a function may know beyond its arguments: the cell it stands in and the run that evaluates it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ..book import Book
from ..values import Area, Array, Operand, Reference, Scalar

if TYPE_CHECKING:
    from .meter import Meter


class NoAnswer(Exception):
    """Raised by a body that knows the function but not this use of it; the cell is then reported as unsupported.

    ``reason`` names the function and the use, such as ``CELL("color")``.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Run(Protocol):
    """The evaluation of one workbook, as functions see it.

    ``memo`` is what functions remember of areas whose cells have all their values; None while known values change.
    ``meter`` counts the work of functions.
    """

    book: Book
    memo: dict[object, object] | None
    random: random.Random
    now: datetime
    meter: Meter

    def value(self, sheet: int, row: int, col: int) -> Scalar:
        """One cell's value, None where it is blank."""

    def scan(self, area: Area) -> Iterator[Scalar]:
        """The values of the cells of an area that are not blank, row by row."""

    def cells(self, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        """Row, column and value of the cells of an area that are not blank, row by row."""

    def array(self, reference: Reference) -> Array:
        """The values of one area (of several: #VALUE! in one element); whole columns end at the last used row."""

    def spilled(self, sheet: int, row: int, col: int) -> Operand:
        """The range that the dynamic array of a cell fills (``A1#``), or #REF!."""

    def formula_text(self, sheet: int, row: int, col: int) -> str | None:
        """The formula of a cell as Excel shows it, with ``=`` (braces around legacy arrays); None: no formula."""

    def resolve(self, text: str, context: Context) -> Operand:
        """The operand that a formula text such as ``Sheet2!B3`` or a name means in the context's cell."""


class Context(Protocol):
    """The formula's own cell (``sheet`` is its position in the book) and the run."""

    sheet: int
    row: int
    col: int
    run: Run
