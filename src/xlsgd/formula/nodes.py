"""The syntax tree of a formula: frozen nodes, references relative to the cell that holds the formula.

Two cells of a fill-down have equal trees. Runs of operators of one precedence are one flat :class:`Chain`, repeated
signs, percents and parentheses are counted, so that a tree is never deeper than its formula's brackets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..values import CellError, Scalar


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes."""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, text, logical or error as typed."""

    value: float | str | bool | CellError


@dataclass(frozen=True, slots=True)
class Omitted(Node):
    """An argument left out, as the middle one of ``IF(A1,,3)``."""


@dataclass(frozen=True, slots=True)
class ArrayLiteral(Node):
    """An array constant such as ``{1,2;3,4}``: rows of scalars, all of one length."""

    rows: tuple[tuple[Scalar, ...], ...]


@dataclass(frozen=True, slots=True)
class Corner:
    """One corner of a reference. ``row`` and ``col`` are offsets from the formula's cell unless fixed by ``$``."""

    row: int
    col: int
    row_fixed: bool
    col_fixed: bool


@dataclass(frozen=True, slots=True)
class Where:
    """The part of a reference before the ``!``. ``last``: the end of a 3-D reference; ``book``: "1" in ``[1]S!A1``."""

    sheet: str
    last: str | None = None
    book: str | None = None


@dataclass(frozen=True, slots=True)
class Ref(Node):
    """A cell (``last`` is None), a range of cells, whole columns or whole rows (``shape``: cells, columns, rows)."""

    first: Corner
    last: Corner | None = None
    shape: str = "cells"
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class NameRef(Node):
    """A defined name, a LET or LAMBDA variable, or a table by its bare name. Kept as typed; case does not matter."""

    name: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class TableRef(Node):
    """A structured reference. ``table`` is "" for the table around the cell; ``items`` of all, data, headers, totals,
    this row (empty: data); ``first`` and ``last`` are column names or None (all columns)."""

    table: str
    items: frozenset[str]
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function called by name. ``name`` is in capitals, without the file's ``_xlfn.`` prefixes."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Invoke(Node):
    """A value called as a function: ``LAMBDA(x,x+1)(2)``."""

    callee: Node
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Signs(Node):
    """Unary plus and minus before an operand: ``signs`` is a text such as ``"-"`` or ``"-+-"``."""

    signs: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """``count`` percent signs behind an operand."""

    operand: Node
    count: int


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Binary operators of one precedence, applied from left to right; one operator fewer than operands."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RangeBetween(Node):
    """The ``:`` operator where an end is not a plain cell, as in ``A1:OFFSET(A1,4,0)``."""

    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Intersection(Node):
    """The space operator: the cells that all references share."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Union(Node):
    """The comma operator: several areas as one reference."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Paren(Node):
    """``count`` pairs of parentheses around a node. They matter: see the near-zero snap."""

    inner: Node
    count: int


@dataclass(frozen=True, slots=True)
class Spill(Node):
    """``A1#``: the range that the dynamic array in A1 fills."""

    anchor: Node


@dataclass(frozen=True, slots=True)
class Single(Node):
    """``@x``: implicit intersection, asked for."""

    operand: Node


def children(node: Node) -> Iterator[Node]:
    """The nodes right below a node, in their order."""
    slots: tuple[str, ...] = type(node).__slots__
    for slot in slots:
        part = getattr(node, slot)
        if isinstance(part, Node):
            yield part
        elif isinstance(part, tuple):
            yield from (one for one in part if isinstance(one, Node))


def depth(tree: Node) -> int:
    """How many nodes stand below each other, at most."""
    deepest, level = 0, [tree]
    while level:
        deepest, level = deepest + 1, [child for node in level for child in children(node)]
    return deepest
