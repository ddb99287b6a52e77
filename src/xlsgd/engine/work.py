"""How much a compiled step would do: the elements of all ranges that it goes through, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..address import MAX_COL, MAX_ROW
from ..formula.nodes import Call, Node, Ref, children
from ..plan import Region, Step
from ..plan.reads import reference_ends
from .kernels.accumulators import REDUCERS

Used = Callable[[int], tuple[int, int]]
"""The last used row and column of a sheet."""


def work(step: Step, used: Used) -> int:
    """The elements that a step's ranges have on all its lines together, at most.

    What a reduction goes through once (a fixed range) or adds to (a range that grows) counts once.
    """
    return sum(_size(node, once, region, used) for region in step.regions for node, once in _ranges(region))


def _ranges(region: Region) -> Iterator[tuple[Ref, bool]]:
    """The ranges of a formula, and whether each is what a reduction is made of."""
    stack: list[tuple[Node, bool]] = [] if region.program.tree is None else [(region.program.tree, False)]
    while stack:
        node, once = stack.pop()
        if isinstance(node, Ref) and (node.last is not None or node.shape != "cells"):
            yield node, once
        reduced = isinstance(node, Call) and node.name in REDUCERS
        stack.extend((child, reduced) for child in children(node))


def _size(node: Ref, once: bool, region: Region, used: Used) -> int:
    rows, cols = reference_ends(node)
    box = region.box
    bottom, right = used(region.program.sheet) if node.where is None else (MAX_ROW, MAX_COL)
    largest = 0
    for row, col in {(box.top, box.left), (box.bottom, box.right)}:
        top, end = rows.reach(row, row, MAX_ROW)
        left, last = cols.reach(col, col, MAX_COL)
        largest = max(largest, max(0, min(end, bottom) - top + 1) * max(0, min(last, right) - left + 1))
    stands = rows.first_fixed if box.height > 1 else cols.first_fixed
    return largest if once and stands else largest * region.size
