"""What is compared with what: prediction minus target, wherever a formula says so; and with it the weights."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from .dynamics import Dynamics
from .expressions import Array, Expr, Terms, walk
from .sampling import Samples


@dataclass(slots=True)
class Output:
    """One prediction (``expr``: expanded) and what it is compared with: a cell, an area, or what is told from a cell.

    column: the track that holds the prediction as the formulas read it, None where it is written out.
    """

    expr: Expr
    target: Expr
    column: int | None
    votes: int


def anchor(dynamics: Dynamics, target: Expr) -> Expr | None:
    """The cell that a target is or is told from, as ``class = 2`` is; None where it is an area."""
    return next((leaf for leaf in sorted(dynamics.terms.leaves(target), key=_id) if leaf.op == "cell"), None)


def _id(expr: Expr) -> int:
    return expr.id


@dataclass(slots=True)
class _Class:
    expr: Expr
    value: Array
    size: int
    columns: Counter[int] = field(default_factory=Counter)
    targets: Counter[Expr] = field(default_factory=Counter)


def close(one: Array, two: Array, tolerance: float = 1e-9) -> bool:
    """Whether two columns of values are the same but for rounding."""
    if one.shape[1] != two.shape[1]:
        return False
    if one.size and two.size:
        first, second = one.item(0), two.item(0)
        if abs(first - second) > tolerance * max(abs(first), abs(second)) + 1e-300 and math.isfinite(first - second):
            return False  # most are told apart by the first number
    with np.errstate(all="ignore"):
        far = np.abs(one - two) > tolerance * np.maximum(np.abs(one), np.abs(two)) + 1e-300
    return not bool(np.any(far & np.isfinite(one) & np.isfinite(two))) and bool(
        np.any(np.isfinite(one) & np.isfinite(two))
    )


def outputs(dynamics: Dynamics, samples: Samples) -> list[Output]:
    """The predictions of a candidate, those that most formulas mean first."""
    classes: list[_Class] = []
    alive = frozenset(dynamics.live)
    for track in sorted(dynamics.live):
        seen: set[tuple[int, int]] = set()
        key = ("differences", dynamics.own[track].id, alive)
        if key not in samples.facts:
            samples.facts[key] = _differences(dynamics, dynamics.own[track])
        for live, data in samples.facts[key]:
            _enter(dynamics, samples, classes, live, data, seen)
    chosen: dict[Expr, _Class] = {}
    for group in sorted(classes, key=lambda one: (-sum(one.targets.values()), one.size)):
        target = group.targets.most_common(1)[0][0]
        if all(same_target(other) != same_target(target) for other in chosen):
            chosen[target] = group
    return [
        Output(group.expr, target, group.columns.most_common(1)[0][0] if group.columns else None, group.targets[target])
        for target, group in chosen.items()
    ]


def same_target(target: Expr) -> object:
    """What makes targets the same: their track, or of areas their columns."""
    if target.op == "cell":
        return target.key[:2]
    if target.op != "area":
        return target.id
    sheet, _, left, _, right = target.key
    return sheet, left, right


def _enter(
    dynamics: Dynamics, samples: Samples, classes: list[_Class], live: Expr, data: Expr, seen: set[tuple[int, int]]
) -> None:
    column = None
    bare = live.args[0] if live.op == "neg" else live
    if bare is live and dynamics.track(bare) not in dynamics.cuts:
        column = dynamics.track(bare)
    whole = dynamics.expanded(live)
    held = anchor(dynamics, data)
    if held is not None:  # seen from the line of the target
        at = held.key[2] - dynamics.level(held)
        whole, data = dynamics.terms.shift(whole, -at), dynamics.terms.shift(data, -at)
    else:  # of all data at once: seen from the line on which the weights stand
        lags = [offset for track, offset in dynamics.cells(whole) if track in dynamics.cuts]
        whole = dynamics.terms.shift(whole, -max(lags, default=0))
    if not any(track in dynamics.cuts for track, _ in dynamics.cells(whole)):
        return
    value = samples.value(whole)
    group = next((one for one in classes if close(one.value, value)), None)
    if group is None:
        group = _Class(whole, value, len(walk(whole)))
        classes.append(group)
    if (id(group), data.id) in seen:
        return
    seen.add((id(group), data.id))
    group.targets[data] += 1
    if column is not None:
        group.columns[column] += 1


def _differences(dynamics: Dynamics, expr: Expr) -> list[tuple[Expr, Expr]]:
    """Live side and data side of each difference in a formula: of ``2*(y - p)`` p and y."""
    terms, found = dynamics.terms, []
    inner: set[int] = set()
    for node in reversed(walk(expr)):
        if node.op not in ("+", "-") or node.id in inner:
            continue
        inner.update(one.id for one in _sums_below(node))
        live, data = [], []
        for sign, term in terms.additive(node):
            if any(track in dynamics.live for track, _ in dynamics.cells(term)):
                live.append((sign, term))
            elif term.op == "area" or term.op == "cell" or _says_yes(terms, term):
                data.append((sign, term))
            elif any(leaf.op in ("cell", "area") for leaf in terms.leaves(term)):
                live.clear()
                break
        if live and len(data) == 1:
            sign, target = data[0]
            found.append((terms.total([(-sign * each, term) for each, term in live]), target))
    return found


def _says_yes(terms: Terms, term: Expr) -> bool:
    """Whether a term of data is a yes or no, such as ``class = 2``, or looked up."""
    if term.op == "*":
        return any(one.op == "num" and _says_yes(terms, other) for one, other in (term.args, term.args[::-1]))
    if term.op == "if":
        return all(branch.op == "num" for branch in term.args[1:]) and _says_yes(terms, term.args[0])
    cells = {leaf.key[:2] for leaf in terms.leaves(term) if leaf.op == "cell"}
    return term.op in ("=", "<>", ">", "<", ">=", "<=", "opaque") and len(cells) == 1


def _sums_below(node: Expr) -> list[Expr]:
    """The sums that are part of a sum."""
    found, stack = [], list(node.args)
    while stack:
        one = stack.pop()
        if one.op in ("+", "-", "neg"):
            found.append(one)
            stack.extend(one.args)
    return found
