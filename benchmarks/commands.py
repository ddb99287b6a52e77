"""Whole processes: the command line on a small workbook, and the writers on a large one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from .measure import ROOT, Bench, environment
from .workbooks import make_workbook

WRITERS = ("xlsgd", "xlsxwriter")


def measure_commands(bench: Bench, runs: int) -> dict[str, float]:
    """Median seconds of whole processes, from start to end; the bare interpreter beside them."""
    script = shutil.which("xlsgd", path=str(Path(sys.executable).parent))
    program = [script] if script else [sys.executable, "-m", "xlsgd"]
    book = make_workbook(bench.folder / "book-30.xlsx", 30)
    engine = ["--engine", bench.engine]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "xlsgd --help": [*program, "--help"],
        "xlsgd calc": [*program, "calc", str(book), *engine],
    }
    _seconds(bench, commands["xlsgd calc"], 1, bench.folder / "kernels")
    found = {told: _seconds(bench, command, runs, bench.folder / "kernels") for told, command in commands.items()}
    fresh = [bench.folder / f"fresh{turn}" for turn in range(runs)]
    try:
        found["xlsgd calc, cold"] = median(_seconds(bench, commands["xlsgd calc"], 1, cache) for cache in fresh)
    finally:
        for cache in fresh:
            shutil.rmtree(cache, ignore_errors=True)
    return found


def _seconds(bench: Bench, command: list[str], runs: int, cache: Path) -> float:
    taken = []
    for _ in range(runs):
        clock = time.perf_counter()
        subprocess.run(command, cwd=ROOT, env=environment(bench, cache), check=True, capture_output=True)
        taken.append(time.perf_counter() - clock)
    return median(taken)


def measure_writers(bench: Bench, rows: int) -> dict[str, dict[str, Any]]:
    """Generate one large workbook with each writer, once."""
    book, found = make_workbook(bench.folder / f"book-{rows}.xlsx", rows), {}
    for name in WRITERS:
        target = bench.folder / f"by {name}.xlsx"
        command = [sys.executable, "-m", "benchmarks.writers", name, str(book), str(target)]
        done = subprocess.run(command, cwd=ROOT, env=environment(bench, None), capture_output=True, text=True)
        found[name] = json.loads(done.stdout) if not done.returncode else {"problem": done.stderr.strip()[-300:]}
    return found
