"""Columns that belong together by how they are made: what one of them should be, told by the others.

No roles are needed: of n columns of one shape each reads its own member of other such groups, and the one member that
none of them reads is what a further column of the family should read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ....formula.nodes import Literal, NameRef, Node, Ref
from ..ground.trees import bare, children, nodes, paths, put, same_shape

Shape = tuple[object, ...]


def shape(tree: Node) -> Shape:
    """What a formula is but for the cells on its way that it reads."""
    tree = bare(tree)
    if isinstance(tree, Ref):
        fixed = tree.first.row_fixed and tree.first.col_fixed
        return ("cell", tree if fixed else (tree.where, tree.last is None, tree.shape))
    if isinstance(tree, Literal | NameRef):
        return ("leaf", tree)
    own = getattr(tree, "operators", None) or getattr(tree, "name", None) or getattr(tree, "signs", None)
    return (type(tree).__name__, own, *(shape(child) for child in children(tree)))


Families = Mapping[int, list[int]]
"""Of each track those that are made like it or serve other weights in the same way, itself among them."""


def families(trees: Mapping[int, Node], roles: Iterable[list[int]]) -> dict[int, list[int]]:
    """The families by how formulas are made, and by what is known of roles (which has the last word)."""
    groups = _shapes(trees)
    found = {number: members for members in groups.values() for number in members}
    found.update({number: members for members in roles if len(members) > 1 for number in members})
    return found


def _shapes(trees: Mapping[int, Node]) -> dict[Shape, list[int]]:
    groups: dict[Shape, list[int]] = defaultdict(list)
    for number, tree in trees.items():
        groups[shape(tree)].append(number)
    return groups


def expected(trees: Mapping[int, Node], track: int, across: bool, of: Families) -> Iterator[Node]:
    """The formulas that a track would have if it were one more member of a family of others."""
    for members in _shapes(trees).values():
        others = [number for number in members if number != track]
        if not others or abs(min(others, key=lambda one: abs(one - track)) - track) > 40:
            continue
        made = _completed(trees, track, others, of, across) if _near(trees[others[0]], trees[track]) else None
        if made is None or made == trees[track]:
            continue
        spots = same_shape(made, trees[track])
        few = spots is not None and len(spots) < 4
        if len(others) > 1 or few or _near(made, trees[track], 1):
            yield made


def _near(one: Node, two: Node, most: int | None = None) -> bool:
    """Whether two formulas have most of their parts in common; ``most``: all but so many."""
    first, second = (Counter(type(node).__name__ + str(_word(node)) for node in nodes(tree)) for tree in (one, two))
    if most is not None:
        return max(first.total(), second.total()) - (first & second).total() <= most
    return 3 * (first & second).total() >= 2 * max(first.total(), second.total())


def _word(node: Node) -> object:
    if isinstance(node, Ref):
        return node.first.row_fixed and node.first.col_fixed
    return getattr(node, "operators", None) or getattr(node, "name", None) or getattr(node, "value", None)


def alike(trees: Mapping[int, Node], track: int, across: bool, of: Families) -> bool:
    """Whether a track is what the others of its shape let expect."""
    own = shape(trees[track])
    if _doubled(trees, track, across):
        return False
    others = [number for number, tree in trees.items() if number != track and shape(tree) == own]
    return bool(others) and _completed(trees, track, others, of, across) == trees[track]


def _doubled(trees: Mapping[int, Node], track: int, across: bool) -> bool:
    """Whether another track computes the very same from the very same cells."""
    own = [_at(node, _target(node, track, across), 1, across) for _, node in paths(trees[track]) if _moves(node)]
    for number, tree in trees.items():
        if number != track and shape(tree) == shape(trees[track]):
            other = [_at(node, _target(node, number, across), 1, across) for _, node in paths(tree) if _moves(node)]
            if own == other and len(own) > 1:
                return True
    return False


def same_made(trees: Mapping[int, Node], track: int, across: bool) -> bool:
    """Whether another track has a formula of the same shape, if it is more than a cell or two."""
    own = trees[track]
    if _doubled(trees, track, across):
        return False
    return len(list(nodes(own))) > 3 and any(
        number != track and shape(tree) == shape(own) for number, tree in trees.items()
    )


def _completed(trees: Mapping[int, Node], track: int, others: list[int], of: Families, across: bool) -> Node | None:
    """The formula of the others with, at each place where they differ, the member that none of them reads."""
    read = {number: [(path, node) for path, node in paths(trees[number]) if _moves(node)] for number in others}
    counts = {len(spots) for spots in read.values()}
    if len(counts) != 1:
        return None
    model = min(others, key=lambda one: abs(one - track))
    own = {_target(node, track, across) for _, node in paths(trees[track]) if _moves(node)}
    tree = trees[model]
    for at, (path, node) in enumerate(read[model]):
        seen = [_target(spots[at][1], number, across) for number, spots in read.items()]
        if len(set(seen)) != len(seen) and len(set(seen)) > 1:
            return None
        if len(set(seen)) == 1 and (len(seen) > 1 or seen[0] not in of or len(of[seen[0]]) == 1):
            wanted = seen[0]
            if len(seen) == 1 and wanted not in own and seen != others:
                return None  # nobody can say whether they would share it
        else:
            family = of.get(seen[0], [])
            left = [member for member in family if member not in seen]
            if seen == others and track not in seen:
                left = [track]
            if len(left) != 1:
                if len(seen) == 1 and len(family) > 1:
                    wanted = seen[0]
                    tree = put(tree, path, _at(node, wanted, track, across))
                    continue
                return None
            wanted = left[0]
        tree = put(tree, path, _at(node, wanted, track, across))
    return tree


def _moves(node: Node) -> bool:
    return isinstance(node, Ref) and not (node.first.row_fixed and node.first.col_fixed)


def reads_at(node: Node, track: int, across: bool) -> int:
    """The track on which the cell stands that a reference of a track reads."""
    return _target(node, track, across)


def _target(node: Node, track: int, across: bool) -> int:
    assert isinstance(node, Ref)
    corner = node.first
    fixed, offset = (corner.row_fixed, corner.row) if across else (corner.col_fixed, corner.col)
    return offset if fixed else track + offset


def _at(node: Node, target: int, track: int, across: bool) -> Node:
    """A reference to a line's cell on a track, seen from another."""
    assert isinstance(node, Ref)
    corner = node.first
    fixed = corner.row_fixed if across else corner.col_fixed
    offset = target if fixed else target - track
    first = replace(corner, row=offset) if across else replace(corner, col=offset)
    last = node.last and (replace(node.last, row=offset) if across else replace(node.last, col=offset))
    return replace(node, first=first, last=last)
