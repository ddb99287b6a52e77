"""Data sets: the rows that a run is trained on, inputs first and targets after them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

from ..errors import UsageError
from .numbers import whole

Rows = tuple[tuple[float, ...], ...]

# The 29 rows of graddesc.xlsm (fast.ai, Apache-2.0): y = 2x + 30, x drawn between 1 and 100.
# fmt: off
_GRADDESC_X = (
    14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9,
    38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8,
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Data:
    """Base of the data sets. ``usage`` shows how it is written on the command line.

    inputs, targets: the keys of the columns, ``x`` and ``y`` or ``x1 x2 …`` and ``y1 y2 …``. headers: what people call
    them. classes: their names where the targets are one 1 among 0s, a target a class; empty otherwise.
    """

    name: ClassVar[str]
    usage: ClassVar[str]
    title: ClassVar[str]

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("x",)

    @property
    def targets(self) -> tuple[str, ...]:
        return ("y",)

    @property
    def headers(self) -> tuple[str, ...]:
        return (*self.inputs, *self.targets)

    @property
    def classes(self) -> tuple[str, ...]:
        return ()

    def text(self) -> str:
        """The data set as it is written on the command line."""
        return self.name

    def rows(self) -> Rows:
        """The rows of one epoch, in order, each the inputs and after them the targets: ``(x, y)``."""
        raise NotImplementedError(type(self).__name__)

    @classmethod
    def parse(cls, argument: str) -> Data:
        """The data set from what follows the colon. Raises UsageError."""
        if argument:
            raise UsageError(f"data set '{cls.name}' takes no value, got '{argument}'")
        return cls()


@dataclass(frozen=True, slots=True)
class Graddesc(Data):
    """The 29 rows of graddesc.xlsm, y = 2x + 30."""

    name: ClassVar[str] = "graddesc"
    usage: ClassVar[str] = "graddesc"
    title: ClassVar[str] = "the 29 rows of graddesc.xlsm, y = 2x + 30"

    def rows(self) -> Rows:
        return tuple((float(x), 2.0 * x + 30.0) for x in _GRADDESC_X)


@dataclass(frozen=True, slots=True)
class LinearData(Data):
    """``count`` rows drawn as in graddesc: x a whole number from 1 to 100 under ``seed``, y = 2x + 30."""

    name: ClassVar[str] = "linear"
    usage: ClassVar[str] = "linear:N,SEED"
    title: ClassVar[str] = "rows drawn anew, y = 2x + 30"
    count: int = 29
    seed: int = 0

    def text(self) -> str:
        return f"linear:{self.count},{self.seed}"

    def rows(self) -> Rows:
        draw = random.Random(self.seed)
        xs = [draw.randint(1, 100) for _ in range(self.count)]
        return tuple((float(x), 2.0 * x + 30.0) for x in xs)

    @classmethod
    def parse(cls, argument: str) -> Data:
        count, _, seed = argument.partition(",")
        where = f"data set 'linear:{argument}' (wanted linear:N,SEED)"
        data = cls(whole(count, where), whole(seed or "0", where))
        if not 1 <= data.count <= 1_000_000:
            raise UsageError(f"{where}: N goes from 1 to 1,000,000")
        return data


@dataclass(frozen=True, slots=True)
class Elbow(Data):
    """x from −80 to 120 in steps of 10, and a line with an elbow at x = 0: y = 2·max(x, 0) + 30."""

    name: ClassVar[str] = "elbow"
    usage: ClassVar[str] = "elbow"
    title: ClassVar[str] = "x from −80 to 120, y = 2·max(x, 0) + 30"

    def rows(self) -> Rows:
        return tuple((float(x), 2.0 * max(x, 0) + 30.0) for x in range(-80, 121, 10))


@dataclass(frozen=True, slots=True)
class Steps(Data):
    """No data, only a number of steps: for models that need none."""

    name: ClassVar[str] = "steps"
    usage: ClassVar[str] = "steps:N"
    title: ClassVar[str] = "no data, steps alone"
    count: int = 29

    @property
    def inputs(self) -> tuple[str, ...]:
        return ()

    @property
    def targets(self) -> tuple[str, ...]:
        return ()

    def text(self) -> str:
        return f"steps:{self.count}"

    def rows(self) -> Rows:
        return ((),) * self.count

    @classmethod
    def parse(cls, argument: str) -> Data:
        where = f"data set 'steps:{argument}' (wanted steps:N)"
        data = cls(whole(argument, where) if argument else 29)
        if not 1 <= data.count <= 1_000_000:
            raise UsageError(f"{where}: N goes from 1 to 1,000,000")
        return data
