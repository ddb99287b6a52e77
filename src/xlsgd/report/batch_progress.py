"""How far a batch is, on stderr where a person looks: done, rate, time left. Lines of the batch stand above it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task
from rich.table import Column
from rich.text import Text

from .batch_table import duration, rate
from .terminal import console

Advance = Callable[[bool], None]
"""Called after each workbook: whether it was checked now (and not kept from an earlier run)."""

BAR = 24
"""Its width in characters."""

STEADY = 3
"""Workbooks that must be done before the time that is left is told."""


@contextmanager
def batch_progress(total: int) -> Iterator[tuple[Console, Advance]]:
    """The console for the lines of a batch, and what to call after each of ``total`` workbooks.

    Where stderr is no terminal nothing is shown of the progress.
    """
    if not sys.stderr.isatty():
        yield console(), lambda checked: None
        return
    screen = Console(stderr=True, highlight=False)
    bar = Progress(
        SpinnerColumn(),
        BarColumn(BAR, complete_style="cyan", finished_style="cyan"),
        _Course(Column(no_wrap=True)),
        console=screen,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task = bar.add_task("", total=total, checked=0, began=time.monotonic())

    def advance(checked: bool) -> None:
        bar.update(task, advance=1, checked=bar.tasks[0].fields["checked"] + checked)

    with bar:
        # Lines for the same terminal go through the bar's console, which puts them above it.
        yield screen if sys.stdout.isatty() else console(), advance


class _Course(ProgressColumn):
    """Done, rate and time left."""

    def render(self, task: Task) -> Text:
        passed = time.monotonic() - task.fields["began"]
        return Text(course(int(task.completed), int(task.total or 0), task.fields["checked"], passed))


def course(done: int, total: int, checked: int, passed: float) -> str:
    """How far a batch is, in words. checked: of those that are done, those that took time; passed: seconds.

    >>> course(250, 1000, 250, 20)
    '250 of 1,000, 12.5 workbooks/s, 1 min 0 s left'
    >>> course(1, 1000, 1, 2)
    '1 of 1,000'
    """
    said = f"{done:,} of {total:,}"
    if checked < STEADY or passed <= 0:
        return said
    return f"{said}, {rate(checked, passed)}, {duration((total - done) * passed / checked)} left"
