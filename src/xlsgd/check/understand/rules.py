"""What an update does with a gradient: its moments, numerator and denominator, found by trying it on numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .expressions import Array, Expr, walk
from .roles import Roles, median, proportion
from .roots import Roots
from .sampling import Samples

EXACT = 1e-6
FEW_STEPS = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """A state as a running sum: ``new = keep·old + share·g^power``. ``power`` 0: neither of g nor of g².

    exact: whether this holds. kind: "averaged" (share is 1 − keep), "summed" (share is 1), "velocity" (another).
    """

    track: int
    keep: float
    share: float
    power: int
    exact: bool

    @property
    def kind(self) -> str:
        if abs(self.share - (1.0 - self.keep)) < 1e-9:
            return "averaged"
        return "summed" if abs(self.share - 1.0) < 1e-9 else "velocity"


@dataclass(slots=True)
class Rule:
    """How one weight moves: ``new = shrink·old − lr·numerator/denominator``.

    numerator: "g", "m", "old m", "g+m" (Nesterov), each perhaps with "^" (bias-corrected); denominator: "1",
    "sqrt v", "sqrt old v", each perhaps with "^". spread: how far the rule is from exact, relative; 0: exact.
    epsilon: "" or "outside" or "inside" (the root). scales, divides: leaves that the whole step is proportional to,
    directly or inversely. corrections: by how many steps each bias correction is ahead of the right one.
    """

    weight: int
    moments: list[Moment] = field(default_factory=list)
    numerator: str = "g"
    denominator: str = "1"
    spread: float = 0.0
    rate: float = 0.0
    shrink: float = 1.0
    epsilon: str = ""
    epsilon_leaf: Expr | None = None
    scales: list[Expr] = field(default_factory=list)
    divides: list[Expr] = field(default_factory=list)
    keeps: dict[int, Expr] = field(default_factory=dict)
    corrections: dict[float, float] = field(default_factory=dict)
    inline: bool = False
    typed_rates: list[float] = field(default_factory=list)
    decays: list[Expr] = field(default_factory=list)
    written: set[Expr] = field(default_factory=set)
    own_divisor: bool = False

    @property
    def exact(self) -> bool:
        return self.spread < EXACT and all(moment.exact for moment in self.moments)

    def moment(self, power: int) -> Moment | None:
        return next((moment for moment in self.moments if moment.power == power), None)


@dataclass(slots=True)
class _Trial:
    """One weight's update on numbers. ``given`` overrules leaves."""

    roles: Roles
    roots: Roots
    weight: int
    new: Expr
    old: Expr
    gradient: Expr | None
    states: dict[int, tuple[Expr, Expr]]
    slope: Expr | None
    samples: Samples
    written: Expr
    base: dict[Expr, Array] = field(default_factory=dict)

    def value(self, expr: Expr, given: dict[Expr, Array] | None = None) -> Array:
        return self.samples.value(expr, {**self.base, **(given or {})})

    def g(self) -> Array:
        if self.gradient is not None:
            return self.value(self.gradient)
        assert self.slope is not None
        return self.value(self.slope) * self.roles.factor

    def step(self, given: dict[Expr, Array] | None = None) -> Array:
        return self.value(self.new, given) - self.value(self.old, given)


@np.errstate(all="ignore")
def find_rule(roles: Roles, roots: Roots, weight: int) -> Rule | None:
    """The rule of one weight; None where nothing can be said."""
    trial = _trial(roles, roots, weight)
    if trial is None:
        return None
    rule = Rule(weight, inline=trial.gradient is None)
    rule.moments = [_moment(trial, track) for track in trial.states]
    if trial.gradient is not None:
        rule.shrink = _shrink(trial)
    small = _small_leaves(trial)
    trial.base.update({leaf: np.zeros((1, 1)) for leaf in small})
    _proportions(trial, rule)
    _fit(trial, rule)
    _epsilon(trial, rule, small)
    for leaf in small:
        del trial.base[leaf]
    _keeps(trial, rule)
    return rule


def _trial(roles: Roles, roots: Roots, weight: int) -> _Trial | None:
    model, dynamics = roles.model, roles.dynamics
    carried = model.weights[weight]
    taken = roles.taken.get(weight)
    keep = {taken} if taken is not None else set()
    gradient = None
    if taken is not None:
        gradient = dynamics.cell(taken, model.data_at)
        roles.samples.loosen((dynamics.sheet, taken))
    accumulators = {
        track for track in model.states if roles.found.get(track) is not None and roles.found[track].role == "gradient"
    }
    states = {}
    for track in sorted(roles.states[weight] - accumulators):
        state = model.states[track]
        new = roots.expand(dynamics.unrolled(state.own, keep, state.old, model.fresh))
        states[track] = (state.old, new)
    written = dynamics.unrolled(carried.own, keep, carried.old, model.fresh)
    new = roots.expand(written)
    slope = None
    if gradient is None:
        if roles.loss is None:
            return None
        slope = dynamics.terms.derivative(roles.loss, carried.old)
    trial = _Trial(roles, roots, weight, new, carried.old, gradient, states, slope, roles.samples, written)
    if np.count_nonzero(np.nan_to_num(trial.step())) < FEW_STEPS:
        trial.samples = roles.samples.on_all_lines(dynamics.candidate.first, dynamics.candidate.last)
    return trial


def _moment(trial: _Trial, track: int) -> Moment:
    old, new = trial.states[track]
    before, after = trial.value(old), trial.value(new)
    moved = before * 1.5 + 0.25
    with np.errstate(all="ignore"):
        keeps = (trial.value(new, {old: moved}) - after) / (moved - before)
    keeps = np.where(np.isfinite(keeps), keeps, 0.0)
    changed = np.abs(after - before) > 0
    keep = float(np.median(keeps[changed])) if changed.any() else 1.0
    rest = np.where(changed, after - keep * before, np.nan)
    best = Moment(track, keep, 0.0, 0, False)
    spreads = []
    g = trial.g()
    for power, base in ((1, g), (2, g * g)):
        share = proportion(rest, np.where(changed, base, np.nan), 1e-6)
        if share is not None and float(np.ptp(keeps[changed])) < 1e-6:
            return Moment(track, keep, share, power, True)
        spreads.append((_spread(rest, base)[0], power, _spread(rest, base)[1]))
    spread, power, share = min(spreads)
    return Moment(track, keep, share, power, False) if np.isfinite(spread) else best


def _spread(one: Array, two: Array) -> tuple[float, float]:
    """How far two columns are from proportional, and their proportion."""
    with np.errstate(all="ignore"):
        ratio = one / two
    ratio = ratio[np.isfinite(ratio)]
    if ratio.size < 3:
        return np.inf, 0.0
    middle = median(ratio)
    if middle == 0.0:
        return np.inf, 0.0
    return median(np.abs(ratio - middle)) / abs(middle) + 1e-3 * float(np.max(np.abs(ratio - middle))) / abs(
        middle
    ), middle


@np.errstate(all="ignore")
def _shrink(trial: _Trial) -> float:
    """What is left of the old weight beside the step."""
    before = trial.value(trial.old)
    after, moved = trial.value(trial.new), trial.value(trial.new, {trial.old: before + 1.0})
    left = (moved - after)[np.isfinite(moved - after)]
    return float(np.median(left)) if left.size else 1.0


def _small_leaves(trial: _Trial) -> list[Expr]:
    """Typed numbers that may be an epsilon: small, and added to something under a division."""
    found = {}
    for expr in (trial.new, *(new for _, new in trial.states.values())):
        for node in walk(expr):
            if node.op not in ("+", "max"):
                continue
            for arg in node.args:
                if arg.op in ("num", "fixed") and 0.0 < float(np.abs(trial.value(arg)).flat[0]) <= 2e-3:
                    other = node.args[1] if arg is node.args[0] else node.args[0]
                    if node.op == "+" and _under_root_or_positive(other):
                        found[arg.id] = arg
    return list(found.values())


def _under_root_or_positive(expr: Expr) -> bool:
    """Whether an epsilon may be added to an expression: to a root, a square, a state."""
    return expr.op in ("sqrt", "^", "cell", "+", "/", "*", "abs", "max")


def _corrections(trial: _Trial) -> dict[int, tuple[Expr, Array]]:
    """Values of ``1 - …`` in the update where … goes by the step and not by the training."""
    dynamics = trial.roles.dynamics
    found = {}
    for node in walk(trial.new):
        if node.op == "-" and node.args[0].op == "num" and node.args[0].key == 1.0:
            leaves = trial.roots.terms.leaves(node.args[1])
            steps = [leaf for leaf in leaves if leaf.op in ("cell", "line", "span")]
            if steps and not any(dynamics.is_live(leaf) for leaf in steps):
                found[node.id] = (node.args[1], trial.value(node))
    return found


@np.errstate(all="ignore")
def _fit(trial: _Trial, rule: Rule) -> None:
    """Chooses the numerator and the denominator that the step is proportional to."""
    g = trial.g()
    step = trial.value(trial.new) - rule.shrink * trial.value(trial.old)
    step = np.where(np.abs(step) > 0, step, np.nan)
    for leaf in rule.scales:
        step = step / trial.value(leaf) if leaf.op == "cell" else step
    for leaf in rule.divides:
        step = step * trial.value(leaf) if leaf.op == "cell" else step
    corrections = _corrections(trial)
    above: list[tuple[str, Array, int | None]] = [("g", g, None)]
    below: list[tuple[str, Array, int | None]] = [("1", np.ones_like(g), None)]
    for moment in rule.moments:
        old, new = trial.states[moment.track]
        before, after = trial.value(old), trial.value(new)
        if moment.power == 2:
            below += [("sqrt v", np.sqrt(after), None), ("sqrt old v", np.sqrt(before), None), ("v", after, None)]
            below += [("sqrt v^", np.sqrt(after / c), number) for number, (_, c) in corrections.items()]
            below += [("sqrt old v^", np.sqrt(before / c), number) for number, (_, c) in corrections.items()]
        else:
            above += [("m", after, None), ("old m", before, None), ("g+m", g + moment.keep * after, None)]
            above += [("m^", after / c, number) for number, (_, c) in corrections.items()]
    best: tuple[float, int, float, int | None, int | None] | None = None
    for order, (name, one, first) in enumerate(above):
        for place, (other, two, second) in enumerate(below):
            spread, rate = _spread(step, one / two)
            ranked = (spread if spread > EXACT else 0.0, order + place, rate, first, second)
            if best is None or ranked[:2] < best[:2]:
                best = ranked
                rule.numerator, rule.denominator = name, other
    if best is None or not np.isfinite(best[0]):
        rule.spread = 1.0
        return
    rule.spread, rule.rate = best[0], -best[2]
    rule.corrections = {}
    for number, power in ((best[3], 1), (best[4], 2)):
        found = rule.moment(power)
        if number is not None and found is not None and 0.0 < found.keep < 1.0:
            rule.corrections[power] = _ahead(trial, corrections[number][0], found.keep)


def _ahead(trial: _Trial, power: Expr, keep: float) -> float:
    """By how many steps a power of beta is ahead of the number of its line's step."""
    first = trial.roles.dynamics.candidate.first
    counts = np.array(trial.samples.lines, dtype=np.float64).reshape(-1, 1) - first + 1
    with np.errstate(all="ignore"):
        exponent = np.log(trial.value(power)) / np.log(keep)
    ahead = (exponent - counts)[np.isfinite(exponent - counts)]
    if ahead.size > 3 and float(np.ptp(np.percentile(ahead, (25, 75)))) > 0.15 * float(np.ptp(counts)):
        return float("nan")  # no power of this beta
    return float(np.median(ahead)) if ahead.size else 0.0


@np.errstate(all="ignore")
def _epsilon(trial: _Trial, rule: Rule, small: list[Expr]) -> None:
    """Finds the epsilon: which small number, when made large, bends the step, and on which side of the root."""
    second = rule.moment(2)
    if second is None or not rule.denominator.startswith("sqrt"):
        return
    shrunk = rule.shrink * trial.value(trial.old)
    plain = trial.value(trial.new) - shrunk
    old, new = trial.states[second.track]
    root = np.sqrt(trial.value(old if "old" in rule.denominator else new))
    for leaf in small:
        bent = trial.value(trial.new, {leaf: np.full((1, 1), 0.3)}) - shrunk
        ratio = plain / bent
        good = np.isfinite(ratio)
        if not good.any() or np.allclose(ratio[good], 1.0, atol=1e-9):
            continue
        beside, square = (
            np.broadcast_to((ratio - 1.0) * root, good.shape)[good],
            np.broadcast_to((ratio**2 - 1.0) * root**2, good.shape)[good],
        )
        rule.epsilon = "outside" if np.ptp(beside) <= np.ptp(square) else "inside"
        rule.epsilon_leaf = leaf
        return


def _proportions(trial: _Trial, rule: Rule) -> None:
    """The leaves that the step is proportional to."""
    still = {
        trial.states[moment.track][0]: np.zeros((1, 1))
        for moment in rule.moments
        if moment.kind == "velocity" and moment.power == 1
    }
    trial.base.update(still)
    once = trial.step()
    seen = trial.roots.terms.leaves(trial.new)
    numbers = {node for node in walk(trial.new) if node.op == "num" and node.key not in (0.0, 1.0, 2.0, -1.0)}
    for leaf in sorted(seen | numbers, key=lambda one: one.id):
        if leaf is trial.gradient or trial.roles.dynamics.is_live(leaf) or leaf.op in ("area", "span"):
            continue
        if trial.gradient is None and leaf.op == "cell" and leaf.key[:2] in trial.roles.data:
            continue  # of the derivative, which is written out
        twice = trial.step({leaf: trial.value(leaf) * 2.0})
        factor = proportion(twice, once, 1e-6)
        if factor is not None and abs(factor - 2.0) < 1e-5:
            rule.scales.append(leaf)
        elif factor is not None and abs(factor - 0.5) < 1e-5:
            rule.divides.append(leaf)
    rule.written = {leaf for leaf in trial.roots.terms.leaves(trial.written) if leaf.op in ("cell", "fixed")}
    for leaf in sorted(trial.roots.terms.leaves(trial.written) - seen, key=lambda one: one.id):
        twice = trial.value(trial.written, {leaf: trial.value(leaf) * 2.0}) - trial.value(trial.old)
        factor = proportion(twice, trial.value(trial.written) - trial.value(trial.old), 1e-6)
        if factor is not None and abs(factor - 0.5) < 1e-5:
            rule.divides.append(leaf)
    if abs(rule.shrink - 1.0) > 1e-12:
        _decays(trial, rule)
    rule.typed_rates = [float(trial.value(leaf).flat[0]) for leaf in rule.scales]
    for leaf in still:
        del trial.base[leaf]


@np.errstate(all="ignore")
def _decays(trial: _Trial, rule: Rule) -> None:
    """The leaves that what is taken off the old weight is proportional to, the learning rate left out."""
    for leaf in sorted(trial.roots.terms.leaves(trial.new), key=lambda one: one.id):
        if leaf in rule.scales or leaf.op not in ("fixed", "num"):
            continue
        double = {leaf: trial.value(leaf) * 2.0}
        before = trial.value(trial.old)
        left = trial.value(trial.new, {**double, trial.old: before + 1.0}) - trial.value(trial.new, double)
        if np.allclose(1.0 - left, 2.0 * (1.0 - rule.shrink), rtol=1e-6, atol=0.0):
            rule.decays.append(leaf)


def _keeps(trial: _Trial, rule: Rule) -> None:
    """The leaf that says how much of each state is kept."""
    for moment in rule.moments:
        old, new = trial.states[moment.track]
        before = trial.value(old)
        leaves = set(trial.roots.terms.leaves(new)) | {node for node in walk(new) if node.op == "num"}
        for leaf in sorted(leaves, key=lambda one: (one.op != "fixed", one.id)):
            if leaf.op not in ("fixed", "num", "cell") or trial.roles.dynamics.is_live(leaf):
                continue
            value = trial.value(leaf)
            if abs(float(value.flat[0]) - moment.keep) > 1e-12 or moment.keep == 1.0:
                continue
            other = {leaf: value * 0.8}
            after = trial.value(new, other)
            keeps = trial.value(new, {**other, old: before + 1.0}) - after
            if np.allclose(keeps[np.isfinite(keeps)], value.flat[0] * 0.8):
                rule.keeps[moment.track] = leaf
                break
