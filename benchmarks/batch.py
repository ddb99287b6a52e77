"""Batches as one command: a folder of generated workbooks, verified in one process, in several and on Dask, and
converted by LibreOffice. Prints a table and writes docs/batch-benchmarks.md. See ``benchmarks/batch --help``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from .batch_page import Row, table, write_page
from .machine import describe
from .measure import ROOT

OPTIMIZERS = ("sgd", "adam")  # two sheets, as those of the small workbooks of benchmarks/run
ROWS = 29  # as graddesc.xlsm has them
WAYS = ("one", "several", "dask", "libreoffice")
OWN = 1000  # workbooks with data of their own; more are copies of these, looked at like all others
CHUNK = 50  # workbooks that a process makes before it says so
_RUN = """
import sys, xlsgd
from pathlib import Path
from collections import Counter
if __name__ == "__main__":
    folder, out, jobs, dask = sys.argv[1:]
    records = xlsgd.batch(folder, jobs=int(jobs), dask=dask or None, json=Path(out))
    print(*Counter(record.verdict for record in records).items())
"""


def main(arguments: list[str]) -> int:
    """Exit status: 0 all is well, 1 the ways differ in a record."""
    given = _parse(arguments)
    results = _kept(given.json)
    machine = {**describe(), "command": " ".join(["benchmarks/batch", *arguments])}
    with tempfile.TemporaryDirectory(prefix="xlsgd-batch-bench-") as scratch:
        root = given.folder or Path(scratch)
        for number in map(int, given.sizes.split(",")):
            books = _make(root / f"{number}", number, given.jobs)
            rows = results[f"{number}"] = []
            for row in _measure(books, number, given, Path(scratch)):
                print(f"{row.way}: {row.number:,} in {row.seconds:,.1f} s", file=sys.stderr, flush=True)
                rows.append(row)
                _keep(given.json, machine, results)
            print("\n".join(table(number, rows)), flush=True)
    if not given.no_page:
        print("written:", write_page(ROOT / "docs", machine, results))
    return int(any(row.same is False for rows in results.values() for row in rows))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/batch", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000", help="numbers of workbooks  [%(default)s]")
    parser.add_argument("--jobs", type=int, default=2, help="processes, where there are several  [%(default)s]")
    parser.add_argument("--libreoffice", type=int, default=1000, help="at most so many for LibreOffice  [%(default)s]")
    parser.add_argument("--ways", default=",".join(WAYS), help="which to measure  [%(default)s]")
    parser.add_argument("--folder", type=Path, help="keep workbooks there and take those that are there")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="keep the results, and those that are there of other sizes"
    )
    parser.add_argument("--no-page", action="store_true", help="write no page")
    return parser.parse_args(arguments)


def _make(folder: Path, number: int, jobs: int) -> Path:
    """So many workbooks, the first OWN with data of their own; those that are there are taken as they are."""
    for start in range(0, number, OWN):
        (folder / f"{start:05}").mkdir(parents=True, exist_ok=True)
    wanted = [(seed, folder / f"{seed // OWN * OWN:05}" / f"{seed:05}.xlsx") for seed in range(number)]
    _generate([(seed, path) for seed, path in wanted[:OWN] if not path.exists()], jobs)
    for seed, path in wanted[OWN:]:
        if not path.exists():
            shutil.copyfile(wanted[seed % OWN][1], path)
    return folder


def _generate(missing: list[tuple[int, Path]], jobs: int) -> None:
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(_one, missing, chunksize=CHUNK), 1):
            if done % 500 == 0:
                print(f"made {done:,} of {len(missing):,}", file=sys.stderr, flush=True)


def _one(wanted: tuple[int, Path]) -> None:
    import xlsgd

    seed, path = wanted
    xlsgd.generate(
        [xlsgd.make_variant("linear", optimizer=one, data=f"linear:{ROWS},{seed}") for one in OPTIMIZERS], path
    )


def _kept(path: Path | None) -> dict[str, list[Row]]:
    if path is None or not path.exists():
        return {}
    told = json.loads(path.read_text())["results"]
    return {number: [Row(**row) for row in rows] for number, rows in told.items()}


def _keep(path: Path | None, machine: dict[str, str], results: dict[str, list[Row]]) -> None:
    if path is not None:
        told = {number: [row._asdict() for row in rows] for number, rows in results.items()}
        path.write_text(json.dumps({"machine": machine, "results": told}, indent=1))


def _measure(books: Path, number: int, given: argparse.Namespace, scratch: Path) -> Iterator[Row]:
    jobs: int = given.jobs
    _verify(next(books.rglob("*.xlsx")), scratch / "warm.jsonl", 1, "")  # compiles the kernels, which are kept on disk
    ways = given.ways.split(",")
    outs = {way: scratch / f"{way}.jsonl" for way in ways}
    first = outs[ways[0]]
    if "one" in ways:
        yield Row("one process", number, _verify(books, outs["one"], 1, ""), 1)
    if "several" in ways:
        seconds = _verify(books, outs["several"], jobs, "")
        yield Row(f"{jobs} processes", number, seconds, jobs, _compared(first, outs["several"]))
    if "dask" in ways:
        with _cluster(jobs) as address:
            seconds = _verify(books, outs["dask"], jobs, address)
        yield Row(f"Dask, {jobs} worker processes", number, seconds, jobs, _compared(first, outs["dask"]))
    if "libreoffice" in ways and shutil.which("soffice"):
        files = sorted(books.rglob("*.xlsx"))[: given.libreoffice]
        yield Row("LibreOffice converting, one process", len(files), _convert(files, scratch), 1)


def _verify(books: Path, out: Path, jobs: int, dask: str) -> float:
    clock = time.perf_counter()
    subprocess.run([sys.executable, "-c", _RUN, str(books), str(out), str(jobs), dask], check=True)
    return time.perf_counter() - clock


@contextmanager
def _cluster(workers: int) -> Iterator[str]:
    """A LocalCluster with processes, started before the clock; batches find it by its address."""
    from distributed import LocalCluster

    with LocalCluster(workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as cluster:
        yield str(cluster.scheduler_address)


def _convert(files: list[Path], scratch: Path) -> float:
    """All files in one process of LibreOffice, started before with a profile of its own."""
    profile, out = f"-env:UserInstallation={(scratch / 'profile').as_uri()}", scratch / "converted"
    options = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run(
        [*options, str(scratch / "warm"), str(files[0])],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    clock = time.perf_counter()
    subprocess.run(
        [*options, str(out), *map(os.fspath, files)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    seconds = time.perf_counter() - clock
    missing = len(files) - len(list(out.iterdir()))
    if missing:
        raise RuntimeError(f"LibreOffice left out {missing} of {len(files)} files")
    return seconds


def _compared(first: Path, other: Path) -> bool | None:
    return None if first == other else _same(first, other)


def _same(one: Path, other: Path) -> bool:
    """Whether two files have the same records in the same order, but for the seconds."""
    with one.open() as left, other.open() as right:
        return all(_timeless(a) == _timeless(b) for a, b in zip(left, right, strict=True))


def _timeless(line: str) -> object:
    return {key: value for key, value in json.loads(line).items() if key != "seconds"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
