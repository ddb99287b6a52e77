"""The library ``formulas`` (PyPI) as a second opinion, in a process of its own.

It differs from Excel: ``0^0`` is 1, constants are rounded to 15 places; it does not see names of a single sheet nor
sheets with an apostrophe in their name.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ..address import parse_box
from ..book import Book
from ..errors import EngineError
from ..formula.nodes import NameRef, Node
from ..plan import Plan
from ..values import ERRORS, CellError, Scalar, finish
from .base import Options, Values
from .opinion import Opinion, called, gather, hand_over, nodes

TIMEOUT = 600.0  # seconds for one workbook
_INSTALL = 'pip install "xlsgd[engines]"'


class Formulas:
    """Hands the workbook to ``formulas`` and gathers what it calculated."""

    name = "formulas"

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout

    def run(self, plan: Plan, options: Options = Options()) -> Values:  # noqa: B008  # frozen
        """The values that ``formulas`` calculates. Volatile functions are drawn anew, whatever the options say."""
        if importlib.util.find_spec("formulas") is None:
            raise EngineError(f"the engine 'formulas' needs 'formulas': {_INSTALL}")
        start = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="xlsgd-") as name:
            folder = Path(name)
            told = _call(hand_over(plan.book, folder), folder / "out.json", self.timeout)
        return gather(plan, _opinion(plan, told), self.name, time.perf_counter() - start)


def _call(source: Path, target: Path, timeout: float) -> dict[str, Any]:
    """Run the worker. Raises EngineError with the last line that it said where it fails."""
    command = [sys.executable, "-P", "-m", "xlsgd.engine.formulas_worker", str(source), str(target)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"formulas took longer than {timeout:g} seconds: try a smaller workbook") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise EngineError(f"formulas cannot do this workbook ({lines[-1] if lines else done.returncode})")
    told: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return told


def _opinion(plan: Plan, told: dict[str, Any]) -> Opinion:
    opinion = Opinion()
    sheets = {sheet.name.upper(): index for index, sheet in enumerate(plan.book.sheets)}
    for name, where, rows in told["values"]:
        box, index = parse_box(where), sheets.get(name)
        if box is None or index is None:
            continue
        for row, values in enumerate(rows, box.top):
            for col, value in enumerate(values, box.left):
                _note(opinion, (index, row, col), value)
    for name, where, reason in told["refused"]:
        box, index = parse_box(where), sheets.get(name)
        if box is not None and index is not None:
            opinion.gaps[index, box.top, box.left] = reason
    functions, local = set(told["functions"]), _local_names(plan.book)
    gap_of: dict[int, str | None] = {}
    for index, sheet in enumerate(plan.book.sheets):
        for cell in sheet.formulas:
            program, gap = plan.programs[index].get(cell), "data table"
            if "'" in sheet.name:
                gap = "a sheet's name with an apostrophe"
            elif program is not None:
                if id(program) not in gap_of:
                    gap_of[id(program)] = _gap(program.tree, functions, local)
                gap = gap_of[id(program)] or ""
            if gap:
                opinion.gaps[index, cell[0], cell[1]] = gap
    gaps = {place: reason for place, reason in opinion.gaps.items() if place[1:] in plan.book.sheets[place[0]].formulas}
    return Opinion(opinion.answers, gaps)


def _note(opinion: Opinion, place: tuple[int, int, int], value: Any) -> None:
    if isinstance(value, dict):
        error = ERRORS.get(value.get("error", ""))
        if error is None:
            opinion.gaps[place] = value.get("other", "an error of its own")
        value = error
    opinion.answers[place] = _scalar(value)


def _scalar(value: float | str | bool | CellError | None) -> Scalar:
    return finish(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _local_names(book: Book) -> set[str]:
    """The names that the library does not see: those of one sheet, and hidden ones."""
    whole = {name.name.casefold() for name in book.names if name.sheet is None and not name.hidden}
    return {name.name.casefold() for name in book.names} - whole


def _gap(tree: Node | None, known: set[str], local: set[str]) -> str | None:
    """A function of a formula that the library lacks, or a name that it does not see."""
    missing = sorted(called(tree) - known)
    if missing:
        return missing[0]
    names = (node.name for node in nodes(tree) if isinstance(node, NameRef) and node.name.casefold() in local)
    return next((f"the name {name} of one sheet" for name in names), None)
