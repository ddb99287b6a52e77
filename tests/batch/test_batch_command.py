"""The command ``batch``: what it prints and writes, its JSON, its exit status."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from batch.batch_rows_aid import FOLLOWER, WARNING, finding
from batch.traps import Shelf
from xlsgd.batch.record import DEFAULT_MEMORY, DEFAULT_TIMEOUT, BatchOptions, Record
from xlsgd.cli import commands, main
from xlsgd.limits import current

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    status = main(["batch", *map(str, arguments)])
    return status, *capsys.readouterr()


def record(file: str, *found: dict[str, Any], trains: bool = True, error: dict[str, str] | None = None) -> Record:
    """A workbook's record with these findings."""
    sheet = {"sheet": "Adam", "variant": "linear2-forward-sgd" if trains else None, "findings": list(found)}
    differs = any(one["severity"] == "error" for one in found)
    verdict = "error" if error else "differs" if differs else "ok" if trains else "unrecognised"
    report = None if error else {"file": file, "verdict": verdict, "sheets": [sheet], "findings": []}
    return Record(file, verdict, report, error, "0" * 64, 0.5)


class Canned:
    """A batch whose records are there already."""

    def __init__(self, records: list[Record]) -> None:
        self.records, self.kept, self.asked = records, 0, BatchOptions()

    def __call__(self, paths: list[str], options: BatchOptions) -> Canned:
        self.asked = options
        return self

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __enter__(self) -> Canned:
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def canned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Canned:
    """No workers: the command gets a workbook of every sort."""
    several = [
        record("ok.xlsx"),
        record("odd.xlsx", WARNING),
        record("wrong.xlsx", WARNING, FOLLOWER, finding()),
        record("nothing.xlsx", trains=False),
    ]
    made = Canned(several)
    monkeypatch.setattr("xlsgd.cli.batch_run.run_batch", made)
    monkeypatch.chdir(tmp_path)
    return made


BROKEN = record("broken.xlsx", error={"kind": "unreadable", "message": "is no zip: take another copy"})


def test_all_outputs_of_real_workbooks(
    capsys: Capture, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shelf("a.xlsx", "wrong.xlsx", "broken.xlsx")
    monkeypatch.chdir(folder.parent)
    Path("pages").mkdir()
    step = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    outputs = ["--junit", "junit.xml", "--json", "lines.jsonl", "--html", "pages", "--github"]
    status, out, err = run(capsys, "shelf", *outputs, "--jobs", 2)
    assert status == 2
    told = "xlsgd: a workbook was not checked, shelf/broken.xlsx: the zip is damaged or cut short: take another copy"
    assert err == f"{told} of the file\n"
    lines = out.splitlines()
    assert lines[0] == "ok            shelf/a.xlsx"
    assert lines[1].startswith("error         shelf/broken.xlsx  the zip is damaged")
    assert re.match(r"differs       shelf/wrong\.xlsx  \S+!H14 \[hard-coded\] ", lines[2])
    assert re.fullmatch(r"3 workbooks: 1 ok, 1 differs, 1 error in .* s, .* workbooks/s", lines[3])
    assert [one.partition(" ")[0] for one in lines if one.startswith("::")] == ["::error", "::error"]
    assert "shelf/wrong.xlsx" in step.read_text("utf-8")

    records = [json.loads(line) for line in Path("lines.jsonl").read_text("utf-8").splitlines()]
    assert [one["verdict"] for one in records if "verdict" in one] == ["ok", "error", "differs"]
    suite = ElementTree.parse("junit.xml").getroot()[0]
    assert [suite.get(key) for key in ("tests", "failures", "errors")] == ["3", "1", "1"]
    overview = Path("pages/index.html").read_text("utf-8")
    pages = re.findall(r'href="([^"]+)"', overview)
    assert len(set(pages)) == 2
    assert all(Path("pages", page).is_file() for page in pages)
    left = {path.name for path in folder.parent.iterdir()}
    assert left == {"shelf", "pages", "lines.jsonl", "junit.xml", "summary.md"}


def test_json_to_stdout_is_all_of_stdout(capsys: Capture, canned: Canned) -> None:
    canned.records.append(BROKEN)
    status, out, err = run(capsys, "x", "--json", "-", "--github")
    assert status == 2
    documents = [json.loads(line) for line in out.splitlines()]
    assert documents == [one.document() for one in canned.records]
    assert list(documents[0]) == ["file", "verdict", "sheets", "findings", "error", "digest", "seconds"]
    assert err.startswith("::error file=wrong.xlsx,")
    assert err.endswith("xlsgd: a workbook was not checked, broken.xlsx: is no zip: take another copy\n")
    assert canned.asked.json is None


STATUS = [
    ([], 1),
    (["--fail-on", "error"], 1),
    (["--fail-on", "reference"], 1),
    (["--fail-on", "value"], 1),  # what follows from a cause is a finding, too
    (["--fail-on", "stale,chart"], 0),
    (["--fail-on", "unreadable"], 0),
    (["--fail-on", "unrecognised"], 1),
    (["--fail-on", "label"], 1),
    (["--fail-on", " Hard_Coded , chart"], 0),
    (["--fail-on", "any"], 1),
]


@pytest.mark.parametrize(("options", "status"), STATUS, ids=[" ".join(options) for options, _ in STATUS])
def test_what_counts_is_the_users_choice(capsys: Capture, canned: Canned, options: list[str], status: int) -> None:
    assert run(capsys, "x", *options)[0] == status
    canned.records.append(BROKEN)
    assert run(capsys, "x", *options)[0] == 2


def test_warnings_count_where_they_are_asked_for(capsys: Capture, canned: Canned) -> None:
    del canned.records[2]
    assert run(capsys, "x")[0] == 0
    assert run(capsys, "x", "--fail-on", "error,warning")[0] == 1
    assert run(capsys, "x", "--fail-on", "any")[0] == 1
    del canned.records[1:]
    assert run(capsys, "x", "--fail-on", "any")[0] == 0


def test_what_must_be_recognised_is_a_failure_in_every_report(capsys: Capture, canned: Canned) -> None:
    del canned.records[:3]
    Path("pages").mkdir()
    status, out, _ = run(capsys, "x", "--fail-on", "unrecognised", "--junit", "j.xml", "--github", "--html", "pages")
    assert status == 1
    assert "::error file=nothing.xlsx,title=xlsgd%3A workbook unrecognised::workbook [unrecognised] no rows" in out
    assert [one.get("type") for one in ElementTree.parse("j.xml").iter("failure")] == ["unrecognised"]


def test_a_baseline_accepts_what_it_knows(capsys: Capture, canned: Canned) -> None:
    status, out, _ = run(capsys, "x", "--baseline", "known.json", "--update-baseline")
    assert status == 0
    assert out.endswith("baseline: 4 known, 0 new, 0 vanished\nknown.json: 4 findings accepted\n")
    status, out, _ = run(capsys, "x", "--baseline", "known.json")
    assert status == 0
    assert "differs       wrong.xlsx  known: Adam!L7 [reference]" in out
    canned.records[2] = record("wrong.xlsx", finding(), finding("a new one", kind="stale", cell="Q5"))
    before = Path("known.json").read_bytes()
    status, out, _ = run(capsys, "x", "--baseline", "known.json", "--junit", "j.xml")
    assert status == 1
    assert "differs       wrong.xlsx  Adam!Q5 [stale] a new one\n" in out
    assert "baseline: 2 known, 1 new, 2 vanished\n" in out
    assert "  vanished: wrong.xlsx: Adam!L8 [value] L8 follows\n" in out
    [failure] = ElementTree.parse("j.xml").iter("failure")
    assert "L7" not in (failure.text or "")
    assert Path("known.json").read_bytes() == before
    assert run(capsys, "x", "--baseline", "known.json", "--update-baseline")[0] == 0
    assert run(capsys, "x", "--baseline", "known.json")[1].endswith("baseline: 3 known, 0 new, 0 vanished\n")


def test_a_baseline_does_not_accept_what_could_not_be_checked(capsys: Capture, canned: Canned) -> None:
    canned.records.append(BROKEN)
    assert run(capsys, "x", "--baseline", "known.json", "--update-baseline")[0] == 2
    assert run(capsys, "x", "--baseline", "known.json")[0] == 2


def test_quiet_and_quieter(capsys: Capture, canned: Canned) -> None:
    loud, quiet, silent = (run(capsys, "x", *words)[1].splitlines() for words in ([], ["-q"], ["-qq"]))
    assert [line.split()[1] for line in loud[:4]] == ["ok.xlsx", "odd.xlsx", "wrong.xlsx", "nothing.xlsx"]
    assert [line.split()[1] for line in quiet[:2]] == ["wrong.xlsx", "nothing.xlsx"]
    assert quiet[2].startswith("4 workbooks: 2 ok, 1 differs, 1 unrecognised in ")
    assert quiet[3:] == ["errors: 1 reference", "warnings: 2 label"]
    assert silent == []


def test_options_reach_the_batch(capsys: Capture, canned: Canned) -> None:
    run(capsys, "x")
    assert canned.asked == BatchOptions(overrides=canned.asked.overrides)
    line = "--jobs 3 --dask local --timeout 2.5 --max-memory 1.5GiB --json out.jsonl --resume --html ."
    run(capsys, "x", *line.split(), "--variant", "linear2-forward-sgd")
    asked = canned.asked
    assert (asked.jobs, asked.dask, asked.timeout, asked.max_memory) == (3, "local", 2.5, 3 * 2**29)
    assert (asked.json, asked.resume, asked.html) == (Path("out.jsonl"), True, Path("."))
    assert asked.overrides is not None
    assert asked.overrides.variant


def test_the_help_tells_the_defaults() -> None:
    helps = {one.name: getattr(one, "help", "") for one in commands.commands["batch"].params}
    assert f"[{DEFAULT_TIMEOUT:g}]" in helps["timeout"]
    assert f"[{DEFAULT_MEMORY // 2**30}GiB]" in helps["max_memory"]


WRONG = [
    ("nowhere", "'nowhere'"),
    ("empty", "no workbooks"),
    (". --fail-on speling", "unknown word of --fail-on 'speling'"),
    (". --fail-on refrence", "did you mean 'reference'?"),
    (". --junit out.txt", "ends in .xml"),
    (". --junit nowhere/out.xml", "there is no folder 'nowhere', make it first"),
    (". --html nowhere/pages", "make it first"),
    (". --json nowhere/out.jsonl", "cannot write 'nowhere/out.jsonl'"),
    (". --resume", "--resume keeps what a file of --json has: name the file"),
    (". --json - --resume", "--resume keeps what a file of --json has: name the file"),
    (". --update-baseline", "name it with --baseline"),
    (". --update-baseline --baseline nowhere/known.json", "there is no folder 'nowhere', make it first"),
    (". --baseline missing.json", "missing.json: the baseline cannot be read"),
    (". --baseline notes.txt", "notes.txt: this is no baseline"),
    (". --max-memory much", "'much' is no limit"),
    (". --max-memory 1", "give at least 64 MiB"),
    (". --timeout 0", "a timeout of 0 s"),
    (". --jobs 0", "0 jobs"),
    (". --jobs many", "'many' is not a valid integer"),
    (". --variant linaer-forward-sgd", "linaer"),
    (". --roles missing.toml", "missing.toml"),
    ("", "Missing argument 'PATH...'"),
]


@pytest.mark.parametrize(("line", "message"), WRONG, ids=[line for line, _ in WRONG])
def test_wrong_usage_is_one_line_before_any_work(
    capsys: Capture, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, line: str, message: str
) -> None:
    monkeypatch.chdir(shelf("a.xlsx"))
    Path("notes.txt").write_text("no baseline")
    Path("empty").mkdir()
    before = sorted(path.name for path in Path().rglob("*"))
    status, out, err = run(capsys, *line.split())
    assert (status, out) == (2, "")
    assert err.startswith("xlsgd: ")
    assert err.count("\n") == 1
    assert message in err
    assert sorted(path.name for path in Path().rglob("*")) == before


@pytest.mark.parametrize(
    ("setting", "message"),
    [("ratio", "give a name and a value"), ("ratoi=3", "did you mean 'ratio'?"), ("ratio=0", "'0' is no limit")],
)
def test_a_wrong_limit_is_told(capsys: Capture, setting: str, message: str) -> None:
    assert main(["--limit", setting, "variants"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_a_limit_holds_for_the_command_and_no_longer(capsys: Capture, shelf: Shelf) -> None:
    folder, before = shelf("a.xlsx"), os.environ.get("XLSGD_LIMITS")
    assert main(["--limit", "entries=3", "calc", str(folder / "a.xlsx")]) == 2
    assert "entries" in capsys.readouterr().err
    assert main(["--limit", "entries=3", "--limit", "file=1MB", "batch", str(folder)]) == 2
    out, err = capsys.readouterr()
    assert "not checked: 1 limit" in out
    assert "entries" in err
    assert os.environ.get("XLSGD_LIMITS") == before
    assert current().entries > 1000


@pytest.mark.parametrize("options", ["", "--json -"])
def test_a_closed_pipe_is_quiet(shelf: Shelf, options: str) -> None:
    """The status is that of a command that was stopped by SIGPIPE."""
    command = f"{sys.executable} -m xlsgd batch {shelf('a.xlsx', 'b.xlsx')} --jobs 1 {options} | true"
    done = subprocess.run(["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 141)


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_an_interruption_is_quiet_and_keeps_what_is_done(shelf: Shelf) -> None:
    folder = shelf(*(f"{number}.xlsx" for number in range(200)))
    lines = folder.parent / "lines.jsonl"
    command = [sys.executable, "-m", "xlsgd", "batch", str(folder), "--jobs", "1", "--json", str(lines)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.stdout.read(), process.stderr.read()
    assert (process.returncode, err.strip()) == (130, "")
    assert first == f"ok            {folder / '0.xlsx'}\n"
    assert "workbooks:" not in rest
    kept = [json.loads(line) for line in lines.read_text("utf-8").splitlines()[1:]]
    assert 1 <= len(kept) < 200
