"""One worksheet part, read as bytes where it can be: fill-downs at once, plain rows by a regular expression.

All else goes through the XML parser: rows that are not plain one by one, and as a whole a part that is unusual. Why
what is left out may be left out: the parser reads the part without its rows, and each row that stays out of that
is well-formed by itself (a fill-down's bytes are those of such a row) and stands where only elements are. XML
parses the same with an element less there. Anything in doubt raises :class:`Unusual`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..address import MAX_ROW, Box
from ..tagged import Texts
from . import markup
from .cells import Cells, Common
from .fill_down import FillDown, Page, derive
from .fills import Fills
from .plain_rows import PlainRow, Tags, Told, plain_row
from .row_block import rows_apart
from .sheet_xml import SheetPart, filter_rows
from .slot_values import SlotValues

MAX_PART = 8 * 1024**2  # bytes of one row, of what stands above the rows, and of what stands below them
_HEAD = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?"""
    rb"""(?: standalone=["'](?:yes|no)["'])? ?\?>)?[ \t\r\n]*+"""
    rb"(<worksheet[ \n][^<>]*+>)"
)
_SPACES = tuple(f' xmlns="{space[1:-1]}"'.encode() for space in markup.MAIN)
_ROW = re.compile(rb'([ \t\r\n]*+)<row r="([1-9][0-9]{0,6})"([^<>/]*+)(/?)>')
_ROWS, _ROW_END = b"<sheetData>", b"</row>"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_END = re.compile(rb"[ \t\r\n]*+</sheetData>")
_LEAST_BLOCK = 2000  # bytes: a shorter block is read row by row
_WORTH = 64  # rows: a fill-down shorter than that is read row by row
_MIN_BYTES = 48 * 1024  # left of the page: less is read row by row
_LONGEST_PAUSE = 4096  # rows
_LEAST_WINDOW, _GREATEST_WINDOW = 64, 8192  # rows that are compared at once
_MAX_STRANGE = 200  # rows: if more, and more than a quarter, are not plain, the XML parser is faster
_KEPT = 4  # fill-downs that are tried again


class Unusual(Exception):
    """The part is for the XML parser: nothing is known to be wrong with it."""


def read_fast(pieces: Iterator[bytes], part: str, common: Common) -> SheetPart:
    """The cells of a worksheet part that comes in pieces.

    Raises Unusual, and UnreadableError where the XML parser's reading would raise it as well (or, in its place, another
    one that names the same fault): let it read the part again in both cases.
    """
    cells, texts, tags = Cells(common), Texts(), Tags.of(b"")
    values = SlotValues(cells, texts)
    return _Reader(pieces, part, cells, tags, Fills(texts), values).read()


@dataclass(slots=True)
class _Reader:
    """The state of a reading. data, at: the bytes in hand and the place in them. before: the row above, if plain.
    singly: up to this place rows are read one by one. length: that of the row read last.
    strange: how many rows were not plain."""

    pieces: Iterator[bytes]
    part: str
    cells: Cells
    tags: Tags
    fills: Fills
    values: SlotValues
    data: bytes = b""
    at: int = 0
    row: int = 0
    before: PlainRow | None = None
    known: list[FillDown] = field(default_factory=list)
    last: FillDown | None = None
    pause: int = 0
    waiting: int = 0
    page: Page | None = None
    ended: bool = False
    singly: int = 0
    length: int = 1000
    strange: int = 0

    def read(self) -> SheetPart:
        head = self._head()
        while self._next_row():
            pass
        filters = self._frame(head + self._tail())
        fills, cells = self.fills, self.cells
        fills.join()
        cells.settle(fills)
        constants, cached = fills.values(fills.constants, cells.constants), fills.values(fills.cached, cells.cached)
        return SheetPart(cells, constants, fills.formula_map(cells.formulas), cached, filters)

    def _frame(self, data: bytes) -> list[Box]:
        """Has the XML parser read the part without its rows; the filters in it."""
        root = markup.parse(data, self.part)
        found = list(root.iter(*(space + name for space in markup.MAIN for name in ("row", "autoFilter", "sheetData"))))
        names = [markup.local(element) for element in found]
        if "row" in names or names.count("sheetData") != 1:
            raise Unusual
        return [
            box
            for name, element in zip(names, found, strict=True)
            if name == "autoFilter"
            for box in filter_rows(element)
        ]

    def _more(self) -> bool:
        """Gets the next piece; False at the end. Raises Unusual where what is in hand has grown too large."""
        if self.ended:
            return False
        if len(self.data) - self.at > MAX_PART:
            raise Unusual
        piece = next(self.pieces, b"")
        self.ended = not piece
        if piece:
            self.singly = max(0, self.singly - self.at)
            self.data, self.at, self.page = self.data[self.at :] + piece, 0, None
        return not self.ended

    def _head(self) -> bytes:
        while (end := self.data.find(_ROWS)) < 0:
            if not self._more():
                raise Unusual
        match = _HEAD.match(self.data)
        if match is None:
            raise Unusual
        root, between = match[1], self.data[match.end() : end]
        if root.count(b"xmlns=") != 1 or not any(space in root for space in _SPACES) or b"xmlns" in between:
            raise Unusual
        if b"<!" in between or b"<?" in between or root.endswith(b"/>"):
            raise Unusual
        self.tags.root = root
        self.at = end + len(_ROWS)
        return self.data[: self.at]

    def _tail(self) -> bytes:
        while self._more():
            pass
        tail = self.data[self.at :]
        if b"<!" in tail or b"<?" in tail:
            raise Unusual
        return tail

    def _next_row(self) -> bool:
        """Reads the next row, or as many as a fill-down has; False where the rows end."""
        match = _ROW.match(self.data, self.at)
        if match is None:
            if _END.match(self.data, self.at):
                return False
            if not self._more():
                raise Unusual
            return True
        number, place = int(match[2]), self.at
        if not self.row < number <= MAX_ROW:
            raise Unusual
        if self.known and self.waiting <= 0 and self._known_rows(number):
            return True
        if self.at >= self.singly and self._block():
            return True
        begin, end = match.end(), match.end()
        if not match[4]:
            end = self.data.find(_ROW_END, begin)
            if end < 0:
                if not self._more():
                    raise Unusual
                return True
        row = plain_row(match[2], match[3], None if match[4] else self.data[begin:end], self.tags)
        end += 0 if match[4] else len(_ROW_END)
        if row is None:
            self._feed(self.data[place + len(match[1]) : end])
        elif len(self.data) - place >= max(_MIN_BYTES, _WORTH * (end - place)) and self._new_rows(row, match[1]):
            return True
        else:
            if row.tag and (tag := self.tags.row(row.tag)) and tag.hidden:
                self.cells.hidden.add(number)
            self.cells.take(Told.of(row), self.tags)
        self.length = end - place
        self.at, self.row, self.before, self.last = end, number, row, None
        self.waiting -= 1
        return True

    def _block(self) -> bool:
        """Reads several rows at once where no fill-down is looked for; False where they are few or not plain."""
        size = len(self.data) - self.at
        if size > _MIN_BYTES:
            size = min(_MIN_BYTES, self.waiting * self.length)
        elif not self.ended and self._more():
            return True
        end = self.data.rfind(_ROW_END, self.at, self.at + size) + len(_ROW_END)
        if size < _LEAST_BLOCK or end <= self.at:
            return False
        block = rows_apart(self.data[self.at : end], self.row, self.tags)
        if block is None:
            self.singly = end
            return False
        self.cells.take(block.told, self.tags)
        self.cells.hidden.update(block.hidden)
        self.waiting -= max(1, (end - self.at) // self.length)
        self.at, self.row, self.before, self.last = end, block.last, None, None
        return True

    def _feed(self, row: bytes) -> None:
        if b"<!" in row or b"<?" in row:
            raise Unusual
        self.strange += 1
        element = self.tags.element(row)
        if element is None or self.strange > max(_MAX_STRANGE, self.row // 4):
            raise Unusual
        own = element.get("r", "")
        names = [str(cell.get("r", own)) for cell in element]
        if any(name.lstrip(_LETTERS) != own for name in names):  # a cell of another row may come again
            raise Unusual
        self.cells.feed(element)

    def _known_rows(self, number: int) -> bool:
        """Goes on with a fill-down that was met before."""
        for place, fill in enumerate(self.known):
            if fill.fits(self.data, self.at, number):
                if self._run(fill, number):
                    self.known.insert(0, self.known.pop(place))
                    return True
                self._wait()
        return False

    def _new_rows(self, row: PlainRow, lead: bytes) -> bool:
        """Begins a fill-down with a row, if the row above is alike."""
        if self.before is None or self.waiting > 0:
            return False
        fill = derive(self.before, row, lead, self.tags, self.cells)
        if fill is not None and self._run(fill, row.number):
            self.known = [fill, *self.known[: _KEPT - 1]]
            return True
        self._wait()
        return False

    def _run(self, fill: FillDown, number: int) -> bool:
        """Reads rows of a fill-down from here on; False where they are too few to be worth it."""
        if self.page is None:
            self.page = Page.of(self.data)
        found = fill.rows_from(self.page, self.at, number)
        if found is None:
            return False
        count, columns = self.values.read(self.page, fill.slots, found)
        if not count or (count < min(_WORTH, found.asked) and self.last is not fill):
            return False
        self.fills.add(fill, number, count, columns)
        if fill.hidden:
            self.cells.hidden.update(range(number, number + count))
        fill.window = _LEAST_WINDOW if count < found.asked else min(4 * fill.window, _GREATEST_WINDOW)
        self.at, self.row = int(found.behind[count - 1]), number + count - 1
        self.before, self.last, self.pause, self.waiting = None, fill, 0, 0
        return True

    def _wait(self) -> None:
        """After a vain attempt: let some rows pass before the next, each time twice as many."""
        self.pause = min(2 * self.pause + 1, _LONGEST_PAUSE)
        self.waiting = self.pause
