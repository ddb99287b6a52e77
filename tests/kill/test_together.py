"""Any number of processes may write the same file, gallery or cache at once: each finds whole files only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kill.test_kill import python

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


@pytest.mark.parametrize("processes", [2, 8])
@pytest.mark.parametrize("scene", ["targets", "kernels", "exhibits"])
def test_many_at_once(tmp_path: Path, scene: str, processes: int) -> None:
    run = python("-m", "kill.together", scene, str(processes), str(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr
    assert not list(tmp_path.rglob("*.tmp"))
    if scene == "kernels":
        answers = {path.read_text() for path in tmp_path.glob("answers*.json")}
        assert len(answers) == 1
        assert len(list(tmp_path.glob("answers*.json"))) == processes
        assert list(tmp_path.glob("kernels/*.kernel"))
