"""The cells of one sheet to XlsxWriter."""

from __future__ import annotations

from collections.abc import Sequence

from ..address import Box, box_name, cell_name
from ..errors import UsageError
from ..formula import text_at
from ..values import Scalar
from .book import Cell, Formula, Sheet, Table
from .exact import ExactSheet
from .formats import Formats
from .look import Style
from .write_bulk import READ_AS_FORMULA, check_filled, write_bulk

_PLAIN = Style()
_LARGE = 20_000
"""A sheet with so many cells goes through templates, see :mod:`xlsgd.book.write_rows`."""


def write_cells(target: ExactSheet, sheet: Sheet, tables: Sequence[Table], formats: Formats) -> None:
    """Constants, formulas with their cached values, and what array formulas fill.

    Raises UsageError for what cannot be written.
    """
    styles = sheet.look.styles if sheet.look else {}

    def write(cell: Cell) -> None:
        style = styles.get(cell, _PLAIN)
        try:
            if cell in sheet.formulas:
                _formula(target, sheet, cell, formats, style)
            else:
                _constant(target, cell, sheet.cached.get(cell, sheet.constants.get(cell)), formats, style)
        except UsageError as error:
            raise UsageError(error.message, sheet=sheet.name, cell=cell_name(*cell)) from None

    if len(sheet.formulas) + len(sheet.constants) >= _LARGE:
        write_bulk(target, sheet, tables, formats, write)
        return
    for cell in sorted({*styles, *sheet.constants, *sheet.formulas, *_filled_cells(sheet)}):
        write(cell)


def _filled_cells(sheet: Sheet) -> set[Cell]:
    """The cached cells without a formula of their own: those that an array formula or a spill fills."""
    filled = sheet.cached.keys() - sheet.formulas.keys()
    check_filled(sheet.name, filled, sheet.formulas.values())
    return filled


def _constant(target: ExactSheet, cell: Cell, value: Scalar, formats: Formats, style: Style) -> None:
    kind, element = target.value_xml(value)
    if isinstance(value, str):
        _text(target, cell, value, formats, style)
    else:
        _exact(target, cell, value, (kind, "", element), formats, style)


def _text(target: ExactSheet, cell: Cell, text: str, formats: Formats, style: Style) -> None:
    """Text as text, whatever it looks like; XlsxWriter alone would take ``<r>…</r>`` for markup."""
    row, col = cell[0] - 1, cell[1] - 1
    target.write_string(row, col, text, formats.of(style, quoted=text.startswith(READ_AS_FORMULA)))
    if text.startswith("<r>") and text.endswith("</r>"):
        inline = f'<is><t xml:space="preserve">{target.escaped(text)}</t></is>'
        target.exact[row, col] = ("inlineStr", "", inline)


def _formula(target: ExactSheet, sheet: Sheet, cell: Cell, formats: Formats, style: Style) -> None:
    formula, value = sheet.formulas[cell], sheet.cached.get(cell)
    kind, element = target.value_xml(value)
    mark = ' cm="1"' if formula.dynamic else ""
    target.has_dynamic_arrays |= formula.dynamic
    _exact(target, cell, value, (kind, mark, _formula_xml(target, formula, cell) + element), formats, style)


def _formula_xml(target: ExactSheet, formula: Formula, cell: Cell) -> str:
    text = target.escaped(text_at(formula.text, formula.origin, cell))
    if formula.kind == "normal" and not formula.dynamic:
        return f"<f>{text}</f>"
    if formula.kind not in ("normal", "array"):
        raise UsageError(f"a formula of the kind '{formula.kind}' cannot be written")
    return f'<f t="array" ref="{box_name(formula.box or Box(*cell, *cell))}">{text}</f>'


def _exact(
    target: ExactSheet, cell: Cell, value: Scalar, xml: tuple[str, str, str], formats: Formats, style: Style
) -> None:
    """The finished cell, and what XlsxWriter keeps of it: its format, and its value for the caches of charts."""
    row, col = cell[0] - 1, cell[1] - 1
    target.exact[row, col] = xml
    if isinstance(value, float | int) and not isinstance(value, bool):
        target.write_number(row, col, value, formats.of(style))
    elif isinstance(value, str) and value:
        target.write_string(row, col, value, formats.of(style))
    else:
        target.write_blank(row, col, None, formats.of(style))
