"""Settings down to what was typed: cells outside the block, expanded through their own formulas."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...engine.links import Links
from .convert import Converter
from .expressions import Expr, Terms
from .view import View

DEPTH = 12


@dataclass(slots=True)
class Roots:
    """Expands fixed cells that hold formulas. ``keep``: lines of the view whose cells are left as they are."""

    view: View
    terms: Terms
    links: Links
    keep: tuple[int, int] = (0, -1)
    converters: dict[int, Converter] = field(default_factory=dict)

    def expand(self, expr: Expr) -> Expr:
        """The expression with typed cells only, as far as formulas can be followed."""
        for _ in range(DEPTH):
            given = {leaf: below for leaf in self.terms.leaves(expr) if (below := self._below(leaf)) is not None}
            if not given:
                break
            expr = self.terms.substitute(expr, given)
        return expr

    def _below(self, leaf: Expr) -> Expr | None:
        if leaf.op != "fixed":
            return None
        sheet, row, col = leaf.key
        program = self.view.plan.programs[sheet].get((row, col))
        if program is None or program.tree is None:
            return None
        line, track = self.view.turned(row, col)
        if sheet == self.view.sheet and self.keep[0] <= line <= self.keep[1]:
            return None
        if sheet not in self.converters:
            seen = (
                self.view if sheet == self.view.sheet else View(self.view.book, self.view.plan, sheet, self.view.across)
            )
            self.converters[sheet] = Converter(seen, self.terms, self.links)
        convert = self.converters[sheet]
        found = convert.settled(convert.expression(program, track, line), line)
        unclear = any(one.op in ("span", "unknown", "area", "line") for one in self.terms.leaves(found))
        return None if unclear or found is leaf else found
