"""Where the references of a step lie: rows and columns counted from the line, or as parameters of the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ...address import MAX_COL, MAX_ROW, Box
from ...formula.nodes import Corner, Ref
from ...plan import Region, Step
from ...values import Area
from .canonical import Node, Position


class CannotCompile(Exception):
    """A formula that the kernels cannot do exactly. Caught by :func:`xlsgd.engine.kernels.bind`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Shape(NamedTuple):
    """Height and width of a range on the first and on the last line: equal shapes are equal on every line."""

    first: tuple[int, int]
    last: tuple[int, int]

    @property
    def size(self) -> int:
        """The elements on the line that has most."""
        return max(height * width for height, width in self)


class Range(NamedTuple):
    """A range: its node ``el …`` and its shape."""

    node: Node
    shape: Shape


Span = tuple[int, int]
"""A row or column on the first and on the last line."""


@dataclass(slots=True)
class Places:
    """The places that one step refers to. ``region`` is the one whose formula is being lowered."""

    down: bool
    once: bool
    regions: tuple[Region, ...]
    used: Callable[[int], tuple[int, int]]
    sheets: list[int] = field(default_factory=list)
    params: dict[tuple[str, int], int] = field(default_factory=dict)
    reads: set[Area] = field(default_factory=set)
    region: Region = field(init=False)

    @classmethod
    def of(cls, step: Step, down: bool, used: Callable[[int], tuple[int, int]]) -> Places:
        """The places of a step, none looked up yet."""
        spans = {lines(region.box, down) for region in step.regions}
        (first, last), *others = spans
        return cls(down, not others and first == last, step.regions, used)

    def sheet(self, index: int) -> int:
        """The slot of a sheet."""
        if index not in self.sheets:
            self.sheets.append(index)
        return self.sheets.index(index)

    def parameter(self, axis: str, value: int) -> int:
        """The number of a parameter: a row (``r``), a column (``c``) or a line (``l``)."""
        return self.params.setdefault((axis, value), len(self.params))

    def written(self, area: Area) -> bool:
        """Whether the step writes a cell of an area."""
        box = Box(area.top, area.left, area.bottom, area.right)
        return any(region.program.sheet == area.sheet and region.box.meet(box) for region in self.regions)

    def target(self) -> tuple[Position, Position]:
        """Row and column of the cell that the region writes."""
        box, line = self.region.box, ("L", 0)
        if self.down:
            return line, ("P", self.parameter("c", box.left))
        return ("P", self.parameter("r", box.top)), line

    def cell(self, sheet: int, corner: Corner) -> Node:
        """The node of a single cell."""
        (row, rows), (col, cols) = self._row(corner), self._col(corner)
        area = Area(sheet, min(rows), min(cols), max(rows), max(cols))
        self.reads.add(area)
        still = row[0] == col[0] == "P" and not self.written(area)
        return ("cell", self.sheet(sheet), row, col, still)

    def range(self, sheet: int, ref: Ref) -> Range:
        """The node of a range; whole columns and rows end where their sheet does. Raises CannotCompile."""
        last = ref.last or ref.first
        bottom, right = self.used(sheet)
        if ref.shape == "columns":
            top, low = self._fixed("r", 1), self._fixed("r", max(1, bottom))
        else:
            top, low = _sorted(self._row(ref.first), self._row(last))
        if ref.shape == "rows":
            left, high = self._fixed("c", 1), self._fixed("c", max(1, right))
        else:
            left, high = _sorted(self._col(ref.first), self._col(last))
        area = Area(sheet, min(top[1]), min(left[1]), max(low[1]), max(high[1]))
        self.reads.add(area)
        places = (top[0], low[0], left[0], high[0])
        node = ("el", self.sheet(sheet), *places, not self.written(area))
        sizes = [(low[1][end] - top[1][end] + 1, high[1][end] - left[1][end] + 1) for end in (0, 1)]
        return Range(node, Shape(sizes[0], sizes[1]))

    def _row(self, corner: Corner) -> tuple[Position, Span]:
        return self._place("r", corner.row, corner.row_fixed, MAX_ROW)

    def _col(self, corner: Corner) -> tuple[Position, Span]:
        return self._place("c", corner.col, corner.col_fixed, MAX_COL)

    def _place(self, axis: str, number: int, fixed: bool, limit: int) -> tuple[Position, Span]:
        box = self.region.box
        if fixed:
            return self._fixed(axis, number)
        first, last = (box.top, box.bottom) if axis == "r" else (box.left, box.right)
        if not 1 <= first + number <= last + number <= limit:
            raise CannotCompile("a reference beyond the edge of the sheet")
        if self.once or (axis == "r") != self.down:
            return self._fixed(axis, first + number)
        return ("L", number), (first + number, last + number)

    def _fixed(self, axis: str, number: int) -> tuple[Position, Span]:
        if self.once and (axis == "r") == self.down and number == lines(self.region.box, self.down)[0]:
            return ("L", 0), (number, number)
        return ("P", self.parameter(axis, number)), (number, number)


def lines(box: Box, down: bool) -> Span:
    """The first and the last line of a box."""
    return (box.top, box.bottom) if down else (box.left, box.right)


def _sorted(one: tuple[Position, Span], two: tuple[Position, Span]) -> tuple[tuple[Position, Span], ...]:
    pairs = list(zip(one[1], two[1], strict=True))
    if all(a <= b for a, b in pairs):
        return one, two
    if all(a >= b for a, b in pairs):
        return two, one
    raise CannotCompile("a range that turns round")
