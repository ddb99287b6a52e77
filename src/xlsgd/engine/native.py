"""The native engine: fill-downs as machine code, everything else cell by cell as the scalar engine does it.

Steps of the plan run in order. A step with a kernel runs as a whole over columns in memory; the others go through
:class:`~xlsgd.engine.evaluation.Evaluation`. What a kernel meets and cannot do (text) turns its step into cells.
"""

from __future__ import annotations

import time

from ..functions.meter import metered
from ..functions.textdate import reading
from ..plan import Plan
from .base import Counts, Options, Values
from .circular import settle
from .hybrid import Hybrid
from .scalar import Scalar, deep


class Native:
    """Compiles what it can and evaluates the rest cell by cell; equal to ``scalar`` to the last bit."""

    name = "native"

    def run(self, plan: Plan, options: Options = Options()) -> Values:  # noqa: B008  # frozen
        """The values of a plan's book. A cell without an answer is :class:`~xlsgd.values.Unsupported`."""
        start = time.perf_counter()
        with deep():
            evaluation = Hybrid(plan, options)
            cells = evaluation.cells
            with metered(cells.meter), reading(plan.book.settings.date1904, cells.now):
                evaluation.run()
                if evaluation.circles and plan.book.settings.iterate:
                    return _cell_by_cell(plan, options)
                settle(evaluation)
        if evaluation.loops.broken:
            evaluation.remarks.append(f"all cells were evaluated one by one: {evaluation.loops.broken}")
        results = evaluation.results()
        formulas = sum(len(sheet.formulas) for sheet in plan.book.sheets)
        compiled = evaluation.loops.compiled()
        counts = Counts(formulas, compiled, formulas - compiled, evaluation.unsupported())
        compiling = evaluation.seconds_compiling
        seconds = {"compile": compiling, "run": time.perf_counter() - start - compiling}
        return Values(plan.book, results, self.name, counts, seconds, evaluation.remarks)


def _cell_by_cell(plan: Plan, options: Options) -> Values:
    """Circular references that are iterated need all cells in Excel's order."""
    values = Scalar().run(plan, options)
    values.engine = Native.name
    return values
