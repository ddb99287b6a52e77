"""The lines of a batch on the terminal, and how far it is."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from batch.batch_rows_aid import NASTY, ROWS, broken, finding, report, wrong
from xlsgd.report.batch_progress import batch_progress, course
from xlsgd.report.batch_rows import BatchReport, Row
from xlsgd.report.batch_table import duration, print_row, print_totals, rate


def printed(row: Row, **changes: object) -> str:
    out = Console(file=io.StringIO(), width=100, highlight=False, **changes)  # type: ignore[arg-type]  # as given
    print_row(out, row)
    return out.file.getvalue()  # type: ignore[attr-defined,no-any-return]  # a StringIO


def totals(batch: BatchReport) -> list[str]:
    out = Console(file=io.StringIO(), width=60, highlight=False)
    print_totals(out, batch)
    return out.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]  # a StringIO


LINES = [
    "ok            books/ok.xlsx",
    "ok            books/odd.xlsx  Adam!K3 [label] K3 is labelled beta but is used as lr",
    "differs       books/2.1/wrong.xlsx  Adam!L7 [reference] L7 reads B6 where B7 belongs (+1 more)",
    "differs       books/known.xlsx  known: Adam!L7 [reference] L7 reads B6 where B7 belongs",
    "unrecognised  books/nothing.xlsx  no rows that train were found",
    "error         books/bomb.xlsx  is no zip: take another copy",
    "error         books/slow.xlsx  took more than 60 s: raise --timeout",
]


@pytest.mark.parametrize(("row", "line"), list(zip(ROWS, LINES, strict=False)), ids=[row.file for row in ROWS[:-1]])
def test_a_workbook_is_a_line(row: Row, line: str) -> None:
    assert printed(row) == line + "\n"


def test_a_long_line_is_cut_only_where_a_person_looks() -> None:
    row = wrong("books/a.xlsx", finding("word " * 100))
    assert len(printed(row)) > 500
    assert printed(row).count("\n") == 1
    shown = printed(row, force_terminal=True, no_color=True, color_system=None)
    assert shown.rstrip("\n").endswith("…")
    assert len(shown.splitlines()) == 1
    assert len(shown) <= 101


def test_a_workbook_cannot_move_the_cursor_or_give_commands() -> None:
    for row in (wrong(NASTY, finding(NASTY, sheet=NASTY)), broken(NASTY, "crash", NASTY)):
        line = printed(row)
        assert line.count("\n") == 1
        assert not [letter for letter in line[:-1] if not letter.isprintable() and letter != "\ufffe"]
        assert not line.startswith("::")
        line.encode("utf-8")


def test_brackets_of_a_workbook_are_no_markup() -> None:
    assert "a[bold].xlsx  Adam!L7 [reference] [red]x" in printed(wrong("a[bold].xlsx", finding("[red]x")))


def test_the_totals() -> None:
    assert totals(report(*ROWS, baseline=True, vanished=[f"v{number}" for number in range(12)], worked=6)) == [
        "8 workbooks: 2 ok, 3 differ, 1 unrecognised, 2 errors in 2.0 s, 2 kept from an earlier run",
        "errors: 3 reference",
        "warnings: 2 label",
        "not checked: 1 limit, 1 timeout",
        "baseline: 1 known, 3 new, 12 vanished",
        *(f"  vanished: v{number}" for number in range(10)),
        "  … and 2 more",
    ]
    assert totals(report(ROWS[0])) == ["1 workbook: 1 ok in 2.0 s, 0.5 workbooks/s"]


def test_rates_and_times_read_well() -> None:
    assert [rate(number, 10) for number in (1, 123, 123456)] == [
        "0.1 workbooks/s",
        "12.3 workbooks/s",
        "12,346 workbooks/s",
    ]
    assert [duration(one) for one in (0.04, 59.94, 60, 3599, 3600, 90000)] == [
        "0.0 s",
        "59.9 s",
        "1 min 0 s",
        "59 min 59 s",
        "1 h 0 min",
        "25 h 0 min",
    ]


def test_time_left_comes_from_what_was_checked_now() -> None:
    """Workbooks that were kept from an earlier run took no time."""
    assert course(500, 1000, 100, 50) == "500 of 1,000, 2 workbooks/s, 4 min 10 s left"
    assert course(500, 1000, 0, 50) == "500 of 1,000"
    assert course(1000, 1000, 1000, 50) == "1,000 of 1,000, 20 workbooks/s, 0.0 s left"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_where_a_person_looks_and_lines_go_where_they_belong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with batch_progress(len(ROWS)) as (out, advance):
        for row in ROWS:
            print_row(out, row)
            advance(True)
    assert f"{len(ROWS)} of {len(ROWS)}" in screen.getvalue()
    assert "workbooks/s" in screen.getvalue()
    assert "books/ok.xlsx" not in screen.getvalue()
    assert capsys.readouterr().out.splitlines()[: len(LINES)] == LINES


def test_lines_stand_above_the_progress_of_the_same_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    with batch_progress(1) as (out, advance):
        print_row(out, ROWS[0])
        advance(True)
    assert "books/ok.xlsx" in screen.getvalue()


def test_no_progress_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    with batch_progress(1) as (out, advance):
        print_row(out, ROWS[0])
        advance(True)
    assert capsys.readouterr() == ("ok            books/ok.xlsx\n", "")
