"""The cells that two sheets have in common: what differs, gathered to ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..address import Box, box_name, cell_name
from ..book import Cell
from ..errors import FormulaError
from ..formula import parse, relative_key, text_at
from ..plan import Program
from ..values import Scalar, ulps
from .cached import same
from .diff_moves import Places, moved_text
from .diff_sides import Aligned, Side

FORMULA, CONSTANT, VALUE, ADDED, REMOVED = "formula", "constant", "value", "added", "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """A run of cells that differ in one way.

    kind: formula (also where one side has none), constant, value (same formula, another stored value), added (filled
    in B only), removed. range, range_b: in A and in B, None where the cells are blank there. cells: how many differ.
    old, new: of the first cell, of values of the one that is furthest apart: a formula with ``=``, or a value.
    max_ulp: the largest distance of numbers; None where one side is no number. first, worst: cells of B.
    """

    kind: str
    range: str | None
    range_b: str | None
    cells: int
    old: Scalar
    new: Scalar
    max_ulp: int | None = None
    first: str | None = None
    worst: str | None = None


@dataclass(slots=True)
class _Run:
    """Cells that are gathered: in A, in B."""

    a: Box
    b: Box
    cells: int
    old: Scalar
    new: Scalar
    ulp: int | None


@dataclass(slots=True)
class _Spread:
    """The values of a fill-down that differ."""

    cells: list[tuple[Cell, Cell]] = field(default_factory=list)
    ulp: int = -1
    number: bool = True
    worst: Cell = (0, 0)
    old: Scalar = None
    new: Scalar = None


def compare_cells(
    one: Side, two: Side, rows: Aligned, columns: Aligned, places: Places, *, values: bool
) -> list[Change]:
    """All differences in the rows and columns that both sheets have. values: compare the stored values, too."""
    return list(_Comparison(one, two, rows.all, columns.all, places).run(values))


class _Comparison:
    def __init__(self, one: Side, two: Side, rows: Mapping[int, int], cols: Mapping[int, int], places: Places) -> None:
        self.one, self.two, self.rows, self.cols, self.places = one, two, rows, cols, places
        self.like: dict[tuple[int, int], bool] = {}
        self.renamed = [name for name, place in places.items() if name != place.name.casefold()]

    def run(self, values: bool) -> Iterator[Change]:
        found: dict[tuple[object, ...], dict[Cell, tuple[Cell, Scalar, Scalar]]] = {}
        spreads: dict[tuple[int, object], _Spread] = {}
        a, b = self.one.sheet, self.two.sheet
        for here, there in self._pairs():
            formula_a, formula_b = a.formulas.get(here), b.formulas.get(there)
            if formula_a is None and formula_b is None:
                old, new = a.constants.get(here), b.constants.get(there)
                if not same(new, old) or (old is None) != (new is None):
                    kind = ADDED if old is None else REMOVED if new is None else CONSTANT
                    found.setdefault((kind,), {})[here] = (there, old, new)
            elif formula_a is None or formula_b is None or not self._same_formula(here, there):
                old, new = self._told(self.one, here), self._told(self.two, there)
                kind = ADDED if old is None else REMOVED if new is None else FORMULA
                keys = [self._key(self.one, here), self._key(self.two, there)]
                found.setdefault((kind, *keys), {})[here] = (there, old, new)
            elif values:
                self._value(spreads, here, there)
        changes = [self._change(str(key[0]), run) for key, cells in found.items() for run in _gathered(cells)]
        changes += [_spread_change(spread) for spread in spreads.values()]
        yield from sorted(changes, key=lambda change: _ORDER[change.kind])

    def _pairs(self) -> Iterator[tuple[Cell, Cell]]:
        """Cells here and there, if either is filled."""
        here = {*self.one.sheet.constants, *self.one.sheet.formulas}
        back_rows, back_cols = ({b: a for a, b in line.items()} for line in (self.rows, self.cols))
        for row, col in [*self.two.sheet.constants, *self.two.sheet.formulas]:
            if row in back_rows and col in back_cols:
                here.add((back_rows[row], back_cols[col]))
        for row, col in sorted(here):
            if row in self.rows and col in self.cols:
                yield (row, col), (self.rows[row], self.cols[col])

    def _same_formula(self, here: Cell, there: Cell) -> bool:
        a, b = self.one.programs.get(here), self.two.programs.get(there)
        if a is None or b is None:  # data tables
            return a is b
        if (a.kind, a.dynamic) != (b.kind, b.dynamic):
            return False
        pair = (id(a), id(b))
        if pair not in self.like:
            self.like[pair] = self._alike(a, b, here)
        return self.like[pair] or self._followed(here, there, b)

    def _alike(self, a: Program, b: Program, here: Cell) -> bool:
        """Whether two formulas are the same in relative form, but for where fixed references now stand."""
        if a.key == b.key and not any(name in a.key.casefold() for name in self.renamed):
            return True
        formula = self.one.sheet.formulas[here]
        moved = moved_text(formula.text, self.one.sheet.name, self.places, fixed_only=True)
        return moved is not None and _is(moved, formula.origin, b)

    def _followed(self, here: Cell, there: Cell, program: Program) -> bool:
        """Whether a formula is what Excel makes of the other one when rows and columns are inserted or deleted."""
        formula = self.one.sheet.formulas[here]
        text = text_at(formula.text, formula.origin, here)
        moved = moved_text(text, self.one.sheet.name, self.places)
        return moved is not None and _is(moved, there, program)

    def _key(self, side: Side, cell: Cell) -> object:
        program = side.programs.get(cell)
        if program is not None:
            return program.key
        formula = side.sheet.formulas.get(cell)
        return formula.text if formula is not None else side.sheet.constants.get(cell) is None

    def _told(self, side: Side, cell: Cell) -> Scalar:
        formula = side.sheet.formulas.get(cell)
        if formula is None:
            return side.sheet.constants.get(cell)
        return "=" + text_at(formula.text, formula.origin, cell)

    def _value(self, spreads: dict[tuple[int, object], _Spread], here: Cell, there: Cell) -> None:
        old, new = self.one.sheet.cached.get(here), self.two.sheet.cached.get(there)
        if same(old, new) and (old is None) == (new is None):
            return
        spread = spreads.setdefault((here[1], self._key(self.one, here)), _Spread())
        spread.cells.append((here, there))
        distance = _distance(old, new)
        if distance is None and spread.number:
            spread.number, spread.ulp = False, -1
        ulp = distance or 0
        if ulp > spread.ulp and (distance is not None) == spread.number:
            spread.ulp, spread.worst, spread.old, spread.new = ulp, there, old, new

    def _change(self, kind: str, run: _Run) -> Change:
        range_a = None if kind == ADDED else box_name(run.a)
        range_b = None if kind == REMOVED else box_name(run.b)
        first = cell_name(run.b.top, run.b.left)
        return Change(kind, range_a, range_b, run.cells, run.old, run.new, run.ulp, first)


_ORDER = {FORMULA: 0, CONSTANT: 1, ADDED: 2, REMOVED: 3, VALUE: 4}


def _spread_change(spread: _Spread) -> Change:
    a, b = (_around([pair[side] for pair in spread.cells]) for side in (0, 1))
    return Change(
        VALUE,
        box_name(a),
        box_name(b),
        len(spread.cells),
        spread.old,
        spread.new,
        spread.ulp if spread.number else None,
        cell_name(*min(pair[1] for pair in spread.cells)),
        cell_name(*spread.worst),
    )


def _around(cells: list[Cell]) -> Box:
    rows, cols = [row for row, _ in cells], [col for _, col in cells]
    return Box(min(rows), min(cols), max(rows), max(cols))


def _gathered(cells: Mapping[Cell, tuple[Cell, Scalar, Scalar]]) -> list[_Run]:
    """Runs down, then runs of equal height side by side."""
    runs: list[_Run] = []
    for here in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        there, old, new = cells[here]
        last = runs[-1] if runs else None
        if last is not None and here == (last.a.bottom + 1, last.a.left) and there == (last.b.bottom + 1, last.b.left):
            last.a, last.b = last.a._replace(bottom=here[0]), last.b._replace(bottom=there[0])
            last.cells, last.ulp = last.cells + 1, _larger(last.ulp, _distance(old, new))
        else:
            runs.append(_Run(Box(*here, *here), Box(*there, *there), 1, old, new, _distance(old, new)))
    joined: list[_Run] = []
    for run in sorted(runs, key=lambda one: (one.a.top, one.a.left)):
        last = joined[-1] if joined else None
        if last is not None and _beside(last.a, run.a) and _beside(last.b, run.b):
            last.a, last.b = last.a._replace(right=run.a.right), last.b._replace(right=run.b.right)
            last.cells, last.ulp = last.cells + run.cells, _larger(last.ulp, run.ulp)
        else:
            joined.append(run)
    return joined


def _is(text: str, cell: Cell, program: Program) -> bool:
    """Whether a text, as the formula of a cell, is a program."""
    try:
        return relative_key(text, *cell) == program.key or parse(text, *cell) == program.tree
    except FormulaError:
        return False


def _distance(old: Scalar, new: Scalar) -> int | None:
    return ulps(old, new) if type(old) is float and type(new) is float else None


def _larger(one: int | None, two: int | None) -> int | None:
    return None if one is None or two is None else max(one, two)


def _beside(one: Box, two: Box) -> bool:
    return (one.top, one.bottom, one.right + 1) == (two.top, two.bottom, two.left)
