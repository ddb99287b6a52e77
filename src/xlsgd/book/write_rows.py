"""The rows of a large sheet as XML, a template a layout, in the very bytes that XlsxWriter would write."""

from __future__ import annotations

import io
import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..address import MAX_COL, MAX_ROW, column_name
from ..tagged import BLANK, ERROR, LOGICAL, TEXT, Numbers, as_bits, as_number, untag
from .bulk import ALONE, NUMBER, Bulk, layout
from .points import Points
from .row_template import RowTemplate

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from .exact import ExactSheet

_BLOCK, _BLOCK_CELLS = 4096, 1 << 18
"""The most rows and the most cells that are written at a time."""

_GROUP = 16
"""So many rows share the ``spans`` of their tags."""

_LONGEST = 64
"""So many bytes a cell takes beside its formula, roughly."""

_TYPES = {NUMBER: "", ERROR: ' t="e"', LOGICAL: ' t="b"', BLANK: "", TEXT: ' t="str"'}


class Column(NamedTuple):
    """A column of a block: layouts, and for each row the text of its hole."""

    col: int
    codes: npt.NDArray[np.int64]
    texts: list[str]


@dataclass(slots=True)
class Rows:
    """Writes the rows of one sheet.

    formats: of the bulk's styles, the first for cells without a style. shared: where typed texts stand in the workbook.
    """

    target: ExactSheet
    bulk: Bulk
    formats: list[Format]
    shared: dict[str, int]
    edges: dict[int, tuple[int, int]] = field(default_factory=dict)
    spans: dict[int, str] = field(default_factory=dict)
    tags: dict[tuple[object, ...], int] = field(default_factory=dict)
    tag_texts: list[tuple[str, str]] = field(default_factory=list)
    pieces: dict[tuple[int, int], str] = field(default_factory=dict)

    def prepare(self) -> None:
        """What must be known before the first row is written, once XlsxWriter has all other cells, notes and rows."""
        self.edges = {col: self.bulk.edges(col) for col in self.bulk.columns}
        self.spans = _spans(self)
        for cell_format in _in_order(self):
            cell_format._get_xf_index()

    def blocks(self) -> Iterator[bytes]:
        """The rows, a block at a time."""
        top, bottom = self.target.dim_rowmin + 1, self.target.dim_rowmax + 1
        size = max(1, min(_BLOCK, _BLOCK_CELLS // max(len(self.bulk.columns), 1)))
        used = [group * _GROUP + 1 for group in sorted({*self.spans, *(row // _GROUP for row in self.target.row_info)})]
        for first in range(top, bottom + 1, size):
            at = bisect_right(used, first - _GROUP)
            if at < len(used) and used[at] < first + size:
                rows = self._block(first, min(first + size - 1, bottom))
                yield "".join(rows).encode()

    @property
    def size(self) -> int:
        """How many bytes the rows may have, roughly."""
        bulk = self.bulk
        length = [0, *(len(template) + 8 * len(bulk.marks.shifts(template)) for template in bulk.templates)]
        formulas = sum(
            (part.bottom - part.top + 1) * length[part.place] for parts in bulk.filled.values() for part in parts
        )
        cells = sum(bottom - top + 1 for top, bottom in self.edges.values())
        return formulas + cells * _LONGEST

    def range_data(self, col: int, top: int, bottom: int) -> Sequence[str | None]:
        """What XlsxWriter keeps of a column for a chart: numbers with 16 digits, texts, None for all else."""
        codes, numbers = self.bulk.part(col, top, bottom)
        table = self.target.table
        singles = [row for row in range(top, bottom + 1) if col - 1 in table.get(row - 1, ())]
        cells = [table[row - 1][col - 1] for row in singles]
        numbers[[row - top for row in singles]] = [getattr(cell, "number", math.nan) for cell in cells]
        if not (codes & 0xFF == TEXT).any() and not any(hasattr(cell, "string") for cell in cells):
            return Points(numbers)
        found: list[str | None] = [*Points(numbers)]
        for place in np.flatnonzero(codes & 0xFF == TEXT).tolist():
            texts = (self.bulk.cached if codes[place] >> 32 else self.bulk.constants).texts
            found[place] = str(untag(float(numbers[place]), texts)) or None
        for row in singles:
            found[row - top] = self.target.range_data(row - 1, col - 1, row - 1, col - 1)[0]
        return found

    def _block(self, top: int, bottom: int) -> list[str]:
        columns = self._columns(top, bottom)
        codes = np.array([column.codes for column in columns], dtype=np.int64).reshape(len(columns), bottom - top + 1)
        tags = np.array(self._tags(top, np.asarray(codes.any(axis=0))), dtype=np.int64)
        ends = np.flatnonzero((codes[:, 1:] != codes[:, :-1]).any(axis=0) | (tags[1:] != tags[:-1])) + 1
        templates: dict[tuple[int, bytes], RowTemplate] = {}
        found: list[str] = []
        for first, end in zip([0, *ends.tolist()], [*ends.tolist(), len(tags)], strict=True):
            tag = int(tags[first])
            if not tag:
                continue
            key = tag, codes[:, first].tobytes()
            template = templates.get(key)
            if template is None:
                template = templates[key] = self._template(tag, columns, first)
            texts = [columns[place].texts[first:end] for place in template.holes]
            values = zip(*texts, strict=True) if texts else repeat((), end - first)
            found += template.rows(range(top + first, top + end), values)
        return found

    def _columns(self, top: int, bottom: int) -> list[Column]:
        alone = self._alone(top, bottom)
        columns = []
        near = (col for col, edges in self.edges.items() if edges[0] <= bottom and edges[1] >= top)
        for col in sorted({*near, *alone}):
            codes, numbers = self.bulk.part(col, top, bottom)
            singles = alone.get(col, [])
            codes[[row - top for row, _ in singles]] = ALONE
            texts = self._texts(codes, numbers)
            for row, text in singles:
                texts[row - top] = text
            if codes.any():
                columns.append(Column(col, codes, texts))
        return columns

    def _alone(self, top: int, bottom: int) -> dict[int, list[tuple[int, str]]]:
        """The cells that XlsxWriter has, by column, as XML."""
        target, found = self.target, dict[int, list[tuple[int, str]]]()
        if not target.table:
            return found
        for row in range(top - 1, bottom):
            for col, cell in target.table.get(row, {}).items():
                text = _captured(target, target._write_cell, row, col, cell)
                found.setdefault(col + 1, []).append((row + 1, text))
        return found

    def _texts(self, codes: npt.NDArray[np.int64], numbers: Numbers) -> list[str]:
        """What stands in the holes of a column; anything where there is none."""
        strange = np.isnan(numbers)
        plain = np.where(strange, 0.0, numbers) + 0.0  # no negative zero in a cell
        texts = [""] * len(numbers) if strange.all() else number_texts(plain)
        known: dict[tuple[bool, int], str] = {}
        for place in np.flatnonzero(strange & np.isin(codes & 0xFF, (ERROR, LOGICAL, TEXT))).tolist():
            key = int(codes[place]) >> 32 > 0, as_bits(float(numbers[place]))
            if key not in known:
                known[key] = self._text(*key)
            texts[place] = known[key]
        return texts

    def _text(self, calculated: bool, pattern: int) -> str:
        """The content of ``v`` for what is not a number."""
        texts = (self.bulk.cached if calculated else self.bulk.constants).texts
        value = untag(as_number(pattern), texts)
        if isinstance(value, str) and not calculated:
            return str(self.shared[value])
        return str(int(value)) if isinstance(value, bool) else self.target.escaped(str(value))

    def _tags(self, top: int, filled: npt.NDArray[np.bool_]) -> list[int]:
        """Which tag each row has, counted from 1; 0: the row is not written."""
        infos, notes, found = self.target.row_info, self.target.comments, []
        for row, has_cells in enumerate(filled.tolist(), top - 1):
            info = infos.get(row)
            if not has_cells and info is None and row not in notes:
                found.append(0)
                continue
            span = self.spans.get(row // _GROUP)
            look = info and (info.height, info.row_format, info.hidden, info.level, info.collapsed)
            key = (has_cells, span, look)
            if key not in self.tags:
                text = _captured(self.target, self.target._write_row, row, span, info, not has_cells)
                self.tag_texts.append((text.replace(f'r="{row + 1}"', 'r="\0"', 1), "</row>" if has_cells else ""))
                self.tags[key] = len(self.tag_texts)
            found.append(self.tags[key])
        return found

    def _template(self, tag: int, columns: list[Column], place: int) -> RowTemplate:
        start, end = self.tag_texts[tag - 1]
        mark = self.bulk.marks.of(0)
        text, holes = [start.replace("\0", mark)], []
        for number, column in enumerate(columns):
            code = int(column.codes[place])
            if not code:
                continue
            text.append(self._piece(column.col, code))
            if layout(code).kind != BLANK:
                holes.append(number)
        whole = "".join([*text, end])
        return RowTemplate(whole, tuple(self.bulk.marks.shifts(whole)), tuple(holes))

    def _piece(self, col: int, code: int) -> str:
        """The XML of a cell; its row number and its value are holes."""
        found = self.pieces.get((col, code))
        if found is None:
            found = self.pieces[col, code] = self._cell(col, code)
        return found

    def _cell(self, col: int, code: int) -> str:
        formula, style, kind = layout(code)
        if kind == ALONE:
            return "%s"
        index = self.formats[style]._get_xf_index()
        type_ = ' t="s"' if kind == TEXT and not formula else _TYPES[kind]
        start = f'<c r="{column_name(col)}{self.bulk.marks.of(0)}" s="{index}"{type_}'
        body = f"<f>{self.bulk.templates[formula - 1]}</f>".replace("%", "%%") if formula else ""
        body += "" if kind == BLANK else "<v>%s</v>"
        return f"{start}>{body}</c>" if body else f"{start}/>"


def number_texts(numbers: Numbers) -> list[str]:
    """Numbers as :func:`~xlsgd.formula.number_text` writes them, all at once.

    >>> number_texts(np.array([3.0, 1e-07, 0.1]))
    ['3', '1E-07', '0.1']
    """
    if not len(numbers):
        return []
    return (repr(numbers.tolist())[1:-1] + ", ").upper().replace(".0, ", ", ").split(", ")[:-1]


def _captured(target: ExactSheet, write: Any, *given: object) -> str:
    """What one of XlsxWriter's methods writes."""
    outside, target.fh = target.fh, io.StringIO()
    try:
        write(*given)
        text: str = target.fh.getvalue()
        return text
    finally:
        target.fh = outside


def _spans(rows: Rows) -> dict[int, str]:
    """The first and the last column that any of 16 rows has, notes included, as XlsxWriter counts them."""
    first, last = np.full(MAX_ROW // _GROUP, MAX_COL + 1), np.zeros(MAX_ROW // _GROUP, dtype=np.int64)
    for col, (top, bottom) in rows.edges.items():
        groups = (np.flatnonzero(rows.bulk.part(col, top, bottom)[0]) + (top - 1)) // _GROUP
        first[groups], last[groups] = np.minimum(first[groups], col), np.maximum(last[groups], col)
    for held in (rows.target.table, rows.target.comments):
        for row, cells in held.items():
            for col in cells:
                first[row // _GROUP] = min(first[row // _GROUP], col + 1)
                last[row // _GROUP] = max(last[row // _GROUP], col + 1)
    used = np.flatnonzero(last)
    return {
        group: f"{start}:{end}"
        for group, start, end in zip(used.tolist(), first[used].tolist(), last[used].tolist(), strict=True)
    }


def _in_order(rows: Rows) -> list[Format]:
    """The formats of all cells in the order in which they come first, row by row."""
    found: dict[Format, tuple[int, int]] = {}
    alone: dict[int, list[int]] = {}
    for row, cells in rows.target.table.items():
        for col, cell in cells.items():
            alone.setdefault(col + 1, []).append(row + 1)
            if cell.format:
                _earliest(found, cell.format, (row + 1, col + 1))
    for col, (top, bottom) in rows.edges.items():
        codes = rows.bulk.part(col, top, bottom)[0]
        codes[[row - top for row in alone.get(col, ()) if top <= row <= bottom]] = 0
        styles, places = np.unique(np.where(codes == 0, -1, codes >> 8 & 0xFF_FFFF), return_index=True)
        for style, place in zip(styles.tolist(), (places + top).tolist(), strict=True):
            if style >= 0:
                _earliest(found, rows.formats[style], (place, col))
    return sorted(found, key=found.__getitem__)


def _earliest(found: dict[Format, tuple[int, int]], cell_format: Format, cell: tuple[int, int]) -> None:
    found[cell_format] = min(found.get(cell_format, cell), cell)
