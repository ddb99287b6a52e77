"""The process in which the library ``formulas`` runs: ``python -P -m xlsgd.engine.formulas_worker IN.xlsx OUT.json``.

OUT gets ``values`` (sheet in capitals, range, rows of values), ``refused`` (sheet, cell, reason) and ``functions``
(the names that the library knows). Whatever it raises ends this process and not the caller's.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import formulas
from formulas.cell import Cell
from formulas.errors import BaseError
from formulas.tokens.operand import XlError

_KEY = re.compile(r"'?\[[^\]]*\](.*?)'?!([A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?)\Z", re.DOTALL)
_PREFIX = re.compile(r"(_XL[A-Z]+\.)+")


class _Model(formulas.ExcelModel):  # type: ignore[misc]  # the library has no types
    """A model that goes on where a formula is refused: the cell stays empty and is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[tuple[str, str, str]] = []

    def compile_cell(self, cell: Any, context: Any, references: Any, formula_references: Any) -> Any:
        try:
            return super().compile_cell(cell, context, references, formula_references)
        except (BaseError, RecursionError) as error:
            reason = f"refused by formulas ({type(error).__name__})"
            self.refused.append((context["sheet"], cell.coordinate, reason))
            return Cell(cell.coordinate, None, context=context)


def main(source: str, target: str) -> None:
    """Calculate one workbook."""
    model = _Model()
    model.loads(source)
    model.finish(circular=True)
    solution = model.calculate()
    found = []
    for key, cell in model.cells.items():
        place = _KEY.match(key)
        if place and cell.func is not None and key in solution:
            rows = [[_plain(value) for value in row] for row in solution[key].value.tolist()]
            found.append((place[1].replace("''", "'"), place[2], rows))
    functions = [_PREFIX.sub("", str(name)) for name in formulas.get_functions()] + ["LAMBDA", "LET"]
    told = {"values": found, "refused": model.refused, "functions": functions}
    Path(target).write_text(json.dumps(told), encoding="utf-8")


def _plain(value: Any) -> Any:
    """A value as JSON has it: an error as ``{"error": "#NUM!"}``, what Excel does not have as ``{"other": reason}``."""
    if isinstance(value, XlError):
        return {"error": str(value)}
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, complex):
        return {"other": "a complex number"}
    return None if str(value) == "empty" else {"other": type(value).__name__}


if __name__ == "__main__":
    main(*sys.argv[1:3])
