"""One-dimensional blocks to search in: the values of a row or a column and where each stands.

A range's vector is remembered for the run, so thousands of lookups in one column index it once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ...values import Array, CellError, Reference, Scalar
from ..compare import text_key
from ..context import Context
from .blocks import Block, shape

Key: TypeAlias = float | str | tuple[str, object]


class Vector:
    """Values in their order. ``size`` counts the blanks at the end, which ``values`` of a range leaves out."""

    __slots__ = ("_first", "_last", "size", "values")

    def __init__(self, values: list[Scalar], size: int) -> None:
        self.values, self.size = values, size
        self._first: dict[Key, int] | None = None
        self._last: dict[Key, int] | None = None

    def first(self, value: Scalar) -> int | None:
        """The first place (from 0) of a value of the same type, text case aside, numbers equal to the bit."""
        if value is None:
            return self._blank(self.values, range(len(self.values)), len(self.values))
        if self._first is None:
            self._first = {}
            for place, other in enumerate(self.values):
                if other is not None:
                    self._first.setdefault(key(other), place)
        return self._first.get(key(value))

    def last(self, value: Scalar) -> int | None:
        """The last place of a value."""
        if value is None:
            return self._blank(self.values, range(len(self.values) - 1, -1, -1), self.size - 1)
        if self._last is None:
            self._last = {key(other): place for place, other in enumerate(self.values) if other is not None}
        return self._last.get(key(value))

    def _blank(self, values: list[Scalar], places: range, behind: int) -> int | None:
        if places.step < 0 and self.size > len(values):
            return behind
        found = next((place for place in places if values[place] is None), None)
        return behind if found is None and self.size > len(values) else found

    def texts(self, test: Callable[[str], bool], places: range) -> int | None:
        """The first of some places whose text passes a test."""
        values = self.values
        for place in places:
            value = values[place]
            if isinstance(value, str) and test(value):
                return place
        return None


def key(value: Scalar) -> Key:
    """What makes values equal in a search: number, text without case, logical and error apart."""
    if isinstance(value, str):
        return text_key(value)
    if type(value) is float:
        return value
    return ("error", value) if isinstance(value, CellError) else ("other", value)


def vector(block: Block, context: Context) -> Vector | None:
    """The vector of a block of one row or one column; None where it has several of both."""
    height, width = shape(block)
    if height > 1 and width > 1:
        return None
    if isinstance(block, Array):
        values = [row[0] for row in block.rows] if width == 1 else list(block.rows[0])
        return Vector(values, len(values))
    return _of_range(block, context)


def _of_range(reference: Reference, context: Context) -> Vector:
    memo, area = context.run.memo, reference.areas[0]
    name = ("vector", area)
    known = memo.get(name) if memo is not None else None
    if isinstance(known, Vector):
        return known
    values: list[Scalar] = []
    for row, col, value in context.run.cells(area):
        place = row - area.top + col - area.left
        context.run.meter.charge(place - len(values) >> 2)
        values.extend([None] * (place - len(values)))
        values.append(value)
    found = Vector(values, max(area.height, area.width))
    if memo is not None:
        memo[name] = found
    return found
