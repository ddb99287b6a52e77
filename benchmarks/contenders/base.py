"""What a contender is. Standard library only: LibreOffice's Python has nothing else.

A contender's file is imported in a process of its own, so its libraries may be imported at its top.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol


class Unavailable(Exception):
    """A contender that is not installed here; the text says why and what to do."""


class Values(NamedTuple):
    """The formula cells of a sheet as doubles in a buffer, row by row or (``by_columns``) column by column.

    Anything that is no number is a NaN.
    """

    doubles: Any
    by_columns: bool


class Contender(Protocol):
    """One program that calculates workbooks; ``work.py`` times its methods."""

    version: str

    def load(self, path: Path) -> Any:
        """Open a workbook."""

    def calculate(self, model: Any) -> dict[str, float]:
        """Calculate every formula anew; seconds by stage where the program tells them, else nothing."""

    def values(self, model: Any, sheet: str, area: tuple[int, int, int, int]) -> Values:
        """A block of cells (top, left, bottom, right, from 1) as doubles in one buffer."""

    def write(self, model: Any, path: Path) -> None:
        """Save with the new values."""

    def close(self, model: Any) -> None:
        """Let go of a workbook."""

    def peak(self) -> int:
        """The largest memory so far, in bytes."""


def peak_of(process: int | str = "self") -> int:
    """The largest resident memory of a process so far, in bytes.

    Not ``ru_maxrss``: that begins with the memory of the process that started this one.
    """
    with open(f"/proc/{process}/status", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise Unavailable("peak memory is read from /proc, which this system lacks")


class Defaults:
    """What most contenders share."""

    def close(self, model: Any) -> None:
        """Nothing to let go of."""

    def peak(self) -> int:
        """This process."""
        return peak_of()


def flat(rows: Any) -> Values:
    """Rows of Python numbers as doubles; what is no number becomes NaN."""
    from array import array
    from itertools import chain

    try:
        return Values(array("d", chain.from_iterable(rows)), False)
    except TypeError:
        cells = chain.from_iterable(rows)
        return Values(array("d", [one if isinstance(one, int | float) else float("nan") for one in cells]), False)
