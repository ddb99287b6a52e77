"""The page of the batch benchmarks says what was measured. No times are tested."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.batch import _make, _same  # noqa: E402
from benchmarks.batch_page import Row, table, write_page  # noqa: E402

ROWS = [Row("one process", 2000, 200.0, 1), Row("Dask", 2000, 100.0, 2, True), Row("LibreOffice", 1000, 500.0, 1)]


def test_the_ratio_is_of_times_for_a_workbook() -> None:
    lines = table(2000, ROWS)
    assert lines[4] == "| one process | 2,000 | 200.0 | 10.0 | 100.0 | 5.00 |  |"
    assert lines[5] == "| Dask | 2,000 | 100.0 | 20.0 | 50.0 | 10.00 | the same |"
    assert "LibreOffice was measured on the first 1,000." in lines


def test_the_page(tmp_path: Path) -> None:
    text = write_page(tmp_path, {"command": "benchmarks/batch", "cores": "2"}, {"2000": ROWS}).read_text("utf-8")
    assert "written by `benchmarks/batch`" in text
    assert "| cores | 2 |" in text


def test_different_records_are_seen(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text(json.dumps({"file": "a", "seconds": 1}) + "\n")
    other.write_text(json.dumps({"file": "a", "seconds": 2}) + "\n")
    assert _same(one, other)
    other.write_text(json.dumps({"file": "b", "seconds": 1}) + "\n")
    assert not _same(one, other)


def test_each_workbook_has_data_of_its_own(tmp_path: Path) -> None:
    made = sorted(_make(tmp_path, 2, 1).rglob("*.xlsx"))
    assert len(made) == 2
    assert made[0].read_bytes() != made[1].read_bytes()
