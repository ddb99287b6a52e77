"""Structured references as plain ones: what ``Table[column]`` and ``[@column]`` mean in the cells of a region."""

from __future__ import annotations

from typing import Any

from ...book import Table
from ...formula.nodes import Corner, Ref, TableRef, Where
from ...plan import Region
from ...values import Reference
from ..code import At
from ..links import Links
from ..places import table_area
from .places import CannotCompile


def plain_reference(tree: TableRef, region: Region, links: Links) -> Ref:
    """The reference that a structured one is in all cells of a region. Raises CannotCompile where they differ."""
    box, sheet = region.box, region.program.sheet
    cells = ((box.top, box.left), (box.bottom, box.right))
    table, other = (_table(tree, links, sheet, *cell) for cell in cells)
    if table is None or other is not table:
        raise CannotCompile("a structured reference")
    first, last = (table_area(table, tree, At(sheet, *cell, _NO_RUN)) for cell in cells)
    if not isinstance(first, Reference) or not isinstance(last, Reference):
        raise CannotCompile("a structured reference that is an error")
    area = first.areas[0]
    this_row = "this row" in tree.items
    rows = (0, 0) if this_row else (area.top, area.bottom)
    ends = [Corner(row, col, not this_row, True) for row, col in zip(rows, (area.left, area.right), strict=True)]
    single = ends[0] == ends[1]
    return Ref(ends[0], None if single else ends[1], "cells", Where(links.book.sheets[table.sheet].name))


def _table(tree: TableRef, links: Links, sheet: int, row: int, col: int) -> Table | None:
    return links.tables.get(tree.table.casefold()) if tree.table else links.table_at(sheet, row, col)


_NO_RUN: Any = None  # the areas of a table are known without one
