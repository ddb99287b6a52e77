"""The benchmarks as one command: measure, compare, print, write the page and the picture. See ``--help``."""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from xlsgd import api

from .acceptance import verdicts
from .commands import measure_commands, measure_writers
from .contenders.registry import CONTENDERS, OURS
from .machine import describe
from .measure import ROOT, Bench
from .page import PICTURE, write_page
from .suite import Results, known, measure_copies, measure_size, wrong
from .table import Table, all_tables

SIZES, LARGE, MILLION = (30, 1_000, 10_000, 100_000), 100_000, 1_000_000
COPIES, BUSY = 1_000, 0.5


def main(arguments: list[str]) -> int:
    """Exit status: 0 all is well, 1 ours differs from the C loop by a bit."""
    given = _parse(arguments)
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="xlsgd-bench-") as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, given.engine, given.budget, 1 if given.quick else given.runs)
        results = Results.load(given.again) if given.again else _measure(bench, given, console)
    if given.json:
        results.save(given.json)
    found = verdicts(results)
    for table in all_tables(results, found):
        _print(Console(width=None if sys.stdout.isatty() else 130), table)
    if not given.quick and not given.no_page:
        from .plot import draw

        draw(results, ROOT / PICTURE)
        console.print(f"written: {write_page(ROOT, results, found)}")
    differing = wrong(results)
    for line in differing:
        console.print(f"[red]ours differs from the C loop: {line}")
    return int(bool(differing))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="30 and 1,000 rows, once each; writes no page")
    parser.add_argument("--only", metavar="NAMES", help=f"contenders, with | between: {' | '.join(CONTENDERS)}")
    parser.add_argument("--sizes", metavar="ROWS", help="numbers of rows, with commas between")
    parser.add_argument("--engine", default=api.DEFAULT_ENGINE, help="of xlsgd  [%(default)s]")
    parser.add_argument("--runs", type=int, default=5, help="processes a contender and workbook  [%(default)s]")
    parser.add_argument("--budget", type=float, default=120.0, help="seconds for all of them  [%(default)s]")
    parser.add_argument("--folder", type=Path, help="keep workbooks there and take those that are there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the results")
    parser.add_argument("--again", type=Path, metavar="FILE", help="measure nothing: tables and page of kept results")
    parser.add_argument("--no-page", action="store_true", help="write no page and no picture")
    return parser.parse_args(arguments)


def _measure(bench: Bench, given: argparse.Namespace, console: Console) -> Results:
    names = known(given.only.split("|") if given.only else list(CONTENDERS))
    quick = given.quick
    sizes = [int(rows) for rows in given.sizes.split(",")] if given.sizes else SIZES[: 2 if quick else None]

    def report(line: str) -> None:
        console.print(f"[dim]{line}")

    results = Results({**describe(), "command": _told(given), "engine": given.engine, "budget": f"{given.budget:g}"})
    if float(results.machine["load at the start"]) > BUSY:
        console.print(f"[yellow]The machine is busy (load {results.machine['load at the start']}): times will be long.")
    for rows in sizes:
        results.sizes[rows] = measure_size(bench, rows, names, report)
    results.copies = measure_copies(bench, 20 if quick else COPIES, names, report)
    results.commands = measure_commands(bench, bench.runs)
    if not quick and not given.sizes:
        results.shared[LARGE] = measure_size(bench, LARGE, names, report, shared=True)
        report("writers")
        results.writers = measure_writers(bench, LARGE)
        own = [name for name in names if name in (OURS, "C loop")]
        results.sizes[MILLION] = measure_size(bench, MILLION, own, report)
    return results


def _told(given: argparse.Namespace) -> str:
    """The command line without the paths of this machine."""
    kept = {name: getattr(given, name) for name in ("only", "sizes", "engine", "runs", "budget")}
    default = vars(_parse([]))
    options = [part for name, value in kept.items() if value != default[name] for part in (f"--{name}", str(value))]
    return shlex.join(["benchmarks/run", *options])


def _print(console: Console, table: Table) -> None:
    shown = RichTable(title=table.title, title_justify="left")
    for number, head in enumerate(table.heads):
        shown.add_column(head, justify="right" if number and table.heads[-1] else "left")
    for row in table.rows:
        shown.add_row(*row)
    console.print(shown)
    for remark in table.remarks:
        console.print(f"[dim]{remark}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
