"""The cells of all sheets during an evaluation, as functions see them (:class:`xlsgd.functions.context.Run`)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime

from ..address import Box
from ..book import Book, Sheet
from ..book.columns import plain
from ..errors import FormulaError
from ..formula import parse, text_at
from ..functions import Context
from ..functions.meter import Meter
from ..values import REF, VALUE, Area, Array, Operand, Reference, Scalar
from .code import At, Blocked, CellKey, Code
from .expressions import Scope, operand
from .grid import Grid
from .links import Links

MAX_ARRAY = 5_000_000
"""Elements of a range that kernels take as an array, as many as the limit allows unless it is raised."""
_READ = 2  # steps for each cell of a range


class Workspace:
    """Values by sheet (own sheets first, then those of other workbooks), and what names mean.

    ``boxes``: the range that each dynamic array fills. ``trace``: where it is set, it is called with every area read.
    """

    def __init__(self, book: Book, seed: int | None) -> None:
        self.book = book
        self.links = Links.of(book)
        self.now = datetime.now()
        self.seed = seed
        self.meter = Meter()
        self.boxes: dict[CellKey, Box] = {}
        self.trace: Callable[[Area], None] | None = None
        self._texts: dict[tuple[str, int], Code | None] = {}
        self.restart()

    def restart(self) -> None:
        """Forget all values but the constants and what dynamic arrays were found to fill."""
        self.random = random.Random(self.seed)
        self.meter.refill()
        self.memo: dict[object, object] | None = {}
        self.grids = [self.make_grid(index, sheet) for index, sheet in enumerate(self.book.sheets)]
        for cells in self.links.external_cells:
            self.grids.append(Grid(len(self.grids), dict(cells)))
        for grid in self.grids:
            if grid.known:
                grid.include(max(row for row, _ in grid.known), max(col for _, col in grid.known))

    def make_grid(self, index: int, sheet: Sheet) -> Grid:
        """The cells of a sheet before anything is calculated."""
        return Grid(index, plain(sheet.constants))

    def value(self, sheet: int, row: int, col: int) -> Scalar:
        """One cell's value, None where it is blank. Raises Pending or Blocked."""
        if self.trace is not None:
            self.trace(Area(sheet, row, col, row, col))
        return self.grids[sheet].value(row, col)

    def scan(self, area: Area) -> Iterator[Scalar]:
        """The values of an area's cells that are not blank, row by row."""
        return (value for _, _, value in self.cells(area))

    def cells(self, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        """Row, column and value of an area's cells that are not blank, row by row."""
        if self.trace is not None:
            self.trace(area)
        grid = self.grids[area.sheet]
        if (count := grid.effort(area)) > self.meter.elements:
            raise Blocked(f"a range of {count} cells that are not blank")
        self.meter.charge(_READ * count)
        return grid.cells(area)

    def array(self, reference: Reference) -> Array:
        """The values of one area; whole columns and rows end at the book's last used one."""
        if len(reference.areas) != 1:
            return Array([[VALUE]])
        bottom = max(grid.bottom for grid in self.grids)
        right = max(grid.right for grid in self.grids)
        area = self.grids[reference.areas[0].sheet].clipped(reference.areas[0], bottom, right)
        if area.height * area.width > self.meter.elements:
            raise Blocked(f"a range of {area.height * area.width} cells as an array")
        self.meter.charge(area.height * area.width)
        rows: list[list[Scalar]] = [[None] * area.width for _ in range(area.height)]
        for row, col, value in self.cells(area):
            rows[row - area.top][col - area.left] = value
        return Array(rows)

    def spilled(self, sheet: int, row: int, col: int) -> Operand:
        """The range that the array of a cell fills: ``A1#`` (the box of an array formula of the old kind, too)."""
        self.value(sheet, row, col)
        box = self.boxes.get((sheet, row, col))
        if box is None:
            formula = self.book.sheets[sheet].formulas.get((row, col)) if sheet < len(self.book.sheets) else None
            if formula is None or not (formula.dynamic or formula.kind == "array"):
                return REF
            legacy = None if formula.dynamic else formula.box
            box = legacy or Box(row, col, row, col)
        return Reference((Area(sheet, *box),))

    def formula_text(self, sheet: int, row: int, col: int) -> str | None:
        """A cell's formula as Excel shows it, None where it has none."""
        formula = self.book.sheets[sheet].formulas.get((row, col)) if sheet < len(self.book.sheets) else None
        if formula is None:
            return None
        text = "=" + text_at(formula.text, formula.origin, (row, col))
        return "{" + text + "}" if formula.kind == "array" and not formula.dynamic else text

    def resolve(self, text: str, context: Context) -> Operand:
        """What a text such as ``Sheet2!B3`` or a name refers to; #REF! where it is neither."""
        key = (text, context.sheet)
        if key not in self._texts:
            try:
                self._texts[key] = operand(parse(text, 1, 1), Scope(self.links, context.sheet, True))
            except FormulaError:
                self._texts[key] = None
        code = self._texts[key]
        return REF if code is None else code(At(context.sheet, 1, 1, self))
