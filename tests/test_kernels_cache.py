"""The cache of kernels: what is stored is used again, and what cannot be trusted is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from xlsgd.address import Box
from xlsgd.book import Book, Name, Sheet
from xlsgd.engine.kernels import Bound, Refused, bind, cache, clear, compile, folder
from xlsgd.engine.kernels.bound import forget
from xlsgd.engine.kernels.cache import Stored
from xlsgd.engine.kernels.linking import LINKS
from xlsgd.engine.links import Links
from xlsgd.formula import parse
from xlsgd.plan import Program, Region, Step
from xlsgd.plan.loops import Loop

KEY = "ab" * 32
STORED = Stored(b"\x00machine\ncode", ["exp", "LN/1"], {"kernel": 16}, {"arith": 40})


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "kernels"
    doubled()  # so that what kernels are linked with is in memory and not in this folder
    monkeypatch.setenv("XLSGD_CACHE", str(place))
    forget()
    return place


def doubled(text: str = "A1*2", rows: int = 3) -> list[float]:
    """The values of a formula of A1, filled down beside 1, 2, 3."""
    columns = np.zeros((4, rows + 2))
    columns[1, 1:] = np.arange(1, rows + 2)
    pointers = np.array([column.ctypes.data for column in columns])
    region = Region(Program(0, text, "normal", False, parse(text, 1, 2)), Box(1, 2, rows, 2))
    bound = bind(Step((region,), Loop(True, False)), Links.of(Book([Sheet("S")])), lambda sheet: (rows, 2))
    assert isinstance(bound, Bound)
    assert bound.run([pointers.ctypes.data])
    values: list[float] = columns[2, 1 : rows + 1].tolist()
    return values


def files(place: Path) -> list[Path]:
    return sorted(place.glob("*"))


def test_what_is_stored_is_read_back(own_folder: Path) -> None:
    assert cache.load(KEY) is None
    cache.store(KEY, STORED)
    cache.store("cd" * 32, Stored(b"object", [], {}, {}))
    assert cache.load(KEY) == STORED
    assert cache.load("cd" * 32) == Stored(b"object", [], {}, {})
    assert folder() == own_folder
    if sys.platform != "win32":
        assert own_folder.stat().st_mode & 0o77 == 0


def test_a_kernel_is_compiled_once_and_then_loaded(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doubled() == [2.0, 4.0, 6.0]
    assert len(files(own_folder)) == 1
    forget()
    monkeypatch.setattr(compile, "compiled", lambda text, quick: pytest.fail("compiled again"))
    assert doubled() == [2.0, 4.0, 6.0]
    assert doubled(rows=5) == [2.0, 4.0, 6.0, 8.0, 10.0]


def test_where_nothing_is_linked_here_llvm_loads_the_kernel(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    formula = "IF(A1>1,A1*2,NOT(A1))"
    linked = doubled(formula)
    forget()
    clear()
    monkeypatch.setattr(compile, "LINKS", False)
    assert doubled(formula)[1:] == linked[1:] == [4.0, 6.0]
    assert [cache.load(file.stem).entries for file in files(own_folder)] == [{}]


def _cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _flip(raw: bytes) -> bytes:
    return raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]


def _foreign(raw: bytes) -> bytes:
    return b"PK\x03\x04" + raw


@pytest.mark.parametrize("damage", [_cut, _flip, _foreign, lambda raw: b"", lambda raw: b"xlsgd kernel 1\n"])
def test_a_damaged_file_is_ignored_and_replaced(own_folder: Path, damage: Callable[[bytes], bytes]) -> None:
    doubled()
    (file,) = files(own_folder)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    forget()
    assert doubled() == [2.0, 4.0, 6.0]
    assert file.read_bytes() == whole


@pytest.mark.skipif(sys.platform == "win32", reason="rights are another matter there")
@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_can_write_to_is_not_used(own_folder: Path, mode: int) -> None:
    cache.store(KEY, STORED)
    own_folder.chmod(mode)
    assert cache.load(KEY) is None
    cache.store("cd" * 32, STORED)
    assert len(files(own_folder)) == 1
    assert doubled() == [2.0, 4.0, 6.0]
    assert clear() == (0, 0)


def test_without_a_folder_kernels_are_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path(os.devnull)):
        monkeypatch.setenv("XLSGD_CACHE", str(place))
        forget()
        assert doubled() == [2.0, 4.0, 6.0]
        assert clear() == (0, 0)


def test_clear_says_what_it_removed(own_folder: Path) -> None:
    assert clear() == (0, 0)
    cache.store(KEY, STORED)
    doubled()
    (own_folder / "of-another-program").write_text("stays")
    size = sum(file.stat().st_size for file in files(own_folder)) - 5
    assert clear() == (2, size)
    assert [file.name for file in files(own_folder)] == ["of-another-program"]


def test_the_oldest_files_go_beyond_the_limit(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT", 8 * 4096)
    keys = [f"{number:04x}" + "f" * 60 for number in range(1, 33)]
    for age, key in enumerate(keys):
        cache.store(key, STORED)
        if (own_folder / f"{key}.kernel").exists():
            os.utime(own_folder / f"{key}.kernel", (1000 + age, 1000 + age))
    assert [file.stem for file in files(own_folder)] == keys[-6:]


def test_the_place_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XLSGD_CACHE")
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert folder() == tmp_path / "xlsgd"
        monkeypatch.delenv("XDG_CACHE_HOME")
    assert "xlsgd" in str(folder())


def test_a_kernel_in_use_outlives_its_place_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile, "KEPT", 2)
    region = Region(Program(0, "A1+7", "normal", False, parse("A1+7", 1, 2)), Box(1, 2, 3, 2))
    bound = bind(Step((region,), Loop(True, False)), Links.of(Book([Sheet("S")])), lambda sheet: (3, 2))
    assert isinstance(bound, Bound)
    for number in range(5):
        doubled(f"A1*{number}")
    columns = np.ones((3, 5))
    pointers = np.array([column.ctypes.data for column in columns])
    assert bound.run([pointers.ctypes.data])
    assert columns[2].tolist() == [1.0, 8.0, 8.0, 8.0, 1.0]


def test_what_is_not_worth_it_is_compiled_when_it_comes_again(own_folder: Path) -> None:
    region = Region(Program(0, "A1*11", "normal", False, parse("A1*11", 1, 2)), Box(1, 2, 3, 2))
    step, links = Step((region,), Loop(True, False)), Links.of(Book([Sheet("S")]))
    found = [type(bind(step, links, lambda sheet: (3, 2), after=2)) for _ in range(4)]
    assert found == [Refused, Refused, Bound, Bound]
    forget()
    assert isinstance(bind(step, links, lambda sheet: (3, 2), after=2), Bound)  # it is on disk


def test_a_step_is_bound_anew_where_its_workbook_means_something_else() -> None:
    region = Region(
        Program(0, "rate+T!A1+SUM(A:A)", "normal", False, parse("rate+T!A1+SUM(A:A)", 1, 2)), Box(1, 2, 3, 2)
    )
    step = Step((region,), Loop(True, False))

    def bound(name: str, sheets: str, used: int) -> Bound | Refused:
        book = Book([Sheet(one) for one in sheets], [Name("rate", name)])
        return bind(step, Links.of(book), lambda sheet: (used, 2))

    first = bound("S!$C$1", "ST", 3)
    assert isinstance(first, Bound)
    assert bound("S!$C$1", "ST", 3) is first
    others = [bound("S!$C$2", "ST", 3), bound("S!$C$1", "SXT", 3), bound("S!$C$1", "ST", 4)]
    for other in others:
        assert isinstance(other, Bound)
        assert other.kernel is first.kernel
        assert other.reads != first.reads
    assert bound("0.5", "ST", 3) != first
    assert bound("S!$C$1", "SX", 3) == Refused("a sheet that does not exist")


def test_threads_compile_one_after_the_other() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: doubled(f"A1*{number % 4}+{number % 4}"), range(32)))
    assert found == [[float(one * (n % 4) + n % 4) for one in (1, 2, 3)] for n in range(32)]


_SCRIPT = """
import sys
import test_kernels_cache
assert test_kernels_cache.doubled() == [2.0, 4.0, 6.0]
print("llvmlite.binding" in sys.modules)
"""


def _process() -> subprocess.Popen[str]:
    paths = [str(Path(__file__).parent), *(path for path in sys.path if path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.Popen([sys.executable, "-c", _SCRIPT], stdout=subprocess.PIPE, text=True, env=environment)


def test_processes_share_the_folder_and_a_warm_start_needs_no_llvm(own_folder: Path) -> None:
    several = [_process() for _ in range(3)]
    assert all(process.communicate(timeout=120)[0] and process.returncode == 0 for process in several)
    assert len(files(own_folder)) == 1 + LINKS  # the kernel and the slow path that it is linked with
    last = _process()
    assert last.communicate(timeout=120)[0].strip() == str(not LINKS)
