"""Walks over formula trees: what they refer to, and trees with one thing changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache

from ....address import MAX_COL, MAX_ROW, Box
from ....formula.nodes import Call, Chain, Corner, Literal, NameRef, Node, Paren, Percent, Ref, Signs

Path = tuple[int, ...]
"""The way from a tree's top to one of its nodes: which child, and so on."""

_LEAVES = frozenset({Ref, Literal, NameRef})


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in reading order."""
    if type(node) in _LEAVES:
        return ()
    if isinstance(node, Chain):
        return node.operands
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Paren):
        return (node.inner,)
    if isinstance(node, Signs | Percent):
        return (node.operand,)
    found: list[Node] = []
    if is_dataclass(node):
        for item in fields(node):
            value = getattr(node, item.name)
            found += [value] if isinstance(value, Node) else []
            found += [one for one in value if isinstance(one, Node)] if isinstance(value, tuple) else []
    return tuple(found)


def nodes(tree: Node) -> Iterator[Node]:
    """All nodes of a tree, the tree itself first."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


@lru_cache(maxsize=4096)
def refs(tree: Node) -> tuple[Ref, ...]:
    """The references of a tree, from left to right."""
    return tuple(node for node in nodes(tree) if isinstance(node, Ref))


def paths(tree: Node, above: Path = ()) -> Iterator[tuple[Path, Node]]:
    """All nodes of a tree with the way to them."""
    yield above, tree
    for number, child in enumerate(children(tree)):
        yield from paths(child, (*above, number))


def put(tree: Node, path: Path, node: Node) -> Node:
    """A tree in which one node is another."""
    if not path:
        return node
    at, rest = path[0], path[1:]
    below = list(children(tree))
    below[at] = put(below[at], rest, node)
    return with_children(tree, tuple(below))


def with_children(tree: Node, below: tuple[Node, ...]) -> Node:
    """A node over other children, as many as it has."""
    if isinstance(tree, Chain):
        return replace(tree, operands=below)
    if isinstance(tree, Call):
        return replace(tree, args=below)
    if isinstance(tree, Paren):
        return replace(tree, inner=below[0])
    if isinstance(tree, Signs | Percent):
        return replace(tree, operand=below[0])
    rest = list(below)
    changed: dict[str, object] = {}
    for item in fields(tree):
        value = getattr(tree, item.name)
        if isinstance(value, Node):
            changed[item.name] = rest.pop(0)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            changed[item.name] = tuple(rest.pop(0) for _ in value)
    return replace(tree, **changed)


def bare(tree: Node) -> Node:
    """A tree without the parentheses around it."""
    while isinstance(tree, Paren):
        tree = tree.inner
    return tree


def corner_cell(corner: Corner, row: int, col: int) -> tuple[int, int] | None:
    """The cell of a corner as seen from a cell; None beyond the grid."""
    down = corner.row if corner.row_fixed else row + corner.row
    right = corner.col if corner.col_fixed else col + corner.col
    return (down, right) if 1 <= down <= MAX_ROW and 1 <= right <= MAX_COL else None


def box_at(ref: Ref, row: int, col: int) -> Box | None:
    """The cells that a reference means in a cell; None where it leaves the grid or means whole columns or rows."""
    if ref.shape != "cells":
        return None
    one, two = corner_cell(ref.first, row, col), corner_cell(ref.last or ref.first, row, col)
    if one is None or two is None:
        return None
    return Box(min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1]))


def same_shape(one: Node, two: Node) -> list[tuple[Path, Node, Node]] | None:
    """Where two trees of one shape differ: in references, names and literals only; None where the shapes differ.

    Parentheses around a node do not count; the ways are those of the first tree.
    """
    below: Path = ()
    while isinstance(one, Paren):
        one, below = one.inner, (*below, 0)
    found = _same_bare(one, bare(two))
    return None if found is None else [((*below, *path), a, b) for path, a, b in found]


def _same_bare(one: Node, two: Node) -> list[tuple[Path, Node, Node]] | None:
    if isinstance(one, Ref | NameRef | Literal) and isinstance(two, Ref | NameRef | Literal):
        return [] if one == two else [((), one, two)]
    if type(one) is not type(two):
        return None
    first, second = children(one), children(two)
    if not first and not second and not isinstance(one, Call):
        return [] if one == two else [((), one, two)]
    if len(first) != len(second) or label(one) != label(two):
        return None
    found: list[tuple[Path, Node, Node]] = []
    for number, (a, b) in enumerate(zip(first, second, strict=True)):
        below = same_shape(a, b)
        if below is None:
            return None
        found += [((number, *path), x, y) for path, x, y in below]
    return found


def label(node: Node) -> object:
    """What a node is beside its children."""
    if isinstance(node, Chain):
        return node.operators
    if isinstance(node, Call):
        return node.name
    if isinstance(node, Signs):
        return node.signs.replace("+", "")
    return node.count if isinstance(node, Percent) else None
