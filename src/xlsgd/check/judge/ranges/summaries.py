"""Cells that gather results from elsewhere: lists with one entry from the wrong place."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....formula.nodes import Node, Ref, Where
from ...findings import Finding, Place
from ..ground.case import Case, formula_text, place_name
from ..ground.trees import Path, box_at, paths, put, same_shape

Spot = tuple[int, int, int, int, int]
"""Sheet, top, left, bottom, right of what a reference means."""


def summaries(case: Case) -> Iterator[Finding]:
    """One finding a list."""
    for sheet in range(len(case.desk.book.sheets)):
        lone = {cell for cell in case.desk.programs[sheet] if case.fill_at((sheet, *cell)) is None}
        for run in _runs(sheet, lone):
            yield from _of_list(case, run)


def _runs(sheet: int, lone: set[tuple[int, int]]) -> Iterator[list[Place]]:
    """Formula cells side by side or one below the other that are in no fill."""
    for down, right in ((1, 0), (0, 1)):
        for row, col in sorted(lone):
            if (row - down, col - right) in lone:
                continue
            run: list[Place] = []
            while (row, col) in lone:
                run.append((sheet, row, col))
                row, col = row + down, col + right
            if len(run) > 1:
                yield run


def _of_list(case: Case, run: Sequence[Place]) -> Iterator[Finding]:
    """Pieces of a run whose formulas are made alike."""
    piece: list[Place] = []
    for place in [*run, None]:
        if place is not None and (not piece or _made_alike(case, piece[-1], place)):
            piece.append(place)
            continue
        yield from _entries(case, piece)
        piece = [] if place is None else [place]


def _made_alike(case: Case, one: Place, two: Place) -> bool:
    first, second = _tree(case, one), _tree(case, two)
    spots = same_shape(first, second) if first is not None and second is not None else None
    return spots is not None and all(isinstance(a, Ref) and isinstance(b, Ref) for _, a, b in spots)


def _tree(case: Case, place: Place) -> Node | None:
    program = case.desk.program(place)
    return program.tree if program is not None else None


def _entries(case: Case, piece: Sequence[Place]) -> Iterator[Finding]:
    """One entry that breaks the even steps of the others, or that repeats one while what it should show is left out."""
    read = [_read(case, place) for place in piece]
    counts = {len(one) for one in read}
    if len(piece) < 2 or len(counts) != 1 or counts == {0}:
        return
    for at in range(counts.pop()):
        spots = [one[at][1] for one in read]
        wrong = _out_of_step(spots)
        wrong = wrong if wrong is not None and _fits(case, spots, *wrong) else _left_out(case, spots)
        if wrong is not None:
            number, right = wrong
            yield _finding(case, piece[number], read[number][at][0], right)
            return


def _read(case: Case, place: Place) -> list[tuple[Path, Spot]]:
    """The references of a formula, each with what it means; none where one of them cannot be told."""
    tree = _tree(case, place)
    found = []
    for path, node in paths(tree) if tree is not None else ():
        if isinstance(node, Ref):
            box, span = box_at(node, *place[1:]), case.desk.cells.links.span(node.where, place[0])
            if box is None or span is None or len(span) != 1 or span[0] >= len(case.desk.book.sheets):
                return []
            found.append((path, (span[0], *box)))
    return found


def _out_of_step(spots: Sequence[Spot]) -> tuple[int, Spot] | None:
    """The number of the one that breaks even steps of two and more rows, and where it should be."""
    if len(spots) < 4:
        return None
    steps = Counter(_minus(two, one) for one, two in itertools.pairwise(spots))
    for step, _ in steps.most_common(2):
        if max(map(abs, step)) < 2 and not step[0]:
            continue
        starts = Counter(_plus(spot, step, -number) for number, spot in enumerate(spots))
        start, most = starts.most_common(1)[0]
        if most == len(spots) - 1:
            for number, spot in enumerate(spots):
                right = _plus(start, step, number)
                if spot != right:
                    return number, right
    return None


def _fits(case: Case, spots: Sequence[Spot], wrong: int, right: Spot) -> bool:
    """Whether the cell that should be shown is made as those are that the others show."""
    others = [_tree(case, spot[:3]) for number, spot in enumerate(spots) if number != wrong]
    tree = _tree(case, right[:3]) if right[0] < len(case.desk.book.sheets) else None
    return tree is not None and 2 * others.count(tree) > len(others)


def _minus(one: Spot, two: Spot) -> Spot:
    return (one[0] - two[0], one[1] - two[1], one[2] - two[2], one[3] - two[3], one[4] - two[4])


def _plus(one: Spot, step: Spot, times: int) -> Spot:
    a, b, c, d, e = (value + times * add for value, add in zip(one, step, strict=True))
    return (a, b, c, d, e)


def _left_out(case: Case, spots: Sequence[Spot]) -> tuple[int, Spot] | None:
    """The number of the one that shows none of the cells that are made alike, or shows one twice; and the one left."""
    cells = [spot[:3] for spot in spots if spot[1:3] == spot[3:]]
    if len(cells) != len(spots) or (len(spots) < 3 and len(set(cells)) > 1):
        return None
    programs = Counter(id(program) for cell in cells if (program := case.desk.program(cell)) is not None)
    most = programs.most_common(1)
    sample = next((cell for cell in cells if most and id(case.desk.program(cell)) == most[0][0]), None)
    if sample is None or case.fill_at(sample) is not None:
        return None
    fitting = _alike(case, sample)
    wrong = [number for number, (cell, right) in enumerate(zip(cells, fitting, strict=False)) if cell != right]
    if len(fitting) != len(cells) or len(wrong) != 1:
        return None
    right = fitting[wrong[0]]
    return wrong[0], (*right, *right[1:])


def _alike(case: Case, place: Place) -> list[Place]:
    """The cells of one column, of one row or at one place of several sheets that have a cell's formula."""
    by_tree, trees = _by_tree(case), case.kept["trees"]
    assert isinstance(trees, dict)
    tree: int | None = trees.get(_tree(case, place))
    sheet, row, col = place
    same_col = by_tree.get((tree, sheet, None, col), [])
    same_row = by_tree.get((tree, sheet, row, None), [])
    elsewhere = by_tree.get((tree, None, row, col), [])
    return max(same_col, same_row, elsewhere, key=len)


Key = tuple[int | None, int | None, int | None, int | None]


def _by_tree(case: Case) -> dict[Key, list[Place]]:
    """The cells that have a formula, by column, by row and by place; made once."""
    known = case.kept.get("by tree")
    if known is None:
        found: dict[Key, list[Place]] = {}
        trees: dict[Node | None, int] = {}
        numbers: dict[int, int] = {}
        for sheet, cells in enumerate(case.desk.programs):
            for (row, col), program in sorted(cells.items(), key=lambda one: one[0]):
                if id(program) not in numbers:
                    numbers[id(program)] = trees.setdefault(program.tree, len(trees))
                for key in ((sheet, None, col), (sheet, row, None), (None, row, col)):
                    found.setdefault((numbers[id(program)], *key), []).append((sheet, row, col))
        case.kept["trees"] = trees
        known = case.kept["by tree"] = found
    assert isinstance(known, dict)
    return known


def _finding(case: Case, place: Place, path: Path, right: Spot) -> Finding:
    tree = _tree(case, place)
    assert tree is not None
    own = next(node for at, node in paths(tree) if at == path)
    assert isinstance(own, Ref)
    better = put(tree, path, moved(case, own, place, right))
    expected, value = formula_text(better, place), case.desk.evaluate(better, place)
    words = f"{place_name(place)} shows {formula_text(own, place)[1:]}; by those beside it, it should be {expected}"
    return case.finding("reference", place, words, expected=expected, wanted=value)


def moved(case: Case, ref: Ref, place: Place, right: Spot) -> Ref:
    """A reference to other cells, fixed where it was."""
    _, row, col = place
    corners = []
    for corner, down, over in ((ref.first, right[1], right[2]), (ref.last or ref.first, right[3], right[4])):
        down -= 0 if corner.row_fixed else row
        corners.append(replace(corner, row=down, col=over if corner.col_fixed else over - col))
    where = None if right[0] == place[0] else Where(case.desk.book.sheets[right[0]].name)
    return replace(ref, first=corners[0], last=ref.last and corners[1], where=where)
