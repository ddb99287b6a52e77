"""Formulas and what Excel answers, one line a case: see tests/cases/README.md."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from case_format import Case, Rows, make_book, read_cases, read_ledger
from xlsgd.book import Book, Cell
from xlsgd.engine import get_engine
from xlsgd.plan import make_plan
from xlsgd.values import Unsupported

CASES = read_cases()
LEDGER = read_ledger()


def marked(case: Case) -> object:
    reason = LEDGER.get(case.question)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(case, id=case.id, marks=marks)


def answer(book: Book, place: Cell, whole: bool) -> Rows:
    """The value of the formula's cell, or with ``whole`` of all cells that it fills."""
    values = get_engine("scalar").run(make_plan(book))
    (top, left), formulas = place, book.sheets[0].formulas
    filled = [
        (row, col)
        for row, col in values.results[0]
        if (row >= top and col >= left and (row, col) not in formulas) or (row, col) == place
    ]
    bottom, right = (max(cell) for cell in zip(*filled, strict=True)) if whole else place
    shown = [[values.at(0, row, col) for col in range(left, right + 1)] for row in range(top, bottom + 1)]
    missing = [cell.reason for row in shown for cell in row if isinstance(cell, Unsupported)]
    assert not missing, f"unsupported: {missing[0]}"
    return shown  # type: ignore[return-value]  # no Unsupported is left


def same(got: object, want: object, tolerance: float) -> bool:
    if isinstance(want, float) and isinstance(got, float):
        return got == want or math.isclose(got, want, rel_tol=tolerance, abs_tol=tolerance)
    return type(got) is type(want) and got == want


@pytest.mark.parametrize("case", map(marked, CASES))
def test_excel_says(case: Case) -> None:
    got = answer(*make_book(case), case.spills)
    assert [len(row) for row in got] == [len(row) for row in case.expected], f"{case.question} gives {got}"
    for got_row, want_row in zip(got, case.expected, strict=True):
        for one, other in zip(got_row, want_row, strict=True):
            assert same(one, other, case.tolerance), f"{case.question} gives {got}, Excel {case.expected}"


def test_the_files_hold_many_cases() -> None:
    assert len(CASES) >= 700
    assert all(case.source for case in CASES)
    twice = [question for question, number in Counter(case.question for case in CASES).items() if number > 1]
    assert not twice


def test_the_ledger_names_cases_that_exist() -> None:
    assert set(LEDGER) <= {case.question for case in CASES}
