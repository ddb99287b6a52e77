"""Sums and averages that begin anew in every row: the cell that they go on from is held at the first by a ``$``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....formula.nodes import Chain, Node, Ref
from ...findings import Finding
from ..ground.case import Case, formula_text
from ..ground.fills import Fill
from ..ground.trees import bare, nodes, paths, put
from .idioms import fills_of, has_rest_of, has_square, is_leaf, run_of, side_by_side
from .suspects import explained


def restarts(case: Case) -> Iterator[Finding]:
    """One finding for the fills side by side that have one formula."""
    for sheet in range(len(case.desk.book.sheets)):
        fills = fills_of(case, sheet)
        wanted = {id(fill): tree for fill in fills if (tree := _going_on(fill)) is not None}
        for group in side_by_side([fill for fill in fills if id(fill) in wanted]):
            fill = group[0]
            place, tree = fill.place(fill.first), wanted[id(fill)]
            for block in case.blocks:
                if block.sheet == sheet:
                    explained(case).add(id(block))
            held = _start(fill)
            start = formula_text(held, place)[1:] if held is not None else ""
            words = f"{run_of(group)} begins at {start} in every row and never goes on from the row before: no $ there"
            value = case.desk.evaluate(tree, place)
            expected = formula_text(tree, place)
            yield case.finding("reference", place, words, expected=expected, wanted=value, run=run_of(group))


def _going_on(fill: Fill) -> Node | None:
    """The formula of a running sum of squares or average that is held at its first cell, set free."""
    tree = fill.program.tree
    whole = bare(tree) if tree is not None else None
    if tree is None or not isinstance(whole, Chain) or whole.operators != ("+",):
        return None
    start = _start(fill)
    for held, fresh in (whole.operands, whole.operands[::-1]):
        inner = bare(held)
        leaves = [bare(one) for one in inner.operands] if isinstance(inner, Chain) else []
        keeps = [one for one in leaves if is_leaf(one)]
        if start is None or any(node == start for node in nodes(fresh)):
            continue
        summed = inner == start and has_square(fresh)
        averaged = len(keeps) == 1 and start in leaves and has_rest_of(fresh, keeps[0])
        if summed or averaged:
            path = next(path for path, node in paths(tree) if node == start)
            corner = start.first
            across = fill.across
            free = replace(corner, col=-1, col_fixed=False) if across else replace(corner, row=-1, row_fixed=False)
            return put(tree, path, replace(start, first=free))
    return None


def _start(fill: Fill) -> Ref | None:
    """The reference of a fill to the cell right before its first one, held there, while it moves to the side."""
    row, col = fill.place(fill.first)[1:]
    for node in nodes(fill.program.tree) if fill.program.tree is not None else ():
        if not isinstance(node, Ref) or node.last is not None or node.where is not None:
            continue
        corner = node.first
        if fill.across and corner.col_fixed and corner.col == col - 1 and not corner.row_fixed and corner.row == 0:
            return node
        if not fill.across and corner.row_fixed and corner.row == row - 1 and not corner.col_fixed and corner.col == 0:
            return node
    return None
