"""The machinery of the benchmarks works: 30 rows, ours against the C loop, equal to the bit. No times are tested."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.acceptance import verdicts  # noqa: E402
from benchmarks.agreement import compare  # noqa: E402
from benchmarks.measure import Measured  # noqa: E402
from benchmarks.page import write_page  # noqa: E402
from benchmarks.sheets import ADAM, LAYOUTS, ROWS, SGD, points  # noqa: E402
from benchmarks.suite import Results, wrong  # noqa: E402
from benchmarks.table import duration  # noqa: E402
from benchmarks.workbooks import make_workbook  # noqa: E402

from xlsgd import calculate, load  # noqa: E402

needs_c = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler 'cc' on the PATH")


@needs_c
def test_a_quick_run_agrees_with_c(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    options = ["--quick", "--sizes", "30", "--only", "xlsgd|C loop", "--json", str(kept), "--folder", str(tmp_path)]
    run = subprocess.run([sys.executable, "-m", "benchmarks", *options], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "all 1,380 cells compared" in run.stdout
    results = Results.load(kept)
    for name in ("xlsgd", "xlsgd, cold", "C loop"):
        measured = results.sizes[30][name]
        assert not measured.problem
        assert measured.agreement["same"] == 1.0
        assert measured.agreement["missing"] == 0
    assert {"load", "calculate", "values", "again", "write"} == set(results.sizes[30]["xlsgd"].runs[0]["seconds"])
    assert results.copies["xlsgd"]["books"] == 20
    assert results.commands.keys() >= {"xlsgd --help", "xlsgd calc", "xlsgd calc, cold"}
    (tmp_path / "docs").mkdir()
    page = write_page(tmp_path, results, verdicts(results))
    text = page.read_text("utf-8")
    assert "`benchmarks/run --only 'xlsgd|C loop' --sizes 30`" in text
    assert "| xlsgd | 30 | 690 | all | 0 | 0 | 0 |" in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize("shared", [False, True])
def test_the_workbooks_hold_what_their_names_say(tmp_path: Path, shared: bool) -> None:
    book = load(make_workbook(tmp_path / "book.xlsx", 30, shared=shared))
    assert [sheet.name for sheet in book.sheets] == ["basic SGD", "adam"]
    assert [len(sheet.formulas) for sheet in book.sheets] == [30 * SGD.width, 30 * ADAM.width] == [360, 330]
    assert book.sheets[0].cached[4, 3] == 2.0  # stale on purpose: the run starts at 1
    values = calculate(book)
    data = points(30, 1)
    for index, layout in enumerate(LAYOUTS):
        top, left, bottom, right = layout.area(30)
        found = [[values.at(index, row, col) for col in range(left, right + 1)] for row in range(top, bottom + 1)]
        assert found == [list(row) for row in ROWS[layout.name](data)]


def test_a_difference_of_one_bit_is_seen() -> None:
    wanted = [np.ones((30, 12)), np.full((30, 11), 2.0)]
    theirs = [one.copy() for one in wanted]
    assert compare(theirs, wanted)["same"] == 1.0
    theirs[1][7, 3] = np.nextafter(2.0, 3.0)
    told = compare(theirs, wanted)
    assert told["same"] == 1 - 1 / 690
    assert 0 < told["relative"] < 3e-16
    theirs[0][0, 0] = np.nan
    assert compare(theirs, wanted)["missing"] == 1
    results = Results({}, {30: {"xlsgd": Measured(agreement=told), "IronCalc": Measured(agreement=told)}})
    assert wrong(results) == ["30 rows, xlsgd: 0.14% of the cells differ"]


def test_seconds_have_three_digits() -> None:
    assert [duration(one) for one in (None, 0.0012345, 12.345, 123.4, 1e-5)] == [
        "–",
        "0.00123",
        "12.3",
        "123",
        "0.00001",
    ]


def test_kept_results_can_be_told_again(tmp_path: Path) -> None:
    results = Results({}, copies={"xlsgd": {"books": 3, "seconds": 1.5, "cpu": 1.4}})
    results.save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == results
    assert json.loads((tmp_path / "results.json").read_text())["copies"]["xlsgd"]["books"] == 3
