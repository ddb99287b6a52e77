"""The plan of a workbook's calculation: its steps, in an order to calculate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..book import Book
from .regions import Programs, programs
from .steps import Key, Step
from .structure import steps, structure


@dataclass(frozen=True, slots=True)
class Plan:
    """A book, the program of each of its formula cells (a mapping a sheet) and the steps to calculate, in order."""

    book: Book
    programs: list[Programs]
    steps: list[Step]

    def order(self) -> Iterator[Key]:
        """All formula cells (sheet, row, column), precedents first as far as the formulas' texts show them.

        An engine must be ready for a cell that needs a later one: in a step without a loop, or through OFFSET and its
        kin.
        """
        for step in self.steps:
            yield from step.cells()


def make_plan(book: Book) -> Plan:
    """The plan of a book. Its cost grows with the regions, not with the rows."""
    found = programs(book)
    return Plan(book, found, list(steps(structure(book, found))))
