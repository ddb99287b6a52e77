"""Regions: formula cells that are one formula in relative form, filled down or to the right.

What the file says of shared formulas is only a hint: cells belong together where their formulas are equal seen from
their own cells, whoever typed them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..address import Box
from ..book import Book, Cell, Formula
from ..errors import FormulaError
from ..formula import parse, relative_key
from ..formula.nodes import Node


@dataclass(frozen=True, slots=True)
class Program:
    """A formula in relative form, once for all cells that have it.

    ``tree`` is None where the text is no formula; then ``problem`` says why. ``whole``: ranges stay whole (array
    formulas and dynamic ones), else they are intersected with the formula's cell.
    """

    sheet: int
    key: str
    kind: str
    dynamic: bool
    tree: Node | None
    problem: str = ""

    @property
    def whole(self) -> bool:
        return self.dynamic or self.kind == "array"


@dataclass(frozen=True, slots=True)
class Region:
    """A vertical or horizontal run of cells with one program; single cells are regions too."""

    program: Program
    box: Box

    @property
    def size(self) -> int:
        return self.box.height * self.box.width

    def cells(self) -> Iterable[Cell]:
        """The cells of the region, row by row."""
        for row in range(self.box.top, self.box.bottom + 1):
            for col in range(self.box.left, self.box.right + 1):
                yield row, col


def programs(book: Book) -> list[dict[Cell, Program]]:
    """The program of each formula cell, a dict a sheet. Data tables have none: they are read as cached."""
    found: list[dict[Cell, Program]] = []
    for index, sheet in enumerate(book.sheets):
        known: dict[tuple[str, str, bool], Program] = {}
        shared: dict[int, Program] = {}
        cells: dict[Cell, Program] = {}
        for cell, formula in sheet.formulas.items():
            if formula.kind == "table":
                continue
            program = shared.get(id(formula))
            if program is None:
                program = shared[id(formula)] = _program(index, formula, known)
            cells[cell] = program
        found.append(cells)
    return found


def _program(sheet: int, formula: Formula, known: dict[tuple[str, str, bool], Program]) -> Program:
    row, col = formula.origin
    try:
        key = relative_key(formula.text, row, col)
        marks = (key, formula.kind, formula.dynamic)
        if marks not in known:
            known[marks] = Program(sheet, key, formula.kind, formula.dynamic, parse(formula.text, row, col))
        return known[marks]
    except FormulaError as error:
        return Program(sheet, formula.text, formula.kind, formula.dynamic, None, error.message)


def regions(cells: dict[Cell, Program]) -> list[Region]:
    """The regions of one sheet: vertical runs first, then horizontal ones of what stands alone; in reading order."""
    runs = _runs(sorted(cells, key=lambda cell: (cell[1], cell[0])), cells, (1, 0))
    lone = sorted(run[0] for run in runs if len(run) == 1)
    runs = [run for run in runs if len(run) > 1] + _runs(lone, cells, (0, 1))
    found = [Region(cells[run[0]], Box(*run[0], *run[-1])) for run in runs]
    return sorted(found, key=lambda region: region.box)


def _runs(order: list[Cell], cells: dict[Cell, Program], step: tuple[int, int]) -> list[list[Cell]]:
    """Neighbours in the given order (one step apart) that have the same program; array formulas stay alone."""
    runs: list[list[Cell]] = []
    for cell in order:
        before = runs[-1][-1] if runs else None
        follows = before is not None and cell == (before[0] + step[0], before[1] + step[1])
        if follows and before is not None and cells[before] is cells[cell] and not cells[cell].whole:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs
