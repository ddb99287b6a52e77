"""The usual losses of a training in which no column holds one: entropy, Poisson, absolute error, margins, perceptron.

Which of them is meant shows in the derivatives that the training takes; squares are the step model's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .dynamics import Dynamics
from .expressions import Expr, Terms, walk
from .residuals import Output
from .roles import Roles, proportion
from .words import plain, says

LIKELY = ("likelihood", "loglik", "log-lik", "log lik", "vraisemblance", "verosimil", "plausibilität")
CLIMBING = ("ascent", "maxim", "aufstieg", "ascens", "montée", *LIKELY)
COMPARED = {">": 1, ">=": 1, "<": -1, "<=": -1}


def usual_losses(roles: Roles) -> list[Expr]:
    """The losses to try, those of outputs first."""
    outputs, dynamics = roles.model.outputs, roles.dynamics
    if not outputs:
        base = max((weight.old.key[2] for weight in roles.model.weights.values()), default=0)
        return list(dict.fromkeys(_margins(dynamics, base)))
    ways = (_entropy, _poisson, _absolute, _perceptron)
    found = [_summed(dynamics.terms, [way(dynamics.terms, one) for one in outputs]) for way in ways]
    if len(outputs) > 1:
        found.insert(0, _summed(dynamics.terms, [_one_of_many(dynamics.terms, one) for one in outputs]))
    return [loss for loss in found if loss is not None]


def in_columns(roles: Roles, loss: Expr) -> Expr:
    """A loss as it reads with the columns of the forward pass that hold parts of it."""
    dynamics = roles.dynamics
    given = {dynamics.full[track]: dynamics.cell(track, 0) for track in roles.pure}
    return dynamics.terms.substitute(loss, {whole: cell for whole, cell in given.items() if whole.args})


def _summed(terms: Terms, parts: list[Expr | None]) -> Expr | None:
    """The sum over outputs, and over the data where one line takes in many."""
    whole: Expr | None = None
    for part in parts:
        if part is None:
            return None
        one = terms.node("sum", part) if any(leaf.op == "area" for leaf in terms.leaves(part)) else part
        whole = one if whole is None else terms.node("+", whole, one)
    return whole


def _one_of_many(terms: Terms, one: Output) -> Expr:
    return terms.node("neg", terms.node("*", one.target, terms.node("ln", one.expr)))


def _entropy(terms: Terms, one: Output) -> Expr:
    unit = terms.num(1.0)
    other = terms.node("*", terms.node("-", unit, one.target), terms.node("ln", terms.node("-", unit, one.expr)))
    return terms.node("-", _one_of_many(terms, one), other)


def _poisson(terms: Terms, one: Output) -> Expr:
    return terms.node("+", one.expr, _one_of_many(terms, one))


def _absolute(terms: Terms, one: Output) -> Expr:
    return terms.node("abs", terms.node("-", one.expr, one.target))


def _perceptron(terms: Terms, one: Output) -> Expr | None:
    """(output − target)·z where the output only says on which side of a threshold z is."""
    side = _threshold(terms, one.expr)
    return None if side is None else terms.node("*", terms.node("-", one.expr, one.target), side)


def _threshold(terms: Terms, expr: Expr) -> Expr | None:
    """What a yes or no grows with: of ``IF(z >= 0, 1, 0)`` z."""
    if expr.op in COMPARED:
        one, two = expr.args if COMPARED[expr.op] > 0 else expr.args[::-1]
        return terms.node("-", one, two)
    if expr.op == "sign":
        return expr.args[0]
    if expr.op == "if" and expr.args[1].op == expr.args[2].op == "num":
        side = _threshold(terms, expr.args[0])
        rises = expr.args[1].key > expr.args[2].key
        return side if side is None or rises else terms.node("neg", side)
    if expr.op in "+-*" and expr.args[1].op == "num":
        return _threshold(terms, expr.args[0])
    if expr.op in "+*" and expr.args[0].op == "num":
        return _threshold(terms, expr.args[1])
    return None


def maximised(roles: Roles, track: int) -> bool:
    """Whether a column is what the training wants to be large, as a likelihood is: by its name or as it is climbed."""
    heading = plain(roles.headings[track])
    if any(word in heading for word in LIKELY):
        return _below_zero(roles, track) and not re.match("[-−–]|minus|neg", heading)
    if says(heading, "error"):
        return False
    terms, steps = roles.dynamics.terms, []
    for weight in roles.model.weights.values():
        slope = terms.derivative(roles.dynamics.full[track], weight.old)
        steps.append(proportion(roles.value(terms.node("-", weight.new, weight.old)), roles.value(slope)))
    known = [step > 0 for step in steps if step is not None]
    return any(known) and 2 * sum(known) >= len(known) and (_below_zero(roles, track) or _says_so(roles))


def _below_zero(roles: Roles, track: int) -> bool:
    """Whether a column's numbers, as they stand on the sheet, are all below 0."""
    candidate, view = roles.dynamics.candidate, roles.samples.view
    seen = [view.value(line, track) for line in range(candidate.first, candidate.last + 1)]
    numbers = [value for value in seen if isinstance(value, float)]
    return len(numbers) > 2 and all(number < 0 for number in numbers)


def _says_so(roles: Roles) -> bool:
    """Whether the sheet says that it climbs."""
    view, last = roles.samples.view, roles.dynamics.candidate.last
    book = view.book.sheets[view.sheet]
    texts = [book.name, *(text for (row, _), text in book.constants.items() if isinstance(text, str) and row <= last)]
    return any(word in plain(text) for text in texts[:500] for word in CLIMBING)


def _margins(dynamics: Dynamics, base: int) -> Iterator[Expr]:
    """max(0, c − m) for each margin m that a formula compares with a number c, seen from weights at ``base``."""
    terms = dynamics.terms
    for track in sorted(dynamics.live):
        for node in walk(dynamics.own[track]):
            if node.op not in COMPARED:
                continue
            side, bound = node.args if node.args[1].op == "num" else node.args[::-1]
            if bound.op == "num" and any(other in dynamics.live for other, _ in dynamics.cells(side)):
                short = terms.node("-", bound, dynamics.expanded(side))
                lag = max((offset for other, offset in dynamics.cells(short) if other in dynamics.cuts), default=base)
                yield terms.node("max", terms.num(0.0), terms.shift(short, base - lag))
