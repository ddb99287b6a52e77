"""A variant told in formulas: the cells of its sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..address import cell_name, column_name, quote_sheet
from ..book import Cell, Formula, Name, Sheet
from ..variants import Variant
from .columns import Column, Setting
from .layout import (
    GROUP_ROW,
    HEADER_ROW,
    HOW_ROW,
    LABEL_ROW,
    START_ROW,
    TITLE_ROW,
    WHAT_ROW,
    Layout,
    lay_out,
)
from .looks import make_look
from .notes import how, title, what
from .table import make_table

ROOT_SUM = "√ sum of squared errors"


@dataclass(slots=True)
class Told:
    """A variant's sheet and where its parts stand.

    columns: key → column, the keys of the reference's trace (and ``step``, ``epoch``). rows: first and last training
    row. summary: ``root_sum_error_1`` → the cell of SQRT(SUM(error)) over epoch 1, ``end_a_1`` → that of weight a after
    epoch 1, and so on. settings, starts: name of a hyperparameter, key of a weight or state → the cell of its value.
    """

    variant: Variant
    sheet: Sheet
    columns: dict[str, int]
    rows: tuple[int, int]
    names: list[Name] = field(default_factory=list)
    summary: dict[str, Cell] = field(default_factory=dict)
    settings: dict[str, Cell] = field(default_factory=dict)
    starts: dict[str, Cell] = field(default_factory=dict)


def tell(variant: Variant, name: str | None = None) -> Told:
    """The sheet of a variant, all formulas live, no values cached; named ``name``, by default as the variant.

    Raises UsageError where the init does not fit the model.
    """
    data = variant.data.rows()
    layout = lay_out(make_table(variant), len(data), variant.epochs)
    sheet = Sheet(name or variant.name)
    told = Told(variant, sheet, dict(layout.columns), layout.rows, settings=dict(layout.settings))
    _headings(sheet, variant, layout)
    _settings(sheet, layout)
    _starts(told, layout)
    _data(sheet, layout, data)
    for column in layout.table.columns:
        _fill_down(sheet, column, layout)
    _summary(told, layout)
    told.names = _names(told)
    sheet.look = make_look(told, layout)
    return told


def _headings(sheet: Sheet, variant: Variant, layout: Layout) -> None:
    sheet.constants[TITLE_ROW, 1] = title(variant, layout.table)
    sheet.constants[WHAT_ROW, 1] = what(variant, layout.table)
    sheet.constants[HOW_ROW, 1] = how(layout.table)
    for group in layout.table.groups:
        sheet.constants[GROUP_ROW, layout.columns[group.columns[0].key]] = group.title
    for column in layout.table.columns:
        sheet.constants[HEADER_ROW, layout.columns[column.key]] = column.header


def _settings(sheet: Sheet, layout: Layout) -> None:
    for setting in layout.table.settings:
        row, col = layout.settings[setting.name]
        sheet.constants[LABEL_ROW, col] = setting.label
        _setting_value(sheet, setting, layout, (row, col))


def _setting_value(sheet: Sheet, setting: Setting, layout: Layout, cell: Cell) -> None:
    if setting.formula:
        sheet.formulas[cell] = Formula(layout.formula(setting.formula, cell[0]), cell)
    else:
        sheet.constants[cell] = setting.value


def _starts(told: Told, layout: Layout) -> None:
    told.sheet.constants[START_ROW, 1] = "start"
    for column in layout.table.columns:
        if column.start is not None:
            told.starts[column.key] = (START_ROW, layout.columns[column.key])
            told.sheet.constants[told.starts[column.key]] = column.start


def _data(sheet: Sheet, layout: Layout, data: tuple[tuple[float, float], ...]) -> None:
    """Steps and epochs counted, the data typed in the first epoch; later epochs refer to the rows an epoch above."""
    first, last = layout.rows
    for row in range(first, last + 1):
        sheet.constants[row, layout.columns["step"]] = float(row - first + 1)
        if "epoch" in layout.columns:
            sheet.constants[row, layout.columns["epoch"]] = float((row - first) // len(data) + 1)
    for key, numbers in zip(("x", "y"), zip(*data, strict=True), strict=True):
        col, second = layout.columns[key], first + len(data)
        for row, number in enumerate(numbers, first):
            sheet.constants[row, col] = number
        again = Formula(cell_name(first, col), (second, col))
        sheet.formulas.update({(row, col): again for row in range(second, last + 1)})


def _fill_down(sheet: Sheet, column: Column, layout: Layout) -> None:
    """One formula for the whole column, but for the first row where that differs."""
    if not column.formula:
        return
    col, (first, last) = layout.columns[column.key], layout.rows
    if column.first:
        sheet.formulas[first, col] = Formula(layout.formula(column.first, first), (first, col))
        first += 1
    shared = Formula(layout.formula(column.formula, first), (first, col))
    sheet.formulas.update({(row, col): shared for row in range(first, last + 1)})


def _summary(told: Told, layout: Layout) -> None:
    """By epoch: the root of the summed errors and the weights after it; the first and the last result also on top."""
    sheet, top, left = told.sheet, layout.summary_row, layout.side_column
    weights = list(told.variant.model.weights)
    sheet.constants[top, left] = "at the end of each epoch"
    for place, text in enumerate(["epoch", ROOT_SUM, *weights]):
        sheet.constants[top + 1, left + place] = text
    for epoch in range(1, layout.epochs + 1):
        row, (first, last) = top + 1 + epoch, layout.epoch(epoch)
        error = column_name(layout.columns["error"])
        texts = [f"SQRT(SUM({error}{first}:{error}{last}))"]
        texts += [cell_name(last, layout.columns[f"new_{w}"]) for w in weights]
        sheet.constants[row, left] = float(epoch)
        for place, text in enumerate(texts, 1):
            sheet.formulas[row, left + place] = Formula(text, (row, left + place))
        told.summary[f"root_sum_error_{epoch}"] = (row, left + 1)
        told.summary |= {f"end_{w}_{epoch}": (row, left + 2 + place) for place, w in enumerate(weights)}
    _result(told, layout)


def _result(told: Told, layout: Layout) -> None:
    left = layout.result_column
    told.sheet.constants[LABEL_ROW, left] = ROOT_SUM
    for place, epoch in enumerate(sorted({1, layout.epochs})):
        label, value = (LABEL_ROW + 1, left + 2 * place), (LABEL_ROW + 1, left + 2 * place + 1)
        told.sheet.constants[label] = f"epoch {epoch}"
        told.sheet.formulas[value] = Formula(cell_name(*told.summary[f"root_sum_error_{epoch}"]), value)


def _names(told: Told) -> list[Name]:
    cells = told.settings | {f"start_{w}": told.starts[w] for w in told.variant.model.weights}
    prefix = quote_sheet(told.sheet.name)
    return [Name(name, f"{prefix}!${column_name(col)}${row}") for name, (row, col) in cells.items()]
