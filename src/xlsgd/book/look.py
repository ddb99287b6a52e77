"""How a sheet looks: formats, column widths, frozen panes, notes and charts, free of any library.

Only the writer turns these into a file; nothing that calculates reads them.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field

from ..address import Box


@dataclass(frozen=True, slots=True)
class Style:
    """A cell's format. ``role`` is a colour family.

    Roles: "input", "state", "result", "header", "band" (a title over columns), "title", "note", "link", "error", "dead"
    (a unit that passes nothing on) or "plain".
    ``align``: "left", "center" or "right", empty: as the role has it. ``line_above``: a line that begins a new part.
    """

    role: str = "plain"
    number_format: str = "General"
    bold: bool = False
    wrap: bool = False
    align: str = ""
    line_above: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A conditional format: where ``formula`` (for the box's top-left cell, without ``=``) holds, a role's colours or a
    number format apply."""

    box: Box
    formula: str
    number_format: str = ""
    role: str = "plain"


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart. All three refer to cells: the name to one cell, the others to a column or row of cells."""

    name: tuple[int, int]
    categories: Box
    values: Box
    markers: bool = False
    line: bool = True
    sheet: str = ""  # where the cells are, empty: on the chart's own sheet


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart. ``kind``: "line" or "scatter". ``at``: the cell under its top-left corner. Sizes in pixels."""

    title: str
    at: tuple[int, int]
    series: tuple[Series, ...]
    kind: str = "line"
    x_title: str = ""
    y_title: str = ""
    log_y: bool = False
    log_x: bool = False
    width: int = 560
    height: int = 320


@dataclass(frozen=True, slots=True)
class Validation:
    """What may be typed into a cell: a number from ``low`` to ``high`` (None: no limit), ``whole`` or not.

    title, text: shown beside the cell when it is chosen.
    """

    cell: tuple[int, int]
    title: str
    text: str
    low: float | None = None
    high: float | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small curve of a column or row of cells in one cell."""

    cell: tuple[int, int]
    values: Box


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to another cell; ``sheet`` empty: on the same sheet."""

    cell: tuple[int, int]
    text: str
    target: tuple[int, int]
    sheet: str = ""
    tip: str = ""


@dataclass(slots=True)
class Look:
    """The look of one sheet. Keys of ``styles`` and ``notes`` are cells; of ``widths`` columns (width in characters).

    styles: a dict or, of large sheets, :class:`~xlsgd.book.style_columns.StyleColumns`.

    freeze: the first cell that scrolls. print_titles: the first and last row that each printed page repeats.
    outlines: rows (first, last) that a person can fold away. heights: of rows, in points. gridlines: shown or not.
    pages_wide: on how many pages side by side the sheet is printed.
    partial_sums: formulas that leave out neighbouring numbers on purpose, which
    Excel would mark with a green corner.
    """

    styles: MutableMapping[tuple[int, int], Style] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    notes: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Box] = field(default_factory=list)
    freeze: tuple[int, int] | None = None
    charts: list[Chart] = field(default_factory=list)
    print_titles: tuple[int, int] | None = None
    rules: list[Rule] = field(default_factory=list)
    partial_sums: list[Box] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    sparklines: list[Sparkline] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    outlines: list[tuple[int, int]] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    gridlines: bool = True
    pages_wide: int = 1
