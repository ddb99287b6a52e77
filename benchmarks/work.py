"""One process of one contender: opens, calculates, reads, saves, and prints what each took as a line of JSON.

The line is printed before saving and once more, complete, after it: who takes too long to save has the rest measured.

    python -m benchmarks.work NAME WORKBOOK... [--rows N] [--values FILE] [--write FILE] [--library FILE]

With several workbooks they are loaded and calculated one after the other and only the whole is timed. Runs in any
Python 3.8 or newer, as LibreOffice's may be old.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .contenders.base import Unavailable
from .contenders.registry import make
from .sheets import LAYOUTS


@contextlib.contextmanager
def stage(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Keep what the block takes."""
    clock = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - clock


def one(contender: Any, path: Path, rows: int, values: Path | None, target: Path | None) -> Iterator[dict[str, Any]]:
    """All stages of one workbook; what is known before saving, and all."""
    seconds: dict[str, float] = {}
    with stage(seconds, "load"):
        model = contender.load(path)
    with stage(seconds, "calculate"):
        inner = contender.calculate(model)
    with stage(seconds, "values"):
        blocks = [contender.values(model, layout.name, layout.area(rows)) for layout in LAYOUTS]
    peak = contender.peak()
    if values is not None:
        with values.open("wb") as file:
            for block in blocks:
                file.write(block.doubles)
    if hasattr(contender, "again"):
        seconds["again"] = contender.again(path)
    found = {"seconds": seconds, "inner": inner, "peak": peak, "by_columns": blocks[0].by_columns}
    yield found
    if target is not None:
        with stage(seconds, "write"):
            contender.write(model, target)
        yield found
    contender.close(model)


def many(contender: Any, paths: list[Path], limit: float) -> Iterator[dict[str, Any]]:
    """Load and calculate, workbook by workbook, until all are done or the time is up."""
    done, cpu, clock = 0, time.process_time(), time.perf_counter()
    for path in paths:
        model = contender.load(path)
        contender.calculate(model)
        contender.close(model)
        done += 1
        if time.perf_counter() - clock > limit:
            break
    yield {"books": done, "seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu}


def main(arguments: list[str]) -> int:
    """Run as the options say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.work")
    parser.add_argument("name")
    parser.add_argument("books", nargs="+", type=Path)
    parser.add_argument("--rows", type=int, default=30)
    parser.add_argument("--values", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--limit", type=float, default=60.0)
    given = parser.parse_args(arguments)
    clock = time.perf_counter()
    try:
        contender = make(given.name, given.library)
    except (ImportError, Unavailable) as error:
        print(json.dumps({"absent": str(error)}))
        return 0
    start = time.perf_counter() - clock
    try:
        several = len(given.books) > 1
        for found in (
            many(contender, given.books, given.limit)
            if several
            else one(contender, given.books[0], given.rows, given.values, given.write)
        ):
            print(json.dumps({"version": contender.version, "start": start, **found}), flush=True)
    finally:
        getattr(contender, "quit", lambda: None)()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
