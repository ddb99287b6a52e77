"""Sheets made alike, one for each step or epoch: a cell of one of them that is not what it is on the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ....plan import Program
from ...findings import Finding, Place
from ..ground.case import Case
from .chains import TALL
from .counterparts import Wanted, compared
from .motion import Fit, Spot, fitted, skeleton, spots, strays
from .strides import together

LEAST, ENOUGH, MOST_CELLS = 3, 8, 20_000
Cells = dict[tuple[int, int], Program]


def alike_sheets(case: Case) -> Iterator[Finding]:
    """One finding for each cell or run of cells, among three and more sheets that go on from each other."""
    yield from found(case)


def found(case: Case) -> list[Finding]:
    """The findings, made once."""
    known = case.kept.get("sheets alike")
    if known is None:
        known = case.kept["sheets alike"] = [one for group in _groups(case) for one in _of_group(case, group)]
    assert isinstance(known, list)
    return known


def _groups(case: Case) -> list[list[int]]:
    """Sheets in order of which each has nearly the formulas of another."""
    kinds: list[dict[tuple[int, int], object]] = []
    groups: list[list[int]] = []
    for sheet in range(len(case.desk.book.sheets)):
        kinds.append({cell: skeleton(one.tree) for cell, one in _cells(case, sheet).items() if one.tree is not None})
        for group in groups:
            if any(_alike(kinds[sheet], kinds[other]) for other in group):
                group.append(sheet)
                break
        else:
            groups.append([sheet])
    return [group for group in groups if len(group) >= LEAST]


def _alike(one: Mapping[tuple[int, int], object], two: Mapping[tuple[int, int], object]) -> bool:
    same = sum(two.get(cell) == kind for cell, kind in one.items())
    fewer, more = sorted((len(one), len(two)))
    return same >= ENOUGH and 10 * same >= 6 * fewer and 2 * same >= more


def _cells(case: Case, sheet: int) -> Cells:
    """The formulas of a sheet; of long runs the first ones only."""
    key = f"cells {sheet}"
    if key not in case.kept:
        spans = case.desk.plan.programs[sheet].spans()
        case.kept[key] = {
            (row, span.col): span.program
            for span in spans
            for row in range(span.top, min(span.bottom, span.top + TALL) + 1)
        }
    known = case.kept[key]
    assert isinstance(known, dict)
    return known if len(known) <= MOST_CELLS else {}


def _of_group(case: Case, group: Sequence[int]) -> Iterator[Finding]:
    cells, names = {at: _cells(case, sheet) for at, sheet in enumerate(group)}, _names(case, group)
    single: dict[int, dict[Place, Finding]] = {}
    linked = 0
    for cell in sorted({cell for own in cells.values() for cell in own}):
        column = {at: own[cell] for at, own in cells.items() if cell in own}
        members, odd = _split(column)
        odd += [at for at in range(1, len(group)) if at not in column and 0 not in odd]
        read = {at: spots(one.tree, (group[at], *cell), names) if one.tree else None for at, one in members.items()}
        fits = _fits(read)
        if fits is None or len(members) < 2:
            continue
        linked += any(fit.step == 1 for fit in fits)
        odd += sorted(strays({at: one for at, one in read.items() if one is not None}, fits))
        good = len(members) - sum(at in members for at in odd)
        if len(odd) == 1 and good >= LEAST - (len(group) == LEAST):
            finding = _finding(case, group, cell, members, fits, odd[0])
            if finding is not None and finding.place is not None:
                single.setdefault(group[odd[0]], {})[finding.place] = finding
    if linked and len(single) <= 2:
        for several in single.values():
            yield from together(case, several)


def _split(column: Mapping[int, Program]) -> tuple[dict[int, Program], list[int]]:
    """The cells that have the usual kind of formula, and the sheets on which the cell has another."""
    kinds: dict[object, list[int]] = {}
    for at, one in column.items():
        kinds.setdefault(skeleton(one.tree) if one.tree is not None else None, []).append(at)
    usual = max(kinds.values(), key=len)
    return {at: column[at] for at in usual}, [at for at in column if at not in usual]


def _names(case: Case, group: Sequence[int]) -> list[str]:
    return [case.desk.book.sheets[sheet].name for sheet in group]


def _fits(read: Mapping[int, Sequence[Spot] | None]) -> Sequence[Fit] | None:
    seen = {at: one for at, one in read.items() if one is not None}
    fits = fitted(seen, 1, "sheet") if seen and len(seen) == len(read) else None
    return None if fits is None or any(fit.free for fit in fits) else fits


def _finding(
    case: Case,
    group: Sequence[int],
    cell: tuple[int, int],
    members: Mapping[int, Program],
    fits: Sequence[Fit],
    index: int,
) -> Finding | None:
    place = (group[index], *cell)
    fill = case.fill_at(place)
    if fill is not None and fill.position(place) in fill.odd:
        return None  # its own column tells
    sample = members[min((at for at in members if at != index), key=lambda at: abs(at - index))]
    words = "is not what the sheets made like this one have"
    return compared(case, place, Wanted(sample, fits, index, words, _names(case, group)))
