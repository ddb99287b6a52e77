"""Kill commands at random moments and look at what they leave behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from xlsgd.book.reader import read
from xlsgd.errors import XlsgdError

from .scenes import SCENES, Scene, contents, empty, environment, old_state, prepare

HUNT = -1.0
"""In place of a moment: when a file is being written."""


class Broken(AssertionError):
    """Something was lost or half written."""


@dataclass
class Campaign:
    """All kills of a run. told: how they ended, by scene."""

    folder: Path
    seed: int
    told: dict[str, Counter[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.inputs = empty(self.folder / "inputs")
        child = os.fork()
        if child == 0:  # in a process of its own: what it compiles shall not be in the memory of those that are killed
            _prepare(self.inputs)
        if os.waitpid(child, 0)[1]:
            raise Broken("the inputs cannot be made")
        self.out = self.folder / "out"

    def run(self, scene: Scene, kills: int) -> None:
        """Kill one command so many times. Raises Broken."""
        self.told[scene.name] = Counter()
        empty(self.out)
        seconds = self._measure(scene)
        new = contents(self.out)
        for turn in range(kills):
            resumed = bool(scene.resume) and turn % 2 == 1  # what was killed is taken up, and killed again
            if not resumed:
                empty(self.out)
            if turn % 2 and not scene.resume:
                old_state(scene, self.out)
            old = {} if scene.resume else contents(self.out)
            # writing takes some thousandths of a run: every other kill waits for a file beside
            moment = HUNT if turn % 2 and not scene.slow else seconds * self.random.uniform(0.0, 1.1)
            ended = self._start(scene, moment, resumed)
            self.told[scene.name][self._look(scene, old, new, ended)] += 1
            if resumed or turn == kills - 1:
                self._again(scene, new)

    def _measure(self, scene: Scene) -> float:
        """Seconds of an uninterrupted run; the second of two, as the first compiles."""
        times = []
        for _ in range(1 if scene.slow else 2):
            empty(self.out)
            start = time.perf_counter()
            if not self._start(scene, None):
                raise Broken(f"{scene.name} does not work: {(self.folder / 'shown').read_text(errors='replace')}")
            times.append(time.perf_counter() - start)
        return min(times)

    def _start(self, scene: Scene, moment: float | None, again: bool = False) -> bool:
        """Run a command in a process of its own, killed after so many seconds; True where it was done before."""
        cache = empty(self.folder / "kernels") if scene.cache and moment is not None else self.folder / "kernels"
        cache.mkdir(exist_ok=True)
        with environment(cache):
            child = os.fork()
            if child == 0:
                _run(scene.command(self.inputs, self.out, again), self.folder / "shown")
        if moment == HUNT:
            # kernels are written too fast to be met: there, wait until some are done, the next is soon written
            self._hunt(child, cache if scene.cache else self.out, self.random.randint(1, 4) if scene.cache else 99)
        elif moment is not None:
            time.sleep(moment)
        if moment is not None:
            _kill_all(child)
        _, status = os.waitpid(child, 0)
        _kill_all(child)  # workers of one that is done are done as well, or else in the way of the next
        return os.WIFEXITED(status) and os.WEXITSTATUS(status) < 2

    def _hunt(self, child: int, folder: Path, files: int) -> None:
        """Wait until a file beside or so many files are there, and then a little, or until the command is done."""
        while len(names := os.listdir(folder)) < files and not any(name.endswith(".tmp") for name in names):
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return
        time.sleep(self.random.uniform(0.0, 0.008))

    def _look(self, scene: Scene, old: dict[str, bytes], new: dict[str, bytes], ended: bool) -> str:
        """Whether each file is the old or the new one. Raises Broken."""
        left = {path.name for path in self.out.iterdir()}
        beside = {name for name in left if name.endswith((".tmp", ".before"))}
        if more := left - beside - old.keys() - new.keys():
            raise Broken(f"{scene.name} left {sorted(more)}")
        changed = 0
        for name in left - beside:
            if name.endswith(".jsonl"):
                continue  # it grows; what counts is what --resume makes of it
            data = (self.out / name).read_bytes()
            if data not in (old.get(name), new.get(name)):
                raise Broken(f"{scene.name} left {name} half written: {len(data)} bytes")
            changed += data == new.get(name)
            if name.endswith(".xlsx") and data == new.get(name):
                _opens(self.out / name)
        if lost := old.keys() - left:
            raise Broken(f"{scene.name} lost {sorted(lost)}")
        if beside or (scene.cache and any(path.suffix == ".tmp" for path in (self.folder / "kernels").iterdir())):
            return "killed while writing"
        return "done before" if ended else "killed, new file" if changed == len(new) > 0 else "killed"

    def _again(self, scene: Scene, new: dict[str, bytes]) -> None:
        """The next run gives what an uninterrupted one gives, and clears up. Raises Broken."""
        if not self._start(scene, None, again=bool(scene.resume)):
            shown = (self.folder / "shown").read_text(errors="replace")
            raise Broken(f"{scene.name} does not work after a kill: {shown}")
        found = contents(self.out)
        if found != new:
            names = sorted(name for name in found.keys() | new.keys() if found.get(name) != new.get(name))
            raise Broken(f"{scene.name}, done again after a kill, differs in {names}")
        if stale := [path.name for path in (self.folder / "kernels").iterdir() if path.suffix == ".tmp"]:
            raise Broken(f"{scene.name} left {stale} in the cache")


def _prepare(folder: Path) -> None:
    status = 70
    try:
        prepare(folder)
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def _run(arguments: list[str], shown: Path) -> None:
    """The command in a child process, which never returns."""
    os.setsid()
    status = 70
    try:
        out = os.open(shown, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        from xlsgd.cli import main

        status = main(arguments)
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def _kill_all(child: int) -> None:
    """A process and its workers."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _opens(path: Path) -> None:
    try:
        read(path)
    except XlsgdError as error:
        raise Broken(f"it does not open: {error}") from error


def shares(kills: int, chosen: list[str]) -> dict[str, int]:
    """How often each scene is killed: at least once, by its share."""
    scenes = [scene for scene in SCENES if not chosen or scene.name in chosen]
    weight = sum(scene.often for scene in scenes)
    found = {scene.name: max(1, kills * scene.often // weight) for scene in scenes}
    for scene in scenes:
        if sum(found.values()) < kills:
            found[scene.name] += 1
    return found
