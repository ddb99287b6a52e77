"""The same guarded work on a Dask cluster: local workbooks travel as bytes, so no disk need be shared.

A cluster's worker leads guarded processes of its own, one for each of its threads, and they end with the run or with
the worker. What a lost worker had not handed on is done by another. Source: https://distributed.dask.org (resilience,
worker plugins).
"""

from __future__ import annotations

import os
import uuid
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ..errors import EngineError, UsageError
from ..version import __version__
from .guard import Guard
from .job import Reply, Setup, Task, failed, with_data
from .order import in_order
from .pool import WINDOW, Arrived, Replies
from .remote import is_of_this_process

try:
    from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, as_completed, get_worker
except ImportError:
    raise UsageError("Dask is not installed: pip install 'xlsgd[dask]'") from None

MOST = 32
"""Workbooks of a chunk."""

_HEAVY = 4 * 1024**2  # bytes after which a chunk is not made longer
_PATIENCE = 30  # seconds until the scheduler and a first worker answer


class Guards(WorkerPlugin):  # type: ignore[misc]  # distributed's class has no types
    """On a worker of the cluster: the guarded processes of one run."""

    def __init__(self, name: str, setup: Setup) -> None:
        self.name = name
        self._setup = setup

    def setup(self, worker: Any) -> None:
        """Called by Dask when the run begins or the worker joins it."""
        self._idle: deque[Guard] = deque()
        self._all: list[Guard] = []

    def teardown(self, worker: Any) -> None:
        """Called by Dask at the end of the run or of the worker."""
        for guard in self._all:
            guard.stop()
        for guard in list(self._idle):
            guard.close()

    def do(self, tasks: list[Task]) -> list[Reply]:
        """Have tasks done by an idle process, or by one more. Raises EngineError where none starts."""
        try:
            guard = self._idle.pop()
        except IndexError:
            guard = Guard(self._setup)
            self._all.append(guard)
        try:
            return [guard.do(task) for task in tasks]
        finally:
            self._idle.append(guard)


def guarded(name: str, tasks: list[Task]) -> list[Reply]:
    """What a worker of the cluster is asked to do. name: of the run's plugin."""
    guards: Guards = get_worker().plugins[name]
    return guards.do(tasks)


def installed_version() -> str:
    """The version of xlsgd where this runs."""
    return __version__


@dataclass(frozen=True, slots=True)
class Chunk:
    """Workbooks that travel together: a round trip for each would take longer than the work."""

    numbers: list[int]
    tasks: list[Task]


class Cluster:
    """A run on a cluster. address: "local", a scheduler's address, or its file. jobs: processes of a local one.

    Use it in a ``with`` statement. Raises UsageError where the cluster does not answer or has another version.
    """

    def __init__(self, address: str, jobs: int, setup: Setup, number: int) -> None:
        self._name = f"xlsgd-{uuid.uuid4().hex[:12]}"
        self._number = number
        self._cluster = _local(jobs) if address == "local" else None
        self._open: dict[Any, Chunk] = {}
        try:
            self._client = _client(address, self._cluster)
            self._client.register_plugin(Guards(self._name, setup))
        except (OSError, TimeoutError, ValueError) as error:
            self._shut()
            raise UsageError(f"the Dask scheduler '{address}' does not answer ({error}): check the address") from error
        except ImportError as error:
            raise UsageError(f"the workers of '{address}' lack a library ({error}): install xlsgd there") from error

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, TimeoutError):  # a scheduler that is gone needs no goodbye
            self._client.cancel([future for future in self._open if not future.done()], force=True)
            self._client.unregister_worker_plugin(self._name)
            self._client.close()
        self._shut()

    def run(self, tasks: Iterable[Task], arrived: Arrived) -> Replies:
        """The replies in the order of the tasks. Raises EngineError where no worker starts or the scheduler is lost."""
        return in_order(self._come(tasks, arrived))

    def _come(self, tasks: Iterable[Task], arrived: Arrived) -> Iterator[tuple[int, Reply]]:
        flow = as_completed(loop=self._client.loop)
        waiting = (_carried(number, task) for number, task in enumerate(tasks))
        more = True
        while more or self._open:
            while more and self._has_room():
                chunk, ready = _gathered(waiting, self._chunk_size())
                yield from ready
                more = bool(chunk.tasks or ready)
                self._submit(chunk, flow)
            if self._open:
                future = next(flow)
                yield from self._replies(self._open.pop(future), future, flow, arrived)

    def _threads(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def _chunk_size(self) -> int:
        return max(1, min(MOST, self._number // (8 * self._threads())))

    def _has_room(self) -> bool:
        """Whether another chunk may go out: enough to keep all busy, none far ahead of the next that is handed on."""
        numbers = [number for chunk in self._open.values() for number in (chunk.numbers[0], chunk.numbers[-1])]
        far = bool(numbers) and max(numbers) - min(numbers) > WINDOW
        return len(self._open) <= 2 * self._threads() and not far

    def _submit(self, chunk: Chunk, flow: Any) -> None:
        if not chunk.tasks:
            return
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")
            future = self._client.submit(guarded, self._name, chunk.tasks, pure=False)
        self._open[future] = chunk
        flow.add(future)

    def _replies(self, chunk: Chunk, future: Any, flow: Any, arrived: Arrived) -> Iterator[tuple[int, Reply]]:
        """What came of a chunk; one whose workers were lost again and again is sent out anew, one by one."""
        try:
            replies = future.result()
        except KilledWorker:
            if len(chunk.tasks) > 1:
                for number, task in zip(chunk.numbers, chunk.tasks, strict=True):
                    self._submit(Chunk([number], [task]), flow)
                return
            replies = [Reply(failed(chunk.tasks[0].source, "crash", "was lost with its Dask worker, several times"))]
        except CancelledError as error:
            raise EngineError("the Dask scheduler was lost: what is done is kept, run again with --resume") from error
        for number, task, reply in zip(chunk.numbers, chunk.tasks, replies, strict=True):
            yield number, arrived(task, reply)

    def _shut(self) -> None:
        if self._cluster is not None:
            self._cluster.close()


def _local(jobs: int) -> Any:
    """A cluster in this process: its threads lead guarded processes, which do the work."""
    return LocalCluster(
        n_workers=1, threads_per_worker=jobs, processes=False, dashboard_address="127.0.0.1:0", protocol="inproc://"
    )


def _client(address: str, cluster: Any) -> Any:
    """A client with at least one worker of our version behind it. Raises UsageError, TimeoutError, OSError."""
    options = {"set_as_default": False, "timeout": _PATIENCE}
    if cluster is not None:
        return Client(cluster, **options)
    client = Client(scheduler_file=address, **options) if os.path.isfile(address) else Client(address, **options)
    client.wait_for_workers(1, timeout=_PATIENCE)
    others = set(client.run(installed_version).values()) - {installed_version()}
    if others:
        client.close()
        raise UsageError(f"the workers of '{address}' have xlsgd {', '.join(sorted(others))}: install {__version__}")
    return client


def _carried(number: int, task: Task) -> tuple[int, Task | Reply]:
    """A task with what its worker cannot fetch, or the reply where it is known here already."""
    if task.source.trouble is not None or (task.source.is_remote and not is_of_this_process(task.source.place)):
        return number, task
    loaded = with_data(task)
    if task.known is not None and loaded.data is not None and sha256(loaded.data).hexdigest() == task.known:
        return number, Reply(None)
    return number, loaded


def _gathered(waiting: Iterator[tuple[int, Task | Reply]], size: int) -> tuple[Chunk, list[tuple[int, Reply]]]:
    """The next chunk, of at most so many workbooks and not too many bytes, and the replies that lay between."""
    chunk, ready, weight = Chunk([], []), [], 0
    for number, item in waiting:
        if isinstance(item, Reply):
            ready.append((number, item))
        else:
            chunk.numbers.append(number)
            chunk.tasks.append(item)
            weight += len(item.data or b"")
        if len(chunk.tasks) >= size or weight > _HEAVY or len(ready) >= WINDOW:
            break
    return chunk, ready
