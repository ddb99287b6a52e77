"""Which cell of a chain is the odd one: what the blocks around it say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ....plan import Program
from ..ground.case import Case
from ..ground.spread import Spread
from .chains import LEAST, Chain, Grid
from .motion import fitted

FEW = 3
"""Other chains with the same step that vouch for a short one."""
TRIED = 8


@dataclass(slots=True)
class Blocks:
    """The chains of a sheet in one direction, and what is known of the blocks that they make."""

    case: Case
    own: Grid
    every: Sequence[Chain]
    _mates: dict[int, list[Chain]] = field(default_factory=dict)
    _linked: dict[int, bool] = field(default_factory=dict)

    @property
    def steps(self) -> set[int]:
        """The distances of all blocks."""
        return {one.step for one in self.every if one.step > 1}

    def mates(self, step: int) -> list[Chain]:
        """Chains with a step in which all is in order, one for each formula."""
        if step not in self._mates:
            found: dict[int, Chain] = {}
            for one in self.every:
                if one.step == step and not one.odd and not one.holes and len(one.members) >= LEAST and not one.free:
                    found.setdefault(id(self.own.lines[one.line][min(one.members.values())]), one)
            self._mates[step] = list(found.values())
        return self._mates[step]

    def linked(self, step: int) -> bool:
        """Whether a block goes on from the one before: then they are one training and not several."""
        if step not in self._linked:
            spread = _spread(self.case)
            self._linked[step] = any(self._hands_on(spread, one) for one in self.mates(step)[:TRIED])
        return self._linked[step]

    def _hands_on(self, spread: Spread, chain: Chain) -> bool:
        first, second = sorted(chain.members)[:2]
        place, after = (self.own.place(chain.line, chain.members[at]) for at in (first, second))
        return any(sheet == after[0] and box.has(*after[1:]) for sheet, box in spread.of(place))

    def kind(self, chain: Chain) -> object:
        """What the formulas of a chain are but for what they read."""
        return self.own.skeletons[id(self.own.lines[chain.line][min(chain.members.values())])]


def _spread(case: Case) -> Spread:
    known = case.kept.setdefault("spread", None) or Spread(case.desk.plan)
    case.kept["spread"] = known
    assert isinstance(known, Spread)
    return known


def suspect(chain: Chain, blocks: Blocks) -> int | None:
    """The index of the one cell that breaks a chain whose others leave no doubt."""
    suspects = [*chain.odd, *chain.holes]
    good = len(chain.members) - len(chain.odd)
    if not suspects:
        return _beyond(chain, blocks)
    if len(chain.members) == 2 and not chain.holes:
        return _of_two(chain, blocks)
    if len(suspects) != 1 or good < 2:
        return None
    index = suspects[0]
    inside = min(chain.members) < index < max(chain.members)
    if chain.step == 1 or chain.free:
        return index if inside and good >= (LEAST if chain.wide and chain.free else LEAST + 1) else None
    mates = blocks.mates(chain.step)
    if good < LEAST + 1 and len(mates) < FEW:
        return None
    if inside:
        return index
    return index if len(mates) >= FEW and _continues(chain, index, mates) else None


def _beyond(chain: Chain, blocks: Blocks) -> int | None:
    """The index of another formula where a chain would go on, as the blocks of others do there."""
    if chain.step == 1 or chain.free:
        return None
    for index in (max(chain.members) + 1, min(chain.members) - 1):
        held = blocks.own.lines[chain.line].get(chain.position(index))
        if held is not None and meant(blocks.own, chain, held):
            mates = blocks.mates(chain.step)
            if len(mates) >= FEW and _continues(chain, index, mates):
                return index
    return None


def _of_two(chain: Chain, blocks: Blocks) -> int | None:
    """Of two cells that differ the index of the one that differs from its sibling in the same block as well."""
    if chain.step == 1 or chain.free or len(blocks.mates(chain.step)) < FEW:
        return None
    first, last = sorted(chain.members)
    wrong: set[int] = set()
    for other in blocks.every:
        same = other.step == chain.step and other.members.keys() == chain.members.keys()
        if not same or other is chain or other.odd or blocks.kind(other) != blocks.kind(chain):
            continue
        if all(abs(other.members[at] - chain.members[at]) < chain.step for at in (first, last)):
            wrong |= _unlike(chain, other, blocks.own)
    return wrong.pop() if len(wrong) == 1 else None


def without(chain: Chain, own: Grid, index: int) -> Chain:
    """A chain as its other cells have it; of two cells the fit may be the odd one's."""
    if len(chain.members) > 2 or chain.holes or index not in chain.members or chain.odd == {index}:
        return chain
    rest = {at: read for at, read in chain.read.items() if at != index}
    other = fitted(rest, chain.step, "col" if own.across else "row") or chain.fits
    fits = [
        one if all(one.at(at) == read[number].value for at, read in chain.read.items()) else two
        for number, (one, two) in enumerate(zip(chain.fits, other, strict=True))
    ]
    return replace(chain, fits=fits, odd=frozenset({index}))


def _unlike(chain: Chain, other: Chain, own: Grid) -> set[int]:
    """At which index a chain of two differs from a sibling that it is like at the other; both where nobody can say."""
    first, last = sorted(chain.members)
    found: set[int] = set()
    for number, fit in enumerate(chain.fits):
        if all(fit.at(at) == chain.read[at][number].value for at in (first, last)):
            continue
        like = {at for at in (first, last) if _like(chain, other, own, at, number)}
        if len(like) != 1:
            return {first, last}
        found |= {first, last} - like
    return found


def _like(chain: Chain, other: Chain, own: Grid, at: int, number: int) -> bool:
    """Whether siblings read the same line at a spot, or lines as far from their own."""
    one, two = chain.read[at][number], other.read[at][number]
    if one.value == two.value:
        return True
    if not (isinstance(one.value, int) and isinstance(two.value, int)):
        return False
    along = (one.axis == "col") == own.across
    far = other.members[at] - chain.members[at] if along else other.line - chain.line
    return two.value - one.value == far


def _continues(chain: Chain, index: int, mates: Sequence[Chain]) -> bool:
    """Whether blocks lie on both sides of the first cell of a chain, or its last one has a block of its own."""
    at, half = chain.position(index), chain.step / 2
    back = index <= min(chain.members)
    return any(
        any(
            abs(position - at) < half and (number - 1 in mate.members or not back)
            for number, position in mate.members.items()
        )
        for mate in mates
    )


def meant(own: Grid, chain: Chain, held: Program) -> bool:
    """Whether another formula in the place of a chain's is the only one of its kind, or all others are the chain's."""
    line, mine = own.lines[chain.line], own.skeletons.get(id(held))
    alike = sum(own.skeletons[id(each)] == mine and line.get(at - 1) is not each for at, each in line.items())
    return alike == 1 or len(chain.members) > 2 * LEAST
