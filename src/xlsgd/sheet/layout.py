"""Layout: where the parts of a variant's sheet stand, and the cells that formulas name.

From the top: title, two lines of notes, the settings (labels, then values) with the result beside them, links, the
groups' titles, the header, small curves, the values to start from, then one row a training row. The summary by epoch
stands to the right of the table, the charts to the right of the summary, and what each column computes below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..address import MAX_ROW, cell_name, column_name
from ..book import Cell
from ..errors import UsageError
from .columns import fill, guard
from .table import Table

TITLE_ROW, WHAT_ROW, HOW_ROW, LABEL_ROW, VALUE_ROW, LINK_ROW = range(1, 7)
LEGEND_COLUMN = 8  # beside the links
GROUP_ROW, HEADER_ROW, TREND_ROW, START_ROW, FIRST_ROW = range(7, 12)


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows and columns of one sheet, counted from 1. ``epoch_rows`` is how many rows an epoch has."""

    table: Table
    epoch_rows: int
    epochs: int
    columns: dict[str, int]
    settings: dict[str, Cell]

    @property
    def rows(self) -> tuple[int, int]:
        return FIRST_ROW, FIRST_ROW + self.epoch_rows * self.epochs - 1

    @property
    def last_column(self) -> int:
        return max(self.columns.values())

    @property
    def frozen_column(self) -> int:
        """The last column that stays in view: the data, or without data the step."""
        data = self.table.groups[0].columns
        return self.columns[data[-1].key] if len(data) <= 6 else self.columns["step"]

    @property
    def side_column(self) -> int:
        """The left edge of the charts; the summary stands to their right."""
        return max(self.last_column, self.result_column + 5) + 2

    @property
    def chart_columns(self) -> int:
        """How many columns of the default width two charts side by side take."""
        return 18

    @property
    def summary_column(self) -> int:
        return self.side_column + self.chart_columns

    @property
    def words_row(self) -> int:
        """The row of the title over the words about each column."""
        return self.rows[1] + 3

    @property
    def result_column(self) -> int:
        """The first of the columns in which the result stands, beside the settings."""
        return max(self.frozen_column + 3, len(self.settings) + 2)

    def epoch(self, number: int) -> tuple[int, int]:
        """The first and the last row of an epoch, counted from 1."""
        first = FIRST_ROW + (number - 1) * self.epoch_rows
        return first, first + self.epoch_rows - 1

    def formula(self, template: str, row: int) -> str:
        """A template as it reads in a row, in parentheses where Excel would otherwise snap to 0."""
        return guard(fill(template, self._namer(row)))

    def _namer(self, row: int) -> Callable[[str, str], str]:
        def cells(key: str, which: str) -> str:
            if key not in self.columns:
                top, setting = self.settings[key]
                return f"${column_name(setting)}${top}"
            col = self.columns[key]
            if which == "epoch":
                return f"{cell_name(row - self.epoch_rows, col)}:{cell_name(row - 1, col)}"
            if which in ("first", "all"):
                first, last = self.epoch(1) if which == "first" else self.rows
                return f"${column_name(col)}${first}:${column_name(col)}${last}"
            return cell_name(row - (which == "old"), col)

        return cells


def lay_out(table: Table, epoch_rows: int, epochs: int) -> Layout:
    """The places of a table's columns and settings.

    Raises UsageError where a sheet has too few rows, ValueError where a rule uses a name twice.
    """
    columns = {column.key: place for place, column in enumerate(table.columns, 1)}
    settings = {setting.name: (VALUE_ROW, place) for place, setting in enumerate(table.settings, 1)}
    shared = columns.keys() & settings.keys()
    if len(columns) != len(table.columns) or len(settings) != len(table.settings) or shared:
        raise ValueError(f"two columns or settings share a name: {', '.join(sorted(shared)) or 'see the rules'}")
    if FIRST_ROW + epoch_rows * epochs > MAX_ROW:
        raise UsageError(f"{epoch_rows:,} rows by {epochs:,} epochs do not fit a sheet ({MAX_ROW:,} rows): train less")
    return Layout(table, epoch_rows, epochs, columns, settings)
