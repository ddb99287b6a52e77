"""The C loop as a shared library: no workbook, only the columns of numbers, each run into memory of its own."""

from __future__ import annotations

import ctypes
import time
from array import array
from mmap import mmap
from pathlib import Path
from typing import Any

from ..sheets import LAYOUTS
from .base import Defaults, Values

Doubles = ctypes.POINTER(ctypes.c_double)
AGAIN = 5  # more rounds into the same memory, whose median is the stage "again"


class C(Defaults):
    """``load`` reads the two data columns; ``calculate`` runs both loops.

    The stage "run" includes what the system needs to give the memory, as every other contender's does.
    """

    version = ""

    def __init__(self, library: Path) -> None:
        self.library = ctypes.CDLL(str(library))

    def load(self, path: Path) -> dict[str, Any]:
        """The raw doubles that lie beside the workbook."""
        data = array("d")
        data.frombytes(path.with_suffix(".points").read_bytes())
        return {"rows": len(data) // 2, "data": data}

    def calculate(self, model: dict[str, Any]) -> dict[str, float]:
        """Both sheets, into fresh memory."""
        rows = model["rows"]
        numbers = (ctypes.c_double * len(model["data"])).from_buffer(model["data"])
        x, y = (ctypes.cast(ctypes.byref(numbers, 8 * rows * n), Doubles) for n in range(2))
        clock = time.perf_counter()
        for layout in LAYOUTS:
            model[layout.name] = (ctypes.c_double * (rows * layout.width)).from_buffer(
                mmap(-1, 8 * rows * layout.width)
            )
        self._loops(model, x, y)
        seconds = {"run": time.perf_counter() - clock}
        again = []
        for _ in range(AGAIN):
            clock = time.perf_counter()
            self._loops(model, x, y)
            again.append(time.perf_counter() - clock)
        return seconds | {"again": sorted(again)[AGAIN // 2]}

    def _loops(self, model: dict[str, Any], x: Any, y: Any) -> None:
        rows = model["rows"]
        for layout in LAYOUTS:
            block = model[layout.name]
            columns = (Doubles * layout.width)(
                *(ctypes.cast(ctypes.byref(block, 8 * rows * n), Doubles) for n in range(layout.width))
            )
            getattr(self.library, layout.name.lower().replace(" ", "_"))(ctypes.c_long(rows), x, y, columns)

    def values(self, model: dict[str, Any], sheet: str, area: tuple[int, int, int, int]) -> Values:
        """They are there already."""
        return Values(model[sheet], True)

    def write(self, model: dict[str, Any], path: Path) -> None:
        """A C loop has no workbook."""
        raise NotImplementedError
