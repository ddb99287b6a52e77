"""Errors, derivatives and what the optimizer takes of them."""

from __future__ import annotations

import numpy as np

from .additions import fits_with_penalty, shared_factor, with_penalties
from .differences import find_differences, quotient
from .evidence import constant, find_evidence, step_of
from .expressions import Array, Expr, walk
from .losses import in_columns, maximised, usual_losses
from .residuals import close
from .roles import PLAIN_FACTORS, Given, Roles
from .words import derivative_of, plain, says

FEW = 4


def find(roles: Roles) -> None:
    """Finds the loss, then each weight's way from it to its update; ``finish`` tells what then is known beside."""
    _ways(roles)
    _choose_loss(roles)
    if roles.loss is None:
        return
    terms = roles.dynamics.terms
    unwritten = bool(roles.model.outputs) and not roles.of_role("error")
    if (unwritten and roles.assumed is None) or (roles.assumed is not None and not roles.of_role("output")):
        whole = with_penalties(roles, roles.loss)
        if whole is not roles.loss:
            roles.loss, roles.assumed = whole, in_columns(roles, whole)
    for track, weight in roles.model.weights.items():
        roles.exact[track] = roles.value(terms.derivative(roles.loss, weight.old))
    find_differences(roles)
    if unwritten and roles.assumed is None and not roles.derivative:
        _share_out(roles)
    missing = [track for track in roles.model.weights if not _derivative(roles, track)]
    for track in missing:
        _by_structure(roles, track)


def finish(roles: Roles) -> None:
    """Finds derivatives that nothing takes, and how many weights follow the gradient."""
    if roles.loss is not None:
        _unread(roles)
        find_evidence(roles)


def _ways(roles: Roles) -> None:
    """Of each weight the states that its update reads and the first tracks before them that depend on no state."""
    model, dynamics = roles.model, roles.dynamics
    gathers = {track for track in model.states if _gathers(roles, track)}
    for track, weight in model.weights.items():
        first, states = set(), set()
        seen = set(model.weights)
        stack = [other for other, _ in dynamics.cells(weight.own)] + sorted(dynamics.gathered_before(weight.own))
        while stack:
            other = stack.pop()
            if other in seen or other not in dynamics.live:
                continue
            seen.add(other)
            inside = {each for each, _ in dynamics.cells(dynamics.full.get(other, weight.own)) if each in model.states}
            if other in gathers or (inside and other not in model.states and inside <= gathers):
                roles.give(other, "gradient", track)
                if other not in gathers or not dynamics.reads(other) & gathers - {other}:
                    roles.taken.setdefault(track, other)
                stack.extend(dynamics.reads(other))
            elif other in model.states:
                states.add(other)
                stack.extend(each for each, _ in dynamics.cells(model.states[other].own))
                stack.extend(dynamics.reads(other))
            elif roles.is_stateful(other):
                stack.extend(dynamics.reads(other))
            elif batch := dynamics.gathered(dynamics.own[other]) & dynamics.live:
                roles.give(other, "gradient", track)
                roles.taken.setdefault(track, other)
                stack.extend(batch)
            else:
                first.add(other)
        roles.frontier[track], roles.states[track] = first, states


def _gathers(roles: Roles, track: int) -> bool:
    """Whether a state adds up derivatives over a batch: on some lines it begins anew, by a condition on data."""
    dynamics = roles.dynamics
    expr = dynamics.own[track]
    if expr.op != "if" or any(other in dynamics.live for other, _ in dynamics.cells(expr.args[0])):
        return False
    return any(dynamics.is_live(branch) and dynamics.track(branch) != track for branch in expr.args[1:]) and bool(
        dynamics.terms.leaves(expr.args[0])
    )


def _choose_loss(roles: Roles) -> None:
    """The sum of squares where an error column is a multiple of it; else what the derivatives are derivatives of."""
    squares = roles.model.loss
    if squares is not None:
        value = roles.value(squares)
        for track in roles.pure:
            factor = roles.ratio(roles.values[track], value)
            if factor is not None and track not in roles.found and _is_loss_like(roles, track, factor):
                roles.give(track, "error")
                roles.loss, roles.factor = squares, factor
    if roles.loss is None:
        best = max(_candidates(roles, squares), key=lambda one: one[0], default=None)
        if best is not None and best[0] > 0:
            _, roles.loss, column = best
            if column is not None and maximised(roles, column):
                roles.give(column, "output")
                roles.loss = roles.dynamics.terms.node("neg", roles.loss)
                roles.assumed = roles.dynamics.terms.node("neg", roles.dynamics.cell(column, 0))
            elif column is not None:
                roles.give(column, "error")
            elif roles.loss is not squares:
                roles.assumed = in_columns(roles, roles.loss)
                _of_margin(roles, roles.loss)
    if roles.loss is None:
        roles.loss = squares
        if squares is None:
            named = [track for track in roles.pure if says(roles.headings[track], "error")] or _objective(roles)
            roles.loss = roles.dynamics.full[named[0]] if named else None
            if named:
                roles.give(named[0], "error")


def _share_out(roles: Roles) -> None:
    """Lets all derivatives be the same multiple of those of the squares, another one from line to line."""
    shared = shared_factor(roles)
    if shared is None or float(np.ptp(shared)) <= 1e-6 * float(np.max(shared)):
        return
    roles.shared = True
    roles.exact = {track: exact * shared for track, exact in roles.exact.items()}


def _of_margin(roles: Roles, loss: Expr) -> None:
    """What a margin is made of, where nothing is compared with a target: its sign turns with that of the target."""
    dynamics, terms = roles.dynamics, roles.dynamics.terms
    if roles.model.outputs:
        return
    margin = loss.args[1].args[1]  # of max(0, c - m)
    for leaf in sorted(terms.leaves(margin), key=lambda one: one.id):
        track = dynamics.track(leaf)
        if track is None or dynamics.is_live(leaf):
            continue
        roles.data.add(leaf.key[:2])
        turned = roles.value(margin, {leaf: -roles.samples(leaf)})
        sides = set(np.unique(np.abs(roles.samples(leaf)))) == {1.0}
        roles.give(track, "target" if sides and close(turned, -roles.value(margin)) else "input")
    below = {node.id for node in walk(margin)}
    for track in roles.pure:
        if dynamics.full[track].id in below and dynamics.full[track].args:
            roles.give(track, "hidden")


def _objective(roles: Roles) -> list[int]:
    """The one track that reads every weight and that nothing reads, where what the updates take is called a slope."""
    old = {weight.old for weight in roles.model.weights.values()}
    leaves = roles.dynamics.terms.leaves
    read = {other for track in roles.dynamics.own for other in roles.dynamics.reads(track) if other != track}
    found = [track for track in roles.pure if track not in read and old <= leaves(roles.dynamics.full[track])]
    taken = {track for tracks in roles.frontier.values() for track in tracks}
    slopes = any(says(roles.headings[track], "derivative") for track in taken)
    return found if len(found) == 1 and slopes else []


def _is_loss_like(roles: Roles, track: int, factor: float) -> bool:
    return factor > 0 and (abs(factor) > 1e-9 or says(roles.headings[track], "error"))


def _candidates(roles: Roles, squares: Expr | None) -> list[tuple[float, Expr, int | None]]:
    """Possible losses with how many derivatives speak for them; the usual ones where no column is that clear."""
    tried: list[tuple[Expr, int | None]] = [(squares, None)] if squares is not None else []
    tried += [(roles.dynamics.full[track], track) for track in roles.pure if track not in roles.found]
    found = _scored(roles, tried)
    if max((score for score, *_ in found), default=0.0) < min(len(roles.model.weights), FEW):
        found += _scored(roles, [(loss, None) for loss in usual_losses(roles)])
    return found


def _scored(roles: Roles, tried: list[tuple[Expr, int | None]]) -> list[tuple[float, Expr, int | None]]:
    terms, weights = roles.dynamics.terms, list(roles.model.weights.items())[:FEW]
    found: list[tuple[float, Expr, int | None]] = []
    for expr, track in tried:
        score, alone = 0.0, track is None and not roles.model.outputs
        for number, weight in weights:
            if weight.old not in terms.leaves(expr):
                continue
            slope = roles.value(terms.derivative(expr, weight.old))
            if roles.samples.recall(constant, slope):
                continue
            step = roles.value(terms.node("-", weight.new, weight.old))
            score += any(_natural(roles, other, slope) for other in roles.frontier[number] if other != track)
            score += roles.ratio(step, slope) is not None or (alone and fits_with_penalty(roles, number, expr))
        bonus = 0.0 if track is None else 0.5 if says(roles.headings[track], "error") else 0.25
        found.append((score + bonus if score else 0.0, expr, track))
    return found


def _natural(roles: Roles, track: int, slope: Array) -> bool:
    factor = roles.ratio(roles.values[track], slope)
    return factor is not None and not is_step(roles, track)


def is_step(roles: Roles, track: int) -> bool:
    """Whether a track's formula multiplies by something small or called a learning rate: a step, not a derivative."""
    stack = [roles.dynamics.own[track]]
    while stack:
        node = stack.pop()
        if node.op == "neg":
            stack.append(node.args[0])
        elif node.op == "*":
            stack.extend(node.args)
        elif node.op == "/":
            stack.append(node.args[0])
        elif node.op == "num":
            if abs(float(node.key)) not in PLAIN_FACTORS and abs(float(node.key)) < 0.5:
                return True
        elif node.op == "fixed" or _is_other_data(roles, node):
            return True
    return False


def _is_other_data(roles: Roles, leaf: Expr) -> bool:
    return leaf.op == "cell" and roles.dynamics.is_data(leaf) and leaf.key[:2] not in roles.data


def _derivative(roles: Roles, weight: int) -> bool:
    """Finds the derivative of one weight, and what becomes of it before the optimizer takes it."""
    dynamics, exact = roles.dynamics, roles.exact[weight]
    level = sorted(roles.frontier[weight])
    for _ in range(8):
        matched = [
            t for t in level if roles.ratio(roles.values[t], exact) is not None or _is_difference(roles, t, weight)
        ]
        steps = [t for t in matched if is_step(roles, t)]
        good = [t for t in matched if t not in steps and roles.found.get(t, Given("")).role != "prediction"]
        if good:
            best = max(good, key=lambda t: (says(roles.headings[t], "derivative"), _named(roles, t, weight), -t))
            inner = _made_of(roles, best, exact)
            if inner is not None:
                roles.give(best, "gradient", weight)
                roles.taken.setdefault(weight, best)
                best = inner
            _enter(roles, weight, best)
            return True
        deeper = sorted({o for t in level for o in dynamics.reads(t) if _is_inner(roles, o)} - set(level))
        hits = [
            t
            for t in deeper
            if (roles.ratio(roles.values[t], exact) is not None and not is_step(roles, t))
            or _is_difference(roles, t, weight)
        ]
        if not deeper or not (steps or hits):
            break
        for track in steps:
            roles.steps.setdefault(weight, track)
        if hits and not steps:
            _pass_on(roles, weight, level, hits)
        level = deeper
    return roles.ratio(step_of(roles, weight), exact) is not None


def _made_of(roles: Roles, track: int, exact: Array) -> int | None:
    """The derivative that a track only shapes (clips, scales), though not on the numbers tried."""
    expr = roles.dynamics.own[track]
    plain_copy = expr.op in ("cell", "neg") or (expr.op in "*/" and any(arg.op == "num" for arg in expr.args))
    if plain_copy or says(roles.headings[track], "derivative"):
        return None
    inner = [t for t in roles.dynamics.reads(track) if _is_inner(roles, t) and t not in roles.found]
    good = [t for t in inner if roles.ratio(roles.values[t], exact) is not None]
    return good[0] if good else None


def _is_inner(roles: Roles, track: int) -> bool:
    return track in roles.values and not roles.is_stateful(track)


def _named(roles: Roles, track: int, weight: int) -> bool:
    named = derivative_of(roles.headings[track])
    return named is not None and named == plain(roles.headings[weight])


def _is_difference(roles: Roles, track: int, weight: int) -> bool:
    given = roles.found.get(track)
    return given is not None and given.role == "derivative" and given.of == weight


def _enter(roles: Roles, weight: int, track: int) -> None:
    roles.derivative[weight] = track
    roles.taken.setdefault(weight, track)
    given = roles.found.get(track)
    again = (
        given is not None
        and given.role == "residual"
        and set(roles.dynamics.reads(track)) & set(roles.of_role("residual"))
    )
    if given is None or again or (given.role == "residual" and says(roles.headings[track], "derivative")):
        roles.found[track] = Given("derivative", weight, "exact")


def _pass_on(roles: Roles, weight: int, level: list[int], hits: list[int]) -> None:
    """What lies between the derivative and the update: clipped, decayed, averaged."""
    for track in level:
        if track in roles.found or not set(roles.dynamics.reads(track)) & set(hits):
            continue
        shared = sum(track in others for others in roles.frontier.values()) > 1
        if shared and len(roles.frontier) > 1:
            continue
        roles.give(track, "gradient", weight)
        roles.taken.setdefault(weight, track)


def _by_structure(roles: Roles, weight: int) -> None:
    """A derivative that is not one: what the update takes, if it has no other role."""
    others = [t for w, tracks in roles.frontier.items() if w != weight for t in tracks]
    level = [t for t in roles.frontier[weight] if t not in roles.found]
    steps = [t for t in level if is_step(roles, t) and roles.dynamics.reads(t) & set(roles.pure)]
    if steps:
        roles.steps.setdefault(weight, steps[0])
        level = [o for o in roles.dynamics.reads(steps[0]) if _is_inner(roles, o) and o not in roles.found] or level
    if not level:
        return
    best = max(
        level, key=lambda t: (t not in others, _named(roles, t, weight), says(roles.headings[t], "derivative"), -t)
    )
    if best in steps or (best in others and not _steps_by(roles, weight, best)):
        return
    roles.found[best] = Given("derivative", weight, "difference" if quotient(roles, best) else "")
    roles.derivative[weight] = best
    roles.taken.setdefault(weight, best)


def _steps_by(roles: Roles, weight: int, track: int) -> bool:
    """Whether a weight's step is a multiple of a track, or goes through states."""
    return bool(roles.states[weight]) or roles.ratio(step_of(roles, weight), roles.values[track]) is not None


def _unread(roles: Roles) -> None:
    """Derivatives beside those that the optimizer takes."""
    new = {weight.column for weight in roles.model.weights.values()}
    for track in roles.pure:
        if track in roles.found or new & roles.dynamics.reads(track):
            continue
        for weight, exact in roles.exact.items():
            if roles.ratio(roles.values[track], exact) is None or is_step(roles, track):
                continue
            read = any(track in roles.dynamics.reads(other) for other in roles.dynamics.own if other != track)
            if not read or says(roles.headings[track], "derivative"):
                roles.give(track, "derivative", weight, "exact")
                break
