"""The compiled steps of a plan: their kernels, what they write, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum

from ..address import MAX_ROW
from ..book import Sheet
from ..book.columns import CellColumns, Run
from ..formula.nodes import Ref
from ..functions.meter import FREE, Meter, metered
from ..plan import Plan, Step
from ..plan.places import places
from ..tagged import Numbers
from ..values import Area
from .column_grid import ColumnGrid, Span, address
from .grid import Grid
from .kernels import Bound, Refused, bind
from .work import work
from .workspace import Workspace

FEW_CELLS = 16
"""Fewer cells than these are evaluated faster than compiled, unless they read long ranges."""
MANY_CELLS = 64
"""Fewer cells than these are compiled when they come a second time, as in a folder of similar workbooks."""
LONG_RANGE = 20_000
"""Cells read from which on even a single formula is worth a kernel."""
_PER_STEP = 200
"""Elements that kernels go through for each step that a calculation may take: a nanosecond or less each."""
LARGEST_STORE = 200_000_000
"""Cells of all columns in memory; beyond, steps are evaluated cell by cell."""


class State(Enum):
    """Where a compiled step stands. DISSOLVED: its cells are evaluated one by one."""

    WAITING = 0
    BUSY = 1
    DONE = 2
    DISSOLVED = 3


class Columns(Workspace):
    """A workspace whose sheets have columns in memory."""

    def make_grid(self, index: int, sheet: Sheet) -> Grid:
        constants = sheet.constants
        if not isinstance(constants, CellColumns):
            return ColumnGrid(index, dict(constants))
        grid = ColumnGrid(index, dict(constants.others), texts=constants.texts)
        for col, runs in ((col, runs) for col, runs in constants.runs.items() if runs):
            grid.columns[col] = [Run(run.top, _read_only(run.numbers)) for run in runs]
            grid.include(runs[-1].bottom, col)
        return grid

    def column_grid(self, sheet: int) -> ColumnGrid:
        """The cells of one of the book's own sheets."""
        grid = self.grids[sheet]
        assert isinstance(grid, ColumnGrid)
        return grid


class Loops:
    """The steps that have kernels, by their place in the plan; ``refused``: why the others have none.

    ``company``: steps that stand beside each other and have one kernel in common, under the place of each.
    ``broken``: why nothing can be compiled, where LLVM is missing or the system runs no code that a process has made.
    """

    def __init__(self, plan: Plan, cells: Columns) -> None:
        self.plan, self.cells = plan, cells
        self.bounds: dict[int, Bound] = {}
        self.states: dict[int, State] = {}
        self.refused: dict[int, str] = {}
        self.company: dict[int, range] = {}
        self._ends: dict[int, tuple[int, int]] = {}
        self.broken = ""
        self._left = _PER_STEP * cells.meter.limit
        self._calls = Meter()
        for several in _companies(plan.steps):
            if len(several) == 1 or not self._bind_together(several):
                for place in several:
                    self._bind_alone(place)
        self._cover()

    def _bind_together(self, several: range) -> bool:
        """Bind steps to one kernel; False where that cannot be."""
        steps = [self.plan.steps[place] for place in several]
        joint = replace(steps[0], regions=tuple(region for step in steps for region in step.regions))
        bound = self._bind(joint, min(map(_size, steps)))
        if isinstance(bound, Refused):
            return False
        for place in several:
            self.bounds[place], self.states[place], self.company[place] = bound, State.WAITING, several
        return True

    def _bind_alone(self, place: int) -> None:
        step = self.plan.steps[place]
        bound = self._bind(step, _size(step))
        if isinstance(bound, Refused):
            self.refused[place] = bound.reason
        else:
            self.bounds[place], self.states[place] = bound, State.WAITING

    def _bind(self, step: Step, size: int) -> Bound | Refused:
        """``size``: the cells of the smallest step that is bound."""
        if step.loop is None:
            return Refused(step.reason)
        much = _reads_much(step)
        if size < FEW_CELLS and not much:
            return Refused("few cells")
        if self.broken:
            return Refused(self.broken)
        effort = work(step, self._used)
        if effort > self._left:
            return Refused(f"{effort} elements of ranges to go through")
        try:
            bound = bind(step, self.cells.links, self._used, after=int(size < MANY_CELLS and not much))
            self._left -= effort if isinstance(bound, Bound) else 0
            return bound
        except (ImportError, OSError) as problem:
            self.broken = f"no machine code here ({problem})"
            return Refused(self.broken)

    def _used(self, sheet: int) -> tuple[int, int]:
        """The last row and column of a sheet as they were at first: what is bound later must read no more."""
        grid = self.cells.grids[sheet]
        return self._ends.setdefault(sheet, (grid.bottom, grid.right))

    def _cover(self) -> None:
        """Put every column that kernels read or write into memory, as far as they need it."""
        spans: dict[tuple[int, int], Span] = {}
        total = 0
        for place in list(self.bounds):
            if place not in self.bounds:
                continue
            grown = _spans([*self.bounds[place].reads, *self.areas(place)], spans)
            total += sum(bottom - top + 1 for top, bottom in grown.values())
            if total > LARGEST_STORE:
                for other in self.company.get(place, (place,)):
                    self.refused[other] = "more columns than fit into memory"
                    del self.bounds[other], self.states[other]
                    self.company.pop(other, None)
            else:
                spans.update(grown)
        written: dict[int, dict[int, list[Span]]] = {sheet: {} for sheet, _ in spans}
        for place in self.bounds:
            for sheet, col, span in self.written(place):
                written[sheet].setdefault(col, []).append(span)
        for sheet, columns in written.items():
            grid = self.cells.column_grid(sheet)
            grid.cover({col: span for (of, col), span in spans.items() if of == sheet}, columns)
            grid.take_in()
            grid.make_table()

    # What a step writes

    def areas(self, place: int) -> list[Area]:
        """The areas of a step's cells."""
        return [Area(region.program.sheet, *region.box) for region in self.plan.steps[place].regions]

    def written(self, place: int) -> Iterator[tuple[int, int, Span]]:
        """Sheet, column and rows of a step's cells."""
        for area in self.areas(place):
            for col in range(area.left, area.right + 1):
                yield area.sheet, col, (area.top, area.bottom)

    def open_in(self, area: Area) -> list[int]:
        """The steps that have still to write some cell of an area."""
        open_steps = (place for place, state in self.states.items() if state in (State.WAITING, State.BUSY))
        return [place for place in open_steps if any(_meet(area, own) for own in self.areas(place))]

    # Running

    def run(self, place: int) -> bool:
        """Run a step's kernel, with all steps that share it; False where it met what it cannot do."""
        bound = self.bounds[place]
        self._calls.start(FREE // 4 * sum(_size(self.plan.steps[one]) for one in self.company.get(place, (place,))))
        with metered(self._calls):  # of functions called back, which answer that they cannot where it runs out
            ran = bound.run([address(self.cells.column_grid(sheet).table) for sheet in bound.sheets])
        if not ran:
            return self.part(place) and self.run(place)
        for done in self.company.get(place, (place,)):
            self.states[done] = State.DONE
            for sheet, col, span in self.written(done):
                self.cells.column_grid(sheet).arrive(col, span)
        return True

    def part(self, place: int) -> bool:
        """Give the steps that share a kernel their own ones, none of them having run; False where it is not shared."""
        if place not in self.company:
            return False
        for other in self.company[place]:
            del self.company[other]
            step = self.plan.steps[other]
            bound = bind(step, self.cells.links, self._used)
            assert isinstance(bound, Bound), bound
            self.bounds[other] = bound
        return True

    def dissolve(self, place: int) -> None:
        """A step's cells are blank and wait no longer for its kernel."""
        self.states[place] = State.DISSOLVED
        for sheet, col, span in self.written(place):
            self.cells.column_grid(sheet).blank(col, span)

    def compiled(self) -> int:
        """How many formula cells kernels have calculated."""
        return sum(region.size for place in self._done() for region in self.plan.steps[place].regions)

    def results(self, sheets: int) -> list[dict[int, list[Run]]]:
        """What kernels have written: for each sheet the runs of its columns."""
        runs: list[dict[int, list[Run]]] = [{} for _ in range(sheets)]
        for place in self._done():
            for sheet, col, (top, bottom) in self.written(place):
                whole = self.cells.column_grid(sheet).run(top, col)
                assert whole is not None
                part = whole.numbers[top - whole.top : bottom - whole.top + 1]
                runs[sheet].setdefault(col, []).append(Run(top, part))
        for several in (several for columns in runs for several in columns.values()):
            several.sort(key=lambda run: run.top)
        return runs

    def _done(self) -> Iterator[int]:
        return (place for place, state in self.states.items() if state is State.DONE)


def _companies(steps: Sequence[Step]) -> Iterator[range]:
    """The places of steps that can run in one pass."""
    first = 0
    for place in range(1, len(steps) + 1):
        if place == len(steps) or not steps[place].beside:
            yield range(first, place)
            first = place


def _size(step: Step) -> int:
    return sum(region.size for region in step.regions)


def _reads_much(step: Step) -> bool:
    """Whether a single formula reads a range that is long enough for a kernel."""
    trees = (region.program.tree for region in step.regions)
    references = (node for tree in trees if tree is not None for node in places(tree))
    return any(isinstance(node, Ref) and node.last is not None and _height(node) >= LONG_RANGE for node in references)


def _height(node: Ref) -> int:
    last = node.last or node.first
    return MAX_ROW if node.shape == "columns" else abs(last.row - node.first.row) + 1


def _spans(areas: Iterable[Area], known: Mapping[tuple[int, int], Span]) -> dict[tuple[int, int], Span]:
    """For each sheet and column of some areas the first and the last row, joined with what is known."""
    grown: dict[tuple[int, int], Span] = {}
    for area in areas:
        for col in range(area.left, area.right + 1):
            key = (area.sheet, col)
            top, bottom = grown.get(key) or known.get(key) or (area.top, area.bottom)
            grown[key] = min(top, area.top), max(bottom, area.bottom)
    return grown


def _meet(one: Area, two: Area) -> bool:
    apart = one.bottom < two.top or two.bottom < one.top or one.right < two.left or two.right < one.left
    return one.sheet == two.sheet and not apart


def _read_only(numbers: Numbers) -> Numbers:
    view = numbers.view()
    view.flags.writeable = False
    return view
