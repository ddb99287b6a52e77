"""How each operation of an expression is differentiated: a table of rules, one line each.

A rule gets the node and the derivatives of its arguments, and gives the derivative of the node.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from .expressions import Expr, Terms


class Maker:
    """Makes expressions, and leaves out what 0 and 1 make superfluous."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.zero, self.one, self.two = terms.num(0.0), terms.num(1.0), terms.num(2.0)

    def plus(self, one: Expr, two: Expr) -> Expr:
        if one is self.zero:
            return two
        return one if two is self.zero else self.terms.node("+", one, two)

    def minus(self, one: Expr, two: Expr) -> Expr:
        if two is self.zero:
            return one
        return self.neg(two) if one is self.zero else self.terms.node("-", one, two)

    def neg(self, one: Expr) -> Expr:
        return one if one is self.zero else self.terms.node("neg", one)

    def times(self, one: Expr, two: Expr) -> Expr:
        if one is self.zero or two is self.zero:
            return self.zero
        if one is self.one:
            return two
        return one if two is self.one else self.terms.node("*", one, two)

    def over(self, one: Expr, two: Expr) -> Expr:
        return one if one is self.zero or two is self.one else self.terms.node("/", one, two)

    def power(self, base: Expr, exponent: Expr) -> Expr:
        return base if exponent is self.one else self.terms.node("^", base, exponent)

    def call(self, op: str, *args: Expr) -> Expr:
        return self.terms.node(op, *args)


Slopes: TypeAlias = tuple[Expr, ...]
Rule: TypeAlias = Callable[[Maker, Expr, Slopes], Expr]


def _quotient(k: Maker, node: Expr, d: Slopes) -> Expr:
    above, below = node.args
    if d[1] is k.zero:
        return k.over(d[0], below)
    return k.over(k.minus(k.times(d[0], below), k.times(above, d[1])), k.times(below, below))


def _power(k: Maker, node: Expr, d: Slopes) -> Expr:
    base, exponent = node.args
    if d[1] is k.zero:
        lower = k.terms.num(float(exponent.key) - 1.0) if exponent.op == "num" else k.minus(exponent, k.one)
        return k.times(k.times(exponent, k.power(base, lower)), d[0])
    by_base = k.times(k.times(exponent, k.power(base, k.minus(exponent, k.one))), d[0])
    return k.plus(by_base, k.times(k.times(node, k.call("ln", base)), d[1]))


def _extreme(k: Maker, node: Expr, d: Slopes) -> Expr:
    """Of the first argument that is the extreme one. Areas and stacks within MAX and MIN count item by item."""
    whole = k.zero
    for arg, slope in zip(reversed(node.args), reversed(d), strict=True):
        if arg.op == "stack":
            pairs = list(zip(arg.args, slope.args if slope.op == "stack" else (slope,) * len(arg.args), strict=True))
        else:
            pairs = [(arg, slope)]
        for one, its in reversed(pairs):
            whole = its if whole is its else k.call("if", k.call("=", one, node), its, whole)
    return whole


def _stack(k: Maker, node: Expr, d: Slopes) -> Expr:
    return k.zero if all(one is k.zero for one in d) else k.call("stack", *d)


def _sum(k: Maker, node: Expr, d: Slopes) -> Expr:
    """Of as many cells as the argument has, each with its own slope."""
    arg = node.args[0]
    return k.zero if d[0] is k.zero else k.call("sum", k.call("*", d[0], k.call("=", arg, arg)))


RULES: dict[str, Rule] = {
    "+": lambda k, n, d: k.plus(d[0], d[1]),
    "-": lambda k, n, d: k.minus(d[0], d[1]),
    "*": lambda k, n, d: k.plus(k.times(d[0], n.args[1]), k.times(n.args[0], d[1])),
    "/": _quotient,
    "^": _power,
    "neg": lambda k, n, d: k.neg(d[0]),
    "exp": lambda k, n, d: k.times(n, d[0]),
    "ln": lambda k, n, d: k.over(d[0], n.args[0]),
    "sqrt": lambda k, n, d: k.over(d[0], k.times(k.two, n)),
    "abs": lambda k, n, d: k.times(k.call("sign", n.args[0]), d[0]),
    "sin": lambda k, n, d: k.times(k.call("cos", n.args[0]), d[0]),
    "cos": lambda k, n, d: k.neg(k.times(k.call("sin", n.args[0]), d[0])),
    "tan": lambda k, n, d: k.times(k.plus(k.one, k.times(n, n)), d[0]),
    "sinh": lambda k, n, d: k.times(k.call("cosh", n.args[0]), d[0]),
    "cosh": lambda k, n, d: k.times(k.call("sinh", n.args[0]), d[0]),
    "tanh": lambda k, n, d: k.times(k.minus(k.one, k.times(n, n)), d[0]),
    "atan": lambda k, n, d: k.over(d[0], k.plus(k.one, k.times(n.args[0], n.args[0]))),
    "mod": lambda k, n, d: d[0],
    "round": lambda k, n, d: d[0],
    "sum": _sum,
    "stack": _stack,
    "item": lambda k, n, d: (
        d[0].args[int(n.args[1].key) - 1] if d[0].op == "stack" else k.call("item", d[0], n.args[1])
    ),
    "max": _extreme,
    "min": _extreme,
    "if": lambda k, n, d: d[1] if d[1] is d[2] else k.call("if", n.args[0], d[1], d[2]),
}
