"""Derivatives by difference: perturbed errors and the quotients made of them."""

from __future__ import annotations

import numpy as np

from .expressions import Array, Expr
from .residuals import close
from .roles import Given, Roles

TOLERANCE = 1e-5


def quotient(roles: Roles, track: int) -> Expr | None:
    """The denominator of a track that divides a difference by something that does not vary; None elsewhere."""
    dynamics = roles.dynamics
    expr = dynamics.own[track]
    if expr.op == "*" and expr.args[0].op == "/" and expr.args[0].args[0].op == "num":
        expr = dynamics.terms.node("/", expr.args[1], expr.args[0].args[1])
    if expr.op != "/" or any(True for _ in _live(roles, expr.args[1])):
        return None
    above = expr.args[0]
    if above.op != "-" or not any(True for _ in _live(roles, above.args[0])):
        return None
    return expr.args[1] if any(True for _ in _live(roles, above.args[1])) else None


def _live(roles: Roles, expr: Expr) -> list[int]:
    return [track for track, _ in roles.dynamics.cells(expr) if track in roles.dynamics.live]


def find_differences(roles: Roles) -> None:
    """Gives difference quotients and perturbed tracks their roles."""
    if roles.loss is None:
        return
    quotients = {track: below for track in roles.pure if (below := quotient(roles, track)) is not None}
    steps: dict[Expr, Array] = {}
    for track, below in quotients.items():
        value = roles.value(below)
        steps.setdefault(below, value)
        found = _kind(roles, track, value)
        if found is not None:
            weight, kind = found
            if roles.found.get(track, Given("")).role != "prediction":
                roles.found[track] = Given("derivative", weight, kind)
                roles.h[weight] = below
                roles.derivative.setdefault(weight, track)
    _perturbed(roles, list(steps.values()))
    for track, below in quotients.items():
        moved = [roles.found[other].of for other in roles.dynamics.reads(track) if _is_perturbed(roles, other)]
        whose = moved[0] if moved else None
        if whose is not None and track not in roles.found:
            roles.found[track] = Given("derivative", whose, "difference")
            roles.h.setdefault(whose, below)
            if track in roles.frontier[whose]:
                roles.derivative.setdefault(whose, track)


def _is_perturbed(roles: Roles, track: int) -> bool:
    return track in roles.found and roles.found[track].role == "perturbed"


def _moved(roles: Roles, expr: Expr, weight: int, by: Array) -> Array:
    return roles.samples.moved(expr, roles.model.weights[weight].old, by)


def _kind(roles: Roles, track: int, below: Array) -> tuple[int, str] | None:
    """Which weight's quotient a track is, and of what kind."""
    value, loss = roles.values[track], roles.loss
    if loss is None:
        return None
    plain = roles.value(loss)
    for weight in roles.model.weights:
        scale = np.max(np.abs(roles.exact[weight])) if weight in roles.exact else 1.0
        up, down, half_up, half_down = (
            _moved(roles, loss, weight, by) for by in (below, -below, below / 2, -below / 2)
        )
        kinds = {
            "forward": (up - plain) / below,
            "backward": (plain - down) / below,
            "central": (half_up - half_down) / below,
        }
        for kind, expected in kinds.items():
            for factor in (roles.factor, 1.0, 0.5):
                if np.max(np.abs(value - factor * expected)) <= TOLERANCE * max(scale * abs(factor), 1e-12):
                    return weight, kind
    return None


def _perturbed(roles: Roles, steps: list[Array]) -> None:
    """Tracks that are an error, a residual or a prediction with one weight moved."""
    loss = roles.loss
    if loss is None or not steps:
        return
    sizes = [each for step in steps for each in (step, step / 2)]
    terms = roles.dynamics.terms
    bases: list[Expr] = [loss]
    for output in roles.model.outputs:
        bases += [output.expr, terms.node("-", output.expr, output.target), terms.node("-", output.target, output.expr)]
    bases += [roles.dynamics.full[track] for track in _between(roles)]
    free = [track for track in roles.pure if track not in roles.found]
    for weight, carried in roles.model.weights.items():
        read = [base for base in bases if carried.old in terms.leaves(base)]
        for size in sizes:
            for sign, by in (("+", size), ("-", -size)):
                for base in read:
                    moved, same = _moved(roles, base, weight, by), roles.value(base)
                    if roles.samples.recall(close, moved, same):
                        continue
                    forms = (_scaled(roles, moved), moved) if base is loss and roles.factor != 1.0 else (moved,)
                    for track in [track for track in free if track not in roles.found]:
                        if any(roles.samples.recall(_same, roles.values[track], one) for one in forms):
                            roles.give(track, "perturbed", weight, sign)


def _same(one: Array, two: Array) -> bool:
    """Whether two columns of values are the same to the last digits."""
    return close(one, two, 1e-12)


def _scaled(roles: Roles, moved: Array) -> Array:
    """A moved error as the error column has it."""
    facts, key = roles.samples.facts, ("scaled", id(moved), roles.factor)
    if key not in facts:
        facts[key] = moved * roles.factor, moved  # which stays, and so its id
    found: Array = facts[key][0]
    return found


def _between(roles: Roles) -> list[int]:
    """Hidden values: tracks that the predictions are made of."""
    reads: set[int] = set()
    stack = [output.column for output in roles.model.outputs if output.column is not None]
    while stack:
        for other in roles.dynamics.reads(stack.pop()):
            if other in roles.values and other not in reads:
                reads.add(other)
                stack.append(other)
    return sorted(reads)
