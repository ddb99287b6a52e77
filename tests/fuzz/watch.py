"""The process that watches the workers: it looks at the CPU time of each input, so a pause harms nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .failures import keep
from .inputs import level_of, make_input
from .state import LEVELS, OUTCOMES, State

_LOOK = 0.2


@dataclass
class Worker:
    """One worker process: what it is told, and its state that outlives it."""

    told: dict[str, object]
    state: State
    errors: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self, first: int) -> None:
        """Start it, or start it anew behind an input that it did not survive."""
        self.told["first"] = first
        self.state.idle(first)
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen([sys.executable, "-m", "fuzz.worker", json.dumps(self.told)], stderr=errors)

    def cpu(self) -> float:
        """The CPU seconds that it has used."""
        try:
            words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Task:
    """What is to be done. seconds: of CPU time that one input may take. plant: a bug planted on purpose."""

    level: str
    seed: int
    first: int
    inputs: int
    jobs: int
    keep: Path
    seconds: float = 10.0
    plant: str = ""


class Watch:
    """A run of the fuzzer."""

    def __init__(self, task: Task, folder: Path) -> None:
        self.task, self.level, self.seed, self.lost = task, task.level, task.seed, Counter[str]()
        self.started = time.monotonic()
        self.workers = [self._worker(job, folder) for job in range(task.jobs)]

    def _worker(self, job: int, folder: Path) -> Worker:
        own, task = folder / str(job), self.task
        own.mkdir()
        told = {"level": task.level, "seed": task.seed, "end": task.first + task.inputs, "step": task.jobs,
                "plant": task.plant, "folder": str(own), "keep": str(task.keep),
                "state": str(folder / f"state{job}")}  # fmt: skip
        os.environ["XLSGD_CACHE"] = str(own / "kernels")
        worker = Worker(told, State(folder / f"state{job}"), folder / f"errors{job}")
        worker.start(task.first + job)
        return worker

    def run(self, until: float | None, every: float) -> int:
        """Watch until all is done or the time is up; 1 where something failed."""
        told = time.monotonic()
        waiting = list(self.workers)
        try:
            while waiting and (until is None or time.monotonic() < until):
                time.sleep(_LOOK)
                waiting = [worker for worker in waiting if self._goes_on(worker)]
                if time.monotonic() - told > every:
                    told = time.monotonic()
                    print(self.line(), flush=True)
        finally:
            for worker in waiting:
                worker.process.kill()
                worker.process.wait()
        print(self.line(), flush=True)
        return int(bool(self.failures()))

    def _goes_on(self, worker: Worker) -> bool:
        """Look at a worker, and start it anew where it died or hangs; False when it is done."""
        number, began, under_way = worker.state.now()
        code = worker.process.poll()
        if code == 0:
            return False
        if code is None:
            if under_way and worker.cpu() - began > self.task.seconds and worker.state.now() == (number, began, True):
                worker.process.send_signal(signal.SIGUSR1)  # it tells where it is
                time.sleep(_LOOK)
                worker.process.kill()
                worker.process.wait()
                return self._lost(worker, number, "hang")
            return True
        if not under_way:
            raise RuntimeError(f"a worker ended by itself: {worker.errors.read_text(errors='replace')}")
        return self._lost(worker, number, f"crash {code}")

    def _lost(self, worker: Worker, number: int, kind: str) -> bool:
        level = level_of(self.level, number)
        self.lost[kind] += 1
        worker.state.count(level, "failed")
        story = worker.errors.read_text(errors="replace")
        keep(self.task.keep, level, self.seed, number, make_input(level, self.seed, number), kind, story)
        following = number + int(str(worker.told["step"]))
        if following >= int(str(worker.told["end"])):
            return False
        worker.start(following)
        return True

    def counts(self) -> dict[str, dict[str, int]]:
        """How many inputs of each level ended how, over all workers."""
        each = [worker.state.counts() for worker in self.workers]
        return {level: {one: sum(c[level][one] for c in each) for one in OUTCOMES} for level in LEVELS}

    def failures(self) -> int:
        """How many inputs failed."""
        return sum(found["failed"] for found in self.counts().values())

    def line(self) -> str:
        """One line of progress."""
        counts = self.counts()
        done = {level: sum(found.values()) for level, found in counts.items()}
        total, seconds = sum(done.values()), time.monotonic() - self.started
        levels = ", ".join(
            f"{level} {number:,} ({counts[level]['refused']:,} refused)" for level, number in done.items() if number
        )
        lost = "".join(f", {number} {kind}" for kind, number in self.lost.items())
        so_far = f"{total:,} inputs, {self.failures()} failures{lost}, {total / seconds:,.0f} a second"
        return f"seed {self.seed}: {so_far}; {levels}"
