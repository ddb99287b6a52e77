"""What an optimizer makes of the same old weight, old states and derivative, weight by weight."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ....formula.nodes import Node
from ....values import Scalar
from ...findings import Place
from ...understand.rules import Rule
from ..ground.trees import refs
from .mending import upstream
from .trial import Draw, Stage, Weight, agree

CONTINUED = 3
"""How many steps a bias correction is ahead at least where a count goes on; who is off by a step or two has erred."""

SIZES = (1.0, 1.0, 3.0, 40.0, 900.0)


@dataclass(frozen=True, slots=True)
class Chain:
    """One weight with its derivative's track and the tracks of its own states, in order."""

    weight: Weight
    gradient: int
    states: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One trial: what went in, and the new states and the new weight that came out."""

    line: int
    old: float
    g: float
    before: tuple[float, ...]
    after: tuple[float, ...]
    new: float

    @property
    def results(self) -> tuple[float, ...]:
        return (*self.after, self.new)


def chains(stage: Stage) -> list[Chain]:
    """The weights whose derivative stands in a column of its own."""
    if stage.block.details is None:
        return []
    roles, found = stage.block.details.roles, []
    for weight in stage.weights:
        track = weight.old[0]
        gradient = roles.derivative.get(track, weight.taken)
        shared = [own for other, states in roles.states.items() if other != track for own in states]
        states = tuple(state for state in sorted(roles.states.get(track, ())) if state not in shared)
        running = any(_runs_on(stage, track) for track in upstream(stage, weight.new[0]))
        known = gradient is not None and gradient in stage.block.columns and not running
        if known and gradient is not None and not _shared(stage, weight, gradient):
            found.append(Chain(weight, gradient, states))
    return found


def _runs_on(stage: Stage, track: int) -> bool:
    """Whether a column adds up all lines so far, which no trial of one line shows."""
    column = stage.block.columns.get(track)
    tree = column.program.tree if column is not None and column.program is not None else None
    for ref in refs(tree) if tree is not None else ():
        ends = [ref.first, ref.last or ref.first]
        if len({end.col_fixed if stage.block.across else end.row_fixed for end in ends}) > 1:
            return True
    return False


def _shared(stage: Stage, weight: Weight, gradient: int) -> bool:
    """Whether a column serves another weight as well."""
    assert stage.block.details is not None
    derivative = stage.block.details.roles.derivative
    for other in stage.weights:
        own = derivative.get(other.old[0], other.taken)
        if other.name != weight.name and (
            own == gradient or (own is None and gradient in upstream(stage, other.new[0]))
        ):
            return True
    return False


def observe(stage: Stage, chain: Chain, trees: Mapping[int, Node] | None = None, most: int | None = None) -> list[Seen]:
    """Trials of a weight's chain, ``most`` of them; the numbers that go in are the same for every chain."""
    rng, found = random.Random(11), []
    offsets = {state.track: state.old for state in stage.states}
    for draw in stage.draws[:most]:
        old, g = rng.uniform(0.4, 1.7), rng.uniform(0.4, 1.7) * rng.choice((1, -1)) * rng.choice(SIZES)
        before = tuple(rng.uniform(0.4, 1.7) for _ in range(6))[: len(chain.states)]
        fixed: dict[Place, Scalar] = dict(draw.fixed)
        fixed[stage.place(draw.line + chain.weight.old[1], chain.weight.old[0])] = old
        fixed[stage.place(draw.line, chain.gradient)] = g
        for state, value in zip(chain.states, before, strict=True):
            fixed[stage.place(draw.line + offsets[state], state)] = value
        wanted = [(state, offsets[state] + 1) for state in chain.states] + [chain.weight.new]
        *after, new = stage.values(wanted, Draw(draw.line, fixed), trees)
        found.append(Seen(draw.line, old, g, before, tuple(after), new))
    return found


def passes(stage: Stage, chain: Chain) -> bool:
    """Whether what the optimizer takes of a small derivative has its sign and goes with it, clipped or not."""
    track = chain.weight.taken
    if track is None or track == chain.gradient or not stage.draws:
        return True
    found = []
    for g in (-0.02, -0.01, 0.01, 0.02):
        draw = stage.draws[0]
        fixed: dict[Place, Scalar] = {**draw.fixed, stage.place(draw.line, chain.gradient): g}
        value = stage.values([(track, 0)], Draw(draw.line, fixed))[0]
        found.append(value * g > 0 if math.isfinite(value) else True)
    return all(found)


def same(one: Sequence[Seen], two: Sequence[Seen]) -> bool:
    """Whether two chains do the same as far as both were tried; no number on either side counts as the same."""
    seen = 0
    for a, b in zip(one, two, strict=False):
        if len(a.results) != len(b.results):
            return False
        for x, y in zip(a.results, b.results, strict=True):
            if math.isnan(x) and math.isnan(y):
                continue
            if not agree(x, y, 1e-12):
                return False
            seen += 1
    return seen > 0


def sound(rule: Rule | None) -> bool:
    """Whether a weight's rule is one that descends, by what is known of optimizers."""
    if rule is None or not rule.exact:
        return False
    direction = rule.rate
    for moment in rule.moments:
        if moment.power == 1:
            if rule.numerator.startswith(("m", "old m", "g+m")):
                direction = rule.rate * moment.share
            if moment.keep < 0.5 - 1e-9 and moment.keep > 1e-9:
                return False
            if moment.kind == "velocity" and not rule.inline and not _is_rate(rule, moment.share, moment.keep):
                return False
        if moment.power == 2:
            plain = moment.kind == "averaged" or (abs(moment.keep - 1) < 1e-9 and abs(moment.share - 1) < 1e-6)
            if not plain or moment.keep < 0.5 - 1e-9:
                return False
        if moment.power == 0 or moment.keep > 1 + 1e-9:
            return False
    if direction <= 0 or (rule.denominator.endswith("v") and "sqrt" not in rule.denominator):
        return False
    averaged = [one for one in rule.moments if one.kind == "averaged"]
    if len(averaged) > 1 == len(rule.corrections):
        return False  # of two averages only one is corrected for its start
    if rule.corrections and len(averaged) < len(rule.moments):
        return False  # what is no average has nothing to correct
    ahead = {round(one, 6) for one in rule.corrections.values()}
    return ahead <= {0.0} or (len(ahead) == 1 and min(ahead) >= CONTINUED)  # the count goes on from a table above


def _is_rate(rule: Rule, share: float, keep: float) -> bool:
    """Whether the derivative's share in a velocity is a learning rate (times 1 − beta)."""
    rates = [abs(rate) for rate in rule.typed_rates] or [abs(share)]
    return any(agree(abs(share), each) or agree(abs(share), each * (1 - keep)) for each in rates)
