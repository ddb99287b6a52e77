"""Fill-downs in a worksheet's bytes: rows that are one row again and again but for row numbers and values.

A :class:`FillDown` is derived from two rows that follow each other. It is the row's bytes in pieces, from value to
value; in the pieces stand holes, row numbers that grow with the row: in names of cells, and in formulas exactly there
where moving the upper row's formula down by one gives the lower row's text. A row that has these bytes (all of them are
compared) is therefore well-formed XML and says, but for its values, what the rows above say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..address import MAX_ROW
from ..errors import FormulaError
from ..formula.relative import text_at
from .book import Formula
from .cells import Cells
from .plain_rows import PlainRow, Tags, unescaped

Places = npt.NDArray[np.int64]
PADDING = 32
_DIGITS = re.compile(rb"([0-9]+)")
_TYPES = {None, "n", "s", "str", "b", "e", "d"}
_FIRST_WINDOW = 64
_MAX_DELTAS = 64  # each makes matrices of its own, and a stretch of rows end at its powers of ten


@dataclass(slots=True)
class Page:
    """A stretch of a part. opens: the places of all ``<``."""

    data: bytes
    buffer: npt.NDArray[np.uint8]
    opens: Places

    @classmethod
    def of(cls, data: bytes) -> Page:
        buffer = np.frombuffer(data + bytes(PADDING), dtype=np.uint8)
        return cls(data, buffer, np.flatnonzero(buffer == 0x3C))

    def cut(self, starts: Places, size: int) -> npt.NDArray[np.uint8]:
        """The stretches of so many bytes from these places on, as the rows of a matrix."""
        every = np.ndarray((len(self.buffer) - size + 1,), dtype=f"V{size}", buffer=self.buffer, strides=(1,))
        return every[starts].view(np.uint8).reshape(len(starts), size)


class Piece(NamedTuple):
    """Bytes between two values: ``texts[0]``, a row number, ``texts[1]``, …; a row number is the row's own + delta."""

    texts: tuple[bytes, ...]
    deltas: tuple[int, ...]

    def at(self, row: int) -> bytes:
        parts = [self.texts[0]]
        for delta, text in zip(self.deltas, self.texts[1:], strict=True):
            parts += (b"%d" % (row + delta), text)
        return b"".join(parts)


class Slot(NamedTuple):
    """Where a value stands: its column, the cell's type, whether a formula gave it."""

    col: int
    kind: str | None
    cached: bool


class Found(NamedTuple):
    """Rows that a fill-down goes on for.

    asked: how many were compared; height: how many are alike. starts, ends: of each slot, where its values begin and
    end, row by row. behind: where each row ends.
    """

    asked: int
    height: int
    starts: list[Places]
    ends: list[Places]
    behind: Places


@dataclass(slots=True)
class FillDown:
    """See above. slot_opens: the how manieth ``<`` of a row ends each slot; opens: how many there are in a row.

    formulas: by column. lead: the length of the white space before a row. length: the least length of a row.
    """

    pieces: tuple[Piece, ...]
    slots: tuple[Slot, ...]
    formulas: dict[int, Formula]
    hidden: bool
    lead: int
    slot_opens: list[int] = field(default_factory=list)
    opens: int = 0
    length: int = 0
    window: int = _FIRST_WINDOW
    _widths: tuple[int, ...] = ()
    _expected: list[npt.NDArray[np.uint8]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for piece in self.pieces:
            self.opens += sum(text.count(b"<") for text in piece.texts)
            self.length += sum(map(len, piece.texts))
            self.slot_opens.append(self.opens)
        self.slot_opens.pop()

    def fits(self, data: bytes, at: int, row: int) -> bool:
        """Whether the bytes from a place on are one row of this fill-down, as far as the bytes go."""
        for place, piece in enumerate(self.pieces):
            text = piece.at(row)
            if not data.startswith(text, at):
                return False
            at += len(text)
            if place < len(self.slots):
                at = data.find(b"<", at)
                if at < 0:
                    return False
        return True

    def rows_from(self, page: Page, at: int, row: int) -> Found | None:
        """The rows of this fill-down from a place on, the first being ``row``; at most so many as its window."""
        deltas = sorted({0, *(delta for piece in self.pieces for delta in piece.deltas)})
        if row + deltas[0] < 1 or row + deltas[-1] > MAX_ROW:
            return None
        widths = tuple(len(str(row + delta)) for delta in deltas)
        count = min(10**width - row - delta for width, delta in zip(widths, deltas, strict=True))
        count = min(count, MAX_ROW - deltas[-1] - row + 1, self.window)
        count = min(count, (len(page.data) - at) // self.length)
        first = int(np.searchsorted(page.opens, at))
        count = min(count, (len(page.opens) - first) // self.opens)
        if count < 1:
            return None
        opens = page.opens[first : first + count * self.opens].reshape(count, self.opens)
        if int(opens[0, 0]) - self.lead != at:
            return None
        self._prepare(deltas, widths, count)
        digits = {delta: _digits(row + delta, count, width) for delta, width in zip(deltas, widths, strict=True)}
        return self._compare(page, opens, digits)

    def _compare(self, page: Page, opens: Places, digits: dict[int, npt.NDArray[np.void]]) -> Found | None:
        count = len(opens)
        starts: list[Places] = []
        begin = opens[:, 0] - self.lead
        for place, (piece, expected) in enumerate(zip(self.pieces, self._expected, strict=True)):
            if place:
                begin = opens[:count, self.slot_opens[place - 1]]
            size = expected.shape[1]
            if int(begin[-1]) + size > len(page.data):
                count = int(np.searchsorted(begin, len(page.data) - size, side="right"))
            if count:
                count = _same(page.cut(begin[:count], size), _filled(piece, expected, digits, count))
            if not count:
                return None
            begin = begin[:count] + size
            starts.append(begin)
        rows = starts.pop()
        apart = np.flatnonzero(opens[1:count, 0] - self.lead != rows[: count - 1])
        count = int(apart[0]) + 1 if len(apart) else count
        ends = [opens[:count, place] for place in self.slot_opens]
        return Found(len(opens), count, [start[:count] for start in starts], ends, rows[:count])

    def _prepare(self, deltas: Sequence[int], widths: tuple[int, ...], count: int) -> None:
        """Makes the matrices with which rows are compared; the holes in them are filled later."""
        if self._widths == widths and len(self._expected[0]) >= count:
            return
        width = dict(zip(deltas, widths, strict=True))
        self._widths, self._expected = widths, []
        for piece in self.pieces:
            row = piece.texts[0] + b"".join(
                b"0" * width[delta] + text for delta, text in zip(piece.deltas, piece.texts[1:], strict=True)
            )
            matrix = np.empty((count, len(row)), dtype=np.uint8)
            matrix[:] = np.frombuffer(row, dtype=np.uint8)
            self._expected.append(matrix)


def _digits(first: int, count: int, width: int) -> npt.NDArray[np.void]:
    """The numbers from ``first`` on as texts of one width."""
    left = np.arange(first, first + count)
    digits = np.empty((count, width), dtype=np.uint8)
    for place in reversed(range(width)):
        left, last = np.divmod(left, 10)
        digits[:, place] = last + 48
    return digits.view(f"V{width}").reshape(count)


def _filled(
    piece: Piece, matrix: npt.NDArray[np.uint8], digits: dict[int, npt.NDArray[np.void]], count: int
) -> npt.NDArray[np.uint8]:
    at = len(piece.texts[0])
    for delta, text in zip(piece.deltas, piece.texts[1:], strict=True):
        told = digits[delta]
        size = told.dtype.itemsize
        hole = np.ndarray((count,), dtype=told.dtype, buffer=matrix, offset=at, strides=(matrix.shape[1],))
        hole[:] = told[:count]
        at += size + len(text)
    return matrix[:count]


def _same(one: npt.NDArray[np.uint8], two: npt.NDArray[np.uint8]) -> int:
    """How many rows are equal before the first that is not."""
    if np.array_equal(one, two):
        return len(one)
    return int(np.argmax((one != two).any(axis=1)))


def derive(one: PlainRow, two: PlainRow, lead: bytes, tags: Tags, cells: Cells) -> FillDown | None:
    """The fill-down that a row and the row below begin; None where they do not. ``lead``: the white space between."""
    alike = (
        one.number + 1 == two.number
        and (one.tag, one.empty, one.letters, one.tags, one.closed, one.formula_tags, one.gaps)
        == (two.tag, two.empty, two.letters, two.tags, two.closed, two.formula_tags, two.gaps)
        and [value is None for value in one.values] == [value is None for value in two.values]
    )
    if not alike:
        return None
    build = _Builder(one.number)
    build.add(lead + b'<row r="', 0, b'"' + one.tag + (b"/>" if one.empty else b">"))
    slots: list[Slot] = []
    formulas: dict[int, Formula] = {}
    for place, col in enumerate(one.columns):
        tag = tags.cells[one.tags[place]]
        if tag is None or tag.mark is not None or tag.value_mark is not None or tag.kind not in _TYPES:
            return None
        build.add(one.gaps[place] + b'<c r="' + one.letters[place], 0, b'"' + one.tags[place])
        build.add(b"/>" if one.closed[place] else b">")
        if one.formula_tags[place] is not None:
            formula = _formula(one, two, place, tags, cells)
            if formula is None or not build.formula(one, two, place):
                return None
            formulas[col] = formula
        if one.values[place] is not None:
            build.add(b"<v>")
            build.slot()
            build.add(b"</v>")
            slots.append(Slot(col, tag.kind, col in formulas))
        if not one.closed[place]:
            build.add(b"</c>")
    if not one.empty:
        build.add(one.gaps[-1] + b"</row>")
    pieces = tuple(build.done())
    if len({delta for piece in pieces for delta in piece.deltas}) > _MAX_DELTAS:
        return None
    row_tag = tags.row(one.tag)
    hidden = row_tag is not None and row_tag.hidden
    return FillDown(pieces, tuple(slots), formulas, hidden, len(lead))


def _formula(one: PlainRow, two: PlainRow, place: int, tags: Tags, cells: Cells) -> Formula | None:
    """The formula that both rows have in a column; None where the lower is not the upper moved down."""
    tag = tags.formulas[one.formula_tags[place] or b""]
    upper, lower, col = one.formulas[place], two.formulas[place], one.columns[place]
    if tag is None:
        return None
    if tag.kind == "shared":
        return None if upper or lower else cells.master(tag.group)
    formula = cells.formulas.get((one.number, col))
    if tag.kind is not None or not upper or not lower or formula is None:
        return None
    try:
        moved = text_at(unescaped(upper), (one.number, col), (two.number, col))
    except FormulaError:
        return None
    return formula if moved == unescaped(lower) else None


@dataclass(slots=True)
class _Builder:
    """Puts pieces together."""

    row: int
    pieces: list[Piece] = field(default_factory=list)
    _texts: list[list[bytes]] = field(default_factory=lambda: [[]])
    _deltas: list[int] = field(default_factory=list)

    def add(self, *parts: bytes | int) -> None:
        """Bytes as they are and, as integers, row numbers less the row's own."""
        for part in parts:
            if isinstance(part, int):
                self._deltas.append(part)
                self._texts.append([])
            else:
                self._texts[-1].append(part)

    def slot(self) -> None:
        self.pieces.append(Piece(tuple(map(b"".join, self._texts)), tuple(self._deltas)))
        self._texts, self._deltas = [[]], []

    def done(self) -> list[Piece]:
        self.slot()
        return self.pieces

    def formula(self, one: PlainRow, two: PlainRow, place: int) -> bool:
        """Adds an ``f`` element; False where the texts differ in more than numbers that are greater by one."""
        self.add(b"<f" + (one.formula_tags[place] or b""))
        upper, lower = one.formulas[place], two.formulas[place]
        if upper is None or lower is None:
            self.add(b"/>")
            return upper is lower
        self.add(b">")
        before, behind = _DIGITS.split(upper), _DIGITS.split(lower)
        if len(before) != len(behind):
            return False
        for text, other in zip(before, behind, strict=True):
            if text == other:
                self.add(text)
            elif _is_row(text) and other == b"%d" % (int(text) + 1):
                self.add(int(text) - self.row)
            else:
                return False
        self.add(b"</f>")
        return True


def _is_row(text: bytes) -> bool:
    return text.isdigit() and len(text) <= 7 and not text.startswith(b"0")
