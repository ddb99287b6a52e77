"""One training step: which cuts are weights and which are states, where the old and the new values stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from .dynamics import Dynamics
from .expressions import Expr
from .residuals import Output, anchor


@dataclass(slots=True)
class Carried:
    """A weight or state: the leaf that it is at the start of a step, and what the step makes of it.

    ``column``: the track where the new value is calculated (its own, where it is updated in place).
    ``own``: the new value as that track's formula says it, not expanded, seen from the step's line.
    ``plain``: whether it may be no more than a cell. ``make``: makes ``new``, which most suppositions never ask for.
    """

    track: int
    old: Expr
    column: int
    own: Expr
    plain: bool
    make: Callable[[], Expr]
    _new: Expr | None = None

    @property
    def new(self) -> Expr:
        """What the step makes of it, expanded."""
        if self._new is None:
            self._new = self.make()
        return self._new

    @property
    def held(self) -> bool:
        """Whether a line only takes the value over: it changes from epoch to epoch."""
        return self.plain and self.new is self.old


@dataclass(slots=True)
class StepModel:
    """A candidate's step. ``base``: how many lines before its own row's data a step's weights stand (0 or -1)."""

    dynamics: Dynamics
    base: int
    weights: dict[int, Carried]
    states: dict[int, Carried] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    _ahead: set[tuple[int, int]] | None = None

    @property
    def data_at(self) -> int:
        """The offset at which a step's own data stand, seen from its line."""
        return 0

    @property
    def looks_ahead(self) -> set[tuple[int, int]]:
        """Track and offset of the old states that predictions are made with: weights that look ahead."""
        if self._ahead is None:
            self._ahead = self._find_ahead()
        return self._ahead

    def _find_ahead(self) -> set[tuple[int, int]]:
        old = {state.old for state in self.states.values()}
        return {
            (track, offset)
            for output in self.outputs
            for track, offset in self.dynamics.cells(output.expr)
            if self.dynamics.cell(track, offset) in old
        }

    @property
    def loss(self) -> Expr | None:
        """The sum of the squared residuals; None without any."""
        terms = self.dynamics.terms
        whole: Expr | None = None
        for output in self.outputs:
            square = terms.node("^", terms.node("-", output.expr, output.target), terms.num(2.0))
            if any(leaf.op == "area" for leaf in terms.leaves(square)):
                square = terms.node("sum", square)
            whole = square if whole is None else terms.node("+", whole, square)
        return whole

    @property
    def fresh(self) -> dict[Expr, Expr]:
        """Of each state that is worked out in place, the cell of its new value and its formula as written."""
        found = {}
        for state in self.states.values():
            sheet, track, offset = state.old.key
            found[self.dynamics.terms.cell(sheet, track, offset + 1)] = state.own
        return found

    def with_states(self, expr: Expr) -> Expr:
        """An expression with the new values of states expanded to old ones."""
        given = {}
        for track, offset in self.dynamics.cells(expr):
            state = self.states.get(track)
            if state is not None and self.dynamics.cell(track, offset) is not state.old:
                new_at = state.old.key[2] + 1
                if offset == new_at:
                    given[self.dynamics.cell(track, offset)] = state.new
        return self.dynamics.terms.substitute(expr, given)


def step_model(dynamics: Dynamics, found: list[Output]) -> StepModel | None:
    """The step of a candidate; None where nothing looks like a weight."""
    core = dynamics.cuts & dynamics.candidate.core
    base, weights = _weights(dynamics, found, core)
    weights = _without_states(dynamics, weights & dynamics.cuts)
    if not weights:
        return None
    for output in found:
        if output.target.op == "area":
            output.expr = dynamics.terms.shift(output.expr, base)
    model = StepModel(dynamics, base, {}, {}, found)
    for track in sorted(weights):
        model.weights[track] = _carried(
            dynamics, track, base + 1, lambda new: model.with_states(model.with_states(new))
        )
    pending = sorted(dynamics.cuts - weights)
    for track in pending:
        model.states[track] = _carried(dynamics, track, _state_shift(dynamics, track, base, weights))
    return model


def _carried(dynamics: Dynamics, track: int, shift: int, finish: Callable[[Expr], Expr] | None = None) -> Carried:
    copied = dynamics.copied(track)

    def make() -> Expr:
        new = dynamics.next_of(track, shift)
        return new if finish is None else finish(new)

    if copied is not None and copied[0] != track and copied[0] in dynamics.own:
        column, own = copied[0], dynamics.terms.shift(dynamics.own[copied[0]], copied[1] + shift)
    else:
        column, own = track, dynamics.terms.shift(dynamics.own[track], shift)
    return Carried(track, dynamics.cell(track, shift - 1), column, own, dynamics.full[track].op == "cell", make)


def _weights(dynamics: Dynamics, found: list[Output], core: set[int]) -> tuple[int, set[int]]:
    """How far weights stand from the data, and the cuts that predictions depend on."""
    if not found:
        return _base_without_data(dynamics, core), set(core)
    lags: Counter[int] = Counter()
    weights: set[int] = set()
    if all(output.target.op == "area" for output in found):
        for output in found:
            weights.update(track for track, _ in dynamics.cells(output.expr) if track in dynamics.cuts)
        return _base_without_data(dynamics, core), weights
    for output in found:
        held = anchor(dynamics, output.target)
        at = held.key[2] - dynamics.level(held) if held is not None else 0
        for track, offset in dynamics.cells(output.expr):
            if track in dynamics.cuts:
                weights.add(track)
                lags[min(0, offset - at)] += 1
    base = -1 if max((count for lag, count in lags.items() if lag < 0), default=0) > lags[0] else 0
    return base, weights


def _base_without_data(dynamics: Dynamics, core: set[int]) -> int:
    lags: Counter[int] = Counter()
    for track in dynamics.live - core:
        lags.update(offset for other, offset in dynamics.cells(dynamics.own[track]) if other in core)
    return -1 if lags[-1] > lags[0] else 0


def _without_states(dynamics: Dynamics, weights: set[int]) -> set[int]:
    """Weights change by a step that is added to them: what only is a share of itself is a state."""
    kept = {track for track in weights if _adds_to_itself(dynamics, track)}
    return kept or weights


def _adds_to_itself(dynamics: Dynamics, track: int) -> bool:
    copied = dynamics.copied(track)
    column = track if copied is None or copied[0] not in dynamics.own else copied[0]
    expr = dynamics.own[column]
    branches = list(expr.args[1:]) if expr.op == "if" else [expr]
    for branch in branches:
        for sign, term in dynamics.terms.additive(branch):
            if sign > 0 and any(other in dynamics.cuts for other in _as_factor(dynamics, term)):
                return True
    return False


def _as_factor(dynamics: Dynamics, term: Expr) -> list[int]:
    """The cell that a term is, or is up to a factor ``1 - …`` (decay)."""
    if term.op == "cell":
        return [term.key[1]]
    if term.op == "*":
        for one, other in (term.args, term.args[::-1]):
            shrink = other.op == "-" and other.args[0].op == "num" and other.args[0].key == 1.0
            if one.op == "cell" and shrink and other.args[1].op != "cell" and other.args[1].op != "fixed":
                return [one.key[1]]
    return []


def _state_shift(dynamics: Dynamics, track: int, base: int, weights: set[int]) -> int:
    """How many lines on a state's formula is of the same step as the weights at ``base``."""
    lags = [offset for other, offset in dynamics.cells(dynamics.full[track]) if other in weights]
    if lags:
        return base - max(lags)
    return 0 if base == 0 and not dynamics.is_copy(track) else base + 1 if base == 0 else 0
