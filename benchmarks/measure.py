"""Fresh processes: run a contender's worker, again and again, and keep what it printed."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from .contenders.registry import LIMIT

ROOT = Path(__file__).resolve().parents[1]
_UNO = "import uno; from com.sun.star.beans import PropertyValue"  # what LibreOffice's worker needs


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how to measure. budget: seconds for all runs of one contender on one workbook."""

    folder: Path
    engine: str
    budget: float = 120.0
    runs: int = 5


@dataclass(slots=True)
class Measured:
    """One contender on one workbook: what each run printed, or why there is none.

    slow_write: saving was broken off when the time was up.
    """

    runs: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""
    slow_write: bool = False
    agreement: dict[str, float] = field(default_factory=dict)

    def seconds(self, stage: str) -> float | None:
        """The median of a stage, of the contender's own stages too; None where it was not measured."""
        found = [run["seconds"].get(stage, run["inner"].get(stage)) for run in self.runs]
        known = [one for one in found if one is not None]
        return median(known) if known else None

    def start(self) -> float | None:
        """The median of what importing its libraries or starting its program takes."""
        return median(run["start"] for run in self.runs) if self.runs else None

    def total(self, *stages: str) -> float | None:
        """The median of the sum of stages, run by run."""
        if not self.runs or any(stage not in self.runs[0]["seconds"] for stage in stages):
            return None
        return float(median(sum(run["seconds"][stage] for stage in stages) for run in self.runs))

    def peak(self) -> float | None:
        """The median of the largest memory after reading the values, in bytes."""
        return median(run["peak"] for run in self.runs) if self.runs else None


@functools.cache
def python_for(name: str) -> str | None:
    """The Python that runs a contender; None where LibreOffice's bridge is found in none."""
    if name != "LibreOffice":
        return sys.executable
    for candidate in (sys.executable, "/usr/bin/python3", *_beside_soffice()):
        if Path(candidate).exists() and not subprocess.run([candidate, "-c", _UNO], capture_output=True).returncode:
            return candidate
    return None


def _beside_soffice() -> list[str]:
    found = shutil.which("soffice")
    return [str(Path(found).resolve().with_name("python"))] if found else []


def library(folder: Path) -> Path | None:
    """The C loops as a shared library; None where there is no C compiler."""
    compiler, target = shutil.which("cc"), folder / "loop.so"
    if compiler is None:
        return None
    source = ROOT / "benchmarks" / "loop.c"
    subprocess.run(
        [compiler, "-O2", "-ffp-contract=off", "-shared", "-fPIC", str(source), "-o", str(target), "-lm"], check=True
    )
    return target


def work(bench: Bench, name: str, arguments: Sequence[str | Path], cache: Path | None = None) -> dict[str, Any]:
    """One process of a contender; what it printed, with its whole time as ``process``, or ``problem``.

    Where only saving took too long there is no ``process``.
    """
    python = python_for(name)
    if python is None:
        return {"problem": "no Python here has LibreOffice's bridge (apt-get install libreoffice-calc python3-uno)"}
    command: list[str | Path] = [python, "-m", "benchmarks.work", name, *arguments]
    if name == LIMIT:
        built = library(bench.folder)
        if built is None:
            return {"problem": "no C compiler (apt-get install gcc)"}
        command += ["--library", built]
    clock = time.perf_counter()
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(bench, cache), capture_output=True, text=True, timeout=bench.budget
        )
    except subprocess.TimeoutExpired as late:
        printed = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        return _last(printed) or {"problem": f"over {bench.budget:g} s"}
    if done.returncode:
        return {"problem": "failed: " + done.stderr.strip().rpartition("\n")[2]}
    found = _last(done.stdout)
    if "absent" in found:
        return {"problem": f"not installed: {found['absent']}"}
    return {**found, "process": time.perf_counter() - clock}


def _last(printed: str) -> dict[str, Any]:
    """The last line of JSON that a worker finished; nothing where there is none."""
    line = printed.rpartition("\n")[0].rpartition("\n")[2]
    found: dict[str, Any] = json.loads(line) if line else {}
    return found


def environment(bench: Bench, cache: Path | None) -> Mapping[str, str]:
    """The variables of a worker: the engine, and where kernels are cached."""
    more = {} if cache is None else {"XLSGD_CACHE": str(cache)}
    return {**os.environ, "XLSGD_BENCHMARK_ENGINE": bench.engine, **more}


def cold(bench: Bench, name: str, arguments: Sequence[str | Path]) -> dict[str, Any]:
    """As :func:`work`, with an empty folder of kernels."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as cache:
        return work(bench, name, arguments, Path(cache))


def warm(bench: Bench, name: str, arguments: Sequence[str | Path]) -> dict[str, Any]:
    """As :func:`work`, with the kernels of earlier runs."""
    return work(bench, name, arguments, bench.folder / "kernels")
