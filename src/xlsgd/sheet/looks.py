"""The look of a sheet: colours, number formats, widths, notes, frozen panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..address import Box, cell_name
from ..book.look import Look, Rule, Style
from .charts import make_charts
from .layout import (
    FIRST_ROW,
    GROUP_ROW,
    HEADER_ROW,
    HOW_ROW,
    LABEL_ROW,
    START_ROW,
    TITLE_ROW,
    VALUE_ROW,
    WHAT_ROW,
    Layout,
)

if TYPE_CHECKING:
    from .telling import Told

NUMBER = "0.0000;-0.0000;0"
NARROW, WIDE, SUM_WIDTH = 8.0, 12.0, 24.0


def make_look(told: Told, layout: Layout) -> Look:
    """How the told sheet looks."""
    look = Look(freeze=(FIRST_ROW, layout.columns["y"] + 1))
    _top(look, layout)
    _table(look, layout)
    _summary(look, told, layout)
    look.charts = make_charts(told, layout)
    look.notes = _notes(layout)
    return look


def _top(look: Look, layout: Layout) -> None:
    look.styles[TITLE_ROW, 1] = Style("title", bold=True)
    look.styles[WHAT_ROW, 1] = look.styles[HOW_ROW, 1] = Style("note")
    for setting in layout.table.settings:
        row, col = layout.settings[setting.name]
        look.styles[LABEL_ROW, col] = Style("header", bold=True)
        look.styles[row, col] = Style("plain" if setting.formula else "input")
    left = layout.result_column
    for col in range(left, left + (4 if layout.epochs > 1 else 2)):
        look.styles[LABEL_ROW, col] = Style("band", bold=True)
        look.styles[VALUE_ROW, col] = Style("result", NUMBER, bold=True)


def _table(look: Look, layout: Layout) -> None:
    first, last = layout.rows
    for group in layout.table.groups:
        for column in group.columns:
            col = layout.columns[column.key]
            look.styles[GROUP_ROW, col] = Style("band", bold=True)
            look.styles[HEADER_ROW, col] = Style("header", bold=True)
            look.styles[START_ROW, col] = Style("plain" if column.start is None else "input")
            look.widths[col] = WIDE if column.formula else NARROW
            typed = last if column.role != "input" else first + layout.epoch_rows - 1
            style = Style(column.role, NUMBER if column.formula else "General")
            look.styles.update({(row, col): style for row in range(first, typed + 1)})
    look.styles[START_ROW, 1] = Style("note")
    numbers = Box(START_ROW + 1, layout.columns["y"] + 1, last, layout.last_column)
    look.rules = [*_rules(numbers)]


def _summary(look: Look, told: Told, layout: Layout) -> None:
    top, left, weights = layout.summary_row, layout.side_column, len(told.variant.model.weights)
    first, last, right = top + 2, top + 1 + layout.epochs, left + 1 + weights
    for col in range(left, right + 1):
        look.styles[top, col] = Style("band", bold=True)
        look.styles[top + 1, col] = Style("header", bold=True)
        look.widths[col] = WIDE
        style = Style("plain") if col == left else Style("result", NUMBER)
        look.styles.update({(row, col): style for row in range(first, last + 1)})
    look.widths[left], look.widths[left + 1] = NARROW, SUM_WIDTH
    above = Box(VALUE_ROW, layout.result_column, VALUE_ROW, layout.result_column + 3)
    look.rules += [*_rules(Box(first, left + 1, last, right)), *_rules(above)]
    look.partial_sums.append(Box(first, left + 1, last, left + 1))


def _rules(box: Box) -> tuple[Rule, Rule]:
    """Errors in red; very large and very small numbers in scientific notation, so that no column overflows."""
    cell = cell_name(box.top, box.left)
    extreme = f"IF(ISNUMBER({cell}),OR(ABS({cell})>=100000,AND({cell}<>0,ABS({cell})<0.001)))"
    return Rule(box, f"ISERROR({cell})", role="error"), Rule(box, extreme, number_format="0.00E+00")


def _notes(layout: Layout) -> dict[tuple[int, int], str]:
    notes = {(HEADER_ROW, layout.columns[c.key]): c.note for c in layout.table.columns if c.note}
    for setting in layout.table.settings:
        row, col = layout.settings[setting.name]
        notes[row, col] = f"{setting.label}: {setting.text}. This cell has the name {setting.name}."
    return notes
