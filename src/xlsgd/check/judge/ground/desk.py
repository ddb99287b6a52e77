"""The workbook as its file stores it: a value for every cell, and formulas evaluated one at a time from those values.

So one wrong cell is one wrong cell, however much depends on it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from ....address import cell_name
from ....book import Cell
from ....book.columns import plain
from ....engine.base import Result, Values
from ....engine.code import At, Code
from ....engine.expressions import to_value, whole
from ....engine.scalar import Scalar as Engine
from ....engine.volatile import changes_by_itself
from ....engine.workspace import Workspace
from ....formula import text_at
from ....formula.nodes import Node, Spill
from ....functions import Run
from ....functions.context import NoAnswer
from ....plan import Plan, Program
from ....plan.regions import Programs
from ....values import Array, Lambda, Scalar, Unsupported
from ...findings import Place
from .trees import nodes

Outcome = Result | Array
_NO_ANSWER = Unsupported("a formula without an answer")


class Desk:
    """A book with a value for every cell: the stored one, or the calculated one where nothing is stored."""

    def __init__(self, plan: Plan, has_cache: bool = True) -> None:
        self.plan, self.book, self.has_cache = plan, plan.book, has_cache
        self.cells = Workspace(self.book, 0)
        self.cells.meter.limit //= 10  # a formula that takes longer is calculated once, but not judged as well
        self.cells.meter.pool *= 4  # every row is evaluated many times
        self._codes: dict[tuple[int, int, bool], tuple[Node, Code]] = {}
        self._spills: dict[int, bool] = {}
        self._recomputed: dict[Place, Outcome] = {}
        self._stored: list[dict[Cell, Scalar]] = []
        self.programs = [_by_cell(one) for one in plan.programs]
        for index, sheet in enumerate(self.book.sheets):
            grid = self.cells.grids[index]
            stored = plain(sheet.cached)
            self._stored.append(stored)
            for cell, value in stored.items():
                if value is not None:
                    grid.put(*cell, value)
            for cell in [cell for cell in sheet.formulas if cell not in grid.known]:
                # without a stored value all was calculated already, and what has none then has no answer
                grid.put(*cell, self.fresh.at(index, *cell) if has_cache else _NO_ANSWER)

    @cached_property
    def fresh(self) -> Values:
        """The whole workbook calculated anew."""
        return Engine().run(self.plan)

    def at(self, place: Place) -> Result:
        """The value of a cell as the file has it; None where it is blank."""
        return self.cells.grids[place[0]].known.get(place[1:])

    def number(self, place: Place) -> float | None:
        """The value of a cell where it is a number."""
        value = self.at(place)
        return value if type(value) is float else None

    def program(self, place: Place) -> Program | None:
        """The program of a formula cell."""
        return self.programs[place[0]].get(place[1:]) if place[0] < len(self.programs) else None

    def stored(self, place: Place) -> bool:
        """Whether the file itself has a value of a formula cell."""
        return place[1:] in self._stored[place[0]]

    def changes(self, program: Program) -> bool:
        """Whether a formula changes by itself, such as RAND."""
        return changes_by_itself(program)

    def text(self, place: Place) -> str | None:
        """A cell's formula as it stands there, with ``=``; None where it has none."""
        formula = self.book.sheets[place[0]].formulas.get(place[1:])
        return None if formula is None else "=" + text_at(formula.text, formula.origin, place[1:])

    def name(self, place: Place) -> str:
        """``Sheet!A1``."""
        return f"{self.book.sheets[place[0]].name}!{cell_name(*place[1:])}"

    def code(self, tree: Node, sheet: int, array: bool = False) -> Code:
        """The compiled formula of a tree, once for all cells."""
        key = (id(tree), sheet, array)
        if key not in self._codes:
            self._codes[key] = (tree, whole(tree, sheet, self.cells.links, array))
        return self._codes[key][1]

    def evaluate(self, tree: Node, place: Place, array: bool = False, cells: Run | None = None) -> Outcome:
        """What a formula gives in a cell, from the stored values or from those of ``cells``."""
        at = At(*place, cells or self.cells)
        self.cells.meter.start()
        try:
            result = self.code(tree, place[0], array)(at)
            if isinstance(result, Lambda):
                return Unsupported("a function as a value")
            return to_value(result, at, array)
        except NoAnswer as none:
            return Unsupported(none.reason)
        except RecursionError:
            return Unsupported("nesting too deep")

    def recompute(self, place: Place, cells: Run | None = None) -> Outcome:
        """What a cell's own formula gives from the values that the file stores for its precedents."""
        if cells is not None:
            return self._recompute(place, cells)
        if place not in self._recomputed:
            self._recomputed[place] = self._recompute(place, None)
        return self._recomputed[place]

    def _recompute(self, place: Place, cells: Run | None) -> Outcome:
        program = self.program(place)
        if program is None or program.tree is None:
            return Unsupported("no formula")
        if id(program) not in self._spills:
            self._spills[id(program)] = any(isinstance(node, Spill) for node in nodes(program.tree))
        if self._spills[id(program)]:
            return self.fresh.at(*place)  # what a spill fills is only known from a whole calculation
        return self.evaluate(program.tree, place, program.whole, cells)


def _by_cell(programs: Programs) -> dict[Cell, Program]:
    """Cell → program, row by row within each run."""
    return {(row, span.col): span.program for span in programs.spans() for row in range(span.top, span.bottom + 1)}


def with_values(plan: Plan) -> Plan:
    """The plan as it is, or where the file stores no values a plan of a copy of the book that has them.

    Scripts store nothing, or a 0 in every formula cell.
    """
    stored = [value for sheet in plan.book.sheets for value in sheet.cached.values()]
    formulas = sum(len(sheet.formulas) for sheet in plan.book.sheets)
    if 2 * len(stored) > formulas and any(value not in (0.0, None, "") for value in stored):
        return plan
    fresh = Engine().run(plan)
    sheets = []
    for sheet, results in zip(plan.book.sheets, fresh.results, strict=True):
        known = {cell: value for cell, value in results.items() if not isinstance(value, Unsupported)}
        sheets.append(replace(sheet, cached=known))
    return Plan(replace(plan.book, sheets=sheets), plan.programs, plan.steps)
