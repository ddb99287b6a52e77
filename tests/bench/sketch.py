"""A workbook as a recipe tells it: pages of cells and a list of orders (names, charts, truths, …).

The recipes' language is described in README.md.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import get_column_letter, range_boundaries

FOLDER = Path(__file__).parent
_SAID_ONCE = frozenset({"name", "chart", "calc", "format", "table", "note"})  # a later one of the same first word holds
KEYWORDS = _SAID_ONCE | {
    *("truth", "variant", "merge", "hide", "width", "saved", "uncached", "chartdata"),
    *("on", "expect", "or", "differs", "latent", "was", "cached", "nudge", "round"),
}
_CELL_LINE = re.compile(r"^([A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?)(?:\s+(.*))?$")


class Formula(str):
    """What a cell computes, with its ``=``; ``{=…}`` was entered as an array."""


Cell: TypeAlias = tuple[int, int]
Content: TypeAlias = float | bool | str | None


@dataclass(frozen=True)
class Order:
    """A line that is not about the content of cells."""

    keyword: str
    page: str
    text: str


@dataclass
class Sketch:
    """One recipe, or with ``base`` the changes to another. ``cells``: page → (row, column) → content."""

    title: str
    file: str
    base: str = ""
    cells: dict[str, dict[Cell, Content]] = field(default_factory=dict)
    percents: set[tuple[str, Cell]] = field(default_factory=set)
    orders: list[Order] = field(default_factory=list)
    edited: set[tuple[str, Cell]] = field(default_factory=set)

    def all(self, keyword: str) -> list[Order]:
        return [order for order in self.orders if order.keyword == keyword]

    def has(self, keyword: str) -> bool:
        return any(order.keyword == keyword for order in self.orders)

    def on(self, base: Sketch) -> Sketch:
        """The base with this sketch's changes. An order that names the same thing as one of the base replaces it."""
        made = copy.deepcopy(base)
        made.title, made.file, made.base = self.title, self.file, base.title
        for page, cells in self.cells.items():
            own = made.cells.setdefault(page or next(iter(base.cells)), {})
            own.update(cells)
            for cell in [cell for cell, content in own.items() if content is None]:
                del own[cell]
        first = next(iter(base.cells))
        made.edited = {(page or first, cell) for page, cell in self.edited}
        made.percents |= {(page or first, cell) for page, cell in self.percents}
        mine = [Order(order.keyword, order.page or first, order.text) for order in self.orders]
        gone = {_identity(order) for order in mine}
        made.orders = [order for order in made.orders if _identity(order) not in gone] + mine
        return made

    def before(self) -> Sketch:
        """What the workbook held when its values were stored: with the contents of its ``was`` lines."""
        made = copy.deepcopy(self)
        for order in self.all("was"):
            where, _, text = order.text.partition(" ")
            sheet, _, cell = where.rpartition("!")
            made.put(sheet or order.page, cell, [text])
        return made

    def put(self, page: str, where: str, contents: list[str]) -> None:
        """Writes a line's contents into a cell and to its right, or into a range (fill-down, fill-right, in order)."""
        left, top, right, bottom = range_boundaries(where)
        if ":" not in where:
            right = left + len(contents) - 1
        height, width = bottom - top + 1, right - left + 1
        spots = [(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]
        if len(contents) == 1:
            self._fill(page, spots, contents[0])
        elif width == len(contents) and height > 1 and width > 1:
            for col, content in enumerate(contents, left):
                self._fill(page, [spot for spot in spots if spot[1] == col], content)
        elif len(spots) == len(contents):
            for spot, content in zip(spots, contents, strict=True):
                self._fill(page, [spot], content)
        elif height == len(contents):
            for row, content in enumerate(contents, top):
                self._fill(page, [spot for spot in spots if spot[0] == row], content)
        else:
            raise ValueError(f"{self.file}: '{self.title}': {where} does not hold {len(contents)} contents")

    def _fill(self, page: str, spots: list[Cell], text: str) -> None:
        origin = cell_name(spots[0])
        for spot in spots:
            if text.startswith(("=", "{=")):
                moved = Translator(text.strip("{}"), origin).translate_formula(cell_name(spot))
                self._set(page, spot, Formula(f"{{{moved}}}" if text.startswith("{") else moved))
            elif text != ".":
                self._set(page, spot, _constant(text))
                if re.fullmatch(r"[0-9.]+%", text):
                    self.percents.add((page, spot))

    def _set(self, page: str, spot: Cell, content: Content) -> None:
        self.edited.add((page, spot))
        self.cells.setdefault(page, {})[spot] = content


def cell_name(cell: Cell) -> str:
    return f"{get_column_letter(cell[1])}{cell[0]}"


def cells_of(where: str) -> list[Cell]:
    """The cells of ``B4`` or ``B4:C9``, row by row."""
    left, top, right, bottom = range_boundaries(where)
    return [(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]


def place(text: str, page: str) -> tuple[str, list[Cell]]:
    """``Sheet!B4:B9`` or ``B4:B9`` on a page."""
    sheet, _, where = text.rpartition("!")
    return sheet.strip("'") or page, cells_of(where)


def read_sketches(path: Path) -> Iterator[Sketch]:
    """The recipes of a file; those with a line ``on`` still want their base."""
    sketch: Sketch | None = None
    page = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("== "):
            if sketch is not None:
                yield _settled(sketch)
            sketch, page = Sketch(line[3:].strip(), path.stem), ""
            continue
        if sketch is None:
            raise ValueError(f"{path.name}, line {number}: stands before the first title")
        if line.startswith("@ "):
            page = line[2:].strip()
            sketch.cells.setdefault(page, {})
            continue
        found = _CELL_LINE.match(line)
        if found:
            contents = [text.strip() for text in re.split(r"\s\|(?:\s|$)", found[2] or "blank")]
            sketch.put(page, found[1], contents)
            continue
        keyword, _, text = line.partition(" ")
        if keyword not in KEYWORDS:
            raise ValueError(f"{path.name}, line {number}: no keyword '{keyword}'")
        if keyword == "on":
            sketch.base = text.strip()
        else:
            sketch.orders.append(Order(keyword, page, text.strip()))
    if sketch is not None:
        yield _settled(sketch)


def _settled(sketch: Sketch) -> Sketch:
    """Orders above the first page belong to it; of changes to another sketch only that one knows its first page."""
    if not sketch.base:
        first = next(iter(sketch.cells))
        sketch.orders = [Order(order.keyword, order.page or first, order.text) for order in sketch.orders]
    return sketch


def _constant(text: str) -> Content:
    if text == "blank":
        return None
    if text in {"TRUE", "FALSE"}:
        return text == "TRUE"
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"[0-9.]+%", text):
        return float(text[:-1]) / 100
    try:
        return float(text)
    except ValueError:
        return text


def _identity(order: Order) -> tuple[str, ...]:
    """What a later order of the same identity replaces: a name, a chart at its place, a setting."""
    if order.keyword in _SAID_ONCE:
        return (order.keyword, order.text.split()[0])
    if order.keyword in {"truth", "variant"}:
        return (order.keyword, "")
    return (order.keyword, order.page, order.text)
