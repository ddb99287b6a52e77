"""xlsgd itself, by its public functions: ``load``, ``calculate``, ``save_values``."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import xlsgd
from xlsgd import api
from xlsgd.address import cell_name
from xlsgd.engine import get_engine
from xlsgd.functions import registry

from .base import Defaults, Values

_LATE = ("numpy", "lxml.etree", "xlsgd.book.reader", "xlsgd.book.patch", "xlsgd.plan")
_KERNELS = "xlsgd.engine.kernels"
_COMPILING = ("llvmlite.binding", *(f"{_KERNELS}.{name}" for name in ("emit", "operations", "calls", "functions")))
AGAIN = 9
ENGINE = os.environ.get("XLSGD_BENCHMARK_ENGINE", api.DEFAULT_ENGINE)


class Ours(Defaults):
    """All that is imported late otherwise is imported at the start, as others do."""

    version = xlsgd.__version__

    def __init__(self, engine: str = ENGINE) -> None:
        for name in (*_LATE, *(_COMPILING if engine == "native" else ())):
            import_module(name)
        get_engine(engine)
        registry.functions()
        self.engine, self.loops = engine, _watch_loops()

    def load(self, path: Path) -> dict[str, Any]:
        """Read the workbook."""
        return {"book": xlsgd.load(path)}

    def calculate(self, model: dict[str, Any]) -> dict[str, float]:
        """All formulas anew."""
        self.loops.clear()
        values = xlsgd.calculate(model["book"], engine=self.engine)
        model["values"] = values
        stages = {stage: seconds for stage, seconds in values.seconds.items() if stage != "read"}
        return stages | ({"loops": sum(self.loops)} if self.loops else {})

    def again(self, path: Path) -> float:
        """Seconds to calculate a workbook again and again in one process, as the C loop is run again: the median."""
        model = self.load(path)
        seconds = []
        for _ in range(1 + AGAIN):
            clock = time.perf_counter()
            self.calculate(model)
            seconds.append(time.perf_counter() - clock)
        return sorted(seconds[1:])[AGAIN // 2]

    def values(self, model: dict[str, Any], sheet: str, area: tuple[int, int, int, int]) -> Values:
        """One call for the block."""
        top, left, bottom, right = area
        name = f"'{sheet}'!{cell_name(top, left)}:{cell_name(bottom, right)}"
        return Values(model["values"].array(name), False)

    def write(self, model: dict[str, Any], path: Path) -> None:
        """A copy of the file with the new values."""
        xlsgd.save_values(model["values"], path)


def _watch_loops() -> list[float]:
    """A list to which every call of a compiled loop adds its seconds."""
    seconds: list[float] = []
    try:
        from xlsgd.engine.kernels import Bound
    except ImportError:
        return seconds
    run = Bound.run

    def timed(bound: Bound, tables: Sequence[int]) -> bool:
        clock = time.perf_counter()
        done = run(bound, tables)
        seconds.append(time.perf_counter() - clock)
        return done

    Bound.run = timed  # type: ignore[assignment, method-assign]  # only to watch it
    return seconds
