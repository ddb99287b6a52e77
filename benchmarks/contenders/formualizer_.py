"""formualizer: its native reader over a memory map, parallel evaluation, values of a range in one call.

Twice: as it comes, and with its experimental span evaluation, which evaluates copied formulas together.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import formualizer

from .base import Defaults, Values, flat


class Formualizer(Defaults):
    """A workbook without changelog; parallel evaluation is on by default."""

    version = version("formualizer")

    def __init__(self, spans: bool = False) -> None:
        self.spans = spans

    def load(self, path: Path) -> formualizer.Workbook:
        """Read, build the graph."""
        return formualizer.load_workbook(
            str(path), path_source=formualizer.XlsxPathSource.DIRECT_MMAP, span_evaluation=self.spans
        )

    def calculate(self, model: formualizer.Workbook) -> dict[str, float]:
        """Evaluates all formulas."""
        model.evaluate_all()
        return {}

    def values(self, model: formualizer.Workbook, sheet: str, area: tuple[int, int, int, int]) -> Values:
        """One call for the block."""
        return flat(model.sheet(sheet).get_values(formualizer.RangeAddress(sheet, *area)))

    def write(self, model: formualizer.Workbook, path: Path) -> None:
        """As xlsx bytes."""
        path.write_bytes(model.to_xlsx_bytes())
