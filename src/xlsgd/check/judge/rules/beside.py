"""Columns beside each other that are made for one weight each: what one of them has and the other one lost.

Only how formulas are made is looked at: clipping on both sides or on one, updates that take what nobody else reads,
and updates that take the line before where all others take their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....formula.nodes import Call, Corner, Node, Ref, Signs
from ...findings import Finding
from ..ground.case import Case, formula_text
from ..ground.fills import Fill, Table
from ..ground.trees import bare, corner_cell, nodes, paths, put, refs
from .families import Shape, shape
from .idioms import is_before, is_leaf
from .suspects import explained

_LIMITS = frozenset({"MAX", "MIN"})
_BOTH, LEAST = 2, 2


def beside(case: Case) -> Iterator[Finding]:
    """One finding a table."""
    for table in case.tables:
        fills = [fill for fill in table.fills if fill.program.tree is not None]
        found = [*_clipped(case, fills), *_passed_by(case, fills), *_lagging(case, fills)]
        for finding in found[:1]:
            for block in case.blocks:
                if block.sheet == table.sheet and _meets(table, block.first, block.last):
                    explained(case).add(id(block))
            yield finding


def _meets(table: Table, first: int, last: int) -> bool:
    return table.first <= last and first <= table.last


def _tree(fill: Fill) -> Node:
    assert fill.program.tree is not None
    return fill.program.tree


def _moving(fill: Fill) -> list[Ref]:
    """The single cells of its sheet that a fill reads and that go along with it."""
    found = [ref for ref in refs(_tree(fill)) if not is_leaf(ref)]
    return [ref for ref in found if ref.last is None and ref.where is None]


def _line(fill: Fill, ref: Ref) -> int:
    cell = corner_cell(ref.first, *fill.place(fill.first)[1:])
    return 0 if cell is None else cell[0] if fill.across else cell[1]


def _back(fill: Fill, ref: Ref) -> int:
    return ref.first.col if fill.across else ref.first.row


def _updates(fills: Sequence[Fill]) -> dict[Shape, list[tuple[Fill, Ref]]]:
    """Fills that go on from themselves with one other cell, by the shape of their formulas; with that cell."""
    found: dict[Shape, list[tuple[Fill, Ref]]] = defaultdict(list)
    for fill in fills:
        moving = _moving(fill)
        others = [ref for ref in moving if not is_before(fill, ref)]
        if len(moving) == _BOTH and len(others) == 1 and _still_along(fill, others[0]):
            found[shape(_tree(fill))].append((fill, others[0]))
    return found


def _still_along(fill: Fill, ref: Ref) -> bool:
    return not (ref.first.col_fixed if fill.across else ref.first.row_fixed)


def _clipped(case: Case, fills: Sequence[Fill]) -> Iterator[Finding]:
    """A clipping on one side, where another weight's update takes one that clips on both."""
    by_line = {fill.line: fill for fill in fills}
    for group in _updates(fills).values():
        taken = [by_line[line] for fill, ref in group if (line := _line(fill, ref)) in by_line]
        whole = [fill for fill in taken if len(_limits(fill)) == _BOTH]
        for fill in taken:
            if not whole or len(_limits(fill)) != 1 or len(_moving(fill)) != 1 or len(_moving(whole[0])) != 1:
                continue
            if _bound(fill) != _bound(whole[0]):
                continue
            model = _tree(whole[0])
            path = next(path for path, node in paths(model) if node == _moving(whole[0])[0])
            other = "above" if _limits(fill) == ["MAX"] else "below"
            words = f"clips on one side only, not {other}, as {whole[0].range_name()} does"
            yield _finding(case, fill, put(model, path, _moving(fill)[0]), words, "formula")


def _limits(fill: Fill) -> list[str]:
    """The functions that a formula of nothing but limits is made of."""
    found, node = [], bare(_tree(fill))
    while isinstance(node, Call) and node.name in _LIMITS and len(node.args) == _BOTH:
        found.append(node.name)
        inner = [bare(one) for one in node.args if not is_leaf(bare(one)) and not _is_minus(bare(one))]
        if len(inner) != 1:
            return []
        node = inner[0]
    return found if isinstance(node, Ref) and len(set(found)) == len(found) else []


def _is_minus(node: Node) -> bool:
    return isinstance(node, Signs) and is_leaf(bare(node.operand))


def _bound(fill: Fill) -> set[Node]:
    """The leaves by which a formula limits."""
    return {node for node in nodes(_tree(fill)) if is_leaf(node)}


def _passed_by(case: Case, fills: Sequence[Fill]) -> Iterator[Finding]:
    """An update that takes what the column that it should take is made of; nobody reads that column."""
    by_line = {fill.line: fill for fill in fills}
    for group in _updates(fills).values():
        for fill, ref in group:
            for other, twin in group:
                made = by_line.get(_line(other, twin))
                if other is fill or made is None or not isinstance(bare(_tree(made)), Call):
                    continue
                mates = [one for one in fills if one is not made and shape(_tree(one)) == shape(_tree(made))]
                lost = [one for one in mates if _line(fill, ref) in {_line(one, each) for each in _moving(one)}]
                if len(lost) == 1 and not _is_read(case, lost[0]):
                    wanted = replace(ref, first=_corner(fill, ref.first, lost[0].line))
                    path = next(path for path, node in paths(_tree(fill)) if node == ref)
                    place = fill.place(fill.first)
                    own, right = (formula_text(one, place)[1:] for one in (ref, wanted))
                    words = f"reads {own} where {right} belongs, as {other.range_name()} does; nothing else reads that"
                    yield _finding(case, fill, put(_tree(fill), path, wanted), words, "reference")


def _corner(fill: Fill, corner: Corner, line: int) -> Corner:
    fixed = corner.row_fixed if fill.across else corner.col_fixed
    offset = line if fixed else line - fill.line
    return replace(corner, row=offset) if fill.across else replace(corner, col=offset)


def _is_read(case: Case, fill: Fill) -> bool:
    middle = fill.place((fill.first + fill.last) // 2)
    return any(True for _ in case.readers(middle))


def _lagging(case: Case, fills: Sequence[Fill]) -> Iterator[Finding]:
    """The one update that takes a cell of another line than all the others, one of them right beside it."""
    for group in _updates(fills).values():
        backs = [_back(fill, ref) for fill, ref in group]
        odd = [at for at, back in enumerate(backs) if backs.count(back) == 1]
        if len(odd) != 1 or len(set(backs)) != _BOTH or len(group) <= LEAST:
            continue
        fill, ref = group[odd[0]]
        twin, other = next(((one, two) for one, two in group if abs(one.line - fill.line) == 1), (None, None))
        if twin is None or other is None or (twin.first, twin.last) != (fill.first, fill.last):
            continue
        if _line(fill, ref) - fill.line != _line(twin, other) - twin.line:
            continue
        first = replace(ref.first, col=other.first.col) if fill.across else replace(ref.first, row=other.first.row)
        path = next(path for path, node in paths(_tree(fill)) if node == ref)
        wanted, place = replace(ref, first=first), fill.place(fill.first)
        own, right = (formula_text(one, place)[1:] for one in (ref, wanted))
        words = f"reads {own} where {right} belongs: all columns made like it read that line, as {twin.range_name()}"
        yield _finding(case, fill, put(_tree(fill), path, wanted), words, "reference")


def _finding(case: Case, fill: Fill, tree: Node, words: str, kind: str) -> Finding:
    place, run = fill.place(fill.first), fill.range_name()
    value, expected = case.desk.evaluate(tree, place), formula_text(tree, place)
    return case.finding(kind, place, f"{run} {words}", expected=expected, wanted=value, run=run)
