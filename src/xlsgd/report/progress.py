"""Progress on the terminal: a bar on stderr, only where a person looks, and only once a second has passed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..display import plain

AFTER = 1.0  # seconds


@contextmanager
def progress(text: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """A bar while the body runs; call what it yields after each of ``total`` steps (None: how many is not known).

    Nothing is printed where stderr is no terminal, and rich is not even imported where the body is quick.
    """
    if not sys.stderr.isatty():
        yield _nothing
        return
    bar = _Bar(text, total)
    timer = threading.Timer(AFTER, bar.show)
    timer.daemon = True
    timer.start()
    try:
        yield bar.advance
    finally:
        timer.cancel()
        bar.hide()


def _nothing() -> None:
    pass


class _Bar:
    """A rich progress bar that is made when it is first shown, which happens in the timer's thread."""

    def __init__(self, text: str, total: int | None) -> None:
        self._text, self._total, self._steps = text, total, 0
        self._lock = threading.Lock()
        self._update: Callable[[int], None] | None = None
        self._stop: Callable[[], None] = _nothing
        self._over = False

    def show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._over:
                return
            shapes = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
            bar = Progress(*shapes, console=Console(stderr=True), transient=True)
            task = bar.add_task(plain(self._text), total=self._total, completed=self._steps)
            self._update = lambda steps: bar.update(task, completed=steps)
            self._stop = bar.stop
            bar.start()

    def advance(self) -> None:
        with self._lock:
            self._steps += 1
            if self._update is not None:
                self._update(self._steps)

    def hide(self) -> None:
        with self._lock:
            self._over = True
            self._stop()
