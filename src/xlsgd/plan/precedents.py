"""What a region reads, as rectangles: read off its formula, without evaluating it.

Only what stands in the text counts. Where a formula finds cells while it runs (OFFSET, INDIRECT, spilled ranges) the
engine finds out; the plan is an order to begin with and not a promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass

from ..address import MAX_COL, MAX_ROW, Box
from ..book import Book
from ..errors import FormulaError
from ..formula import parse
from ..formula.nodes import NameRef, Node, Ref, TableRef
from ..values import Area
from .regions import Region


@dataclass(slots=True)
class Reader:
    """Finds the precedents of regions in a book. Keeps the trees of names that it has parsed."""

    book: Book
    sheets: dict[str, int] = field(default_factory=dict)
    names: dict[tuple[int | None, str], list[Node]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, sheet in enumerate(self.book.sheets):
            self.sheets.setdefault(sheet.name.casefold(), index)
        for name in self.book.names:
            try:
                tree = parse(name.text, 1, 1)
            except FormulaError:
                continue
            self.names.setdefault((name.sheet, name.name.casefold()), list(places(tree)))

    def areas(self, region: Region) -> Iterator[Area]:
        """The areas that the cells of a region read together. Those of names and tables are taken whole."""
        if region.program.tree is None:
            return
        for node in places(region.program.tree):
            yield from self._areas(node, region.box, region.program.sheet)

    def _areas(self, node: Node, box: Box, sheet: int, depth: int = 0) -> Iterator[Area]:
        if isinstance(node, Ref):
            for index in self._sheets(node, sheet):
                yield Area(index, *_reach(node, box))
        elif isinstance(node, NameRef) and depth < 16:
            key = node.name.casefold()
            for inner in self.names.get((sheet, key)) or self.names.get((None, key)) or ():
                yield from self._areas(inner, box, sheet, depth + 1)
        elif isinstance(node, TableRef):
            for table in self.book.tables:
                if node.table.casefold() == table.name.casefold() or (not node.table and table.sheet == sheet):
                    yield Area(table.sheet, *table.box)

    def _sheets(self, node: Ref, sheet: int) -> range:
        if node.where is None or (not node.where.sheet and node.where.book is None):
            return range(sheet, sheet + 1)
        first = self.sheets.get(node.where.sheet.casefold())
        last = first if node.where.last is None else self.sheets.get(node.where.last.casefold())
        if node.where.book is not None or first is None or last is None:
            return range(0)
        return range(min(first, last), max(first, last) + 1)


def places(tree: Node) -> Iterator[Node]:
    """The references, names and structured references in a tree."""
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Ref | NameRef | TableRef):
            yield node
        elif isinstance(node, tuple):
            stack.extend(node)
        elif is_dataclass(node):
            stack.extend(getattr(node, item.name) for item in fields(node))


def _reach(node: Ref, box: Box) -> tuple[int, int, int, int]:
    """The rectangle that a reference sweeps over from all cells of a box; the whole grid's where it wraps around."""
    ends = (node.first, node.last or node.first)
    rows = [corner.row if corner.row_fixed else row + corner.row for corner in ends for row in (box.top, box.bottom)]
    cols = [corner.col if corner.col_fixed else col + corner.col for corner in ends for col in (box.left, box.right)]
    if node.shape == "columns" or not 1 <= min(rows) <= max(rows) <= MAX_ROW:
        rows = [1, MAX_ROW]
    if node.shape == "rows" or not 1 <= min(cols) <= max(cols) <= MAX_COL:
        cols = [1, MAX_COL]
    return min(rows), min(cols), max(rows), max(cols)
