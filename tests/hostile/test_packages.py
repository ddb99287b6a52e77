"""Every attack against the real command line, in processes that are watched: see trial.py for what counts as harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import trial
from attack_registry import ATTACKS, COMMANDS, OTHERS, book, save

from xlsgd import XlsgdError, calculate, limits, load, save_values, verify
from xlsgd.book.package import Package
from xlsgd.errors import UnreadableError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the guard uses /proc and resource limits of Linux")

SMALL = [name for name, attack in ATTACKS.items() if not attack.alone]
GROUPS = {f"small {at + 1}": SMALL[at::4] for at in range(4)}
GROUPS.update({name: [name] for name, attack in ATTACKS.items() if attack.alone})


@pytest.mark.parametrize("group", GROUPS)
def test_an_attack_ends_in_one_line_or_a_right_answer(group: str, tmp_path: Path) -> None:
    environment = {**os.environ, "XLSGD_CACHE": str(tmp_path / "cache"), "XLSGD_LIMITS": ""}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # the guard lets nothing be written
    arguments = [sys.executable, trial.__file__, str(tmp_path), *GROUPS[group]]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment, timeout=1500)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [f"{line['attack']}, {line['command']}: {line['wrong']}" for line in lines if line["wrong"]]
    assert not wrong, "\n".join(wrong)
    assert done.returncode == 0, done.stderr[-2000:]
    assert [name for name in GROUPS[group] if sum(line["attack"] == name for line in lines) < 2] == []


def test_the_guard_sees_harm(tmp_path: Path) -> None:
    """The judge is no rubber stamp: what it must notice it notices."""
    attack, place = ATTACKS["file: empty"], tmp_path / "out.xlsx"
    good = {"status": 2, "out": "", "errors": "xlsgd: a.xlsx: the file is empty: take another\n", "wrong": ""}
    assert trial.judge(attack, "calc", good, place) == ""
    assert "Boom" in trial.judge(attack, "calc", {**good, "wrong": "Boom"}, place)
    assert "one line" in trial.judge(attack, "calc", {**good, "errors": "xlsgd: a\nxlsgd: b\n"}, place)
    assert "unexpected" in trial.judge(attack, "calc", {**good, "errors": "xlsgd: no such file\n"}, place)
    assert "not refused" in trial.judge(attack, "calc", {**good, "status": 0}, place)
    place.touch()
    assert "wrote a file" in trial.judge(attack, "calc", good, place)


def _use(path: Path, target: Path) -> bool:
    """Calculate, verify and save a workbook; whether it could be read; also true where harm was done."""
    target.unlink(missing_ok=True)
    try:
        values = calculate(path, "scalar")
        verify(path)
        save_values(values, target)
    except XlsgdError as error:
        return bool(str(error).count("\n") or target.exists())
    return True


def test_cut_off_after_any_byte(tmp_path: Path) -> None:
    data, cut = save(tmp_path / "a.xlsx", book()).read_bytes(), tmp_path / "cut.xlsx"
    for length in range(len(data)):
        cut.write_bytes(data[:length])
        assert not _use(cut, tmp_path / "out.xlsx"), length


@pytest.mark.parametrize("part", list(book()))
def test_parts_cut_off_after_any_byte(part: str, tmp_path: Path) -> None:
    contents, cut = book(), tmp_path / "cut.xlsx"
    data = str(contents[part]).encode()
    read = [_use(save(cut, {**contents, part: data[:at]}), tmp_path / "out.xlsx") for at in range(0, len(data), 3)]
    assert not any(read) or part == "[Content_Types].xml"


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", book())
    data = path.read_bytes()
    for change in (b"", bytes(len(data)), data[: len(data) // 2], data[::-1]):
        path.write_bytes(data)
        with Package(path) as package:
            path.write_bytes(change)
            with pytest.raises(UnreadableError, match="damaged"):
                package.read("xl/worksheets/sheet1.xml")
    path.write_bytes(data)
    with Package(path) as package:  # another file in its place: what was opened is read to its end
        path.unlink()
        path.write_bytes(b"")
        assert b"sheetData" in package.read("xl/worksheets/sheet1.xml")


def test_limits_can_be_raised_and_lowered(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", book())
    for name in ("file", "inflated", "entries", "nodes", "cells", "tree"):
        with limits(**{name: 1}), pytest.raises(UnreadableError, match=f"limit '{name}'"):
            load(path)
    assert load(path).sheets[0].formulas


def test_the_registry_is_whole() -> None:
    assert len(ATTACKS) >= 70
    assert set(OTHERS.values()) <= set(globals())
    assert all(set(attack.by) <= set(COMMANDS) for attack in ATTACKS.values())
