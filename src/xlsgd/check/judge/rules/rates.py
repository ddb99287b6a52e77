"""What the steps of weights are scaled by, and what they have beside the derivative."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...understand.assemble import Findings
from ...understand.expressions import Expr
from ...understand.roles import Roles, proportion
from ...understand.rules import Rule
from .odd import Odd


def scaled_apart(found: Findings) -> Iterator[Odd]:
    """Weights whose steps have another learning rate than those of the others, or none, or a beta for it."""
    roles, rules = found.roles, found.rules
    if len(rules) < 2 or not all(rule.exact for rule in rules.values()):
        return
    betas = {leaf for rule in rules.values() for leaf in rule.keeps.values() if leaf.op == "fixed"}
    rated = {float(f"{abs(rule.rate):.6g}") for rule in rules.values() if rule.scales}
    several = {weight: _columns(roles, rule) for weight, rule in rules.items()}
    for weight, rule in rules.items():
        column = roles.model.weights[weight].column
        if betas & set(rule.scales) or _unrated(rule, rated) or _is_apart(roles, rule, weight, several):
            yield Odd(column, "other rule")


def _unrated(rule: Rule, rated: set[float]) -> bool:
    """Whether a step has no learning rate, typed or not, where others have one."""
    return bool(rated) and not rule.scales and not rule.divides and float(f"{abs(rule.rate):.6g}") not in rated


def _columns(roles: Roles, rule: Rule) -> frozenset[tuple[int, ...]]:
    """The columns (and the lines of them) that a step is proportional to, data left out."""
    cells = [leaf.key for leaf in rule.scales if leaf.op == "cell" and leaf.key[:2] not in roles.data]
    return frozenset(key for key in cells if key[0] == roles.dynamics.sheet and not roles.is_sparse(key[1]))


def _is_apart(roles: Roles, rule: Rule, weight: int, several: dict[int, frozenset[tuple[int, ...]]]) -> bool:
    """Whether a step goes by another column than those of other weights, or by one more, or by a line off."""
    own = several[weight]
    for other in several.values():
        if own == other:
            continue
        if other < own or any(key[2] and (*key[:2], 0) in other for key in own):
            return True
        fixed = {leaf for leaf in rule.scales if leaf.op == "fixed"}
        made = [roles.dynamics.own[key[1]] for key in other - own if key[1] in roles.dynamics.own]
        read = {leaf.key for expr in made for leaf in roles.dynamics.terms.leaves(expr) if leaf.op == "cell"}
        if any(key[:2] in {one[:2] for one in read} for key in own - other):
            return True  # by what the others' rate is made of
        if own < other and any(fixed & roles.dynamics.terms.leaves(expr) for expr in made):
            return True
    return False


@np.errstate(all="ignore")
def regularised(roles: Roles, rule: Rule) -> bool:
    """Whether a plain step has something beside the derivative that depends on the weight alone and draws it to 0."""
    weight, taken = rule.weight, roles.taken.get(rule.weight)
    if taken is None or rule.moments:
        return False
    carried, dynamics = roles.model.weights[weight], roles.dynamics
    gradient = dynamics.cell(taken, 0)
    new = dynamics.unrolled(carried.own, {taken}, carried.old, roles.model.fresh)
    if any(leaf not in (gradient, carried.old) and leaf.op != "fixed" for leaf in dynamics.terms.leaves(new)):
        return False
    return all(_draws(roles, new, carried.old, gradient, sign) for sign in (1.0, -1.0))


def _draws(roles: Roles, new: Expr, old: Expr, gradient: Expr, sign: float) -> bool:
    before = roles.value(old) * sign
    still = roles.value(new, {old: before, gradient: np.zeros((1, 1))}) - before
    whole = roles.value(new, {old: before}) - before
    rate = proportion(whole - still, roles.value(gradient))
    return rate is not None and rate < 0 and bool(np.all(still * before <= 0)) and bool(np.any(still != 0))
