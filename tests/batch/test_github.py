"""Annotations and the summary for GitHub Actions: escaped, within its limits, paths within the repository."""

from __future__ import annotations

import re
from pathlib import Path

from batch.batch_rows_aid import NASTY, ROWS, broken, finding, report, wrong
from xlsgd.report.github import MAX_ANNOTATIONS, MAX_ROWS, MAX_SUMMARY, append_summary, commands, summary

COMMAND = re.compile(r"::(error|warning)(?: ([a-z]+=[^\n:]*))?::([^\n]*)")


def unescaped(text: str) -> str:
    """As the runner reads it; see ActionCommand.cs of actions/runner."""
    for escape, letter in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, letter)
    return text


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command's name, properties and message. Fails where the runner would not take it for one command."""
    match = COMMAND.fullmatch(line)
    assert match, line
    words = dict(word.split("=", 1) for word in (match[2] or "").split(",") if word)
    return match[1], {key: unescaped(value) for key, value in words.items()}, unescaped(match[3])


def test_what_fails_is_an_error_and_what_is_odd_a_warning() -> None:
    told = [read(line) for line in commands(report(*ROWS), {})]
    assert [(name, words.get("file")) for name, words, _ in told[:2]] == [
        ("error", "books/2.1/wrong.xlsx"),
        ("error", "books/bomb.xlsx"),
    ]
    assert [(name, words["file"]) for name, words, _ in told if name == "warning"] == [("warning", "books/odd.xlsx")]
    assert told[0][1]["title"] == "xlsgd: Adam!L7 reference"
    assert told[0][2].startswith("Adam!L7 [reference] L7 reads B6 where B7 belongs\n  says      =B6*2")
    assert told[1][1]["title"] == "xlsgd: limit"


def test_a_workbook_cannot_give_commands() -> None:
    several = list(commands(report(wrong(NASTY, finding(NASTY, sheet=NASTY)), broken(NASTY, "crash", NASTY)), {}))
    assert len(several) == 2
    for line in several:
        assert read(line)[0] == "error"
        assert not re.search("[\x00-\x1f]", line)
    assert all(not line.startswith("::") for line in summary(report(wrong(NASTY, finding(NASTY)))).splitlines())


def test_percent_signs_and_commas_come_back() -> None:
    [line] = commands(report(wrong("a,b:5%2C.xlsx", finding("50% of A1:A3, each"))), {})
    _, words, message = read(line)
    assert words["file"] == "a,b:5%2C.xlsx"
    assert message.startswith("Adam!L7 [reference] 50% of A1:A3, each")


def test_no_more_than_github_shows() -> None:
    rows = [wrong(f"{number}.xlsx", finding()) for number in range(25)]
    told = [read(line) for line in commands(report(*rows), {})]
    assert len(told) == MAX_ANNOTATIONS
    assert told[-1][2] == "16 more workbooks: see the summary of this step"
    assert len(list(commands(report(*rows[:MAX_ANNOTATIONS]), {}))) == MAX_ANNOTATIONS
    assert "more" not in list(commands(report(*rows[:MAX_ANNOTATIONS]), {}))[-1]


def test_files_stand_as_in_the_repository(tmp_path: Path) -> None:
    inside, outside = tmp_path / "repo/books/a.xlsx", tmp_path / "other/a.xlsx"
    rows = [wrong(str(inside), finding()), wrong(str(outside), finding()), wrong("s3://b/a.xlsx", finding())]
    told = [read(line)[1] for line in commands(report(*rows), {"GITHUB_WORKSPACE": str(tmp_path / "repo")})]
    assert [words.get("file") for words in told] == ["books/a.xlsx", outside.as_posix(), None]


def test_what_github_cannot_link_to_is_named_in_the_message() -> None:
    rows = [broken("books.zip!in/a.xlsx"), broken("s3://bucket/a.xlsx"), broken("b.xlsx")]
    told = [read(line) for line in commands(report(*rows), {})]
    assert [words.get("file") for _, words, _ in told] == ["books.zip", None, "b.xlsx"]
    assert [message.partition(": is no zip")[0] for _, _, message in told[:2]] == [row.file for row in rows[:2]]
    assert told[2][2].startswith("is no zip")


def test_the_summary_has_the_totals_and_what_failed() -> None:
    text = summary(report(*ROWS, baseline=True, vanished=["old"]))
    assert "8 workbooks: 2 ok, 3 differ, 1 unrecognised, 2 errors (2.0 s, 4 workbooks/s)" in text
    assert "Baseline: 1 known, 3 new, 1 vanished." in text
    assert "| reference | 3 | 0 | 3 |" in text
    assert "| `books/2.1/wrong.xlsx` | `Adam!L7 [reference] L7 reads B6 where B7 belongs` | 1 |" in text
    assert "books/ok.xlsx" not in text
    assert "books/known.xlsx" not in text


def test_the_summary_fits() -> None:
    rows = [wrong("é" * 400 + f"{number}.xlsx", finding("ü" * 5000)) for number in range(1000)]
    text = summary(report(*rows))
    assert f"… and {1000 - MAX_ROWS} more workbooks." in text
    assert len(text.encode("utf-8")) < MAX_SUMMARY
    table = [line for line in text.splitlines() if line.startswith("| `é")]
    assert len(table) == MAX_ROWS


def test_markdown_of_a_workbook_stays_text() -> None:
    [line] = [one for one in summary(report(wrong(NASTY, finding(NASTY)))).splitlines() if "alert" in one]
    cells = re.split(r"(?<!\\)\|", line)
    assert len(cells) == 5
    assert cells[1].strip().startswith("`` ")
    assert cells[1].strip().endswith(" ``")


def test_the_summary_is_appended_where_there_is_one(tmp_path: Path) -> None:
    target = tmp_path / "summary.md"
    target.write_text("before\n", "utf-8")
    append_summary(report(*ROWS), {"GITHUB_STEP_SUMMARY": str(target)})
    assert target.read_text("utf-8").startswith("before\n### xlsgd batch\n")
    append_summary(report(*ROWS), {})
