"""A batch from paths to records."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..limits import told
from ..version import __version__
from .pages import make_folder, page_name
from .record import BatchOptions, Record
from .sources import Source, select

if TYPE_CHECKING:
    from .cluster import Cluster
    from .job import Reply, Task
    from .lines import Lines
    from .pool import Pool

MIN_MEMORY = 64 * 1024**2


class Batch(Iterator[Record]):
    """The records of a run, in the order of ``sources``, each as soon as it and all before it are done.

    Work begins with the first record that is asked for, and ends with the last, with an exception, or with ``close``.
    kept: how many records so far are those of an earlier run.
    """

    def __init__(self, paths: Iterable[str | os.PathLike[str]], options: BatchOptions) -> None:
        _check(options)
        self.options = options
        self.sources = select(paths)
        if options.html is not None:
            make_folder(options.html)
        self.kept = 0
        self._records = self._work()

    def __len__(self) -> int:
        return len(self.sources)

    def __iter__(self) -> Batch:
        return self

    def __next__(self) -> Record:
        return next(self._records)

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the run: workers are gone when this returns."""
        self._records.close()

    def _work(self) -> Generator[Record, None, None]:
        options = self.options
        lines = _lines(options) if options.json is not None else None
        finished = False
        try:
            with (
                _runner(options, len(self)) as runner,
                closing(runner.run(self._tasks(lines), self._arrived)) as replies,
            ):
                for source, reply in zip(self.sources, replies, strict=True):
                    self.kept += reply.record is None
                    yield _taken(source, reply, lines)
            finished = True
        finally:
            if lines is not None:
                lines.close(finished)

    def _tasks(self, lines: Lines | None) -> Iterator[Task]:
        from .job import Task

        for source in self.sources:
            known = lines.known(source.name) if lines is not None else None
            page = self._page(source)
            yield Task(source, known=None if page is not None and not page.exists() else known)

    def _page(self, source: Source) -> Path | None:
        folder = self.options.html
        return None if folder is None else folder / page_name(source.name)

    def _arrived(self, task: Task, reply: Reply) -> Reply:
        """Write the page of a workbook as soon as it comes; it is not kept in memory. Raises UsageError."""
        from .job import Reply

        page = self._page(task.source)
        if page is None or reply.page is None:
            return reply
        from ..book.atomic import replace_file

        replace_file(page, reply.page)
        return Reply(reply.record)


def run_batch(paths: Iterable[str | os.PathLike[str]], options: BatchOptions | None = None) -> Batch:
    """Verify workbooks in files, folders, patterns, zips and addresses, many at once; what is wrong with one is its
    record and stops no other.

    Raises UsageError where a path does not exist, none has a workbook or an option makes no sense; while running,
    EngineError where no worker starts and UsageError where a file cannot be written.
    """
    return Batch(paths, options or BatchOptions())


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _taken(source: Source, reply: Reply, lines: Lines | None) -> Record:
    """The record of a reply, written to the file of lines if there is one."""
    if reply.record is None:
        assert lines is not None
        return lines.keep(source.name)
    if lines is not None:
        lines.add(reply.record)
    return reply.record


def _lines(options: BatchOptions) -> Lines:
    from .lines import Lines

    assert options.json is not None
    depends = f"{told()}\n{options.overrides!r}"
    stamp = {"xlsgd": __version__, "options": hashlib.sha256(depends.encode()).hexdigest()[:16]}
    return Lines(options.json, stamp, options.resume)


def _runner(options: BatchOptions, number: int) -> Pool | Cluster:
    from .job import Setup

    setup = Setup(options.timeout, options.max_memory, told(), options.html is not None, options.overrides)
    jobs = min(options.jobs or cores(), number)
    if options.dask is None:
        from .pool import Pool

        return Pool(jobs, setup)
    from .cluster import Cluster

    return Cluster(options.dask, jobs, setup, number)


def _check(options: BatchOptions) -> None:
    """Refuse what makes no sense, before any work is done. Raises UsageError."""
    if options.jobs is not None and options.jobs < 1:
        raise UsageError(f"{options.jobs} jobs: give at least 1")
    if not options.timeout > 0:
        raise UsageError(f"a timeout of {options.timeout:g} s: give more than 0")
    if options.max_memory < MIN_MEMORY:
        raise UsageError(f"a memory limit of {options.max_memory:,} bytes: give at least {MIN_MEMORY // 1024**2} MiB")
    if options.resume and options.json is None:
        raise UsageError("what to resume? name the file of JSON lines, too")
    if options.json is not None and (not options.json.parent.is_dir() or options.json.is_dir()):
        raise UsageError(f"cannot write '{options.json}': name a file in a folder that exists")
    if options.html is not None and not (options.html.is_dir() or options.html.parent.is_dir()):
        missing = options.html.parent
        raise UsageError(f"cannot write pages to '{options.html}': there is no folder '{missing}', make it first")
