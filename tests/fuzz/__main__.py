"""Fuzz everything that reads a workbook. Failures are kept with their seed and bytes and can be replayed."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from .plants import KINDS
from .replay import replay
from .watch import Task, Watch


def main() -> int:
    """The command; its exit status is 1 where something failed."""
    parser = argparse.ArgumentParser("fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many, over all workers  [100000]")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other inputs  [1]")
    parser.add_argument("--first", type=int, default=0, help="number of the first input  [0]")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes  [1]")
    parser.add_argument("--level", choices=["bytes", "xml", "formula", "csv", "all"], default="all")
    parser.add_argument("--minutes", type=float, help="stop after so long, whatever was done")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="folder for failures  [fuzz-failures]")
    parser.add_argument("--replay", type=Path, nargs="+", metavar="FILE", help="take kept inputs again, nothing else")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between lines of progress  [10]")
    parser.add_argument("--seconds", type=float, default=10.0, help="of CPU time that one input may take  [10]")
    parser.add_argument("--plant", choices=KINDS, default="", help=argparse.SUPPRESS)  # for the harness's own test
    told = parser.parse_args()
    # memory where there is some: an input is a file for a millisecond
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="xlsgd-fuzz-", dir=place) as folder:
        if told.replay:
            return replay(told.replay, Path(folder))
        task = Task(
            told.level, told.seed, told.first, told.inputs, told.jobs, told.keep.resolve(), told.seconds, told.plant
        )
        return Watch(task, Path(folder)).run(
            None if told.minutes is None else time.monotonic() + 60 * told.minutes, told.every
        )


if __name__ == "__main__":
    sys.exit(main())
