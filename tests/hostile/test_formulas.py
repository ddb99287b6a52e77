"""Formulas that mean harm, against the real command line in watched processes: formula_attacks.py has them by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import formula_attacks
from formula_attacks import FORMULAS, commands, differs

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.mark.skipif(sys.platform != "linux", reason="the guard uses /proc and resource limits of Linux")
@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_end_in_an_answer_or_a_reason(name: str, tmp_path: Path) -> None:
    environment = {**os.environ, "XLSGD_CACHE": str(tmp_path / "cache"), "XLSGD_LIMITS": ""}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # the guard lets nothing be written
    arguments = [sys.executable, formula_attacks.__file__, str(tmp_path), name]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment, timeout=600)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [f"{line['command']}: {line['wrong']}" for line in lines if line["wrong"]]
    assert not wrong, "\n".join(wrong)
    assert done.returncode == 0, done.stderr[-2000:]
    assert [line["command"] for line in lines] == list(commands(""))


def test_other_answers_are_noticed() -> None:
    attack = FORMULAS["LAMBDA without end, and a tree of its calls"]
    good: dict[str, object] = {"S!A2": {"error": "#NUM!"}, "S!A4": {"unsupported": "more calculation of a formula"}}
    assert differs(attack, good) == {}
    assert differs(attack, {**good, "S!A2": 0}) == {"S!A2": 0}
    assert differs(attack, {**good, "S!A4": {"unsupported": "REDUCE"}})


def test_each_attack_has_its_row() -> None:
    section = PAGE.read_text("utf-8").split("\n## Formulas\n")[1].split("\n## ")[0]
    listed = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")][2:]
    assert listed == list(FORMULAS)
