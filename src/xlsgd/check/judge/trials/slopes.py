"""The true derivative of a step's own error by each weight, and what difference quotients of it give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ....formula.nodes import Literal, Node, Ref
from ...understand.expressions import Array, Expr, evaluate, walk
from ..ground.trees import nodes
from .trial import Draw, Stage, Weight

SHIFT = 1e-3
MAX_AREA = 2000
QUOTIENTS = ("exact", "forward", "backward", "central")


@dataclass
class Slopes:
    """Derivatives of the error column, or of the squared residual where there is none.

    error: the track of the error. Where no column holds it, ``told`` is it: a loss that the derivatives speak for, or
    the squared residual that understanding read in the updates; else pair: prediction and target.
    """

    stage: Stage
    error: int | None = None
    pair: tuple[int, int] | None = None
    factor: float = 1.0
    told: Expr | None = None
    _known: dict[tuple[int, int, str, float], float] = field(default_factory=dict)
    _slacks: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(cls, stage: Stage) -> Slopes | None:
        """None where nothing is descended that has columns of its own."""
        block = stage.block
        errors, predictions, targets = block.having("error"), block.having("prediction"), block.having("target")
        for error in errors:
            slopes = cls(stage, error.col)
            if any(slopes.slope(weight, 0) or slopes.slope(weight, 1) for weight in stage.weights):
                return slopes
        roles = block.details.roles if block.details is not None else None
        if roles is not None and roles.shared:
            return None  # of what, nobody says
        if roles is not None and roles.assumed is not None and _tellable(stage, roles.assumed):
            return cls(stage, told=roles.assumed)._if_known()
        if len(predictions) == 1 and len(targets) == 1:
            return cls(stage, None, (predictions[0].col, targets[0].col), 1.0)
        squares = roles.model.loss if roles is not None and not predictions else None
        return cls(stage, told=squares)._if_known() if squares is not None and _tellable(stage, squares) else None

    def _if_known(self) -> Slopes | None:
        """Itself where it gives slopes at all."""
        numbers = range(min(3, len(self.stage.draws)))
        known = any(math.isfinite(self.slope(weight, number)) for weight in self.stage.weights for number in numbers)
        return self if known else None

    def forget(self) -> None:
        """Work all out anew: the factor is another one."""
        self._known.clear()
        self._slacks.clear()

    def loss(self, draw: Draw, also: Mapping[tuple[int, int, int], float], trees: Mapping[int, Node]) -> float:
        """The error in a trial with some weights moved."""
        if self.error is not None:
            return self.stage.values([(self.error, 0)], draw, trees, also)[0]
        if self.told is not None:
            return self.factor * self._from_told(self.told, draw, also, trees)
        assert self.pair is not None
        one, two = self.stage.values([(self.pair[0], 0), (self.pair[1], 0)], draw, trees, also)
        return self.factor * (one - two) ** 2

    def _from_told(
        self, told: Expr, draw: Draw, also: Mapping[tuple[int, int, int], float], trees: Mapping[int, Node]
    ) -> float:
        stage = self.stage
        leaves = stage.block.details.roles.dynamics.terms.leaves(told) if stage.block.details else ()
        cells = [one for one in leaves if one.op == "cell" and one.key[0] == stage.block.sheet]
        values = stage.values([one.key[1:] for one in cells], draw, trees, also)
        own = dict(zip(cells, values, strict=True))

        def leaf(one: Expr) -> Array:
            if one in own:
                return np.full((1, 1), own[one])
            return np.array([[_number(stage.desk.at(place)) for place in _places(stage, one, draw)]])

        return float(evaluate([told], leaf)[0][0, 0])

    def slope(
        self, weight: Weight, number: int, way: str = "exact", h: float = 0.0, trees: Mapping[int, Node] | None = None
    ) -> float:
        """The derivative by a weight in the draw of that number; ``way``: a difference quotient with step h instead."""
        key = (weight.old[0], number, way, h)
        if trees:
            return self._slope(weight, number, way, h, trees)
        if key not in self._known:
            self._known[key] = self._slope(weight, number, way, h, {})
        return self._known[key]

    def _slope(self, weight: Weight, number: int, way: str, h: float, trees: Mapping[int, Node]) -> float:
        draw = self.stage.draws[number]
        place = self.stage.place(draw.line + weight.old[1], weight.old[0])
        at = draw.fixed[place]
        assert isinstance(at, float)

        def moved(by: float) -> float:
            return self.loss(draw, {place: at + by}, trees)

        if way == "forward":
            return (moved(h) - moved(0.0)) / h
        if way == "backward":
            return (moved(0.0) - moved(-h)) / h
        if way == "central":
            return (moved(h) - moved(-h)) / (2 * h)
        up = moved(SHIFT)
        if not math.isfinite(up):
            return math.nan
        one = (up - moved(-SHIFT)) / (2 * SHIFT)
        two = (moved(SHIFT / 2) - moved(-SHIFT / 2)) / SHIFT
        better = (4 * two - one) / 3
        return better if abs(one - two) <= 1e-3 * max(abs(one), abs(two), 1e-9) else math.nan

    def rough(self, weight: Weight, number: int, trees: Mapping[int, Node]) -> float:
        """The derivative with formulas tried, from two errors only, off by a thousandth.

        nan near a kink, where only more errors tell; infinite where there is no number.
        """
        if not math.isfinite(self.slope(weight, number)):
            return math.nan
        draw = self.stage.draws[number]
        place = self.stage.place(draw.line + weight.old[1], weight.old[0])
        at = draw.fixed[place]
        assert isinstance(at, float)
        up = self.loss(draw, {place: at + SHIFT}, trees)
        if not math.isfinite(up):
            return math.inf
        return (up - self.loss(draw, {place: at - SHIFT}, trees)) / (2 * SHIFT)

    def slack(self, number: int) -> float:
        """How far rounding lets a slope be off."""
        if number not in self._slacks:
            size = abs(self.loss(self.stage.draws[number], {}, {}))
            self._slacks[number] = 2e-11 * size / SHIFT if math.isfinite(size) else 0.0
        return self._slacks[number]


def _places(stage: Stage, leaf: Expr, draw: Draw) -> list[tuple[int, int, int]]:
    """The cells that a leaf stands for on a line of a trial."""
    if leaf.op == "area":
        sheet, top, left, bottom, right = leaf.key
        return [(sheet, row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]
    if leaf.op == "fixed":
        return [leaf.key]
    sheet, track, offset = leaf.key
    return [(sheet, *stage.place(draw.line + offset, track)[1:])]


def _number(value: object) -> float:
    return float(value) if isinstance(value, float | bool) else math.nan


def _tellable(stage: Stage, loss: Expr) -> bool:
    """Whether a loss reads nothing but cells, and not too many."""
    leaves = stage.block.details.roles.dynamics.terms.leaves(loss) if stage.block.details else ()
    areas = [leaf.key for leaf in leaves if leaf.op == "area"]
    size = sum((bottom - top + 1) * (right - left + 1) for _, top, left, bottom, right in areas)
    known = all(leaf.op in ("cell", "fixed", "area") for leaf in leaves)
    return known and size <= MAX_AREA and not any(node.op == "opaque" for node in walk(loss))


def steps_of(stage: Stage, track: int) -> list[float]:
    """The numbers that may be the step of a difference quotient in a track's formula and in those that it reads."""
    found = set()
    setting = stage.block.settings.get("h")
    if setting is not None and setting.value:
        found.add(setting.value)
    for other in stage.above(track):
        program = stage.column(other).program
        for node in nodes(program.tree) if program is not None and program.tree is not None else ():
            if isinstance(node, Literal) and type(node.value) is float:
                found |= {node.value, node.value / 2}
            if isinstance(node, Ref) and node.last is None and node.first.row_fixed and node.first.col_fixed:
                sheets = stage.desk.cells.links.span(node.where, stage.block.sheet)
                value = stage.desk.number((sheets[0], node.first.row, node.first.col)) if sheets else None
                found |= {value} if value else set()
    return sorted(h for h in found if 0 < h <= 0.3)
