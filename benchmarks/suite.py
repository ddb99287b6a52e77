"""What is measured, one function a part; together they make the results that table, page and plot are made from."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .agreement import compare, read_values
from .contenders.registry import CONTENDERS, LIMIT, OURS
from .measure import Bench, Measured, cold, warm
from .workbooks import make_workbook

COLD = f"{OURS}, cold"  # with an empty folder of kernels; OURS itself finds them there
COPIED_ROWS = 29  # as graddesc.xlsm has them
WRITTEN = 100_000  # rows up to which saving is measured
MOST = {"formulas": 1_000}  # rows that a contender is asked for at most: it takes hours for more
Report = Callable[[str], None]


@dataclass(slots=True)
class Results:
    """Everything that one run found. sizes and shared: by rows, by contender."""

    machine: dict[str, Any]
    sizes: dict[int, dict[str, Measured]] = field(default_factory=dict)
    shared: dict[int, dict[str, Measured]] = field(default_factory=dict)
    copies: dict[str, dict[str, Any]] = field(default_factory=dict)
    commands: dict[str, float] = field(default_factory=dict)
    writers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Results:
        """What :meth:`save` wrote."""
        told = json.loads(path.read_text("utf-8"))
        for part in ("sizes", "shared"):
            told[part] = {
                int(rows): {name: Measured(**one) for name, one in found.items()} for rows, found in told[part].items()
            }
        return cls(**told)


def measure_size(
    bench: Bench, rows: int, names: Sequence[str], report: Report, shared: bool = False
) -> dict[str, Measured]:
    """All stages of all contenders on one workbook, in turns, so that a slow minute hits all alike."""
    kind = "shared" if shared else "book"
    report(f"{rows:,} rows: writing the workbook" if not shared else f"{rows:,} rows, shared formulas")
    book = make_workbook(bench.folder / f"{kind}-{rows}.xlsx", rows, shared=shared)
    found = {name: Measured() for name in _entries(names)}
    if OURS in names:
        warm(bench, OURS, [book, "--rows", str(rows)])  # so that there are kernels in the folder
    spent = dict.fromkeys(found, 0.0)
    for turn in range(bench.runs):
        for name, measured in found.items():
            if measured.problem or (turn and spent[name] * (turn + 1) / turn > bench.budget):
                continue
            if rows > MOST.get(name, rows):
                measured.problem = f"not tried over {MOST[name]:,} rows"
                continue
            spent[name] += _run(bench, name, book, rows, measured)
        report(f"{rows:,} rows: turn {turn + 1} of {bench.runs}")
    _agree(bench, rows, found)
    return found


def _entries(names: Sequence[str]) -> list[str]:
    """Ours twice."""
    return [*([COLD] if OURS in names else []), *names]


def _run(bench: Bench, name: str, book: Path, rows: int, measured: Measured) -> float:
    """One more run; the seconds that it took, but for a saving that was broken off."""
    arguments: list[str | Path] = [book, "--rows", str(rows), "--values", _kept(bench, name)]
    if name != LIMIT and rows <= WRITTEN and not measured.slow_write:
        arguments += ["--write", bench.folder / "written.xlsx"]
    told = cold(bench, OURS, arguments) if name == COLD else warm(bench, name, arguments)
    if "problem" in told:
        measured.problem = told["problem"]
        return 0.0
    measured.runs.append(told)
    measured.slow_write = measured.slow_write or "process" not in told
    return float(told.get("process", 0.0))


def _kept(bench: Bench, name: str) -> Path:
    return bench.folder / f"values of {name}"


def _agree(bench: Bench, rows: int, found: dict[str, Measured]) -> None:
    """Compare everybody's numbers with those of the C loop."""
    blocks = {
        name: read_values(_kept(bench, name), rows, one.runs[-1]["by_columns"])
        for name, one in found.items()
        if one.runs
    }
    for name, theirs in blocks.items():
        if LIMIT in blocks:
            found[name].agreement = compare(theirs, blocks[LIMIT])


def measure_copies(bench: Bench, count: int, names: Sequence[str], report: Report) -> dict[str, dict[str, Any]]:
    """Many small workbooks with different data in one process: how many a second."""
    folder = bench.folder / "copies"
    folder.mkdir(exist_ok=True)
    books = [make_workbook(folder / f"{seed:04}.xlsx", COPIED_ROWS, seed) for seed in range(1, count + 1)]
    found = {}
    for name in names:
        if name == LIMIT:
            continue
        report(f"{count:,} small workbooks: {name}")
        arguments: list[str | Path] = [*books, "--limit", str(bench.budget / 4)]
        found[name] = warm(bench, name, arguments)
        if name == OURS:
            found[COLD] = cold(bench, name, arguments)
    return found


def wrong(results: Results) -> list[str]:
    """Where ours is not the C loop's to the bit."""
    parts = itertools.chain(results.sizes.items(), results.shared.items())
    return [
        f"{rows:,} rows, {name}: {1 - one.agreement['same']:.2%} of the cells differ"
        for rows, found in parts
        for name, one in found.items()
        if name in (OURS, COLD) and one.agreement and one.agreement["same"] < 1.0
    ]


def known(names: Sequence[str]) -> list[str]:
    """Contenders in the order of the tables. Raises KeyError for a name that is none."""
    for name in names:
        CONTENDERS[name]
    return [name for name in CONTENDERS if name in names]
