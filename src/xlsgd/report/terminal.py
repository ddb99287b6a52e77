"""Tables for the terminal."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from ..address import box_name
from ..book import Cell, Formula
from ..book.columns import CellColumns
from ..check import Comparison, Outcome, count_differing, differing_cached
from ..display import plain
from ..engine.base import Result, Values
from ..tagged import ERROR, kinds
from ..values import CellError, Unsupported

WIDTH = 120  # where the output is no terminal


class _Stdout(Console):
    """A console on which texts of workbooks are no commands to the terminal.

    A closed pipe it leaves to the shell's edge, which knows the exit status.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment("\n".join(map(plain, segment.text.split("\n"))), segment.style)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """A console on stdout that does not break lines at 80 characters where nobody looks."""
    return _Stdout(width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False)


def outcome_table(outcomes: Sequence[Outcome]) -> Table:
    """One row a sheet: how much was compared and what came of it. Fits 80 characters.

    Its last numbers are √Σe² of the first and the last epoch, of a classifier the mean error.
    """
    table = make_table("Every sheet against NumPy, to the last bit", padding=0)
    table.add_column("sheet", no_wrap=True)
    for heading in ("rows", "cells", "errors", "ULP", "√Σe² 1st", "last"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    book = None
    for outcome in outcomes:
        if outcome.path != book:
            book = outcome.path
            table.add_row(Text(book.name, style="italic"))
        comparison = outcome.comparison
        height = max((column.cells for column in comparison.columns), default=0)
        counts = (height, comparison.cells, comparison.events, comparison.max_ulp)
        ends = [show(outcome.roots[end], 4) for end in (0, -1)] if outcome.roots else ["", ""]
        table.add_row(Text(f"  {outcome.sheet}"), *(f"{count:,}" for count in counts), *ends, _verdict(outcome.ok))
    return table


def summary_line(outcomes: Sequence[Outcome]) -> str:
    """What the whole table comes to, in one sentence."""
    cells = sum(outcome.comparison.cells for outcome in outcomes)
    formulas = sum(outcome.formulas for outcome in outcomes)
    wrong = sum(not outcome.ok for outcome in outcomes)
    books = len({outcome.path for outcome in outcomes})
    verdict = "all agree with NumPy" if not wrong else f"{wrong} of the sheets differ"
    return f"{len(outcomes)} sheets in {books} workbooks, {formulas:,} formulas, {cells:,} cells compared: {verdict}."


def comparison_table(comparison: Comparison) -> Table:
    """One row a column of the sheet."""
    table = make_table(comparison.sheet)
    table.add_column("column")
    table.add_column("cells")
    for heading in ("compared", "error cells", "max ULP", "max absolute", "max relative", "first row that differs"):
        table.add_column(heading, justify="right")
    for column in comparison.columns:
        first = "" if column.first_row is None else str(column.first_row)
        counts = (f"{count:,}" for count in (column.cells, column.events, column.max_ulp))
        sizes = (f"{size:.3g}" for size in (column.max_absolute, column.max_relative))
        table.add_row(column.key, box_name(column.box), *counts, *sizes, Text(first, style="bold red"))
    return table


def calc_table(values: Values) -> Table:
    """One row a sheet: what its formulas gave."""
    table = make_table("Formulas")
    table.add_column("sheet")
    for heading in ("formulas", "numbers", "errors", "others", "unsupported"):
        table.add_column(heading, justify="right")
    for sheet, results in zip(values.book.sheets, values.results, strict=True):
        kinds = _kinds(sheet.formulas, results)
        row = (len(sheet.formulas), kinds["number"], kinds["error"], kinds["other"], kinds["unsupported"])
        table.add_row(Text(sheet.name), *(f"{count:,}" for count in row))
    return table


def calc_lines(values: Values) -> list[str]:
    """What is to be said of a calculation beside the table."""
    stale, first = count_differing(values), differing_cached(values, most=5)
    stored = sum(len(sheet.cached) for sheet in values.book.sheets)
    compiled = f"; {values.counts.compiled:,} cells compiled" if values.counts.compiled else ""
    lines = [f"engine {values.engine}: {_seconds(values.seconds)}{compiled}"]
    lines.append(f"stored values: {stale:,} of {stored:,} differ from the calculated ones")
    lines += [f"  {one}" for one in first] + (["  …"] if stale > len(first) else [])
    for reason, count in unsupported(values).most_common():
        lines.append(f"unsupported: {reason}, {count:,} cells")
    return lines + list(values.remarks)


def unsupported(values: Values) -> Counter[str]:
    """Reasons → formula cells without an answer, those that merely depend on such cells included."""
    found: Counter[str] = Counter()
    for results in values.results:
        held = results.others if isinstance(results, CellColumns) else results  # machine code leaves nothing open
        found.update(value.reason for value in held.values() if isinstance(value, Unsupported))
    return found


def registry_table(title: str, members: Iterable[Mapping[str, Any]]) -> Table:
    """One registry: how a member is written, what it is and its settings."""
    table = make_table(title, header=False)
    for member in members:
        settings = ", ".join(f"{key} {value:g}" for key, value in member.get("settings", {}).items())
        table.add_row(member.get("usage", member["name"]), member["title"], settings)
    return table


def show(value: Result, digits: int = 6) -> str:
    """A value in a table: a few digits are enough.

    >>> show(150.75521153771854)
    '150.755'
    """
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.{digits}g}"
    return f"({value.reason})" if isinstance(value, Unsupported) else str(value)


def make_table(title: str, *, header: bool = True, padding: int = 1) -> Table:
    """The one look of all tables: little ink, so that they fit a narrow terminal."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_header=header)
    table.show_edge, table.pad_edge, table.padding = False, False, (0, padding, 0, 0)
    return table


def _verdict(ok: bool) -> Text:
    return Text("equal", style="green") if ok else Text("differs", style="bold red")


def _seconds(seconds: Mapping[str, float]) -> str:
    parts = ", ".join(f"{stage} {took:.3f} s" for stage, took in seconds.items())
    return parts or "no times given"


def _kinds(formulas: Mapping[Cell, Formula], results: Mapping[Cell, Result]) -> Counter[str]:
    """How many formula cells have a value of each kind; the columns of compiled loops are counted as a whole."""
    if not isinstance(results, CellColumns):
        return Counter(_kind(results.get(cell)) for cell in formulas)
    found = Counter(_kind(value) for cell, value in results.others.items() if cell in formulas)
    for runs in results.runs.values():
        for run in runs:
            numbers, errors = (int((kinds(run.numbers) == kind).sum()) for kind in (0, ERROR))
            found.update(number=numbers, error=errors, other=len(run.numbers) - numbers - errors)
    return found


def _kind(value: Result) -> str:
    if isinstance(value, float):
        return "number"
    if isinstance(value, Unsupported):
        return "unsupported"
    return "error" if isinstance(value, CellError) else "other"
