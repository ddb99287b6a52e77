"""The scalar engine: cell by cell in plain Python, the yardstick.

A cell is evaluated when it is wanted; where its formula meets a cell without a value yet, that one is evaluated
first. So only what a formula really reads counts as its precedent, as in Excel.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..functions.meter import metered
from ..functions.textdate import reading
from ..plan import Plan
from .base import Counts, Options, Values
from .circular import settle
from .evaluation import Evaluation

RECURSION = 20_000
"""Python frames for formulas of the deepest nesting that the parser takes, and for LAMBDAs that call themselves."""


class Scalar:
    """Evaluates every formula by walking its tree, compiled to closures once for all cells of a fill-down."""

    name = "scalar"

    def run(self, plan: Plan, options: Options = Options()) -> Values:  # noqa: B008  # frozen
        """The values of a plan's book. A cell without an answer is :class:`~xlsgd.values.Unsupported`."""
        start = time.perf_counter()
        with deep():
            evaluation = Evaluation(plan, options)
            cells = evaluation.cells
            with metered(cells.meter), reading(plan.book.settings.date1904, cells.now):
                evaluation.run()
                settle(evaluation)
        results = evaluation.results()
        unsupported = evaluation.unsupported()
        formulas = sum(len(sheet.formulas) for sheet in plan.book.sheets)
        counts = Counts(formulas, 0, formulas, unsupported)
        seconds = {"run": time.perf_counter() - start}
        return Values(plan.book, results, self.name, counts, seconds, evaluation.remarks)


@contextmanager
def deep() -> Iterator[None]:
    """Room for deep recursion."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
