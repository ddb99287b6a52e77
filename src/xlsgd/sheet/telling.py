"""A variant told in formulas: the cells of its sheet."""

from __future__ import annotations

from ..address import cell_name, column_name, quote_sheet
from ..book import Cell, Formula, Name, Sheet
from ..variants import Variant
from .columns import Column, Setting
from .layout import (
    GROUP_ROW,
    HEADER_ROW,
    HOW_ROW,
    LABEL_ROW,
    LEGEND_COLUMN,
    LINK_ROW,
    START_ROW,
    TITLE_ROW,
    WHAT_ROW,
    Layout,
    lay_out,
)
from .looks import make_look
from .notes import how, legend, title, what
from .summary import write_summary
from .table import make_table
from .told import Told
from .words import write_words


def tell(variant: Variant, name: str | None = None) -> Told:
    """The sheet of a variant, all formulas live, no values cached; named ``name``, by default as the variant.

    Raises UsageError where the init does not fit the model or the sheet would be too large.
    """
    data = variant.data.rows()
    layout = lay_out(make_table(variant), len(data), variant.epochs)
    sheet = Sheet(name or variant.name)
    told = Told(variant, sheet, dict(layout.columns), layout.rows, settings=dict(layout.settings))
    _headings(sheet, variant, layout)
    _settings(sheet, layout)
    _starts(told, layout)
    _counters(told, layout)
    _data(told, layout)
    for column in layout.table.columns:
        _fill_down(sheet, column, layout)
    write_summary(told, layout)
    write_words(told, layout)
    told.names = _names(told)
    sheet.look = make_look(told, layout)
    return told


def _headings(sheet: Sheet, variant: Variant, layout: Layout) -> None:
    sheet.constants[TITLE_ROW, 1] = title(variant, layout.table)
    sheet.constants[WHAT_ROW, 1] = what(variant, layout.table)
    sheet.constants[HOW_ROW, 1] = how(variant)
    sheet.constants[LINK_ROW, LEGEND_COLUMN] = legend(layout.table)
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


def _counters(told: Told, layout: Layout) -> None:
    """Rows, epochs, rows of an epoch and the drawn order, all counted from 1 and typed."""
    picks = [place for order in told.variant.orders() for place in order]
    for count, pick in enumerate(picks):
        epoch, place = divmod(count, layout.epoch_rows)
        for key, number in (("step", count), ("epoch", epoch), ("row", place), ("pick", pick)):
            if key in layout.columns:
                told.sheet.constants[told.rows[0] + count, layout.columns[key]] = float(number + 1)


def _data(told: Told, layout: Layout) -> None:
    """The data typed in the first epoch; later epochs refer to the rows an epoch above, or look their row up."""
    first, last = layout.rows
    second, variant = first + layout.epoch_rows, told.variant
    for place, key in enumerate((*variant.data.inputs, *variant.data.targets)):
        col = layout.columns[key]
        for row, numbers in enumerate(variant.rows()[: layout.epoch_rows], first):
            told.sheet.constants[row, col] = numbers[place]
        text = cell_name(first, col)
        if variant.shuffle is not None:
            text = layout.formula(f"INDEX({{first {key}}},MATCH({{pick}},{{first pick}},0))", second)
        again = Formula(text, (second, col))
        told.sheet.formulas.update({(row, col): again for row in range(second, last + 1)})


def _fill_down(sheet: Sheet, column: Column, layout: Layout) -> None:
    """One formula for the whole column, but for the first row of all and those of later epochs where they differ."""
    if not column.formula:
        return
    col, (first, last) = layout.columns[column.key], layout.rows
    starts = range(first + layout.epoch_rows, last + 1, layout.epoch_rows)
    special = {first: column.first} if column.first else {}
    if column.again:
        special |= dict.fromkeys(starts, column.again)
    for row, template in special.items():
        sheet.formulas[row, col] = Formula(layout.formula(template, row), (row, col))
    plain = [row for row in range(first, last + 1) if row not in special]
    if plain:
        shared = Formula(layout.formula(column.formula, plain[0]), (plain[0], col))
        sheet.formulas.update({(row, col): shared for row in plain})


def _names(told: Told) -> list[Name]:
    cells = told.settings | {f"start_{w}": told.starts[w] for w in told.variant.model.weights}
    prefix = quote_sheet(told.sheet.name)
    return [Name(name, f"{prefix}!${column_name(col)}${row}") for name, (row, col) in cells.items()]
