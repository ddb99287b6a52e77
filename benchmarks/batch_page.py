"""The page of the batch benchmarks, from what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

PAGE = "batch-benchmarks.md"
_HEAD = """# Batch benchmarks

How many workbooks a second `xlsgd batch` verifies, and how long LibreOffice takes merely to convert the same files.
This page is written by `{command}`.

Each workbook has two sheets of graddesc's size, 29 training rows of plain descent and of Adam, with charts. A thousand
have data drawn for them alone; where there are more, the others are copies, which are looked at like all others.
Verifying reads a workbook, understands each training column, recalculates all formulas, holds them against stored
values, rules and derivatives, and writes a JSON line. Times are wall clock, with
the start of all processes; kernels are in the disk cache. The Dask workers are processes of a `LocalCluster` that is
started before the clock; workbooks travel to them as bytes, and each leads a guarded process. LibreOffice gets all
files in one `soffice --headless --convert-to xlsx`; it keeps the stored values, calculates nothing and checks nothing.
The ratio is its time for a workbook to ours.
"""


class Row(NamedTuple):
    """One way to go through a folder. same: whether its records are those of one process; None: not compared."""

    way: str
    number: int
    seconds: float
    jobs: int
    same: bool | None = None


def table(number: int, rows: Sequence[Row]) -> list[str]:
    """The table of one folder, in Markdown."""
    other = next((row for row in rows if row.way.startswith("LibreOffice")), None)
    lines = [
        f"## {number:,} workbooks",
        "",
        "| way | workbooks | seconds | workbooks/s | ms each | LibreOffice/ours | records |",
    ]
    lines.append("|---|---:|---:|---:|---:|---:|---|")
    for row in rows:
        each = row.seconds / row.number
        ratio = f"{other.seconds / other.number / each:.2f}" if other is not None and row is not other else ""
        same = {None: "", True: "the same", False: "**different**"}[row.same]
        figures = f"{row.number:,} | {row.seconds:,.1f} | {1 / each:,.1f} | {1000 * each:,.1f}"
        lines.append(f"| {row.way} | {figures} | {ratio} | {same} |")
    if other is not None and other.number < number:
        lines += ["", f"LibreOffice was measured on the first {other.number:,}."]
    return [*lines, ""]


def write_page(folder: Path, machine: Mapping[str, str], results: Mapping[str, Sequence[Row]]) -> Path:
    """Write the page and say where it is."""
    lines = [_HEAD.format(command=machine["command"])]
    for number, rows in results.items():
        lines += table(int(number), rows)
    lines += ["## Measured on", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in machine.items() if name not in ("command", "cc")]
    path = folder / PAGE
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
