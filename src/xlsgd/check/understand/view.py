"""A sheet seen as lines and tracks: down the rows, or across for a training that runs to the right.

A *line* is a training step's row (across: column), a *track* one column (across: row). What follows from here on
knows lines and tracks only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...book import Book, Cell
from ...engine import Values
from ...plan import Plan, Program, Region
from ...values import Scalar, Unsupported
from .base import Place

MAX_ACROSS = 200_000  # formula cells of a sheet that is still looked through for training to the right


@dataclass(slots=True)
class Stripe:
    """The cells of one track that have one program. ``runs``: lines, first and last, in order."""

    track: int
    program: Program
    runs: list[tuple[int, int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(last - first + 1 for first, last in self.runs)

    @property
    def hull(self) -> tuple[int, int]:
        return self.runs[0][0], self.runs[-1][1]

    def within(self, first: int, last: int) -> int:
        """How many of its cells lie on these lines."""
        return sum(max(0, min(last, hi) - max(first, lo) + 1) for lo, hi in self.runs)


@dataclass(slots=True)
class View:
    """One sheet of a book. ``across``: lines are columns and tracks are rows."""

    book: Book
    plan: Plan
    sheet: int
    across: bool = False
    stripes: list[Stripe] = field(default_factory=list)
    values: Values | None = None

    def place(self, line: int, track: int) -> Cell:
        """Row and column of a line and a track."""
        return (track, line) if self.across else (line, track)

    def turned(self, row: int, col: int) -> tuple[int, int]:
        """Line and track of a row and a column."""
        return (col, row) if self.across else (row, col)

    def program(self, line: int, track: int) -> Program | None:
        return self.plan.programs[self.sheet].get(self.place(line, track))

    def constant(self, line: int, track: int) -> Scalar:
        return self.book.sheets[self.sheet].constants.get(self.place(line, track))

    def value(self, line: int, track: int, sheet: int | None = None) -> Scalar:
        """The value of a cell: typed, or as the file has cached it."""
        return self.stored((self.sheet if sheet is None else sheet, *self.place(line, track)))

    def stored(self, place: Place) -> Scalar:
        """The value of a cell: typed, cached, or calculated where the file has no values."""
        if self.values is not None:
            found = self.values.at(*place)
            return None if isinstance(found, Unsupported) else found
        return stored(self.book, place)

    def filled(self, line: int, track: int) -> bool:
        """Whether a cell has a formula or a number."""
        return self.program(line, track) is not None or isinstance(self.constant(line, track), float)

    def text(self, line: int, track: int) -> str:
        found = self.constant(line, track) if min(line, track) > 0 else None
        return found.strip() if isinstance(found, str) else ""


def stored(book: Book, place: Place) -> Scalar:
    """The value of a cell: typed, or as the file has cached it."""
    sheet = book.sheets[place[0]]
    cell = place[1:]
    found = sheet.constants.get(cell)
    return sheet.cached.get(cell) if found is None else found


def regions_by_sheet(plan: Plan) -> list[list[Region]]:
    """The regions of a plan, a list a sheet."""
    found: list[list[Region]] = [[] for _ in plan.book.sheets]
    for step in plan.steps:
        for region in step.regions:
            found[region.program.sheet].append(region)
    return found


def view_down(plan: Plan, sheet: int, regions: list[Region], values: Values | None = None) -> View:
    """A sheet as rows below each other."""
    runs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    programs: dict[int, Program] = {}
    for region in regions:
        box, program = region.box, region.program
        if program.tree is not None:
            programs[id(program)] = program
            for col in range(box.left, box.right + 1):
                runs.setdefault((col, id(program)), []).append((box.top, box.bottom))
    return View(plan.book, plan, sheet, False, _stripes(runs, programs), values)


def view_across(plan: Plan, sheet: int, values: Values | None = None) -> View:
    """A sheet as columns side by side; without stripes where it has too many formulas."""
    cells = plan.programs[sheet]
    view = View(plan.book, plan, sheet, True, values=values)
    if len(cells) > MAX_ACROSS:
        return view
    runs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    programs: dict[int, Program] = {}
    for (row, col), program in sorted(cells.items()):
        if program.tree is not None:
            programs[id(program)] = program
            runs.setdefault((row, id(program)), []).append((col, col))
    view.stripes = _stripes(runs, programs)
    return view


def _stripes(runs: dict[tuple[int, int], list[tuple[int, int]]], programs: dict[int, Program]) -> list[Stripe]:
    stripes = []
    for (track, key), pieces in sorted(runs.items(), key=lambda one: (one[0][0], min(one[1]))):
        joined: list[tuple[int, int]] = []
        for first, last in sorted(pieces):
            if joined and joined[-1][1] + 1 == first:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        stripes.append(Stripe(track, programs[key], joined))
    return stripes
