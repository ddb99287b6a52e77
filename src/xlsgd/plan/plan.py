"""The plan of a workbook's calculation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..book import Book, Cell
from .regions import Program, Region, programs, regions


@dataclass(frozen=True, slots=True)
class Plan:
    """A book, the program of each of its formula cells (a dict a sheet) and its regions in an order to calculate."""

    book: Book
    programs: list[dict[Cell, Program]]
    regions: list[Region]

    def order(self) -> Iterator[tuple[int, int, int]]:
        """All formula cells (sheet, row, column): sheet by sheet, row by row.

        It suits what is filled down; an engine must be ready for cells that need later ones first.
        """
        for index, cells in enumerate(self.programs):
            for row, col in sorted(cells):
                yield index, row, col


def make_plan(book: Book) -> Plan:
    """The plan of a book."""
    found = programs(book)
    return Plan(book, found, [region for cells in found for region in regions(cells)])
