"""Tables of one training that go on in each other: below, beside, or on another sheet, an epoch each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ....formula.nodes import Node, Ref, Where
from ...findings import Place
from ..ground.case import Case
from ..ground.trees import paths, put

LEAST = 3
"""Tracks with one formula that make two tables of one kind."""


@dataclass(slots=True)
class Leg:
    """One table: its tracks' formulas, from line first to last. roles: where it was understood; title: its sheet."""

    sheet: int
    across: bool
    first: int
    last: int
    trees: dict[int, Node]
    roles: dict[int, str] = field(default_factory=dict)
    title: str = ""

    def place(self, line: int, track: int) -> Place:
        """The cell on a line and a track."""
        return (self.sheet, track, line) if self.across else (self.sheet, line, track)

    def told(self, tree: Node) -> Node:
        """A formula with its sheet's name before every fixed cell: so it reads the same on other sheets."""
        for path, node in list(paths(tree)):
            if isinstance(node, Ref) and node.where is None and node.first.row_fixed and node.first.col_fixed:
                tree = put(tree, path, replace(node, where=Where(self.title)))
        return tree

    def has(self, place: Place) -> bool:
        """Whether a cell is one of the table's."""
        line, track = (place[2], place[1]) if self.across else place[1:]
        return place[0] == self.sheet and self.first <= line <= self.last and track in self.trees


@dataclass(frozen=True, slots=True)
class Pair:
    """A table and the one before it; track ``t`` there is track ``t + shift`` here."""

    before: Leg
    leg: Leg
    shift: int

    @property
    def tracks(self) -> list[int]:
        """The tracks of the later table whose formula the earlier one has too."""
        here, there = self.leg, self.before
        found = []
        for track, tree in sorted(here.trees.items()):
            other = there.trees.get(track - self.shift)
            if other is not None and (other == tree or there.told(other) == here.told(tree)):
                found.append(track)
        return found


def legs(case: Case) -> list[Leg]:
    """The tables that were understood, then all others."""
    found = [
        Leg(
            block.sheet,
            block.across,
            block.first,
            block.last,
            {one.col: one.program.tree for one in block.columns.values() if one.program and one.program.tree},
            block.roles,
            case.desk.book.sheets[block.sheet].name,
        )
        for block in case.blocks
    ]
    known = len(found)
    for table in case.tables:
        trees = {fill.line: fill.program.tree for fill in table.fills if fill.program.tree is not None}
        title = case.desk.book.sheets[table.sheet].name
        leg = Leg(table.sheet, table.across, table.first, table.last, trees, {}, title)
        if not any(_meet(leg, other) for other in found[:known]):
            found.append(leg)
    return [leg for leg in found if len(leg.trees) >= LEAST]


def _meet(one: Leg, two: Leg) -> bool:
    same = (one.sheet, one.across) == (two.sheet, two.across)
    return same and one.first <= two.last and two.first <= one.last and bool(one.trees.keys() & two.trees.keys())


def pairs(found: list[Leg]) -> Iterator[Pair]:
    """Each table with the nearest one before it that is made alike: above, to its left, or on an earlier sheet."""
    for leg in found:
        known = [pair for other in found for pair in _pair(other, leg)]
        if known:
            yield max(known, key=lambda pair: (pair.before.sheet, not pair.shift, pair.before.last, -pair.shift))


def _shift(one: Leg, two: Leg) -> int:
    """How many tracks further on most formulas of one table stand in another."""
    same = Counter(b - a for a, tree in one.trees.items() for b, other in two.trees.items() if tree == other)
    return same.most_common(1)[0][0] if same else 0


def _pair(other: Leg, leg: Leg) -> Iterator[Pair]:
    if other is leg or other.across != leg.across:
        return
    if other.sheet == leg.sheet and (other.first, other.last) == (leg.first, leg.last):
        pair = Pair(other, leg, _shift(other, leg))
        fits = pair.shift > 0 and not other.trees.keys() & leg.trees.keys()
    else:
        pair = Pair(other, leg, 0)
        fits = other.last < leg.first if other.sheet == leg.sheet else other.sheet < leg.sheet
    most = max(len(other.trees), len(leg.trees))
    if fits and len(pair.tracks) >= LEAST and 5 * len(pair.tracks) >= 3 * most:
        yield pair
