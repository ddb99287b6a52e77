"""A variant told in formulas: the cells of its sheet."""

from __future__ import annotations

from ..address import cell_name, column_name, quote_sheet
from ..book import Cell, Formula, Name, Sheet
from ..book.columns import CellColumns, FormulaColumns, FormulaRun, Run
from ..tagged import Texts, tagged
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

_LONG = 4096
"""So many training rows make a sheet whose cells are kept by column."""


def tell(variant: Variant, name: str | None = None) -> Told:
    """The sheet of a variant, all formulas live, no values cached; named ``name``, by default as the variant.

    Raises UsageError where the init does not fit the model or the sheet would be too large.
    """
    data = variant.data.rows()
    layout = lay_out(make_table(variant), len(data), variant.epochs)
    sheet = _new_sheet(name or variant.name, layout)
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


def _new_sheet(name: str, layout: Layout) -> Sheet:
    first, last = layout.rows
    if last - first < _LONG:
        return Sheet(name)
    return Sheet(name, constants=CellColumns({}, Texts(), {}), formulas=FormulaColumns({}, {}))


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
    places = [divmod(count, layout.epoch_rows) for count in range(len(picks))]
    numbers = {
        "step": range(len(picks)),
        "epoch": (epoch for epoch, _ in places),
        "row": (place for _, place in places),
        "pick": picks,
    }
    for key, counts in numbers.items():
        if key in layout.columns:
            _type(told.sheet, layout.columns[key], layout, [float(count + 1) for count in counts])


def _data(told: Told, layout: Layout) -> None:
    """The data typed in the first epoch; later epochs refer to the rows an epoch above, or look their row up."""
    first, last = layout.rows
    second, variant = first + layout.epoch_rows, told.variant
    for place, key in enumerate((*variant.data.inputs, *variant.data.targets)):
        col = layout.columns[key]
        _type(told.sheet, col, layout, [numbers[place] for numbers in variant.rows()[: layout.epoch_rows]])
        text = cell_name(first, col)
        if variant.shuffle is not None:
            text = layout.formula(f"INDEX({{first {key}}},MATCH({{pick}},{{first pick}},0))", second)
        if second <= last:
            _fill(told.sheet, col, [FormulaRun(second, last, Formula(text, (second, col)))])


def _fill_down(sheet: Sheet, column: Column, layout: Layout) -> None:
    """One formula for the whole column, but for the first row of all and those of later epochs where they differ."""
    if not column.formula:
        return
    col, (first, last) = layout.columns[column.key], layout.rows
    starts = range(first + layout.epoch_rows, last + 1, layout.epoch_rows) if column.again else ()
    templates = {first: column.first} if column.first else {}
    templates |= dict.fromkeys(starts, column.again)
    made: dict[str, Formula] = {}
    runs: list[FormulaRun] = []
    row = first
    for special in [*sorted(templates), last + 1]:
        for top, bottom, template in (
            (row, special - 1, column.formula),
            (special, special, templates.get(special, "")),
        ):
            if top <= bottom <= last:
                formula = made.setdefault(template, Formula(layout.formula(template, top), (top, col)))
                runs.append(FormulaRun(top, bottom, formula))
        row = special + 1
    _fill(sheet, col, runs)


def _type(sheet: Sheet, col: int, layout: Layout, numbers: list[float]) -> None:
    """Numbers typed into a column from the first training row on."""
    if isinstance(sheet.constants, CellColumns):
        sheet.constants.runs[col] = [Run(layout.rows[0], tagged(numbers, sheet.constants.texts))]
    else:
        sheet.constants.update(((row, col), number) for row, number in enumerate(numbers, layout.rows[0]))


def _fill(sheet: Sheet, col: int, runs: list[FormulaRun]) -> None:
    """Formulas filled down a column."""
    if isinstance(sheet.formulas, FormulaColumns):
        sheet.formulas.runs[col] = runs
    else:
        sheet.formulas.update(((row, col), run.formula) for run in runs for row in range(run.top, run.bottom + 1))


def _names(told: Told) -> list[Name]:
    cells = told.settings | {f"start_{w}": told.starts[w] for w in told.variant.model.weights}
    prefix = quote_sheet(told.sheet.name)
    return [Name(name, f"{prefix}!${column_name(col)}${row}") for name, (row, col) in cells.items()]
