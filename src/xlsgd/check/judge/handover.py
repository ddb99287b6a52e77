"""Tables one below the other that go on with each other's weights: the first row takes over from the last one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...formula.nodes import Node, Ref
from ...plan import Program
from ..findings import Finding, Place
from ..understand.base import Block
from .case import Case, formula_text, place_name, said
from .fills import item
from .trees import paths, put, same_shape


@dataclass(slots=True)
class _Start:
    """The first cell of a column of a table that goes on, and what belongs there."""

    place: Place
    own: object
    wanted: Node

    @property
    def right(self) -> bool:
        return isinstance(self.own, Program) and self.own.tree == self.wanted


def handover(case: Case) -> Iterator[Finding]:
    """First cells that do not take over, where those beside them or in other tables do."""
    found = [start for before, block in _pairs(case) for start in _starts(case, before, block)]
    lines = {start.place[:2] for start in found if start.right}
    columns = {(start.place[0], start.place[2]) for start in found if start.right}
    for start in found:
        sheet, row, col = start.place
        if not start.right and ((sheet, row) in lines or (sheet, col) in columns):
            yield from _judged(case, start)


def _pairs(case: Case) -> Iterator[tuple[Block, Block]]:
    """Each table with the one above it that has the same columns."""
    for block in case.blocks:
        above = [
            other
            for other in case.blocks
            if other.sheet == block.sheet
            and not (block.across or other.across)
            and other.last < block.first
            and other.columns.keys() == block.columns.keys()
        ]
        if above:
            yield max(above, key=lambda one: one.last), block


def _starts(case: Case, before: Block, block: Block) -> Iterator[_Start]:
    gap = block.first - before.last - 1
    for col, column in before.columns.items():
        place = (block.sheet, block.first, col)
        tree = column.program.tree if column.program is not None else None
        if (
            tree is None
            or column.role not in ("weight", "state")
            or case.desk.program((*place[:1], before.last, col)) is not column.program
        ):
            continue
        moved = _moved(tree, gap)
        if moved is not None:
            yield _Start(place, item(case.desk, place), moved)


def _moved(tree: Node, gap: int) -> Node | None:
    """A formula that reads the row before, as it reads with some rows between; None where it does not."""
    better, back = tree, False
    for path, node in list(paths(tree)):
        if not isinstance(node, Ref) or node.where is not None:
            continue
        corner = node.first
        if corner.row_fixed or corner.row >= 0:
            continue
        if node.last is not None or corner.row != -1:
            return None
        back = True
        better = put(better, path, replace(node, first=replace(corner, row=corner.row - gap)))
    return better if back else None


def _judged(case: Case, start: _Start) -> Iterator[Finding]:
    place, expected = start.place, formula_text(start.wanted, start.place)
    value = case.desk.evaluate(start.wanted, place)
    if isinstance(start.own, float):
        words = f"{place_name(place)} is the typed number {said(start.own)}, the table before goes on with {expected}"
        yield case.finding("hard-coded", place, words, expected=expected, wanted=value)
    elif isinstance(start.own, Program) and start.own.tree is not None:
        spots = same_shape(start.own.tree, start.wanted)
        if spots and all(isinstance(a, Ref) and isinstance(b, Ref) for _, a, b in spots):
            words = f"{place_name(place)} does not go on where the table before ends, which is {expected}"
            yield case.finding("reference", place, words, expected=expected, wanted=value)
