"""From a step to the role of each of its tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import data_roles, gradient_roles
from .expressions import Expr, walk
from .headings import Headings
from .residuals import close
from .roles import Given, Roles
from .sampling import Samples
from .steps import StepModel
from .words import derivative_of, plain, says


def find_roles(
    model: StepModel, samples: Samples, headings: Headings, fits: Sequence[Callable[[Roles], bool]] = ()
) -> Roles | None:
    """The roles of all tracks of a candidate; None where it is not to fit: values, then derivatives, then roles."""
    roles = Roles(model, samples, headings)
    for track in model.weights:
        roles.give(track, "weight")
    _forward(roles)
    if fits and not fits[0](roles):
        return None
    gradient_roles.find(roles)
    if fits and not fits[1](roles):
        return None
    gradient_roles.finish(roles)
    _rest(roles)
    if fits and not fits[2](roles):
        return None
    data_roles.find(roles)
    return roles


def _forward(roles: Roles) -> None:
    """Inputs, targets, predictions, residuals."""
    model, dynamics = roles.model, roles.dynamics
    for output in model.outputs:
        told_by = dynamics.terms.leaves(output.target)
        for leaf in (*sorted(told_by, key=lambda one: one.id), *dynamics.terms.leaves(output.expr)):
            if leaf.op != "cell" or not dynamics.is_data(leaf):
                continue
            track = dynamics.track(leaf)
            roles.data.add(leaf.key[:2])
            if track is not None:
                roles.give(track, "target" if leaf in told_by else "input")
            if leaf not in told_by or not _classes(roles, output.target):
                roles.samples.loosen(leaf.key[:2])
    for track in sorted(dynamics.live - set(model.weights) - set(model.states)):
        roles.values[track] = roles.value(dynamics.full[track])
    for output in model.outputs:
        expected = roles.value(output.expr)
        above = roles.value(dynamics.terms.node("-", output.expr, output.target))
        for track in roles.pure:
            if track == output.column or close(roles.values[track], expected):
                roles.give(track, "prediction")
            elif close(roles.values[track], above) or close(roles.values[track], -above):
                roles.give(track, "residual")
    _hidden(roles)


def _classes(roles: Roles, target: Expr) -> bool:
    """Whether a target says yes or no."""
    return set(roles.value(target).ravel().tolist()) <= {0.0, 1.0}


def _hidden(roles: Roles) -> None:
    """What predictions are made of, whether a track holds them or a formula writes them out."""
    dynamics = roles.dynamics
    columns = [output.column for output in roles.model.outputs if output.column is not None]
    inside = _upstream(roles, columns + roles.of_role("prediction")) | _written_out(roles)
    for track in sorted(inside & set(roles.pure)):
        if dynamics.full[track].op != "num":
            roles.give(track, "hidden")


def _rest(roles: Roles) -> None:
    """Updates, states, hidden values, helpers; what is left over is output."""
    model, dynamics = roles.model, roles.dynamics
    for track, weight in model.weights.items():
        if weight.column != track:
            roles.found[weight.column] = Given("update", track, "new weight")
    for track, step in roles.steps.items():
        roles.give(step, "update", track, "step")
    for state in model.states:
        serves = [track for track, states in roles.states.items() if state in states]
        if serves:
            roles.give(state, "state", serves[0] if len(serves) == 1 else None)
            column = model.states[state].column
            if column != state:
                roles.give(column, "state", serves[0] if len(serves) == 1 else None, "new")
    for track in roles.of_role("residual") if not roles.of_role("error") else []:
        read = any(track in dynamics.reads(other) for other in dynamics.own if other != track)
        if not read and not says(roles.headings[track], "residual"):
            roles.found[track] = Given("error")
    forward = _upstream(roles, roles.of_role("residual") + roles.of_role("error"))
    updates = ("derivative", "gradient", "state", "update")
    backward = _upstream(roles, [*(track for track, one in roles.found.items() if one.role in updates), *model.weights])
    for track in sorted(dynamics.live - set(roles.found)):
        heading = roles.headings[track]
        read = any(track in dynamics.reads(other) for other in dynamics.own if other != track)
        if track in model.states:
            roles.give(track, "output")
        elif track in forward and not roles.is_stateful(track):
            roles.give(track, "helper")
        elif not roles.of_role("prediction") and says(heading, "prediction") and not read:
            roles.give(track, "prediction")
        elif not roles.of_role("error") and says(heading, "error") and not read:
            roles.give(track, "error")
        elif track in backward:
            roles.give(track, "helper")
        elif (named := _named_weight(roles, track)) is not None and not read:
            roles.give(track, "derivative", named)
        else:
            roles.give(track, "output")


def _named_weight(roles: Roles, track: int) -> int | None:
    """The weight that a heading such as ``de/da`` names the derivative of."""
    named = derivative_of(roles.headings[track])
    return next((weight for weight in roles.model.weights if named == plain(roles.headings[weight])), None)


def _written_out(roles: Roles) -> set[int]:
    """Tracks that predictions which no track holds are made of."""
    found: set[int] = set()
    for output in roles.model.outputs:
        below = {node.id for node in _nodes(output.expr)}
        found.update(track for track in roles.pure if roles.dynamics.full[track].id in below)
    return found


def _nodes(expr: Expr) -> list[Expr]:

    return walk(expr)


def _upstream(roles: Roles, tracks: list[int]) -> set[int]:
    found: set[int] = set()
    stack = list(tracks)
    while stack:
        for other in roles.dynamics.reads(stack.pop()):
            if other in roles.dynamics.live and other not in found and other not in roles.dynamics.cuts:
                found.add(other)
                stack.append(other)
    return found
