"""Further slips that a formula may hold: of ranges across columns, of repeated cells, of terms in the wrong place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from ....formula.nodes import Call, Chain, Literal, NameRef, Node, Paren, Ref
from ..ground.trees import Path, bare, nodes, paths, put, refs
from ..trials.edits import Edit, Parts, times

LEAST, MOST = 2, 400
"""How many operands a sum has at least for its terms to be looked at, and how many changes of a kind are made."""

COUNTS = frozenset({"COUNT", "COUNTA", "ROWS", "COLUMNS"})
_ENDS = ((0, 1), (-1, 0), (0, -1), (1, 0))


def slips(tree: Node, parts: Parts) -> Iterator[Edit]:
    """Slips that need no knowledge of roles."""
    yield from _widened(tree, parts)
    yield from _shifted_throughout(tree, parts)
    yield from _half_terms(tree, parts)
    yield from _turned_round(tree, parts)
    yield from _uncounted(tree, parts)


def _widened(tree: Node, parts: Parts) -> Iterator[Edit]:
    """Ranges along the line a cell longer or shorter, one of them or all."""
    spots = [(path, node) for path, node in paths(tree) if _along(node, parts.across)]
    for first, last in _ENDS:
        whole = tree
        for path, node in spots:
            assert isinstance(node, Ref)
            other = _stretched(node, first, last, parts.across)
            whole = put(whole, path, other)
            words = f"the range {parts.text(node)} should be {parts.text(other)}"
            yield Edit(0.9, put(tree, path, other), words, "reference")
        if len(spots) > 1:
            what = "too short" if last - first > 0 else "too long"
            yield Edit(0.9, whole, f"its ranges are {what}", "reference")


def completed(tree: Node, parts: Parts, runs: Collection[tuple[int, int]]) -> Iterator[Edit]:
    """Ranges that leave out the first or the last of some columns with one formula. runs: first and last of such."""
    spots = [(path, node) for path, node in paths(tree) if _along(node, parts.across)]
    for first, last in _ENDS[:2]:
        whole, fits = tree, False
        for path, node in spots:
            assert isinstance(node, Ref)
            other = _stretched(node, first, last, parts.across)
            fits = fits or _ends_of(other, parts) in runs
            whole = put(whole, path, other)
        if fits:
            what = ", ".join(parts.text(node) for _, node in spots)
            yield Edit(0.3, whole, f"the range {what} is too short", "reference")


def _ends_of(ref: Ref, parts: Parts) -> tuple[int, int]:
    """The first and the last track of a range along a line."""
    one, two = ref.first, ref.last
    assert two is not None
    if parts.across:
        first, last = ((end.row if end.row_fixed else parts.row + end.row) for end in (one, two))
    else:
        first, last = ((end.col if end.col_fixed else parts.col + end.col) for end in (one, two))
    return first, last


def _along(node: Node, across: bool) -> bool:
    """Whether a node is a range of cells of one line."""
    if not isinstance(node, Ref) or node.last is None or node.shape != "cells":
        return False
    one, two = node.first, node.last
    if across:
        return one.col == two.col and one.col_fixed == two.col_fixed
    return one.row == two.row and one.row_fixed == two.row_fixed


def _stretched(node: Ref, first: int, last: int, across: bool) -> Ref:
    one, two = node.first, node.last
    assert two is not None
    if across:
        return replace(node, first=replace(one, row=one.row + first), last=replace(two, row=two.row + last))
    return replace(node, first=replace(one, col=one.col + first), last=replace(two, col=two.col + last))


def _shifted_throughout(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A cell that is read several times, each time from the line before or after the right one."""
    spots = [(path, node) for path, node in paths(tree) if isinstance(node, Ref) and node.last is None]
    for ref in dict.fromkeys(node for _, node in spots):
        several = [path for path, node in spots if node == ref]
        fixed = ref.first.col_fixed if parts.across else ref.first.row_fixed
        if len(several) < 2 or fixed:
            continue
        for by in (-1, 1):
            moved = shifted(ref, by, parts.across)
            if (moved.first.col if parts.across else moved.first.row) > 0:
                continue
            new = tree
            for path in several:
                new = put(new, path, moved)
            words = f"it reads {parts.text(ref)} where {parts.text(moved)} belongs"
            yield Edit(1.15, new, words, "reference")


def shifted(ref: Ref, by: int, across: bool) -> Ref:
    """A reference to the line ``by`` further on."""
    corner = ref.first
    return replace(ref, first=replace(corner, col=corner.col + by) if across else replace(corner, row=corner.row + by))


def _half_terms(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A term of a sum that lacks its factor 2, as that of a penalty does."""
    for path, node in paths(tree):
        if not (isinstance(node, Chain) and set(node.operators) <= {"+", "-"} and len(node.operands) >= LEAST):
            continue
        for at, operand in enumerate(node.operands):
            inner = bare(operand)
            if not refs(inner) and not any(isinstance(one, NameRef) for one in nodes(inner)):
                continue
            operands = (*node.operands[:at], times(Literal(2.0), operand), *node.operands[at + 1 :])
            words = f"the factor 2 before {parts.text(operand)} is missing"
            yield Edit(1.05, put(tree, path, replace(node, operands=operands)), words)


def _uncounted(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A cell that is not multiplied by the number of samples, where something else of the formula is."""
    counts = {node for node in nodes(tree) if isinstance(node, Call) and node.name in COUNTS}
    for path, node in paths(tree):
        if not isinstance(node, Ref) or node.last is not None or (node.first.row_fixed and node.first.col_fixed):
            continue
        for count in counts:
            words = f"the factor {parts.text(count)} before {parts.text(node)} is missing"
            yield Edit(1.0, put(tree, path, Chain((count, node), ("*",))), words)


def _turned_round(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A difference the wrong way round."""
    for path, node in paths(tree):
        if isinstance(node, Chain) and node.operators == ("-",):
            one, two = node.operands
            other = replace(node, operands=(two, one))
            words = f"the sign is wrong, {parts.text(node)} stands where {parts.text(other)} belongs"
            yield Edit(1.0, put(tree, path, other), words)


def as_cells(tree: Node, parts: Parts, cells: Mapping[Ref, str]) -> Iterator[Edit]:
    """A part of a formula that is worked out from other cells, where one cell holds what belongs there.

    cells: with the texts of their formulas; a cell that is made of that very part is the likeliest.
    """
    for path, node in paths(tree):
        if not path or not isinstance(node, Paren | Call) or len(refs(node)) < 2:
            continue
        text = parts.text(bare(node))
        for cell, formula in cells.items():
            if cell not in refs(node):
                words = f"{text} stands where {parts.text(cell)} belongs"
                yield Edit(0.6 if text in formula else 1.1, put(tree, path, cell), words)


def moved_terms(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A number (such as the h of a difference quotient) that is added to another cell than it belongs to."""
    found = 0
    for path, node in paths(tree):
        inner = bare(node)
        if not isinstance(inner, Chain) or not set(inner.operators) <= {"+", "-"} or not isinstance(node, Paren):
            continue
        for at, operand in enumerate(inner.operands[1:], 1):
            if not isinstance(operand, NameRef | Literal) and not _is_setting(operand):
                continue
            sign = inner.operators[at - 1]
            rest = (*inner.operands[:at], *inner.operands[at + 1 :])
            signs = (*inner.operators[: at - 1], *inner.operators[at:])
            left = put(tree, path, rest[0] if len(rest) == 1 else Paren(Chain(rest, signs), 1))
            for other, target in paths(left):
                if found > MOST or not isinstance(target, Ref) or target.last is not None or _is_setting(target):
                    continue
                if at == 1 and target == inner.operands[0]:
                    continue
                found += 1
                own = parts.text(rest[at - 1])
                words = f"{sign}{parts.text(operand)} belongs to {parts.text(target)}, not to {own}"
                yield Edit(1.1, put(left, other, Paren(Chain((target, operand), (sign,)), 1)), words)


def moved_twice(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A number (such as the h of a difference quotient) that is added to two cells where it belongs to one."""
    spots: dict[tuple[str, Node], list[tuple[Path, Ref]]] = {}
    for path, node in paths(tree):
        inner = bare(node)
        if isinstance(node, Paren) and isinstance(inner, Chain) and inner.operators in (("+",), ("-",)):
            cell, step = bare(inner.operands[0]), bare(inner.operands[1])
            if isinstance(cell, Ref) and not _is_setting(cell) and (isinstance(step, Literal) or _is_setting(step)):
                spots.setdefault((inner.operators[0], step), []).append((path, cell))
    for (sign, step), several in spots.items():
        for path, cell in several if len({cell for _, cell in several}) > 1 else ():
            words = f"{sign}{parts.text(step)} does not belong to {parts.text(cell)}"
            yield Edit(0.5, put(tree, path, cell), words)


def _is_setting(node: Node) -> bool:
    return isinstance(node, Ref) and node.last is None and node.first.row_fixed and node.first.col_fixed
