"""A batch from paths to records: order, one bad workbook among many, lines, pages, what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

import xlsgd
from batch.traps import Shelf, trap
from xlsgd.batch.job import Reply, Setup, Task
from xlsgd.batch.lines import read_lines
from xlsgd.batch.pages import page_name
from xlsgd.batch.pool import Pool
from xlsgd.batch.record import BatchOptions, Record
from xlsgd.batch.run import run_batch
from xlsgd.batch.sources import Source
from xlsgd.errors import UsageError


def batch(folder: Path, **options: Any) -> list[Record]:
    return list(run_batch([folder], BatchOptions(**options)))


def told(records: list[Record], folder: Path) -> list[tuple[str, str]]:
    return [(Path(one.file).relative_to(folder).as_posix(), one.verdict) for one in records]


def test_one_bad_workbook_stops_no_other(shelf: Shelf) -> None:
    folder = shelf("a.xlsx", "b/wrong.xlsx", "c/broken.xlsx", "d.xlsx")
    records = batch(folder, jobs=2)
    assert told(records, folder) == [
        ("a.xlsx", "ok"),
        ("d.xlsx", "ok"),
        ("b/wrong.xlsx", "differs"),
        ("c/broken.xlsx", "error"),
    ]
    wrong, broken = records[2:]
    assert next(one["kind"] for one in wrong.findings() if one["severity"] == "error") == "hard-coded"
    assert broken.error is not None
    assert broken.error["kind"] == "unreadable"
    assert str(folder) not in broken.error["message"]


def test_a_record_is_what_verify_says(shelf: Shelf) -> None:
    folder = shelf("wrong.xlsx")
    (record,) = batch(folder)
    document = xlsgd.verify(folder / "wrong.xlsx").document()
    assert json.loads(json.dumps(record.report)) == json.loads(json.dumps(document["files"][0]))


def test_order_holds_when_workers_die(good: Path, setup: Setup) -> None:
    deeds = ["die", "", "raise", "", "", "die", ""]
    sources = [trap(str(good), deed) if deed else Source(f"{n}", str(good)) for n, deed in enumerate(deeds)]
    tasks = [Task(source) for source in sources]
    seen: list[Task] = []

    def arrived(task: Task, reply: Reply) -> Reply:
        seen.append(task)
        return reply

    with Pool(2, setup) as pool:
        replies = list(pool.run(tasks, arrived))
    assert [one.record and one.record.file for one in replies] == [source.name for source in sources]
    assert [bool(one.record and one.record.error) for one in replies] == [bool(deed) for deed in deeds]
    assert sorted(map(id, seen)) == sorted(map(id, tasks))


def test_a_zip_is_as_good_as_a_folder(shelf: Shelf, tmp_path: Path) -> None:
    folder = shelf("a.xlsx", "b/wrong.xlsx")
    with zipfile.ZipFile(tmp_path / "books.zip", "w") as archive:
        for path in sorted(folder.rglob("*.xlsx")):
            archive.write(path, path.relative_to(folder))
        archive.writestr("inner.zip", b"PK")
        archive.writestr("bomb.xlsx", bytes(10**7), zipfile.ZIP_DEFLATED)
    records = list(xlsgd.batch(tmp_path / "books.zip", jobs=1))
    assert [one.file.partition("!")[2] for one in records] == ["a.xlsx", "b/wrong.xlsx", "bomb.xlsx", "inner.zip"]
    assert [one.error and one.error["kind"] for one in records] == [None, None, "limit", "limit"]
    for one, other in zip(records, batch(folder, jobs=1), strict=False):
        assert list(one.findings()) == list(other.findings())
        assert one.digest == other.digest


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_not_waited_for(shelf: Shelf) -> None:
    folder = shelf("b.xlsx")
    os.mkfifo(folder / "a.xlsx")
    os.symlink("/dev/zero", folder / "c.xlsx")
    records = batch(folder, timeout=5, jobs=1)
    assert [one.error and one.error["kind"] for one in records] == ["unreadable", None, "unreadable"]


def test_a_zip_that_changes_is_read_anew(good: Path, wrong: Path, tmp_path: Path) -> None:
    from xlsgd.batch.job import fetch

    path = tmp_path / "books.zip"
    for book in (good, wrong):
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(book, "a.xlsx")
        assert fetch(Source("a", str(path), "a.xlsx")) == book.read_bytes()


def test_bytes_from_an_address(good: Path) -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    fsspec.filesystem("memory").pipe("/run/a.xlsx", good.read_bytes())
    fsspec.filesystem("memory").pipe("/run/b.xlsx", b"none")
    first, second = xlsgd.batch("memory://run", jobs=1)
    assert (first.file, first.verdict) == ("memory://run/a.xlsx", "ok")
    assert (second.file, second.verdict) == ("memory://run/b.xlsx", "error")


def test_lines_and_resuming(shelf: Shelf, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    folder = shelf("a.xlsx", "c/wrong.xlsx", "d/broken.xlsx")
    records = batch(folder, json=out)
    assert list(read_lines(out)) == records
    stamps = {one.file: one.seconds for one in records}
    shelf("b/new.xlsx")
    resumed = batch(folder, json=out, resume=True)
    assert [(one.file, one.seconds == stamps.get(one.file)) for one in resumed] == [
        (str(folder / "a.xlsx"), True),
        (str(folder / "b/new.xlsx"), False),
        (str(folder / "c/wrong.xlsx"), True),
        (str(folder / "d/broken.xlsx"), True),
    ]
    assert list(read_lines(out)) == resumed


def test_a_run_that_is_left_ends_its_workers(shelf: Shelf, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    folder = shelf(*(f"{number}.xlsx" for number in range(5)))
    with run_batch([folder], BatchOptions(jobs=1, json=out)) as run:
        assert len(run) == 5
        first = next(run)
    assert list(run) == []
    assert next(read_lines(out)) == first
    assert len(batch(folder, json=out, resume=True)) == 5
    assert len(list(read_lines(out))) == 5


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_leaves_no_worker_and_whole_lines(shelf: Shelf, tmp_path: Path) -> None:
    folder, out = shelf(*(f"{number:02}.xlsx" for number in range(40))), tmp_path / "out.jsonl"
    script = (
        "import sys, xlsgd\n"
        "from pathlib import Path\n"
        "for record in xlsgd.batch(sys.argv[1], jobs=2, json=Path(sys.argv[2])): print(record.file, flush=True)\n"
    )
    arguments = [sys.executable, "-c", script, str(folder), str(out)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        run.stdout.readline()
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        threads = [text.read_text().split() for text in Path(f"/proc/{run.pid}/task").glob("*/children")]
        run.send_signal(signal.SIGINT)
        run.wait(20)
    pids = {*children, *(pid for several in threads for pid in several)}
    assert pids
    deadline = time.monotonic() + 20  # where the signal met the script and not the run, workers see our end and follow
    while any(Path("/proc", pid).exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if Path("/proc", pid).exists()]
    done = list(read_lines(out))
    assert 1 <= len(done) < 40
    assert out.read_bytes().endswith(b"\n")


def test_pages(shelf: Shelf, tmp_path: Path) -> None:
    folder, pages = shelf("a.xlsx", "b/wrong.xlsx", "c/broken.xlsx"), tmp_path / "pages"
    pages.mkdir()
    out = tmp_path / "out.jsonl"
    records = batch(folder, html=pages, json=out)
    assert {path.name for path in pages.iterdir()} == {page_name(one.file) for one in records[:2]}
    page = pages / page_name(records[1].file)
    text = page.read_text("utf-8")
    assert "wrong.xlsx" in text
    assert "<svg" in text
    page.unlink()
    batch(folder, html=pages, json=out, resume=True)
    assert page.read_text("utf-8") == text


def test_pages_have_names_of_their_own() -> None:
    names = {page_name(name) for name in ("a/x.xlsx", "b/x.xlsx", "b/x.xlsm", "z.zip!b/x.xlsx", "../../../x.xlsx", "")}
    assert len(names) == 6
    assert all(os.sep not in name and name.endswith(".html") for name in names)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jobs": 0}, "0 jobs"),
        ({"timeout": 0}, "timeout of 0 s"),
        ({"timeout": float("nan")}, "timeout of nan s"),
        ({"max_memory": 1}, "memory limit of 1 bytes"),
        ({"resume": True}, "what to resume"),
        ({"json": Path("nowhere/x.jsonl")}, "folder that exists"),
        ({"json": Path(".")}, "folder that exists"),
        ({"html": Path("nowhere", "pages")}, "make it first"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(shelf: Shelf, options: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run_batch([shelf("a.xlsx")], BatchOptions(**options))
