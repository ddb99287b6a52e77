"""Weights that look ahead: whether each does so along its own velocity (Nesterov; Sutskever et al., ICML 2013)."""

from __future__ import annotations

from collections.abc import Iterator

from ...understand.assemble import Findings
from ...understand.expressions import Expr
from ...understand.roles import Roles, proportion
from ..trials.trial import agree
from .odd import Odd


def is_ahead(found: Findings) -> bool:
    """Whether predictions are made with weights that have gone on along their velocities."""
    velocities = {one.track for rule in found.rules.values() for one in rule.moments if one.power == 1}
    ahead = {track for track, _ in found.roles.model.looks_ahead}
    return bool(ahead) and ahead <= velocities


def looks_ahead(found: Findings) -> Iterator[Odd]:
    """Where a weight looks ahead along another velocity than its own, or another way than it goes, or not at all."""
    model, roles = found.roles.model, found.roles
    if not is_ahead(found) or len(model.outputs) != 1:
        return
    column, odd = model.outputs[0].column, set()
    looking = [
        track
        for track in roles.found
        if track in roles.dynamics.live - roles.dynamics.cuts and roles.dynamics.reads(track) & model.states.keys()
    ]
    for weight, rule in found.rules.items():
        first = rule.moment(1)
        if first is None or not rule.exact or first.track not in model.states or model.weights[weight].held:
            continue
        ahead = -rule.rate * first.keep
        if not _looks(roles, model.outputs[0].expr, weight, first.track, ahead):
            own = [track for track in looking if model.weights[weight].old in _leaves(roles, track)]
            wrong = [t for t in own if not _looks(roles, roles.dynamics.full[t], weight, first.track, ahead, True)]
            odd |= {wrong[0]} if wrong else {column} if column is not None else set(own[:1])
    others = odd - {column}
    yield from (Odd(track, "ahead") for track in sorted(others or odd))


def _leaves(roles: Roles, track: int) -> set[Expr]:
    return set(roles.dynamics.terms.leaves(roles.dynamics.full[track]))


def _looks(roles: Roles, expr: Expr, weight: int, state: int, ahead: float, alone: bool = False) -> bool:
    """Whether an expression takes a weight where its velocity leads it; alone: and no other velocity."""
    terms, model = roles.dynamics.terms, roles.model
    slope = roles.value(terms.derivative(expr, model.weights[weight].old))
    along = roles.value(terms.derivative(expr, model.states[state].old))
    if slope.size == 1 or along.size == 1:
        share = float(along.flat[0] / slope.flat[0]) if along.size == slope.size == 1 and slope.flat[0] else None
    else:
        share = proportion(along, slope)
    others = {one.old for track, one in model.states.items() if track != state}
    return share is not None and agree(share, ahead) and not (alone and others & terms.leaves(expr))
