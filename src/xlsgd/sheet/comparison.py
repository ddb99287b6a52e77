"""Several variants side by side: their errors in neighbouring columns, and charts of all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from ..address import Box, cell_name, quote_sheet
from ..book import Cell, Formula, Sheet
from ..book.look import Chart, Link, Look, Series, Style
from ..errors import UsageError
from .looks import NUMBER, number_rules
from .told import Told

TITLE_ROW, NOTE_ROW, NAME_ROW, LR_ROW = 1, 2, 4, 5
LABELS = ("variant", "lr", "error at first", "error at last", "explodes at step")
EPOCH_HEAD = NAME_ROW + len(LABELS) + 1
_LABEL_WIDTH, _NARROWEST, _WIDEST = 17.0, 13.0, 26.0
_CHART_WIDTH, _CHART_HEIGHT, _CHART_ROWS = 720, 380, 20


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the parts stand: ``epochs`` and ``steps`` rows under two headers, ``count`` columns beside the labels."""

    count: int
    epochs: int
    steps: int

    @property
    def step_head(self) -> int:
        return EPOCH_HEAD + self.epochs + 2


def compare_sheet(tolds: Sequence[Told], name: str = "side by side", title: str = "Side by side") -> Sheet:
    """A sheet with a column a variant: its name, its learning rate, what came of it, its error by epoch and by step.

    Every number refers to the variant's own sheet, so that it follows when a setting there changes. Raises UsageError
    where there is nothing to compare.
    """
    if not tolds:
        raise UsageError("a comparison wants at least one variant")
    steps = max(told.rows[1] - told.rows[0] + 1 for told in tolds)
    place = _Place(len(tolds), max(told.variant.epochs for told in tolds), steps)
    sheet, look = Sheet(name), Look(gridlines=False)
    sheet.look = look
    _labels(sheet, look, place, title)
    for number, told in enumerate(tolds):
        _column(sheet, look, told, 2 + number, place)
    longest = max(len(told.sheet.name) for told in tolds) + 3.0
    look.widths = {1: _LABEL_WIDTH, **dict.fromkeys(range(2, place.count + 2), min(max(longest, _NARROWEST), _WIDEST))}
    look.rules += number_rules(Box(place.step_head + 1, 2, place.step_head + steps, place.count + 1))
    look.rules += number_rules(Box(LR_ROW + 1, 2, EPOCH_HEAD + place.epochs, place.count + 1))
    look.freeze = (NAME_ROW + 1, 2)
    look.charts = _charts(tolds, place)
    return sheet


def _labels(sheet: Sheet, look: Look, place: _Place, title: str) -> None:
    sheet.constants[TITLE_ROW, 1] = title
    look.styles[TITLE_ROW, 1] = Style("title", bold=True)
    look.heights[TITLE_ROW] = 22.0
    sheet.constants[NOTE_ROW, 1] = (
        "Every number comes from the sheet that is named above it: change it there. An epoch's error is √ of the sum of"
        " its rows' errors, of a classifier their mean."
    )
    look.styles[NOTE_ROW, 1] = Style("note")
    for row, label in enumerate(LABELS, NAME_ROW):
        sheet.constants[row, 1] = label
        look.styles[row, 1] = Style("header", bold=True, align="left")
    for head, label, count in ((EPOCH_HEAD, "epoch", place.epochs), (place.step_head, "step", place.steps)):
        sheet.constants[head, 1] = label
        for number in range(1, count + 1):
            sheet.constants[head + number, 1] = float(number)
            look.styles[head + number, 1] = Style("plain", align="center")
        look.styles.update({(head, col): Style("header", bold=True) for col in range(1, place.count + 2)})


def _column(sheet: Sheet, look: Look, told: Told, col: int, place: _Place) -> None:
    where = quote_sheet(told.sheet.name)
    (first, last), error = told.rows, told.columns["error"]
    sheet.constants[NAME_ROW, col] = told.sheet.name
    look.links.append(Link((NAME_ROW, col), told.sheet.name, (1, 1), told.sheet.name))
    cells: list[Cell] = [told.settings["lr"], (first, error), (last, error), told.results["exploded"]]
    for row, cell in enumerate(cells, LR_ROW):
        sheet.formulas[row, col] = Formula(f"{where}!{cell_name(*cell)}", (row, col))
        number_format = NUMBER if row in (LR_ROW + 1, LR_ROW + 2) else "General"
        look.styles[row, col] = Style("result", number_format, align="right")
    for head in (EPOCH_HEAD, place.step_head):
        sheet.formulas[head, col] = Formula(cell_name(NAME_ROW, col), (head, col))
    measure = "mean_error" if "mean_error_1" in told.summary else "root_sum_error"
    for epoch in range(1, told.variant.epochs + 1):
        row = EPOCH_HEAD + epoch
        cell = told.summary[f"{measure}_{epoch}"]
        sheet.formulas[row, col] = Formula(f"{where}!{cell_name(*cell)}", (row, col))
        look.styles[row, col] = Style("result", NUMBER)
    top = place.step_head + 1
    down = Formula(f"{where}!{cell_name(first, error)}", (top, col))
    for row in range(top, top + last - first + 1):
        sheet.formulas[row, col] = down
        look.styles[row, col] = Style("plain", NUMBER)


def _charts(tolds: Sequence[Told], place: _Place) -> list[Chart]:
    """By epoch where there are some, and by step; beside the table, at its top."""
    left = place.count + 3
    by_step = _chart(place, "step", (place.step_head, place.steps), (NAME_ROW, left))
    if place.epochs <= 2:
        return [by_step]
    means = all("mean_error_1" in told.summary for told in tolds)
    by_epoch = _chart(place, "epoch", (EPOCH_HEAD, place.epochs), (NAME_ROW, left), log_y=not means)
    return [by_epoch, dataclasses.replace(by_step, at=(NAME_ROW + _CHART_ROWS, left))]


def _chart(place: _Place, by: str, block: tuple[int, int], at: Cell, log_y: bool = True) -> Chart:
    head, first, last = block[0], block[0] + 1, block[0] + block[1]
    series = tuple(
        Series((head, col), Box(first, 1, last, 1), Box(first, col, last, col)) for col in range(2, place.count + 2)
    )
    return Chart(
        f"Error by {by}",
        at,
        series,
        x_title=by,
        y_title="error (logarithmic)" if log_y else "error",
        log_y=log_y,
        width=_CHART_WIDTH,
        height=_CHART_HEIGHT,
    )
