"""What is shown as the last or the final value of a training: does it stand on the last line?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....formula.nodes import Call, Literal, Node, Ref
from ...findings import Finding, Place
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill, Table
from ..ground.trees import Path, bare, box_at, paths, put
from ..names.meanings import labels_of, words_of
from .summaries import moved


def lasts(case: Case) -> Iterator[Finding]:
    """Single cells, then columns of predictions beside the training."""
    for sheet, cells in enumerate(case.desk.programs):
        for cell in cells:
            if case.fill_at((sheet, *cell)) is None:
                found = list(_last_ones(case, (sheet, *cell), None))
                yield from found or _evaluated(case, (sheet, *cell), None)
    for table in case.tables:
        for fill in table.fills:
            place, run = fill.place(fill.first), fill.range_name()
            found = list(_last_ones(case, place, run)) if not _trains(case, fill) else []
            yield from found or _evaluated(case, place, run)


def _trains(case: Case, fill: Fill) -> bool:
    """Whether a fill is a column of a training."""
    return any(
        (block.sheet, block.across) == (fill.sheet, fill.across) and fill.line in block.columns for block in case.blocks
    )


def _tree(case: Case, place: Place) -> Node | None:
    program = case.desk.program(place)
    return program.tree if program is not None else None


def _evaluated(case: Case, place: Place, run: str | None) -> Iterator[Finding]:
    """A prediction with all weights of the line before the last one."""
    tree = _tree(case, place)
    if tree is None:
        return
    spots = [(path, node, _single(case, node, place)) for path, node in paths(tree) if isinstance(node, Ref)]
    sheets = {target[0] for *_, target in spots if target is not None}
    for block in case.blocks if sheets else ():
        if block.sheet not in sheets:
            continue
        weights = {column.col for column in block.weights}
        read = []
        for path, ref, target in spots:
            if target is not None and target[0] == block.sheet and (run is None or _is_fixed(ref)):
                line, track = (target[2], target[1]) if block.across else target[1:]
                read += [(path, ref, target, line, track)] if track in weights and line > block.first else []
        ends = [_end(case, block.sheet, block.across, track) for track in weights]
        own = (place[2], place[1]) if block.across else place[1:]
        inside = place[0] == block.sheet and own[1] in block.columns
        if inside or len(weights) < 2 or {track for *_, track in read} != weights or len(set(ends)) != 1 or not ends[0]:
            continue
        if {line for *_, line, _ in read} == {ends[0] - 1}:
            spots_ = [(path, ref, target) for path, ref, target, *_ in read]
            yield _with_last(case, place, tree, spots_, block.across, run)
            return


def _is_fixed(ref: Ref) -> bool:
    return ref.first.row_fixed and ref.first.col_fixed


def _end(case: Case, sheet: int, across: bool, track: int) -> int:
    """The last line of a track's fill; 0 where it has none."""
    along = case.fills_along((sheet, track, track))
    ends = [fill.last for table, fill in along if table.across == across]
    return ends[0] if len(ends) == 1 else 0


def _with_last(
    case: Case, place: Place, tree: Node, read: list[tuple[Path, Ref, Place]], across: bool, run: str | None
) -> Finding:
    better = tree
    for path, ref, target in read:
        last = (target[0], target[1], target[2] + 1) if across else (target[0], target[1] + 1, target[2])
        better = put(better, path, moved(case, ref, place, (*last, *last[1:])))
    words = f"{run or place_name(place)} is calculated with the weights of the line before the last one"
    expected, value = formula_text(better, place), case.desk.evaluate(better, place)
    return case.finding("reference", place, words, expected=expected, wanted=value, run=run)


_FINAL = ("last", "final", "end", "ende", "result", "trained", "fitted", "letzte", "letzter", "letztes", "letzten",
          "ergebnis", "schluss", "zuletzt", "dernier", "derniere", "finale", "finales", "finaux", "ultimo", "ultima",
          "fin")  # fmt: skip


def _says_final(case: Case, place: Place) -> bool:
    """Whether a cell's label says that it shows what comes out at the end."""
    words = [word for label in labels_of(case, place) if len(label) <= 40 for word in words_of(label)]
    return any(word in _FINAL or word.startswith(("end", "schluss", "final")) for word in words)


def _picked(case: Case, place: Place, tree: Node) -> Finding | None:
    """The last but one of a column by its number, ``INDEX(C4:C21,17)``, where the label says last."""
    call = bare(tree)
    if not isinstance(call, Call) or call.name != "INDEX" or len(call.args) != 2 or not _says_final(case, place):
        return None
    ref, number = bare(call.args[0]), bare(call.args[1])
    box = box_at(ref, *place[1:]) if isinstance(ref, Ref) and ref.last is not None else None
    if box is None or not isinstance(number, Literal) or min(box.height, box.width) != 1:
        return None
    count = max(box.height, box.width)
    if count < 4 or number.value != count - 1:
        return None
    better = replace(call, args=(call.args[0], Literal(float(count))))
    words = f"{place_name(place)} takes number {count - 1} of {count}, the last one is number {count}"
    expected, value = formula_text(better, place), case.desk.evaluate(better, place)
    return case.finding("reference", place, words, expected=expected, wanted=value)


def _last_ones(case: Case, place: Place, run: str | None) -> Iterator[Finding]:
    """A formula that takes values of a table's last line, and one of them from a line just before."""
    tree = _tree(case, place)
    picked = _picked(case, place, tree) if tree is not None else None
    if picked is not None:
        yield picked
    ends = [] if tree is None else [one for one in _ends(case, place, tree) if run is None or _is_fixed(one[1])]
    if not ends or len({fill.line for _, _, fill, _ in ends}) < len(ends):
        return
    early = [one for one in ends if one[3] != one[2].last]
    lines = {one[3] for one in ends}
    together = len(lines) == 1 and len(early) == len(ends) and run is None and _says_final(case, place)
    if not together and (len(early) != 1 or len(lines) != 2):
        return
    better = tree
    for path, ref, fill, _ in early:
        assert better is not None
        target = fill.place(fill.last)
        better = put(better, path, moved(case, ref, place, (*target, *target[1:])))
    assert better is not None
    expected, value = formula_text(better, place), case.desk.evaluate(better, place)
    _, ref, fill, _ = early[0]
    last = place_name(fill.place(fill.last))
    words = f"{place_name(place)} takes {formula_text(ref, place)[1:]}, the last one is {last}"
    yield case.finding("reference", place, words, expected=expected, wanted=value, run=run)


NEAR = 3


def _ends(case: Case, place: Place, tree: Node) -> Iterator[tuple[Path, Ref, Fill, int]]:
    """The single references of a formula to the last lines of fills of tables, with the line."""
    for path, node in paths(tree):
        target = _single(case, node, place)
        if target is None or not isinstance(node, Ref):
            continue
        for table, fill in case.fills_along(target):
            if _holds(table, fill, target) and fill.last == table.last and place != target:
                yield path, node, fill, fill.position(target)
                break


def _single(case: Case, node: Node, place: Place) -> Place | None:
    if not isinstance(node, Ref) or node.last is not None:
        return None
    box, span = box_at(node, *place[1:]), case.desk.cells.links.span(node.where, place[0])
    return (span[0], box.top, box.left) if box is not None and span is not None and len(span) == 1 else None


def _holds(table: Table, fill: Fill, target: Place) -> bool:
    line = target[1] if fill.across else target[2]
    at = fill.position(target)
    return (fill.sheet, fill.line) == (target[0], line) and max(table.first, fill.last - NEAR) <= at <= fill.last
