"""Data sets: the rows (x, y) that a run is trained on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import ClassVar

from ..errors import UsageError

Rows = tuple[tuple[float, float], ...]

# The 29 rows of graddesc.xlsm (fast.ai, Apache-2.0): y = 2x + 30, x drawn between 1 and 100.
_GRADDESC_X = (
    14,
    86,
    28,
    51,
    28,
    29,
    72,
    62,
    84,
    15,
    42,
    62,
    47,
    35,
    9,
    38,
    44,
    99,
    13,
    21,
    28,
    20,
    8,
    64,
    99,
    70,
    27,
    17,
    8,
)


@dataclass(frozen=True, slots=True)
class Data:
    """Base of the data sets. ``usage`` shows how it is written on the command line."""

    name: ClassVar[str]
    usage: ClassVar[str]
    title: ClassVar[str]

    def text(self) -> str:
        """The data set as it is written on the command line."""
        return self.name

    def rows(self) -> Rows:
        """The pairs (x, y) of one epoch, in order."""
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
        from .parse import whole

        count, _, seed = argument.partition(",")
        where = f"data set 'linear:{argument}' (wanted linear:N,SEED)"
        data = cls(whole(count, where), whole(seed or "0", where))
        if not 1 <= data.count <= 1_000_000:
            raise UsageError(f"{where}: N goes from 1 to 1,000,000")
        return data


DATASETS: tuple[type[Data], ...] = (Graddesc, LinearData)
