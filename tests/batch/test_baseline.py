"""What is known does not count, what is new does, and what vanished is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xlsgd.batch.baseline import FORMAT, Baseline, accepted, read_baseline, write_baseline
from xlsgd.batch.record import Record
from xlsgd.errors import UsageError


def finding(cell: str | None, kind: str = "reference", sheet: str = "S", message: str = "m") -> dict[str, Any]:
    return {"kind": kind, "severity": "error", "sheet": sheet, "cell": cell, "message": message}


def record(*findings: dict[str, Any], file: str = "a.xlsx") -> Record:
    report = {"file": file, "verdict": "differs", "sheets": [{"findings": list(findings)}], "findings": []}
    return Record(file, "differs", report, None, "d", 0.0)


def known(*records: Record) -> Baseline:
    return Baseline(one for record in records for one in accepted(record))


def cells(found: list[dict[str, Any]]) -> list[str | None]:
    return [one["cell"] for one in found]


def test_known_new_and_vanished() -> None:
    held = known(record(finding("L7"), finding("M3"))).hold(
        record(finding("L7", message="other"), finding("L9", "data"))
    )
    assert cells(held.known) == ["L7"]
    assert cells(held.new) == ["L9"]
    assert [one.cell for one in held.vanished] == ["M3"]


def test_the_findings_are_the_records_own() -> None:
    found = record(finding("L7"))
    assert known(found).hold(found).known[0] is next(found.findings())


def test_a_row_more_above_does_not_make_a_finding_new() -> None:
    held = known(record(finding("L7"), finding("L9"))).hold(record(finding("L8"), finding("L10")))
    assert (held.new, held.vanished) == ([], [])
    held = known(record(finding("L7"))).hold(record(finding("L8"), finding("L7")))
    assert (cells(held.known), cells(held.new)) == (["L7"], ["L8"])
    held = known(record(finding("L7"))).hold(record(finding("M7")))
    assert (cells(held.new), len(held.vanished)) == (["M7"], 1)


def test_equal_findings_are_counted() -> None:
    held = known(record(finding(None, "name"))).hold(record(finding(None, "name"), finding(None, "name")))
    assert (len(held.known), len(held.new)) == (1, 1)


def test_files_do_not_mix_and_their_names_travel() -> None:
    held = known(record(finding("A1"), file="x\\b.xlsx")).hold(record(finding("A1"), file="./x/b.xlsx"))
    assert len(held.known) == 1
    assert len(known(record(finding("A1"))).hold(record(finding("A1"), file="b.xlsx")).new) == 1


def test_an_error_can_be_known() -> None:
    broken = Record("a.xlsx", "error", None, {"kind": "unreadable", "message": "no zip"}, None, 0.0)
    slow = Record("a.xlsx", "error", None, {"kind": "timeout", "message": "slow"}, None, 0.0)
    assert known(broken).hold(broken).outcome_known
    assert not known(broken).hold(slow).outcome_known
    assert [one.kind for one in known(broken).hold(record()).vanished] == ["unreadable"]
    assert known(record(finding("A1"))).hold(broken).vanished == []


def test_the_file_is_sorted_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    records = [record(finding("L7"), file="b.xlsx"), record(finding(None), finding("A1"), file="a.xlsx")]
    write_baseline(path, (one for record in records for one in accepted(record)))
    lines = path.read_text("ascii").splitlines()
    assert len(lines) == 5
    assert lines[1] < lines[3]
    assert all(not read_baseline(path).hold(record).new for record in records)
    write_baseline(path, ())
    assert read_baseline(path).hold(records[0]).new


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other", "findings": []}', "\0"])
@pytest.mark.parametrize("findings", ["", '{"format": "' + FORMAT + '", "findings": [{"file": 1}]}'])
def test_another_file_is_no_baseline(tmp_path: Path, text: str, findings: str) -> None:
    (tmp_path / "known.json").write_text(findings or text)
    with pytest.raises(UsageError, match="baseline"):
        read_baseline(tmp_path / "known.json")


def test_a_baseline_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read: No such file"):
        read_baseline(tmp_path / "known.json")
