"""Which cells of ranges of one shape meet criteria, without looking at the blank cells of whole columns one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...address import MAX_COL, MAX_ROW
from ...values import Area, Scalar
from ..context import Context
from .criteria import Criterion

Offset = tuple[int, int]
_TEST = 4  # steps of a criterion's test besides those of reading


@dataclass(frozen=True, slots=True)
class Selection:
    """Cells of a shape by row and column from 0: the ``chosen`` ones or, where that is None, all but ``others``."""

    height: int
    width: int
    chosen: dict[Offset, None] | None
    others: set[Offset]

    def count(self) -> int:
        """How many cells, blank ones included."""
        if self.chosen is not None:
            return len(self.chosen)
        return self.height * self.width - len(self.others)

    def values(self, area: Area, context: Context) -> Iterator[Scalar]:
        """The values of the selected cells of an area that are not blank, row by row.

        The area may be of any shape: what counts is its first cell, from which the selection's shape is laid.
        """
        bottom, right = min(MAX_ROW, area.top + self.height - 1), min(MAX_COL, area.left + self.width - 1)
        for row, col, value in context.run.cells(Area(area.sheet, area.top, area.left, bottom, right)):
            offset = (row - area.top, col - area.left)
            if offset in self.chosen if self.chosen is not None else offset not in self.others:
                yield value


def select(pairs: Sequence[tuple[Area, Criterion]], context: Context) -> Selection:
    """The cells for which all criteria hold, each in its own area; the areas are of one shape."""
    first = pairs[0][0]
    chosen: dict[Offset, None] | None = None
    others: set[Offset] = set()
    for area, criterion in pairs:
        hits: dict[Offset, None] = {}
        cells = list(context.run.cells(area))
        context.run.meter.charge(_TEST * len(cells))
        for row, col, value in cells:
            offset = (row - area.top, col - area.left)
            if criterion.test(value):
                hits[offset] = None
            else:
                others.add(offset)
        if not criterion.blanks:
            chosen = hits if chosen is None else {offset: None for offset in chosen if offset in hits}
    if chosen is not None:
        chosen = {offset: None for offset in chosen if offset not in others}
    return Selection(first.height, first.width, chosen, others)
