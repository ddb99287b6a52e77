"""What derivatives have beside those of a loss that no column holds: penalties of weights, and weights of examples."""

from __future__ import annotations

import numpy as np

from .expressions import Array, Expr
from .roles import Roles, proportion
from .steps import Carried

NEAR, ROUGHLY = 1e-8, 1e-7
"""How far off a derivative may be, and how far three of the values for the rest to be looked at."""


def with_penalties(roles: Roles, loss: Expr) -> Expr:
    """The loss and a penalty of each weight that its derivative tells of, with λ·w or λ·sign(w)."""
    terms, whole = roles.dynamics.terms, loss
    for track, weight in roles.model.weights.items():
        slope, tries = terms.derivative(loss, weight.old), _taken(roles, track)
        if slope.op == "num" or any(proportion(roles.value(one), roles.value(slope)) is not None for one in tries):
            continue
        fitted = (_fitted(roles, one, slope, weight.old) for one in tries)
        penalty = next((found for found in fitted if found is not None), None)
        whole = terms.node("+", whole, penalty) if penalty is not None else whole
    return whole


def fits_with_penalty(roles: Roles, track: int, loss: Expr) -> bool:
    """Whether what one weight's update takes is the derivative of a loss with a penalty."""
    old = roles.model.weights[track].old
    slope = roles.dynamics.terms.derivative(loss, old)
    return any(_fitted(roles, one, slope, old) is not None for one in _taken(roles, track))


def of_penalty(roles: Roles, track: int, slope: Expr) -> bool:
    """Whether a column, or a weight's step, is the derivative of a loss (its slope) with a penalty of that weight."""
    weight, full = roles.model.weights[track], roles.dynamics.full
    tries = [full[one] for one in roles.pure if weight.old in roles.dynamics.terms.leaves(full[one])]
    return any(_fitted(roles, one, slope, weight.old) is not None for one in (*tries, _down(roles, weight)))


def shared_factor(roles: Roles) -> Array | None:
    """By how many times the derivatives of all weights are others than those of the loss, the same for all.

    So it is where each example has a weight of its own, or where the loss is one that nobody wrote out (Huber's).
    """
    terms, loss = roles.dynamics.terms, roles.loss
    if loss is None or len(roles.model.weights) < 2 or roles.model.looks_ahead:
        return None
    shared: Array | None = None
    for track, weight in roles.model.weights.items():
        slope = roles.value(terms.derivative(loss, weight.old))
        with np.errstate(all="ignore"):
            shares = [roles.value(one) / slope for one in _taken(roles, track)]
        shares = [one for one in shares if np.isfinite(one).all() and one.shape[1] == 1]
        same = [one for one in shares if shared is None or np.allclose(one, shared, rtol=1e-7)]
        if not same or (same[0] < 0).any() or not (same[0] > 0).any():
            return None
        shared = same[0] if shared is None else shared
    return shared


def _taken(roles: Roles, track: int) -> list[Expr]:
    """What a weight's update takes that depends on no state, then its whole step."""
    from .gradient_roles import is_step

    weight = roles.model.weights[track]
    own = [one for one in sorted(roles.frontier[track]) if one in roles.values and not is_step(roles, one)]
    dynamics = roles.dynamics
    return [*(dynamics.full[one] for one in own), _down(roles, weight)]


def _down(roles: Roles, weight: Carried) -> Expr:
    return roles.dynamics.terms.node("-", weight.old, weight.new)


def _fitted(roles: Roles, taken: Expr, slope: Expr, old: Expr) -> Expr | None:
    """The penalty, where a derivative is a share of a slope and of that of a penalty."""
    terms, samples, at = roles.dynamics.terms, roles.samples, roles.samples(old)
    first = roles.value(taken), roles.value(slope)
    penalties = ((_itself, terms.node("^", old, terms.num(2.0))), (np.sign, terms.node("abs", old)))
    kinds = [(base, penalty) for base, penalty in penalties if _may_be_made_of(first, at, base(at))]
    if not kinds:
        return None
    points = [(at, *first)]
    for by in (-2.0 * at, -0.5 * at):
        points.append((at + by, samples.moved(taken, old, by), samples.moved(slope, old, by)))
    if any(one.shape[1] != 1 for _, *pair in points for one in pair):
        return None
    where, seen, true = (np.concatenate([np.broadcast_to(one[of], at.shape) for one in points]) for of in range(3))
    if not (np.isfinite(seen).all() and np.isfinite(true).all()):
        return None
    for base, penalty in kinds:
        share, part, off = _shares(seen, true, base(where))
        if off <= NEAR * np.abs(seen).max() and share * part > 0 and abs(part) > 1e-7 * abs(share):
            size = part / share / (2.0 if penalty.op == "^" else 1.0)
            return terms.node("*", terms.num(float(size)), penalty)
    return None


def _itself(values: Array) -> Array:
    return values


def _may_be_made_of(values: tuple[Array, Array], at: Array, base: Array) -> bool:
    """Whether a derivative may be a share of a slope and one of a penalty, as three of the first values tell."""
    if any(one.shape[1] != 1 for one in values) or at.shape[0] < 3:
        return False
    rows = (0, at.shape[0] // 2, at.shape[0] - 1)
    (a, b, c), (d, e, f) = ([one.item(row if one.size > 1 else 0) for row in rows] for one in values)
    g, h, i = (base.item(row) for row in rows)
    terms = (a * e * i, b * f * g, c * d * h, -c * e * g, -b * d * i, -a * f * h)
    return not abs(sum(terms)) > ROUGHLY * sum(map(abs, terms))


def _shares(seen: Array, true: Array, base: Array) -> tuple[float, float, float]:
    """The shares of a slope and of a penalty's that come nearest to a derivative, and how far off they are at most."""
    both = np.concatenate([true, base], axis=1)
    (share, part), *_ = np.linalg.lstsq(both, seen[:, 0], rcond=None)
    return share, part, float(np.abs(both @ np.array([share, part]) - seen[:, 0]).max())
