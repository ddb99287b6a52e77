"""Blocks that repeat every few rows or columns: batches, epochs, tables side by side. One cell of a block is another.

What is compared is how formulas are made; no roles are needed, so sheets that were not understood are judged as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....address import parse_box
from ...findings import WARNING, Finding, Place
from ..ground.case import Case, place_name
from .chains import Chain, Grid, chains, grid
from .counterparts import Wanted, compared
from .motion import skeleton
from .odd_blocks import FEW, Blocks, meant, suspect, without


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


def vouched(findings: Sequence[Finding]) -> set[Place]:
    """The cells that blocks or sheets like theirs contradict."""
    return {one.place for one in findings if one.place is not None and one.severity != WARNING}


def goes_on(case: Case, sheet: int) -> bool:
    """Whether a sheet has several blocks each of which goes on from the one before."""
    return any(len(one.mates(step)) > FEW and one.linked(step) for one in _blocks(case, sheet) for step in one.steps)


def _blocks(case: Case, sheet: int) -> list[Blocks]:
    known = case.kept.setdefault("blocks", {})
    assert isinstance(known, dict)
    if sheet not in known:
        grids = [grid(case, sheet, across) for across in (False, True)]
        known[sheet] = [Blocks(case, own, chains(case, own)) for own in grids if own is not None]
    return list(known[sheet])


def _of_sheet(case: Case, sheet: int) -> Iterator[Finding]:
    single: dict[Place, Finding] = {}
    for blocks in _blocks(case, sheet):
        own = blocks.own
        for chain in blocks.every:
            index = suspect(chain, blocks)
            if index is not None:
                finding = _judged(case, own, without(chain, own, index), index)
                if finding is not None and finding.place is not None and _of_one_training(finding, chain, blocks):
                    single.setdefault(finding.place, finding)
    yield from (_unless_meant(case, one, single) for one in together(case, single))


def _unless_meant(case: Case, finding: Finding, single: dict[Place, Finding]) -> Finding:
    """A finding, as a warning where a sibling in the same row or column was changed in the same way."""
    place = finding.place
    if place is None or finding.kind != "formula" or finding.severity == WARNING:
        return finding
    mine, own = _form(case, place), parse_box(finding.range or place_name(place))
    alike = [
        other
        for other, one in single.items()
        if one.kind == "formula"
        and _beside(place, other)
        and not (own and own.has(*other[1:]))
        and _form(case, other) == mine
    ]
    return replace(finding, severity=WARNING) if alike else finding


def _form(case: Case, place: Place) -> object:
    program = case.desk.program(place)
    return None if program is None or program.tree is None else skeleton(program.tree)


def _beside(one: Place, two: Place) -> bool:
    """Whether cells of a sheet lie in one row but not one column, or the other way round."""
    return one[0] == two[0] and (one[1] == two[1]) != (one[2] == two[2])


def _of_one_training(finding: Finding, chain: Chain, blocks: Blocks) -> bool:
    """Whether blocks should be alike at all: trainings side by side may each have a rule of their own."""
    assert finding.place is not None
    fill = blocks.case.fill_at(finding.place)
    whole = fill is not None and fill.position(finding.place) not in fill.odd
    if chain.step == 1 or (finding.kind == "reference" and not whole):
        return True
    return blocks.linked(chain.step)


def _judged(case: Case, own: Grid, chain: Chain, index: int) -> Finding | None:
    place = own.place(chain.line, chain.position(index))
    sample = min((each for each in chain.members if each not in chain.odd), key=lambda each: abs(each - index))
    program = own.lines[chain.line][chain.members[sample]]
    held = case.desk.program(place)
    if held is not None and (held.tree is None or (index in chain.holes and not meant(own, chain, held))):
        return None
    words = f"breaks what comes back every {chain.step} {'columns' if own.across else 'rows'}"
    if chain.step == 1:
        words = f"breaks what the cells {'beside' if own.across else 'above and below'} it have"
    beyond = index not in chain.members and index not in chain.holes
    return compared(case, place, Wanted(program, chain.fits, index, words, own.names, beyond))


def together(case: Case, single: dict[Place, Finding]) -> Iterator[Finding]:
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
