"""Several variants side by side: their errors in neighbouring columns, and one chart of all."""

from __future__ import annotations

from collections.abc import Sequence

from ..address import Box, cell_name, quote_sheet
from ..book import Formula, Sheet
from ..book.look import Chart, Link, Look, Series, Style
from ..errors import UsageError
from .looks import NUMBER, number_rules
from .telling import Told

TITLE_ROW, NOTE_ROW, NAME_ROW, LR_ROW = 1, 2, 4, 5
_WIDTH = 26.0


def compare_sheet(tolds: Sequence[Told], name: str = "side by side", title: str = "Side by side") -> Sheet:
    """A sheet with a column a variant: its name, its learning rate, what came of it, and its error by step.

    Every number refers to the variant's own sheet, so that it follows when a setting there changes. Raises UsageError
    where there is nothing to compare.
    """
    if not tolds:
        raise UsageError("a comparison wants at least one variant")
    sheet, look = Sheet(name), Look(gridlines=False)
    labels = ["variant", "lr", "error at first", "error at last", "explodes at step"]
    head = NAME_ROW + len(labels) + 1
    sheet.constants[TITLE_ROW, 1] = title
    sheet.constants[NOTE_ROW, 1] = "Every number comes from the sheet that is named above it: change it there."
    for row, label in enumerate(labels, NAME_ROW):
        sheet.constants[row, 1] = label
        look.styles[row, 1] = Style("header", bold=True, align="left")
    sheet.constants[head, 1] = "step"
    steps = max(told.rows[1] - told.rows[0] + 1 for told in tolds)
    for number in range(steps):
        sheet.constants[head + 1 + number, 1] = float(number + 1)
        look.styles[head + 1 + number, 1] = Style("plain", align="center")
    for place, told in enumerate(tolds):
        _column(sheet, look, told, 2 + place, head)
    _finish(look, len(tolds), head, steps)
    sheet.look = look
    return sheet


def _column(sheet: Sheet, look: Look, told: Told, col: int, head: int) -> None:
    place = quote_sheet(told.sheet.name)
    (first, last), error = told.rows, told.columns["error"]
    lr, exploded = told.settings["lr"], told.results["exploded"]
    refer = {
        LR_ROW: cell_name(*lr),
        LR_ROW + 1: cell_name(first, error),
        LR_ROW + 2: cell_name(last, error),
        LR_ROW + 3: cell_name(*exploded),
    }
    look.links.append(Link((NAME_ROW, col), told.sheet.name, (1, 1), told.sheet.name))
    for row, cell in refer.items():
        sheet.formulas[row, col] = Formula(f"{place}!{cell}", (row, col))
        number_format = "General" if row in (LR_ROW, LR_ROW + 3) else NUMBER
        look.styles[row, col] = Style("result", number_format, align="right")
    sheet.formulas[head, col] = Formula(f"{cell_name(NAME_ROW, col)}", (head, col))
    sheet.constants[NAME_ROW, col] = told.sheet.name
    down = Formula(f"{place}!{cell_name(first, error)}", (head + 1, col))
    for row in range(head + 1, head + 2 + last - first):
        sheet.formulas[row, col] = down
        look.styles[row, col] = Style("plain", NUMBER)


def _finish(look: Look, count: int, head: int, steps: int) -> None:
    look.styles[TITLE_ROW, 1] = Style("title", bold=True)
    look.heights[TITLE_ROW] = 22.0
    look.styles[NOTE_ROW, 1] = Style("note")
    for col in range(1, count + 2):
        look.styles[head, col] = Style("header", bold=True)
        look.widths[col] = _WIDTH if col > 1 else 16.0
    look.rules += number_rules(Box(head + 1, 2, head + steps, count + 1))
    look.rules += number_rules(Box(LR_ROW + 1, 2, LR_ROW + 2, count + 1))
    look.freeze = (head + 1, 2)
    look.charts = [_chart(count, head, steps)]


def _chart(count: int, head: int, steps: int) -> Chart:
    rows = (head + 1, head + steps)
    series = tuple(
        Series((head, col), Box(rows[0], 1, rows[1], 1), Box(rows[0], col, rows[1], col)) for col in range(2, count + 2)
    )
    title = "Error by step"
    at = (head + 1, count + 3)
    return Chart(title, at, series, x_title="step", y_title="error (logarithmic)", log_y=True, width=900, height=480)
