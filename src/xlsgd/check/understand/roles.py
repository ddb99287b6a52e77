"""The role of each track: by what it computes first, by what reads it second, by its heading last."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from .dynamics import Dynamics
from .expressions import Array, Expr
from .headings import Headings
from .sampling import Samples
from .steps import StepModel

PLAIN_FACTORS = (1.0, 2.0, 0.5, 4.0, 0.25, 3.0)


@dataclass(slots=True)
class Given:
    """A role with what belongs to it."""

    role: str
    of: int | None = None
    kind: str = ""


@dataclass(slots=True)
class Roles:
    """The roles of a candidate's tracks while they are found.

    loss: the expression that is descended, and ``factor``: how many times the sum of squares the error column is.
    assumed: the same told by the columns that it is made of, where no column holds it and it is not of squares.
    shared: all derivatives have one more factor, of each line's own.
    gradients: of each weight the track of the derivative, ``taken``: of what the optimizer takes (None: written out).
    """

    model: StepModel
    samples: Samples
    headings: Headings
    found: dict[int, Given] = field(default_factory=dict)
    values: dict[int, Array] = field(default_factory=dict)
    loss: Expr | None = None
    factor: float = 1.0
    assumed: Expr | None = None
    shared: bool = False
    exact: dict[int, Array] = field(default_factory=dict)
    derivative: dict[int, int] = field(default_factory=dict)
    taken: dict[int, int] = field(default_factory=dict)
    steps: dict[int, int] = field(default_factory=dict)
    frontier: dict[int, set[int]] = field(default_factory=dict)
    states: dict[int, set[int]] = field(default_factory=dict)
    h: dict[int, Expr] = field(default_factory=dict)
    data: set[tuple[int, int]] = field(default_factory=set)
    evidence: int = 0
    _stateful: dict[int, bool] = field(default_factory=dict)

    @property
    def dynamics(self) -> Dynamics:
        return self.model.dynamics

    def of_role(self, role: str) -> list[int]:
        return sorted(track for track, given in self.found.items() if given.role == role)

    def give(self, track: int, role: str, of: int | None = None, kind: str = "") -> None:
        """Gives a track a role unless it has one."""
        self.found.setdefault(track, Given(role, of, kind))

    def value(self, expr: Expr, given: dict[Expr, Array] | None = None) -> Array:
        return self.samples.value(expr, given)

    def ratio(self, one: Array, two: Array) -> float | None:
        """The proportion of two columns of values, as :func:`proportion` tells it."""
        return self.samples.recall(proportion, one, two)

    @property
    def pure(self) -> list[int]:
        """Tracks that depend on weights and data but on no state."""
        return [track for track in self.values if not self.is_stateful(track)]

    def is_stateful(self, track: int) -> bool:
        """Whether a track depends on a state, other than a prediction with weights that look ahead does."""
        found = self._stateful.get(track)
        if found is None:
            ahead, states = self.model.looks_ahead, self.model.states
            cells = self.dynamics.cells(self.dynamics.full[track])
            found = any(other in states and (other, offset) not in ahead for other, offset in cells)
            self._stateful[track] = found
        return found

    def is_sparse(self, track: int) -> bool:
        """Whether most lines of a track are empty."""
        candidate, view = self.dynamics.candidate, self.samples.view
        lines = range(candidate.first, min(candidate.last, candidate.first + 200) + 1)
        facts, key = self.samples.facts, ("sparse", track, lines)
        if key not in facts:
            facts[key] = 2 * sum(view.filled(line, track) for line in lines) < len(lines)
        return bool(facts[key])


def plain_share(roles: Roles, factor: float) -> bool:
    """Whether a factor is 1, 2 or ½, or one of these by the number of data that one line takes in."""
    leaves = roles.dynamics.terms.leaves(roles.loss) if roles.loss is not None else ()
    counts = {(leaf.key[3] - leaf.key[1] + 1) * (leaf.key[4] - leaf.key[2] + 1) for leaf in leaves if leaf.op == "area"}
    sizes = [size / count for size in (1.0, 2.0, 0.5) for count in counts | {1}]
    return any(abs(abs(factor) - size) <= 1e-5 * size for size in sizes)


def median(values: Array) -> float:
    """The median of an array without nan that is not empty."""
    flat = np.sort(values, axis=None)
    half = flat.size // 2
    return float(flat[half] if flat.size % 2 else (flat[half - 1] + flat[half]) / 2)


def proportion(one: Array, two: Array, tolerance: float = 1e-8) -> float | None:
    """The constant c with ``one = c·two`` in all samples; None where there is none or nothing to see."""
    if one.shape[1] != two.shape[1] or one.shape[1] != 1 or _apart(one, two, tolerance):
        return None
    one, two = np.broadcast_arrays(one, two)
    good = np.isfinite(one) & np.isfinite(two)
    top = float(np.max(np.abs(two[good]), initial=0.0))
    seen = good & (np.abs(two) > 1e-6 * top)
    if (
        top == 0.0
        or seen.sum() < 3
        or np.any(good & ~seen & (np.abs(one) > 1e-3 * np.max(np.abs(one[good]), initial=0.0)))
    ):
        return None
    ratio = one[seen] / two[seen]
    middle = median(ratio)
    if middle == 0.0 or float(np.max(np.abs(ratio - middle))) > tolerance * abs(middle):
        return None
    return middle


def _apart(one: Array, two: Array, tolerance: float) -> bool:
    """Whether the first numbers alone tell that two columns are not proportional, as is seen of most."""
    if one.shape != two.shape:
        return False
    below = two.ravel().tolist()
    top = max(map(abs, below))
    if not 0.0 < top < math.inf or sum(below) - sum(below) != 0.0:
        return False
    ratios: list[float] = []
    for above, number in zip(one.ravel().tolist(), below, strict=True):
        if abs(number) > 1e-6 * top and math.isfinite(above):
            ratios.append(above / number)
            if len(ratios) == 2:
                break
    if len(ratios) < 2 or not all(map(math.isfinite, ratios)):
        return False
    return abs(ratios[0] - ratios[1]) > 2.1 * tolerance * max(map(abs, ratios))
