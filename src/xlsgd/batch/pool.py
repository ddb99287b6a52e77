"""Guarded worker processes on this machine, each led by a thread."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Lock, Semaphore, Thread

from ..errors import XlsgdError
from .guard import Guard
from .job import Reply, Setup, Task, with_data
from .order import in_order
from .remote import is_of_this_process

WINDOW = 512
"""Workbooks that may be done before the one that is handed on next: more would fill the memory behind a slow one."""

_TICK = 0.5  # seconds: on Windows a wait without end is deaf to Ctrl-C
Arrived = Callable[[Task, Reply], Reply]
Replies = Generator[Reply, None, None]
Numbered = tuple[int, Reply]


class Pool:
    """So many processes for one run. Use it in a ``with`` statement: leaving it ends them, busy or not."""

    def __init__(self, size: int, setup: Setup) -> None:
        self._guards = [Guard(setup) for _ in range(size)]
        self._stopping = Event()
        self._lock = Lock()
        self._window = Semaphore(max(WINDOW, 4 * size))
        self._done: SimpleQueue[Numbered | XlsgdError | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for guard in self._guards:
            guard.stop()
        self._window.release(len(self._guards))
        for thread in self._threads:
            thread.join()

    def run(self, tasks: Iterable[Task], arrived: Arrived) -> Replies:
        """The replies in the order of the tasks. arrived: sees each reply when it comes, in a thread.

        Raises EngineError where no worker starts, and what ``arrived`` raises.
        """
        waiting = enumerate(tasks)
        for guard in self._guards:
            self._threads.append(thread := Thread(target=self._lead, args=(guard, waiting, arrived), daemon=True))
            thread.start()
        for reply in in_order(self._come()):
            self._window.release()
            yield reply

    def _come(self) -> Iterator[Numbered]:
        """Replies as they come, until all threads have ended."""
        leading = len(self._threads)
        while leading:
            try:
                item = self._done.get(timeout=_TICK)
            except Empty:
                continue
            if isinstance(item, XlsgdError):
                raise item
            if item is None:
                leading -= 1
            else:
                yield item

    def _lead(self, guard: Guard, waiting: Iterator[tuple[int, Task]], arrived: Arrived) -> None:
        try:
            while (numbered := self._next(waiting)) is not None:
                number, task = numbered
                reply = guard.do(task)
                if self._stopping.is_set():
                    return
                self._done.put((number, arrived(task, reply)))
        except XlsgdError as error:
            self._done.put(error)
        finally:
            guard.close()
            self._done.put(None)

    def _next(self, waiting: Iterator[tuple[int, Task]]) -> tuple[int, Task] | None:
        """The next task with its number, None where there is none or the run is over."""
        self._window.acquire()
        if self._stopping.is_set():
            return None
        with self._lock:
            numbered = next(waiting, None)
        if numbered is None:
            self._window.release()
            return None
        number, task = numbered
        return number, with_data(task) if is_of_this_process(task.source.place) else task
