"""A kill at any moment leaves the old file or the new one, and nothing that the next run does not clear up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xlsgd.book import atomic
from xlsgd.errors import UsageError

TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")

OLD, NEW = b"old" * 50_000, b"new" * 70_000
MOMENTS = ("open", "write", "flush", "fsync", "chmod", "replace", "unlink")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, check=False)


def test_twenty_four_kills() -> None:
    chosen = ("calc -o", "verify --annotate", "verify --html", "generate", "run -o", "kernels")
    run = python("-m", "kill", "--kills", "24", *(word for name in chosen for word in ("--only", name)))
    assert run.returncode == 0, run.stdout + run.stderr
    assert "24 kills, nothing lost, nothing half written" in run.stdout


def test_a_batch_that_is_killed_is_resumed() -> None:
    run = python("-m", "kill", "--kills", "1", "--only", "batch --json")
    assert run.returncode == 0, run.stdout + run.stderr


_KILLED = """
import os, signal, sys
from pathlib import Path
from xlsgd.book import atomic

moment, before = sys.argv[2], sys.argv[3] == "before"


def deadly(plain):
    def call(*given, **named):
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return plain(*given, **named)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    return call


class File:
    # a file that is written in two pieces, so that a kill finds it half written
    def __init__(self, file):
        self.file = file
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.file.close()
    def write(self, data):
        os.write(self.file.fileno(), data[:1000])
        if moment == "write":
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(self.file.fileno(), data[1000:])
    def flush(self):
        if moment == "flush":
            os.kill(os.getpid(), signal.SIGKILL)
    def fileno(self):
        return self.file.fileno()


opened = Path.open
Path.open = lambda *given, **named: File(opened(*given, **named))
if moment == "open":
    Path.open = deadly(opened)
elif moment in ("chmod", "unlink"):
    setattr(Path, moment, deadly(getattr(Path, moment)))
elif moment in ("fsync", "replace"):
    setattr(os, moment, deadly(getattr(os, moment)))
atomic.replace_file(Path(sys.argv[1]), b"new" * 70_000)
"""


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_each_step_of_writing(tmp_path: Path, moment: str, side: str) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(OLD)
    killed = python("-c", _KILLED, str(target), moment, side)
    assert killed.returncode == -signal.SIGKILL
    done = moment == "unlink" or (moment, side) == ("replace", "after")
    assert target.read_bytes() == (NEW if done else OLD)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".xlsx", ".tmp"}
    atomic.sweep.cache_clear()
    atomic.replace_file(target, NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"], "what was left is cleared up"
    assert target.read_bytes() == NEW


def beside(folder: Path, process: int, computer: str | None = None) -> Path:
    path = folder / f".a.xlsx.{computer or atomic._computer()}-{process}-0123abcd.tmp"
    path.write_bytes(b"half")
    return path


def test_whose_files_are_cleared_up(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    gone, ours, parents = beside(tmp_path, child.pid), beside(tmp_path, os.getpid()), beside(tmp_path, os.getppid())
    foreign = beside(tmp_path, child.pid, "ffffff")
    old = beside(tmp_path, os.getppid(), "eeeeee")
    os.utime(old, (0, time.time() - 2 * 86_400))
    strange = [tmp_path / name for name in (".b.xlsx.tmp", "a.tmp", ".a.xlsx.12-34.tmp", f".a.{'9' * 30}.tmp")]
    for path in strange:
        path.write_bytes(b"not ours")
    atomic.sweep.cache_clear()
    atomic.replace_file(tmp_path / "a.xlsx", NEW)
    left = set(tmp_path.iterdir())
    assert not left & {gone, old}
    assert left >= {ours, parents, foreign, *strange}
    os.utime(ours, (0, atomic._BEGAN - 100))  # a process before us that had our number
    atomic.sweep.cache_clear()
    atomic.sweep(tmp_path)
    assert not ours.exists()


def test_what_a_file_keeps_when_it_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "a.xlsx", tmp_path / "link.xlsx"
    target.write_bytes(OLD)
    target.chmod(0o640)
    link.symlink_to(target)
    atomic.replace_file(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["no/a.xlsx", "a\0.xlsx", "n" * 300])
def test_what_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        atomic.replace_file(tmp_path / name, NEW)
    assert not list(tmp_path.iterdir())


def test_a_long_name(tmp_path: Path) -> None:
    target = tmp_path / ("é" * 120 + ".xlsx")
    atomic.replace_file(target, NEW)
    assert target.read_bytes() == NEW
