"""How many weights follow the gradient of the loss: without any, nothing trains."""

from __future__ import annotations

import numpy as np

from .expressions import Array
from .roles import Roles, proportion

FEW = 4


def constant(values: Array) -> bool:
    """Whether a derivative is the same everywhere: then it is none of an error."""
    finite = values[np.isfinite(values)]
    return finite.size == 0 or float(np.ptp(finite)) <= 1e-9 * float(np.max(np.abs(finite)))


def find_evidence(roles: Roles) -> None:
    """How many weights follow the gradient of the loss."""
    seen = {given.of for given in roles.found.values() if given.role == "derivative" and given.kind == "exact"}
    for track, weight in roles.model.weights.items():
        if track in roles.derivative or (weight.held and track in seen):
            roles.evidence += 1
            continue
        if not roles.samples.recall(constant, roles.exact[track]):
            direct = roles.ratio(step_of(roles, track), roles.exact[track]) is not None
            roles.evidence += direct or _in_a_state(roles, track)
    if not roles.evidence:
        roles.evidence = _in_step(roles)


def _in_a_state(roles: Roles, weight: int) -> bool:
    """Whether a state that a weight goes by takes up the derivative, written out in its own formula."""
    for track in roles.states[weight]:
        state = roles.model.states[track]
        before = roles.value(state.old)
        after = roles.value(state.new)
        moved = roles.value(state.new, {state.old: before + 1.0})
        kept = moved - after
        finite = kept[np.isfinite(kept)]
        if not finite.size or np.ptp(finite) > 1e-9 or not 0.0 < abs(float(finite[0])) < 1.0:
            continue
        if proportion(after - float(finite[0]) * before, roles.exact[weight]) is not None:
            return True
    return False


def step_of(roles: Roles, weight: int) -> Array:
    """By how much a weight changes."""
    carried = roles.model.weights[weight]
    return roles.value(roles.dynamics.terms.node("-", carried.new, carried.old))


def _in_step(roles: Roles) -> int:
    """How many weights follow the gradient at one rate, another one from line to line: a schedule written out."""
    rates: list[Array] = []
    for track in roles.model.weights:
        with np.errstate(all="ignore"):
            rates.append(step_of(roles, track) / roles.exact[track])
    if len(rates) < 2 or any(np.isfinite(rate).sum() < FEW for rate in rates):
        return 0
    same = sum(bool(np.allclose(abs(rate), abs(rates[0]), rtol=1e-6, equal_nan=True)) for rate in rates)
    down = any(bool(np.all(rate[np.isfinite(rate)] <= 0)) for rate in rates)
    return same if same > 1 and down else 0
