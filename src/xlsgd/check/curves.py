"""How a training went, row by row: the workbook's own errors beside those of NumPy from the same start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ..address import column_name
from ..book import Book
from ..errors import UsageError
from ..reference import train
from ..values import Scalar
from ..variants import Data, Typed, Variant
from .understand import Block

APART = 1e-6
"""Relative distance of two errors from which on they are told apart: rounding stays far below it at first."""

_BY_EPOCH = ("adagrad-epoch", "eve-graddesc", "eve")
_MODELS = ("linear", "linear2", "relu2")


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


@dataclass(frozen=True, slots=True)
class _Rows(Data):
    """The rows of a workbook."""

    name: ClassVar[str] = "workbook"
    usage: ClassVar[str] = "workbook"
    title: ClassVar[str] = "the rows of a workbook"
    given: tuple[tuple[float, ...], ...] = ()

    def rows(self) -> tuple[tuple[float, ...], ...]:
        return self.given


def curves(book: Book, blocks: Sequence[Block]) -> list[Curve]:
    """The curve of each table that has errors, or predictions beside targets."""
    return [curve for block in blocks if (curve := _curve(book, block)) is not None]


def _curve(book: Book, block: Block) -> Curve | None:
    lines = tuple(range(block.first, block.last + 1))
    errors, predictions, targets = (block.having(role) for role in ("error", "prediction", "target"))
    if errors:
        own = _numbers(book, block, errors[-1].col)
        what = f"error in {_place(block, errors[-1].col)}"
    elif len(predictions) == len(targets) == 1:
        pairs = zip(*(_numbers(book, block, one[0].col) for one in (predictions, targets)), strict=True)
        own = [None if a is None or b is None else _squared(a - b) for a, b in pairs]
        what = f"({_place(block, predictions[0].col)} − {_place(block, targets[0].col)})²"
    else:
        return None
    reference = _reference(book, block) if errors or block.loss == 1 else None
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


def _value(book: Book, sheet: int, row: int, col: int) -> Scalar:
    own = book.sheets[sheet]
    return own.cached.get((row, col)) if (row, col) in own.formulas else own.constants.get((row, col))


def _number(value: Scalar) -> float | None:
    return value if isinstance(value, float) and not isinstance(value, bool) else None


def _numbers(book: Book, block: Block, column: int) -> list[float | None]:
    cells = ((column, line) if block.across else (line, column) for line in range(block.first, block.last + 1))
    return [_number(_value(book, block.sheet, *cell)) for cell in cells]


def _reference(book: Book, block: Block) -> tuple[float, ...] | None:
    """The errors of a free run in NumPy; None where the workbook's variant, start or data are not known."""
    variant = _variant(book, block)
    if variant is None:
        return None
    try:
        return tuple(train(variant).columns["error"][0].tolist())
    except (UsageError, KeyError):
        return None


def _variant(book: Book, block: Block) -> Variant | None:
    known = block.variant
    if known is None or block.loss != 1 or block.continues is not None:
        return None
    if known.model.name not in _MODELS or known.optimizer.name in _BY_EPOCH:
        return None
    inputs, targets = block.having("input"), block.having("target")
    if len(inputs) != 1 or len(targets) != 1:
        return None
    pairs = list(zip(*(_numbers(book, block, one[0].col) for one in (inputs, targets)), strict=True))
    rows = tuple((x, y) for x, y in pairs if x is not None and y is not None)
    starts = [_start(book, block, block.weights_as.get(weight, "")) for weight in known.model.weights]
    states = _states(book, block, known)
    if len(rows) != len(pairs) or None in starts or states is None:
        return None
    numbers = tuple(one for one in starts if one is not None)
    return replace(known, init=Typed(numbers), data=_Rows(rows), states=states, epochs=1)


def _start(book: Book, block: Block, name: str) -> float | None:
    place = block.starts.get(name)
    return None if place is None else _number(_value(book, *place))


def _states(book: Book, block: Block, variant: Variant) -> dict[str, float] | None:
    """The first states by the registry's key, such as ``m_a``; None where one is not known."""
    ours = {name: weight for weight, name in block.weights_as.items()}
    found: dict[str, float] = {}
    for column in block.having("state"):
        number = _start(book, block, column.name)
        if column.of in ours and number is not None:
            found[f"{column.kind}_{ours[column.of]}"] = number
    wanted = {f"{state}_{weight}" for state in variant.optimizer.states for weight in variant.model.weights}
    return {key: found[key] for key in wanted} if wanted <= found.keys() else None
