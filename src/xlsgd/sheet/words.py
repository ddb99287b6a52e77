"""What each column computes, in words and in mathematics, below the table."""

from __future__ import annotations

from ..address import column_name
from .columns import Column, fill
from .layout import Layout
from .told import Told

LETTER, HEADER, MATHEMATICS = 1, 2, 4
_SIGNS = {"*": "·", "^2": "²", "SQRT(": "√(", "PI()": "π", "-": "−", "<>": "≠"}
_WHICH = {"old": " (row above)", "epoch": " (epoch before)"}


def write_words(told: Told, layout: Layout) -> None:
    """A row for each column with a formula: its letter, its header, the mathematics, and the words on the right."""
    sheet, row = told.sheet, layout.words_row
    sheet.constants[row, LETTER] = "What each column computes"
    for column in layout.table.columns:
        if not column.formula:
            continue
        row += 1
        sheet.constants[row, LETTER] = column_name(layout.columns[column.key])
        sheet.constants[row, HEADER] = column.header
        text = mathematics(column, layout)
        note = column.note or "Carried from row to row."
        sheet.constants[row, MATHEMATICS] = f"{text}   —   {note}"


def words_rows(layout: Layout) -> tuple[int, int]:
    """The first and the last row of the words, title included."""
    count = sum(bool(column.formula) for column in layout.table.columns)
    return layout.words_row, layout.words_row + count


def mathematics(column: Column, layout: Layout) -> str:
    """A column's formula as a person writes it on paper: headers for cells, · √ ² for the rest."""
    headers = {"epoch": "epoch"} | {one.key: one.header for one in layout.table.columns}
    headers |= {one.name: one.label for one in layout.table.settings}

    def written(template: str) -> str:
        for sign, shown in _SIGNS.items():
            template = template.replace(sign, shown)
        return fill(template, lambda key, which: f"{headers[key]}{_WHICH.get(which, '')}")

    text = f"{column.header} = {written(column.formula)}"
    if column.again and column.again != column.first:
        text += f"; in the first row of an epoch {written(column.again)}"
    return text
