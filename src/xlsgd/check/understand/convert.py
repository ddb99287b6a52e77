"""Formulas to expressions: a formula's tree as seen from one track, on any line.

What an expression cannot tell (text, look-ups) becomes a leaf ``unknown`` with its text as key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...address import Box
from ...engine.links import Links
from ...errors import FormulaError
from ...formula.nodes import (
    Call,
    Chain,
    Corner,
    Literal,
    NameRef,
    Node,
    Paren,
    Percent,
    Ref,
    Signs,
    Single,
    TableRef,
)
from ...formula.printer import to_text
from ...plan import Program
from ...plan.precedents import places
from .calls import call, items, paired
from .expressions import Expr, Terms
from .view import View

SCALAR, DIRECT, ARRAY = "scalar", "direct", "array"
MAX_STACK = 256
BINARY = frozenset({"+", "-", "*", "/", "^", "=", "<>", "<", ">", "<=", ">="})


@dataclass(slots=True)
class Converter:
    """Makes expressions of one view's programs. Keeps those it has made."""

    view: View
    terms: Terms
    links: Links
    known: dict[tuple[int, int], Expr] = field(default_factory=dict)

    def expression(self, program: Program, track: int, line: int) -> Expr:
        """The expression of a program on a track. ``line``: one on which it stands (for tables)."""
        key = (id(program), track)
        if key not in self.known:
            work = _Work(self, program, track, line)
            tree = program.tree
            self.known[key] = self.terms.node("unknown", key=program.key) if tree is None else work.make(tree, work.top)
        return self.known[key]

    def settled(self, expr: Expr, line: int) -> Expr:
        """An expression with its cells pinned to where they lie as seen from a line."""
        given: dict[Expr, Expr] = {}
        for leaf in self.terms.leaves(expr):
            if leaf.op == "cell":
                sheet, track, offset = leaf.key
                given[leaf] = self.terms.node("fixed", key=(sheet, *self.view.place(line + offset, track)))
        return self.terms.substitute(expr, given)


@dataclass(slots=True)
class _Work:
    """One formula."""

    home: Converter
    program: Program
    track: int
    line: int
    bound: dict[str, Expr] = field(default_factory=dict)
    depth: int = 0

    @property
    def top(self) -> str:
        return ARRAY if self.program.whole else SCALAR

    @property
    def terms(self) -> Terms:
        return self.home.terms

    def make(self, node: Node, context: str) -> Expr:
        """The expression of a node."""
        if isinstance(node, Literal):
            value = node.value
            return self.terms.num(float(value)) if isinstance(value, float | bool) else self.unknown(node)
        if isinstance(node, Paren):
            return self.make(node.inner, context)
        if isinstance(node, Chain):
            return self._chain(node, self._within(context))
        if isinstance(node, Signs):
            inner = self.make(node.operand, self._within(context))
            return self.terms.node("neg", inner) if node.signs.count("-") % 2 else inner
        if isinstance(node, Percent):
            whole = self.make(node.operand, self._within(context))
            return self.terms.node("/", whole, self.terms.num(100.0**node.count))
        if isinstance(node, Ref):
            return self._ref(node, context)
        if isinstance(node, Call):
            return self._call(node, context)
        if isinstance(node, NameRef):
            return self._name(node, context)
        if isinstance(node, TableRef):
            return self._table(node, context)
        if isinstance(node, Single):
            return self.make(node.operand, SCALAR)
        return self.unknown(node)

    def unknown(self, node: Node) -> Expr:
        """A formula that no expression can tell; what it reads in so many words is kept.

        The same look-up by the same cell is the same from any track and any line.
        """
        at = self.home.view.place(1000, self.track)
        text = to_text(node, *at)
        cells: list[Expr] = []
        for place in dict.fromkeys(place for place in places(node) if isinstance(place, Ref) and place is not node):
            found = [cell for cell in items(self._ref(place, DIRECT)) if cell.op in ("cell", "fixed")]
            if len(found) == 1:
                text = re.sub(rf"(?<![\w!$'.]){re.escape(to_text(place, *at))}(?![\w(])", f"#{len(cells)}", text)
            cells += found
        if not cells:
            return self.terms.node("unknown", key=(self.track, text))
        whole = "#" in text and not any(cell.op == "fixed" for cell in cells)
        return self.terms.node("opaque", *cells, key=(0 if whole else self.track, text))

    def _within(self, context: str) -> str:
        return ARRAY if context == ARRAY else self.top

    def _chain(self, node: Chain, context: str) -> Expr:
        whole = self.make(node.operands[0], context)
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            if operator not in BINARY:
                return self.unknown(node)
            whole = paired(self.terms, operator, whole, self.make(operand, context))
        return whole

    # references

    def _corner(self, corner: Corner) -> tuple[bool, int, int]:
        """Whether its line is fixed, the line (or how far it is), the track."""
        view = self.home.view
        line, line_fixed, track, track_fixed = corner.row, corner.row_fixed, corner.col, corner.col_fixed
        if view.across:
            line, line_fixed, track, track_fixed = track, track_fixed, line, line_fixed
        return line_fixed, line, track if track_fixed else self.track + track

    def _ref(self, node: Ref, context: str) -> Expr:
        view = self.home.view
        sheets = self.home.links.span(node.where, view.sheet)
        if sheets is None or len(sheets) != 1 or sheets[0] >= len(view.book.sheets):
            return self.unknown(node)
        sheet = sheets[0]
        if node.shape != "cells":
            return self._whole(node, sheet, context)
        one, two = self._corner(node.first), self._corner(node.last or node.first)
        left, right = sorted((one[2], two[2]))
        if left < 1:
            return self.unknown(node)
        if one[:2] != two[:2]:
            return self._lines(node, sheet, one, two, context)
        cells = [self._cell(sheet, one[0], one[1], track) for track in range(left, min(right, left + MAX_STACK) + 1)]
        if len(cells) == 1:
            return cells[0]
        if context == SCALAR:
            return cells[self.track - left] if left <= self.track <= right else self.unknown(node)
        return self.terms.node("stack", *cells)

    def _cell(self, sheet: int, fixed: bool, line: int, track: int) -> Expr:
        if fixed:
            return self.terms.node("fixed", key=(sheet, *self.home.view.place(line, track)))
        return self.terms.cell(sheet, track, line)

    def _whole(self, node: Ref, sheet: int, context: str) -> Expr:
        """All lines of one track, or what else whole columns and rows can be."""
        view = self.home.view
        track = self._corner(node.first)[2]
        if (node.shape == "rows") == view.across and context == SCALAR:
            return self.terms.cell(sheet, track, 0)
        return self.unknown(node)

    def _lines(
        self, node: Ref, sheet: int, one: tuple[bool, int, int], two: tuple[bool, int, int], context: str
    ) -> Expr:
        """A reference to several lines."""
        left, right = sorted((one[2], two[2]))
        if not (one[0] and two[0]):
            return self.terms.node("span", key=(sheet, left, right, one[1], one[0], two[1], two[0]))
        if context == SCALAR and left == right:
            return self.terms.cell(sheet, left, 0)
        first, last = sorted((one[1], two[1]))
        view = self.home.view
        box = Box(*view.place(first, left), *view.place(last, right))
        return self.terms.node("area", key=(sheet, *box))

    def _name(self, node: NameRef, context: str) -> Expr:
        if node.name.casefold() in self.bound:
            return self.bound[node.name.casefold()]
        links, sheet = self.home.links, self.home.view.sheet
        name = links.name(node.name, node.where, sheet)
        if name is None or self.depth > 16:
            return self.unknown(node)
        try:
            tree = links.tree(name)
        except FormulaError:
            return self.unknown(node)
        self.depth += 1
        found = self.make(tree, context)
        self.depth -= 1
        return found

    def _table(self, node: TableRef, context: str) -> Expr:
        view, links = self.home.view, self.home.links
        known = links.tables.get(node.table.casefold()) if node.table else None
        table = known or links.table_at(view.sheet, *view.place(self.line, self.track))
        names = [name.casefold() for name in (table.columns if table else ())]
        if table is None or node.first is None or node.first.casefold() not in names or view.across:
            return self.unknown(node)
        left = table.box.left + names.index(node.first.casefold())
        last = node.last or node.first
        right = table.box.left + names.index(last.casefold()) if last.casefold() in names else left
        if "this row" in node.items:
            cells = [self.terms.cell(table.sheet, col, 0) for col in range(left, right + 1)]
            return cells[0] if len(cells) == 1 else self.terms.node("stack", *cells)
        if node.items - {"data"}:
            return self.unknown(node)
        if context == SCALAR and left == right:
            return self.terms.cell(table.sheet, left, 0)
        top, bottom = table.box.top + table.header_rows, table.box.bottom - table.totals_rows
        return self.terms.node("area", key=(table.sheet, top, left, bottom, right))

    # calls

    def _call(self, node: Call, context: str) -> Expr:
        return call(self, node, context)
