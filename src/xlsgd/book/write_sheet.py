"""One sheet to XlsxWriter: its cells, then its look."""

from __future__ import annotations

import math

from ..address import Box, box_name, cell_name
from ..errors import UsageError
from ..values import CellError, Scalar
from .book import Cell, Formula, Sheet
from .exact import ExactSheet
from .formats import Formats
from .look import Look, Style

MAX_TEXT = 32_767
_PLAIN = Style()


def write_cells(target: ExactSheet, sheet: Sheet, formats: Formats) -> bool:
    """All cells of a sheet; True where every formula cell had a cached value.

    Raises UsageError for what cannot be written.
    """
    styles = sheet.look.styles if sheet.look else {}
    filled = _filled_cells(sheet)
    for cell in sorted({*styles, *sheet.constants, *sheet.formulas, *filled}):
        style = styles.get(cell, _PLAIN)
        try:
            if cell in sheet.formulas:
                _formula(target, sheet, cell, formats, style)
            else:
                _constant(target, cell, filled.get(cell, sheet.constants.get(cell)), formats, style)
        except UsageError as error:
            raise UsageError(error.message, sheet=sheet.name, cell=cell_name(*cell)) from None
    return all(cell in sheet.cached for cell in sheet.formulas)


def _filled_cells(sheet: Sheet) -> dict[Cell, Scalar]:
    """The cached cells without a formula of their own: those that an array formula or a spill fills."""
    boxes = [formula.box for formula in sheet.formulas.values() if formula.box is not None]
    filled = {cell: value for cell, value in sheet.cached.items() if cell not in sheet.formulas}
    for cell in filled:
        if not any(box.has(*cell) for box in boxes):
            where = cell_name(*cell)
            raise UsageError("a cached value without a formula that fills the cell", sheet=sheet.name, cell=where)
    return filled


def _constant(target: ExactSheet, cell: Cell, value: Scalar, formats: Formats, style: Style) -> None:
    row, col = cell[0] - 1, cell[1] - 1
    if isinstance(value, str):
        _text(target, row, col, value, formats, style)
        return
    _check_number(value)
    target.exact[row, col] = (*_attributes(target, value), target.value_xml(value)[1])
    _remember(target, row, col, value, formats, style)


def _attributes(target: ExactSheet, value: Scalar) -> tuple[str, str]:
    return target.value_xml(value)[0], ""


def _text(target: ExactSheet, row: int, col: int, text: str, formats: Formats, style: Style) -> None:
    """Text as text, whatever it looks like; XlsxWriter would take ``<r>…</r>`` for markup."""
    _check_text(text)
    target.write_string(row, col, text, formats.of(style, quoted=text[:1] in tuple("=+-@'")))
    if text.startswith("<r>") and text.endswith("</r>"):
        target.exact[row, col] = ("inlineStr", "", target.inline_xml(text))


def _formula(target: ExactSheet, sheet: Sheet, cell: Cell, formats: Formats, style: Style) -> None:
    formula, value, (row, col) = sheet.formulas[cell], sheet.cached.get(cell), (cell[0] - 1, cell[1] - 1)
    _check_number(value)
    _check_text(value if isinstance(value, str) else "")
    kind, value_element = target.value_xml(value)
    mark = ' cm="1"' if formula.dynamic else ""
    target.has_dynamic_arrays |= formula.dynamic
    target.exact[row, col] = (kind, mark, _formula_element(target, formula, cell) + value_element)
    _remember(target, row, col, value, formats, style)


def _formula_element(target: ExactSheet, formula: Formula, cell: Cell) -> str:
    from xml.sax.saxutils import escape

    from ..formula import text_at

    text = escape(target._escape_control_characters(text_at(formula.text, formula.origin, cell)))
    if formula.kind == "normal" and not formula.dynamic:
        return f"<f>{text}</f>"
    if formula.kind not in ("normal", "array"):
        raise UsageError(f"a formula of the kind '{formula.kind}' cannot be written")
    box = formula.box or Box(*cell, *cell)
    return f'<f t="array" ref="{box_name(box)}">{text}</f>'


def _remember(target: ExactSheet, row: int, col: int, value: Scalar, formats: Formats, style: Style) -> None:
    """What XlsxWriter keeps of an exact cell: its format, and its value for the caches of charts."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        target.write_number(row, col, value, formats.of(style))
    elif isinstance(value, str) and value:
        target.write_string(row, col, value, formats.of(style))
    else:
        target.write_blank(row, col, None, formats.of(style))


def _check_number(value: Scalar) -> None:
    is_number = isinstance(value, float | int) and not isinstance(value, bool | CellError)
    if is_number and not math.isfinite(float(value or 0)):  # type: ignore[arg-type]
        raise UsageError(f"{value} is no value of a cell")


def _check_text(text: str) -> None:
    if len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
        raise UsageError(f"a text of more than {MAX_TEXT:,} characters does not fit a cell")
