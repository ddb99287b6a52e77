"""How references move along cells that repeat at even distances: what all of them have, and the cell that has not.

Each corner of each reference stands still or moves by an even step from one cell to the next. So formulas are compared
whose addresses differ in every cell, as in tables side by side or in a summary that reads every twelfth row.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ....formula.nodes import Corner, Literal, NameRef, Node, Paren, Ref, Where
from ...findings import Place
from ..ground.trees import children, corner_cell, label, with_children

TRIED = 5
"""Steps that are tried of all that occur."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One number or word of a formula: a row or a column that it reads, a typed number, a name, a sheet.

    axis: "row", "col" or "sheet" of references, else "". fixed: whether a ``$`` holds it.
    """

    value: object
    axis: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """What a spot is in the cell at an index: ``base + step·index``, or ``base`` where it is no number."""

    base: object
    step: int
    fixed: bool
    free: bool

    def at(self, index: int) -> object:
        """The spot's value at an index."""
        return self.base + self.step * index if isinstance(self.base, int) and self.step else self.base


def skeleton(tree: Node) -> object:
    """What a formula is without its references, names and numbers; parentheses do not count."""
    while isinstance(tree, Paren):
        tree = tree.inner
    if isinstance(tree, Ref):
        return ("ref", tree.last is None, tree.shape)
    if isinstance(tree, NameRef):
        return "name"
    if isinstance(tree, Literal):
        return "number" if isinstance(tree.value, float) else tree
    below = children(tree)
    if not below:
        return tree
    return (type(tree), label(tree), tuple(map(skeleton, below)))


def spots(tree: Node, place: Place, names: Sequence[str] = ()) -> list[Spot] | None:
    """All that can differ between formulas of one skeleton, in reading order; None beyond the grid.

    names: of the workbook's sheets, in order.
    """
    found: list[Spot] = []
    for node in _leaves(tree):
        if isinstance(node, NameRef):
            found.append(Spot(node.name.casefold()))
        elif isinstance(node, Literal):
            found.append(Spot(node.value))
        elif isinstance(node, Ref):
            found.append(_sheet(node.where, names))
            for corner in (node.first, node.last) if node.last is not None else (node.first,):
                cell = corner_cell(corner, *place[1:])
                if cell is None:
                    return None
                found.append(Spot(cell[0], "row", corner.row_fixed))
                found.append(Spot(cell[1], "col", corner.col_fixed))
    return found


def _sheet(where: Where | None, names: Sequence[str]) -> Spot:
    """The number of a sheet that a reference names."""
    if where is None or where.last is not None or where.book is not None or where.sheet not in names:
        return Spot(where)
    return Spot(names.index(where.sheet), "sheet", True)


def _leaves(tree: Node) -> Iterator[Node]:
    if isinstance(tree, Ref | NameRef) or (isinstance(tree, Literal) and isinstance(tree.value, float)):
        yield tree
    for child in children(tree):
        yield from _leaves(child)


def fitted(chain: Mapping[int, Sequence[Spot]], step: int, axis: str) -> list[Fit] | None:
    """What most cells of a chain have, spot by spot; None where that cannot be told.

    chain: index of a cell → its spots. step: how far apart the cells are; axis: "row" where they stand one below the
    other.
    """
    found = [{at: one[number] for at, one in chain.items()} for number in range(len(_any(chain)))]
    fits = []
    for spot in found:
        fit = _fit(spot, step, axis)
        if fit is not None and sum(fit.at(at) != one.value for at, one in spot.items()) > 1:
            return None  # nobody looks for more than one that is odd
        fits.append(fit)
    moving = any(fit is not None and fit.fixed and fit.step == step for fit in fits)
    if moving and step:  # where one reference with a $ moves along, one that cannot be told does too
        fits = [fit or _moved(spot, step, axis) for fit, spot in zip(fits, found, strict=True)]
    return None if any(fit is None for fit in fits) else [fit for fit in fits if fit is not None]


def _moved(found: Mapping[int, Spot], step: int, axis: str) -> Fit | None:
    """What a reference is that moves with its cell."""
    values = {at: spot.value for at, spot in found.items() if isinstance(spot.value, int) and spot.axis == axis}
    return Fit(_line(values, step)[1], step, True, False) if len(values) == len(found) else None


def _any(chain: Mapping[int, Sequence[Spot]]) -> Sequence[Spot]:
    return next(iter(chain.values()))


def _fit(found: Mapping[int, Spot], step: int, axis: str) -> Fit | None:
    values = {at: spot.value for at, spot in found.items()}
    fixed = Counter(spot.fixed for spot in found.values()).most_common(1)[0][0]
    along = next(iter(found.values())).axis
    if not all(type(value) is int for value in values.values()):
        base, count = Counter(values.values()).most_common(1)[0]
        return Fit(base, 0, fixed, False) if 2 * count > len(values) else None
    numbers = {at: value for at, value in values.items() if isinstance(value, int)}
    home = step if along == axis else 0
    steps = [home] if not fixed else [home, 0]
    tried = sorted((_line(numbers, each) for each in dict.fromkeys(steps)), key=lambda one: -one[0])
    if tried[0][0] < len(numbers) - 1:
        other = _line(numbers, _usual_step(numbers))
        if other[0] > tried[0][0]:
            return Fit(other[1], other[2], fixed, True)
    if len(tried) > 1 and tried[0][0] == tried[1][0] < len(numbers):
        return None
    return Fit(tried[0][1], tried[0][2], fixed, False)


def _usual_step(values: Mapping[int, int]) -> int:
    """The step from one to the next, or to the one after it, that most have."""
    ats = sorted(values)
    pairs = [*itertools.pairwise(ats), *zip(ats, ats[2:], strict=False)]
    steps = [
        (values[two] - values[one]) // (two - one)
        for one, two in pairs
        if (values[two] - values[one]) % (two - one) == 0
    ]
    usual = Counter(steps).most_common(TRIED)
    return max(usual, key=lambda one: (_line(values, one[0])[0], one[1]), default=(0, 0))[0]


def _line(values: Mapping[int, int], step: int) -> tuple[int, int, int]:
    """How many values lie on a line of this step; its base and the step."""
    base, count = Counter(value - step * at for at, value in values.items()).most_common(1)[0]
    return count, base, step


def strays(chain: Mapping[int, Sequence[Spot]], fits: Sequence[Fit]) -> set[int]:
    """The indices of the cells in which a spot is not what it is in the others."""
    return {
        at for at, own in chain.items() if any(fit.at(at) != spot.value for fit, spot in zip(fits, own, strict=True))
    }


def drawn(tree: Node, place: Place, fits: Sequence[Fit], index: int, names: Sequence[str] = ()) -> Node | None:
    """A formula of a chain as it should read in the cell at an index; None where it would leave the grid."""
    rest = iter(fits)
    return _drawn(tree, place, rest, index, names)


def _drawn(tree: Node, place: Place, rest: Iterator[Fit], index: int, names: Sequence[str]) -> Node | None:
    if isinstance(tree, NameRef):
        name = next(rest).at(index)
        return tree if str(name) == tree.name.casefold() else replace(tree, name=str(name))
    if isinstance(tree, Literal):
        return Literal(next(rest).at(index)) if isinstance(tree.value, float) else tree  # type: ignore[arg-type]  # a number
    if isinstance(tree, Ref):
        where = next(rest).at(index)
        if isinstance(where, int):
            if not 0 <= where < len(names):
                return None
            where = Where(names[where])
        tree = replace(tree, where=where)  # type: ignore[arg-type]  # as in other cells
        first = _corner(tree.first, place, rest, index)
        last = _corner(tree.last, place, rest, index) if tree.last is not None else None
        if first is None or (tree.last is not None and last is None):
            return None
        return replace(tree, first=first, last=last)
    below = [_drawn(child, place, rest, index, names) for child in children(tree)]
    if any(child is None for child in below):
        return None
    return with_children(tree, tuple(child for child in below if child is not None)) if below else tree


def _corner(corner: Corner, place: Place, rest: Iterator[Fit], index: int) -> Corner | None:
    row, col = next(rest), next(rest)
    cell = (row.at(index), col.at(index))
    if not (isinstance(cell[0], int) and isinstance(cell[1], int)) or min(cell[0], cell[1]) < 1:
        return None
    return Corner(
        cell[0] if row.fixed else cell[0] - place[1], cell[1] if col.fixed else cell[1] - place[2], row.fixed, col.fixed
    )
