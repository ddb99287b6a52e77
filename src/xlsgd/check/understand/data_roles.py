"""Roles of the tracks that do not depend on the training: counters, learning rates, what inputs are made of."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .roles import Roles, proportion
from .words import says


def find(roles: Roles) -> None:
    """Gives every other track of the candidate a role."""
    dynamics = roles.dynamics
    tracks = set(dynamics.candidate.tracks)
    for track in sorted(tracks - dynamics.live - set(roles.found)):
        if roles.is_sparse(track):
            continue
        readers = {other for other in dynamics.own if track in dynamics.reads(other) and other != track}
        taken = {roles.found[other].role for other in readers if other in roles.found}
        heading = roles.headings[track]
        counted = counter(roles, track)
        if _in_updates(roles, track) and not counted and not _is_flag(roles, track):
            roles.give(track, "learning rate" if _scales(roles, track) else "state")
        elif counted:
            roles.give(track, counted)
        elif says(heading, "epoch"):
            roles.give(track, "epoch")
        elif taken and taken <= {"input"}:
            roles.give(track, "input")
        else:
            roles.give(track, "helper")


def counter(roles: Roles, track: int) -> str:
    """ "step" of a track that counts line by line, "epoch" of one that counts more slowly, else ""."""
    candidate = roles.dynamics.candidate
    lines = range(candidate.first, min(candidate.last, candidate.first + 400) + 1)
    facts, key = roles.samples.facts, ("counter", track, lines)
    if key not in facts:
        facts[key] = _counter(roles, track, lines)
    return str(facts[key])


def _counter(roles: Roles, track: int, lines: range) -> str:
    view = roles.samples.view
    numbers = [value for line in lines if isinstance(value := view.value(line, track), float)]
    if len(numbers) < max(3, len(lines) - 2) or any(number != int(number) for number in numbers):
        return ""
    jumps = [two - one for one, two in pairwise(numbers)]
    if sum(jump == 1.0 for jump in jumps) >= 0.85 * len(jumps):
        return "step"
    if (
        all(jump in (0.0, 1.0) for jump in jumps)
        and 0.0 in jumps
        and numbers[0] in (0.0, 1.0)
        and says(roles.headings[track], "epoch")
    ):
        return "epoch"
    return ""


def _in_updates(roles: Roles, track: int) -> bool:
    """Whether an update or a state reads the track beside what it reads of the forward pass."""
    model, dynamics = roles.model, roles.dynamics
    exprs = [weight.own for weight in model.weights.values()] + [state.own for state in model.states.values()]
    exprs += [dynamics.own[step] for step in roles.steps.values()]
    exprs += [dynamics.own[other] for other in dynamics.live if other in roles.values and roles.is_stateful(other)]
    return any(track == other for expr in exprs for other, _ in dynamics.cells(expr))


def _is_flag(roles: Roles, track: int) -> bool:
    candidate, view = roles.dynamics.candidate, roles.samples.view
    values = {view.value(line, track) for line in range(candidate.first, min(candidate.last, candidate.first + 60) + 1)}
    return values <= {0.0, 1.0, None}


def _scales(roles: Roles, track: int) -> bool:
    """Whether twice the track makes twice the step."""
    terms, dynamics = roles.dynamics.terms, roles.dynamics
    for weight in roles.model.weights.values():
        leaves = [leaf for leaf in terms.leaves(weight.new) if dynamics.track(leaf) == track]
        if not leaves:
            continue
        step = terms.node("-", weight.new, weight.old)
        once = roles.value(step)
        twice = roles.value(step, {leaf: roles.samples(leaf) * 2.0 for leaf in leaves})
        factor = proportion(twice, once)
        if factor is not None and np.isclose(factor, 2.0, rtol=1e-6):
            return True
    return False
