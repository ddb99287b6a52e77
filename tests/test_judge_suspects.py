"""The search for the one column with which a training fits together."""

from __future__ import annotations

import pytest

from test_judge import errors, neuron
from xlsgd import verify
from xlsgd.book import Book
from xlsgd.check.judge import with_values
from xlsgd.check.judge.ground.case import Case
from xlsgd.check.judge.ground.desk import Desk
from xlsgd.check.judge.rules.beforehand import hopeful
from xlsgd.check.judge.rules.families import expected, families
from xlsgd.check.judge.rules.guesses import Search, candidates
from xlsgd.check.judge.rules.health import at_ease, descends, oddities, slopes_fit
from xlsgd.check.understand import understand
from xlsgd.check.understand.roles import Roles
from xlsgd.check.understand.supposing import supposing
from xlsgd.formula import parse
from xlsgd.plan import make_plan


def odd(book: Book) -> list[str]:
    plan = with_values(make_plan(book))
    [block] = understand(plan.book, plan)
    assert block.details is not None
    return [one.what for one in oddities(block.details)]


def test_a_right_training_fits_together() -> None:
    assert odd(neuron()) == []


def test_minus_the_derivatives_that_are_added_fit_together() -> None:
    turned = {"G": "2*(B{r}-E{r})*A{r}", "H": "2*(B{r}-E{r})", "I": "C{r}+$B$1*G{r}", "J": "D{r}+$B$1*H{r}"}
    assert odd(neuron(turned)) == []
    assert verify(neuron(turned)).ok


@pytest.mark.parametrize(
    ("edits", "where", "wanted"),
    [
        ({"J": "2*(D{r}-$B$1*H{r})"}, "J5", "=D5-$B$1*H5"),
        ({"J": "-(D{r}-$B$1*H{r})"}, "J5", None),
        ({"E": "C{r}*A{r}-D{r}"}, "E5", "=C5*A5+D5"),
        ({"J": "D{r}-$B$1*G{r}"}, "J5", "=D5-$B$1*H5"),
        ({"J": "D{r}-0.3*H{r}"}, "J5", "=D5-$B$1*H5"),
    ],
)
def test_a_wrong_column_is_named(edits: dict[str, str | float | None], where: str, wanted: str | None) -> None:
    found = errors(neuron(edits))
    assert [one.cell for one in found] == [where], found
    if wanted is not None:
        assert found[0].expected_formula == wanted


def test_supposing_nothing_is_what_is_there() -> None:
    plan = with_values(make_plan(neuron()))
    [block] = understand(plan.book, plan)
    home = supposing(plan, block)
    assert home is not None
    found = home.understood()
    assert found is not None
    assert found.optimizer == block.optimizer == "sgd"
    assert {home.titles[track] for track in found.roles.model.weights} == {one.name for one in block.weights}


def test_a_family_tells_what_its_member_should_read() -> None:
    trees = {1: parse("E5+1", 5, 1), 2: parse("F5+1", 5, 2), 3: parse("F5-1", 5, 3)}
    trees |= {5: parse("A5*2", 5, 5), 6: parse("B5*2", 5, 6), 7: parse("C5*2", 5, 7)}
    of = families(trees, [[1, 2, 3]])
    assert parse("G5+1", 5, 3) in list(expected(trees, 3, across=False, of=of))


def search(edits: dict[str, str | float | None]) -> Search:
    plan = with_values(make_plan(neuron(edits)))
    [block] = understand(plan.book, plan)
    assert block.details is not None
    home = supposing(plan, block)
    assert home is not None
    return Search(Case(Desk(plan), [], [block]), home, block.details, oddities(block.details))


def test_how_another_weight_goes_on_mends_nothing() -> None:
    tracks = {track for _, track, _ in candidates(search({"G": "2*(E{r}-B{r})*(A{r}+1)"}))}
    assert 7 in tracks  # the derivative itself
    assert not tracks & {4, 10}  # the other weight and its new value


def test_another_weight_that_has_the_error_written_out_is_supposed() -> None:
    written = {"I": "C{r}-$B$1*2*(C{r}*A{r}-D{r}-B{r})*A{r}", "J": "D{r}-$B$1*2*(C{r}*A{r}+D{r}-B{r})"}
    tracks = {track for _, track, _ in candidates(search(written))}
    assert {4, 9} <= tracks


def test_suppositions_share_what_they_know_and_give_the_same_every_time() -> None:
    home = search({"J": "D{r}-$B$1*G{r}"}).home
    tree = parse("D9-$B$1*H9", 9, 10)
    first = home.understood({10: tree}, (hopeful(None), slopes_fit, at_ease), descends)
    again = home.understood({10: tree}, (hopeful(None), slopes_fit, at_ease), descends, {10})
    assert first is not None
    assert again is not None
    assert (first.optimizer, first.form, first.roles.found) == (again.optimizer, again.form, again.roles.found)
    assert home.understood({}, (hopeful(None), slopes_fit, at_ease), descends) is None


def test_a_derivative_that_stays_none_is_seen_before_roles_are_found() -> None:
    odd = search({"G": "2*(E{r}-B{r})*(A{r}+1)"})
    hope, asked = hopeful(odd.base), list[bool]()

    def ask(roles: Roles) -> bool:
        asked.append(hope(roles))
        return asked[-1]

    for text in ("2*(E9-B9)*(A9+2)", "2*(E9-B9)", "2*(E9-B9)*A9"):
        odd.home.understood({7: parse(text, 9, 7)}, (ask, slopes_fit, at_ease), descends)
    assert asked == [False, False, True]
