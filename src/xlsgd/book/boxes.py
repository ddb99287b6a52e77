"""Which cells lie in the boxes of array formulas: a file may have very many of them, each as large as the grid."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sized
from typing import Protocol

from ..address import Box, box_name
from ..errors import LimitError
from .book import Cell

MAX_WORK = 20_000_000  # cells looked at for all boxes of a sheet together


class Cells(Sized, Iterable[Cell], Container[Cell], Protocol):
    """A set or a mapping of cells."""


def cells_in(boxes: Iterable[Box], cells: Cells, others: Sized = ()) -> Iterator[tuple[Box, list[Cell]]]:
    """Of each box the cells that it has. ``cells`` may lose some between two boxes.

    others: what the caller looks at as well, box by box. Raises LimitError where all that is too much.
    """
    work = 0
    for box in boxes:
        area = box.height * box.width
        work += min(area, len(cells) + len(others))
        if work > MAX_WORK:
            raise LimitError("has too many large array formulas that overlap: remove some", cell=box_name(box))
        if area > len(cells):
            yield box, [key for key in cells if box.has(*key)]
        else:
            rows, cols = range(box.top, box.bottom + 1), range(box.left, box.right + 1)
            yield box, [key for row in rows for col in cols if (key := (row, col)) in cells]
