"""The plan of a workbook's calculation: regions, what depends on what, and an order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from ..book import Book, Cell
from ..values import Area
from .components import components
from .precedents import Reader
from .regions import Program, Region, programs, regions


@dataclass(frozen=True, slots=True)
class Step:
    """Regions that are calculated together. ``loop``: they depend on each other (or on themselves), row by row."""

    regions: tuple[Region, ...]
    loop: bool

    def cells(self) -> Iterator[tuple[int, int, int]]:
        """Sheet, row and column of all cells: of a loop row by row, else region by region."""
        keys = ((region.program.sheet, *cell) for region in self.regions for cell in region.cells())
        return iter(sorted(keys)) if self.loop else keys


@dataclass(frozen=True, slots=True)
class Plan:
    """A book, the program of each of its formula cells (a dict a sheet) and the steps to calculate, in order."""

    book: Book
    programs: list[dict[Cell, Program]]
    steps: list[Step]

    def order(self) -> Iterator[tuple[int, int, int]]:
        """All formula cells (sheet, row, column), precedents first as far as the formulas' texts show them.

        An engine must be ready for a cell that needs a later one: within a loop, or through OFFSET and its kin.
        """
        for step in self.steps:
            yield from step.cells()


def make_plan(book: Book) -> Plan:
    """The plan of a book. Its cost grows with the regions, not with the rows."""
    found = programs(book)
    whole = [region for cells in found for region in regions(cells)]
    graph = _graph(whole, Reader(book))
    steps = []
    for group in components(graph):
        loop = len(group) > 1 or group[0] in graph[group[0]]
        steps.append(Step(tuple(whole[index] for index in sorted(group)), loop))
    return Plan(book, found, steps)


def _graph(whole: list[Region], reader: Reader) -> dict[int, list[int]]:
    """For each region (by position) the regions that it reads."""
    index = _Index(whole)
    return {
        position: sorted({other for area in reader.areas(region) for other in index.meet(area)})
        for position, region in enumerate(whole)
    }


class _Index:
    """Which regions meet an area: by sheet and column, sorted by row."""

    def __init__(self, whole: list[Region]) -> None:
        self.columns: dict[int, dict[int, list[tuple[int, int, int]]]] = {}
        for position, region in enumerate(whole):
            box = region.box
            by_column = self.columns.setdefault(region.program.sheet, {})
            for col in range(box.left, box.right + 1):
                by_column.setdefault(col, []).append((box.bottom, box.top, position))
        for by_column in self.columns.values():
            for rows in by_column.values():
                rows.sort()

    def meet(self, area: Area) -> Iterator[int]:
        by_column = self.columns.get(area.sheet, {})
        few = area.right - area.left < len(by_column)
        for col in range(area.left, area.right + 1) if few else by_column:
            if area.left <= col <= area.right:
                rows = by_column.get(col, [])
                for at in range(bisect_left(rows, (area.top,)), len(rows)):
                    if rows[at][1] > area.bottom:
                        break
                    yield rows[at][2]
