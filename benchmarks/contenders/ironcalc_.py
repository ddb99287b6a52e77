"""IronCalc through its Python package: the raw ``Model``, which calculates only when asked and keeps no history."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import ironcalc

from .base import Defaults, Values, flat


class IronCalc(Defaults):
    """Cells can only be read one at a time; the bound method is looked up once."""

    version = version("ironcalc")

    def load(self, path: Path) -> ironcalc.Model:
        """Read, parse all formulas."""
        return ironcalc.load_from_xlsx(str(path))

    def calculate(self, model: ironcalc.Model) -> dict[str, float]:
        """Evaluates the whole workbook."""
        model.evaluate()
        return {}

    def values(self, model: ironcalc.Model, sheet: str, area: tuple[int, int, int, int]) -> Values:
        """Cell by cell."""
        names = [one["name"] for one in model.get_worksheets_properties()]
        number, value = names.index(sheet), model.get_cell_value
        top, left, bottom, right = area
        columns = range(left, right + 1)
        return flat([value(number, row, col) for col in columns] for row in range(top, bottom + 1))

    def write(self, model: ironcalc.Model, path: Path) -> None:
        """As xlsx; it refuses to overwrite."""
        path.unlink(missing_ok=True)
        model.save_to_xlsx(str(path))
