"""Fill-downs recomputed a column at a time: what is settled there is right cell by cell, and nothing old is."""

from __future__ import annotations

import pytest

from test_judge import cell, neuron
from xlsgd.book import Book
from xlsgd.check.judge.cells.stale import _same
from xlsgd.check.judge.ground.desk import Desk, with_values
from xlsgd.check.judge.ground.settled import settled
from xlsgd.plan import make_plan


def desk(edits: dict[str, str | float | None] | None = None, cached: dict[str, float | str] | None = None) -> Desk:
    """A desk on a neuron whose stored values are right, but for some."""
    plan = with_values(make_plan(neuron(edits)))
    [sheet] = plan.book.sheets
    sheet.cached.update({cell(name): value for name, value in (cached or {}).items()})
    return Desk(make_plan(Book([sheet])))


def columns(home: Desk) -> dict[int, int]:
    """Column → how many of its cells are settled."""
    found: dict[int, int] = {}
    for _, _, col in settled(home):
        found[col] = found.get(col, 0) + 1
    return found


def test_all_fill_downs_of_a_right_sheet_are_settled() -> None:
    assert columns(desk()) == {3: 11, 4: 11, **dict.fromkeys(range(5, 11), 12)}


@pytest.mark.parametrize(
    "edits", [{"E": "=C{r}*A{r}+D{r}+IF(A{r}>3,0,1)"}, {"E": "=SUM(C{r}*A{r},D{r})"}, {"F": "=(E{r}-B{r})^2.5"}]
)
def test_what_is_settled_agrees_cell_by_cell(edits: dict[str, str | float | None]) -> None:
    home = desk(edits)
    found = set(settled(home))
    assert len(found) > 60
    assert all(_same(home, place, home.recompute(place)) for place in found)


@pytest.mark.parametrize("old", [1.0, "text", 0.0])
def test_an_old_value_is_not_settled_nor_what_reads_it(old: float | str) -> None:
    home = desk(cached={"E9": old})
    found = set(settled(home))
    assert (0, 9, 5) not in found
    assert {(0, 9, 6), (0, 9, 7), (0, 9, 8)} & found == set()
    assert {(0, 8, 5), (0, 10, 5), (0, 10, 6)} <= found


def test_a_number_that_a_text_stands_for_is_left_to_the_engine() -> None:
    home = desk({"A9": "7"})
    assert (0, 9, 5) not in settled(home)


def test_formulas_that_are_not_told_as_expressions_are_left_to_the_engine() -> None:
    assert 6 not in columns(desk({"F": '=IF(TEXT(E{r},"0")="x",1,(E{r}-B{r})^2)'}))
    assert 6 not in columns(desk({"F": "=(E{r}-B{r})^2+0*RAND()"}))
