"""One worksheet part: its cells, its hidden rows, its filter.

Source: ECMA-376 part 1, 18.3.1.99 (worksheet), 18.3.1.2 (autoFilter).
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field

from lxml import etree

from ..address import Box, parse_box
from ..values import Scalar
from . import markup
from .book import Cell, Formula
from .cells import Cells, Common


@dataclass(slots=True)
class SheetPart:
    """What one worksheet part says.

    cells: what was read cell by cell. constants, formulas, cached: those and what was read in bulk. filters: the data
    rows of the filters that have a criterion.
    """

    cells: Cells
    constants: MutableMapping[Cell, Scalar]
    formulas: MutableMapping[Cell, Formula]
    cached: MutableMapping[Cell, Scalar]
    filters: list[Box] = field(default_factory=list)

    def filtered(self) -> set[int]:
        """The hidden rows that a filter hides."""
        return {row for row in self.cells.hidden if any(box.top <= row <= box.bottom for box in self.filters)}


def read_sheet(pieces: Iterable[bytes], part: str, common: Common) -> SheetPart:
    """The cells of a worksheet part that comes in pieces. Raises UnreadableError that names the part or the cell."""
    cells = Cells(common)
    sheet = SheetPart(cells, cells.constants, cells.formulas, cells.cached)
    for element in markup.elements(pieces, part, ("row", "autoFilter")):
        if str(element.tag).endswith("}row"):
            cells.feed(element)
        else:
            sheet.filters.extend(filter_rows(element))
    cells.settle()
    return sheet


def filter_rows(element: etree._Element | None) -> list[Box]:
    """The data rows under an ``autoFilter`` that hides some; empty where it has no criterion."""
    box = parse_box(element.get("ref", "")) if element is not None else None
    if box is None or box.height < 2 or markup.child(element, "filterColumn") is None:
        return []
    return [box._replace(top=box.top + 1)]
