"""The look of one sheet to XlsxWriter: widths, panes, notes, rules, and how it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..address import box_name
from .formats import BASE, Formats
from .look import Look
from .write_aids import write_aids
from .write_chart import write_chart

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_A4 = 9


def write_look(workbook: Workbook, target: Worksheet, look: Look, formats: Formats) -> None:
    """Everything of a look but the cells' styles, which the cells bring along. Raises UsageError."""
    for col, width in look.widths.items():
        target.set_column(col - 1, col - 1, width)
    for cell, text in look.notes.items():
        target.write_comment(cell[0] - 1, cell[1] - 1, text, _note_size(text))
    for box in look.merges:
        target.merge_range(*_corners(box), "")
    if look.freeze:
        target.freeze_panes(look.freeze[0] - 1, look.freeze[1] - 1)
    for rule in look.rules:
        options = {"type": "formula", "criteria": f"={rule.formula}", "format": formats.of_rule(rule)}
        target.conditional_format(*_corners(rule.box), options)
    if look.partial_sums:
        target.ignore_errors({"formula_range": " ".join(box_name(box) for box in look.partial_sums)})
    write_aids(target, look, formats)
    for chart in look.charts:
        write_chart(workbook, target, chart)
    if look.print_titles:
        target.repeat_rows(look.print_titles[0] - 1, look.print_titles[1] - 1)
    _page(target, look.pages_wide)


def _corners(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    top, left, bottom, right = box
    return top - 1, left - 1, bottom - 1, right - 1


def _note_size(text: str) -> dict[str, object]:
    lines = sum(len(line) // 38 + 1 for line in text.split("\n"))
    return {"width": 240, "height": 16 * lines + 12, "font_name": BASE["font_name"], "font_size": 9}


def _page(target: Worksheet, wide: int) -> None:
    """Printed across, so many pages wide and as many long as it takes."""
    target.set_landscape()
    target.set_paper(_A4)
    target.fit_to_pages(wide, 0)
    target.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
