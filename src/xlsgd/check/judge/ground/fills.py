"""Fill-downs as people meant them: one formula over a run of cells, with the cells in it that are something else.

A fill runs down a column or, where ``across`` is set, to the right along a row; its positions are then columns.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field

from ....address import Box, box_name
from ....book import Cell
from ....formula import text_at
from ....plan import Program
from ....values import Scalar
from ...findings import Place
from .desk import Desk

LEAST = 3
"""Cells that make a fill."""

Item = Program | float | str | bool | None | object


@dataclass(slots=True)
class Fill:
    """One formula over a run of cells of a line (a column or, across, a row).

    odd: positions between first and last whose cell is something else. sample: a cell that has the formula.
    """

    sheet: int
    line: int
    first: int
    last: int
    program: Program
    across: bool
    sample: Cell
    odd: list[int] = field(default_factory=list)
    regular: set[int] = field(default_factory=set)

    @property
    def size(self) -> int:
        return self.last - self.first + 1 - len(self.odd)

    def place(self, position: int) -> Place:
        """The cell at a position."""
        return (self.sheet, self.line, position) if self.across else (self.sheet, position, self.line)

    def position(self, place: Place) -> int:
        """Where a cell of the line stands."""
        return place[2] if self.across else place[1]

    def places(self) -> Iterator[Place]:
        """The cells from first to last."""
        return (self.place(position) for position in range(self.first, self.last + 1))

    def range_name(self, first: int | None = None, last: int | None = None) -> str:
        """The A1 name of the run or of a part of it."""
        one, two = self.place(first or self.first), self.place(last or self.last)
        return box_name(Box(one[1], one[2], two[1], two[2]))

    def text(self, desk: Desk, place: Place) -> str:
        """The fill's formula as it reads in a cell, with ``=``."""
        formula = desk.book.sheets[self.sheet].formulas[self.sample]
        return "=" + text_at(formula.text, formula.origin, place[1:])


@dataclass(slots=True)
class Table:
    """Fills that run over the same rows (across: columns)."""

    sheet: int
    across: bool
    first: int
    last: int
    fills: list[Fill]

    def odd_at(self, position: int) -> list[Fill]:
        """The fills that have something else at a position."""
        return [fill for fill in self.fills if position in fill.odd]


def find_tables(desk: Desk) -> list[Table]:
    """The tables of all sheets: those that run down first, then those that run to the right in what is left."""
    found: list[Table] = []
    for index in range(len(desk.book.sheets)):
        down = _fills(desk, index, across=False)
        taken = {cell for fill in down for place in fill.places() for cell in [place[1:]] if fill.size > LEAST}
        right = _fills(desk, index, across=True, taken=taken)
        if right and max(fill.size for fill in right) > max((fill.size for fill in down), default=0):
            right = _fills(desk, index, across=True)
            taken = {place[1:] for fill in right for place in fill.places()}
            down = [fill for fill in down if not any(place[1:] in taken for place in fill.places())]
        found += _tables(down) + _tables(right)
    return found


def _fills(desk: Desk, sheet: int, across: bool, taken: Set[Cell] = frozenset()) -> list[Fill]:
    by_line: dict[int, dict[int, list[int]]] = {}
    known: dict[int, Program] = {}
    for cell, program in desk.programs[sheet].items():
        if program.tree is None or cell in taken or not _single(desk, sheet, cell, program):
            continue
        line, position = cell if across else (cell[1], cell[0])
        known[id(program)] = program
        by_line.setdefault(line, {}).setdefault(id(program), []).append(position)
    found: list[Fill] = []
    for line, programs in by_line.items():
        several = []
        for key, positions in programs.items():
            for run in _clusters(sorted(positions), LEAST + across, titled(desk, sheet, line, across)):
                sample = (line, run[0]) if across else (run[0], line)
                odd = sorted(set(range(run[0], run[-1] + 1)) - set(run)) if len(run) < run[-1] - run[0] + 1 else []
                several.append(Fill(sheet, line, run[0], run[-1], known[key], across, sample, odd))
        found += _untangled(several)
    return found


def _single(desk: Desk, sheet: int, cell: Cell, program: Program) -> bool:
    """Whether a formula fills its own cell only; so may one that is entered as an array."""
    if program.kind == "normal":
        return not program.dynamic
    box = desk.book.sheets[sheet].formulas[cell].box
    return program.kind == "array" and (box is None or box.height == box.width == 1)


def titled(desk: Desk, sheet: int, line: int, across: bool) -> Callable[[int, int], bool]:
    """Tells whether a heading stands between two positions of a line, with more than it: another table begins."""
    constants = desk.book.sheets[sheet].constants

    def between(one: int, two: int) -> bool:
        cells = [(line, at) if across else (at, line) for at in range(one + 1, two)]
        return len(cells) > 1 and any(isinstance(constants.get(cell), str) for cell in cells)

    return between


def _clusters(positions: list[int], least: int, titled: Callable[[int, int], bool]) -> Iterator[list[int]]:
    """Runs of positions, with gaps that are short beside the number of positions and hold no heading."""
    allowed = max(1, len(positions) // 4)
    run: list[int] = []
    for position in positions:
        if run and (position - run[-1] - 1 > allowed or titled(run[-1], position)):
            if len(run) >= least:
                yield run
            run = []
        run.append(position)
    if len(run) >= least:
        yield run


def _untangled(fills: list[Fill]) -> list[Fill]:
    """Fills of one line that lie in each other: a run within another is odd there, a regular pattern belongs."""
    kept: list[Fill] = []
    for fill in sorted(fills, key=lambda one: -one.size):
        host = next((one for one in kept if one.first < fill.first and fill.last < one.last), None)
        other = next((one for one in kept if one.first <= fill.last and fill.first <= one.last), None)
        own = [position for position in range(fill.first, fill.last + 1) if position not in set(fill.odd)]
        steps = {two - one for one, two in itertools.pairwise(own)}
        if other is not None and (host is None or steps != {1}):
            mine, others = set(own), set(other.odd)
            other.odd = [position for position in other.odd if position not in mine]
            other.regular |= mine & others
            fill.regular |= set(fill.odd)
            fill.odd = []
            kept.append(fill)
        elif host is None:
            kept.append(fill)
    return kept


def _tables(fills: list[Fill]) -> list[Table]:
    """Fills that begin and end at nearly the same positions, together; ends as most of them have them."""
    groups: list[list[Fill]] = []
    for fill in sorted(fills, key=lambda one: (one.first, one.last)):
        for group in groups:
            if any(abs(one.first - fill.first) <= 2 and abs(one.last - fill.last) <= 2 for one in group):
                group.append(fill)
                break
        else:
            groups.append([fill])
    found = []
    for group in groups:
        first = min(_ends([fill.first for fill in group]))
        last = max(_ends([fill.last for fill in group]))
        found.append(Table(group[0].sheet, group[0].across, first, last, group))
    return found


def _ends(numbers: list[int]) -> list[int]:
    """The ends that several fills share, or that most of few have."""
    counts = Counter(numbers)
    most = max(counts.values())
    return [number for number, count in counts.items() if count == most or (count > 1 and 5 * count >= len(numbers))]


def item(desk: Desk, place: Place) -> Program | Scalar:
    """What a cell holds: the program of its formula, or its constant; None where it is blank."""
    program = desk.program(place)
    return program if program is not None else desk.book.sheets[place[0]].constants.get(place[1:])
