"""All recipes, and what each should give: ``expect`` lines as data."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from .sketch import FOLDER, Cell, Order, Sketch, cells_of, read_sketches

KINDS = frozenset(
    ["reference", "formula", "hard-coded", "stale", "data", "value", "chart", "name", "settings", "label"]
)


@dataclass(frozen=True)
class Expected:
    """One acceptable finding: any of ``kinds``, on a sheet, in one of ``cells`` (none: a finding without a cell).

    severity: "error", "warning" or "any". said: words of which the message, cell or range must have one, for what
    has no cell of its own.
    """

    kinds: frozenset[str]
    sheet: str
    cells: frozenset[str]
    severity: str
    said: frozenset[str]


@dataclass(frozen=True)
class Recipe:
    """A workbook to make: ``sort`` is "right", "harmless" or "wrong"; base: the right one that was changed."""

    name: str
    sort: str
    sketch: Sketch
    base: Sketch | None
    expected: tuple[Expected, ...]

    @property
    def layout(self) -> str:
        return self.base.title if self.base else self.sketch.title


@functools.cache
def recipes() -> tuple[Recipe, ...]:
    """All of them: right, harmless, wrong."""
    right = {
        sketch.title: sketch for path in sorted((FOLDER / "right").glob("*.txt")) for sketch in read_sketches(path)
    }
    made = [Recipe(slug(title), "right", sketch, None, ()) for title, sketch in right.items()]
    for sketch in read_sketches(FOLDER / "harmless.txt"):
        made.append(_made(sketch, right, "harmless"))
    for path in sorted((FOLDER / "wrong").glob("*.txt")):
        made += [_made(sketch, right, "wrong") for sketch in read_sketches(path)]
    return tuple(made)


def long_sketch(rows: int) -> Sketch:
    """The layout "rows continued" with so many rows."""
    base = next(one.sketch for one in recipes() if one.layout == "rows continued")
    last = rows + 5
    longer = Sketch("long", "long")
    longer.put("", f"B7:B{last}", ["=B6+1"])
    longer.put("", f"C16:D{last}", ["=C6", "=D6"])
    longer.put("", f"E7:F{last}", ["=E6-$C$2*I6", "=F6-$C$2*J6"])
    longer.put("", f"G6:J{last}", ["=E6*C6+F6", "=POWER(G6-D6,2)", "=2*(G6-D6)*C6", "=2*(G6-D6)"])
    longer.orders = [Order("chart", "", f"L10 line Loss: B6:B{last} -> H6:H{last}")]
    return longer.on(base)


def _made(sketch: Sketch, right: dict[str, Sketch], sort: str) -> Recipe:
    name = f"{sketch.file}-{slug(sketch.title)}" if sort == "wrong" else f"harmless-{slug(sketch.title)}"
    if not sketch.base:
        return Recipe(name, sort, sketch, None, _expected(sketch))
    base = right[sketch.base]
    whole = sketch.on(base)
    return Recipe(name, sort, whole, base, _expected(whole))


def slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _expected(sketch: Sketch) -> tuple[Expected, ...]:
    return tuple(_read_expected(order) for keyword in ("expect", "or") for order in sketch.all(keyword))


def _read_expected(order: Order) -> Expected:
    """``expect KIND[/KIND] [Sheet!]CELL[,CELL] [warning|any] [says WORD,WORD]``; ``-`` for a finding without a cell."""
    head, _, said = order.text.partition(" says ")
    kinds, where, *rest = head.split()
    sheet, _, cells = where.rpartition("!")
    return Expected(
        frozenset(kinds.split("/")),
        sheet.strip("'") or order.page,
        frozenset() if cells == "-" else frozenset(cells.split(",")),
        rest[0] if rest else "error",
        frozenset(said.split(",")) if said else frozenset(),
    )


def cause_cells(recipe: Recipe) -> set[tuple[str, Cell]]:
    """The cells that a recipe's expectations name, ranges spread out."""
    found = set()
    for expected in recipe.expected:
        for text in expected.cells:
            found |= {(expected.sheet, cell) for cell in cells_of(text)}
    return found
