"""A worker process under guard: what it takes too long, too much or too badly becomes a record, and work goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from batch.traps import trap
from xlsgd.batch.guard import Guard
from xlsgd.batch.job import Reply, Setup, Task
from xlsgd.batch.record import Record
from xlsgd.batch.sources import Source

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def guard(setup: Setup) -> Iterator[Guard]:
    made = Guard(setup)
    yield made
    made.close()


def record_of(reply: Reply) -> Record:
    assert reply.record is not None
    return reply.record


def error_of(reply: Reply) -> tuple[str, str]:
    record = record_of(reply)
    assert record.error is not None
    assert (record.verdict, record.report) == ("error", None)
    return record.error["kind"], record.error["message"]


def pid_of(guard: Guard) -> int:
    assert guard._process is not None
    return guard._process.pid


def test_one_process_does_many_workbooks(guard: Guard, good: Path) -> None:
    task = Task(Source("good.xlsx", str(good)))
    first = record_of(guard.do(task))
    pid = pid_of(guard)
    assert first.verdict == "ok"
    assert first.digest is not None
    assert record_of(guard.do(task)) == first
    assert pid_of(guard) == pid


def test_bytes_are_as_good_as_a_file(guard: Guard, good: Path) -> None:
    by_path = record_of(guard.do(Task(Source("good.xlsx", str(good)))))
    assert not os.path.exists(guard._folder), "a folder for moments is made when one is needed"
    by_bytes = record_of(guard.do(Task(Source("good.xlsx", "nowhere.xlsx"), data=good.read_bytes())))
    assert by_bytes == by_path
    assert os.listdir(guard._folder) == []
    guard.close()
    assert not os.path.exists(guard._folder)


def test_what_is_known_is_not_done_again(guard: Guard, good: Path) -> None:
    digest = record_of(guard.do(Task(Source("good.xlsx", str(good))))).digest
    assert guard.do(Task(Source("good.xlsx", str(good)), known=digest)).record is None
    assert guard.do(Task(Source("good.xlsx", str(good)), known="another")).record is not None


@pytest.mark.parametrize("deed", ["sleep", "spin"])
def test_a_workbook_that_takes_too_long(setup: Setup, good: Path, deed: str) -> None:
    guard = Guard(replace(setup, timeout=0.3))
    try:
        kind, message = error_of(guard.do(Task(trap(str(good), deed))))
        assert (kind, message.split(":")[0]) == ("timeout", "took longer than 0.3 s")
    finally:
        guard.close()


@pytest.mark.parametrize("deed", ["grow", "grab"])
def test_a_workbook_that_needs_too_much_memory(setup: Setup, good: Path, deed: str) -> None:
    guard = Guard(replace(setup, memory=128 * 2**20))
    try:
        kind, message = error_of(guard.do(Task(trap(str(good), deed))))
        assert (kind, message.split(":")[0]) == ("memory", "needs more than 134,217,728 bytes of memory")
        assert guard._process is None, "a process whose memory is in disorder must not go on"
    finally:
        guard.close()


def test_a_worker_that_dies_is_replaced(guard: Guard, good: Path) -> None:
    kind, message = error_of(guard.do(Task(trap(str(good), "die"))))
    assert kind == "crash"
    assert "SIGKILL" in message
    assert record_of(guard.do(Task(Source("good.xlsx", str(good))))).verdict == "ok"


def test_a_bug_is_told_in_one_line(guard: Guard, good: Path) -> None:
    kind, message = error_of(guard.do(Task(trap(str(good), "raise"))))
    assert kind == "crash"
    assert message == "ended the worker process (exit status 1: ZeroDivisionError: a bug of ours): please report it"


def test_what_a_library_prints_does_no_harm(guard: Guard, good: Path) -> None:
    assert record_of(guard.do(Task(trap(str(good), "chat")))).verdict == "ok"


@ON_LINUX
def test_a_worker_that_has_grown_is_replaced_between_workbooks(guard: Guard, good: Path) -> None:
    guard.do(Task(Source("good.xlsx", str(good))))
    pid = pid_of(guard)
    guard._base -= guard.setup.memory // 2
    assert record_of(guard.do(Task(Source("good.xlsx", str(good))))).verdict == "ok"
    guard.do(Task(Source("good.xlsx", str(good))))
    assert pid_of(guard) != pid


@ON_LINUX
@pytest.mark.parametrize("deed", ["sleep", "spin"])
def test_a_worker_does_not_outlive_a_parent_that_is_killed(good: Path, deed: str, tmp_path: Path) -> None:
    script = (
        "import sys, threading, time; sys.path.insert(0, sys.argv[1])\n"
        "from batch.traps import trap\n"
        "from xlsgd.batch.guard import Guard\n"
        "from xlsgd.batch.job import Setup, Task\n"
        "guard = Guard(Setup(600.0, 2**30))\n"
        "threading.Thread(target=guard.do, args=(Task(trap(sys.argv[2], sys.argv[3])),), daemon=True).start()\n"
        "while not hasattr(guard, '_base'): time.sleep(0.01)\n"
        "print(guard._process.pid, guard._folder, flush=True)\n"
        "time.sleep(600)\n"
    )
    arguments = [sys.executable, "-c", script, str(Path(__file__).parents[1]), str(good), deed]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        time.sleep(0.2)
        parent.send_signal(signal.SIGKILL)
    for _ in range(200):
        if not Path("/proc", pid).exists() and not Path(folder).exists():
            break
        time.sleep(0.05)
    assert not Path("/proc", pid).exists()
    assert not Path(folder).exists()
