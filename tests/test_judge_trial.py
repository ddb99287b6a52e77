"""Trials of other formulas take from the trial of the formulas as they are what does not hang on them."""

from __future__ import annotations

import math

import pytest

from test_judge import neuron
from xlsgd.check.judge.ground.desk import Desk, with_values
from xlsgd.check.judge.trials.trial import LEAST_WORK, MAX_ALL, MAX_WORK, Stage, Trial
from xlsgd.check.understand import understand
from xlsgd.formula import parse
from xlsgd.plan import make_plan


@pytest.mark.parametrize(("track", "text"), [(5, "C9*A9-D9"), (7, "(E9-B9)*A9"), (9, "C9+$B$1*G9"), (3, "I8*2")])
def test_what_stays_is_right(track: int, text: str) -> None:
    plan = with_values(make_plan(neuron()))
    [block] = understand(plan.book, plan)
    stage = Stage.of(Desk(plan), block)
    assert stage is not None
    trees = {track: parse(text, 9, track)}
    wanted = [(column, offset) for column in range(3, 11) for offset in (0, 1)]
    for draw in stage.draws:
        plain = Trial(stage, draw.line, draw.fixed, trees)
        expected = [plain.value(*stage.place(draw.line + offset, column)) for column, offset in wanted]
        as_is = stage.values(wanted, draw)
        found = stage.values(wanted, draw, trees)
        assert found == expected
        assert (found != as_is) or track == 3
        assert stage.values(wanted, draw) == as_is


def stage_of_a_neuron() -> Stage:
    plan = with_values(make_plan(neuron()))
    [block] = understand(plan.book, plan)
    stage = Stage.of(Desk(plan), block)
    assert stage is not None
    return stage


@pytest.mark.parametrize(
    ("track", "text", "circular"),
    [(5, "G9*A9+D9", True), (5, "F9", True), (5, "G8*A9+D9", False), (9, "C9-$B$1*H9", False), (7, "G9+1", True)],
)
def test_a_change_that_goes_round_in_a_circle_has_no_value(track: int, text: str, circular: bool) -> None:
    stage = stage_of_a_neuron()
    tree = parse(text, 9, track)
    assert stage.circular(track, tree) is circular
    before = stage.work
    [value] = stage.values([(track, 0)], stage.draws[0], {track: tree})
    assert math.isnan(value) is circular
    assert stage.work < before + 20


def test_searches_share_a_budget() -> None:
    stage = stage_of_a_neuron()
    assert stage.limit == MAX_WORK
    stage.work = MAX_ALL
    assert stage.limit == MAX_ALL + LEAST_WORK
