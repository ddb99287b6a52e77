"""One training step on drawn weights and states: what each column of the step's row gives then.

Formulas are the workbook's own, evaluated by the scalar engine; any of them can be tried in another form.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from ....address import Box, box_name
from ....formula.nodes import Node
from ....values import VALUE, Array, Scalar
from ...findings import Place
from ...understand.base import Block, Column
from ..ground.desk import Desk
from ..ground.trees import refs
from ..ground.whatif import WhatIf

TRIES = 8
MAX_TRACED = 200
NO_TREES: Mapping[int, Node] = MappingProxyType({})
MAX_WORK, MAX_ALL, LEAST_WORK = 6_000, 9_000, 1_000
"""How many formulas are evaluated in the search for one change (a quarter of a second), and in all of a block.

LEAST_WORK: which every search has, whatever those before it took.
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight of a block. old, new: track and offset (from the step's line) of the cell before and after the step."""

    name: str
    old: tuple[int, int]
    new: tuple[int, int]
    taken: int | None
    inline: bool


@dataclass(frozen=True, slots=True)
class State:
    """What the optimizer carries: track, offset of the old value, the weights that it serves."""

    track: int
    old: int


class Trial(WhatIf):
    """A what-if on the line of one step that notes on which tracks each value hangs.

    trees: formulas tried in the place of a track's own.
    """

    def __init__(
        self, stage: Stage, line: int, fixed: Mapping[Place, Scalar], trees: Mapping[int, Node] = NO_TREES
    ) -> None:
        super().__init__(stage.desk, 0, "as is", None, fixed)
        self.stage, self.line, self.trees = stage, line, trees
        self.hangs: dict[Place, frozenset[int]] = {}
        self._open: list[set[int]] = []

    def value(self, sheet: int, row: int, col: int) -> Scalar:
        place = (sheet, row, col)
        if place in self.found:
            if self._open and place in self.hangs:
                self._open[-1] |= self.hangs[place]
            return self.found[place]
        self._open.append({self.stage.turned(place)[1]} if sheet == self.stage.block.sheet else set())
        try:
            value = self.found[place] = self._make(place)
        finally:
            self.hangs[place] = frozenset(self._open.pop())
            if self._open:
                self._open[-1] |= self.hangs[place]
        return value

    def _make(self, place: Place) -> Scalar:
        stage = self.stage
        line, track = stage.turned(place)
        column = stage.block.columns.get(track)
        inside = place[0] == stage.block.sheet and column is not None and 0 <= line - self.line <= 1
        program = self.desk.program(place)
        if not inside or column is None or program is None or self._depth > 200:
            return self._given(place, self.desk.cells.value(*place))
        tree = self.trees.get(track) or (column.program.tree if column.program is not None else program.tree)
        if tree is None:
            return None
        self._depth += 1
        stage.work += 1
        whole = column.program.whole if column.program is not None else program.whole
        result = self.desk.evaluate(tree, place, whole, self)
        self._depth -= 1
        if isinstance(result, Array):
            return result.rows[0][0]
        return result if not isinstance(result, tuple) else None


class Changed(Trial):
    """A trial with other formulas on some tracks; what does not hang on these is as in the trial ``base``.

    A formula that comes back to its own cell has no value.
    """

    def __init__(self, base: Trial, trees: Mapping[int, Node]) -> None:
        super().__init__(base.stage, base.line, {}, trees)
        self.base, self.tracks = base, frozenset(trees)
        self._pending: set[Place] = set()

    def value(self, sheet: int, row: int, col: int) -> Scalar:
        place = (sheet, row, col)
        if place not in self.found:
            value = self.base.value(sheet, row, col)
            if place in self.base.hangs and not self.tracks.isdisjoint(self.base.hangs[place]):
                if place in self._pending:
                    return VALUE
                self._pending.add(place)
                value = self._make(place)
            self.found[place] = value
        return self.found[place]


@dataclass(slots=True)
class Draw:
    """A line and the numbers that weights and states have there."""

    line: int
    fixed: dict[Place, Scalar]


@dataclass
class Stage:
    """A block ready for trials. work: how many formulas were evaluated so far."""

    desk: Desk
    block: Block
    weights: list[Weight] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    families: dict[str, list[int]] = field(default_factory=dict)
    work: int = 0
    _reads: dict[int, set[int]] = field(default_factory=dict)
    _traced: dict[object, Trial] = field(default_factory=dict)
    _behind: dict[int, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, desk: Desk, block: Block) -> Stage | None:
        """The stage of a block; None where it was not understood how its weights go on."""
        if block.details is None:
            return None
        model, roles, stage = block.details.roles.model, block.details.roles, cls(desk, block)
        for track, carried in model.weights.items():
            if track not in block.columns:
                return None
            offset = carried.old.key[2]
            copied = model.dynamics.copied(track)
            apart = carried.column != track and copied is not None
            new = (carried.column, (copied[1] if copied and apart else 0) + offset + 1)
            rule = block.details.rules.get(track)
            inline = rule is not None and rule.inline
            stage.weights.append(
                Weight(block.columns[track].name, (track, offset), new, roles.taken.get(track), inline)
            )
        for track, carried in model.states.items():
            stage.states.append(State(track, carried.old.key[2]))
        return stage

    # places

    def place(self, line: int, track: int) -> Place:
        """The cell on a line and a track of the block."""
        return (self.block.sheet, track, line) if self.block.across else (self.block.sheet, line, track)

    def turned(self, place: Place) -> tuple[int, int]:
        """Line and track of a cell."""
        return (place[2], place[1]) if self.block.across else (place[1], place[2])

    def column(self, track: int) -> Column:
        return self.block.columns[track]

    def run_name(self, track: int, first: int | None = None) -> str:
        """The A1 name of a track's cells."""
        one, two = self.place(first or self.first_of(track), track), self.place(self.last_of(track), track)
        return box_name(Box(one[1], one[2], two[1], two[2]))

    def first_of(self, track: int) -> int:
        """The first line on which a track has its main formula."""
        column, lines = self.column(track), range(self.block.first, self.block.last + 1)
        same = (line for line in lines if self.desk.program(self.place(line, track)) is column.program)
        return next(same, self.block.first)

    def last_of(self, track: int) -> int:
        """The last line on which a track has its main formula."""
        column, lines = self.column(track), range(self.block.last + 1, self.block.first - 1, -1)
        same = (line for line in lines if self.desk.program(self.place(line, track)) is column.program)
        return next(same, self.block.last)

    # trials

    @cached_property
    def draws(self) -> list[Draw]:
        """Lines with drawn weights and states, the same ones every time."""
        rng, found = random.Random(7), []
        lines = range(self.block.first + 1, self.block.last)
        odd = {line for line in range(self.block.first, self.block.last + 2) if self._odd(line)}
        usual = [line for line in lines if not odd & {line - 1, line, line + 1}] or list(lines)
        for number in range(TRIES):
            line = usual[(number * len(usual)) // TRIES] if usual else self.block.first
            fixed: dict[Place, Scalar] = {}
            for weight in self.weights:
                size = rng.uniform(0.4, 1.7) * rng.choice((1, 1, -1))
                fixed[self.place(line + weight.old[1], weight.old[0])] = size
            for state in self.states:
                fixed[self.place(line + state.old, state.track)] = rng.uniform(0.4, 1.7)
            found.append(Draw(line, fixed))
        return found

    def _odd(self, line: int) -> bool:
        return any(line in column.odd or line in column.regular for column in self.block.columns.values())

    def values(
        self,
        wanted: Iterable[tuple[int, int]],
        draw: Draw,
        trees: Mapping[int, Node] | None = None,
        also: Mapping[Place, Scalar] | None = None,
    ) -> list[float]:
        """The values of cells (track, offset) in a trial; nan where one is no number."""
        trial = self._as_is(draw.line, {**draw.fixed, **(also or {})})
        if trees:
            trial = Changed(trial, trees)
        found = []
        for track, offset in wanted:
            value = trial.value(*self.place(draw.line + offset, track))
            found.append(value if type(value) is float else float(value) if isinstance(value, bool) else math.nan)
        return found

    def _as_is(self, line: int, fixed: Mapping[Place, Scalar]) -> Trial:
        """The trial with the formulas as they are, from which those with other formulas take what stays."""
        key = (line, tuple(fixed.items()))
        if key not in self._traced:
            if len(self._traced) >= MAX_TRACED:
                self._traced.clear()
            self._traced[key] = Trial(self, line, fixed)
        return self._traced[key]

    @property
    def limit(self) -> int:
        """The work at which a search that begins now ends."""
        return max(self.work + LEAST_WORK, min(self.work + MAX_WORK, MAX_ALL))

    def reads(self, track: int) -> set[int]:
        """The tracks of the block that a track's formula reads, on any line."""
        if track not in self._reads:
            dynamics = self.block.details.roles.dynamics if self.block.details else None
            known = dynamics is not None and track in dynamics.own
            self._reads[track] = set(self.block.columns) & dynamics.reads(track) if dynamics and known else set()
        return self._reads[track]

    def circular(self, track: int, tree: Node) -> bool:
        """Whether a track with this formula would hang on itself within a line."""
        for ref in refs(tree):
            corner = ref.first
            line, fixed, at = (
                (corner.col, corner.col_fixed, corner.row)
                if self.block.across
                else (corner.row, corner.row_fixed, corner.col)
            )
            beside = corner.row_fixed if self.block.across else corner.col_fixed
            own = ref.where is None and ref.last is None and not fixed and line == 0
            if own and (at if beside else track + at) in self.behind(track):
                return True
        return False

    def behind(self, track: int) -> frozenset[int]:
        """The tracks that hang on a track within a line, itself included."""
        if track not in self._behind:
            dynamics = self.block.details.roles.dynamics if self.block.details else None
            own = dynamics.own.items() if dynamics is not None else ()
            reads = {other: {at for at, by in dynamics.cells(expr) if by == 0} for other, expr in own if dynamics}
            found, stack = {track}, [track]
            while stack:
                at = stack.pop()
                more = {other for other, read in reads.items() if at in read and other not in found}
                found |= more
                stack += more
            self._behind[track] = frozenset(found)
        return self._behind[track]

    def above(self, track: int) -> set[int]:
        """All tracks that a track depends on, weights and states not gone through; itself included."""
        stop = {weight.old[0] for weight in self.weights} | {state.track for state in self.states}
        found, stack = {track}, [track]
        while stack:
            at = stack.pop()
            if at in stop and at != track:
                continue
            for other in self.reads(at) - found:
                found.add(other)
                stack.append(other)
        return found


def agree(one: float, two: float, slack: float = 0.0, share: float = 2e-6) -> bool:
    """Whether two numbers of a trial are the same but for rounding."""
    return math.isfinite(one) and math.isfinite(two) and abs(one - two) <= share * max(abs(one), abs(two)) + slack
