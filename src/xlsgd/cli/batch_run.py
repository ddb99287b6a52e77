"""A batch from what was asked on the command line to its exit status."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from ..batch.pages import page_name
from ..batch.record import DEFAULT_MEMORY, DEFAULT_TIMEOUT, BatchOptions, Record
from ..batch.run import Batch, run_batch
from ..check.understand import read_overrides
from ..display import plain
from ..errors import UsageError
from ..limits import number
from ..report import junit
from ..report.as_json import dumps
from ..report.batch_progress import batch_progress
from ..report.batch_rows import BatchReport, Row, Totals
from ..report.batch_table import print_row, print_totals
from ..report.github import MAX_CAUSES
from ..report.terminal import console
from ..shell import say
from .batch_judgement import Judge
from .batch_outputs import Outputs
from .failing import FailOn

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command, as given."""

    jobs: int | None
    dask: str | None
    timeout: float | None
    max_memory: str | None
    json_out: str | None
    resume: bool
    junit: Path | None
    html: Path | None
    github: bool
    fail_on: str | None
    baseline: Path | None
    update_baseline: bool
    roles: Path | None
    variant: str | None
    quiet: int

    @property
    def streams(self) -> bool:
        """True where stdout is for JSON alone."""
        return self.json_out == STDOUT

    def options(self) -> BatchOptions:
        """What the batch is asked to do. Raises UsageError."""
        if self.resume and (self.json_out is None or self.streams):
            raise UsageError("--resume keeps what a file of --json has: name the file")
        return BatchOptions(
            jobs=self.jobs,
            dask=self.dask,
            timeout=DEFAULT_TIMEOUT if self.timeout is None else self.timeout,
            max_memory=DEFAULT_MEMORY if self.max_memory is None else number(self.max_memory),
            json=None if self.json_out is None or self.streams else Path(self.json_out),
            resume=self.resume,
            html=self.html,
            overrides=read_overrides(self.roles, self.variant),
        )


def run(paths: Sequence[str], asked: Asked) -> int:
    """Verify, tell, write what was asked for. Raises UsageError before the work where it can be known."""
    most = MAX_CAUSES if asked.junit is None else junit.MAX_CAUSES
    judge = Judge(FailOn.parse(asked.fail_on), asked.baseline, asked.update_baseline, most)
    outputs = Outputs.checked(asked.junit, asked.html, asked.github, to_stderr=asked.streams)
    batch = run_batch(paths, asked.options())
    clock = time.perf_counter()
    rows = _work(batch, asked, judge)
    totals = Totals()
    for row in rows:
        totals.add(row)
    seconds = time.perf_counter() - clock
    report = BatchReport(rows, totals, seconds, len(rows) - batch.kept, paths, judge.compares, judge.vanished)
    if not asked.streams and asked.quiet < 2:
        print_totals(console(), report)
    outputs.write(report)
    accepted = judge.finish()
    if accepted is not None and not asked.streams and asked.quiet < 2:
        say(accepted)
    return _status(rows)


def _work(batch: Batch, asked: Asked, judge: Judge) -> list[Row]:
    """The rows, each told as it comes."""
    rows = []
    with batch, batch_progress(len(batch)) as (out, advance):
        kept = 0
        for record in batch:
            row = judge.row(record, _page(record, asked))
            rows.append(row)
            if asked.streams:
                click.echo(dumps(record.document()))
            elif asked.quiet == 0 or (asked.quiet == 1 and (row.failed or row.verdict != "ok")):
                print_row(out, row)
            advance(batch.kept == kept)
            kept = batch.kept
    return rows


def _page(record: Record, asked: Asked) -> str | None:
    return page_name(record.file) if asked.html is not None and record.error is None else None


def _status(rows: Sequence[Row]) -> int:
    """The exit status; what could not be checked is told on stderr in one line."""
    broken = [row for row in rows if row.error is not None]
    if broken and broken[0].error is not None:
        number = "a workbook was" if len(broken) == 1 else f"{len(broken):,} workbooks were"
        first = plain(f"{broken[0].file}: {broken[0].error['message']}")
        print(f"xlsgd: {number} not checked, {'the first ' * (len(broken) > 1)}{first}", file=sys.stderr)
        return 2
    return int(any(row.failed for row in rows))
