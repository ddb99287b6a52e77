"""The same slip in several columns at once: formulas that were filled to the side, a counter read a line off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ....formula.nodes import Node, Ref
from ..ground.trees import paths, put
from ..trials.edits import Edit
from .slips import shifted

COST, COST_OF_DATA = 0.9, 1.7
"""A counter or data that several columns read a line off; of data it is likelier that one column has them wrong."""


def filled_aside(trees: Mapping[int, Node]) -> list[list[int]]:
    """Tracks that have one and the same formula, as filling it to the side makes them."""
    groups: dict[Node, list[int]] = defaultdict(list)
    for track, tree in sorted(trees.items()):
        groups[tree].append(track)
    several = [group for group in groups.values() if len(group) > 1]
    halves = [
        group[at : at + len(group) // 2] for group in several if len(group) in (4, 6, 8) for at in (0, len(group) // 2)
    ]
    return several + halves


def repeated(group: Sequence[int], edit: Edit) -> Edit:
    """One change in all columns of a group, told at the first."""
    return replace(edit, others=tuple((track, edit.tree) for track in group[1:]))


def counters(trees: Mapping[int, Node], data: Mapping[int, bool], across: bool) -> Iterator[tuple[int, Edit]]:
    """A column of data (a step's number, a rate) that all its readers read a line off.

    data: the columns, and of each whether it is an input or a target.
    """
    for counter, sampled in data.items():
        cost = COST_OF_DATA if sampled else COST
        reads: dict[int, list[int]] = defaultdict(list)
        for track, tree in trees.items():
            if track == counter:
                continue
            for offset in {_line(node, across) for _, node in paths(tree) if _is(node, track, counter, across)}:
                reads[offset].append(track)
        for offset, tracks in reads.items():
            if len(tracks) < 2:
                continue
            for by in (1, -1):
                if offset + by > 0:
                    continue
                new = {track: _moved(trees[track], track, counter, offset, by, across) for track in sorted(tracks)}
                first = min(new)
                words = f"it reads the line {'before' if by > 0 else 'after'} the right one"
                rest = tuple((track, tree) for track, tree in new.items() if track != first)
                yield first, Edit(cost, new[first], words, "reference", rest)


def _moved(tree: Node, track: int, counter: int, offset: int, by: int, across: bool) -> Node:
    for path, node in list(paths(tree)):
        if _is(node, track, counter, across) and _line(node, across) == offset:
            assert isinstance(node, Ref)
            tree = put(tree, path, shifted(node, by, across))
    return tree


def _is(node: Node, track: int, counter: int, across: bool) -> bool:
    """Whether a node reads one cell of a track, of a line that goes along."""
    if not isinstance(node, Ref) or node.last is not None or node.where is not None or node.shape != "cells":
        return False
    corner = node.first
    if corner.col_fixed if across else corner.row_fixed:
        return False
    fixed, at = (corner.row_fixed, corner.row) if across else (corner.col_fixed, corner.col)
    return (at if fixed else track + at) == counter


def _line(node: Node, across: bool) -> int:
    assert isinstance(node, Ref)
    return node.first.col if across else node.first.row
