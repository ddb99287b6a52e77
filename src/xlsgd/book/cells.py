"""The cells of one worksheet part: the inner loop of the reader, row by row.

Source: ECMA-376 part 1, 18.3.1.4 (c), 18.3.1.40 (f), 18.3.1.73 (row), 18.18.11 (ST_CellType).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from ..address import MAX_COL, MAX_ROW, Box, box_name, cell_name, column_name, parse_box, parse_cell
from ..errors import LimitError, UnreadableError
from ..values import ERRORS, NUM, SMALLEST_NORMAL, VALUE, CellError, Scalar
from .book import Cell, Formula
from .dates import serial
from .markup import MAIN
from .metadata_xml import Marks
from .strings import rich_text, unescape

_CELLS, _FORMULAS, _VALUES, _INLINES = ({space + name for space in MAIN} for name in ("c", "f", "v", "is"))
_COLUMNS = {column_name(col): col for col in range(1, MAX_COL + 1)}
_MAX_BOX_WORK = 50_000_000  # cells looked at for all array boxes of a sheet together


@dataclass(frozen=True, slots=True)
class Common:
    """What the cells of all sheets refer to."""

    strings: list[str] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    date1904: bool = False


@dataclass(slots=True)
class Cells:
    """The cells of a sheet while its rows are fed in; complete after :meth:`settle`."""

    common: Common
    constants: dict[Cell, Scalar] = field(default_factory=dict)
    formulas: dict[Cell, Formula] = field(default_factory=dict)
    cached: dict[Cell, Scalar] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    boxes: set[Box] = field(default_factory=set)
    _row: int = 0
    _masters: dict[str, Formula] = field(default_factory=dict)
    _remarked: dict[str, Formula] = field(default_factory=dict)
    _waiting: list[tuple[Cell, str, bool]] = field(default_factory=list)

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
            elif name[cut:] == own and (known := columns.get(name[:cut])) is not None:
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
            value: Scalar = None
            if text is not None:
                value = to_number(text) if kind is None or kind == "n" else self._value(kind, text, cell, key)
            home = constants
            if formula is not None:
                mark, told = cell.get("cm"), formula.text
                if mark is None and told and formula.get("t") is None:
                    self.formulas[key] = Formula(told, key)
                    home = cached
                elif self._formula(formula, key, mark):
                    home = cached
            if value is not None:
                home[key] = value

    def settle(self) -> None:
        """Gives the members of fill-downs their formula and moves what array formulas fill from constants to cached."""
        for key, group, dynamic in self._waiting:
            master = self._master(group, dynamic)
            if master is not None:
                self.formulas[key] = master
            elif key in self.cached:
                self.constants[key] = self.cached.pop(key)
        for key in self.constants.keys() & self.formulas.keys():  # a cell that the file tells twice
            del self.constants[key]
        work = 0
        for box in self.boxes:
            area = box.height * box.width
            work += min(area, len(self.constants))
            if work > _MAX_BOX_WORK:
                raise LimitError("has too many large array formulas that overlap: remove some", cell=box_name(box))
            for key in _inside(box, area, self.constants):
                self.cached[key] = self.constants.pop(key)

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

    def _value(self, kind: str, text: str, cell: etree._Element, key: Cell) -> Scalar:
        if kind == "s":
            strings = self.common.strings
            if text.strip().isdecimal() and int(text) < len(strings):
                return strings[int(text)]
            message = f"the shared string '{text[:20]}' does not exist (there are {len(strings)}): the file is damaged"
            raise UnreadableError(message, cell=cell_name(*key))
        if kind == "str":
            return unescape(text)
        if kind == "b":
            return text.strip() in {"1", "true"}
        if kind == "e":
            return self._error(text.strip(), cell.get("vm"))
        if kind == "d":
            return serial(text, self.common.date1904)
        return text  # inlineStr, unescaped above; and what no edition of the format knows

    def _error(self, text: str, mark: str | None) -> CellError:
        error = ERRORS.get(text, CellError.UNKNOWN)
        return self.common.marks.errors.get(mark, error) if error is VALUE and mark else error

    def _formula(self, element: etree._Element, key: Cell, mark: str | None) -> bool:
        """Notes the formula of a cell; False where the element says nothing, so that the value stands alone."""
        text, kind = element.text or "", element.get("t")
        dynamic = self.common.marks.dynamic(mark)
        if kind == "shared":
            return self._shared(element, text, key, dynamic)
        if kind == "array" or kind == "dataTable":
            box = _own_box(element.get("ref"), key)
            if not text and kind == "array":
                return False
            if box.height > 1 or box.width > 1:
                self.boxes.add(box)
            self.formulas[key] = Formula(text, key, "array" if kind == "array" else "table", box, dynamic)
            return True
        if text:
            self.formulas[key] = Formula(text, key, dynamic=dynamic)
        return bool(text)

    def _shared(self, element: etree._Element, text: str, key: Cell, dynamic: bool) -> bool:
        group = element.get("si", "")
        if text:
            formula = self.formulas[key] = Formula(text, key, dynamic=dynamic)
            if element.get("ref") is not None or group not in self._masters:
                self._masters[group] = formula
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


def _inside(box: Box, area: int, cells: dict[Cell, Scalar]) -> Iterable[Cell]:
    if area > len(cells):
        return [key for key in cells if box.has(*key)]
    rows, cols = range(box.top, box.bottom + 1), range(box.left, box.right + 1)
    return [key for row in rows for col in cols if (key := (row, col)) in cells]
