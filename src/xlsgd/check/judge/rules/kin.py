"""Columns that the same is done with as with others: a change that makes one like those is likely what was meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ....formula.nodes import Chain, Node, Ref
from ..ground.trees import bare, paths, put, refs
from ..trials.edits import Edit
from .families import Shape, reads_at, shape

Kin = Mapping[int, set[int]]


def kin_of(trees: Mapping[int, Node], across: bool) -> dict[int, set[int]]:
    """Of each track those that formulas of one shape read in the same place of theirs, as updates do derivatives."""
    spots: dict[tuple[Shape, int], set[int]] = defaultdict(set)
    for track, tree in trees.items():
        own = shape(tree)
        for at, ref in enumerate(_moving(tree)):
            if ref.last is None and ref.where is None:
                spots[own, at].add(reads_at(ref, track, across))
    found: dict[int, set[int]] = defaultdict(set)
    for members in spots.values():
        several = {one for one in members if one in trees}
        for one in several:
            found[one] |= several - {one}
    return dict(found)


def as_kin(trees: Mapping[int, Node], track: int, kin: Kin) -> Iterator[Edit]:
    """The formulas of a track's kin with its own cells in them, one for one."""
    tree = trees[track]
    own, done = _moving(tree), set[Node]()
    for other in sorted(kin.get(track, ()), key=lambda one: (abs(one - track), one)):
        new = trees[other]
        spots = [(path, node) for path, node in paths(new) if _moves(node)]
        if shape(new) == shape(tree) or len(spots) != len(own) or not own:
            continue
        for (path, _), ref in zip(spots, own, strict=True):
            new = put(new, path, ref)
        if new != tree and new not in done:
            done.add(new)
            yield Edit(0.5, new, "", "formula")


def made_like(trees: Mapping[int, Node], track: int, kin: Kin) -> set[Shape]:
    """The shapes that a track's kin have and it has not."""
    own = shape(trees[track])
    return {shape(trees[other]) for other in kin.get(track, ())} - {own}


def in_vain(trees: Mapping[int, Node], across: bool) -> set[int]:
    """Tracks that a formula takes from each other though they are the very same: one of the two is not meant so."""
    found: set[int] = set()
    for track, tree in trees.items():
        for _, node in paths(tree):
            inner = bare(node)
            if not (isinstance(inner, Chain) and inner.operators == ("-",)):
                continue
            one, two = (bare(operand) for operand in inner.operands)
            if isinstance(one, Ref) and isinstance(two, Ref) and _moves(one) and _moves(two):
                first, second = reads_at(one, track, across), reads_at(two, track, across)
                if first != second and _same(trees, first, second, across):
                    found |= {first, second}
    return found


def doubles(trees: Mapping[int, Node], track: int, tree: Node, across: bool) -> bool:
    """Whether a changed track would be the very same as another one."""
    changed = {**trees, track: tree}
    if any(_same(trees, track, other, across) for other in trees if other != track):
        return False
    return any(_same(changed, track, other, across) for other in trees if other != track)


def _same(trees: Mapping[int, Node], one: int, two: int, across: bool) -> bool:
    if one not in trees or two not in trees or shape(trees[one]) != shape(trees[two]):
        return False
    read = [[reads_at(ref, track, across) for ref in _moving(trees[track])] for track in (one, two)]
    return read[0] == read[1] and len(read[0]) > 1


def _moving(tree: Node) -> list[Ref]:
    return [ref for ref in refs(tree) if _moves(ref)]


def _moves(node: Node) -> bool:
    return isinstance(node, Ref) and not (node.first.row_fixed and node.first.col_fixed)
