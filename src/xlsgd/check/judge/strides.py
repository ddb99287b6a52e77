"""Blocks that repeat every few rows or columns: batches, epochs, tables side by side. One cell of a block is another.

What is compared is how formulas are made; no roles are needed, so sheets that were not understood are judged as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...address import box_name
from ...formula.nodes import Node
from ...plan import Program
from ...values import Array
from ..findings import WARNING, Finding, Place
from .case import Case, formula_text, place_name, said
from .chains import LEAST, Chain, Grid, chains, grid
from .compare import difference
from .fills import item
from .motion import drawn
from .trees import box_at, refs
from .whatif import near

FEW = 3
"""Other chains with the same step that vouch for a short one."""


def strides(case: Case) -> Iterator[Finding]:
    """One finding for each cell, or for the cells below each other, that break what comes back in every block."""
    yield from found(case)


def found(case: Case) -> list[Finding]:
    """The findings, made once."""
    known = case.kept.get("strides")
    if known is None:
        known = case.kept["strides"] = [
            one for sheet in range(len(case.desk.book.sheets)) for one in _of_sheet(case, sheet)
        ]
    assert isinstance(known, list)
    return known


def vouched(case: Case) -> set[Place]:
    """The cells that blocks like theirs contradict."""
    return {one.place for one in found(case) if one.place is not None and one.severity != WARNING}


def _of_sheet(case: Case, sheet: int) -> Iterator[Finding]:
    single: dict[Place, Finding] = {}
    for across in (False, True):
        own = grid(case, sheet, across)
        if own is None:
            return
        every = chains(case, own)
        for chain in every:
            index = _suspect(chain, own, every)
            if index is not None:
                finding = _judged(case, own, chain, index)
                if finding is not None and finding.place is not None:
                    single.setdefault(finding.place, finding)
    yield from _together(case, single)


def _suspect(chain: Chain, own: Grid, every: Sequence[Chain]) -> int | None:
    """The index of the one cell that breaks a chain whose others leave no doubt."""
    suspects = [*chain.odd, *chain.holes]
    good = len(chain.members) - len(chain.odd)
    if not suspects:
        return _beyond(chain, own, every)
    if len(suspects) != 1 or good < 2:
        return None
    index = suspects[0]
    inside = min(chain.members) < index < max(chain.members)
    if chain.step == 1 or chain.free:
        return index if inside and good >= (LEAST if chain.wide and chain.free else LEAST + 1) else None
    mates = _mates(chain, own, every)
    if good < LEAST + 1 and len(mates) < FEW:
        return None
    if inside:
        return index
    return index if len(mates) >= FEW and _continues(chain, index, mates) else None


def _beyond(chain: Chain, own: Grid, every: Sequence[Chain]) -> int | None:
    """The index of another formula where a chain would go on, as the blocks of others do there."""
    if chain.step == 1 or chain.free:
        return None
    for index in (max(chain.members) + 1, min(chain.members) - 1):
        held = own.lines[chain.line].get(chain.position(index))
        if held is not None and _meant(own, chain, held):
            mates = _mates(chain, own, every)
            if len(mates) >= FEW and _continues(chain, index, mates):
                return index
    return None


def _mates(chain: Chain, own: Grid, every: Sequence[Chain]) -> list[Chain]:
    """Chains with the same step in which all is in order, one for each formula."""
    found: dict[int, Chain] = {}
    for one in every:
        if one.step == chain.step and not one.odd and not one.holes and len(one.members) >= LEAST and not one.free:
            first = own.lines[one.line][min(one.members.values())]
            found.setdefault(id(first), one)
    return list(found.values())


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


def _judged(case: Case, own: Grid, chain: Chain, index: int) -> Finding | None:
    desk, place = case.desk, own.place(chain.line, chain.position(index))
    sample = min((each for each in chain.members if each not in chain.odd), key=lambda each: abs(each - index))
    program = own.lines[chain.line][chain.members[sample]]
    assert program.tree is not None
    wanted = drawn(program.tree, place, chain.fits, index)
    held = item(desk, place)
    if wanted is None or held is None:
        return None
    value = desk.evaluate(wanted, place, program.whole)
    if not (type(value) is float or isinstance(value, Array)):
        return None
    expected = formula_text(wanted, place)
    if not isinstance(held, Program):
        return _typed(case, place, held, expected, value)
    if held.tree is None or (index in chain.holes and not _meant(own, chain, held)):
        return None
    if index not in chain.members and index not in chain.holes and not _slip(held.tree, wanted, place):
        return None
    if not _full(case, wanted, held.tree, place):
        return None
    how = difference(desk, held.tree, wanted, place, held.whole)
    if not how.kind:
        return None
    words = f"{place_name(place)} breaks what comes back every {chain.step} {'columns' if own.across else 'rows'}"
    if chain.step == 1:
        words = f"{place_name(place)} breaks what the cells {'beside' if own.across else 'above and below'} it have"
    finding = case.finding(
        how.kind, place, f"{words}: {how.words}", expected=expected, wanted=value, run=_box(case, place)
    )
    return replace(finding, severity=WARNING) if near(desk.recompute(place), value) else finding


def _typed(case: Case, place: Place, held: object, expected: str, value: object) -> Finding | None:
    if not isinstance(held, float):
        return None
    words = f"{place_name(place)} is the typed number {said(held)} where other blocks have {expected}"
    return case.finding("hard-coded", place, words, expected=expected, wanted=value)


def _meant(own: Grid, chain: Chain, held: Program) -> bool:
    """Whether another formula in the place of a chain's is the only one of its kind, or all others are the chain's."""
    mine = own.skeletons.get(id(held))
    alike = sum(own.skeletons[id(each)] == mine for each in own.lines[chain.line].values())
    return alike == 1 or len(chain.members) > 2 * LEAST


def _slip(own: Node, wanted: Node, place: Place) -> bool:
    """Whether a formula reads most of what another reads: so it is the same one with a mistake in it."""
    one, two = (Counter(box_at(ref, *place[1:]) for ref in refs(tree)) for tree in (own, wanted))
    return 2 * (one & two).total() > max(one.total(), two.total())


def _full(case: Case, wanted: Node, own: Node, place: Place) -> bool:
    """Whether all single cells that a formula should read hold something, as those do that it reads."""
    desk = case.desk
    for ref in refs(wanted):
        box = box_at(ref, *place[1:])
        span = desk.cells.links.span(ref.where, place[0])
        if box is None or span is None or len(span) != 1:
            return False
        ends = [(span[0], box.top, box.left), (span[0], box.bottom, box.right)]
        if any(desk.at(end) is None or isinstance(desk.at(end), str) for end in ends):
            return False
    return True


def _box(case: Case, place: Place) -> str | None:
    """The cells that an array formula fills."""
    box = case.desk.book.sheets[place[0]].formulas[place[1:]].box
    return box_name(box) if box is not None and box.height * box.width > 1 else None


def _together(case: Case, single: dict[Place, Finding]) -> Iterator[Finding]:
    """Findings one below the other, of one kind, as one with its range."""
    run: list[Place] = []
    for place in sorted(single, key=lambda one: (one[2], one[1])):
        last = single[run[-1]] if run else None
        if last is not None and (
            place[1:] != (run[-1][1] + 1, run[-1][2]) or (last.kind, last.severity) != _sort(single[place])
        ):
            yield _joined(case, run, single)
            run = []
        run.append(place)
    if run:
        yield _joined(case, run, single)


def _sort(finding: Finding) -> tuple[str, str]:
    return finding.kind, finding.severity


def _joined(case: Case, run: Sequence[Place], single: dict[Place, Finding]) -> Finding:
    first = single[run[0]]
    if len(run) == 1:
        return first
    fill = case.fill_at(run[0])
    last = run[-1]
    if fill is not None and not fill.across and fill.program is case.desk.program(last):
        last = fill.place(fill.last)
    return replace(first, range=f"{place_name(run[0])}:{place_name(last)}")
