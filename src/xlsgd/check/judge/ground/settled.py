"""Fill-downs recomputed a column at a time, in plain double arithmetic: most stored values are seen to be right.

What is not seen here may be right as well; it is for the engine to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ....plan.regions import Span
from ...findings import Place
from ...understand.convert import Converter
from ...understand.expressions import Array, Expr, Terms, evaluate, walk
from ...understand.view import View
from .desk import Desk

LEAST = 6
"""Cells of a fill-down for which this is worth while."""
MOST = 2_000_000
SHARE = 5e-12
PLAIN = frozenset({"num", "cell", "fixed", "area", "line"})


def settled(desk: Desk) -> Settled:
    """Formula cells whose stored value is what their formula gives from the stored values of what they read."""
    columns, found = _Columns(desk), Settled()
    for sheet, programs in enumerate(desk.plan.programs):
        convert = Converter(View(desk.book, desk.plan, sheet), Terms(), desk.cells.links)
        for span in programs.spans():
            program = span.program
            plain = program.tree is not None and not program.whole and not desk.changes(program)
            if plain and span.bottom - span.top + 1 >= LEAST:
                expr = convert.expression(program, span.col, span.top)
                good = _right(columns, convert.terms, sheet, span, expr)
                if good is not None:
                    found.enter(sheet, span, good.tobytes())
    return found


@dataclass(slots=True)
class Settled:
    """Cells by sheet and column: a byte for each row, 1 where it is settled."""

    rows: dict[tuple[int, int], bytearray] = field(default_factory=dict)

    def __contains__(self, place: Place) -> bool:
        good = self.rows.get((place[0], place[2]))
        return good is not None and place[1] < len(good) and bool(good[place[1]])

    def __iter__(self) -> Iterator[Place]:
        for (sheet, col), rows in self.rows.items():
            yield from ((sheet, row, col) for row, one in enumerate(rows) if one)

    def enter(self, sheet: int, span: Span, good: bytes) -> None:
        """Note which rows of a span are settled."""
        rows = self.rows.setdefault((sheet, span.col), bytearray())
        rows.extend(bytes(max(0, span.bottom + 1 - len(rows))))
        rows[span.top : span.bottom + 1] = good


def _right(columns: _Columns, terms: Terms, sheet: int, span: Span, expr: Expr) -> npt.NDArray[np.bool_] | None:
    """On which rows of a span the stored value is right; None where nothing is known."""
    size = span.bottom - span.top + 1
    known: dict[Expr, Array] = {}
    good = np.ones((size, 1), dtype=np.bool_)
    if any(node.op == "opaque" for node in walk(expr)):
        return None
    for leaf in terms.leaves(expr):
        values = _leaf(columns, span, leaf) if leaf.op in PLAIN else None
        if values is None or values.shape[1] * size > MOST:
            return None
        known[leaf] = values
        good &= ~np.isnan(values).any(axis=1, keepdims=True)
    if not good.any():
        return None
    [values] = evaluate([expr], known.__getitem__)
    stored = columns.rows(sheet, span.col, span.top, span.bottom)
    if values.shape[1] != 1:
        return None
    with np.errstate(all="ignore"):
        good &= np.abs(values - stored) <= SHARE * np.abs(stored)
    return good


def _leaf(columns: _Columns, span: Span, leaf: Expr) -> Array | None:
    """The values of a leaf on the rows of a span; None where it holds other things than numbers."""
    if leaf.op == "cell":
        sheet, col, offset = leaf.key
        return columns.rows(sheet, col, span.top + offset, span.bottom + offset)
    if leaf.op == "fixed":
        number = columns.desk.number(leaf.key)
        return None if number is None else np.full((1, 1), number)
    if leaf.op == "area":
        return columns.area(*leaf.key)
    return np.arange(span.top, span.bottom + 1, dtype=np.float64).reshape(-1, 1)


class _Columns:
    """The stored values of columns, nan where there is no number."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._known: dict[tuple[int, int], npt.NDArray[np.float64]] = {}

    def rows(self, sheet: int, col: int, top: int, bottom: int) -> Array:
        """The values from one row to another."""
        column = self._column(sheet, col)
        found = np.full(bottom - top + 1, np.nan)
        first, last = max(top, 1), min(bottom, len(column))
        if first <= last:
            found[first - top : last - top + 1] = column[first - 1 : last]
        return found.reshape(-1, 1)

    def area(self, sheet: int, top: int, left: int, bottom: int, right: int) -> Array | None:
        """All values of an area in one row; None where one is missing."""
        if (bottom - top + 1) * (right - left + 1) > MOST:
            return None
        cells = np.concatenate([self.rows(sheet, col, top, bottom) for col in range(left, right + 1)], axis=1)
        return None if np.isnan(cells).any() else cells.reshape(1, -1)

    def _column(self, sheet: int, col: int) -> npt.NDArray[np.float64]:
        if (sheet, col) not in self._known:
            grid = self.desk.cells.grids[sheet]
            values = (grid.known.get((row, col)) for row in range(1, grid.bottom + 1))
            self._known[sheet, col] = np.array([one if type(one) is float else np.nan for one in values])
        return self._known[sheet, col]
