"""docs/benchmarks.md: the results as a page."""

from __future__ import annotations

from pathlib import Path

from .acceptance import Verdict
from .suite import Results
from .table import Table, all_tables

PAGE = Path("docs", "benchmarks.md")
PICTURE = Path("docs", "pictures", "benchmarks.png")

_INTRODUCTION = """# Benchmarks

Written by `benchmarks/run`, all figures in one run: {command}.
{machine}

The workbooks have two sheets of fast.ai's graddesc.xlsm filled down: "basic SGD" with finite differences (12 formula
columns) and "adam" (11), 23 formula cells a row. Ratios are what to look at: above 1, ours is so many times faster, or
needs so many times less memory. Times are medians of fresh processes.

![Seconds against rows, all contenders, both axes logarithmic](pictures/{picture})
"""

_METHOD = """## How it was measured

- **Workbooks.** Generated, every cell with its own formula text, as xlsxwriter and openpyxl write fill-downs; "shared
  formulas" are the same sheets as Excel saves them. The stored values are those of another run, so that a program
  that showed them instead of calculating would be caught. y has noise on it: without, the errors shrink to rounding
  errors.
- **Processes.** Each run is a process of its own; contenders take turns. A contender gets {budget} s a workbook, all
  its runs together, at least one run.
- **Stages.** *start*: importing libraries, or starting the program; in no other stage. *load*: from the path to the
  program's model. *calculate*: every formula anew; ours: plan + compile + run. *values*: all formula cells as doubles
  in one buffer. *write*: an xlsx with the new values; ours puts them into a copy of the file. *memory*: the largest
  resident memory of the process after *values*, of LibreOffice that of soffice.bin.
- **xlsgd**: `load`, `calculate(book, engine="{engine}")`, `save_values`. *cold*: with an empty folder of kernels;
  else the folder has them from an earlier process.
- **IronCalc**: `load_from_xlsx`, the raw `Model` (no history, calculates only when asked), `evaluate`,
  `get_cell_value` cell by cell (there is no other way), `save_to_xlsx`.
- **formualizer**: `load_workbook` over a memory map, parallel evaluation (its default), `evaluate_all`, `get_values`
  of the whole block, `to_xlsx_bytes`. *spans*: with its experimental `span_evaluation`.
- **LibreOffice**: a profile of its own, driven through the UNO bridge; loads with the stored values, then
  `calculateAll` (a hard recalculation); `getDataArray` in blocks of 10,000 rows.
- **formulas**: `ExcelModel().loads(…).finish()`, `calculate()`; at most 1,000 rows.
- **C loop**: [`loop.c`](../benchmarks/loop.c), `cc -O2`, from columns to columns; no workbook, no errors, no checks.
- **Agreement** is checked in every formula cell against the C loop; where ours differs by a bit, the run fails.

To repeat it: `benchmarks/run` (or `--quick`); LibreOffice from `apt-get install libreoffice-calc python3-uno`, the
rest is installed by the script. What is absent is left out, and said.
"""


def write_page(root: Path, results: Results, found: list[Verdict]) -> Path:
    """Write the page; returns its path."""
    machine = results.machine
    where = (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory']},"
        f" {machine['system']}, {machine['day']}.\n"
        + ", ".join(f"{name} {machine[name]}" for name in ("Python", "numpy", "lxml", "llvmlite", "xlsxwriter"))
        + f"; {machine['cc']}; load when it began: {machine['load at the start']}.\n"
        + ", ".join(f"{name} {version}" for name, version in versions(results).items())
        + "."
    )
    text = _INTRODUCTION.format(command=f"`{machine['command']}`", machine=where, picture=PICTURE.name)
    method = _METHOD.format(budget=machine["budget"], engine=machine["engine"])
    tables = [_markdown(table) for table in all_tables(results, found)]
    path = root / PAGE
    path.write_text("\n".join([text, tables[0], *tables[1:], method]), encoding="utf-8")
    return path


def versions(results: Results) -> dict[str, str]:
    """Of all contenders that ran."""
    return {
        name: run["version"]
        for found in results.sizes.values()
        for name, one in found.items()
        for run in one.runs[:1]
        if run["version"] and "," not in name
    }


def _markdown(table: Table) -> str:
    lines = [f"## {table.title}", "", "| " + " | ".join(table.heads) + " |"]
    lines.append("|---|" + "---:|" * (len(table.heads) - 1) if table.heads[-1] else "|---|---|---|")
    lines += ["| " + " | ".join(row) + " |" for row in table.rows]
    if table.remarks:
        lines += ["", *(f"{remark}  " for remark in table.remarks)]
    return "\n".join([*lines, ""])
