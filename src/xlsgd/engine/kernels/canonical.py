"""The canonical form of a step: its formulas as a list of small tuples without rows, columns or names of sheets.

What differs between two places of one fill-down stands in the parameters of the call, so that equal formulas have
equal forms and share a kernel. Nodes refer to others by their place in the list:

===========================================  =====================================================================
``num text``, ``bool 0|1``, ``error n``      constants; the number as ``float.hex``
``blank``                                    an argument left out
``cell sheet row col still``                 one cell; still: fixed, and not written by the step
``el sheet top bottom left right still``     the element of a range that the loop over the range is at
``add|sub|mul|div a b snap``                 arithmetic; snap: the near-zero snap of a whole formula
``neg a``, ``powi a n``, ``power a b``       signs and powers; n: a whole number above 1
``cmp operator a b``                         a comparison
``if c a b``, ``iferror|ifna a b``           lazy choices
``not a``, ``is what a``, ``finish a``       logic; kinds; a float result as a cell keeps it
``call name a…``, ``python name a…``          a function of numbers: in machine code, or the scalar engine's own body
``reduce name mode (part …)``                SUM and its like; parts: ``s a`` typed, ``c a`` a cell, ``a el a`` a range
``zip name mode el (a …)``                   SUMPRODUCT and its like over ranges of one shape
===========================================  =====================================================================

A row or column is ``("L", offset)``, counted from the line, or ``("P", n)``, the n-th parameter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...tagged import LOGICAL, bits
from ...values import LARGEST, SMALLEST_NORMAL

Node = tuple[Any, ...]
Position = tuple[str, int]

IS_NUMBER, IS_LOGICAL, IS_BLANK, IS_ERROR, IS_TEXT = 1, 2, 4, 8, 16
"""Kinds that a value may be of, as bits. Unsupported counts as text: both end the kernel's say."""
ANY = IS_NUMBER | IS_LOGICAL | IS_BLANK | IS_ERROR | IS_TEXT

ARITHMETIC = frozenset({"add", "sub", "mul", "div"})
_LOGICAL_RESULTS = frozenset({"AND", "OR", "XOR"})
_BOOLEAN = frozenset({"cmp", "not", "is"})


class Info(NamedTuple):
    """What is known of a node: the kinds it may be of; ``finished``: its numbers are 0 or normal; ``still``: it does
    not change from line to line; ``grows``: still but for elements of ranges that grow with the lines; ``each``: it
    depends on the element that a loop over a range is at."""

    kinds: int
    finished: bool
    still: bool
    grows: bool
    each: bool


@dataclass(slots=True)
class Nodes:
    """Nodes, each once, and what is known of them."""

    backward: bool
    nodes: list[Node] = field(default_factory=list)
    infos: list[Info] = field(default_factory=list)
    places: dict[Node, int] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Sequence[Node], backward: bool) -> Nodes:
        """The same list once more."""
        made = cls(backward)
        for node in nodes:
            made.add(node)
        return made

    def add(self, node: Node) -> int:
        """The place of a node; it is added where it is new."""
        found = self.places.get(node)
        if found is None:
            found = self.places[node] = len(self.nodes)
            self.nodes.append(node)
            self.infos.append(self._info(node))
        return found

    def _info(self, node: Node) -> Info:
        kind = node[0]
        if kind in _CONSTANT_KINDS:
            return Info(_CONSTANT_KINDS[kind], kind != "num" or _is_finished(float.fromhex(node[1])), True, True, False)
        if kind == "cell":
            return Info(ANY, False, node[4], node[4], False)
        if kind == "el":
            return Info(ANY, False, node[6] and is_fixed(node), not self.backward and grows(node), True)
        children = [self.infos[child] for child in operands(node)]
        still, each = all(child.still for child in children), any(child.each for child in children)
        if kind in ("reduce", "zip"):
            once = still and node[2] == "once"
            return Info(self._reduced(node, children), True, once, once, False)
        kinds, finished = _result(node, children)
        return Info(kinds, finished, still, all(child.grows for child in children), each)

    def _reduced(self, node: Node, children: Sequence[Info]) -> int:
        if node[1] in _LOGICAL_RESULTS:
            return IS_LOGICAL | IS_ERROR | IS_TEXT
        ranges = node[0] == "zip" or any(part[0] != "s" for part in node[3])
        return IS_NUMBER | IS_ERROR | (IS_TEXT if ranges else 0)


_CONSTANT_KINDS = {"num": IS_NUMBER, "bool": IS_LOGICAL, "error": IS_ERROR, "blank": IS_BLANK}


def operands(node: Node) -> tuple[int, ...]:
    """The nodes that a node refers to."""
    kind = node[0]
    if kind in ARITHMETIC or kind in ("power", "iferror", "ifna"):
        return node[1], node[2]
    if kind in ("cmp", "call", "python"):
        return node[2:]
    if kind == "if":
        return node[1:]
    if kind in ("neg", "powi", "not", "finish"):
        return (node[1],)
    if kind == "is":
        return (node[2],)
    if kind == "reduce":
        return tuple(part[-1] for part in node[3])
    return node[4] if kind == "zip" else ()


def is_fixed(element: Node) -> bool:
    """Whether a range is the same on all lines."""
    return all(place[0] == "P" for place in element[2:6])


def grows(element: Node) -> bool:
    """Whether a range begins at a fixed place and ends at one that moves with the lines, row by row."""
    top, bottom, left, right = (place[0] for place in element[2:6])
    if (top, left, right) == ("P", "P", "P"):
        return bool(bottom == "L")
    return (top, left, right) == ("P", "P", "L") and element[2] == element[3]


def _result(node: Node, children: Sequence[Info]) -> tuple[int, bool]:
    kind = node[0]
    if kind in _BOOLEAN:
        return IS_LOGICAL | (0 if kind == "is" else IS_ERROR), True
    if kind == "if":
        chosen = children[1:]
        return chosen[0].kinds | chosen[1].kinds | IS_ERROR, all(child.finished for child in chosen)
    if kind in ("iferror", "ifna"):
        kinds = children[0].kinds | children[1].kinds
        return kinds, all(child.finished for child in children)
    if kind == "finish":
        return children[0].kinds | IS_ERROR, True
    if kind == "neg":
        return IS_NUMBER | IS_ERROR, children[0].finished
    if kind == "python":
        return ANY, True
    return IS_NUMBER | IS_ERROR, True


def _is_finished(number: float) -> bool:
    plain_zero = number == 0.0 and not str(number).startswith("-")
    return plain_zero or SMALLEST_NORMAL <= abs(number) <= LARGEST


class Statement(NamedTuple):
    """A region: where its cell of the current line is, its value, and (where lines differ) its first and last line."""

    sheet: int
    row: Position
    col: Position
    node: int
    lines: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Canonical:
    """A step without its places: ``down`` and ``backward`` as in the plan's Loop, ``once``: it has a single line."""

    nodes: tuple[Node, ...]
    statements: tuple[Statement, ...]
    down: bool
    backward: bool
    once: bool

    def key(self) -> str:
        """What tells this form from all others."""
        shape = (self.down, self.backward, self.once, self.statements, self.nodes)
        return hashlib.sha256(repr(shape).encode()).hexdigest()


TRUE, FALSE = bits(LOGICAL, 1), bits(LOGICAL, 0)
