"""Book: a workbook in memory, the waist of the hourglass.

The layout of a variant makes one and the reader makes one, and nothing behind it can tell which.
Cells are addressed by ``(row, column)``, both counted from 1.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..address import Box
from ..values import Scalar
from .look import Look

Cell = tuple[int, int]


class Formula(NamedTuple):
    """A formula as the file tells it. The cells of a fill-down may share one object.

    ``text`` (without ``=``) is written for the cell ``origin``; in another cell its relative references move along.
    ``kind``: ``"normal"``, ``"array"`` (fills the whole ``box``) or ``"table"`` (a data table: read as cached).
    ``dynamic``: the cell carries the dynamic-array mark (``cm``), so ranges are not intersected and results spill.
    """

    text: str
    origin: Cell
    kind: str = "normal"
    box: Box | None = None
    dynamic: bool = False


@dataclass(slots=True)
class Sheet:
    """One worksheet.

    constants: what was typed (blank cells are absent). formulas: one entry a formula cell; an array formula stands
    in the top-left cell of its box. cached: the values that the file stores for formula cells and for the cells that
    an array formula, a spill or a data table fills. All three are dicts or, of large sheets, what
    :mod:`xlsgd.book.columns` has in their place. ``visible`` is False for hidden sheets and chart sheets have
    ``kind`` "chartsheet" and no cells. hidden_rows: rows hidden by hand or by a filter (filtered_rows: by a filter).
    """

    name: str
    constants: MutableMapping[Cell, Scalar] = field(default_factory=dict)
    formulas: MutableMapping[Cell, Formula] = field(default_factory=dict)
    cached: MutableMapping[Cell, Scalar] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    filtered_rows: set[int] = field(default_factory=set)
    visible: bool = True
    kind: str = "worksheet"
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name. ``text``: its formula without ``=``; ``sheet``: the index of its sheet, None: the workbook's."""

    name: str
    text: str
    sheet: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table. ``box`` includes its header and totals rows."""

    name: str
    sheet: int
    box: Box
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0


@dataclass(slots=True)
class External:
    """Another workbook that formulas refer to as ``[N]Sheet!A1``: the values that the file has cached of it.

    ``lost``: sheets that Excel could not read when it last looked; what refers to them is #REF!.
    """

    target: str
    sheets: dict[str, dict[Cell, Scalar]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the workbook asks to be calculated (``calcPr`` and ``workbookPr``)."""

    mode: str = "auto"
    iterate: bool = False
    iterate_count: int = 100
    iterate_delta: float = 0.001
    full_precision: bool = True
    date1904: bool = False


@dataclass(slots=True)
class Book:
    """A workbook: sheets in order, names, tables, links to others, settings; ``path`` where it came from a file."""

    sheets: list[Sheet] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    externals: list[External] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    path: Path | None = None
    title: str = ""

    def index(self, name: str) -> int | None:
        """The position of a sheet by its name (case does not matter); None where there is none."""
        wanted = name.casefold()
        return next((i for i, sheet in enumerate(self.sheets) if sheet.name.casefold() == wanted), None)

    def sheet(self, name: str) -> Sheet:
        """A sheet by its name. Raises KeyError."""
        found = self.index(name)
        if found is None:
            raise KeyError(name)
        return self.sheets[found]
