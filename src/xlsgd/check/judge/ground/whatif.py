"""Formulas evaluated on other numbers than the workbook's: so two formulas are told apart by what they compute.

Numbers are drawn from a seed and the cell's place, so that both formulas see the same ones.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator, Mapping

from ....engine.base import Result
from ....formula.nodes import NameRef, Node, Paren, Ref
from ....functions import Context
from ....values import VALUE, Area, Array, CellError, Operand, Reference, Scalar
from ...findings import Place
from .desk import Desk
from .trees import nodes

WAYS = ("as is", "near", "unit", "signed")
SEEDS = (1, 2)
MAX_DEPTH = 60
FEW_CELLS = 500


class WhatIf:
    """A run (as functions see one) in which the numbers of cells are others.

    way: "near" moves each number by up to a tenth, "unit" draws from 0.5 to 2, "signed" from −2 to 2, "as is" leaves
    it. fixed: numbers of cells that are given. follows: tells which
    formula cells are evaluated; all others are taken as given numbers.
    """

    def __init__(
        self,
        desk: Desk,
        seed: int = 1,
        way: str = "near",
        follows: Callable[[Place], bool] | None = None,
        fixed: Mapping[Place, Scalar] | None = None,
    ) -> None:
        self.desk, self.seed, self.way = desk, seed, way
        self.book, self.now, self.meter = desk.book, desk.cells.now, desk.cells.meter
        self.memo: dict[object, object] | None = None
        self.random = random.Random(seed)
        self.follows = follows or (lambda place: False)
        self.found: dict[Place, Scalar] = dict(fixed or {})
        self._depth = 0

    def value(self, sheet: int, row: int, col: int) -> Scalar:
        """One cell's value in this what-if."""
        place = (sheet, row, col)
        if place not in self.found:
            self.found[place] = self._make(place)
        return self.found[place]

    def _make(self, place: Place) -> Scalar:
        if self._depth < MAX_DEPTH and self.desk.program(place) is not None and self.follows(place):
            self._depth += 1
            result = self.desk.recompute(place, self)
            self._depth -= 1
            if isinstance(result, Array):
                return result.rows[0][0]
            return result if not isinstance(result, tuple) else VALUE
        return self._given(place, self.desk.cells.value(*place))

    def _given(self, place: Place, value: Scalar) -> Scalar:
        if type(value) is not float or self.way == "as is":
            return value
        share = zlib.crc32(repr((self.seed, place)).encode()) / 2**32
        if self.way == "near":
            return value * (1 + 0.1 * (2 * share - 1)) if value else 0.05 * (2 * share - 1)
        return 0.5 + 1.5 * share if self.way == "unit" else 4 * share - 2

    def scan(self, area: Area) -> Iterator[Scalar]:
        """The values of an area's cells that are not blank."""
        return (value for _, _, value in self.cells(area))

    def cells(self, area: Area) -> Iterator[tuple[int, int, Scalar]]:
        """Row, column and value of an area's cells that are not blank."""
        for row, col, _ in self.desk.cells.cells(area):
            yield row, col, self.value(area.sheet, row, col)

    def array(self, reference: Reference) -> Array:
        """The values of one area."""
        area = reference.areas[0]
        if len(reference.areas) != 1 or area.height * area.width > FEW_CELLS:
            return self._array(reference)
        sheet, top, left, bottom, right = area
        self.meter.charge(2 * area.height * area.width)
        known = self.desk.cells.grids[sheet].known
        return Array(
            [
                [
                    None if known.get((row, col)) is None else self.value(sheet, row, col)
                    for col in range(left, right + 1)
                ]
                for row in range(top, bottom + 1)
            ]
        )

    def _array(self, reference: Reference) -> Array:
        made = self.desk.cells.array(reference)
        if len(reference.areas) != 1:
            return made
        sheet, top, left = reference.areas[0][:3]
        return Array(
            [
                [None if one is None else self.value(sheet, top + r, left + c) for c, one in enumerate(row)]
                for r, row in enumerate(made.rows)
            ]
        )

    def spilled(self, sheet: int, row: int, col: int) -> Operand:
        """The range that an array fills."""
        return self.desk.cells.spilled(sheet, row, col)

    def formula_text(self, sheet: int, row: int, col: int) -> str | None:
        """A cell's formula."""
        return self.desk.cells.formula_text(sheet, row, col)

    def resolve(self, text: str, context: Context) -> Operand:
        """What a text refers to."""
        return self.desk.cells.resolve(text, context)


def beside(desk: Desk, place: Place) -> Callable[[Place], bool]:
    """What a what-if follows from a cell: plain copies anywhere, formulas of its own row, settings that lie outside."""

    def follows(other: Place) -> bool:
        program = desk.program(other)
        if program is None or program.tree is None or program.whole or desk.changes(program):
            return False
        if is_copy(program.tree):
            return True
        if any(isinstance(node, Ref) and node.last is not None for node in nodes(program.tree)):
            return False
        return other[:2] == place[:2]

    return follows


def is_copy(tree: Node) -> bool:
    """Whether a formula only shows another cell."""
    while isinstance(tree, Paren):
        tree = tree.inner
    return (isinstance(tree, Ref) and tree.last is None) or isinstance(tree, NameRef)


MAX_OPERANDS = 60
ROUNDING = 6e-15  # what storing with 15 digits changes, relative


def noise(desk: Desk, tree: Node, place: Place, array: bool = False) -> float:
    """How far a formula's value moves where its operands move by what rounding does: its rounding scale."""
    run = WhatIf(desk, 0, "as is")
    base = desk.evaluate(tree, place, array, run)
    if type(base) is not float:
        return 0.0
    operands = [cell for cell, value in run.found.items() if type(value) is float and not value.is_integer()]
    spread = 1e-14 * abs(base)
    for cell in operands[:MAX_OPERANDS]:
        value = run.found[cell]
        assert isinstance(value, float)
        moved = desk.evaluate(tree, place, array, WhatIf(desk, 0, "as is", None, {cell: value * (1 + ROUNDING)}))
        if type(moved) is float:
            spread += abs(moved - base)
    return 2 * spread * max(1.0, len(operands) / MAX_OPERANDS)


def near(one: Result | Array, two: Result | Array, slack: float = 0.0, share: float = 1e-9) -> bool:
    """Whether two results are the same but for rounding."""
    if type(one) is float and type(two) is float:
        return one == two or abs(one - two) <= slack + share * max(abs(one), abs(two))
    if isinstance(one, CellError) and isinstance(two, CellError):
        return True
    if one in (None, 0.0, "") and two in (None, 0.0, ""):
        return True
    if isinstance(one, Array) and isinstance(two, Array):
        return one.shape == two.shape and all(map(near, one.flat(), two.flat()))
    return isinstance(one, bool) == isinstance(two, bool) and one == two


def equivalent(desk: Desk, one: Node, two: Node, place: Place, array: bool = False) -> bool:
    """Whether two formulas for a cell compute the same, judged on drawn numbers and not by their texts."""
    seen = 0
    follows = beside(desk, place)
    for way in WAYS:
        for seed in SEEDS:
            first = desk.evaluate(one, place, array, WhatIf(desk, seed, way, follows))
            second = desk.evaluate(two, place, array, WhatIf(desk, seed, way, follows))
            slack = 0.0
            if type(first) is float and type(second) is float and not near(first, second):
                slack = _slack(desk, one, place, array, seed, way) + _slack(desk, two, place, array, seed, way)
            if not near(first, second, slack):
                return False
            seen += not isinstance(first, CellError | tuple)
    return seen > 0


def _slack(desk: Desk, tree: Node, place: Place, array: bool, seed: int, way: str) -> float:
    """The rounding scale of a formula on drawn numbers."""
    follows = beside(desk, place)
    drawn = WhatIf(desk, seed, way, follows)
    base = desk.evaluate(tree, place, array, drawn)
    if type(base) is not float:
        return 0.0
    spread = 0.0
    for other in range(3):
        moved = WhatIf(desk, seed, way, follows)
        moved.found = {
            key: value * (1 + 4e-15 * (-1) ** (zlib.crc32(repr((other, key)).encode()) % 2))
            if type(value) is float and not value.is_integer()
            else value
            for key, value in drawn.found.items()
            if not (desk.program(key) is not None and follows(key))
        }
        result = desk.evaluate(tree, place, array, moved)
        if type(result) is float:
            spread = max(spread, abs(result - base))
    return 8 * spread
