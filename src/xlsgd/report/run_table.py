"""Epochs that were trained by hand, as a table for the terminal and as JSON."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from ..address import box_name
from ..epochs import Run
from .as_json import jsonable
from .terminal import console, make_table, show

MAX_COLUMNS = 8


def print_run(run: Run) -> None:
    """Print what was copied, then one row an epoch."""
    out = console()
    out.print(Text("each epoch copies: ") + Text("; ".join(map(str, run.carries))))
    for remark in run.remarks:
        out.print(Text(remark))
    out.print(_table(run))


def run_document(run: Run, file: str) -> dict[str, Any]:
    """What ``run --json`` says."""
    return {
        "file": file,
        "sheet": run.sheet,
        "carry": [
            {
                "from": [f"={text}" for text in one.formulas] or box_name(one.source),
                "to": one.place,
                "names": list(one.names),
            }
            for one in run.carries
        ],
        "error": run.measure or None,
        "epochs": [
            {
                "epoch": epoch.number,
                "starts": {name: jsonable(value) for name, value in epoch.starts.items()},
                "error": jsonable(epoch.error),
            }
            for epoch in run.epochs
        ],
        "remarks": list(run.remarks),
    }


def _table(run: Run) -> Table:
    table = make_table(run.sheet)
    names = list(run.epochs[0].starts)[:MAX_COLUMNS]
    table.add_column("epoch", justify="right")
    for name in names:
        table.add_column(name, justify="right")
    table.add_column(f"error ({run.measure})" if run.measure else "error", justify="right")
    for epoch in run.epochs:
        number = str(epoch.number) if epoch.number else "as it stands"
        table.add_row(number, *(show(epoch.starts[name]) for name in names), show(epoch.error))
    return table
