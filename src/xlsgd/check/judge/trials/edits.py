"""Small changes to a formula, the likeliest slips first: which of them makes it right says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ....formula.nodes import Call, Chain, Corner, Literal, Node, Paren, Percent, Ref, Signs
from ....formula.printer import to_text
from ..ground.trees import Path, bare, paths, put

PutIn = Callable[[Node], Node]
"""Gives the whole formula with another node in the place that is edited."""

ONE = Literal(1.0)
NUMBERS = (1.0, 2.0, 0.5, 3.0, 4.0)


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed formula. cost: how big the change is; words: what was wrong; kind: of the finding.

    others: of further tracks that have the same slip, with their changed formulas.
    """

    cost: float
    tree: Node
    words: str
    kind: str = "formula"
    others: tuple[tuple[int, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a formula may be mended with. cells: single cells (relative); settings: fixed cells; numbers: literals.

    names: what a message calls a cell. row, col: where texts are shown. across: lines are columns.
    """

    cells: Sequence[Ref]
    settings: Sequence[Node]
    numbers: Sequence[float]
    row: int
    col: int
    across: bool = False

    def text(self, node: Node) -> str:
        return to_text(node, self.row, self.col)


def _resized(tree: Node, parts: Parts) -> Iterator[Edit]:
    """All ranges over the same rows a row longer or shorter."""
    spots = [(path, node) for path, node in paths(tree) if isinstance(node, Ref) and node.last is not None]
    spots = [(path, node) for path, node in spots if node.last is not None and node.first.row != node.last.row]
    for first, last in ((0, 1), (-1, 0), (0, -1), (1, 0)):
        new = tree
        for path, node in spots:
            assert isinstance(node, Ref)
            assert node.last is not None
            one, two = replace(node.first, row=node.first.row + first), replace(node.last, row=node.last.row + last)
            new = put(new, path, replace(node, first=one, last=two))
        if len(spots) > 1:
            yield Edit(0.95, new, f"its ranges are {'too short' if last - first > 0 else 'too long'}", "reference")


def edits(tree: Node, parts: Parts, others: Sequence[Edit] = (), whole: bool = True) -> list[Edit]:
    """All changes, cheapest first, none twice. whole: also factors and terms of the formula as a whole."""
    found = [*others, *_resized(tree, parts), *(_whole(tree, parts) if whole else ())]
    for path, node in paths(tree):
        found += _at(tree, path, node, parts)
    seen: set[Node] = {tree}
    unique = []
    for edit in sorted(found, key=lambda one: one.cost):
        if edit.tree not in seen:
            seen.add(edit.tree)
            unique.append(edit)
    return unique


def _whole(tree: Node, parts: Parts) -> Iterator[Edit]:
    yield Edit(1.0, times(Literal(2.0), tree), "the factor 2 is missing")
    yield Edit(1.0, negated(tree), "the sign is wrong")
    yield Edit(1.3, over(tree, Literal(2.0)), "it is twice as large as it should be")
    yield Edit(2.0, times(Literal(-2.0), tree), "the factor -2 is missing")
    yield Edit(2.1, Call("SQRT", (tree,)), "the root is missing")
    yield Edit(1.2, power(tree), "the square is missing")
    yield Edit(1.4, Call("SIGN", (tree,)), "only the sign belongs there")
    natural = _with_natural_logs(tree)
    if natural != tree:
        yield Edit(0.0, natural, "LN belongs there, the natural logarithm")
    for cell in parts.cells:
        text = parts.text(cell)
        yield Edit(1.2, times(tree, cell), f"the factor {text} is missing")
        yield Edit(1.6, times(tree, complement(cell)), f"the factor (1-{text}) is missing")
        yield Edit(1.6, times(tree, Paren(Chain((ONE, power(cell)), ("-",)), 1)), f"the factor (1-{text}^2) is missing")
        yield Edit(
            1.6,
            times(tree, Call("IF", (Chain((cell, Literal(0.0)), (">",)), ONE, Literal(0.0)))),
            f"the derivative of the ReLU is missing (1 where {text} > 0, else 0)",
        )
        yield Edit(1.7, times(tree, Call("SIGN", (cell,))), f"the factor SIGN({text}) is missing")
        yield Edit(1.7, over(tree, cell), f"the division by {text} is missing")
        yield Edit(
            1.8,
            times(tree, Paren(Chain((cell, complement(cell)), ("*",)), 1)),
            f"the factor {text}*(1-{text}) is missing",
        )
        yield Edit(1.9, plus(tree, times(Literal(2.0), cell)), f"the term 2*{text} is missing")
        for setting in parts.settings:
            yield Edit(1.9, plus(tree, times(setting, cell)), f"the term {parts.text(setting)}*{text} is missing")
            yield Edit(
                2.0,
                plus(tree, times(Literal(2.0), times(setting, cell))),
                f"the term 2*{parts.text(setting)}*{text} is missing",
            )
    for setting in parts.settings:
        text = parts.text(setting)
        yield Edit(1.3, times(tree, setting), f"the factor {text} is missing")
        yield Edit(1.3, over(tree, setting), f"the division by {text} is missing")
        yield Edit(1.5, times(tree, complement(setting)), f"the factor (1-{text}) is missing")


def _with_natural_logs(tree: Node) -> Node:
    for path, node in list(paths(tree)):
        if isinstance(node, Call) and node.name in ("LOG10", "LOG") and len(node.args) == 1:
            tree = put(tree, path, Call("LN", node.args))
    return tree


def _at(tree: Node, path: Path, node: Node, parts: Parts) -> Iterator[Edit]:
    def put_in(new: Node) -> Node:
        return put(tree, path, new)

    if isinstance(node, Ref) and node.last is None and node.shape == "cells":
        yield from _reference(node, put_in, parts)
    if isinstance(node, Ref) and node.last is not None and node.shape == "cells":
        yield from _range(node, put_in, parts)
    if isinstance(node, Literal) and type(node.value) is float:
        for number in {*NUMBERS, *parts.numbers, node.value * 2, node.value / 2, -node.value}:
            if number != node.value:
                words = f"{parts.text(node)} stands where {parts.text(Literal(number))} belongs"
                yield Edit(1.1, put_in(Literal(number)), words)
        for setting in parts.settings:
            words = f"{parts.text(node)} stands where {parts.text(setting)} belongs"
            yield Edit(1.5, put_in(setting), words)
    if isinstance(node, Chain):
        yield from _chain(node, put_in, parts)
    if isinstance(node, Call) and len(node.args) == 1 and node.name in ("SQRT", "ABS", "N", "EXP", "LN"):
        yield Edit(1.4, put_in(Paren(node.args[0], 1)), f"{node.name} does not belong there")
    if isinstance(node, Call) and node.name == "EXP" and not isinstance(bare(node.args[0]), Signs):
        yield Edit(0.0, put_in(Call("EXP", (negated(node.args[0]),))), f"the minus in {parts.text(node)} is missing")
    if isinstance(node, Signs):
        yield Edit(1.1, put_in(node.operand), f"the sign of {parts.text(node.operand)} is wrong")
    if path and isinstance(node, Ref | Call | Paren) and not (isinstance(node, Ref) and node.last is not None):
        yield from _wrapped(node, put_in, parts)


def _reference(node: Ref, put_in: PutIn, parts: Parts) -> Iterator[Edit]:
    own = parts.text(node)
    moving = not (node.first.row_fixed and node.first.col_fixed)
    for other in parts.cells if moving else parts.settings:
        if other != node:
            yield Edit(1.0, put_in(other), f"it reads {own} where {parts.text(other)} belongs", "reference")
    if moving:
        for other in _beside(node, parts):
            yield Edit(1.0, put_in(other), f"it reads {own} where {parts.text(other)} belongs", "reference")
        for by in (-1, 1):
            shifted = _shifted(node, by, parts.across)
            if (shifted.first.col if parts.across else shifted.first.row) > 0:
                continue  # no step reads a later one
            yield Edit(1.2, put_in(shifted), f"it reads {own} where {parts.text(shifted)} belongs", "reference")


def _beside(node: Ref, parts: Parts) -> Iterator[Ref]:
    """The line's cells as they lie on the line that a reference reads, where that is another one."""
    for other in parts.cells:
        if not isinstance(other, Ref) or other.where != node.where or other.last is not None:
            continue
        corner, own = other.first, node.first
        if (own.col if parts.across else own.row) in (0, corner.col if parts.across else corner.row):
            continue
        moved = replace(corner, col=own.col) if parts.across else replace(corner, row=own.row)
        fixed = own.col_fixed if parts.across else own.row_fixed
        if not fixed and moved != own:
            yield replace(other, first=moved)


def _shifted(node: Ref, by: int, across: bool) -> Ref:
    corner = node.first
    moved = replace(corner, col=corner.col + by) if across else replace(corner, row=corner.row + by)
    return replace(node, first=moved)


def _range(node: Ref, put_in: PutIn, parts: Parts) -> Iterator[Edit]:
    """A range a row longer or shorter, or a column beside."""
    assert node.last is not None
    own = parts.text(node)
    for first, last in ((0, 1), (-1, 0), (0, -1), (1, 0)) if node.first.row != node.last.row else ():
        one, two = replace(node.first, row=node.first.row + first), replace(node.last, row=node.last.row + last)
        other = replace(node, first=one, last=two)
        yield Edit(1.0, put_in(other), f"the range {own} should be {parts.text(other)}", "reference")
    for by in (-1, 1):
        one, two = replace(node.first, col=node.first.col + by), replace(node.last, col=node.last.col + by)
        if min(one.col, two.col) > 0 or not one.col_fixed:
            other = replace(node, first=one, last=two)
            yield Edit(1.1, put_in(other), f"the range {own} should be {parts.text(other)}", "reference")


_TURNED = {"+": "-", "-": "+", "*": "/", "/": "*"}


def _chain(node: Chain, put_in: PutIn, parts: Parts) -> Iterator[Edit]:
    operands, operators = node.operands, node.operators
    for at, operator in enumerate(operators):
        if operator in _TURNED:
            turned = (*operators[:at], _TURNED[operator], *operators[at + 1 :])
            words = f"{operator} stands before {parts.text(operands[at + 1])} where {_TURNED[operator]} belongs"
            yield Edit(1.15 if operator == "-" else 1.0, put_in(Chain(operands, turned)), words)
    if operators == ("*",):
        words = f"* stands before {parts.text(operands[1])} where ^ belongs"
        yield Edit(1.1, put_in(Chain(operands, ("^",))), words)
    for at in range(len(operands)):
        rest = (*operands[:at], *operands[at + 1 :])
        signs = operators[1:] if at == 0 else (*operators[: at - 1], *operators[at:])
        if operators[0] in "+-*/" and (at > 0 or operators[0] in "+*"):
            shorter = rest[0] if len(rest) == 1 else Chain(rest, signs)
            what = "factor" if operators[0] in "*/" else "term"
            yield Edit(1.4, put_in(shorter), f"the {what} {parts.text(operands[at])} does not belong there")
    if operators[0] == "*" and len(operands) > 2:
        for one in range(1, len(operands)):
            for two in range(one + 1, len(operands)):
                rest = tuple(operand for at, operand in enumerate(operands) if at not in (one, two))
                words = f"the factors {parts.text(operands[one])} and {parts.text(operands[two])} do not belong there"
                if all(operator == "*" for operator in operators):
                    left = Chain(rest, operators[: len(rest) - 1]) if len(rest) > 1 else rest[0]
                    yield Edit(1.8, put_in(left), words)
    if operators == ("^",) and operands[1] == Literal(2.0):
        yield Edit(1.3, put_in(operands[0]), f"the square of {parts.text(operands[0])} does not belong there")
    yield from _swapped(node, put_in, parts)
    inner = [at for at, operand in enumerate(operands) if isinstance(bare(operand), Chain)]
    for at in inner:  # 1-x for x
        below = bare(operands[at])
        if isinstance(below, Chain) and below.operators == ("-",) and below.operands[0] == ONE:
            other = (*operands[:at], below.operands[1], *operands[at + 1 :])
            text = parts.text(below.operands[1])
            yield Edit(1.3, put_in(Chain(other, operators)), f"(1-{text}) stands where {text} belongs")


def _swapped(node: Chain, put_in: PutIn, parts: Parts) -> Iterator[Edit]:
    """β·x + (1−β)·y with β and 1−β in each other's place."""
    spots = list(paths(node))
    for path, one in spots:
        below = bare(one)
        if not (isinstance(below, Chain) and below.operators == ("-",) and below.operands[0] == ONE):
            continue
        share = below.operands[1]
        for other, two in spots:
            apart = other[: len(path)] != path
            if apart and two == share:
                tree = put(put(node, path, share), other, complement(share))
                words = f"{parts.text(share)} and 1-{parts.text(share)} are in each other's place"
                yield Edit(1.0, put_in(tree), words)


def _wrapped(node: Node, put_in: PutIn, parts: Parts) -> Iterator[Edit]:
    text = parts.text(node)
    yield Edit(1.2, put_in(power(node)), f"the square of {text} is missing")
    yield Edit(1.2, put_in(Call("SQRT", (bare(node),))), f"the root of {text} is missing")
    yield Edit(1.2, put_in(complement(bare(node))), f"{text} stands where 1-{text} belongs")
    yield Edit(1.2, put_in(Signs("-", node)), f"the sign of {text} is wrong")
    for setting in parts.settings:
        if setting != node:
            factor = Paren(Chain((complement(setting), node), ("*",)), 1)
            yield Edit(1.5, put_in(factor), f"the factor (1-{parts.text(setting)}) before {text} is missing")
            words = f"the factor {parts.text(setting)} before {text} is missing"
            yield Edit(1.5, put_in(Paren(Chain((setting, node), ("*",)), 1)), words)
    for cell in parts.cells:
        if cell != node:
            words = f"the factor {parts.text(cell)} beside {text} is missing"
            yield Edit(1.6, put_in(Paren(Chain((node, cell), ("*",)), 1)), words)


def factor_of(node: Node) -> Node:
    """A node as it may stand in a product."""
    plain = isinstance(node, Ref | Call | Paren | Literal | Percent) or (
        isinstance(node, Chain) and node.operators[0] in "*/^"
    )
    return node if plain else Paren(node, 1)


def times(one: Node, two: Node) -> Node:
    """A product, flat where one of the two is one."""
    first = one.operands if isinstance(one, Chain) and one.operators[0] in "*/" else (factor_of(one),)
    signs = one.operators if isinstance(one, Chain) and one.operators[0] in "*/" else ()
    if isinstance(two, Chain) and set(two.operators) <= {"*", "/"}:
        return Chain((*first, *two.operands), (*signs, "*", *two.operators))
    return Chain((*first, factor_of(two)), (*signs, "*"))


def over(one: Node, two: Node) -> Node:
    """A quotient."""
    if isinstance(one, Chain) and one.operators[0] in "*/":
        return Chain((*one.operands, factor_of(two)), (*one.operators, "/"))
    return Chain((factor_of(one), factor_of(two)), ("/",))


def plus(one: Node, two: Node) -> Node:
    """A sum."""
    if isinstance(one, Chain) and one.operators[0] in "+-":
        return Chain((*one.operands, two), (*one.operators, "+"))
    return Chain((one, two), ("+",))


def negated(node: Node) -> Node:
    """The node with the other sign."""
    if isinstance(node, Signs):
        return node.operand
    if isinstance(node, Chain) and node.operators[0] in "*/" and isinstance(node.operands[0], Signs):
        return Chain((node.operands[0].operand, *node.operands[1:]), node.operators)
    if isinstance(node, Chain) and node.operators[0] in "*/" and isinstance(node.operands[0], Literal | Ref):
        return Chain((Signs("-", node.operands[0]), *node.operands[1:]), node.operators)
    return Signs("-", node if isinstance(node, Ref | Call | Paren | Literal) else Paren(node, 1))


def complement(node: Node) -> Node:
    """``(1-x)``."""
    return Paren(Chain((ONE, node if isinstance(node, Ref | Call | Paren) else Paren(node, 1)), ("-",)), 1)


def power(node: Node) -> Node:
    """``x^2``."""
    return Chain((node if isinstance(node, Ref | Call | Paren) else Paren(node, 1), Literal(2.0)), ("^",))


def cell_ref(row: int, col: int, target: tuple[int, int]) -> Ref:
    """A relative reference to a cell as seen from another."""
    return Ref(Corner(target[0] - row, target[1] - col, False, False))
