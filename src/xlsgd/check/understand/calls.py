"""Function calls as expressions: sums of products and the like become the operations that they stand for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...formula.nodes import Call, Literal, NameRef, Node, Omitted, Paren, Ref, Signs
from .expressions import Expr, Terms

if TYPE_CHECKING:
    from .convert import _Work

PLAIN = {
    "EXP": "exp", "LN": "ln", "SQRT": "sqrt", "ABS": "abs", "SIGN": "sign", "SIN": "sin", "COS": "cos", "TAN": "tan",
    "SINH": "sinh", "COSH": "cosh", "TANH": "tanh", "ATAN": "atan", "INT": "int", "MOD": "mod", "NOT": "not",
    "POWER": "^", "ROUND": "round",
}  # fmt: skip
MAX_CHOICES = 64
FOLDS = {"MAX": "max", "MIN": "min", "AND": "and", "OR": "or"}


def call(work: _Work, node: Call, context: str) -> Expr:
    """The expression of a call; an unknown leaf where none is known."""
    name, terms = node.name, work.terms
    if name == "LET":
        return _let(work, node, context)
    if name == "OFFSET":
        return _offset(work, node)
    if any(isinstance(arg, Omitted) for arg in node.args):
        return work.unknown(node)
    if name in ("ROW", "COLUMN"):
        down = (name == "ROW") != work.home.view.across
        return terms.node("line") if not node.args and down else work.unknown(node)
    if name in SUMS:
        inner = "array" if name in ("SUMPRODUCT", "SUMXMY2") or work.top == "array" else "direct"
        return SUMS[name](terms, [work.make(arg, inner) for arg in node.args])
    if name == "MMULT" and (product := _product_by_row(work, node)) is not None:
        return product
    if name in CHOICES and (chosen := CHOICES[name](work, node)) is not None:
        return chosen
    if name in FOLDS:
        inner = "array" if work.top == "array" else "direct"
        args = [item for arg in node.args for item in items(work.make(arg, inner))]
        return terms.node(FOLDS[name], *args)
    args = [work.make(arg, work._within(context)) for arg in node.args]
    return _scalar(work, node, args)


def _scalar(work: _Work, node: Call, args: list[Expr]) -> Expr:
    name, terms, count = node.name, work.terms, len(node.args)
    if name in PLAIN and count == (2 if name in ("MOD", "POWER", "ROUND") else 1):
        return terms.node(PLAIN[name], *args)
    if name == "PI" and count == 0:
        return terms.num(math.pi)
    if name in ("TRUE", "FALSE") and count == 0:
        return terms.num(float(name == "TRUE"))
    if name in ("LOG10", "LOG") and 1 <= count <= 2:
        base = args[1] if count == 2 else terms.num(10.0)
        return terms.node("/", terms.node("ln", args[0]), terms.node("ln", base))
    if name == "IF" and 2 <= count <= 3:
        return terms.node("if", args[0], args[1], args[2] if count == 3 else terms.num(0.0))
    if name == "IFERROR" and count == 2:
        return args[0]
    if name in ("N", "VALUE") and count == 1:
        return args[0]
    return work.unknown(node)


def items(expr: Expr) -> tuple[Expr, ...]:
    """The cells of a stack; of anything else itself."""
    return expr.args if expr.op == "stack" else (expr,)


def _plus(terms: Terms, parts: list[Expr]) -> Expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = terms.node("+", whole, part)
    return whole


def _sum_of(terms: Terms, expr: Expr) -> Expr:
    """The sum over an expression's cells: an addition where they are few."""
    if expr.op == "stack":
        return _plus(terms, list(expr.args))
    wide = any(leaf.op in ("area", "span", "unknown") for leaf in terms.leaves(expr))
    return terms.node("sum", expr) if wide or has_stack(expr) else expr


def has_stack(expr: Expr) -> bool:
    """Whether an expression has several cells because of a stack in it."""
    stack = [expr]
    while stack:
        node = stack.pop()
        if node.op == "stack":
            return True
        stack.extend(() if node.op == "sum" else node.args)
    return False


def _sum(terms: Terms, args: list[Expr]) -> Expr:
    return _plus(terms, [_sum_of(terms, arg) for arg in args])


def paired(terms: Terms, op: str, one: Expr, two: Expr) -> Expr:
    """An operation item by item where both are stacks of one size."""
    if one.op == two.op == "stack" and len(one.args) == len(two.args):
        return terms.node("stack", *(terms.node(op, a, b) for a, b in zip(one.args, two.args, strict=True)))
    return terms.node(op, one, two)


def _sumproduct(terms: Terms, args: list[Expr]) -> Expr:
    whole = args[0]
    for arg in args[1:]:
        whole = paired(terms, "*", whole, arg)
    return _sum_of(terms, whole)


def _square(terms: Terms, expr: Expr) -> Expr:
    if expr.op == "stack":
        return terms.node("stack", *(_square(terms, one) for one in expr.args))
    return terms.node("^", expr, terms.num(2.0))


def _sumsq(terms: Terms, args: list[Expr]) -> Expr:
    return _plus(terms, [_sum_of(terms, _square(terms, arg)) for arg in args])


def _sumxmy2(terms: Terms, args: list[Expr]) -> Expr:
    return _sum_of(terms, _square(terms, paired(terms, "-", args[0], args[1])))


def _product(terms: Terms, args: list[Expr]) -> Expr:
    parts = [part for arg in args for part in items(arg)]
    whole = parts[0]
    for part in parts[1:]:
        whole = terms.node("*", whole, part)
    return whole


def _count(terms: Terms, args: list[Expr]) -> Expr:
    wide = [arg for arg in args if any(leaf.op in ("area", "span") for leaf in terms.leaves(arg))]
    if wide:
        return terms.node("count", terms.node("stack", *args) if len(args) > 1 else args[0])
    return terms.num(float(sum(len(items(arg)) for arg in args)))


def _average(terms: Terms, args: list[Expr]) -> Expr:
    return terms.node("/", _sum(terms, args), _count(terms, args))


SUMS = {
    "SUM": _sum,
    "SUMPRODUCT": _sumproduct,
    "SUMSQ": _sumsq,
    "SUMXMY2": _sumxmy2,
    "PRODUCT": _product,
    "AVERAGE": _average,
    "COUNT": _count,
    "COUNTA": _count,
    "ROWS": _count,
}


def _index(work: _Work, node: Call) -> Expr | None:
    """INDEX of a row of cells by a number of data: the cell of that number."""
    cells = work.make(node.args[0], "direct")
    numbers = [work.make(arg, "scalar") for arg in node.args[1:]]
    if cells.op != "stack" or not 1 <= len(numbers) <= 2 or (len(numbers) == 2 and numbers[0].key not in (0.0, 1.0)):
        return None
    return _chosen(work.terms, numbers[-1], [(work.terms.num(at + 1), one) for at, one in enumerate(cells.args)])


def _choose(work: _Work, node: Call) -> Expr | None:
    made = [work.make(arg, work.top) for arg in node.args]
    keys = [work.terms.num(at) for at in range(1, len(made))]
    return _chosen(work.terms, made[0], list(zip(keys, made[1:], strict=True)))


def _switch(work: _Work, node: Call) -> Expr | None:
    made = [work.make(arg, work.top) for arg in node.args]
    pairs = list(zip(made[1::2], made[2::2], strict=False))
    return _chosen(work.terms, made[0], pairs, made[-1] if len(made) % 2 == 0 else None)


def _ifs(work: _Work, node: Call) -> Expr | None:
    made = [work.make(arg, work.top) for arg in node.args]
    whole = made[-1]
    for test, value in reversed(list(zip(made[:-2:2], made[1:-2:2], strict=False))):
        whole = work.terms.node("if", test, value, whole)
    return whole if len(made) % 2 == 0 else None


def _chosen(terms: Terms, number: Expr, pairs: list[tuple[Expr, Expr]], rest: Expr | None = None) -> Expr | None:
    """The value whose key a number is; the last one where no key is left."""
    if not pairs or len(pairs) > MAX_CHOICES:
        return None
    if number.op == "num":
        return next((value for key, value in pairs if key is number), None)
    whole = pairs[-1][1] if rest is None else rest
    for key, value in reversed(pairs[:-1] if rest is None else pairs):
        whole = terms.node("if", terms.node("=", number, key), value, whole)
    return whole


CHOICES = {"INDEX": _index, "CHOOSE": _choose, "SWITCH": _switch, "IFS": _ifs}


def _product_by_row(work: _Work, node: Call) -> Expr | None:
    """MMULT of an area and a row of cells that is turned: the sum of the area's columns times the cells."""
    two = node.args[1] if len(node.args) == 2 else None
    if not isinstance(two, Call) or two.name != "TRANSPOSE" or len(two.args) != 1:
        return None
    area, row = work.make(node.args[0], "array"), work.make(two.args[0], "array")
    if area.op != "area" or row.op != "stack":
        return None
    sheet, top, left, bottom, right = area.key
    if right - left + 1 != len(row.args):
        return None
    columns = [work.terms.node("area", key=(sheet, top, col, bottom, col)) for col in range(left, right + 1)]
    return _plus(work.terms, [work.terms.node("*", *pair) for pair in zip(columns, row.args, strict=True)])


def _let(work: _Work, node: Call, context: str) -> Expr:
    before = dict(work.bound)
    for name, value in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
        key = name.name.casefold() if isinstance(name, NameRef) else ""
        work.bound[key] = work.make(value, work._within(context))
    found = work.make(node.args[-1], context)
    work.bound = before
    return found


def _number(node: Node) -> int | None:
    sign = 1
    while isinstance(node, Paren | Signs):
        sign *= -1 if isinstance(node, Signs) and node.signs.count("-") % 2 else 1
        node = node.operand if isinstance(node, Signs) else node.inner
    return sign * int(node.value) if isinstance(node, Literal) and isinstance(node.value, float) else None


def _offset(work: _Work, node: Call) -> Expr:
    """OFFSET by typed numbers is a plain reference."""
    if len(node.args) != 3 or not isinstance(node.args[0], Ref | Paren | NameRef | Node):
        return work.unknown(node)
    base = work.make(node.args[0], "scalar")
    rows, cols = _number(node.args[1]), _number(node.args[2])
    if base.op not in ("cell", "fixed") or rows is None or cols is None:
        return work.unknown(node)
    if base.op == "fixed":
        sheet, row, col = base.key
        return work.terms.node("fixed", key=(sheet, row + rows, col + cols))
    lines, tracks = work.home.view.turned(rows, cols)
    sheet, track, offset = base.key
    return work.terms.cell(sheet, track + tracks, offset + lines)
