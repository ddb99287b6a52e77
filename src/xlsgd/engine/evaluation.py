"""One evaluation of a workbook by the scalar engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from ..address import MAX_COL, MAX_ROW, Box, box_name, cell_name
from ..book import Book, Cell, Formula
from ..errors import FormulaError
from ..formula import parse, text_at
from ..functions import Context
from ..functions.context import NoAnswer
from ..plan import Plan, Program
from ..values import CALC, NA, REF, SPILL, VALUE, Area, Array, Lambda, Operand, Reference, Scalar, Unsupported
from . import forms, places, volatile
from .base import Options, Result
from .code import At, Blocked, CellKey, Code, Pending
from .expressions import Scope, operand, to_value, whole
from .grid import Grid
from .links import Links

Outcome: TypeAlias = Scalar | Array | Lambda | Unsupported
"""What a formula comes to."""

MAX_ROUNDS = 12
"""How often a book is evaluated anew because a spill turned out larger than what was read before it."""

_REGISTERED = (forms, places)  # they add their nodes and calls to the compiler when they are imported


@dataclass(slots=True)
class Task:
    """A formula cell to evaluate: its code and the box that it fills."""

    code: Code
    program: Program
    formula: Formula
    box: Box


class Evaluation:
    """Evaluates a plan once; implements :class:`xlsgd.functions.context.Run` for the functions."""

    def __init__(self, plan: Plan, options: Options) -> None:
        self.plan, self.options, self.book = plan, options, plan.book
        self.links = Links.of(plan.book)
        self.now = datetime.now()
        self.remarks: list[str] = []
        self.boxes: dict[CellKey, Box] = {}
        self._codes: dict[int, Code] = {}
        self._texts: dict[tuple[str, int], Code | None] = {}
        self._start()

    def _start(self) -> None:
        self.random = random.Random(self.options.seed)
        self.tasks: dict[CellKey, Task] = {}
        self.grids = [self._grid(index) for index in range(len(self.book.sheets))]
        for cells in self.links.external_cells:
            self.grids.append(Grid(len(self.grids), dict(cells)))
            for cell in cells:
                self.grids[-1].include(*cell)
        self.bottom = max((grid.bottom for grid in self.grids), default=1)
        self.right = max((grid.right for grid in self.grids), default=1)
        self.grown = False

    def _grid(self, index: int) -> Grid:
        sheet = self.book.sheets[index]
        grid = Grid(index, dict(sheet.constants))
        for cell in sheet.constants:
            grid.include(*cell)
        for cell, formula in sheet.formulas.items():
            if formula.kind == "table":
                self._as_cached(grid, cell, formula)
            else:
                self._wait(grid, cell, formula)
        return grid

    def _as_cached(self, grid: Grid, cell: Cell, formula: Formula) -> None:
        box, cached = formula.box or Box(*cell, *cell), self.book.sheets[grid.index].cached
        for key, value in cached.items():
            if box.has(*key):
                grid.known[key] = value
                grid.include(*key)

    def _wait(self, grid: Grid, cell: Cell, formula: Formula) -> None:
        program = self.plan.programs[grid.index][cell]
        cached = self.book.sheets[grid.index].cached
        key = (grid.index, *cell)
        box = self.boxes.get(key) or formula.box or Box(*cell, *cell)
        box = box if program.whole else Box(*cell, *cell)
        grid.include(box.bottom, box.right)
        keep = self.options.volatile == "cached" and cell in cached and volatile.changes_by_itself(program.tree)
        if keep:
            for child in _inside(box):
                if child in cached:
                    grid.known[child] = cached[child]
            return
        formulas = self.book.sheets[grid.index].formulas
        for child in _inside(box):
            if child == cell or (child not in formulas and child not in grid.known):
                grid.waiting[child] = cell
        self.tasks[key] = Task(self._code(program), program, formula, box)

    def _code(self, program: Program) -> Code:
        if id(program) not in self._codes:
            self._codes[id(program)] = self._compile(program)
        return self._codes[id(program)]

    def _compile(self, program: Program) -> Code:
        if program.tree is None:
            problem = program.problem

            def refuse(at: At) -> Operand:
                raise Blocked(f"formula not understood: {problem}")

            return refuse
        return whole(program.tree, program.sheet, self.links, program.whole)

    # Running

    def run(self) -> None:
        """Evaluate everything; again where a spill reached cells that had been read as blank."""
        for _ in range(MAX_ROUNDS):
            for key in self.plan.order():
                if key in self.tasks:
                    self._evaluate(key)
            if not self.grown:
                return
            self.remarks.clear()
            self._start()

    def _evaluate(self, first: CellKey) -> None:
        """Evaluate a cell and, before it, whatever it turns out to need."""
        stack, busy = [first], set[CellKey]()
        while stack:
            key = stack[-1]
            if key not in self.tasks:
                busy.discard(stack.pop())
                continue
            try:
                self._finish(key, self._result(key))
            except Pending as pending:
                busy.add(key)
                met = next((cell for cell in pending.cells if cell in busy), None)
                if met is None:
                    stack.extend(reversed(pending.cells))
                else:
                    path = stack[stack.index(met) :]
                    self._circular(list(dict.fromkeys(cell for cell in path if cell in busy)))

    def _result(self, key: CellKey) -> Outcome:
        task = self.tasks[key]
        at = At(*key, self)
        try:
            result = task.code(at)
            return result if isinstance(result, Lambda) else to_value(result, at, task.program.whole)
        except NoAnswer as none:
            reason = none.reason
            return Unsupported(reason if " in " in reason else f"{reason} in {self._name(key)}")
        except RecursionError:
            return Unsupported(f"nesting too deep in {self._name(key)}")

    def _name(self, key: CellKey) -> str:
        return f"{self.book.sheets[key[0]].name}!{cell_name(key[1], key[2])}"

    def _circular(self, cells: list[CellKey]) -> None:
        self.remarks.append("circular reference: " + " → ".join(self._name(key) for key in [*cells, cells[0]]))
        for key in cells:
            if key in self.tasks:
                self._finish(key, 0.0)

    def _finish(self, key: CellKey, result: Outcome) -> None:
        """Put a result into its cell, or an array into the cells that it fills."""
        task = self.tasks.pop(key)
        grid = self.grids[key[0]]
        for child in _inside(task.box):
            if grid.waiting.get(child) == key[1:]:
                del grid.waiting[child]
        if isinstance(result, Lambda):
            result = CALC
        if isinstance(result, Unsupported):
            for child in _inside(task.box):
                grid.known[child] = result
        elif isinstance(result, Array):
            self._fill(key, task, result)
        else:
            self._fill(key, task, Array([[result]]))

    def _fill(self, key: CellKey, task: Task, array: Array) -> None:
        grid = self.grids[key[0]]
        if task.program.dynamic:
            self._spill(key, task, array)
        elif task.formula.kind == "array":
            top, left = key[1:]
            for row, col in _inside(task.box):
                value = _spread(array, row - top, col - left)
                grid.known[row, col] = 0.0 if value is None else value
        else:
            value = array.rows[0][0]
            grid.known[key[1:]] = 0.0 if value is None else value

    def _spill(self, key: CellKey, task: Task, array: Array) -> None:
        index, top, left = key
        grid = self.grids[index]
        box = Box(top, left, top + array.height - 1, left + array.width - 1)
        formulas = self.book.sheets[index].formulas
        blocked = (
            box.bottom > MAX_ROW
            or box.right > MAX_COL
            or any(
                cell != (top, left) and (cell in grid.known or cell in grid.waiting or cell in formulas)
                for cell in _inside(box)
            )
        )
        if blocked:
            grid.known[top, left] = SPILL
            self.boxes[key] = Box(top, left, top, left)
            return
        for (row, col), value in zip(_inside(box), array.flat(), strict=True):
            grid.known[row, col] = 0.0 if value is None else value
        grid.include(box.bottom, box.right)
        if box != task.box and (box.bottom > task.box.bottom or box.right > task.box.right):
            self.grown = True
        self.boxes[key] = box

    # What functions see

    def value(self, sheet: int, row: int, col: int) -> Scalar:
        return self.grids[sheet].value(row, col)

    def scan(self, area: Area) -> Iterator[Scalar]:
        return (value for _, _, value in self.grids[area.sheet].cells(area))

    def cells(self, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        return self.grids[area.sheet].cells(area)

    def array(self, reference: Reference) -> Array:
        if len(reference.areas) != 1:
            return Array([[VALUE]])
        area = self.grids[reference.areas[0].sheet].clipped(reference.areas[0], self.bottom, self.right)
        if area.height * area.width > 5_000_000:
            raise Blocked(f"a range of {area.height * area.width} cells as an array")
        rows: list[list[Scalar]] = [[None] * area.width for _ in range(area.height)]
        for row, col, value in self.cells(area):
            rows[row - area.top][col - area.left] = value
        return Array(rows)

    def spilled(self, sheet: int, row: int, col: int) -> Operand:
        """The range that the dynamic array of a cell fills: ``A1#``."""
        self.value(sheet, row, col)
        box = self.boxes.get((sheet, row, col))
        if box is None:
            formula = self.book.sheets[sheet].formulas.get((row, col)) if sheet < len(self.book.sheets) else None
            if formula is None or not formula.dynamic:
                return REF
            box = Box(row, col, row, col)
        return Reference((Area(sheet, *box),))

    def formula_text(self, sheet: int, row: int, col: int) -> str | None:
        formula = self.book.sheets[sheet].formulas.get((row, col)) if sheet < len(self.book.sheets) else None
        if formula is None:
            return None
        text = "=" + text_at(formula.text, formula.origin, (row, col))
        return "{" + text + "}" if formula.kind == "array" and not formula.dynamic else text

    def resolve(self, text: str, context: Context) -> Operand:
        key = (text, context.sheet)
        if key not in self._texts:
            try:
                self._texts[key] = operand(parse(text, 1, 1), Scope(self.links, context.sheet, True))
            except FormulaError:
                self._texts[key] = None
        code = self._texts[key]
        return REF if code is None else code(At(context.sheet, 1, 1, self))

    # What the engine gives

    def results(self) -> list[dict[Cell, Result]]:
        """The values of formula cells and of the cells that they fill, a dict a sheet."""
        found: list[dict[Cell, Result]] = []
        for index, sheet in enumerate(self.book.sheets):
            known = self.grids[index].known
            found.append({cell: value for cell, value in known.items() if cell not in sheet.constants})
        return found

    def unsupported(self) -> int:
        """How many formula cells have no answer."""
        return sum(
            isinstance(self.grids[index].known.get(cell), Unsupported)
            for index, sheet in enumerate(self.book.sheets)
            for cell in sheet.formulas
        )


def _inside(box: Box) -> Iterator[Cell]:
    for row in range(box.top, box.bottom + 1):
        for col in range(box.left, box.right + 1):
            yield row, col


def _spread(array: Array, row: int, col: int) -> Scalar:
    """The element that a legacy array formula puts into a cell of its box."""
    row = 0 if array.height == 1 else row
    col = 0 if array.width == 1 else col
    return array.rows[row][col] if row < array.height and col < array.width else NA


__all__ = ["Book", "Evaluation", "box_name"]
