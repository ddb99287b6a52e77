"""Hyperparameters: what a rule's leaves are called, where they stand and what they are worth."""

from __future__ import annotations

from collections import Counter

from .base import Setting
from .expressions import Expr, walk
from .headings import label
from .roles import Roles
from .rules import Rule
from .words import says


def settings_of(roles: Roles, rules: dict[int, Rule], name: str | None) -> dict[str, Setting]:
    """The hyperparameters of a block by name; of several places the one that most weights use."""
    found: dict[str, Counter[Expr]] = {}
    for rule in rules.values():
        rate = _rate(roles, rule)
        if rate is not None:
            found.setdefault("learning rate", Counter())[rate] += 1
        for moment in rule.moments:
            if moment.track in rule.keeps:
                found.setdefault(_beta(name, moment.power), Counter())[rule.keeps[moment.track]] += 1
        if rule.epsilon_leaf is not None:
            found.setdefault("epsilon", Counter())[rule.epsilon_leaf] += 1
        for leaf in rule.divides:
            if name == "adagrad-epoch" or (name == "eve-graddesc" and leaf in rule.written):
                found.setdefault("divisor", Counter())[leaf] += 1
        for leaf in rule.decays:
            found.setdefault("decay", Counter())[leaf] += 1
    for below in roles.h.values():
        leaves = [node for node in walk(below) if node.op in ("fixed", "num", "cell") and node.key != 2.0]
        if leaves:
            found.setdefault("h", Counter())[leaves[0]] += 1
    usual = {key: max(counts, key=lambda leaf: (counts[leaf], _near(roles, leaf))) for key, counts in found.items()}
    return {key: setting(roles, key, leaf) for key, leaf in usual.items()}


def _near(roles: Roles, leaf: Expr) -> float:
    """How near a cell is to the block: of two that are used alike, a block's own setting is likely the nearer."""
    if leaf.op != "fixed":
        return -1e9
    sheet, row, col = leaf.key
    line = roles.samples.view.turned(row, col)[0]
    return -1e8 if sheet != roles.dynamics.sheet else -abs(line - roles.dynamics.candidate.first)


def setting(roles: Roles, name: str, leaf: Expr) -> Setting:
    """A setting from the leaf that holds it."""
    if leaf.op == "fixed":
        place = leaf.key
        return Setting(name, float(roles.samples(leaf).flat[0]), place, None, label(roles.samples.view.book, place))
    value = float(roles.value(leaf).flat[0])
    track = roles.dynamics.track(leaf)
    if track is not None and roles.is_sparse(track):  # a reference that lacks its $
        place = (roles.dynamics.sheet, *roles.samples.view.place(roles.dynamics.candidate.first + leaf.key[2], track))
        held = roles.samples.view.stored(place)
        value = float(held) if isinstance(held, float) else value
        return Setting(name, value, place, None, label(roles.samples.view.book, place))
    if track is not None:
        return Setting(name, value, None, track, roles.headings[track])
    return Setting(name, value)


def _rate(roles: Roles, rule: Rule) -> Expr | None:
    """Of the leaves that the step is proportional to the learning rate."""

    def worth(leaf: Expr) -> tuple[bool, bool, bool, int]:
        held = setting(roles, "", leaf)
        small = held.value is not None and abs(held.value) <= 1.0
        return says(held.symbol, "learning rate"), leaf.op != "num", small, -leaf.id

    return max(rule.scales, key=worth, default=None)


def _beta(name: str | None, power: int) -> str:
    if name is not None and (name.startswith("adam") or name == "eve-graddesc"):
        return "beta1" if power == 1 else "beta2"
    return "beta"
