"""Expressions: the formulas of a row as one graph over cells, that can be expanded, evaluated and differentiated.

Equal expressions of one :class:`Terms` are one object, and arguments are older than what is made of them: walks go
by age, without recursion. Values are float64 arrays of shape (samples, 1); of areas and stacks (samples, cells).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
LEAVES = frozenset({"num", "cell", "fixed", "area", "span", "line", "unknown"})


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """A node. Leaves by ``op``, with their ``key``:

    num (the number), cell (sheet, track, offset in lines), fixed (sheet, row, column), area (sheet, top, left, bottom,
    right), line (None: the line's own number), span (several lines seen from the own one: sheet, first and last track,
    first and last line, each with whether it is fixed), unknown (a text). ``opaque`` is a function that is not known
    of what it reads, with a value of its own as a leaf has.
    """

    id: int
    op: str
    args: tuple[Expr, ...]
    key: Any

    def __repr__(self) -> str:
        return show(self)

    def __hash__(self) -> int:
        return self.id  # so that sets have one order in every run


@dataclass(slots=True)
class Terms:
    """All expressions of one analysis."""

    nodes: list[Expr] = field(default_factory=list)
    _known: dict[tuple[str, tuple[int, ...], Hashable], Expr] = field(default_factory=dict)
    _leaves: dict[int, frozenset[Expr]] = field(default_factory=dict)
    _slopes: dict[int, dict[int, Expr]] = field(default_factory=dict)
    _cells: dict[tuple[int, int], tuple[tuple[int, int], ...]] = field(default_factory=dict)
    _batches: dict[tuple[int, int], tuple[tuple[int, int], ...]] = field(default_factory=dict)
    _shifted: dict[tuple[int, int], Expr] = field(default_factory=dict)
    _replaced: dict[tuple[int, ...], Expr] = field(default_factory=dict)

    def node(self, op: str, *args: Expr, key: Hashable = None) -> Expr:
        """The expression ``op`` of its arguments, as it stands."""
        marks = (op, tuple([arg.id for arg in args]), key)
        found = self._known.get(marks)
        if found is None:
            found = self._known[marks] = Expr(len(self.nodes), op, args, key)
            self.nodes.append(found)
        return found

    def num(self, value: float) -> Expr:
        return self.node("num", key=float(value) + 0.0)

    def cell(self, sheet: int, track: int, offset: int) -> Expr:
        return self.node("cell", key=(sheet, track, offset))

    def leaves(self, expr: Expr) -> frozenset[Expr]:
        """The leaves of an expression but its numbers."""
        for node in walk(expr, self._leaves):
            if node.op in LEAVES:
                self._leaves[node.id] = frozenset() if node.op == "num" else frozenset((node,))
            else:
                self._leaves[node.id] = frozenset().union(*(self._leaves[arg.id] for arg in node.args))
        return self._leaves[expr.id]

    def cells(self, expr: Expr, sheet: int) -> tuple[tuple[int, int], ...]:
        """Track and offset of the cells of a sheet that an expression reads."""
        found = self._cells.get((expr.id, sheet))
        if found is None:
            leaves = self.leaves(expr)
            found = tuple(leaf.key[1:] for leaf in leaves if leaf.op == "cell" and leaf.key[0] == sheet)
            self._cells[expr.id, sheet] = found
        return found

    def batches(self, expr: Expr, last: int = 0) -> tuple[tuple[int, int], ...]:
        """Sheet and track of the cells that an expression adds up plainly, as :func:`batches` tells them."""
        found = self._batches.get((expr.id, last))
        if found is None:
            found = self._batches[expr.id, last] = tuple(batches(expr, last))
        return found

    def substitute(self, expr: Expr, given: Mapping[Expr, Expr]) -> Expr:
        """The expression with some nodes (leaves as a rule) in the place of others."""
        if not given:
            return expr
        marks = (expr.id, *(one.id for pair in given.items() for one in pair))
        found = self._replaced.get(marks)
        if found is None:
            found = self._replaced[marks] = self._substitute(expr, given)
        return found

    def _substitute(self, expr: Expr, given: Mapping[Expr, Expr]) -> Expr:
        new = {node.id: other for node, other in given.items()}
        for node in walk(expr, new):
            if node.args:
                args = tuple([new[arg.id] for arg in node.args])
                new[node.id] = node if args == node.args else self.node(node.op, *args, key=node.key)
            else:
                new[node.id] = node
        return new[expr.id]

    def shift(self, expr: Expr, lines: int) -> Expr:
        """The expression as it reads ``lines`` further down."""
        if lines == 0:
            return expr
        found = self._shifted.get((expr.id, lines))
        if found is None:
            given: dict[Expr, Expr] = {}
            for leaf in self.leaves(expr):
                if leaf.op == "cell":
                    sheet, track, offset = leaf.key
                    given[leaf] = self.cell(sheet, track, offset + lines)
                elif leaf.op == "line":
                    given[leaf] = self.node("+", leaf, self.num(lines))
            found = self._shifted[expr.id, lines] = self._substitute(expr, given) if given else expr
        return found

    def derivative(self, expr: Expr, leaf: Expr) -> Expr:
        """The exact derivative of an expression by one of its leaves.

        ABS, MAX, MIN and IF have the derivative of the branch taken; what is unknown has the derivative 0.
        """
        from .derivatives import RULES, Maker

        known = self._slopes.setdefault(leaf.id, {})
        if expr.id in known:
            return known[expr.id]
        make = Maker(self)
        for node in walk(expr, known):
            if node is leaf:
                slope = make.one
            elif node.op in LEAVES or leaf not in self.leaves(node) or node.op not in RULES:
                slope = make.zero
            else:
                slope = RULES[node.op](make, node, tuple(known[arg.id] for arg in node.args))
            known[node.id] = slope
        return known[expr.id]

    def additive(self, expr: Expr) -> list[tuple[int, Expr]]:
        """The terms of a sum with their signs, brackets opened: ``a - (b - c)`` is +a, -b, +c."""
        found: list[tuple[int, Expr]] = []
        stack = [(1, expr)]
        while stack:
            sign, node = stack.pop()
            if node.op in ("+", "-"):
                stack.append((sign if node.op == "+" else -sign, node.args[1]))
                stack.append((sign, node.args[0]))
            elif node.op == "neg":
                stack.append((-sign, node.args[0]))
            else:
                found.append((sign, node))
        return found

    def total(self, terms: Iterable[tuple[int, Expr]]) -> Expr:
        """The sum of signed terms."""
        whole: Expr | None = None
        for sign, term in terms:
            if whole is None:
                whole = term if sign > 0 else self.node("neg", term)
            else:
                whole = self.node("+" if sign > 0 else "-", whole, term)
        return self.num(0.0) if whole is None else whole


def batches(expr: Expr, last: int = 0) -> Iterator[tuple[int, int]]:
    """Sheet and track of the cells that an expression adds up plainly, several lines at once.

    Only spans that move along with their line and end on it (or at another offset): the derivatives of a batch, say.
    """
    for node in walk(expr):
        if node.op == "sum" and node.args[0].op == "span":
            sheet, left, right, one, one_fixed, two, two_fixed = node.args[0].key
            if not one_fixed and not two_fixed and max(one, two) == last:
                for track in range(left, right + 1):
                    yield sheet, track


def walk(expr: Expr, known: Mapping[int, object] | None = None) -> list[Expr]:
    """An expression and all below it that is not known yet, arguments first."""
    seen: dict[int, Expr] = {}
    stack = [expr]
    while stack:
        node = stack.pop()
        if node.id not in seen and (known is None or node.id not in known):
            seen[node.id] = node
            stack.extend(node.args)
    return [seen[number] for number in sorted(seen)]


def evaluate(
    wanted: Iterable[Expr],
    leaf: Callable[[Expr], Array],
    given: Mapping[Expr, Array] | None = None,
    known: dict[int, Array] | None = None,
) -> list[Array]:
    """The values of expressions. ``leaf``: the value of a leaf other than a number; ``given`` overrules any node.

    ``known``: values by the nodes' numbers, which are used and added to. What Excel would call an error is nan or an
    infinity.
    """
    values = {} if known is None else known
    values.update({node.id: value for node, value in (given or {}).items()})
    roots = list(wanted)
    with np.errstate(all="ignore"):
        for root in roots:
            for node in walk(root, values):
                values[node.id] = _value(node, leaf, values)
    return [values[root.id] for root in roots]


def _value(node: Expr, leaf: Callable[[Expr], Array], values: dict[int, Array]) -> Array:
    if node.op == "num":
        return np.full((1, 1), node.key, dtype=np.float64)
    if node.op in LEAVES or node.op == "opaque":
        return leaf(node)
    args = [values[arg.id] for arg in node.args]
    width = args[0].shape[1]
    if len(args) > 1 and node.op != "stack":
        for arg in args:
            if arg.shape[1] != width:
                args = _levelled(args)
                break
    return OPERATIONS[node.op](*args)


def _levelled(args: list[Array]) -> list[Array]:
    """Arguments as wide as the widest."""
    widths = {arg.shape[1] for arg in args} - {1}
    return [_widened(arg, max(widths)) for arg in args] if len(widths) > 1 else args


def _widened(arg: Array, width: int) -> Array:
    """Cells that a shorter range lacks are nan, as they are #N/A in Excel."""
    lacking = 0 if arg.shape[1] == 1 else width - arg.shape[1]
    return np.concatenate([arg, np.full((arg.shape[0], lacking), np.nan)], axis=1) if lacking else arg


def _power(base: Array, exponent: Array) -> Array:
    if exponent.size == 1 and exponent.flat[0] == 2.0:
        return base * base
    return np.asarray(np.power(base, exponent))


def _stack(*parts: Array) -> Array:
    height = max(part.shape[0] for part in parts)
    return np.concatenate([np.broadcast_to(part, (height, part.shape[1])) for part in parts], axis=1)


def _folded(pair: Callable[[Array, Array], Array], within: Callable[[Array], Array]) -> Callable[..., Array]:
    def fold(*parts: Array) -> Array:
        whole = within(parts[0])
        for part in parts[1:]:
            whole = pair(whole, within(part))
        return whole

    return fold


def _float(compare: Callable[[Array, Array], npt.NDArray[np.bool_]]) -> Callable[[Array, Array], Array]:
    return lambda one, two: compare(one, two).astype(np.float64)


def _if(test: Array, yes: Array, no: Array) -> Array:
    return np.where(test != 0.0, yes, no)


OPERATIONS: dict[str, Callable[..., Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": _power,
    "neg": np.negative,
    "=": _float(np.equal),
    "<>": _float(np.not_equal),
    "<": _float(np.less),
    ">": _float(np.greater),
    "<=": _float(np.less_equal),
    ">=": _float(np.greater_equal),
    "exp": np.exp,
    "ln": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "atan": np.arctan,
    "int": np.floor,
    "mod": lambda n, d: n - d * np.floor(n / d),
    "round": lambda x, n: np.round(x * 10.0**n) / 10.0**n,
    "sum": lambda x: x.sum(axis=1, keepdims=True),
    "count": lambda x: np.full((1, 1), x.shape[1], dtype=np.float64),
    "stack": _stack,
    "item": lambda x, n: x[:, int(n.flat[0]) - 1 : int(n.flat[0])],
    "max": _folded(np.maximum, lambda x: x.max(axis=1, keepdims=True)),
    "min": _folded(np.minimum, lambda x: x.min(axis=1, keepdims=True)),
    "if": _if,
    "and": lambda *tests: _folded(np.multiply, lambda x: (x != 0).all(axis=1, keepdims=True) * 1.0)(*tests),
    "or": lambda *tests: _folded(np.maximum, lambda x: (x != 0).any(axis=1, keepdims=True) * 1.0)(*tests),
    "not": lambda test: (test == 0.0) * 1.0,
}


def show(expr: Expr, depth: int = 12) -> str:
    """An expression as text, for messages and tests."""
    if expr.op == "num":
        return f"{expr.key:g}"
    if expr.op in LEAVES:
        return f"{expr.op}{expr.key}" if expr.key is not None else expr.op
    if depth == 0:
        return "…"
    parts = [show(arg, depth - 1) for arg in expr.args]
    if len(parts) == 2 and not expr.op.isalpha():
        return f"({parts[0]} {expr.op} {parts[1]})"
    return f"{expr.op}({', '.join(parts)})"
