"""Long loops without their odd ends: where all regions of a loop are active, no line needs to ask which ones are.

The first row of a training sheet often has other formulas in some columns. Such a loop becomes three steps: the lines
before, the long stretch on which all its regions are active, and the lines behind.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..address import Box
from .regions import Region
from .steps import Step

SHORT = 64
"""Lines of a stretch that is not worth a step of its own."""
MOST_ODD = 8
"""The lines around the stretch are at most one in so many of its own."""

Span = tuple[int, int]


def stretches(step: Step) -> Iterator[Step]:
    """A step, or the steps that its lines make one after the other."""
    loop = step.loop
    if loop is None or len(step.regions) == 1:
        yield step
        return
    spans = [_lines(region, loop.down) for region in step.regions]
    whole = min(first for first, _ in spans), max(last for _, last in spans)
    common = max(first for first, _ in spans), min(last for _, last in spans)
    length = common[1] - common[0] + 1
    odd = whole[1] - whole[0] + 1 - length
    if odd == 0 or length < SHORT or odd * MOST_ODD > length:
        yield step
        return
    parts = [(whole[0], common[0] - 1), common, (common[1] + 1, whole[1])]
    for part in reversed(parts) if loop.backward else parts:
        regions = tuple(piece for region in step.regions if (piece := _cut(region, part, loop.down)) is not None)
        if regions:
            yield Step(regions, loop)


def _lines(region: Region, down: bool) -> Span:
    top, left, bottom, right = region.box
    return (top, bottom) if down else (left, right)


def _cut(region: Region, part: Span, down: bool) -> Region | None:
    """A region's cells on some lines."""
    top, left, bottom, right = region.box
    stretch = Box(part[0], left, part[1], right) if down else Box(top, part[0], bottom, part[1])
    box = region.box.meet(stretch)
    return None if box is None else Region(region.program, box)
