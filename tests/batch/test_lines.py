"""JSON lines that survive a kill, and a later run that keeps what is good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xlsgd.batch.lines import Lines, read_lines
from xlsgd.batch.record import Record
from xlsgd.errors import UsageError

STAMP = {"xlsgd": "1", "options": "a"}


def record(file: str, digest: str | None = "d", kind: str | None = None) -> Record:
    if kind is not None:
        return Record(file, "error", None, {"kind": kind, "message": "no"}, digest, 0.5)
    return Record(file, "ok", {"file": file, "verdict": "ok", "sheets": [], "findings": []}, None, digest, 0.5)


def write(path: Path, *records: Record, finished: bool = True) -> None:
    lines = Lines(path, STAMP, resume=False)
    for one in records:
        lines.add(one)
    lines.close(finished)


def again(path: Path, *files: str, finished: bool = True, stamp: dict[str, str] = STAMP) -> list[str]:
    """Resume as a run does: keep what is known, else add; the files that were made anew."""
    lines, anew = Lines(path, stamp, resume=True), []
    for file in files:
        if lines.known(file) == "d":
            assert lines.keep(file) == record(file)
        else:
            lines.add(record(file))
            anew.append(file)
    lines.close(finished)
    return anew


def files(path: Path) -> list[str]:
    return [one.file for one in read_lines(path)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def test_a_record_survives_its_line(out: Path) -> None:
    several = [record("a"), record("\udcff b", None), record("c", kind="crash")]
    write(out, *several)
    assert list(read_lines(out)) == several
    lines = out.read_text("ascii").splitlines()
    assert json.loads(lines[0]) == STAMP
    assert list(json.loads(lines[1])) == ["file", "verdict", "sheets", "findings", "error", "digest", "seconds"]


def test_each_line_is_there_before_the_next_is_written(out: Path) -> None:
    lines = Lines(out, STAMP, resume=False)
    for number in range(3):
        assert len(files(out)) == number
        lines.add(record(str(number)))
    lines.close(False)


def test_what_is_done_stays_where_it_stands(out: Path) -> None:
    write(out, record("a"), record("b"), finished=False)
    before = out.read_bytes()
    assert again(out, "a", "b", "c") == ["c"]
    assert out.read_bytes().startswith(before)
    assert files(out) == ["a", "b", "c"]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_is_dropped(out: Path, cut: int) -> None:
    write(out, record("a"), record("b"))
    out.write_bytes(out.read_bytes()[:-cut])
    assert files(out) == ["a"]
    assert again(out, "a", "b", "c") == ["b", "c"]
    assert files(out) == ["a", "b", "c"]


def test_a_workbook_between_keeps_what_comes_behind(out: Path) -> None:
    write(out, *map(record, "abde"))
    assert again(out, "a", "b", "c", "d", "e") == ["c"]
    assert files(out) == list("abcde")
    assert list(out.parent.iterdir()) == [out]


def test_a_kill_in_such_a_run_loses_nothing(out: Path) -> None:
    write(out, *map(record, "abdef"))
    assert again(out, "a", "b", "c", "d", finished=False) == ["c"]
    assert again(out, "a", "aa", "b", "c", finished=False) == ["aa"]
    assert again(out, "a", "aa", "b", "c", "d", "e", "f") == []
    assert files(out) == ["a", "aa", "b", "c", "d", "e", "f"]
    assert list(out.parent.iterdir()) == [out]


def test_what_is_no_longer_asked_for_goes(out: Path) -> None:
    write(out, *map(record, "abc"))
    assert again(out, "a", "c") == []
    assert files(out) == ["a", "c"]
    assert again(out, "a") == []
    assert files(out) == ["a"]


def test_other_options_begin_anew(out: Path) -> None:
    write(out, record("a"))
    assert again(out, "a", stamp={**STAMP, "options": "b"}) == ["a"]


@pytest.mark.parametrize(("kind", "anew"), [("unreadable", []), ("limit", []), ("timeout", ["a"]), ("crash", ["a"])])
def test_errors_that_may_pass_are_tried_again(out: Path, kind: str, anew: list[str]) -> None:
    write(out, record("a", kind=kind))
    lines = Lines(out, STAMP, resume=True)
    assert (lines.known("a") is None) == bool(anew)
    lines.close(False)


@pytest.mark.parametrize("text", ["", "no lines", '{"xlsgd"', "[]\n", "\0\n"])
def test_another_file_is_begun_anew(out: Path, text: str) -> None:
    out.write_text(text)
    assert again(out, "a") == ["a"]
    assert files(out) == ["a"]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Lines(tmp_path / "nowhere" / "out.jsonl", STAMP, resume=False)
    with pytest.raises(UsageError, match="cannot be read"):
        list(read_lines(tmp_path))
