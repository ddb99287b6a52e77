"""The process that looks at workbooks, one after the other: what it reads from and writes to its pipes.

A message is its length in eight bytes and a pickle. First comes the Setup, answered by None when all is imported; then
Tasks, each answered by a Reply. The process ends with its standard input, even in the middle of a workbook: it never
outlives who started it.
"""

from __future__ import annotations

import os
import pickle
import shutil
import struct
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">Q")


def send(pipe: BinaryIO, message: object) -> None:
    """Write one message. Raises OSError (BrokenPipeError) where nobody reads any more."""
    data = pickle.dumps(message, protocol=5)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """The next message. Raises EOFError where there is none any more."""
    head = pipe.read(_LENGTH.size)
    size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
    data = pipe.read(size)
    if not size or len(data) < size:
        raise EOFError("the other side is gone")
    return pickle.loads(data)


def main(folder: str) -> None:
    """Serve until standard input ends. folder: for files that are needed for a moment; removed at the end."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sys.excepthook = _fall
    os.dup2(2, 1)  # what a library prints must not get between the messages
    waiting: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(tasks, waiting, folder), daemon=True).start()
    _serve(waiting, answers, Path(folder))


def _listen(tasks: BinaryIO, waiting: SimpleQueue[Any], folder: str) -> None:
    try:
        while True:
            waiting.put(receive(tasks))
    except (EOFError, OSError):
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def _fall(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug: say it and be gone. The usual way out would wait for the thread that reads standard input."""
    sys.__excepthook__(kind, error, trace)
    sys.stderr.flush()
    os._exit(1)


def _serve(waiting: SimpleQueue[Any], answers: BinaryIO, folder: Path) -> None:
    setup = waiting.get()
    os.environ["XLSGD_LIMITS"] = setup.limits
    from .job import examine
    from .warm import warm

    warm(setup.pages)
    _hold(setup.memory)
    send(answers, None)
    while True:
        send(answers, examine(waiting.get(), setup, folder))


def _hold(memory: int) -> None:
    """Let the system refuse memory far beyond the limit, should it be taken faster than it can be watched."""
    told = Path("/proc/self/status")
    if not told.exists():
        return
    import resource

    words = (line.split() for line in told.read_text("utf-8", "replace").splitlines())
    used = next((int(word[1]) * 1024 for word in words if word[0] == "VmData:"), 0)
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = used + 2 * memory
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
