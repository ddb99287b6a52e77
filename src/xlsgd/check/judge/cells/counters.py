"""Step counters that are typed: a number that is repeated, left out or another, where formulas count on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ....formula.nodes import Chain, Node, Ref
from ...findings import Finding
from ...understand.base import Block
from ..ground.case import Case, place_name, said
from ..ground.trees import bare, box_at, nodes

LEAST = 6


def counters(case: Case) -> Iterator[Finding]:
    """One finding a counter."""
    for block in case.blocks:
        for track, column in block.columns.items():
            read = column.role == "step" and case.alone(_place(block, block.last - 1, track))
            if column.program is None and (read or raised(block, track)):
                yield from _of_track(case, block, track)


def _of_track(case: Case, block: Block, track: int) -> Iterator[Finding]:
    places = [_place(block, line, track) for line in range(block.first, block.last + 1)]
    typed = [case.desk.number(place) if case.desk.program(place) is None else None for place in places]
    numbers = [one for one in typed if one is not None and one.is_integer()]
    if len(numbers) < max(LEAST, len(places)):
        return
    steps = [two - one for one, two in itertools.pairwise(numbers)]
    odd = [at for at, step in enumerate(steps, 1) if step != 1]
    if not odd or len(odd) > 2 or 2 * len(odd) >= len(steps):
        return
    single = len(odd) == 2 and odd[1] == odd[0] + 1 and sum(steps[odd[0] - 1 : odd[1]]) == 2
    if not single and (len(odd) > 1 or steps[odd[0] - 1] not in (0.0, 2.0)):
        return
    place, right = places[odd[0]], numbers[odd[0] - 1] + 1
    words = f"{place_name(place)} is {said(numbers[odd[0]])}, after {said(numbers[odd[0] - 1])} its column counts"
    words += f" {said(right)}; formulas take it as the number of the step"
    yield case.finding("value", place, words, wanted=right)


def _place(block: Block, line: int, track: int) -> tuple[int, int, int]:
    return (block.sheet, track, line) if block.across else (block.sheet, line, track)


def raised(block: Block, track: int) -> bool:
    """Whether formulas of a table have a track's number as an exponent: the powers of a bias correction."""
    trees = [(col, one.program.tree) for col, one in block.columns.items() if one.program and one.program.tree]
    return any(powered(tree, _place(block, block.last, col), track, block.across) for col, tree in trees)


def powered(tree: Node, place: tuple[int, int, int], track: int, across: bool) -> bool:
    """Whether a formula raises something to the power of a track's cell."""
    for node in nodes(tree):
        for power in node.operands[1:] if isinstance(node, Chain) and "^" in node.operators else ():
            ref = bare(power)
            box = box_at(ref, *place[1:]) if isinstance(ref, Ref) else None
            if box is not None and (box.top if across else box.left) == track:
                return True
    return False
