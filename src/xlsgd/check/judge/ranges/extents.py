"""Ranges that stop short of the column that they sum up, reach beyond it, or include their own cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ....address import box_name
from ....formula.nodes import Call, Node, Ref
from ....plan.regions import regions
from ...findings import Finding, Place
from ..cells.data import swept
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill, Table
from ..ground.trees import box_at, nodes, paths, put
from .reaches import Reach, Reaches, turned

MANY = 6
"""Columns whose ranges begin in one row."""
WIDE = 200
"""Columns of a range that are looked at."""


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers one below the other in one column: of a fill, or typed and read by one. starts: a start stands on top.

    across: they stand side by side; ``col`` is then their row, ``first`` and ``last`` are columns.
    """

    sheet: int
    col: int
    first: int
    last: int
    starts: bool = False
    typed: bool = False
    across: bool = False

    def place(self, line: int) -> Place:
        """One of its cells."""
        return (self.sheet, self.col, line) if self.across else (self.sheet, line, self.col)


def extents(case: Case) -> Iterator[Finding]:
    """Ranges with a wrong end, one finding a formula."""
    runs, rows = _by_line(columns(case)), _by_line(lying(case))
    reaches = Reaches(_reaches(case))
    turned_ones = Reaches(map(_lying, reaches.every))
    told: set[Place] = set()
    summed = case.kept.setdefault("summed", set())
    assert isinstance(summed, set)
    for reach in reaches.every:
        if reach.place in told:
            continue
        if reach.sheet == reach.place[0] and reach.box.has(*reach.place[1:]):
            told.add(reach.place)
            yield _including_itself(case, reach, runs)
            continue
        other = _looked_up(reach, reaches)
        if other is not None:
            told.add(reach.place)
            yield _finding(case, reach, (other.box.top, other.box.bottom))
            continue
        if reach.box.height == 1 and reach.box.width >= 3:
            reach = _lying(reach)
            better = None if _moving(case, reach) else _better(case, reach, rows, turned_ones)
        else:
            better = _better(case, reach, runs, reaches)
        if better is not None:
            told.add(reach.place)
            if any(not run.typed for run in _met(runs, reach)):
                summed.add(reach.place)
            yield _finding(case, reach, better)


def _looked_up(reach: Reach, reaches: Reaches) -> Reach | None:
    """What a look-up searches, where what it returns begins or ends on another line; None where both are level."""
    call = next((node for node in nodes(reach.tree) if isinstance(node, Call) and node.name in _LOOKUPS), None)
    own = [one for one in reaches.of(reach.place) if one.box.width == 1 and one.box.height > 2]
    if call is None or len({one.sheet for one in own}) != 1 or reach not in own:
        return None
    ends = {(one.box.top, one.box.bottom) for one in own}
    longer = max(own, key=lambda one: (one.box.height, one.path))
    uneven = len(ends) == 2 and reach.box.height < longer.box.height
    return longer if uneven and sum(one.box.height == reach.box.height for one in own) == 1 else None


_LOOKUPS = frozenset({"XLOOKUP", "LOOKUP", "MATCH", "XMATCH"})


def _finding(case: Case, reach: Reach, better: tuple[int, int]) -> Finding:
    top, bottom = better
    tree = put(reach.tree, reach.path, _resized(reach.ref, reach, top, bottom))
    own, right = reach.named(reach.box.top, reach.box.bottom), reach.named(top, bottom)
    short = bottom - top > reach.box.height - 1
    words = f"{place_name(reach.place)} takes {own}, the {'row' if reach.across else 'column'} runs over {right}: "
    words += f"the range is too {'short' if short else 'long'}"
    value = case.desk.evaluate(tree, reach.place)
    return case.finding("reference", reach.place, words, expected=formula_text(tree, reach.place), wanted=value)


def _including_itself(case: Case, reach: Reach, runs: Runs) -> Finding:
    words = f"{place_name(reach.place)} includes itself in the range {box_name(reach.box)}: a circular reference"
    run = next(iter(_met(runs, reach)), None)
    if run is None or reach.box.width > 1:
        return case.finding("reference", reach.place, words)
    bottom = min(run.last, reach.place[1] - 1) if reach.place[1] > reach.box.top else run.last
    top = max(reach.box.top, run.first) if reach.place[1] > reach.box.top else max(run.first, reach.place[1] + 1)
    tree = put(reach.tree, reach.path, _resized(reach.ref, reach, top, bottom))
    value = case.desk.evaluate(tree, reach.place)
    return case.finding("reference", reach.place, words, expected=formula_text(tree, reach.place), wanted=value)


def _resized(ref: Ref, reach: Reach, top: int, bottom: int) -> Ref:
    _, row, col = reach.place
    assert ref.last is not None
    ends = []
    for corner, target in ((ref.first, top), (ref.last, bottom)):
        if reach.across:
            ends.append(replace(corner, col=target if corner.col_fixed else target - col))
        else:
            ends.append(replace(corner, row=target if corner.row_fixed else target - row))
    return replace(ref, first=ends[0], last=ends[1])


def _lying(reach: Reach) -> Reach:
    return replace(reach, box=turned(reach.box), across=True)


def _moving(case: Case, reach: Reach) -> bool:
    """Whether a range that lies moves along with a formula that is filled to the right."""
    ends = (reach.ref.first, reach.ref.last or reach.ref.first)
    fill = case.fill_at(reach.place)
    return fill is not None and fill.across and not all(end.col_fixed for end in ends)


Runs = dict[tuple[int, int], list[Run]]
"""Runs by sheet and column."""


def _by_line(runs: list[Run]) -> Runs:
    found: Runs = {}
    for run in runs:
        found.setdefault((run.sheet, run.col), []).append(run)
    return found


def _met(runs: Runs, reach: Reach) -> list[Run]:
    """The runs of the columns of a range that it meets."""
    cols = range(reach.box.left, min(reach.box.right, reach.box.left + WIDE) + 1)
    own = (run for col in cols for run in runs.get((reach.sheet, col), ()))
    return [run for run in own if reach.box.top <= run.last and run.first <= reach.box.bottom]


def _better(case: Case, reach: Reach, runs: Runs, reaches: Reaches) -> tuple[int, int] | None:
    """The rows that a range should take, None where its own are right (or nobody can say)."""
    if reach.box.height < 3 or reach.box.width > 1:
        return None
    own, box = _met(runs, reach), reach.box
    if not own or any((run.first, run.last) == (box.top, box.bottom) for run in own):
        return None
    run = max(own, key=lambda run: min(run.last, box.bottom) - max(run.first, box.top))
    low, high = box.top - run.first, run.last - box.bottom
    if box.bottom > run.last or box.top < run.first:
        return _too_long(case, reach, run)
    parts = _parts(reach, run, reaches)
    if parts is not None:
        return parts if parts != (box.top, box.bottom) else None
    if (low, high) in ((1, 0), (0, 1), (2, 0), (0, 2)) and run.last - run.first >= 4:
        if (low and (run.starts or (run.typed and reaches.columns_from(reach) >= MANY))) or _meant(reach, reaches):
            return None
        left_out = [*range(run.first, box.top), *range(box.bottom + 1, run.last + 1)]
        if run.typed and any(case.alone(run.place(line)) for line in left_out):
            return None  # a setting above the numbers, not one of them
        return run.first, run.last
    return None


def _too_long(case: Case, reach: Reach, run: Run) -> tuple[int, int] | None:
    """A range that takes numbers beside its column's."""
    box = reach.box
    beyond = [row for row in range(box.top, box.bottom + 1) if not run.first <= row <= run.last]
    if run.typed:
        beyond = [row for row in beyond if case.desk.program(run.place(row)) is not None]
    if len(beyond) > 10 or not any(case.desk.number(run.place(row)) is not None for row in beyond):
        return None
    return max(box.top, run.first), min(box.bottom, run.last)


def _meant(reach: Reach, reaches: Reaches) -> bool:
    """Whether a formula takes neighbours on purpose: two ranges of one height, shifted; or many do the same."""
    mates = [one for one in reaches.of(reach.place) if one.path != reach.path]
    if any(one.box.height == reach.box.height and one.box.top != reach.box.top for one in mates):
        return True
    return reaches.formulas_over(reach) > 2


def _parts(reach: Reach, run: Run, reaches: Reaches) -> tuple[int, int] | None:
    """Where formulas of one kind share a column out among them (epochs): the part that belongs to this one.

    Its own part where that is in order, None where the column is not shared out.
    """
    own = (reach.box.top, reach.box.bottom)
    part = reaches.shared_out(reach, (run.first, run.last)).get(own)
    if part is None:
        return None
    return part if abs(part[0] - own[0]) <= 2 and abs(part[1] - own[1]) <= 2 else None


def _reaches(case: Case) -> Iterator[Reach]:
    """The ranges of all formulas that are not part of a long fill."""
    for sheet, cells in enumerate(case.desk.plan.programs):
        for region in regions(cells.spans()):
            tree = region.program.tree
            if tree is None or (region.box.height > 3 and not _anchored(tree)):
                continue
            spots = [(path, node) for path, node in paths(tree) if isinstance(node, Ref) and node.last is not None]
            for cell in list(region.cells())[: 3 if region.box.height > 3 else None] if spots else ():
                for path, ref in spots:
                    assert isinstance(ref, Ref)
                    box, span = box_at(ref, *cell), case.desk.cells.links.span(ref.where, sheet)
                    if box is not None and span is not None and len(span) == 1:
                        yield Reach((sheet, *cell), tree, path, ref, span[0], box)
                if region.box.height > 3:
                    break


def _anchored(tree: Node) -> bool:
    """Whether all ranges of a formula stay where they are when it is filled down."""
    ranges = [node for _, node in paths(tree) if isinstance(node, Ref) and node.last is not None]
    return bool(ranges) and all(one.first.row_fixed and one.last is not None and one.last.row_fixed for one in ranges)


def columns(case: Case) -> list[Run]:
    """The columns of all tables that run down: of their fills and of the typed cells that these read."""
    known = case.kept.get("columns")
    if known is None:
        known = case.kept["columns"] = _apart([*_of_tables(case, across=False), *_typed_runs(case)])
    assert isinstance(known, list)
    return known


def lying(case: Case) -> list[Run]:
    """The rows of all tables that run to the right, as ``columns``; no other numbers side by side."""
    return _apart(_of_tables(case, across=True))


def _apart(runs: list[Run]) -> list[Run]:
    """Runs without repetitions, without typed ones that meet others, and without parts of others."""
    found: dict[tuple[int, int], dict[tuple[int, int], Run]] = {}
    filled: dict[tuple[int, int], list[Run]] = {}
    for run in runs:
        key = (run.sheet, run.col)
        if not run.typed or not any(_meet(run, one) for one in filled.get(key, ())):
            found.setdefault(key, {}).setdefault((run.first, run.last), run)
        if not run.typed:
            filled.setdefault(key, []).append(run)
    return [run for own in found.values() for run in _outer(own.values())]


def _outer(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs of one column that are no part of another."""
    reached = 0
    for run in sorted(runs, key=lambda one: (one.first, -one.last)):
        if run.last > reached:
            yield run
        reached = max(reached, run.last)


def _of_tables(case: Case, across: bool) -> list[Run]:
    found = []
    for table in case.tables:
        if table.across != across or table.last - table.first < 3:
            continue
        for fill in table.fills:
            run = Run(
                table.sheet, fill.line, max(table.first, fill.first), _last(case, table, fill), across=table.across
            )
            if fill.first > table.first and case.desk.number(fill.place(table.first)) is not None:
                run = replace(run, first=table.first, starts=True)
            found.append(run)
            for line in swept(case, fill):
                first, last = line.cells[0], line.cells[-1]
                typed = case.desk.program(first) is None and case.desk.program(last) is None
                level = line.ref.first.col if across else line.ref.first.row
                if typed and level == 0 and _full(case, line.cells):
                    ends = (first[1], first[2], last[2]) if across else (first[2], first[1], last[1])
                    found.append(Run(first[0], *ends, across=across))
    return found


def _last(case: Case, table: Table, fill: Fill) -> int:
    """The last row of a column: the table's, also where the last cell or two are something else."""
    rest = range(fill.last + 1, table.last + 1)
    odd = len(rest) in (1, 2) and all(case.desk.at(fill.place(row)) is not None for row in rest)
    return table.last if odd else fill.last


def _typed_runs(case: Case) -> Iterator[Run]:
    """Four and more typed numbers one below the other."""
    for sheet, content in enumerate(case.desk.book.sheets):
        cells = sorted((col, row) for (row, col), value in content.constants.items() if type(value) is float)
        at = 0
        while at < len(cells):
            end = at
            while end + 1 < len(cells) and cells[end + 1] == (cells[end][0], cells[end][1] + 1):
                end += 1
            if end - at >= 3:
                yield Run(sheet, cells[at][0], cells[at][1], cells[end][1], typed=True)
            at = end + 1


def _meet(one: Run, two: Run) -> bool:
    return one.first <= two.last and two.first <= one.last


def _full(case: Case, cells: list[Place]) -> bool:
    return sum(case.desk.number(place) is not None for place in cells) * 4 >= 3 * len(cells)
