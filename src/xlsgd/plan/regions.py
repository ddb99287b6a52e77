"""Regions: formula cells that are one formula in relative form, filled down or to the right.

What the file says of shared formulas is only a hint: cells belong together where their formulas are equal seen from
their own cells, whoever typed them. Cells are not looked at one by one where a sheet has fill-downs
(:class:`~xlsgd.book.columns.FormulaColumns`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from ..address import Box
from ..book import Book, Cell, Formula
from ..book.columns import FormulaColumns
from ..errors import FormulaError
from ..formula import parse, relative_key
from ..formula.nodes import Node


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A formula in relative form, once for all cells that have it; equal to itself only.

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


class Span(NamedTuple):
    """Cells of one column, one below the other, that have one program. ``fills``: the box that a lone one fills."""

    col: int
    top: int
    bottom: int
    program: Program
    fills: Box | None = None


class Programs(Mapping[Cell, Program]):
    """The program of each formula cell of a sheet, read off the sheet's formulas when it is asked for.

    Data tables have none: they are read as cached.
    """

    def __init__(self, sheet: int, formulas: Mapping[Cell, Formula]) -> None:
        self.sheet, self.formulas = sheet, formulas
        self._known: dict[tuple[str, str, bool], Program] = {}
        self._of: dict[
            int, tuple[Formula, Program | None]
        ] = {}  # the formula stands there so that its id stays its own

    def __getitem__(self, cell: Cell) -> Program:
        program = self.of(self.formulas[cell])
        if program is None:
            raise KeyError(cell)
        return program

    def __iter__(self) -> Iterator[Cell]:
        return (cell for cell, formula in self.formulas.items() if formula.kind != "table")

    def __len__(self) -> int:
        cells = self.formulas.others if isinstance(self.formulas, FormulaColumns) else self.formulas
        return len(self.formulas) - sum(formula.kind == "table" for formula in cells.values())

    def of(self, formula: Formula) -> Program | None:
        """The program of a formula; None for a data table."""
        found = self._of.get(id(formula))
        if found is None:
            found = self._of[id(formula)] = (formula, self._program(formula))
        return found[1]

    def _program(self, formula: Formula) -> Program | None:
        if formula.kind == "table":
            return None
        row, col = formula.origin
        try:
            key = _key(formula.text, row, col)
            marks = (key, formula.kind, formula.dynamic)
            if marks not in self._known:
                self._known[marks] = _understood(self.sheet, *marks, formula.text, row, col)
            return self._known[marks]
        except FormulaError as error:
            return _refused(self.sheet, formula.text, formula.kind, formula.dynamic, error.message)

    def spans(self) -> list[Span]:
        """All formula cells as vertical runs, column by column, as long as they can be.

        Array formulas that fill further cells stay alone.
        """
        return _joined(sorted(self._pieces(), key=itemgetter(0, 1)))

    def _pieces(self) -> list[Span]:
        pieces: list[Span] = []
        lone: Mapping[Cell, Formula] = self.formulas
        if isinstance(self.formulas, FormulaColumns):
            lone = self.formulas.others
            for col, runs in self.formulas.runs.items():
                for run in runs:
                    program = self.of(run.formula)
                    if program is not None:
                        pieces.append(Span(col, run.top, run.bottom, program))
        pieces.extend(self._lone(lone))
        return pieces

    def _lone(self, cells: Mapping[Cell, Formula]) -> Iterator[Span]:
        """Runs of cells in the order in which they stand there, which is that of the file: row by row."""
        tops: dict[int, int] = {}
        nexts: dict[int, int] = {}
        formulas: dict[int, Formula] = {}
        known: dict[int, Program] = {}
        for (row, col), formula in cells.items():
            follows = nexts.get(col) == row
            if follows and formulas[col] is formula:
                nexts[col] = row + 1
                continue
            program = self.of(formula)
            if program is None:
                continue
            if formula.box is not None and (formula.box.height > 1 or formula.box.width > 1):
                yield Span(col, row, row, program, formula.box)
                continue
            if follows and known[col] is program:
                nexts[col] = row + 1
                formulas[col] = formula
                continue
            if col in tops:
                yield Span(col, tops[col], nexts[col] - 1, known[col])
            tops[col], nexts[col], known[col], formulas[col] = row, row + 1, program, formula
        for col, top in tops.items():
            yield Span(col, top, nexts[col] - 1, known[col])


@lru_cache(maxsize=16_384)
def _key(text: str, row: int, col: int) -> str:
    return relative_key(text, row, col)


@lru_cache(maxsize=4096)
def _understood(sheet: int, key: str, kind: str, dynamic: bool, text: str, row: int, col: int) -> Program:
    return Program(sheet, key, kind, dynamic, parse(text, row, col))


@lru_cache(maxsize=1024)
def _refused(sheet: int, text: str, kind: str, dynamic: bool, problem: str) -> Program:
    return Program(sheet, text, kind, dynamic, None, problem)


def _joined(pieces: list[Span]) -> list[Span]:
    """Sorted spans in which neighbours of one program are one."""
    found: list[Span] = []
    for piece in pieces:
        last = found[-1] if found else None
        if (
            last is not None
            and last.program is piece.program
            and last.col == piece.col
            and last.bottom + 1 == piece.top
            and not (last.fills or piece.fills)
        ):
            found[-1] = Span(last.col, last.top, piece.bottom, last.program)
        else:
            found.append(piece)
    return found


def programs(book: Book) -> list[Programs]:
    """The program of each formula cell, a mapping a sheet."""
    return [Programs(index, sheet.formulas) for index, sheet in enumerate(book.sheets)]


_Lone = tuple[int, int, Program, Box | None]


def regions(spans: Iterable[Span]) -> list[Region]:
    """The regions of one sheet: vertical runs first, then horizontal ones of what stands alone; in reading order."""
    found: list[Region] = []
    lone: list[_Lone] = []
    for col, top, bottom, program, fills in spans:
        if top == bottom:
            lone.append((top, col, program, fills))
        else:
            found.append(Region(program, Box(top, col, bottom, col)))
    lone.sort(key=itemgetter(0, 1))
    start = 0
    for at in range(1, len(lone) + 1):
        if at == len(lone) or not _follows(lone[at - 1], lone[at]):
            row, left, program, _ = lone[start]
            found.append(Region(program, Box(row, left, row, lone[at - 1][1])))
            start = at
    return sorted(found, key=lambda region: region.box)


def _follows(one: _Lone, two: _Lone) -> bool:
    neighbours = one[0] == two[0] and one[1] + 1 == two[1]
    return neighbours and one[2] is two[2] and not (one[3] or two[3])
