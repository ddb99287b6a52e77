"""XlsxWriter's workbook and worksheet with exact cells: every bit of a number, every kind of cached value.

XlsxWriter writes constants with 16 significant digits, where 17 are needed to read back the same double, and cannot
store an error or a logical as the result of every kind of formula. So the writer puts each cell here as finished XML;
what XlsxWriter keeps beside it serves the caches of the charts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..address import cell_name
from ..errors import UsageError
from ..formula import number_text
from ..values import CellError, Scalar, Unsupported
from .book import Settings
from .later import Later
from .points import write_points_late

if TYPE_CHECKING:
    from .write_rows import Rows

# The errors that a file can hold as such; the newer ones are stored as #VALUE! with rich data (MS-XLSX).
_STORABLE = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
_MODES = {"auto": [], "manual": [("calcMode", "manual")], "autoNoTable": [("calcMode", "autoNoTable")]}
MAX_TEXT = 32_767
_CALC_ID = 191029  # Excel 2019 and later: such a program trusts the cached values and does not ask to save on closing.


class ExactSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter's class has no types
    """A worksheet whose cells are written as given: ``exact[row, col]`` (from 0) is (type, further attributes, XML).

    rows: where they are set, they write the cells, these among them. later: for what is made when the file is packed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.exact: dict[tuple[int, int], tuple[str, str, str]] = {}
        self.rows: Rows | None = None
        self.later = Later()

    @classmethod
    def value_xml(cls, value: Scalar | Unsupported) -> tuple[str, str]:
        """Type and ``<v>`` element of a value. Raises UsageError where a file cannot hold it."""
        if value is None:
            return "", ""
        if isinstance(value, bool):
            return "b", f"<v>{int(value)}</v>"
        if isinstance(value, Unsupported):
            raise UsageError(f"a cell without an answer cannot be written: {value.reason}")
        if isinstance(value, CellError):
            if value.text not in _STORABLE:
                raise UsageError(f"the error value {value.text} cannot be stored in a file")
            return "e", f"<v>{escape(value.text)}</v>"
        if isinstance(value, str):
            return "str", f"<v>{cls.escaped(value)}</v>"
        if not math.isfinite(value):
            raise UsageError(f"{value} is not a number that a cell can hold")
        return "", f"<v>{number_text(value + 0.0)}</v>"  # no negative zero in a cell

    @classmethod
    def escaped(cls, text: str) -> str:
        """A text as XML. Raises UsageError where it is too long for a cell."""
        if len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT:
            raise UsageError(f"a text of more than {MAX_TEXT:,} characters does not fit into a cell")
        return escape(cls._escape_control_characters(text))

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if (row, col) not in self.exact:
            super()._write_cell(row, col, cell)
            return
        kind, attributes, body = self.exact[row, col]
        type_ = f' t="{kind}"' if kind else ""
        style = cell.format._get_xf_index()
        start = f'<c r="{cell_name(row + 1, col + 1)}" s="{style}"{type_}{attributes}'
        self.fh.write(f"{start}>{body}</c>" if body else f"{start}/>")

    def _write_rows(self) -> None:
        if self.rows is None:
            super()._write_rows()
        else:
            self.rows.prepare()
            self.fh.write(self.later.mark(self.rows.blocks, self.rows.size))

    def _get_range_data(self, *box: int) -> Sequence[Any]:
        if self.rows is not None and box[1] == box[3]:
            return self.rows.range_data(box[1] + 1, box[0] + 1, box[2] + 1)
        return self.range_data(*box)

    def range_data(self, *box: int) -> list[Any]:
        """What the cells of a box that XlsxWriter has hold."""
        return [None if item == "" else item for item in super()._get_range_data(*box)]


class ExactBook(Workbook):  # type: ignore[misc]  # as above
    """A workbook that says how it is calculated. ``calc_on_load`` is False where every formula has its value."""

    worksheet_class = ExactSheet
    settings = Settings()

    def __init__(self, *given: Any) -> None:
        self.later = Later()
        super().__init__(*given)

    def add_worksheet(self, *given: Any) -> ExactSheet:
        """A new worksheet. Raises XlsxWriterException for a name that cannot be."""
        made: ExactSheet = super().add_worksheet(*given)
        made.later = self.later
        return made

    def add_chart(self, options: dict[str, Any]) -> Any:
        """A new chart, None for an unknown kind."""
        made = super().add_chart(options)
        if made is not None:
            write_points_late(made, self.later)
        return made

    def sheet(self, name: str) -> ExactSheet:
        """A worksheet by its name. Raises KeyError."""
        found = self.sheetnames[name]
        assert isinstance(found, ExactSheet)
        return found

    def _write_calc_pr(self) -> None:
        settings = self.settings
        attributes = [("calcId", str(_CALC_ID)), *_MODES[settings.mode]]
        if settings.iterate:
            attributes += [("iterate", "1"), ("iterateCount", str(settings.iterate_count))]
            attributes += [("iterateDelta", number_text(settings.iterate_delta))]
        if not settings.full_precision:
            attributes.append(("fullPrecision", "0"))
        if self.calc_on_load:
            attributes.append(("fullCalcOnLoad", "1"))
        self._xml_empty_tag("calcPr", attributes)
