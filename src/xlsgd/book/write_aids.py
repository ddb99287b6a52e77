"""What helps a person at the sheet, to XlsxWriter: validation, small curves, links, rows to fold, heights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..address import box_name, cell_name, quote_sheet
from .formats import Formats
from .look import Link, Look, Style, Validation

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_TITLE, _TEXT = 32, 255  # the longest title and text of a message beside a cell
_LARGEST = 1e300


def write_aids(target: Worksheet, look: Look, formats: Formats) -> None:
    """Validations, sparklines, links, outlines, heights and gridlines of a look."""
    for validation in look.validations:
        row, col = validation.cell[0] - 1, validation.cell[1] - 1
        target.data_validation(row, col, row, col, _rule(validation))
    for spark in look.sparklines:
        place = f"{quote_sheet(target.name)}!{box_name(spark.values)}"
        options = {"range": place, "series_color": "#1F4FBF", "show_hidden": True, "weight": 1.25}
        target.add_sparkline(spark.cell[0] - 1, spark.cell[1] - 1, options)
    for link in look.links:
        _link(target, link, formats.of(look.styles.get(link.cell, Style("link"))))
    for first, last in look.outlines:
        for row in range(first, last + 1):
            target.set_row(row - 1, look.heights.get(row), None, {"level": 1})
    if look.outlines:
        target.outline_settings(True, False, True, False)
    for row, height in look.heights.items():
        target.set_row(row - 1, height)
    if not look.gridlines:
        target.hide_gridlines(2)


def _rule(validation: Validation) -> dict[str, object]:
    low, high = validation.low, validation.high
    limits = (
        {"criteria": "between", "minimum": -_LARGEST if low is None else low, "maximum": _LARGEST}
        if high is None
        else {"criteria": "between", "minimum": -_LARGEST if low is None else low, "maximum": high}
    )
    kind = "a whole number" if validation.whole else "a number"
    above = "" if low is None else f" from {low:g}"
    below = "" if high is None else f" to {high:g}"
    return {
        "validate": "integer" if validation.whole else "decimal",
        **limits,
        "input_title": validation.title[:_TITLE],
        "input_message": validation.text[:_TEXT],
        "error_title": validation.title[:_TITLE],
        "error_message": f"Type {kind}{above}{below}.",
    }


def _link(target: Worksheet, link: Link, cell_format: object) -> None:
    place = f"internal:{quote_sheet(link.sheet or target.name)}!{cell_name(*link.target)}"
    row, col = link.cell[0] - 1, link.cell[1] - 1
    target.write_url(row, col, place, cell_format, link.text, link.tip or None)
