"""Chains: formulas of one skeleton at even distances in a line, as the blocks of a sheet that repeat have them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ....plan import Program
from ...findings import Place
from ..ground.case import Case
from .motion import Fit, Spot, fitted, skeleton, spots, strays

TALL = 40
"""Of runs that are longer only the first cells are looked at."""
MOST_STEP, MOST_CELLS, LEAST = 400, 20_000, 3


@dataclass(slots=True)
class Grid:
    """The formulas of a sheet by line: columns or, across, rows.

    runs: how many equal ones stand together, by line and position. Of array formulas that fill more than a cell none
    counts as standing together, as they are no fill.
    """

    sheet: int
    across: bool
    lines: dict[int, dict[int, Program]]
    runs: dict[tuple[int, int], int]
    skeletons: dict[int, object]
    names: list[str]

    def place(self, line: int, position: int) -> Place:
        """The cell at a position of a line."""
        return (self.sheet, line, position) if self.across else (self.sheet, position, line)


@dataclass(frozen=True, slots=True)
class Chain:
    """Cells of a line at even distances. members: index → position; the indices count steps.

    odd: the indices of members that read something else; holes: indices between the members at which something else
    stands. fits: what the others have.
    """

    line: int
    step: int
    rest: int
    members: Mapping[int, int]
    fits: Sequence[Fit]
    odd: frozenset[int]
    holes: tuple[int, ...]
    read: Mapping[int, Sequence[Spot]]

    @property
    def free(self) -> bool:
        """Whether a reference moves otherwise than the cells do."""
        return any(fit.free for fit in self.fits)

    @property
    def wide(self) -> bool:
        """Whether all such references move far."""
        return all(abs(fit.step) >= LEAST for fit in self.fits if fit.free)

    def position(self, index: int) -> int:
        """Where the cell at an index stands."""
        return index * self.step + self.rest


def grid(case: Case, sheet: int, across: bool) -> Grid | None:
    """The formulas of a sheet along one direction; None where there are too many."""
    found = Grid(sheet, across, {}, {}, {}, [one.name for one in case.desk.book.sheets])
    count = 0
    for span in case.desk.plan.programs[sheet].spans():
        if span.program.tree is None:
            continue
        tall = span.bottom - span.top >= TALL
        if tall and not across:
            continue
        rows = range(span.top, span.top + LEAST if tall else span.bottom + 1)
        count += len(rows)
        if count > MOST_CELLS:
            return None
        found.skeletons.setdefault(id(span.program), skeleton(span.program.tree))
        for row in rows:
            line, position = (row, span.col) if across else (span.col, row)
            if span.fills is not None:
                found.runs[line, position] = 1
            found.lines.setdefault(line, {})[position] = span.program
    for line, cells in found.lines.items():
        _count_runs(found, line, cells)
    return found


def _count_runs(found: Grid, line: int, cells: dict[int, Program]) -> None:
    run: list[int] = []
    for position in [*sorted(cells), -1]:
        if run and (position != run[-1] + 1 or cells[position] is not cells[run[-1]]):
            for each in run:
                found.runs.setdefault((line, each), len(run))
            run = []
        run.append(position)


def chains(case: Case, own: Grid) -> list[Chain]:
    """All chains of a sheet, with the steps that most of its formulas have and those of single lines."""
    groups = {line: _groups(own, cells) for line, cells in own.lines.items()}
    heads = [
        [at for at in positions if own.lines[line].get(at - 1) is not own.lines[line][at]]
        for line, each in groups.items()
        for positions in each.values()
    ]
    usual = _usual_steps(heads)
    found: dict[tuple[int, int, int, int], Chain] = {}
    for line, each in groups.items():
        for positions in each.values():
            for step in {*usual, *_own_steps(positions)}:
                for chain in _chains(case, own, line, positions, step):
                    found.setdefault((line, step, chain.rest, min(chain.members)), chain)
    return list(found.values())


def _groups(own: Grid, cells: Mapping[int, Program]) -> dict[object, list[int]]:
    """Skeleton → positions in order."""
    found: dict[object, list[int]] = {}
    for position in sorted(cells):
        found.setdefault(own.skeletons[id(cells[position])], []).append(position)
    return {key: positions for key, positions in found.items() if len(positions) > 1}


def _usual_steps(groups: Sequence[Sequence[int]]) -> list[int]:
    """The smallest step at which formulas come back about as often as at any."""
    counts: Counter[int] = Counter()
    for positions in groups:
        for at, one in enumerate(positions):
            counts.update({two - one for two in positions[at + 1 : at + 6] if 1 < two - one <= MOST_STEP})
    most = max(counts.values(), default=0)
    return [min(step for step, count in counts.items() if 2 * count >= most)] if most >= LEAST else []


def _own_steps(positions: Sequence[int]) -> Iterator[int]:
    gaps = [two - one for one, two in itertools.pairwise(positions)]
    if len(gaps) >= LEAST:
        step, count = Counter(gaps).most_common(1)[0]
        if 2 * count >= len(gaps) and step <= MOST_STEP:
            yield step


def _chains(case: Case, own: Grid, line: int, positions: Sequence[int], step: int) -> Iterator[Chain]:
    by_rest: dict[int, list[int]] = {}
    for position in positions:
        if step > 1:
            alone = own.runs[line, position] < step
        else:
            alone = own.runs[line, position] < LEAST and case.fill_at(own.place(line, position)) is None
        if alone:
            by_rest.setdefault(position % step, []).append(position)
    for rest, several in by_rest.items():
        run: list[int] = []
        for position in [*several, -1]:
            if run and (position < 0 or position - run[-1] > 2 * step):
                if len(run) > 1:
                    yield from _chain(own, line, run, step, rest)
                run = []
            run.append(position)


def _chain(own: Grid, line: int, run: Sequence[int], step: int, rest: int) -> Iterator[Chain]:
    members = {position // step: position for position in run}
    holes = tuple(index for index in range(min(members), max(members)) if index not in members)
    if len(run) < 2 or (step == 1 and len(run) < LEAST):
        return
    read: dict[int, list[Spot]] = {}
    for index, position in members.items():
        place = own.place(line, position)
        tree = own.lines[line][position].tree
        seen = spots(tree, place, own.names) if tree is not None else None
        if seen is None:
            return
        read[index] = seen
    fits = fitted(read, step, "col" if own.across else "row")
    if fits is not None:
        yield Chain(line, step, rest, members, fits, frozenset(strays(read, fits)), holes, read)
