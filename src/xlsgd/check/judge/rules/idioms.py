"""What formulas say of themselves: running averages, powers of a beta taken from 1, columns that have one formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ....address import Box, box_name
from ....formula.nodes import Call, Chain, Literal, NameRef, Node, Paren, Ref
from ..ground.case import Case
from ..ground.fills import Fill
from ..ground.trees import Path, bare, corner_cell, nodes, paths, put
from ..trials.edits import ONE


@dataclass(frozen=True, slots=True)
class Average:
    """A fill ``keep·(itself a line before) + …``: keep as it stands there, its value; whether it is one of squares."""

    fill: Fill
    keep: Node
    value: float
    squares: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """A ``1 - base^exponent`` in a formula; rooted: whether the root is taken of just that."""

    path: Path
    base: Node
    exponent: Node
    rooted: bool


def is_leaf(node: Node) -> bool:
    """Whether a node is a number, a name or one cell that stays where it is."""
    if isinstance(node, Ref):
        return node.last is None and node.first.row_fixed and node.first.col_fixed
    return isinstance(node, NameRef) or (isinstance(node, Literal) and type(node.value) is float)


def fills_of(case: Case, sheet: int) -> list[Fill]:
    """The fills of a sheet that have a formula that can be read."""
    tables = (table for table in case.tables if table.sheet == sheet)
    return [fill for table in tables for fill in table.fills if fill.program.tree is not None]


def number_at(case: Case, node: Node, fill: Fill, position: int) -> float | None:
    """What a part of a fill's formula is worth at a position."""
    value = case.desk.evaluate(node, fill.place(position))
    return value if type(value) is float else None


def averages(case: Case, fills: Sequence[Fill]) -> list[Average]:
    """The running averages among the fills of a sheet."""
    found = []
    for fill in fills:
        tree = bare(fill.program.tree) if fill.program.tree is not None else None
        if not isinstance(tree, Chain) or set(tree.operators) != {"+"} or len(tree.operands) != 2:
            continue
        for kept, fresh in (tree.operands, tree.operands[::-1]):
            keep = _keep(fill, bare(kept))
            value = number_at(case, keep, fill, fill.first) if keep is not None else None
            if keep is not None and value is not None and has_rest_of(fresh, keep):
                found.append(Average(fill, keep, value, has_square(fresh)))
    return found


def begins(case: Case, average: Average) -> int:
    """The position at which an average takes in its first value: its first cell may have a formula of its own."""
    fill = average.fill
    before = case.desk.program(fill.place(fill.first - 1)) if fill.first > 1 else None
    own = before is not None and before.tree is not None and has_rest_of(before.tree, average.keep)
    return fill.first - 1 if own else fill.first


def _keep(fill: Fill, term: Node) -> Node | None:
    """The leaf with which a term takes the cell before of a fill's own."""
    if not isinstance(term, Chain) or term.operators != ("*",):
        return None
    for one, two in (term.operands, term.operands[::-1]):
        if is_leaf(bare(one)) and is_before(fill, bare(two)):
            return bare(one)
    return None


def is_before(fill: Fill, node: Node) -> bool:
    """Whether a node is a fill's own cell of the line before."""
    if not isinstance(node, Ref) or node.last is not None or node.where is not None:
        return False
    corner, (row, col) = node.first, (fill.place(fill.first)[1:])
    if corner.col_fixed if fill.across else corner.row_fixed:
        return False
    return corner_cell(corner, row, col) == ((row, col - 1) if fill.across else (row - 1, col))


def has_rest_of(tree: Node, keep: Node) -> bool:
    """Whether a term has the factor ``1 - keep``."""
    return any(
        isinstance(node, Chain) and node.operators == ("-",) and node.operands == (ONE, keep) for node in nodes(tree)
    )


def has_square(tree: Node) -> bool:
    """Whether a term has the square of a cell."""
    for node in nodes(tree):
        if isinstance(node, Chain) and node.operators == ("^",) and bare(node.operands[1]) == Literal(2.0):
            return True
        if isinstance(node, Chain) and set(node.operators) == {"*"}:
            cells = [bare(one) for one in node.operands if isinstance(bare(one), Ref) and not is_leaf(bare(one))]
            if len(set(cells)) < len(cells):
                return True
        if isinstance(node, Call) and node.name in ("SUMSQ", "POWER"):
            return True
    return False


def rests(tree: Node) -> Iterator[Rest]:
    """All ``1 - base^exponent`` of a formula, the root or the parentheses around them included."""
    for path, node in paths(tree):
        inner, rooted = bare(node), False
        if isinstance(inner, Call) and inner.name == "SQRT" and len(inner.args) == 1:
            inner, rooted = bare(inner.args[0]), True
        elif isinstance(inner, Chain) and inner.operators == ("^",) and bare(inner.operands[1]) == Literal(0.5):
            inner, rooted = bare(inner.operands[0]), True
        power = _power(inner)
        if power is not None:
            yield Rest(path, *power, rooted)


def _power(node: Node) -> tuple[Node, Node] | None:
    if not (isinstance(node, Chain) and node.operators == ("-",) and node.operands[0] == ONE):
        return None
    power = bare(node.operands[1])
    if isinstance(power, Chain) and power.operators == ("^",):
        base, exponent = bare(power.operands[0]), bare(power.operands[1])
    elif isinstance(power, Call) and power.name == "POWER" and len(power.args) == 2:
        base, exponent = bare(power.args[0]), bare(power.args[1])
    else:
        return None
    return (base, exponent) if is_leaf(base) else None


def rest_of(base: Node, exponent: Node, rooted: bool, tight: bool = False) -> Node:
    """``1 - base^exponent`` as it stands in a product."""
    inner = exponent if not isinstance(exponent, Chain) else Paren(exponent, 1)
    node = Chain((ONE, Chain((base, inner), ("^",))), ("-",))
    return Call("SQRT", (node,)) if rooted else node if tight else Paren(node, 1)


def side_by_side(fills: Sequence[Fill]) -> list[list[Fill]]:
    """Fills of one formula next to each other, over the same lines, together."""
    found: list[list[Fill]] = []
    for fill in sorted(fills, key=lambda one: (one.across, one.first, one.line)):
        last = found[-1][-1] if found else None
        near = last is not None and (last.across, last.first, last.last) == (fill.across, fill.first, fill.last)
        if last is not None and near and fill.line == last.line + 1 and fill.program.tree == last.program.tree:
            found[-1].append(fill)
        else:
            found.append([fill])
    return found


def run_of(group: Sequence[Fill]) -> str:
    """The A1 name of all cells of some fills side by side."""
    one, two = group[0].place(group[0].first), group[-1].place(group[-1].last)
    return box_name(Box(one[1], one[2], two[1], two[2]))


def moved_to(tree: Node, source: Fill, target: Fill) -> Node:
    """A part of one fill's formula as it reads the same cells from another fill of the same lines."""
    by = source.line - target.line
    for path, node in list(paths(tree)):
        if isinstance(node, Ref) and node.last is None:
            corner = node.first
            if source.across and not corner.row_fixed:
                corner = replace(corner, row=corner.row + by)
            if not source.across and not corner.col_fixed:
                corner = replace(corner, col=corner.col + by)
            tree = put(tree, path, replace(node, first=corner))
    return tree
