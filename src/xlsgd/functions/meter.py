"""How much work the formulas of one evaluation may be, counted in steps and not in seconds: equal books, equal answers.

A step is about a tenth of a microsecond. Each cell has a few for nothing, so that the time of a workbook of modest
formulas grows with its size; what a cell needs beyond comes out of one pool (the limit ``steps``), of which no cell
gets more than three quarters. A cell that needs more has no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..limits import current
from .context import NoAnswer

FREE = 500
"""Steps of each cell that do not come out of the pool."""
CALL = 20
"""Steps of a function's call."""
FILL = 12
"""Steps of a cell that an array fills."""


class Meter:
    """What is left of the steps. elements: the most that an array may have. refused: something needed too many."""

    __slots__ = ("_cell", "_free", "elements", "filled", "limit", "pool", "refused")

    def __init__(self) -> None:
        limits = current()
        self.elements, self.limit, self.pool = limits.elements, limits.steps, limits.steps
        self.refused = False
        self.refill()
        self.start()

    def start(self, free: int = FREE) -> None:
        """A cell is evaluated from here on."""
        self._free, self._cell = free, self.limit - self.limit // 4

    def charge(self, steps: int) -> None:
        """Take steps. Raises NoAnswer where there are not so many."""
        if steps <= self._free:
            self._free -= steps
            return
        steps -= self._free
        self._free = 0
        if steps > self.pool or steps > self._cell:
            self.refused = True
            what = "of a formula" if steps > self._cell else "of a workbook"
            self._cell = 0
            raise NoAnswer(f"more calculation {what} than the limit of {self.limit} steps allows")
        self.pool -= steps
        self._cell -= steps

    def size(self, height: int, width: int) -> None:
        """Take the steps that making an array takes. Raises NoAnswer where it is larger than arrays may be."""
        if height * width > self.elements:
            raise NoAnswer(f"an array of {height} x {width} elements")
        self.charge(height * width)

    def fill(self, cells: int) -> None:
        """Take cells that an array fills. Raises NoAnswer where arrays would fill too many together."""
        if cells > self.filled:
            raise NoAnswer(f"arrays that fill more than {self.elements // 4} cells of a workbook")
        self.charge(FILL * cells)
        self.filled -= cells

    def refill(self) -> None:
        """No array fills cells any more."""
        self.filled = self.elements // 4


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered(meter: Meter | None) -> Iterator[None]:
    """Within, what functions do counts on this meter; None: nowhere, as where machine code calls them."""
    token = _meter.set(meter)
    try:
        yield
    finally:
        _meter.reset(token)


def charge(steps: int) -> None:
    """Take steps of the evaluation around, if there is one. Raises NoAnswer where there are not so many."""
    meter = _meter.get()
    if meter is not None:
        meter.charge(steps)


def check_size(height: int, width: int) -> None:
    """An array of this size is about to be made. Raises NoAnswer where it is more than this program holds."""
    meter = _meter.get()
    if meter is not None:
        meter.size(height, width)
    elif height * width > min(FREE, current().elements):
        Meter().size(height, width)
