"""What names mean in a book: sheets (also of other workbooks, from their cached values), defined names, tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..book import Book, Name, Table
from ..book.book import Cell
from ..formula import parse
from ..formula.nodes import Node, Where
from ..values import Scalar
from .code import Code


@dataclass(slots=True)
class Links:
    """Looks things up by name, case aside. External sheets follow the book's own sheets by position.

    ``read`` collects the numbers of the other workbooks that formulas refer to. ``codes``: names as compiled, by id and
    sheet, once for all formulas.
    """

    book: Book
    sheets: dict[str, int] = field(default_factory=dict)
    external: dict[tuple[str, str], int] = field(default_factory=dict)
    external_cells: list[dict[Cell, Scalar]] = field(default_factory=list)
    names: dict[tuple[int | None, str], Name] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    lost: set[tuple[str, str]] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    trees: dict[tuple[int | None, str], Node] = field(default_factory=dict)
    codes: dict[tuple[int, int], Code] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book) -> Links:
        """The links of a book."""
        links = cls(book)
        for index, sheet in enumerate(book.sheets):
            links.sheets.setdefault(sheet.name.casefold(), index)
        for number, other in enumerate(book.externals, 1):
            links.lost.update((str(number), name.casefold()) for name in other.lost)
            for sheet_name, cells in other.sheets.items():
                if sheet_name in other.lost:
                    continue
                links.external[str(number), sheet_name.casefold()] = len(book.sheets) + len(links.external_cells)
                links.external_cells.append(cells)
        for name in book.names:
            links.names.setdefault((name.sheet, name.name.casefold()), name)
        for table in book.tables:
            links.tables.setdefault(table.name.casefold(), table)
        return links

    def span(self, where: Where | None, sheet: int) -> range | None:
        """The positions of the sheets that a reference means, seen from ``sheet``; None where there is none."""
        if where is None:
            return range(sheet, sheet + 1)
        if where.book is not None and where.book != "0":
            found = self.external.get((where.book, where.sheet.casefold()))
            self.read.add(where.book)
            return None if found is None else range(found, found + 1)
        first = self.sheets.get(where.sheet.casefold()) if where.sheet else sheet
        last = first if where.last is None else self.sheets.get(where.last.casefold())
        if first is None or last is None:
            return None
        return range(min(first, last), max(first, last) + 1)

    def name(self, text: str, where: Where | None, sheet: int) -> Name | None:
        """A defined name: the sheet's own before the workbook's."""
        key = text.casefold()
        if where is not None and where.sheet:
            index = self.sheets.get(where.sheet.casefold())
            return self.names.get((index, key)) or self.names.get((None, key))
        return self.names.get((sheet, key)) or self.names.get((None, key))

    def tree(self, name: Name) -> Node:
        """The tree of a name's formula; its relative references count from A1. Raises FormulaError."""
        key = (name.sheet, name.name.casefold())
        if key not in self.trees:
            self.trees[key] = parse(name.text, 1, 1)
        return self.trees[key]

    def table_at(self, sheet: int, row: int, col: int) -> Table | None:
        """The table around a cell."""
        inside: Callable[[Table], bool] = lambda table: table.sheet == sheet and table.box.has(row, col)  # noqa: E731
        return next((table for table in self.book.tables if inside(table)), None)
