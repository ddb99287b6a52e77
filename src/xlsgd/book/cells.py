"""The cells of one worksheet part: the inner loop of the reader, row by row.

Source: ECMA-376 part 1, 18.3.1.4 (c), 18.3.1.40 (f), 18.3.1.73 (row), 18.18.11 (ST_CellType).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from ..address import MAX_COL, MAX_ROW, Box, cell_name, column_number, parse_box, parse_cell
from ..errors import LimitError, UnreadableError
from ..values import ERRORS, LARGEST, NUM, SMALLEST_NORMAL, VALUE, CellError, Scalar
from .book import Cell, Formula
from .boxes import cells_in
from .dates import serial
from .markup import MAIN
from .metadata_xml import Marks
from .plain_rows import CellTag, FormulaTag, Tags, Told, unescaped
from .room import Room
from .strings import rich_text, unescape

_CELLS, _FORMULAS, _VALUES, _INLINES = ({space + name for space in MAIN} for name in ("c", "f", "v", "is"))


class _Columns(dict[str, int]):
    """The columns by their letters, as far as they came up; 0 for what is no column."""

    def __missing__(self, letters: str) -> int:
        sound = 0 < len(letters) <= 3 and letters.isascii() and letters.isalpha() and letters.isupper()
        col = column_number(letters) if sound else 0
        if col > MAX_COL:
            col = 0
        if sound:
            self[letters] = col
        return col


_COLUMNS = _Columns()
_NO_TAG, _NO_FORMULA_TAG = CellTag(None, None, None), FormulaTag()


@dataclass(frozen=True, slots=True)
class Common:
    """What the cells of all sheets refer to."""

    strings: list[str] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    date1904: bool = False
    room: Room = field(default_factory=Room)


class Movable(Protocol):
    """Constants kept elsewhere."""

    def __len__(self) -> int: ...

    def move(self, box: Box) -> None:
        """Moves those in a box from the constants to what array formulas filled."""


@dataclass(slots=True)
class Cells:
    """The cells of a sheet while its rows are fed in; complete after :meth:`settle`."""

    common: Common
    constants: dict[Cell, Scalar] = field(default_factory=dict)
    formulas: dict[Cell, Formula] = field(default_factory=dict)
    cached: dict[Cell, Scalar] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    boxes: set[Box] = field(default_factory=set)
    masters_told: int = 0
    room: Room = field(init=False)
    _row: int = 0
    _masters: dict[str, Formula] = field(default_factory=dict)
    _remarked: dict[str, Formula] = field(default_factory=dict)
    _waiting: list[tuple[Cell, str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = self.common.room.copy()

    def kept(self) -> int:
        """How many cells and hidden rows are kept one by one."""
        own = len(self.constants) + len(self.formulas) + len(self.cached)
        return own + len(self._waiting) + len(self.hidden)

    def feed(self, row: etree._Element) -> None:
        """Takes in one ``row`` element. Raises UnreadableError or LimitError that names the cell."""
        number = self._row = self._row_number(row.get("r"))
        if row.get("hidden") in {"1", "true"}:
            self.hidden.add(number)
        own, col = str(number), 0
        cut = -len(own)
        constants, cached, columns = self.constants, self.cached, _COLUMNS
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            name = cell.get("r")
            if name is None:
                col += 1
                key = self._place(number, col)
            elif name[cut:] == own and (known := columns[name[:cut]]):
                col = known
                key = (number, col)
            else:
                key = _parse_name(name)
                col = key[1]
            formula: etree._Element | None = None
            text: str | None = None
            kind = cell.get("t")
            for part in cell:
                tag = part.tag
                if tag in _VALUES:
                    text = part.text or ""
                elif tag in _FORMULAS:
                    formula = part
                elif tag in _INLINES and kind == "inlineStr":
                    text = rich_text(part)
                    self.room.take_text(text)
            value: Scalar = None
            if text is not None:
                value = to_number(text) if kind is None or kind == "n" else self.value(kind, text, cell.get("vm"), key)
            home = constants
            if formula is not None:
                mark, told = cell.get("cm"), formula.text
                if mark is None and told and formula.get("t") is None:
                    self.formulas[key] = self._told_as(told, key)
                    home = cached
                elif self._formula(_tag_of(formula), told or "", key, mark):
                    home = cached
            if value is not None:
                home[key] = value
        if col:
            self.room.check_cells(self.kept())

    def take(self, told: Told, tags: Tags) -> None:
        """Takes in cells that are already taken apart; as :meth:`feed` does, and with the same errors."""
        constants, cached, formulas = self.constants, self.cached, self.formulas
        numeric, unmarked = tags.numeric, tags.unmarked
        members: dict[bytes, Formula] = {}
        for key, written, formula_tag, text, raw in zip(*told, strict=True):
            home = constants
            if formula_tag is not None:
                if text and not formula_tag and written in unmarked:
                    formulas[key] = self._told_as(unescaped(text), key)
                    home = cached
                elif not text and formula_tag in members and written in unmarked:
                    formulas[key] = members[formula_tag]
                    home = cached
                elif self._told_formula(formula_tag, text or b"", key, written, tags):
                    home = cached
                    if text:
                        members.clear()  # it may be a master
                    elif written in unmarked and key in formulas and formulas[key].kind == "normal":
                        members[formula_tag] = formulas[key]
            if raw is None:
                continue
            value = _number(raw) if written in numeric else self._told(raw, tags.cells[written] or _NO_TAG, key)
            if value is not None:
                home[key] = value
        self.room.check_cells(self.kept())

    def _told_as(self, text: str, key: Cell) -> Formula:
        """A formula as the file tells it. Raises LimitError."""
        self.room.take_text(text)
        return Formula(text, key)

    def _told_formula(self, formula_tag: bytes, text: bytes, key: Cell, written: bytes, tags: Tags) -> bool:
        tag, cell = tags.formulas[formula_tag] or _NO_FORMULA_TAG, tags.cells[written] or _NO_TAG
        return self._formula(tag, unescaped(text), key, cell.mark)

    def _told(self, raw: bytes, tag: CellTag, key: Cell) -> Scalar:
        return self.value(tag.kind or "n", unescaped(raw), tag.value_mark, key)

    def settle(self, runs: Movable | None = None) -> None:
        """Gives the members of fill-downs their formula and moves what array formulas fill from constants to cached.

        runs: constants that lie elsewhere and count as well.
        """
        for key, group, dynamic in self._waiting:
            master = self._master(group, dynamic)
            if master is not None:
                self.formulas[key] = master
            elif key in self.cached:
                self.constants[key] = self.cached.pop(key)
        for key in self.constants.keys() & self.formulas.keys():  # a cell that the file tells twice
            del self.constants[key]
        for box, found in cells_in(self.boxes, self.constants, () if runs is None else runs):
            for key in found:
                self.cached[key] = self.constants.pop(key)
            if runs is not None:
                runs.move(box)

    def master(self, group: str) -> Formula | None:
        """The formula of a fill-down's members, None before its first cell has been fed."""
        return self._master(group, False)

    def _row_number(self, text: str | None) -> int:
        number = self._row + 1 if text is None else int(text) if text.isdecimal() and len(text) < 10 else 0
        if not 1 <= number <= MAX_ROW:
            raise LimitError(
                f"row '{(text or str(number))[:20]}' is not in the grid (1 to {MAX_ROW}): the file is damaged"
            )
        return number

    def _place(self, row: int, col: int) -> Cell:
        if col > MAX_COL:
            raise LimitError(f"row {row} has more than {MAX_COL} cells: the file is damaged")
        return row, col

    def value(self, kind: str, text: str, mark: str | None, key: Cell) -> Scalar:
        """The value that a cell of a type other than number tells. Raises UnreadableError."""
        if kind == "s":
            strings = self.common.strings
            if text.strip().isdecimal() and len(text) < 20 and int(text) < len(strings):
                return strings[int(text)]
            message = f"the shared string '{text[:20]}' does not exist (there are {len(strings)}): the file is damaged"
            raise UnreadableError(message, cell=cell_name(*key))
        if kind == "str":
            self.room.take_text(text)
            return unescape(text)
        if kind == "b":
            return text.strip() in {"1", "true"}
        if kind == "e":
            return self._error(text.strip(), mark)
        if kind == "d":
            return serial(text, self.common.date1904)
        return text  # inlineStr, unescaped above; and what no edition of the format knows

    def _error(self, text: str, mark: str | None) -> CellError:
        error = ERRORS.get(text, CellError.UNKNOWN)
        return self.common.marks.errors.get(mark, error) if error is VALUE and mark else error

    def _formula(self, tag: FormulaTag, text: str, key: Cell, mark: str | None) -> bool:
        """Notes the formula of a cell; False where the element says nothing, so that the value stands alone."""
        dynamic = self.common.marks.dynamic(mark)
        if tag.kind == "shared":
            return self._shared(tag, text, key, dynamic)
        if tag.kind == "array" or tag.kind == "dataTable":
            box = _own_box(tag.ref, key)
            if not text and tag.kind == "array":
                return False
            if box.height > 1 or box.width > 1:
                self.boxes.add(box)
            kind = "array" if tag.kind == "array" else "table"
            self.formulas[key] = self._told_as(text, key)._replace(kind=kind, box=box, dynamic=dynamic)
            return True
        if text:
            self.formulas[key] = self._told_as(text, key)._replace(dynamic=dynamic)
        return bool(text)

    def _shared(self, tag: FormulaTag, text: str, key: Cell, dynamic: bool) -> bool:
        group = tag.group
        if text:
            formula = self.formulas[key] = self._told_as(text, key)._replace(dynamic=dynamic)
            if tag.ref is not None or group not in self._masters:
                self._masters[group] = formula
                self.masters_told += 1
                self._remarked.pop(group, None)
            return True
        master = self._master(group, dynamic)
        if master is None:
            self._waiting.append((key, group, dynamic))
        else:
            self.formulas[key] = master
        return True

    def _master(self, group: str, dynamic: bool) -> Formula | None:
        master = self._masters.get(group)
        if master is None or master.dynamic == dynamic:
            return master
        if group not in self._remarked:  # a member whose mark differs from its master's
            self._remarked[group] = Formula(master.text, master.origin, dynamic=dynamic)
        return self._remarked[group]


def _tag_of(element: etree._Element) -> FormulaTag:
    return FormulaTag(element.get("t"), element.get("ref"), element.get("si", ""))


def _number(raw: bytes) -> Scalar:
    try:
        number = float(raw)
    except ValueError:
        return to_number(unescaped(raw))
    return number if SMALLEST_NORMAL <= abs(number) <= LARGEST else to_number(unescaped(raw))


def to_number(text: str) -> Scalar:
    """A number as the file writes it; NUM where it is none that a cell can hold, the text where it is no number."""
    try:
        number = float(text)
    except ValueError:
        return text if text.strip() else None
    if -SMALLEST_NORMAL < number < SMALLEST_NORMAL:
        return 0.0
    return number if number - number == 0 else NUM  # a cell holds neither infinity nor NaN


def _parse_name(name: str) -> Cell:
    key = parse_cell(name)
    if key is None:
        raise LimitError(f"the cell '{name[:20]}' is not in the grid (A1 to XFD{MAX_ROW}): the file is damaged")
    return key


def _own_box(ref: str | None, key: Cell) -> Box:
    box = parse_box(ref) if ref else None
    if ref and box is None:
        raise LimitError(f"the box '{ref[:30]}' is not in the grid: the file is damaged", cell=cell_name(*key))
    return box if box and (box.top, box.left) == key else Box(*key, *key)
