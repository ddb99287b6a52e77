"""Whether weights move against the derivative of the error, at a rate that the workbook itself names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ....formula.nodes import Node
from ...findings import Place
from ...understand.roots import Roots
from .mending import upstream
from .slopes import Slopes
from .trial import Draw, Stage, Weight, agree

ENOUGH, ROUGHLY = 3, 0.01
"""How many trials with numbers settle it, and how far a step may be from a derivative that is only roughly known."""

Rate: TypeAlias = "float | tuple[int, int]"
"""A learning rate: a number, or the track and offset of the cell that holds it from line to line."""


def is_forward(stage: Stage, track: int) -> bool:
    """Whether a column leads to the error, so that a change of it changes the true derivatives."""
    role = stage.column(track).role
    if role == "residual":
        return any(track in stage.above(error.col) for error in stage.block.having("error"))
    return role in ("prediction", "hidden", "error")


def moves_by_itself(stage: Stage, weight: Weight, doubted: Sequence[Weight]) -> bool:
    """Whether a weight's update has the derivative written out, or shares a column with another weight's.

    doubted: the weights whose derivative columns are not right.
    """
    if stage.block.details is None or weight.old[0] not in stage.block.details.rules:
        return False  # it moves once a batch
    if any(state.track in upstream(stage, weight.new[0]) for state in stage.states):
        return False
    if weight.taken is None or weight.inline:
        return True
    others = [other for other in stage.weights if other.name != weight.name]
    return weight in doubted and any(weight.taken in upstream(stage, other.new[0]) for other in others)


def reaches(stage: Stage, slopes: Slopes, weight: Weight, trees: Mapping[int, Node] | None = None) -> bool:
    """Whether the weight moves against the true derivative: ``new = old - lr*slope``."""
    rates, seen = _rates(stage), 0
    forward = {track: tree for track, tree in (trees or {}).items() if is_forward(stage, track)}

    def left(number: int, true: float, share: float) -> set[Rate]:
        """The rates that a draw leaves."""
        slack, draw = slopes.slack(number), stage.draws[number]
        old, new = stage.values([weight.old, weight.new], draw, trees)
        sizes = {rate: _size(stage, rate, draw) for rate in rates}
        slacks = {rate: slack * abs(size) + 1e-13 * abs(old) for rate, size in sizes.items()}
        return {rate for rate in rates if agree(old - new, sizes[rate] * true, slacks[rate], share)}

    for number in range(len(stage.draws)):
        if seen + len(stage.draws) - number < ENOUGH:
            return False
        rough = slopes.rough(weight, number, forward) if forward and not seen else math.nan
        if math.isinf(rough):
            continue
        if math.isfinite(rough) and not left(number, rough, ROUGHLY):
            return False
        true = slopes.slope(weight, number, trees=forward)
        if not math.isfinite(true):
            continue
        rates = left(number, true, 1e-5)
        if not rates:
            return False
        seen += bool(true) or not forward  # a change that leaves nothing to descend proves nothing
    return seen >= ENOUGH


def _rates(stage: Stage) -> set[Rate]:
    found: set[Rate] = set()
    for rule in stage.block.details.rules.values() if stage.block.details else ():
        found |= {rate for rate in rule.typed_rates if rate > 0}
    setting = stage.block.settings.get("learning rate")
    found |= {setting.value} if setting is not None and setting.value else set()
    for column in stage.block.having("learning rate"):
        found |= {(column.col, offset) for offset in (0, 1)}
    return found | (_made_of(stage, setting.place) if setting is not None and setting.place is not None else set())


def _made_of(stage: Stage, place: Place) -> set[Rate]:
    """The numbers in fixed cells that the block reads and that are made of the learning rate, as a decayed one is."""
    details = stage.block.details
    if details is None:
        return set()
    terms, view = details.roles.dynamics.terms, details.view
    wanted, roots = terms.node("fixed", key=place), Roots(view, terms, stage.desk.cells.links)
    leaves = {leaf for own in details.roles.dynamics.own.values() for leaf in terms.leaves(own) if leaf.op == "fixed"}
    made = [leaf.key for leaf in leaves if leaf is not wanted and wanted in terms.leaves(roots.expand(leaf))]
    values = [stage.desk.number(one) for one in made]
    return {value for value in values if value is not None and value > 0}


def typed_rates(stage: Stage) -> list[float]:
    """The learning rates that are one number for all lines."""
    return sorted(rate for rate in _rates(stage) if isinstance(rate, float))


def _size(stage: Stage, rate: Rate, draw: Draw) -> float:
    return rate if isinstance(rate, float) else stage.values([rate], draw)[0]


def climbs(stage: Stage, slopes: Slopes, weight: Weight) -> bool:
    """Whether a weight moves with the true derivative, not against it, in all trials."""
    signs = set()
    for number, draw in enumerate(stage.draws):
        old, new = stage.values([weight.old, weight.new], draw)
        product = (new - old) * slopes.slope(weight, number)
        if math.isfinite(product) and product != 0:
            signs.add(product > 0)
    return signs == {True}


def uphill(stage: Stage, slopes: Slopes) -> list[Weight]:
    """The weights that move with the derivative while others move against it, all at one rate; none where unclear."""
    signs: dict[str, set[bool]] = {weight.name: set() for weight in stage.weights}
    for number, draw in enumerate(stage.draws):
        sizes = set()
        for weight in stage.weights:
            true = slopes.slope(weight, number)
            old, new = stage.values([weight.old, weight.new], draw)
            share = (old - new) / true if true and math.isfinite(true) else math.nan
            if not math.isfinite(share) or share == 0:
                return []
            sizes.add(float(f"{abs(share):.5g}"))
            signs[weight.name].add(share < 0)
        if max(sizes) > min(sizes) * 1.0001:
            return []
    wrong = [weight for weight in stage.weights if signs[weight.name] == {True}]
    return wrong if len(wrong) < len(stage.weights) else []
