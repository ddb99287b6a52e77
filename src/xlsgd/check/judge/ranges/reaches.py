"""The ranges that formulas take, and which of them begin or end together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ....address import Box, box_name
from ....formula.nodes import Node, Ref
from ...findings import Place
from ..ground.trees import Path, nodes


@dataclass(frozen=True)
class Reach:
    """A range in a formula cell: where it stands in the formula and the box that it means.

    across: the range lies; ``box`` is then turned, its rows are columns.
    """

    place: Place
    tree: Node
    path: Path
    ref: Ref
    sheet: int
    box: Box
    across: bool = False

    def named(self, top: int, bottom: int) -> str:
        """The A1 name of the range, with other ends."""
        box = self.box._replace(top=top, bottom=bottom)
        return box_name(turned(box) if self.across else box)

    @cached_property
    def tree_text(self) -> str:
        """The shape of the formula around the range."""
        return "".join(type(node).__name__ + getattr(node, "name", "") for node in nodes(self.tree))


def turned(box: Box) -> Box:
    """A box with rows for columns."""
    return Box(box.left, box.top, box.right, box.bottom)


Part = tuple[int, int]
"""The first and the last row of a range."""


class Reaches:
    """Ranges by where they begin, by the rows that they take, and by the formula that they stand in."""

    def __init__(self, every: Iterable[Reach]) -> None:
        self.every: Sequence[Reach] = list(every)
        self._of: dict[Place, list[Reach]] = defaultdict(list)
        self._lefts: dict[tuple[int, int], set[int]] = defaultdict(set)
        self._trees: dict[tuple[int, int, int], set[Node]] = defaultdict(set)
        self._parts: dict[tuple[int, int, str], set[Part]] = defaultdict(set)
        self._shared: dict[tuple[object, Part], dict[Part, Part]] = {}
        for one in self.every:
            self._of[one.place].append(one)
            self._lefts[one.sheet, one.box.top].add(one.box.left)
            self._trees[one.sheet, one.box.top, one.box.bottom].add(one.tree)
            if one.box.width == 1 and one.box.height > 2:
                self._parts[one.sheet, one.box.left, one.tree_text].add((one.box.top, one.box.bottom))

    def of(self, place: Place) -> list[Reach]:
        """The ranges in a cell's formula."""
        return self._of.get(place, [])

    def columns_from(self, reach: Reach) -> int:
        """In how many columns ranges begin in the row of one of them."""
        return len(self._lefts[reach.sheet, reach.box.top])

    def formulas_over(self, reach: Reach) -> int:
        """How many different formulas take the rows of a range."""
        return len(self._trees[reach.sheet, reach.box.top, reach.box.bottom])

    def shared_out(self, reach: Reach, whole: Part) -> dict[Part, Part]:
        """How formulas of one kind share rows out among them: what each takes, and what belongs to it.

        Nothing where they don't.
        """
        key = (reach.sheet, reach.box.left, reach.tree_text)
        if (key, whole) not in self._shared:
            self._shared[key, whole] = _in_order(self._parts[key], whole)
        return self._shared[key, whole]


def _in_order(mates: set[Part], whole: Part) -> dict[Part, Part]:
    fellows = sorted(part for part in mates if whole[0] <= part[0] and part[1] <= whole[1])
    heights = Counter(bottom - top + 1 for top, bottom in fellows)
    if len(fellows) < 2:
        return {}
    height = max(heights, key=lambda one: (heights[one], one))
    if height * len(fellows) != whole[1] - whole[0] + 1:
        return {}
    return {own: (whole[0] + at * height, whole[0] + (at + 1) * height - 1) for at, own in enumerate(fellows)}
