"""From syntax trees to the canonical form. What cannot be done exactly as the scalar engine does it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...errors import FormulaError
from ...formula.nodes import (
    Call,
    Chain,
    Literal,
    NameRef,
    Omitted,
    Paren,
    Percent,
    Ref,
    Signs,
    TableRef,
    Where,
)
from ...formula.nodes import (
    Node as Tree,
)
from ...functions.operators import BINARY, negate
from ...plan import Step
from ...values import CellError, Scalar
from ..workspace import MAX_ARRAY
from .answers import Answers
from .canonical import Canonical, Node, Nodes, Statement
from .places import CannotCompile, Places, Range, Shape, lines

MAX_NODES = 2_000
"""Nodes of a step beyond which compiling would take longer than the cells."""

MAX_REGIONS = 500
"""Regions of a step, likewise."""

_DEEPEST = 150  # trees within trees
_OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


class Lowered(NamedTuple):
    """A node and, where its value is an array, the array's range (for its size). ``single``: an array of one value."""

    node: int
    range: Range | None = None
    single: bool = False

    @property
    def shape(self) -> Shape | None:
        return None if self.range is None else self.range.shape


@dataclass(frozen=True, slots=True)
class Scope:
    """``array``: ranges stay whole here; ``sheet``: what names and references without a sheet mean; ``busy`` names."""

    sheet: int
    own: int
    array: bool
    busy: frozenset[str] = frozenset()


@dataclass(slots=True)
class Lowering:
    """The lowering of one step."""

    answers: Answers
    places: Places
    nodes: Nodes
    depth: int = 0

    def statements(self) -> tuple[Statement, ...]:
        """The step's regions, lowered. Raises CannotCompile."""
        places, made = self.places, []
        if len(places.regions) > MAX_REGIONS:
            raise CannotCompile("a loop of very many formulas")
        spans = {lines(region.box, places.down) for region in places.regions}
        for region in places.regions:
            places.region = region
            program = region.program
            if program.tree is None:
                raise CannotCompile("a formula that is not understood")
            if program.kind != "normal":
                raise CannotCompile("an array formula")
            node = self._whole(program.tree, Scope(program.sheet, program.sheet, program.whole))
            row, col = places.target()
            bounds = None
            if len(spans) > 1:
                first, last = lines(region.box, places.down)
                bounds = places.parameter(first, "line"), places.parameter(last, "line")
            made.append(Statement(places.sheet(program.sheet), row, col, node, bounds))
            if len(self.nodes.nodes) > MAX_NODES:
                raise CannotCompile("a loop of very many operations")
        return tuple(made)

    def _whole(self, tree: Tree, scope: Scope) -> int:
        if isinstance(tree, Chain) and tree.operators[-1] in "+-":
            lowered = self._chain(tree, scope, snapped=True)
        else:
            lowered = self.lower(tree, scope)
        if lowered.range is not None and not lowered.single:
            raise CannotCompile("a formula whose result is an array")
        return lowered.node

    # Trees

    def lower(self, tree: Tree, scope: Scope) -> Lowered:
        """The value of a tree."""
        rule = _RULES.get(type(tree))
        if rule is None:
            raise CannotCompile(f"the kind of formula {type(tree).__name__}")
        if self.depth > _DEEPEST:
            raise CannotCompile("a formula of very many brackets")
        self.depth += 1
        lowered = rule(self, tree, scope)
        self.depth -= 1
        return lowered

    def scalar(self, tree: Tree, scope: Scope) -> int:
        """The value of a tree that must be a single value."""
        lowered = self.lower(tree, scope)
        if lowered.range is not None:
            raise CannotCompile("an array where a single value is wanted")
        return lowered.node

    def _literal(self, tree: Literal, scope: Scope) -> Lowered:
        return Lowered(self.constant(tree.value))

    def _omitted(self, tree: Omitted, scope: Scope) -> Lowered:
        return Lowered(self.nodes.add(("blank",)))

    def _paren(self, tree: Paren, scope: Scope) -> Lowered:
        return self.lower(tree.inner, scope)

    def _ref(self, tree: Ref, scope: Scope) -> Lowered:
        sheet = self.sheet_of(tree.where, scope)
        if tree.last is None and tree.shape == "cells":
            return Lowered(self.nodes.add(self.places.cell(sheet, tree.first)))
        found = self.places.range(sheet, tree)
        if tree.shape == "cells" and found.shape.first == found.shape.last == (1, 1):
            return Lowered(self.nodes.add(self.places.cell(sheet, tree.first)))
        if not scope.array:
            raise CannotCompile("an implicit intersection")
        if tree.shape != "cells":
            raise CannotCompile("a whole column as an array")
        self.check_array(found)
        return Lowered(self.nodes.add(found.node), found)

    def _name(self, tree: NameRef, scope: Scope) -> Lowered:
        inner, within = self.name(tree, scope)
        return self.lower(inner, within)

    def _table(self, tree: TableRef, scope: Scope) -> Lowered:
        return self._ref(self.answers.plain(tree, self.places.region), scope)

    def _signs(self, tree: Signs, scope: Scope) -> Lowered:
        one = self.lower(tree.operand, scope)
        for _ in range(_negations(tree.signs)):
            one = one._replace(node=self._negated(one.node))
        return one

    def _percent(self, tree: Percent, scope: Scope) -> Lowered:
        one = self.lower(tree.operand, scope)
        hundred = self.constant(100.0)
        for _ in range(tree.count):
            one = one._replace(node=self._binary("/", one.node, hundred))
        return one

    def _plain_chain(self, tree: Chain, scope: Scope) -> Lowered:
        return self._chain(tree, scope, snapped=False)

    def _call(self, tree: Call, scope: Scope) -> Lowered:
        from .calls import lower_call

        return lower_call(self, tree, scope)

    def _chain(self, tree: Chain, scope: Scope, snapped: bool) -> Lowered:
        result = self.lower(tree.operands[0], scope)
        for place, (operator, operand) in enumerate(zip(tree.operators, tree.operands[1:], strict=True), 1):
            other = self.lower(operand, scope)
            snap = snapped and place == len(tree.operators)
            joined = self.join([result, other])
            result = joined._replace(node=self._binary(operator, result.node, other.node, snap))
        return result

    @staticmethod
    def check_array(area: Range) -> None:
        """The scalar engine has no answer for an array beyond its limit. Raises CannotCompile."""
        if area.shape.size > MAX_ARRAY:
            raise CannotCompile("a very large array")

    def join(self, parts: list[Lowered]) -> Lowered:
        """What several operands are together: single values spread over arrays, which are all of one shape."""
        arrays = [part for part in parts if part.range is not None]
        if len({part.shape for part in arrays}) > 1 or len({part.single for part in arrays}) > 1:
            raise CannotCompile("arrays of different shapes")
        return arrays[0] if arrays else parts[0]

    def _binary(self, operator: str, one: int, two: int, snap: bool = False) -> int:
        known = self.nodes.nodes
        if operator not in BINARY or operator == "&":
            raise CannotCompile("text")
        if known[one][0] in _CONSTANTS and known[two][0] in _CONSTANTS and not snap:
            return self.constant(BINARY[operator](constant_value(known[one]), constant_value(known[two])))
        if operator in _OPERATORS:
            return self.nodes.add((_OPERATORS[operator], one, two, snap))
        if operator == "^":
            return self.power(one, two)
        return self.nodes.add(("cmp", operator, one, two))

    def power(self, one: int, two: int) -> int:
        """A power; a whole exponent that is typed is multiplied out."""
        exponent, base = self.nodes.nodes[two], self.nodes.nodes[one]
        number = float.fromhex(exponent[1]) if exponent[0] == "num" else 0.0
        if number == 2.0:
            return self.nodes.add(("mul", one, one, False))
        if number == int(number) and 0 < number <= 64 and base[0] != "num":
            return self.nodes.add(("powi", one, int(number)))
        return self.nodes.add(("power", one, two))

    def _negated(self, one: int) -> int:
        node = self.nodes.nodes[one]
        if node[0] in _CONSTANTS:
            return self.constant(negate(constant_value(node)))
        return self.nodes.add(("neg", one))

    # What things mean

    def constant(self, value: Scalar) -> int:
        """A constant's node."""
        if isinstance(value, bool):
            return self.nodes.add(("bool", int(value)))
        if isinstance(value, CellError):
            return self.nodes.add(("error", value.number))
        if isinstance(value, float):
            return self.nodes.add(("num", value.hex()))
        if value is None:
            return self.nodes.add(("blank",))
        raise CannotCompile("text")

    def sheet_of(self, where: Where | None, scope: Scope) -> int:
        """The sheet that a reference means."""
        if where is None:
            return scope.own
        if where.book not in (None, "0"):
            raise CannotCompile("another workbook")
        if where.last is not None:
            raise CannotCompile("a reference over several sheets")
        span = self.answers.span(where, scope.sheet)
        if span is None:
            raise CannotCompile("a sheet that does not exist")
        return span[0]

    def name(self, tree: NameRef, scope: Scope) -> tuple[Tree, Scope]:
        """What a defined name stands for, and how it is to be read."""
        if tree.where is not None and tree.where.book not in (None, "0"):
            raise CannotCompile("another workbook")
        name = self.answers.name(tree.name, tree.where, scope.sheet)
        if name is None or name.name.casefold() in scope.busy:
            raise CannotCompile(f"the name {tree.name}")
        try:
            inner = self.answers.links.tree(name)
        except FormulaError:
            raise CannotCompile(f"the name {tree.name}") from None
        sheet = scope.sheet if name.sheet is None else name.sheet
        return inner, Scope(sheet, scope.own, True, scope.busy | {name.name.casefold()})

    def behind(self, tree: Tree, scope: Scope) -> tuple[Tree, Scope]:
        """What stands behind parentheses and names."""
        while isinstance(tree, Paren | NameRef | TableRef):
            if isinstance(tree, Paren):
                tree = tree.inner
            elif isinstance(tree, TableRef):
                return self.answers.plain(tree, self.places.region), scope
            else:
                tree, scope = self.name(tree, scope)
        return tree, scope

    def reference(self, tree: Tree, scope: Scope) -> tuple[Ref, Scope] | None:
        """The reference that a tree is, behind parentheses and names; None where it is something else."""
        found, within = self.behind(tree, scope)
        return (found, within) if isinstance(found, Ref) else None


_CONSTANTS = frozenset({"num", "bool", "error", "blank"})


def constant_value(node: Node) -> Scalar:
    """The value of a constant's node."""
    if node[0] == "num":
        return float.fromhex(node[1])
    if node[0] == "bool":
        return bool(node[1])
    return None if node[0] == "blank" else _ERRORS[node[1]]


_ERRORS = {error.number: error for error in CellError}


def _negations(signs: str) -> int:
    """How often a value is negated: an even number of minus signs still makes it a number."""
    count = signs.count("-")
    return 0 if not count else 1 if count % 2 else 2


_RULES: dict[type[Tree], Callable[[Lowering, Any, Scope], Lowered]] = {
    Literal: Lowering._literal,
    Omitted: Lowering._omitted,
    Paren: Lowering._paren,
    Ref: Lowering._ref,
    NameRef: Lowering._name,
    TableRef: Lowering._table,
    Signs: Lowering._signs,
    Percent: Lowering._percent,
    Chain: Lowering._plain_chain,
    Call: Lowering._call,
}
"""What is done with each kind of tree; others are refused."""


def lower_step(step: Step, answers: Answers) -> tuple[Canonical, Places]:
    """A step's canonical form and where its references lie. Raises CannotCompile."""
    loop = step.loop
    if loop is None:
        raise CannotCompile(step.reason or "no loop")
    places = Places.of(step, loop.down, answers.used)
    nodes = Nodes(loop.backward)
    statements = Lowering(answers, places, nodes).statements()
    return Canonical(tuple(nodes.nodes), statements, loop.down, loop.backward, places.once), places
