"""One evaluation of a workbook by the scalar engine: what waits, in which order it is done, where results go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..address import MAX_COL, MAX_ROW, Box, cell_name
from ..book import Cell, Formula
from ..functions.context import NoAnswer
from ..functions.meter import FREE
from ..plan import Plan, Program
from ..values import CALC, NA, SPILL, Array, Lambda, Operand, Reference, Scalar, Unsupported
from . import forms, places
from .base import Options, Result
from .code import At, Blocked, CellKey, Code, Pending
from .expressions import to_value, whole
from .grid import Grid
from .volatile import changes_by_itself
from .workspace import Workspace

Outcome: TypeAlias = Scalar | Array | Lambda | Unsupported
"""What a formula comes to."""

MAX_ROUNDS = 12
"""How often a book is evaluated anew because a spill turned out larger than what was read before it."""

_WAIT = 4  # steps for each cell that is evaluated before another

_REGISTERED = (forms, places)  # they add their nodes and calls to the compiler when they are imported


@dataclass(slots=True)
class Task:
    """A formula cell: its code and the box that it fills."""

    code: Code
    program: Program
    box: Box


class Evaluation:
    """Evaluates a plan once. ``todo`` are the cells without a value yet; ``circles`` the circular references met."""

    def __init__(self, plan: Plan, options: Options) -> None:
        self.plan, self.options, self.book = plan, options, plan.book
        self.cells = self.make_workspace()
        self.remarks: list[str] = []
        self.circles: list[list[CellKey]] = []
        self._codes: dict[int, Code] = {}
        self._start()

    def make_workspace(self) -> Workspace:
        """The cells that this evaluation fills."""
        return Workspace(self.book, self.options.seed)

    def _start(self) -> None:
        self.tasks: dict[CellKey, Task] = {}
        self.todo: set[CellKey] = set()
        self.circles.clear()
        self.cells.restart()
        self.grown = False
        self.begin()

    def begin(self) -> None:
        """Let all formula cells wait for their values."""
        for grid in self.cells.grids[: len(self.book.sheets)]:
            for cell, formula in self.book.sheets[grid.index].formulas.items():
                self.wait(grid, cell, formula)

    def wait(self, grid: Grid, cell: Cell, formula: Formula) -> None:
        """Let one formula cell wait for its value, unless it keeps the one that the file has."""
        if formula.kind == "table" or self._stays(grid, cell):
            self._as_cached(grid, formula.box or Box(*cell, *cell))
        else:
            self._wait(grid, cell, formula)
            self.todo.add((grid.index, *cell))

    def _stays(self, grid: Grid, cell: Cell) -> bool:
        """Whether a cell that changes by itself keeps the value that the file has of it."""
        if self.options.volatile != "cached" or cell not in self.book.sheets[grid.index].cached:
            return False
        return changes_by_itself(self.plan.programs[grid.index][cell])

    def _as_cached(self, grid: Grid, box: Box) -> None:
        cached = self.book.sheets[grid.index].cached
        keys = _inside(box) if box.height * box.width <= len(cached) else (key for key in cached if box.has(*key))
        try:
            self.cells.meter.charge(min(box.height * box.width, len(cached)))
        except NoAnswer as none:
            grid.put(box.top, box.left, Unsupported(none.reason))
            return
        for key in keys:
            value = cached.get(key)
            if value is not None:
                grid.put(*key, value)

    def _wait(self, grid: Grid, cell: Cell, formula: Formula) -> None:
        program = self.plan.programs[grid.index][cell]
        key, box = (grid.index, *cell), Box(*cell, *cell)
        code = self._code(program)
        if program.whole:
            box = self.cells.boxes.get(key) or formula.box or box
            code, box = self._filling(code, box)
            formulas = self.book.sheets[grid.index].formulas
            for child in _inside(box):
                if child not in formulas and grid.found(child) is None:
                    grid.waiting[child] = cell
        grid.waiting[cell] = cell
        grid.include(box.bottom, box.right)
        self.tasks[key] = Task(code, program, box)

    def _filling(self, code: Code, box: Box) -> tuple[Code, Box]:
        """The code and the box of an array formula; where arrays fill too many cells, its own cell says so."""
        try:
            self.cells.meter.fill(box.height * box.width - 1)
            return code, box
        except NoAnswer as none:
            return _refuse(none.reason), Box(box.top, box.left, box.top, box.left)

    def _code(self, program: Program) -> Code:
        if id(program) not in self._codes:
            self._codes[id(program)] = (
                _refuse(f"formula not understood: {program.problem}")
                if program.tree is None
                else whole(program.tree, program.sheet, self.cells.links, program.whole)
            )
        return self._codes[id(program)]

    # Running

    def run(self) -> None:
        """Evaluate everything; again where a spill reached cells that had been read as blank."""
        for left in reversed(range(MAX_ROUNDS)):
            self.round()
            if not self.grown or not left:
                break
            self._start()
        if self.grown:
            self.remarks.append(f"a dynamic array still grew after {MAX_ROUNDS} rounds")
        self._name_settings()

    def round(self) -> None:
        """Evaluate every cell once."""
        for key in self.plan.order():
            if key in self.todo:
                self.evaluate(key)

    def name_circles(self) -> None:
        """Remark on the circular references, which now show 0."""
        for circle in self.circles:
            path = " → ".join(self.name(key) for key in [*circle, circle[0]])
            self.remarks.append(f"circular reference: {path}")

    def _name_settings(self) -> None:
        for number in sorted(self.cells.links.read):
            known = number.isdigit() and 0 < int(number) <= len(self.book.externals)
            target = self.book.externals[int(number) - 1].target if known else "not in the file"
            self.remarks.append(f"external workbook [{number}] ({target}): its values as the file has cached them")
        if not self.book.settings.full_precision:
            self.remarks.append("the workbook asks for precision as displayed: calculated at full precision")

    def evaluate(self, first: CellKey) -> None:
        """Evaluate a cell and, before it, whatever it turns out to need."""
        stack, busy = [first], set[CellKey]()
        while stack:
            key = stack[-1]
            if key not in self.todo:
                busy.discard(stack.pop())
                continue
            try:
                self.finish(key, self.result(key, again=key in busy))
            except Pending as pending:
                busy.add(key)
                if not self._affords(key, len(pending.cells)):
                    continue
                met = next((cell for cell in pending.cells if cell in busy), None)
                if met is None:
                    stack.extend(reversed([cell for cell in pending.cells if not self.known_otherwise(cell)]))
                else:
                    path = stack[stack.index(met) :]
                    self._circular(list(dict.fromkeys(cell for cell in path if cell in busy)))

    def _affords(self, key: CellKey, cells: int) -> bool:
        """Whether there are steps left to wait for so many cells; else the cell has no answer."""
        try:
            self.cells.meter.charge(_WAIT * cells)
            return True
        except NoAnswer as none:
            self.finish(key, Unsupported(f"{none.reason} in {self.name(key)}"))
            return False

    def known_otherwise(self, key: CellKey) -> bool:
        """Whether a cell that was read too early has its value now without a task of its own."""
        return False

    def result(self, key: CellKey, again: bool = False) -> Outcome:
        """What a cell's formula comes to now; ``again``: it costs even where it is cheap. Raises Pending."""
        task = self.tasks[key]
        at = At(*key, self.cells)
        meter = self.cells.meter
        meter.start()
        try:
            if again:
                meter.charge(FREE + len(task.program.key))
            result = task.code(at)
            if type(result) is float:
                return result
            if isinstance(result, Lambda):
                return result
            if task.program.dynamic and isinstance(result, Reference) and _leaves_the_grid(result, key):
                return SPILL
            found = to_value(result, at, task.program.whole)
            if task.program.dynamic and isinstance(found, Array):
                meter.fill(max(0, found.height * found.width - task.box.height * task.box.width))
            return found
        except NoAnswer as none:
            reason = none.reason
            return Unsupported(reason if " in " in reason else f"{reason} in {self.name(key)}")
        except RecursionError:
            return Unsupported(f"nesting too deep in {self.name(key)}")

    def name(self, key: CellKey) -> str:
        """A cell's name with its sheet."""
        return f"{self.book.sheets[key[0]].name}!{cell_name(key[1], key[2])}"

    def _circular(self, circle: list[CellKey]) -> None:
        """The cells of a circle show 0, as in Excel without iteration."""
        self.circles.append(circle)
        for key in circle:
            if key in self.todo:
                self.finish(key, 0.0)

    # Results into cells

    def finish(self, key: CellKey, result: Outcome) -> None:
        """Put a result into its cell, or an array into the cells that it fills."""
        task, grid = self.tasks[key], self.cells.grids[key[0]]
        self.todo.discard(key)
        if isinstance(result, Lambda):
            result = CALC
        if not task.program.whole:
            grid.waiting.pop(key[1:], None)
            grid.put(key[1], key[2], result.rows[0][0] if isinstance(result, Array) else result)
            return
        for child in _inside(task.box):
            if grid.waiting.get(child) == key[1:]:
                del grid.waiting[child]
        if isinstance(result, Unsupported):
            for row, col in _inside(task.box):
                grid.put(row, col, result)
            return
        array = result if isinstance(result, Array) else Array([[result]])
        if task.program.dynamic:
            self._spill(key, task, array)
        else:
            for row, col in _inside(task.box):
                grid.put(row, col, _spread(array, row - key[1], col - key[2]))

    def _spill(self, key: CellKey, task: Task, array: Array) -> None:
        index, top, left = key
        grid = self.cells.grids[index]
        box = Box(top, left, top + array.height - 1, left + array.width - 1)
        if self._obstructed(grid, box):
            grid.put(top, left, SPILL)
            self.cells.boxes[key] = Box(top, left, top, left)
            return
        for (row, col), value in zip(_inside(box), array.flat(), strict=True):
            grid.put(row, col, value)
        self.grown = self.grown or box.bottom > task.box.bottom or box.right > task.box.right
        self.cells.boxes[key] = box

    def _obstructed(self, grid: Grid, box: Box) -> bool:
        """Whether a spill would leave the grid or cover a cell that is not blank."""
        if box.bottom > MAX_ROW or box.right > MAX_COL:
            return True
        formulas = self.book.sheets[grid.index].formulas
        others = (cell for cell in _inside(box) if cell != (box.top, box.left))
        return any(cell in formulas or grid.found(cell) is not None or cell in grid.waiting for cell in others)

    # What the engine gives

    def results(self) -> list[Mapping[Cell, Result]]:
        """The values of formula cells and of the cells that they fill, a dict a sheet."""
        return [
            {cell: value for cell, value in self.cells.grids[index].known.items() if cell not in sheet.constants}
            for index, sheet in enumerate(self.book.sheets)
        ]

    def unsupported(self) -> int:
        """How many formula cells have no answer."""
        return sum(
            isinstance(self.cells.grids[index].found(cell), Unsupported)
            for index, sheet in enumerate(self.book.sheets)
            for cell in sheet.formulas
        )


def _leaves_the_grid(reference: Reference, key: CellKey) -> bool:
    """Whether a range, such as a whole column, is too large to be shown from a cell on."""
    area = reference.areas[0]
    return key[1] + area.bottom - area.top > MAX_ROW or key[2] + area.right - area.left > MAX_COL


def _refuse(reason: str) -> Code:
    def code(at: At) -> Operand:
        raise Blocked(reason)

    return code


def _inside(box: Box) -> Iterator[Cell]:
    for row in range(box.top, box.bottom + 1):
        for col in range(box.left, box.right + 1):
            yield row, col


def _spread(array: Array, row: int, col: int) -> Scalar:
    """The element that a legacy array formula puts into a cell of its box."""
    row = 0 if array.height == 1 else row
    col = 0 if array.width == 1 else col
    return array.rows[row][col] if row < array.height and col < array.width else NA
