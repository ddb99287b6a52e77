"""Where the references of a step lie: rows and columns counted from the line, or as parameters of the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
    params: dict[tuple[Any, ...], int] = field(default_factory=dict)
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

    def parameter(self, value: int, *place: Any) -> int:
        """The number of the parameter for a row, column or line at some place.

        What is at different places has different parameters, also where it happens to be the same row: so that
        formulas of one form have one kernel wherever their references lie.
        """
        return self.params.setdefault((value, *place), len(self.params))

    def values(self) -> list[int]:
        """The values of the parameters in their order."""
        return [key[0] for key in self.params]

    def written(self, area: Area) -> bool:
        """Whether the step writes a cell of an area."""
        box = Box(area.top, area.left, area.bottom, area.right)
        return any(region.program.sheet == area.sheet and region.box.meet(box) for region in self.regions)

    def target(self) -> tuple[Position, Position]:
        """Row and column of the cell that the region writes."""
        box, sheet, line = self.region.box, self.region.program.sheet, ("L", 0)
        if self.down:
            return line, self._across(box.left, sheet)
        return self._across(box.top, sheet), line

    def cell(self, sheet: int, corner: Corner) -> Node:
        """The node of a single cell."""
        rows, cols = self._row(corner), self._col(corner)
        area = Area(sheet, min(rows), min(cols), max(rows), max(cols))
        self.reads.add(area)
        along, across = (rows, cols) if self.down else (cols, rows)
        pair = self._along(along, sheet, across[0]), self._across(across[0], sheet)
        row, col = pair if self.down else pair[::-1]
        still = row[0] == col[0] == "P" and not self.written(area)
        return ("cell", self.sheet(sheet), row, col, still)

    def range(self, sheet: int, ref: Ref) -> Range:
        """The node of a range; whole columns and rows end where their sheet does. Raises CannotCompile."""
        last = ref.last or ref.first
        bottom, right = self.used(sheet) if ref.shape != "cells" else (0, 0)
        if ref.shape == "columns":
            rows = (1, 1), (max(1, bottom), max(1, bottom))
        else:
            rows = _sorted(self._row(ref.first), self._row(last))
        if ref.shape == "rows":
            cols = (1, 1), (max(1, right), max(1, right))
        else:
            cols = _sorted(self._col(ref.first), self._col(last))
        area = Area(sheet, min(rows[0]), min(cols[0]), max(rows[1]), max(cols[1]))
        self.reads.add(area)
        along, across = (rows, cols) if self.down else (cols, rows)
        sides = across[0][0], across[1][0]
        low = [self._across(side, sheet) for side in sides]
        first = self._along(along[0], sheet, sides)
        final = first if along[0] == along[1] else self._along(along[1], sheet, sides, "end")
        places = (first, final, *low) if self.down else (*low, first, final)
        node = ("el", self.sheet(sheet), *places, not self.written(area))
        sizes = [(rows[1][end] - rows[0][end] + 1, cols[1][end] - cols[0][end] + 1) for end in (0, 1)]
        return Range(node, Shape(sizes[0], sizes[1]))

    def _row(self, corner: Corner) -> Span:
        return self._place(corner.row, corner.row_fixed, (self.region.box.top, self.region.box.bottom), MAX_ROW)

    def _col(self, corner: Corner) -> Span:
        return self._place(corner.col, corner.col_fixed, (self.region.box.left, self.region.box.right), MAX_COL)

    @staticmethod
    def _place(number: int, fixed: bool, ends: Span, limit: int) -> Span:
        """Where a row or column is on the first and on the last line."""
        if fixed:
            return number, number
        if not 1 <= ends[0] + number <= ends[1] + number <= limit:
            raise CannotCompile("a reference beyond the edge of the sheet")
        return ends[0] + number, ends[1] + number

    def _across(self, value: int, sheet: int) -> Position:
        """The place on a line: a column where lines are rows."""
        return ("P", self.parameter(value, sheet))

    def _along(self, span: Span, *place: Any) -> Position:
        """The line: counted from the current one where it moves, else a parameter."""
        first, last = lines(self.region.box, self.down)
        offset = span[0] - first
        if (self.once and offset == 0) or (not self.once and span[1] - last == offset and span[0] != span[1]):
            return ("L", offset)
        return ("P", self.parameter(span[0], *place))


def lines(box: Box, down: bool) -> Span:
    """The first and the last line of a box."""
    return (box.top, box.bottom) if down else (box.left, box.right)


def _sorted(one: Span, two: Span) -> tuple[Span, Span]:
    pairs = list(zip(one, two, strict=True))
    if all(a <= b for a, b in pairs):
        return one, two
    if all(a >= b for a, b in pairs):
        return two, one
    raise CannotCompile("a range that turns round")
