"""The look of a sheet: colours, number formats, widths, notes, frozen panes, small curves, links."""

from __future__ import annotations

from ..address import Box, cell_name
from ..book.look import Link, Look, Rule, Sparkline, Style, Validation
from ..book.style_columns import StyleColumns
from ..variants import Mlp, Relu, Relu2
from .charts import make_charts
from .columns import Column
from .layout import (
    FIRST_ROW,
    GROUP_ROW,
    HEADER_ROW,
    HOW_ROW,
    LABEL_ROW,
    LEGEND_COLUMN,
    LINK_ROW,
    START_ROW,
    TITLE_ROW,
    TREND_ROW,
    VALUE_ROW,
    WHAT_ROW,
    Layout,
)
from .summary import ERRORS, EXPLODED, HEAD, TITLE
from .told import Told
from .words import HEADER, LETTER, words_rows

NUMBER = "0.0000;-0.0000;0"
NARROW, WIDE, SUM_WIDTH = 8.0, 12.0, 27.0
PAGE_COLUMNS = 30
_COUNTERS = ("step", "epoch", "row", "pick")


def make_look(told: Told, layout: Layout) -> Look:
    """How the told sheet looks."""
    bodies = StyleColumns()
    for column in layout.table.columns:
        _body(bodies, column, layout)
    look = Look(bodies, freeze=(FIRST_ROW, layout.frozen_column + 1), print_titles=(GROUP_ROW, HEADER_ROW))
    _top(look, layout)
    _table(look, layout)
    _summary(look, told, layout)
    _words(look, layout)
    _dead_units(look, told, layout)
    _links(look, layout)
    look.charts = make_charts(told, layout)
    look.pages_wide = -(-layout.summary_column // PAGE_COLUMNS)
    look.notes = _notes(told, layout)
    look.outlines = [(layout.epoch(n)[0] + 1, layout.epoch(n)[1]) for n in range(2, layout.epochs + 1)]
    return look


def _top(look: Look, layout: Layout) -> None:
    look.styles[TITLE_ROW, 1] = Style("title", bold=True)
    look.styles[WHAT_ROW, 1] = look.styles[HOW_ROW, 1] = look.styles[LINK_ROW, LEGEND_COLUMN] = Style("note")
    for setting in layout.table.settings:
        row, col = layout.settings[setting.name]
        look.styles[LABEL_ROW, col] = Style("header", bold=True)
        look.styles[row, col] = Style("plain" if setting.formula else "input")
        if not setting.formula:
            text = f"{setting.text}. The cell has the name {setting.name}."
            limits = (setting.low, setting.high, setting.whole)
            look.validations.append(Validation((row, col), setting.label, text, *limits))
    left = layout.result_column
    for col in range(left, left + 6):
        look.styles[LABEL_ROW, col] = Style("band", bold=True)
        look.styles[VALUE_ROW, col] = Style("result", NUMBER, bold=True, align="right")
    look.styles[VALUE_ROW, left + 4] = Style("result", bold=True, align="center")


def _table(look: Look, layout: Layout) -> None:
    first, last = layout.rows
    look.heights[TREND_ROW] = 24.0
    for column in layout.table.columns:
        col = layout.columns[column.key]
        look.styles[GROUP_ROW, col] = Style("band", bold=True)
        look.styles[HEADER_ROW, col] = Style("header", bold=True)
        if column.start is not None:
            look.styles[START_ROW, col] = Style("input")
            text = "The value to start from. Type your own."
            look.validations.append(Validation((START_ROW, col), f"{column.header} at the start", text))
        if column.formula:
            look.sparklines.append(Sparkline((TREND_ROW, col), Box(first, col, last, col)))
        look.widths[col] = max(WIDE, len(column.header) + 1.0) if column.formula else NARROW
    for group in layout.table.groups:
        col = layout.columns[group.columns[0].key]
        if len(group.columns) == 1:
            look.widths[col] = max(look.widths[col], len(group.title) + 2.0)
    look.styles[START_ROW, 1] = Style("note", align="center")
    look.rules = [*number_rules(Box(first, layout.frozen_column + 1, last, layout.last_column))]


def _body(styles: StyleColumns, column: Column, layout: Layout) -> None:
    """A column of the training table. Only the data of the first epoch are typed; a line begins each later epoch."""
    col, later_role = layout.columns[column.key], "plain" if column.role == "input" else column.role
    align = "center" if column.key in _COUNTERS else ""
    number_format = NUMBER if column.formula and column.key not in ("in_batch", "updates", "hit") else "General"
    begin, rest = (Style(later_role, number_format, align=align, line_above=line) for line in (True, False))
    styles.fill(col, *layout.epoch(1), Style(column.role, number_format, align=align))
    for top, bottom in map(layout.epoch, range(2, layout.epochs + 1)):
        styles.fill(col, top, top, begin)
        styles.fill(col, top + 1, bottom, rest)


def _summary(look: Look, told: Told, layout: Layout) -> None:
    left = layout.summary_column
    right, first, last = max(col for _, col in told.summary.values()), HEAD + 1, HEAD + layout.epochs
    for col in range(left, max(right, left + 3) + 1):
        look.styles[TITLE, col] = Style("band", bold=True)
    for col in range(left, right + 1):
        look.styles[HEAD, col] = Style("header", bold=True)
        look.widths[col] = WIDE
        style = Style("plain", align="center") if col == left else Style("result", NUMBER)
        look.styles.update({(row, col): style for row in range(first, last + 1)})
    look.styles[EXPLODED, left] = look.styles[EXPLODED, left + 2] = look.styles[ERRORS, left + 2] = Style("note")
    look.styles[EXPLODED, left + 1] = Style("input", "0E+00")
    look.styles[EXPLODED, left + 3] = look.styles[ERRORS, left + 3] = Style("result", bold=True, align="center")
    look.widths |= {left: NARROW, left + 1: SUM_WIDTH, left + 2: SUM_WIDTH + 4, left + 3: WIDE}
    above = Box(VALUE_ROW, layout.result_column, VALUE_ROW, layout.result_column + 3)
    look.rules += [*number_rules(Box(first, left + 1, last, right)), *number_rules(above)]
    look.partial_sums.append(Box(first, left + 1, last, left + 2))
    text = "An error beyond this number counts as an explosion. The cell has the name explosion."
    look.validations.append(Validation((EXPLODED, left + 1), "explosion", text, 0.0))


def _words(look: Look, layout: Layout) -> None:
    first, last = words_rows(layout)
    look.styles[first, LETTER] = Style("title", bold=True)
    look.heights |= {TITLE_ROW: 22.0, first: 22.0}
    for row in range(first + 1, last + 1):
        look.styles[row, LETTER] = Style("note", align="center")
        look.styles[row, HEADER] = Style("plain", bold=True)


def _dead_units(look: Look, told: Told, layout: Layout) -> None:
    """Grey where a ReLU passes nothing on: its unit learns nothing in such a row."""
    model, (first, last) = told.variant.model, layout.rows
    if not isinstance(model, Relu2 | Mlp) or not isinstance(model.activation, Relu):
        return
    units = [key for key in layout.columns if key == "hidden" or (key.startswith("h") and key[1:2].isdigit())]
    for key in units:
        col = layout.columns[key]
        cell = cell_name(first, col)
        rule = Rule(Box(first, col, last, col), f"AND(ISNUMBER({cell}),{cell}<=0)", role="dead")
        look.rules.insert(0, rule)


def _links(look: Look, layout: Layout) -> None:
    targets = {
        "charts →": (FIRST_ROW, layout.side_column),
        "summary →": (TITLE, layout.summary_column),
        "columns explained ↓": (layout.words_row, 1),
    }
    for place, (text, target) in enumerate(targets.items()):
        look.links.append(Link((LINK_ROW, 1 + 2 * place), text, target, tip="Go there; Ctrl+Home comes back."))


def number_rules(box: Box) -> tuple[Rule, Rule]:
    """Errors in red; very large and very small numbers in scientific notation, so that no column overflows."""
    cell = cell_name(box.top, box.left)
    extreme = f"IF(ISNUMBER({cell}),OR(ABS({cell})>=100000,AND({cell}<>0,ABS({cell})<0.001)))"
    return Rule(box, f"ISERROR({cell})", role="error"), Rule(box, extreme, number_format="0.00E+00")


def _notes(told: Told, layout: Layout) -> dict[tuple[int, int], str]:
    notes = {(HEADER_ROW, layout.columns[c.key]): c.note for c in layout.table.columns if c.note}
    for setting in layout.table.settings:
        _, col = layout.settings[setting.name]
        notes[LABEL_ROW, col] = f"{setting.label}: {setting.text}. The cell below has the name {setting.name}."
    measures = [col for key, (row, col) in told.summary.items() if row == HEAD + 1 and key.endswith("_1")]
    first = min(measures)
    notes[HEAD, first] = "While training: each row's error with the weights of that row."
    if "end_root_error_1" in told.summary:
        notes[HEAD, first + 1] = "At its end: every row's error with the weights after the epoch."
    return notes
