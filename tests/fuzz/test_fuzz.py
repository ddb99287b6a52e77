"""A short run of the fuzzer that is the same every time, proof that it sees what is wrong, and what it once found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.failures import level_of_file
from fuzz.inputs import LEVELS, SUFFIX, make_input
from fuzz.plants import KINDS
from fuzz.state import OUTCOMES, State
from fuzz.trips import take

TESTS = Path(__file__).parents[1]
FOUND = sorted(path for path in (Path(__file__).parent / "found").iterdir() if path.suffix in SUFFIX.values())

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fuzzer looks at processes as Linux shows them")


def fuzz(keep: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "fuzz", "--keep", str(keep), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, check=False)


def test_some_thousand_inputs(tmp_path: Path) -> None:
    run = fuzz(tmp_path / "kept", "--inputs", "3000", "--seed", "7")
    stories = "".join(path.read_text("utf-8") for path in tmp_path.glob("kept/*.txt"))
    assert run.returncode == 0, run.stdout + run.stderr + stories
    assert "3,000 inputs, 0 failures" in run.stdout
    assert "bytes 900" in run.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_is_seen(tmp_path: Path, kind: str) -> None:
    run = fuzz(tmp_path / "kept", "--inputs", "60", "--plant", kind, "--seconds", "1", "--level", "csv")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "60 inputs, 1 failures" in run.stdout
    story = next(tmp_path.glob("kept/*.txt"))
    assert json.loads(story.read_text("utf-8").splitlines()[0])["number"] == 40
    assert story.with_suffix(".csv").read_bytes() == make_input("csv", 1, 40)
    assert not (TESTS / "fuzz" / "planted.txt").exists()


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_once(tmp_path: Path, path: Path) -> None:
    assert take(level_of_file(path), path.read_bytes(), tmp_path, 0) in OUTCOMES


@pytest.mark.parametrize("level", LEVELS)
def test_an_input_is_made_again(level: str) -> None:
    assert make_input(level, 3, 17) == make_input(level, 3, 17)
    assert len({make_input(level, 3, number) for number in range(50)}) > 40


@pytest.mark.parametrize("level", LEVELS)
def test_many_inputs_get_through(tmp_path: Path, level: str) -> None:
    """Were all refused at the door, the rooms behind it would not be tested."""
    outcomes = [take(level, make_input(level, 5, number), tmp_path, number + 1) for number in range(100)]
    assert 10 <= sum(outcome in ("read", "understood") for outcome in outcomes) <= 95


def test_the_state_outlives_its_writer(tmp_path: Path) -> None:
    writer, reader = State(tmp_path / "state"), State(tmp_path / "state")
    writer.begin(7, 0.5)
    assert reader.now() == (7, 0.5, True)
    writer.end(7, "xml", "read")
    assert reader.now() == (7, 0.0, False)
    assert reader.counts()["xml"]["read"] == 1
