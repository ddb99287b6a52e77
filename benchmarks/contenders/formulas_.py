"""The Python package ``formulas``: each formula becomes a Python function in a graph."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import formulas

from .base import Defaults, Values, flat


class Formulas(Defaults):
    """The solution is a mapping from cell names to ranges of one cell."""

    version = version("formulas")

    def load(self, path: Path) -> Any:
        """Read and compile all formulas."""
        return formulas.ExcelModel().loads(str(path)).finish()

    def calculate(self, model: Any) -> dict[str, float]:
        """Run the graph."""
        model.calculate()
        return {}

    def values(self, model: Any, sheet: str, area: tuple[int, int, int, int]) -> Values:
        """Cell by cell: the solution has one range a cell."""
        top, left, bottom, right = area
        found = model.dsp.solution
        start = next(key for key in found if f"]{sheet.upper()}'!" in key).rpartition("!")[0]
        letters = [chr(ord("A") + col - 1) for col in range(left, right + 1)]
        return flat(
            [float(found[f"{start}!{letter}{row}"].value[0, 0]) for letter in letters] for row in range(top, bottom + 1)
        )

    def write(self, model: Any, path: Path) -> None:
        """As xlsx, through openpyxl."""
        model.write(dirpath=str(path.parent / path.stem))
