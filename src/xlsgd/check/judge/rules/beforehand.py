"""What a supposition cannot mend, told from numbers before its roles are found: most are turned down here."""

from __future__ import annotations

from collections.abc import Callable

from ...understand.additions import of_penalty
from ...understand.assemble import Findings
from ...understand.differences import quotient
from ...understand.evidence import step_of
from ...understand.expressions import Expr
from ...understand.losses import usual_losses
from ...understand.roles import Roles
from ...understand.words import says
from .health import has_slope

BY_DIFFERENCE = frozenset({"forward", "backward", "central", "difference"})


def hopeful(base: Findings | None) -> Callable[[Roles], bool]:
    """Tells whether each weight may have a derivative, of one error for all, where some have theirs as it stands.

    Any column counts that goes with the derivative, and so does the whole step; what else must hold is seen later.
    """
    watched = _watched(base.roles) if base is not None else []

    def hope(roles: Roles) -> bool:
        weights = [weight for weight in watched if _is_plain(roles, weight)]
        if not weights or any(quotient(roles, track) is not None for track in roles.pure):
            return True
        losses, written = _losses(roles)
        return any(all(_has(roles, weight, loss, written) for weight in weights) for loss in losses)

    return hope


def _watched(roles: Roles) -> list[int]:
    """Weights that are to have a derivative in a column or in their step, odd ones first; none where all are odd."""
    if roles.shared or any(one.kind in BY_DIFFERENCE for one in roles.found.values()):
        return []
    own = [weight for weight, track in roles.derivative.items() if track in roles.values and weight in roles.exact]
    right = {weight for weight in own if has_slope(roles, weight)}
    inline = [weight for weight in roles.exact if weight not in own and not roles.states.get(weight)]
    stepping = {weight for weight in inline if roles.ratio(step_of(roles, weight), roles.exact[weight]) is not None}
    watched = [*(own if right else ()), *(inline if stepping else ())]
    return sorted(watched, key=lambda weight: (weight in right | stepping, weight))


def _is_plain(roles: Roles, weight: int) -> bool:
    """Whether a weight still is one that is to have a derivative on its line."""
    carried = roles.model.weights.get(weight)
    return carried is not None and not carried.held and not roles.dynamics.gathered_before(carried.own)


def _losses(roles: Roles) -> tuple[list[Expr], bool]:
    """What may be descended, and whether a column holds it: then there are no penalties beside."""
    squares, full = roles.model.loss, roles.dynamics.full
    if squares is not None:
        value = roles.value(squares)
        for track in roles.pure:
            factor = roles.ratio(roles.values[track], value) if track not in roles.found else None
            if factor is not None and factor > 1e-9:
                return [squares], True
    read = {other for track in roles.dynamics.own for other in roles.dynamics.reads(track) if other != track}
    errors = [track for track in roles.pure if track not in read or says(roles.headings[track], "error")]
    found = [*([squares] if squares is not None else []), *(full[track] for track in errors), *usual_losses(roles)]
    return list(dict.fromkeys(found)), False


def _has(roles: Roles, weight: int, loss: Expr, written: bool) -> bool:
    """Whether anything goes with the derivative of a loss by a weight."""
    carried = roles.model.weights[weight]
    slope = roles.dynamics.terms.derivative(loss, carried.old)
    if slope.op == "num":
        return False
    exact = roles.value(slope)
    if any(roles.ratio(value, exact) is not None for value in roles.values.values()):
        return True
    if roles.ratio(step_of(roles, weight), exact) is not None:
        return True
    return not written and of_penalty(roles, weight, slope)
