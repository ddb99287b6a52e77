"""How a training went, row by row: the workbook's own errors beside those of NumPy from the same start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..address import column_name
from ..book import Book
from .own_run import Number, free_trace, numbers
from .understand import Block
from .understand.base import Place

APART = 1e-6
"""Relative distance of two errors from which on they are told apart: rounding stays far below it at first."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The errors of one table. what: where they stand; lines: rows (or columns) of the sheet; own: None for no number.

    reference: what NumPy gets from the same start, None where the variant is not known well enough. parts: the first
    line where the two are apart, None where they are not. across: the table trains to the right.
    """

    sheet: int
    what: str
    lines: tuple[int, ...]
    own: tuple[float | None, ...]
    reference: tuple[float, ...] | None = None
    parts: int | None = None
    across: bool = False

    @property
    def stops(self) -> int | None:
        """The first line whose error is no number."""
        return next((line for line, own in zip(self.lines, self.own, strict=True) if own is None), None)

    def name(self, line: int) -> str:
        """What the sheet calls a line."""
        return column_name(line) if self.across else str(line)


def curves(book: Book, blocks: Sequence[Block]) -> list[Curve]:
    """The curve of each table that has errors, or predictions beside targets."""
    number = _reader(book)
    return [curve for block in blocks if (curve := _curve(number, block)) is not None]


def _curve(number: Number, block: Block) -> Curve | None:
    lines = tuple(range(block.first, block.last + 1))
    errors, predictions, targets = (block.having(role) for role in ("error", "prediction", "target"))
    if errors:
        own = numbers(number, block, errors[-1].col)
        what = f"error in {_place(block, errors[-1].col)}"
    elif len(predictions) == len(targets) == 1:
        pairs = zip(*(numbers(number, block, one[0].col) for one in (predictions, targets)), strict=True)
        own = [None if a is None or b is None else _squared(a - b) for a, b in pairs]
        what = f"({_place(block, predictions[0].col)} − {_place(block, targets[0].col)})²"
    else:
        return None
    reference = _reference(number, block) if errors or block.loss == 1 else None
    curve = Curve(block.sheet, what, lines, tuple(own), reference, across=block.across)
    return replace(curve, parts=_parts(curve)) if reference is not None else curve


def _place(block: Block, column: int) -> str:
    return f"row {column}" if block.across else f"column {column_name(column)}"


def _squared(number: float) -> float | None:
    return number * number if abs(number) < 1e150 else None


def _parts(curve: Curve) -> int | None:
    for line, own, expected in zip(curve.lines, curve.own, curve.reference or (), strict=True):
        if own is None or not math.isfinite(expected):
            if (own is None) != (not math.isfinite(expected)):
                return line
        elif abs(own - expected) > APART * max(abs(own), abs(expected)) + 1e-12:
            return line
    return None


def _reader(book: Book) -> Number:
    """What the file has in a cell, where it is a number."""

    def number(place: Place) -> float | None:
        own, cell = book.sheets[place[0]], place[1:]
        value = own.cached.get(cell) if cell in own.formulas else own.constants.get(cell)
        return value if isinstance(value, float) and not isinstance(value, bool) else None

    return number


def _reference(number: Number, block: Block) -> tuple[float, ...] | None:
    """The errors of a free run in NumPy; None where the workbook's variant, start or data are not known."""
    trace = free_trace(number, block)
    return None if trace is None else tuple(trace.columns["error"][0].tolist())
