"""One evaluation in which compiled steps and single cells take turns."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from ..address import MAX_ROW
from ..book import Cell, Sheet
from ..book.columns import CellColumns, FormulaColumns, Run
from ..formula.nodes import Ref
from ..plan import Plan, Step
from ..plan.places import finds_cells, places
from ..tagged import Numbers
from ..values import Area, Unsupported
from .base import Options, Result
from .code import CellKey
from .column_grid import ColumnGrid, Span, address
from .evaluation import Evaluation
from .grid import Grid
from .kernels import Bound, Refused, bind
from .workspace import Workspace

FEW_CELLS = 16
"""Fewer cells than these are evaluated faster than compiled, unless they read long ranges."""
LONG_RANGE = 20_000
"""Cells read from which on even a single formula is worth a kernel."""
LARGEST_STORE = 200_000_000
"""Cells of all columns in memory; beyond, steps are evaluated cell by cell."""


class State(Enum):
    """Where a compiled step stands. DISSOLVED: its cells are evaluated one by one."""

    WAITING = 0
    BUSY = 1
    DONE = 2
    DISSOLVED = 3


class Columns(Workspace):
    """A workspace whose sheets have columns in memory."""

    def make_grid(self, index: int, sheet: Sheet) -> Grid:
        constants = sheet.constants
        if not isinstance(constants, CellColumns):
            return ColumnGrid(index, dict(constants))
        grid = ColumnGrid(index, dict(constants.others), texts=constants.texts)
        for col, runs in ((col, runs) for col, runs in constants.runs.items() if runs):
            grid.columns[col] = [Run(run.top, _read_only(run.numbers)) for run in runs]
            grid.include(runs[-1].bottom, col)
        return grid


class Hybrid(Evaluation):
    """An evaluation with kernels. ``refused``: why a step has none, by its place in the plan."""

    def __init__(self, plan: Plan, options: Options) -> None:
        self.seconds_compiling = 0.0
        super().__init__(plan, options)

    def make_workspace(self) -> Workspace:
        return Columns(self.book, self.options.seed)

    # Before anything runs

    def begin(self) -> None:
        started = time.perf_counter()
        self.bounds: dict[int, Bound] = {}
        self.states: dict[int, State] = {}
        self.refused: dict[int, str] = {}
        self.place = 0
        self._include_formulas()
        for place, step in enumerate(self.plan.steps):
            bound = self._bind(step)
            if isinstance(bound, Refused):
                self.refused[place] = bound.reason
            else:
                self.bounds[place], self.states[place] = bound, State.WAITING
        self._cover()
        self.seconds_compiling += time.perf_counter() - started
        self._wait_for_the_rest()

    def _include_formulas(self) -> None:
        for step in self.plan.steps:
            for region in step.regions:
                self.cells.grids[region.program.sheet].include(region.box.bottom, region.box.right)
        for key, box in self.cells.boxes.items():
            self.cells.grids[key[0]].include(box.bottom, box.right)

    def _used(self, sheet: int) -> tuple[int, int]:
        return self.cells.grids[sheet].bottom, self.cells.grids[sheet].right

    def _bind(self, step: Step) -> Bound | Refused:
        if step.loop is None:
            return Refused(step.reason)
        if sum(region.size for region in step.regions) < FEW_CELLS and not _reads_much(step):
            return Refused("few cells")
        return bind(step, self.cells.links, self._used)

    def _cover(self) -> None:
        """Put every column that kernels read or write into memory, as far as they need it."""
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        total = 0
        for place in list(self.bounds):
            grown = dict(_spans([*self.bounds[place].reads, *self._areas(place)], spans))
            total += sum(bottom - top + 1 for top, bottom in grown.values())
            if total > LARGEST_STORE:
                self.refused[place] = "more columns than fit into memory"
                del self.bounds[place], self.states[place]
            else:
                spans.update(grown)
        written: dict[int, dict[int, list[Span]]] = {sheet: {} for sheet, _ in spans}
        for place in self.bounds:
            for sheet, col, span in self._columns_of(place):
                written[sheet].setdefault(col, []).append(span)
        for sheet, columns in written.items():
            grid = self._column_grid(sheet)
            grid.cover({col: span for (of, col), span in spans.items() if of == sheet}, columns)
            grid.take_in()
            grid.make_table()

    def _wait_for_the_rest(self) -> None:
        """Let all cells wait that no kernel writes."""
        for index, sheet in enumerate(self.book.sheets):
            formulas = sheet.formulas.others if isinstance(sheet.formulas, FormulaColumns) else sheet.formulas
            for cell, formula in formulas.items():
                if formula.kind == "table":
                    self.wait(self.cells.grids[index], cell, formula)
        for place, step in enumerate(self.plan.steps):
            if place not in self.bounds:
                self._wait_for(step)
        self.loose = {
            (grid.index, *cell)
            for grid in self.cells.grids[: len(self.book.sheets)]
            for cell, owner in grid.waiting.items()
            if owner != cell
        }
        self.late = {
            place
            for place, step in enumerate(self.plan.steps)
            if place not in self.bounds and any(finds_cells(region.program.tree) for region in step.regions)
        }
        self.loose.update(key for place in self.late for key in self.plan.steps[place].cells())

    def _wait_for(self, step: Step) -> None:
        for region in step.regions:
            index = region.program.sheet
            grid, formulas = self.cells.grids[index], self.book.sheets[index].formulas
            for cell in region.cells():
                self.wait(grid, cell, formulas[cell])

    # Running

    def round(self) -> None:
        """Run the steps in order; those that find their cells while they run come last, unless they are asked for."""
        for place, step in enumerate(self.plan.steps):
            self.place = place
            if place not in self.late and not (place in self.bounds and self._compiled(place)):
                self._evaluate_cells(step)
        for place in sorted(self.late):
            self._evaluate_cells(self.plan.steps[place])

    def _evaluate_cells(self, step: Step) -> None:
        for key in step.cells():
            if key in self.todo:
                self.evaluate(key)

    def known_otherwise(self, key: CellKey) -> bool:
        if key in self.tasks:
            return False
        return self._compiled(self._step_of(key))

    def _compiled(self, place: int) -> bool:
        """Run a step's kernel unless it has run; False where its cells must be evaluated one by one."""
        if self.states[place] is State.BUSY:
            self._dissolve(place)
        elif self.states[place] is State.WAITING:
            self.states[place] = State.BUSY
            self._ready(place)
            if self.states[place] is State.BUSY:  # it may have been dissolved meanwhile
                bound = self.bounds[place]
                if bound.run([address(self._column_grid(sheet).table) for sheet in bound.sheets]):
                    self.states[place] = State.DONE
                    for sheet, col, span in self._columns_of(place):
                        self._column_grid(sheet).arrive(col, span)
                else:
                    self._dissolve(place)
        return self.states[place] is State.DONE

    def _ready(self, place: int) -> None:
        """Evaluate what a step reads and what the plan's order has not brought before it."""
        in_order = place == self.place
        if in_order and not self.loose:
            return
        for area in self.bounds[place].reads:
            for key in self._waiting_in(area, in_order):
                if key in self.todo:
                    self.evaluate(key)
            if not in_order:
                for other in self._steps_in(area):
                    if other != place:
                        self._compiled(other)

    def _waiting_in(self, area: Area, in_order: bool) -> list[CellKey]:
        grid = self.cells.grids[area.sheet]
        cells = [key[1:] for key in self.loose if key[0] == area.sheet] if in_order else list(grid.waiting)
        return [
            (area.sheet, *grid.waiting[cell])
            for cell in cells
            if cell in grid.waiting and area.top <= cell[0] <= area.bottom and area.left <= cell[1] <= area.right
        ]

    def _steps_in(self, area: Area) -> list[int]:
        return [
            place
            for place, state in self.states.items()
            if state is not State.DONE and any(_meet(area, written) for written in self._areas(place))
        ]

    def _step_of(self, key: CellKey) -> int:
        sheet, row, col = key
        return self._steps_in(Area(sheet, row, col, row, col))[0]

    def _dissolve(self, place: int) -> None:
        """Let the cells of a step be evaluated one by one."""
        self.states[place] = State.DISSOLVED
        for sheet, col, span in self._columns_of(place):
            self._column_grid(sheet).blank(col, span)
        self._wait_for(self.plan.steps[place])

    # What the engine gives

    def compiled(self) -> int:
        """How many formula cells kernels have calculated."""
        return sum(region.size for place in self._done() for region in self.plan.steps[place].regions)

    def unsupported(self) -> int:
        found = (self.cells.grids[key[0]].found(key[1:]) for key in self.tasks)
        return sum(isinstance(value, Unsupported) for value in found)

    def results(self) -> list[Mapping[Cell, Result]]:
        sheets = range(len(self.book.sheets))
        runs: list[dict[int, list[Run]]] = [{} for _ in sheets]
        for place in self._done():
            for sheet, col, (top, bottom) in self._columns_of(place):
                whole = self._column_grid(sheet).run(top, col)
                assert whole is not None
                part = whole.numbers[top - whole.top : bottom - whole.top + 1]
                runs[sheet].setdefault(col, []).append(Run(top, part))
        return [self._result(sheet, runs[sheet]) for sheet in sheets]

    def _result(self, sheet: int, runs: dict[int, list[Run]]) -> CellColumns:
        grid, constants = self._column_grid(sheet), self.book.sheets[sheet].constants
        others: dict[Cell, Result] = {cell: value for cell, value in grid.known.items() if cell not in constants}
        others.update((cell, grid.found(cell)) for cell in grid.placed)
        for several in runs.values():
            several.sort(key=lambda run: run.top)
        return CellColumns(runs, grid.texts, others)

    def _done(self) -> Iterator[int]:
        return (place for place, state in self.states.items() if state is State.DONE)

    def _areas(self, place: int) -> list[Area]:
        return [Area(region.program.sheet, *region.box) for region in self.plan.steps[place].regions]

    def _columns_of(self, place: int) -> Iterator[tuple[int, int, Span]]:
        """Sheet, column and rows of what a step writes."""
        for area in self._areas(place):
            for col in range(area.left, area.right + 1):
                yield area.sheet, col, (area.top, area.bottom)

    def _column_grid(self, sheet: int) -> ColumnGrid:
        grid = self.cells.grids[sheet]
        assert isinstance(grid, ColumnGrid)
        return grid


def _reads_much(step: Step) -> bool:
    """Whether a single formula reads a range that is long enough for a kernel."""
    trees = (region.program.tree for region in step.regions)
    references = (node for tree in trees if tree is not None for node in places(tree))
    return any(isinstance(node, Ref) and node.last is not None and _height(node) >= LONG_RANGE for node in references)


def _height(node: Ref) -> int:
    last = node.last or node.first
    return MAX_ROW if node.shape == "columns" else abs(last.row - node.first.row) + 1


def _spans(
    areas: Iterable[Area], known: Mapping[tuple[int, int], tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """For each sheet and column of some areas the first and the last row, joined with what is known."""
    grown: dict[tuple[int, int], tuple[int, int]] = {}
    for area in areas:
        for col in range(area.left, area.right + 1):
            key = (area.sheet, col)
            top, bottom = grown.get(key) or known.get(key) or (area.top, area.bottom)
            grown[key] = min(top, area.top), max(bottom, area.bottom)
    yield from grown.items()


def _meet(one: Area, two: Area) -> bool:
    apart = one.bottom < two.top or two.bottom < one.top or one.right < two.left or two.right < one.left
    return one.sheet == two.sheet and not apart


def _read_only(numbers: Numbers) -> Numbers:
    view = numbers.view()
    view.flags.writeable = False
    return view
