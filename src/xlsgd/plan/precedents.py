"""What a formula reads, as rectangles relative to its cell: read off its tree, without evaluating it.

Only what stands in the text counts. Where a formula finds cells while it runs (OFFSET, INDIRECT) the engine finds out,
and :attr:`Reads.finds` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..book import Book, Name, Table
from ..errors import FormulaError
from ..formula import parse
from ..formula.nodes import Call, NameRef, Node, Ref, TableRef, Where
from ..values import Area
from .places import finds_cells, places
from .reads import Read, Reads, reference_ends, table_reads
from .regions import Program, Region

__all__ = ["Naming", "Reader", "places"]


class Naming(NamedTuple):
    """What names mean: sheets by position, in lower case; defined names and tables."""

    sheets: tuple[str, ...]
    names: tuple[Name, ...]
    tables: tuple[Table, ...]

    @classmethod
    def of(cls, book: Book) -> Naming:
        """The naming of a book."""
        return cls(tuple(sheet.name.casefold() for sheet in book.sheets), tuple(book.names), tuple(book.tables))


@dataclass(slots=True)
class Reader:
    """Finds what programs read. Keeps the trees of names and what it has found."""

    naming: Naming
    sheets: dict[str, int] = field(default_factory=dict)
    names: dict[tuple[int | None, str], Name] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    _trees: dict[int, Node | None] = field(default_factory=dict)
    _found: dict[Program, Reads] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book) -> Reader:
        """A reader for a book."""
        return cls(Naming.of(book))

    def __post_init__(self) -> None:
        for index, sheet in enumerate(self.naming.sheets):
            self.sheets.setdefault(sheet, index)
        for name in self.naming.names:
            self.names.setdefault((name.sheet, name.name.casefold()), name)
        for table in self.naming.tables:
            self.tables.setdefault(table.name.casefold(), table)

    def areas(self, region: Region) -> Iterator[Area]:
        """The areas that the cells of a region read together."""
        for read in self.reads(region.program).reads:
            yield from read.areas(region.box)

    def reads(self, program: Program) -> Reads:
        """What a program reads."""
        found = self._found.get(program)
        if found is None:
            found = self._found[program] = self._read(program)
        return found

    def _read(self, program: Program) -> Reads:
        """Names are followed, each once: a name may mention others, and itself."""
        found: dict[Read, None] = {}
        finds = ""
        seen: set[tuple[int, int]] = set()
        waiting: list[tuple[Node | None, int]] = [(program.tree, program.sheet)]
        while waiting:
            tree, scope = waiting.pop()
            finds = finds or finds_cells(tree)
            for node in places(tree):
                if isinstance(node, Ref):
                    sheets = self._span(node.where, program.sheet, scope)
                    found.setdefault(Read(sheets, *reference_ends(node)))
                elif isinstance(node, TableRef):
                    found.update(dict.fromkeys(self._table(node, program.sheet)))
                elif isinstance(node, NameRef | Call):
                    name = self._name(node, scope)
                    inner = scope if name is None or name.sheet is None else name.sheet
                    if name is not None and (id(name), inner) not in seen:
                        seen.add((id(name), inner))
                        waiting.append((self._tree(name), inner))
                    elif name is None and isinstance(node, NameRef):
                        bare = TableRef(node.name, frozenset(), None, None)
                        found.update(dict.fromkeys(self._table(bare, program.sheet)))
        return Reads(tuple(read for read in found if read.sheets), finds)

    def _name(self, node: NameRef | Call, scope: int) -> Name | None:
        where = node.where if isinstance(node, NameRef) else None
        if where is not None and where.book not in (None, "0"):
            return None
        sheet = self.sheets.get(where.sheet.casefold()) if where is not None and where.sheet else scope
        key = node.name.casefold()
        return self.names.get((sheet, key)) or self.names.get((None, key))

    def _tree(self, name: Name) -> Node | None:
        if id(name) not in self._trees:
            try:
                self._trees[id(name)] = parse(name.text, 1, 1)
            except FormulaError:
                self._trees[id(name)] = None
        return self._trees[id(name)]

    def _span(self, where: Where | None, own: int, scope: int) -> range:
        """The sheets of a reference: none where it leads to another workbook or nowhere."""
        if where is None:
            return range(own, own + 1)
        if where.book not in (None, "0"):
            return range(0)
        first = self.sheets.get(where.sheet.casefold()) if where.sheet else scope
        last = first if where.last is None else self.sheets.get(where.last.casefold())
        return range(0) if first is None or last is None else range(min(first, last), max(first, last) + 1)

    def _table(self, node: TableRef, sheet: int) -> Iterator[Read]:
        """What a structured reference means; one without a table's name that of any table on the formula's sheet."""
        if not node.table:
            for table in self.naming.tables:
                if table.sheet == sheet:
                    yield from table_reads(table, node)
        elif node.table.casefold() in self.tables:
            yield from table_reads(self.tables[node.table.casefold()], node)
