"""Two trainings on one sheet, each with a learning rate of its own: a weight that moves by that of the other one."""

from __future__ import annotations

from collections.abc import Iterator

from ....formula.nodes import Corner, Node, Ref
from ...findings import Finding
from ...understand.base import Block
from ..ground.case import Case, formula_text
from ..ground.fills import Fill
from ..ground.trees import paths, put

Cell = tuple[int, int, int]


def lent_rates(case: Case) -> Iterator[Finding]:
    """One finding a weight."""
    rates = [(block, _rates(block)) for block in case.blocks]
    for block, own in rates:
        others = [set(each.values()) for other, each in rates if other is not block and len(each) > 1]
        several = set(own.values())
        lent = [rate for rate in several if {rate} in others]
        kept = [rate for rate in several if not any(rate in each for each in others)]
        if len(several) == 2 and len(lent) == len(kept) == 1:
            for weight in [one for one, rate in own.items() if rate == lent[0]]:
                yield from _finding(case, block, weight, lent[0], kept[0])


def _rates(block: Block) -> dict[int, Cell]:
    """The cell of each weight's learning rate, by the column of its new value; none where one has another kind."""
    if block.details is None:
        return {}
    found: dict[int, Cell] = {}
    for weight, rule in block.details.rules.items():
        cells = [leaf.key for leaf in rule.scales if leaf.op == "fixed"]
        if not rule.exact or len(cells) != 1:
            return {}
        found[block.details.roles.model.weights[weight].column] = cells[0]
    return found


def _finding(case: Case, block: Block, track: int, lent: Cell, kept: Cell) -> Iterator[Finding]:
    fill = _fill(case, block, track)
    if fill is None or fill.program.tree is None:
        return
    place, tree = fill.place(fill.first), fill.program.tree
    path, node = next(((path, node) for path, node in paths(tree) if _is_at(node, fill, lent)), ((), None))
    if node is not None and kept[0] == fill.sheet:
        wanted, run = Ref(Corner(kept[1], kept[2], True, True)), fill.range_name()
        better = put(tree, path, wanted)
        own, right = (formula_text(one, place)[1:] for one in (node, wanted))
        words = f"{run} moves by {own}, the learning rate of another training beside it, "
        words += f"where {right} belongs, by which its other weights move"
        value, expected = case.desk.evaluate(better, place), formula_text(better, place)
        yield case.finding("reference", place, words, expected=expected, wanted=value, run=run)


def _is_at(node: Node, fill: Fill, cell: Cell) -> bool:
    """Whether a node is one cell of a fill's sheet, held there."""
    if not isinstance(node, Ref) or node.last is not None or node.where is not None:
        return False
    corner = node.first
    return corner.row_fixed and corner.col_fixed and (fill.sheet, corner.row, corner.col) == cell


def _fill(case: Case, block: Block, track: int) -> Fill | None:
    for table in case.tables:
        if (table.sheet, table.across) == (block.sheet, block.across):
            for fill in table.fills:
                if fill.line == track and fill.first <= block.last and block.first <= fill.last:
                    return fill
    return None
