"""Values to try expressions on: random weights, states and data; settings and flags as the workbook has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np

from .expressions import Array, Expr, evaluate
from .view import View

Known: TypeAlias = tuple[dict[int, Array], dict[Expr, Array], dict[tuple[int, int, bytes], Array]]
Cells: TypeAlias = frozenset[tuple[int, int]]
Shared: TypeAlias = dict[tuple[Cells, Cells], Known]

T = TypeVar("T")

SAMPLES = 24
MANY = 4000


@dataclass(slots=True)
class Samples:
    """Gives each leaf a column of values, always the same.

    lines: of the block, from which data are taken. loose: tracks of data whose values are drawn instead (numbers
    that no condition depends on). drawn: tracks that are always drawn, above 0. shared: what several samples of one
    graph of expressions know, by what they draw. facts: what else they know together, of values and of the view.
    """

    view: View
    lines: list[int]
    loose: set[tuple[int, int]] = field(default_factory=set)
    drawn: set[tuple[int, int]] = field(default_factory=set)
    seed: int = 1
    memo: dict[int, Array] = field(default_factory=dict)
    leaves: dict[Expr, Array] = field(default_factory=dict)
    shifted: dict[tuple[int, int, bytes], Array] = field(default_factory=dict)
    shared: Shared | None = None
    facts: dict[object, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, view: View, first: int, last: int, seed: int = 1) -> Samples:
        count = min(SAMPLES, last - first + 1)
        lines = sorted({first + round(at) for at in np.linspace(0, last - first, count)})
        while len(lines) < SAMPLES:
            lines = lines + lines[: SAMPLES - len(lines)]
        return cls(view, lines, seed=seed)

    def on_all_lines(self, first: int, last: int) -> Samples:
        """The same on (nearly) all lines of a block."""
        count = min(MANY, last - first + 1)
        lines = sorted({first + round(at) for at in np.linspace(0, last - first, count)})
        return replace(self, lines=lines, memo={}, leaves={}, shifted={}, shared=None, facts={})

    def loosen(self, cell: tuple[int, int]) -> None:
        """Draws the numbers of a track from now on, of both signs."""
        if cell not in self.loose or cell in self.drawn:
            self.loose.add(cell)
            self.drawn.discard(cell)
            self._forget()

    def drawing(self, drawn: set[tuple[int, int]]) -> Samples:
        """The same with other tracks drawn, and with the numbers that are known of such samples."""
        other = replace(self, drawn=drawn, loose=set(self.loose), memo={}, leaves={}, shifted={})
        other._forget()
        return other

    def _forget(self) -> None:
        if self.shared is None:
            self.memo, self.leaves, self.shifted = {}, {}, {}
        else:
            key = frozenset(self.drawn), frozenset(self.loose)
            self.memo, self.leaves, self.shifted = self.shared.setdefault(key, ({}, {}, {}))

    def recall(self, function: Callable[..., T], *arrays: Array) -> T:
        """What a function of values gives, worked out once where several samples share what they know."""
        if self.shared is None:
            return function(*arrays)
        key = (function, *map(id, arrays))
        found = self.facts.get(key)
        if found is None:
            found = self.facts[key] = (function(*arrays), arrays)  # the arrays stay, and so their ids
        return found[0]

    def value(self, expr: Expr, given: Mapping[Expr, Array] | None = None) -> Array:
        """The values of an expression; ``given`` overrules nodes. What was calculated without is remembered."""
        if given:
            return evaluate([expr], self, given)[0]
        found = self.memo.get(expr.id)
        return evaluate([expr], self, known=self.memo)[0] if found is None else found

    def moved(self, expr: Expr, leaf: Expr, by: Array) -> Array:
        """The values of an expression with one of its leaves moved."""
        key = (expr.id, leaf.id, by.tobytes())
        found = self.shifted.get(key)
        if found is None:
            found = self.shifted[key] = self.value(expr, {leaf: self(leaf) + by})
        return found

    def __call__(self, leaf: Expr) -> Array:
        """The values of a leaf, one a sample."""
        found = self.leaves.get(leaf)
        if found is None:
            found = self.leaves[leaf] = self._value(leaf)
        return found

    def _value(self, leaf: Expr) -> Array:
        if leaf.op == "cell":
            return self._cell(leaf)
        if leaf.op == "fixed":
            value = self._stored(leaf.key)
            return np.full((1, 1), value) if value is not None else self.draw(leaf)[:1]
        if leaf.op == "area":
            return self._area(leaf)
        if leaf.op == "line":
            return np.array(self.lines, dtype=np.float64).reshape(-1, 1)
        return self.draw(leaf)[:1] if leaf.op == "unknown" else self.draw(leaf)

    def draw(self, leaf: Expr) -> Array:
        """Random numbers between 0.4 and 1.7, of the leaf's own."""
        text = sum((place + 1) * ord(letter) for place, letter in enumerate(f"{leaf.op}{leaf.key}"))
        rng = np.random.default_rng([self.seed, text])
        return rng.uniform(0.4, 1.7, (len(self.lines), 1))

    def _cell(self, leaf: Expr) -> Array:
        sheet, track, offset = leaf.key
        if (sheet, track) in self.drawn:
            return self.draw(leaf)
        found = [self.view.value(line + offset, track, sheet) for line in self.lines]
        numbers = [value for value in found if isinstance(value, float | bool)]
        if len(numbers) < len(found) or (sheet, track) in self.loose:
            rand = self.draw(leaf)
            if (sheet, track) in self.loose or not numbers:
                return rand * 2.0 - 2.0
            return np.array([float(v) if isinstance(v, float | bool) else float(numbers[0]) for v in found]).reshape(
                -1, 1
            )
        return np.array(numbers, dtype=np.float64).reshape(-1, 1)

    def _stored(self, place: tuple[int, int, int]) -> float | None:
        value = self.view.stored(place)
        return float(value) if isinstance(value, float | bool) else None

    def _area(self, leaf: Expr) -> Array:
        sheet, top, left, bottom, right = leaf.key
        if (bottom - top + 1) * (right - left + 1) > 100_000:
            return self.draw(leaf)
        found = [self._stored((sheet, row, col)) for row in range(top, bottom + 1) for col in range(left, right + 1)]
        return np.array([[0.0 if value is None else value for value in found]])
