"""The look of a sheet: colours, number formats, widths, notes, frozen panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..address import Box, cell_name
from ..book.look import Look, Rule, Style
from .charts import make_charts
from .columns import Column
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
    look = Look(freeze=(FIRST_ROW, layout.columns["y"] + 1), print_titles=(GROUP_ROW, HEADER_ROW))
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
        look.styles[VALUE_ROW, col] = Style("result", NUMBER, bold=True, align="right")


def _table(look: Look, layout: Layout) -> None:
    first, last = layout.rows
    for column in layout.table.columns:
        col = layout.columns[column.key]
        look.styles[GROUP_ROW, col] = Style("band", bold=True)
        look.styles[HEADER_ROW, col] = Style("header", bold=True)
        if column.start is not None:
            look.styles[START_ROW, col] = Style("input")
        look.widths[col] = WIDE if column.formula else NARROW
        look.styles.update({(row, col): _body(column, row, layout) for row in range(first, last + 1)})
    look.styles[START_ROW, 1] = Style("note", align="center")
    look.rules = [*_rules(Box(first, layout.columns["y"] + 1, last, layout.last_column))]


def _body(column: Column, row: int, layout: Layout) -> Style:
    """A cell of the training table. Only the data of the first epoch are typed; a line begins each later epoch."""
    epoch, place = divmod(row - FIRST_ROW, layout.epoch_rows)
    role = "plain" if column.role == "input" and epoch else column.role
    counts = column.key in ("step", "epoch")
    number_format = NUMBER if column.formula else "General"
    return Style(role, number_format, align="center" if counts else "", line_above=bool(epoch) and not place)


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
