"""The places in a formula's tree: what it refers to, and whether that is all it may read."""

from __future__ import annotations

from collections.abc import Iterator

from ..formula.nodes import ArrayLiteral, Call, Literal, NameRef, Node, Paren, RangeBetween, Ref, TableRef

_FINDERS = frozenset({"OFFSET", "INDIRECT"})
_RESIZED = frozenset({"SUMIF", "AVERAGEIF"})
_SHAPES = frozenset({"ROW", "COLUMN", "ROWS", "COLUMNS"})
"""Functions that look at where their argument is and not into it."""


def places(tree: Node | None) -> Iterator[Node]:
    """The references, names, structured references and calls in a tree."""
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, Ref | NameRef | TableRef):
            yield node
        elif isinstance(node, Call):
            yield node
            if node.name not in _SHAPES or not all(isinstance(arg, Ref) for arg in node.args):
                stack.extend(node.args)
        elif isinstance(node, Node) and not isinstance(node, Literal | ArrayLiteral):
            if isinstance(node, RangeBetween):
                yield from _between(node)
            stack.extend(_parts(node))


def finds_cells(tree: Node | None) -> str:
    """Why a formula may read cells that its text does not show (OFFSET, ``A1:INDEX(…)``); "" where it does not."""
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, Call):
            if node.name in _FINDERS:
                return f"{node.name} finds its cells while it runs"
            if node.name in _RESIZED and len(node.args) > 2 and not _alike(node.args[0], node.args[2]):
                return f"{node.name} of ranges that may differ in size"
            stack.extend(node.args)
        elif isinstance(node, NameRef) and node.name.upper() in _FINDERS:
            return f"{node.name.upper()} finds its cells while it runs"
        elif isinstance(node, Node) and not isinstance(node, Ref | Literal | ArrayLiteral):
            if isinstance(node, RangeBetween) and not list(_between(node)):
                return "a range whose end is found while it runs"
            stack.extend(_parts(node))
    return ""


def _parts(node: Node) -> list[object]:
    slots: tuple[str, ...] = type(node).__slots__
    return [getattr(node, slot) for slot in slots]


def _between(node: RangeBetween) -> Iterator[Ref]:
    """The range between two plain references, such as ``Sheet2!A1:Sheet2!B9`` or ``A1:(B2)``."""
    one, two = (end.inner if isinstance(end, Paren) else end for end in (node.first, node.last))
    plain = isinstance(one, Ref) and isinstance(two, Ref) and one.shape == two.shape == "cells"
    if (
        plain
        and isinstance(one, Ref)
        and isinstance(two, Ref)
        and one.where == two.where
        and not (one.last or two.last)
    ):
        yield Ref(one.first, two.first, "cells", one.where)


def _alike(one: Node, two: Node) -> bool:
    """Whether two references have the same rows and the same width, wherever the formula stands."""
    if not isinstance(one, Ref) or not isinstance(two, Ref) or one.shape != two.shape:
        return False
    firsts, lasts = (one.first, two.first), (one.last or one.first, two.last or two.first)
    rows = all((a.row, a.row_fixed) == (b.row, b.row_fixed) for a, b in (firsts, lasts))
    steady = all(first.col_fixed == last.col_fixed for first, last in zip(firsts, lasts, strict=True))
    return rows and steady and lasts[0].col - firsts[0].col == lasts[1].col - firsts[1].col
