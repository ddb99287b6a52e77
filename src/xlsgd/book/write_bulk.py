"""A large sheet to XlsxWriter: the unusual cells one by one, all others stay in columns until the file is packed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..address import cell_name
from ..errors import UsageError
from ..tagged import ERROR, TEXT, UNSUPPORTED, untag
from ..values import CellError
from .book import Cell, Formula, Sheet, Table
from .bulk import Bulk, filled_cells, make_bulk
from .exact import ExactSheet
from .formats import Formats
from .look import Style
from .write_rows import Rows

READ_AS_FORMULA = ("=", "+", "-", "@")
"""A typed text that begins so is marked, so that it stays text when a person edits it."""


def write_bulk(
    target: ExactSheet,
    sheet: Sheet,
    tables: Sequence[Table],
    formats: Formats,
    write: Callable[[Cell], None],
) -> None:
    """All cells of a sheet. ``write`` gives XlsxWriter a single cell.

    Raises UsageError for what cannot be written.
    """
    bulk, alone = make_bulk(sheet, target.escaped)
    filled = set(filled_cells(bulk))
    check_filled(sheet.name, filled, (run.formula for runs in bulk.formulas.values() for run in runs))
    alone |= filled | {cell for cell in _claimed(sheet, tables) if _exists(bulk, cell)}
    texts = {one.cell: one for col in bulk.columns for one in _texts(sheet, bulk, col)}
    alone |= {one.cell for one in texts.values() if one.typed and _unusual(one.text)}
    shared: dict[str, int] = {}
    for cell in sorted({*alone, *texts}):
        if cell in alone:
            write(cell)
        else:
            shared[texts[cell].text] = target.str_table._get_shared_string_index(texts[cell].text)
    for col in bulk.columns:
        top, bottom = bulk.edges(col)
        held = np.flatnonzero(bulk.part(col, top, bottom)[0])
        for place in held[[0, -1]].tolist() if len(held) else ():
            target._check_dimensions(top + place - 1, col - 1)
    target.rows = Rows(target, bulk, [formats.of(Style()), *map(formats.of, bulk.styles)], shared)


def check_filled(sheet: str, cells: set[Cell], formulas: Iterable[Formula]) -> None:
    """Raise UsageError where a cell with a cached value but no formula lies in no array formula's box."""
    boxes = [formula.box for formula in formulas if formula.box is not None] if cells else []
    for cell in sorted(cells):
        if not any(box.has(*cell) for box in boxes):
            raise UsageError("a cached value, but no formula fills this cell", sheet=sheet, cell=cell_name(*cell))


def _claimed(sheet: Sheet, tables: Sequence[Table]) -> Iterator[Cell]:
    """The cells into which XlsxWriter puts something of its own: links, merged cells, headers and totals of tables."""
    for table in tables:
        top, left, bottom, right = table.box
        yield from ((row, col) for row in (top, bottom) for col in range(left, right + 1))
    if sheet.look:
        yield from (link.cell for link in sheet.look.links)
        for top, left, bottom, right in sheet.look.merges:
            yield from ((row, col) for row in range(top, bottom + 1) for col in range(left, right + 1))


def _exists(bulk: Bulk, cell: Cell) -> bool:
    return bool(bulk.part(cell[1], cell[0], cell[0])[0][0])


class _Text(NamedTuple):
    cell: Cell
    text: str
    typed: bool


def _texts(sheet: Sheet, bulk: Bulk, col: int) -> Iterator[_Text]:
    """The texts of a column. Raises UsageError for values that no file can hold."""
    top, bottom = bulk.edges(col)
    codes, numbers = bulk.part(col, top, bottom)
    kinds, payloads = codes & 0xFF, numbers.view(np.uint64) & np.uint64(0xFFFF_FFFF)
    newer = (kinds == ERROR) & (payloads > CellError.GETTING_DATA.number)
    for place in np.flatnonzero(newer | (kinds == UNSUPPORTED) | np.isinf(numbers) | (kinds == TEXT)).tolist():
        cell, typed = (top + place, col), not codes[place] >> 32
        value = untag(float(numbers[place]), (bulk.constants if typed else bulk.cached).texts)
        try:
            ExactSheet.value_xml(value)
        except UsageError as error:
            raise UsageError(error.message, sheet=sheet.name, cell=cell_name(*cell)) from None
        if isinstance(value, str) and (value or typed):
            yield _Text(cell, value, typed)


def _unusual(text: str) -> bool:
    """Whether a typed text is more than a place in the workbook's list of texts."""
    return not text or text.startswith(READ_AS_FORMULA) or (text.startswith("<r>") and text.endswith("</r>"))
