"""Trainings side by side or one below the other: does each read its own cells, or a neighbour's?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ....formula import text_at
from ....formula.nodes import Node, Ref
from ...findings import Finding, Place
from ...understand.base import Block
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill, Table
from ..ground.trees import box_at, nodes, paths, put, refs, same_shape


def neighbours(case: Case) -> Iterator[Finding]:
    """Columns and sums that are a neighbour's, and learning rates of another training in one column."""
    yield from _columns(case)
    yield from _sums(case)
    yield from _rates(case)


def _columns(case: Case) -> Iterator[Finding]:
    """A column that computes what a column further left does, cell by cell, and has the same heading."""
    for table in case.tables:
        if table.across or len(table.fills) < 4:
            continue
        fills = sorted(table.fills, key=lambda fill: fill.line)
        for number, fill in enumerate(fills):
            for other in fills[:number]:
                if not _equal(case, fill, other) or not _heading(case, fill) == _heading(case, other) != "":
                    continue
                if not _of_data(case, fill):
                    words = f"{fill.range_name()} computes the same as {other.range_name()}, from that training's cells"
                    place = fill.place(fill.first)
                    expected = _shifted(case, table, fill, other)
                    value = case.desk.evaluate(expected, place) if expected is not None else None
                    yield case.finding(
                        "reference",
                        place,
                        words,
                        run=fill.range_name(),
                        expected=formula_text(expected, place) if expected is not None else None,
                        wanted=value,
                    )
                    break


def _equal(case: Case, fill: Fill, other: Fill) -> bool:
    one, two = fill.program.tree, other.program.tree
    if one is None or two is None or (fill.first, fill.last) != (other.first, other.last) or not refs(one):
        return False
    texts = [tree and formula_text(tree, each.place(each.first)) for tree, each in ((one, fill), (two, other))]
    return texts[0] == texts[1]


def _of_data(case: Case, fill: Fill) -> bool:
    """Whether a column is made of typed numbers only, which several trainings may well share."""
    tree, place = fill.program.tree, fill.place(fill.last)
    boxes = [box_at(ref, *place[1:]) for ref in refs(tree) if ref.where is None] if tree is not None else []
    return bool(boxes) and all(
        box is not None
        and not any(
            case.desk.program((fill.sheet, row, col)) is not None
            for row in range(box.top, min(box.bottom, box.top + 99) + 1)
            for col in range(box.left, box.right + 1)
        )
        for box in boxes
    )


def _heading(case: Case, fill: Fill) -> str:
    for row in range(fill.first - 1, max(0, fill.first - 4), -1):
        text = case.desk.at((fill.sheet, row, fill.line))
        if isinstance(text, str):
            return text.strip().casefold()
    return ""


def _shifted(case: Case, table: Table, fill: Fill, other: Fill) -> Node | None:
    """The neighbour's formula with its weights' columns exchanged for those of this column's own block."""
    blocks = [block for block in case.blocks if block.sheet == fill.sheet and not block.across]
    theirs = next((block for block in blocks if other.line in block.columns), None)
    right = [block for block in blocks if block is not theirs and min(_own(block)) <= fill.line]
    mine = max(right, key=lambda block: min(_own(block)), default=None)
    if theirs is None or mine is None or other.program.tree is None:
        return None
    pairs = dict(zip(_own(theirs), _own(mine), strict=False))
    tree = other.program.tree
    for path, node in list(paths(tree)):
        if isinstance(node, Ref) and node.last is None and not node.first.col_fixed:
            at = other.line + node.first.col
            corner = replace(node.first, col=pairs.get(at, at) - fill.line)
            tree = put(tree, path, replace(node, first=corner))
    return tree


def _own(block: Block) -> list[int]:
    """The tracks of a block's weights."""
    return sorted(column.col for column in block.weights)


def _sums(case: Case) -> Iterator[Finding]:
    """A sum below one column that is another column's, which has that sum below itself already."""
    for sheet, cells in enumerate(case.desk.programs):
        lone: dict[tuple[int, int], tuple[int, int, Node]] = {}
        for cell, program in cells.items():
            found = [ref for ref in refs(program.tree) if ref.last is not None] if program.tree is not None else []
            box = box_at(found[0], *cell) if len(found) == 1 and found[0].where is None else None
            if box is not None and box.width == 1 and box.height > 2 and program.tree is not None:
                below = box.bottom < cell[0] <= box.bottom + 5
                if below and case.fill_at((sheet, *cell)) is None:
                    lone[cell] = (box.left, box.top, program.tree)
        for (row, col), (left, top, tree) in lone.items():
            mate = lone.get((row, left))
            own = case.fill_at((sheet, top, col))
            if (
                left == col
                or mate is None
                or mate[0] != left
                or own is None
                or not same_place(tree, mate[2], row, col, left)
            ):
                continue
            place, source = (sheet, row, col), (sheet, row, left)
            words = (
                f"{place_name(place)} is the sum of {place_name((0, top, left))} and below, as {place_name(source)} is"
            )
            text = case.desk.text(source) or "="
            expected = "=" + text_at(text[1:], source[1:], place[1:])
            yield case.finding("reference", place, words + ": its own column stands above it", expected=expected)


def same_place(one: Node, two: Node, row: int, col: int, left: int) -> bool:
    """Whether two formulas of a row read the same cells and differ in nothing else."""
    spots = same_shape(one, two)
    return (
        spots is not None
        and len(spots) == 1
        and isinstance(spots[0][1], Ref)
        and isinstance(spots[0][2], Ref)
        and box_at(spots[0][1], row, col) == box_at(spots[0][2], row, left)
    )


def _rates(case: Case) -> Iterator[Finding]:
    """A column that reads the learning rate of another block, where the other columns read their own."""
    rates = {
        id(block): block.settings["learning rate"].place
        for block in case.blocks
        if "learning rate" in block.settings and block.settings["learning rate"].place is not None
    }
    for block in case.blocks:
        read = _read_settings(case, block)
        foreign = {place for key, place in rates.items() if key != id(block)}
        for col, places in read.items():
            others = set().union(*(found for other, found in read.items() if other != col)) if len(read) > 1 else set()
            wrong = {place for place in places if place in foreign and place not in others}
            own = others - foreign - places
            if len(wrong) == 1 and len(own) == 1 and not _both(case, block, rates, wrong, own):
                yield _other_rate(case, block, col, wrong.pop(), own.pop())


def _both(case: Case, block: Block, rates: Mapping[int, Place | None], wrong: set[Place], own: set[Place]) -> bool:
    """Whether the other training reads both cells: each weight has a rate of its own."""
    theirs = [one for one in case.blocks if one is not block and rates.get(id(one)) in wrong]
    return any(own <= set().union(*_read_settings(case, block).values()) for block in theirs)


def _read_settings(case: Case, block: Block) -> dict[int, set[tuple[int, int, int]]]:
    """Column → the fixed cells that its formula reads; of updates only."""
    found = {}
    for col in set(block.updates.values()):
        program = block.columns[col].program if col in block.columns else None
        if program is None or program.tree is None:
            continue
        places = set()
        for node in nodes(program.tree):
            if isinstance(node, Ref) and node.last is None and node.first.row_fixed and node.first.col_fixed:
                span = case.desk.cells.links.span(node.where, block.sheet)
                if span is not None and len(span) == 1:
                    places.add((span[0], node.first.row, node.first.col))
        found[col] = places
    return found


def _other_rate(case: Case, block: Block, col: int, wrong: tuple[int, int, int], own: tuple[int, int, int]) -> Finding:
    column = block.columns[col]
    lines = range(block.first, block.last + 2)
    cells = [(block.sheet, col, line) if block.across else (block.sheet, line, col) for line in lines]
    mine = [place for place in cells if case.desk.program(place) is column.program]
    place, tree = mine[0], column.program.tree if column.program else None
    assert tree is not None
    for path, node in list(paths(tree)):
        if isinstance(node, Ref) and node.first.row_fixed and (node.first.row, node.first.col) == wrong[1:]:
            corner = replace(node.first, row=own[1], col=own[2])
            tree = put(tree, path, replace(node, first=corner))
    words = f"{column.name} reads the learning rate of another training, {place_name(wrong)}, not {place_name(own)}"
    run = f"{place_name(mine[0])}:{place_name(mine[-1])}"
    value = case.desk.evaluate(tree, place)
    return case.finding("reference", place, words, expected=formula_text(tree, place), wanted=value, run=run)
