"""Whether a plan's loops keep what they promise: seen cell by cell, and by what the scalar engine reads."""

from __future__ import annotations

from xlsgd.address import Box, cell_name
from xlsgd.book import Book
from xlsgd.engine.base import Options
from xlsgd.engine.code import Pending
from xlsgd.engine.evaluation import Evaluation
from xlsgd.engine.scalar import deep
from xlsgd.plan import Plan, Region, Step, make_plan
from xlsgd.plan.precedents import Reader
from xlsgd.values import Area

Key = tuple[int, int, int]


class Checker:
    """Follows a plan and collects what a loop reads before it is calculated."""

    def __init__(self, book: Book) -> None:
        self.plan: Plan = make_plan(book)
        self.reader = Reader.of(book)
        self.formulas = {(index, *cell) for index, cells in enumerate(self.plan.programs) for cell in cells}
        self.done: set[Key] = set()
        self.wrong: list[str] = []

    def run(self, sample: int = 1) -> list[str]:
        """Every ``sample``-th cell of each loop is looked at."""
        for step in self.plan.steps:
            assert sum(region.size for region in step.regions) > 0
            for number, key in enumerate(step.cells()):
                if step.loop is not None and number % sample == 0:
                    self._look(key)
                assert key not in self.done, key
                self.done.add(key)
        assert self.done == self.formulas
        return self.wrong

    def _look(self, key: Key) -> None:
        region = Region(self.plan.programs[key[0]][key[1:]], Box(*key[1:], *key[1:]))
        for area in self.reader.areas(region):
            early = [one for one in self._formulas_in(area) if one not in self.done]
            if early:
                self.wrong.append(f"{cell_name(*key[1:])} reads {cell_name(*early[0][1:])}, which is not yet known")

    def _formulas_in(self, area: Area) -> list[Key]:
        if area.height * area.width < len(self.formulas):
            rows, cols = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
            return [key for row in rows for col in cols if (key := (area.sheet, row, col)) in self.formulas]
        return [
            key
            for key in self.formulas
            if key[0] == area.sheet and area.top <= key[1] <= area.bottom and area.left <= key[2] <= area.right
        ]


def met_early(plan: Plan) -> list[str]:
    """The cells of loops that, evaluated in the plan's order, read a cell without a value yet."""
    found = []
    with deep():
        evaluation = Evaluation(plan, Options())
        for step in plan.steps:
            for key in step.cells():
                if key not in evaluation.todo:
                    continue
                if step.loop is not None:
                    try:
                        evaluation.result(key)
                    except Pending as pending:
                        found.append(f"{evaluation.name(key)} reads {evaluation.name(pending.cells[0])} too early")
                evaluation.evaluate(key)
    return found


def circles(book: Book) -> set[Key]:
    """The cells that depend on themselves, found cell by cell."""
    from xlsgd.plan.components import components

    checker = Checker(book)
    graph: dict[Key, list[Key]] = {}
    for key in checker.formulas:
        region = Region(checker.plan.programs[key[0]][key[1:]], Box(*key[1:], *key[1:]))
        graph[key] = [one for area in checker.reader.areas(region) for one in checker._formulas_in(area)]
    return {key for group in components(graph) if len(group) > 1 or group[0] in graph[group[0]] for key in group}


def without_loops(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.loop is None]
