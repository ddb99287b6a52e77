"""What a column's formula may be mended with: the cells of its line, the settings, its twins of other weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....formula.nodes import Literal, NameRef, Node, Ref, TableRef
from ....formula.printer import to_text
from ...findings import Finding
from ..ground.case import Case, formula_text
from ..ground.trees import nodes, paths, put, refs, same_shape
from .edits import Edit, Parts, cell_ref
from .trial import Stage


def parts_of(stage: Stage, track: int) -> Parts:
    """The parts at hand for a track, seen from its first line."""
    place = stage.place(stage.first_of(track), track)
    line = stage.turned(place)[0]
    others = [other for other in sorted(stage.block.columns) if other != track and _may_read(stage, track, other)]
    cells = [cell_ref(*place[1:], stage.place(line, other)[1:]) for other in others]
    return Parts(_known(stage, cells, track), _settings(stage), sorted(_numbers(stage)), *place[1:], stage.block.across)


_BEHIND = frozenset({"derivative", "gradient", "state", "update", "helper", "output", "perturbed"})


def _may_read(stage: Stage, track: int, other: int) -> bool:
    """Whether it makes sense that a column reads another: what goes forward reads nothing that comes behind it."""
    forward = stage.column(track).role in ("prediction", "hidden", "error", "residual")
    return not (forward and stage.column(other).role in _BEHIND)


def _known(stage: Stage, cells: list[Ref], track: int) -> list[Ref]:
    """The line's cells, with those of other sheets that the formulas of the block read."""
    found = list(cells)
    for program in _programs(stage):
        for ref in refs(program):
            moves = not (ref.first.row_fixed and ref.first.col_fixed)
            if ref.last is None and ref.where is not None and moves and ref not in found:
                found.append(ref)
    tables = {node for program in _programs(stage) for node in nodes(program) if isinstance(node, TableRef)}
    return found + sorted(tables, key=repr)  # type: ignore[arg-type]  # they stand for cells of the line


def _programs(stage: Stage) -> list[Node]:
    columns = stage.block.columns.values()
    return [one.program.tree for one in columns if one.program is not None and one.program.tree is not None]


def _settings(stage: Stage) -> list[Node]:
    """Fixed cells and names that the block's formulas read."""
    found: dict[Node, None] = {}
    for tree in _programs(stage):
        for node in nodes(tree):
            if isinstance(node, Ref) and node.last is None and node.first.row_fixed and node.first.col_fixed:
                found[node] = None
            if isinstance(node, NameRef):
                found[node] = None
    return list(found)


def _numbers(stage: Stage) -> set[float]:
    trees = _programs(stage)
    return {
        node.value for tree in trees for node in nodes(tree) if isinstance(node, Literal) and type(node.value) is float
    }


def twins(stage: Stage, track: int) -> Iterator[Edit]:
    """The formulas of the same column of other weights, their cells exchanged for this weight's."""
    column = stage.column(track)
    family = {weight.name: family_of(stage, weight.name) for weight in stage.weights}
    own = next((name for name, tracks in family.items() if track in tracks), None)
    for name, tracks in family.items():
        if own is None or name == own or len(tracks) != len(family[own]):
            continue
        other = tracks[family[own].index(track)]
        program = stage.column(other).program
        if program is None or program.tree is None or stage.column(other).role != column.role:
            continue
        pairs = dict(zip(tracks, family[own], strict=True))
        tree = _exchanged(stage, program.tree, other, track, pairs)
        if tree is not None:
            yield Edit(0.9, tree, *_told(stage, track, other, tree))


def alike(stage: Stage, track: int) -> bool:
    """Whether a column is made like those of other weights: then it is hardly the one that is wrong."""
    program = stage.column(track).program
    return program is not None and any(twin.tree == program.tree for twin in twins(stage, track))


def _told(stage: Stage, track: int, other: int, tree: Node) -> tuple[str, str]:
    """How a column differs from what its twin has, in words, and which kind of mistake that is."""
    program, place = stage.column(track).program, stage.place(stage.first_of(track), track)
    twin = f"as {stage.column(other).name} has it"
    assert program is not None
    assert program.tree is not None
    spots = same_shape(program.tree, tree)
    if not spots:
        return f"it should be {to_text(tree, *place[1:])}, {twin}", "formula"
    words = ", ".join(f"{to_text(a, *place[1:])} stands where {to_text(b, *place[1:])} belongs" for _, a, b in spots)
    plain = all(isinstance(a, Ref) and isinstance(b, Ref) for _, a, b in spots)
    return f"{words}, {twin}", "reference" if plain else "formula"


def family_of(stage: Stage, name: str) -> list[int]:
    """The tracks that serve one weight alone, in order: itself, its derivative, states, helpers, update."""
    if name not in stage.families:
        stage.families[name] = _family_of(stage, name)
    return stage.families[name]


def _family_of(stage: Stage, name: str) -> list[int]:
    mine = next(weight for weight in stage.weights if weight.name == name)
    own = {mine.old[0]} | {track for track, column in stage.block.columns.items() if column.of == name}
    above = {weight.name: upstream(stage, weight.new[0]) for weight in stage.weights}
    others = set().union(*(tracks for other, tracks in above.items() if other != name)) if len(above) > 1 else set()
    named = {track for track, column in stage.block.columns.items() if column.of not in (None, name)}
    weights = {weight.old[0] for weight in stage.weights}
    forward = {
        track
        for track, column in stage.block.columns.items()
        if column.role in ("prediction", "hidden", "error", "residual", "input", "target")
    }
    own |= above[name] - others - named - weights - forward
    return sorted(own)


def upstream(stage: Stage, track: int, stop: frozenset[int] = frozenset()) -> set[int]:
    """All tracks that a track depends on, through states, not through weights; itself included.

    stop: tracks that are found but not gone through.
    """
    found, stack = {track}, [track]
    weights = {weight.old[0] for weight in stage.weights}
    while stack:
        at = stack.pop()
        for other in stage.reads(at) - found if at not in stop else ():
            if other not in weights:
                found.add(other)
                stack.append(other)
    return found


def _exchanged(stage: Stage, tree: Node, source: int, target: int, pairs: dict[int, int]) -> Node | None:
    """A formula of one track for another one: references to tracks of the one family become those of the other."""
    across = stage.block.across
    for path, node in list(paths(tree)):
        if not isinstance(node, Ref) or node.where is not None or node.shape != "cells":
            continue
        ends = []
        for corner in (node.first, node.last or node.first):
            fixed = corner.row_fixed if across else corner.col_fixed
            at = (corner.row if across else corner.col) if fixed else source + (corner.row if across else corner.col)
            moved = pairs.get(at, at)
            offset = moved if fixed else moved - target
            ends.append(replace(corner, row=offset) if across else replace(corner, col=offset))
        new = replace(node, first=ends[0], last=ends[1] if node.last is not None else None)
        tree = put(tree, path, new)
    return tree


def whole_column(case: Case, stage: Stage, track: int, edit: Edit, words: str) -> Finding:
    """The finding of a column that an edit would mend: at its first cell, with the run."""
    place = stage.place(stage.first_of(track), track)
    return case.finding(
        edit.kind,
        place,
        words,
        expected=formula_text(edit.tree, place),
        wanted=case.desk.evaluate(edit.tree, place),
        run=stage.run_name(track),
        role=stage.column(track).role,
    )
