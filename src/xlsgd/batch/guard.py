"""A worker process under guard: it is ended when it takes too long or grows too large, and started anew."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any, BinaryIO, cast

from ..errors import EngineError
from .job import Reply, Setup, Task, failed
from .worker import receive, send

_TICK = 0.05  # seconds between two looks at a busy worker
_PATIENCE = 300.0  # seconds until a worker has started; minutes only where the machine is very busy
_TIRED = 4  # a worker that keeps this fraction of the memory limit between workbooks is replaced
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_MAIN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); import sys; sys.path[:] = {path!r}; "
_MAIN += "from xlsgd.batch.worker import main; main({folder!r})"


class Guard:
    """One worker process at a time, started when it is first needed. For one thread; any may call ``stop``."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def do(self, task: Task) -> Reply:
        """Have a task done. A worker's death becomes the workbook's record. Raises EngineError where none starts."""
        clock = time.monotonic()
        if task.source.trouble is not None:
            return Reply(failed(task.source, *task.source.trouble))
        if self._stopped:
            raise EngineError("the run was ended")
        if self._process is not None and self._process.poll() is not None:
            self._end()  # it died between two workbooks: neither is to blame
        if self._process is None:
            self._start()
            clock = time.monotonic()
        reply = self._ask(task, clock)
        if reply is None:
            reply = self._fallen(task, *self._cause(), time.monotonic() - clock)
        elif reply.tired or self._why is not None or self._grown() > self.setup.memory // _TIRED:
            self._end()
        return reply

    def stop(self) -> None:
        """End what is being done, at once. Callable from any thread."""
        self._stopped = True
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """End the process and remove what it left. From the thread that works with it."""
        self._end()

    def _start(self) -> None:
        self._folder = os.path.join(tempfile.gettempdir(), f"xlsgd-batch-{uuid.uuid4().hex}")
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # read when the process is dead
        self._why: tuple[str, str] | None = None
        self._answers: SimpleQueue[Any] = SimpleQueue()
        main = _MAIN.format(path=sys.path, folder=self._folder)
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", main],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**dict.fromkeys(_ONE_THREAD, "1"), **os.environ},
        )
        self._process, self._pipe = process, cast(BinaryIO, process.stdin)
        Thread(target=_listen, args=(process, self._answers), daemon=True).start()
        if self._stopped:
            process.kill()
        self._tell(self.setup)
        if not self._ready():
            told = self._cause()[1]
            self._end()
            raise EngineError(f"a worker process does not start: {told}")
        self._base = resident(process.pid)

    def _ready(self) -> bool:
        try:
            return self._answers.get(timeout=_PATIENCE) is None
        except Empty:
            return False

    def _ask(self, task: Task, clock: float) -> Reply | None:
        """The worker's reply, None where it died or had to be ended."""
        self._tell(task)
        while True:
            try:
                answer = self._answers.get(timeout=_TICK)
            except Empty:
                self._watch(time.monotonic() - clock)
            else:
                return answer if isinstance(answer, Reply) else None

    def _tell(self, message: object) -> None:
        try:
            send(self._pipe, message)
        except OSError:
            return  # it is dead: the answers say so

    def _watch(self, seconds: float) -> None:
        limit = self.setup.memory
        if self._why is not None or self._process is None:
            return
        if seconds > self.setup.timeout:
            told = f"took longer than {self.setup.timeout:g} s: raise --timeout, or make the workbook smaller"
            self._why = ("timeout", told)
        elif self._grown() > limit:
            told = f"needs more than {limit:,} bytes of memory: raise --max-memory, or split the workbook"
            self._why = ("memory", told)
        else:
            return
        self._process.kill()

    def _grown(self) -> int:
        return max(0, resident(self._process.pid) - self._base) if self._process is not None else 0

    def _cause(self) -> tuple[str, str]:
        """Why the worker died: kind and message."""
        if self._why is not None:
            return self._why
        assert self._process is not None
        if self._process.poll() is None:
            try:
                self._process.wait(1.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
        status = self._process.wait()
        self._stderr.seek(max(0, self._stderr.seek(0, os.SEEK_END) - 4096))
        lines = self._stderr.read().decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        how = _signal(-status) if status < 0 else f"exit status {status}"
        return "crash", f"ended the worker process ({how}{f': {last[:300]}' if last else ''}): please report it"

    def _fallen(self, task: Task, kind: str, message: str, seconds: float) -> Reply:
        self._end()
        return Reply(failed(task.source, kind, message, seconds))

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):  # what could not be told any more
            self._pipe.close()
        self._stderr.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _listen(process: subprocess.Popen[bytes], answers: SimpleQueue[Any]) -> None:
    with cast(BinaryIO, process.stdout) as pipe:
        try:
            while True:
                answers.put(receive(pipe))
        except (EOFError, OSError):
            answers.put(EOFError)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def resident(pid: int) -> int:
    """Bytes of memory that a process has, 0 where it is gone."""
    if sys.platform == "linux":
        try:
            pages = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
