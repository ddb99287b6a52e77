"""One evaluation in which compiled steps and single cells take turns."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from ..book import Cell
from ..book.columns import CellColumns, FormulaColumns, Run
from ..plan import Plan, Step
from ..plan.places import finds_cells
from ..values import Area, Unsupported
from .base import Options, Result
from .code import CellKey
from .evaluation import Evaluation
from .loops import Columns, Loops, State


class Hybrid(Evaluation):
    """An evaluation with kernels. loops: the compiled steps; late: those that find their cells while they run."""

    cells: Columns

    def __init__(self, plan: Plan, options: Options) -> None:
        self.seconds_compiling = 0.0
        super().__init__(plan, options)

    def make_workspace(self) -> Columns:
        return Columns(self.book, self.options.seed)

    # Before anything runs

    def begin(self) -> None:
        started = time.perf_counter()
        self.place = 0
        self._include_formulas()
        self.loops = Loops(self.plan, self.cells)
        self.seconds_compiling += time.perf_counter() - started
        self._wait_for_the_rest()
        self._note_what_comes_late()

    def _include_formulas(self) -> None:
        for step in self.plan.steps:
            for region in step.regions:
                self.cells.grids[region.program.sheet].include(region.box.bottom, region.box.right)
        for key, box in self.cells.boxes.items():
            self.cells.grids[key[0]].include(box.bottom, box.right)

    def _wait_for_the_rest(self) -> None:
        """Let all cells wait that no kernel writes."""
        for index, sheet in enumerate(self.book.sheets):
            formulas = sheet.formulas.others if isinstance(sheet.formulas, FormulaColumns) else sheet.formulas
            for cell, formula in formulas.items():
                if formula.kind == "table":
                    self.wait(self.cells.grids[index], cell, formula)
        for place, step in enumerate(self.plan.steps):
            if place not in self.loops.bounds:
                self._wait_for(step)

    def _wait_for(self, step: Step) -> None:
        for region in step.regions:
            index = region.program.sheet
            grid, formulas = self.cells.grids[index], self.book.sheets[index].formulas
            for cell in region.cells():
                self.wait(grid, cell, formulas[cell])

    def _note_what_comes_late(self) -> None:
        """Find the cells that the plan's order does not promise: what arrays fill, and what finds its own cells."""
        self.late = {
            place
            for place, step in enumerate(self.plan.steps)
            if place in self.loops.refused and any(finds_cells(region.program.tree) for region in step.regions)
        }
        keys = [key for place in self.late for key in self.plan.steps[place].cells()]
        for grid in self.cells.grids[: len(self.book.sheets)]:
            keys.extend((grid.index, *cell) for cell, owner in grid.waiting.items() if owner != cell)
        self.loose: dict[tuple[int, int], list[int]] = {}
        for sheet, row, col in sorted(keys):
            self.loose.setdefault((sheet, col), []).append(row)

    # Running

    def round(self) -> None:
        """Run the steps in order; those that find their cells while they run come last, unless they are asked for."""
        for place, step in enumerate(self.plan.steps):
            self.place = place
            if place not in self.late and not (place in self.loops.bounds and self._compiled(place)):
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
        sheet, row, col = key
        return self._compiled(self.loops.open_in(Area(sheet, row, col, row, col))[0])

    def _compiled(self, place: int) -> bool:
        """Run a step's kernel unless it has run; False where its cells must be evaluated one by one."""
        loops = self.loops
        if loops.states[place] is State.BUSY:
            self._dissolve(place)
        elif loops.states[place] is State.WAITING:
            if place != self.place:
                loops.part(place)  # the others must not run before what they read
            loops.states[place] = State.BUSY
            self._make_ready(place)
            if loops.states[place] is State.BUSY and not loops.run(place):  # it may have been dissolved meanwhile
                self._dissolve(place)
        return loops.states[place] is State.DONE

    def _dissolve(self, place: int) -> None:
        """Let the cells of a step be evaluated one by one."""
        self.loops.dissolve(place)
        self._wait_for(self.plan.steps[place])

    def _make_ready(self, place: int) -> None:
        """Evaluate what a step reads and what the plan's order has not brought before it."""
        in_order = place == self.place
        if in_order and not self.loose:
            return
        for area in self.loops.bounds[place].reads:
            for key in self._waiting_in(area, in_order):
                if key in self.todo:
                    self.evaluate(key)
            if not in_order:
                for other in self.loops.open_in(area):
                    if other != place:
                        self._compiled(other)

    def _waiting_in(self, area: Area, in_order: bool) -> list[CellKey]:
        waiting = self.cells.grids[area.sheet].waiting
        if in_order:
            cells = [cell for cell in self._loose_in(area) if cell in waiting]
        else:
            cells = [
                (row, col) for row, col in waiting if area.top <= row <= area.bottom and area.left <= col <= area.right
            ]
        return [(area.sheet, *waiting[cell]) for cell in cells]

    def _loose_in(self, area: Area) -> Iterator[Cell]:
        few = area.right - area.left < len(self.loose)
        cols = range(area.left, area.right + 1) if few else [col for sheet, col in self.loose if sheet == area.sheet]
        for col in cols:
            rows = self.loose.get((area.sheet, col), [])
            for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]:
                yield row, col

    # What the engine gives

    def unsupported(self) -> int:
        found = (self.cells.grids[key[0]].found(key[1:]) for key in self.tasks)
        return sum(isinstance(value, Unsupported) for value in found)

    def results(self) -> list[Mapping[Cell, Result]]:
        return [self._result(sheet, runs) for sheet, runs in enumerate(self.loops.results(len(self.book.sheets)))]

    def _result(self, sheet: int, runs: dict[int, list[Run]]) -> CellColumns:
        grid, constants = self.cells.column_grid(sheet), self.book.sheets[sheet].constants
        others: dict[Cell, Result] = {cell: value for cell, value in grid.known.items() if cell not in constants}
        others.update((cell, grid.found(cell)) for cell in grid.placed)
        return CellColumns(runs, grid.texts, others)
