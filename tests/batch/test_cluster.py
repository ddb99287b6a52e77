"""The same records from a Dask cluster, also where workers are lost."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import xlsgd
from batch.traps import Shelf, trap
from xlsgd.batch.job import Setup, Task
from xlsgd.batch.record import Record
from xlsgd.batch.sources import Source
from xlsgd.errors import UsageError

distributed = pytest.importorskip("distributed", reason="Dask is not installed")

NAMES = ("a.xlsx", "b/wrong.xlsx", "c/broken.xlsx", *(f"d/{number}.xlsx" for number in range(9)))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two processes, as on two machines."""
    options = {"threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, **options) as made:
        yield made


@pytest.fixture
def records(shelf: Shelf) -> tuple[Path, list[Record]]:
    folder = shelf(*NAMES)
    return folder, list(xlsgd.batch(folder, jobs=2))


def guarded_processes() -> list[str]:
    """The worker processes of ours on this machine that belong to this session of tests."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            told = place.read_bytes()
        except OSError:
            continue
        if b"xlsgd.batch.worker" in told and os.fsencode(str(Path(__file__).parents[1])) in told:
            found.append(place.parent.name)
    return found


def test_local_is_a_cluster_of_our_own(records: tuple[Path, list[Record]]) -> None:
    folder, expected = records
    assert list(xlsgd.batch(folder, dask="local", jobs=2)) == expected


def test_records_are_those_of_the_pool(records: tuple[Path, list[Record]], cluster: Any, tmp_path: Path) -> None:
    folder, expected = records
    address = cluster.scheduler_address
    assert list(xlsgd.batch(folder, dask=address, json=tmp_path / "out.jsonl")) == expected
    again = list(xlsgd.batch(folder, dask=address, json=tmp_path / "out.jsonl", resume=True))
    assert [one.document() for one in again] == [
        one.document() for one in xlsgd.batch(folder, jobs=1, json=tmp_path / "out.jsonl", resume=True)
    ]
    told = tmp_path / "scheduler.json"
    told.write_text(json.dumps({"address": address}), "utf-8")
    assert list(xlsgd.batch(folder / "b", dask=str(told))) == [one for one in expected if "wrong" in one.file]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_that_are_lost_change_nothing(records: tuple[Path, list[Record]], cluster: Any) -> None:
    folder, expected = records
    with distributed.Client(cluster, set_as_default=False) as client:
        run = xlsgd.batch(folder, dask=cluster.scheduler_address)
        found = [next(run)]
        pids = client.run(os.getpid)
        assert len(pids) == 2
        os.kill(next(iter(pids.values())), 9)
        found += run
        assert found == expected
        client.wait_for_workers(2, timeout=60)
        assert set(client.run(os.getpid).values()) != set(pids.values())
    deadline = time.monotonic() + 20
    while guarded_processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert guarded_processes() == []


def test_a_workbook_that_kills_its_process_does_not_kill_the_worker(good: Path, setup: Setup, cluster: Any) -> None:
    from xlsgd.batch.cluster import Cluster

    deeds = ["die", "", "sleep", ""]
    sources = [trap(str(good), deed) if deed else Source(f"{n}", str(good)) for n, deed in enumerate(deeds)]
    with Cluster(cluster.scheduler_address, 2, replace(setup, timeout=5.0), len(sources)) as run:
        replies = list(run.run((Task(source) for source in sources), lambda _, reply: reply))
    kinds = [one.record.error["kind"] if one.record and one.record.error else "" for one in replies]
    assert kinds == ["crash", "", "timeout", ""]


def test_pages_come_home(shelf: Shelf, cluster: Any, tmp_path: Path) -> None:
    folder = shelf("wrong.xlsx")
    texts = []
    for name, dask in (("far", cluster.scheduler_address), ("near", None)):
        pages = tmp_path / name
        pages.mkdir()
        list(xlsgd.batch(folder, dask=dask, html=pages))
        texts.append([(page.name, page.read_text("utf-8")) for page in sorted(pages.iterdir())])
    assert len(texts[0]) == 1
    assert texts[0] == texts[1]


def test_limits_travel(shelf: Shelf, cluster: Any) -> None:
    folder = shelf("a.xlsx")
    with xlsgd.limits(inflated=1000):
        (far,), (near,) = xlsgd.batch(folder, dask=cluster.scheduler_address), xlsgd.batch(folder, jobs=1)
    assert far == near
    assert far.error is not None
    assert far.error["kind"] == "limit"


def test_a_scheduler_that_is_not_there(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("xlsgd.batch.cluster"), "_PATIENCE", 0.5)
    with pytest.raises(UsageError, match=r"scheduler 'tcp://127\.0\.0\.1:9' does not answer"):
        list(xlsgd.batch(shelf("a.xlsx"), dask="tcp://127.0.0.1:9"))
    with pytest.raises(UsageError, match="does not answer"):
        list(xlsgd.batch(shelf("a.xlsx"), dask="no address"))
