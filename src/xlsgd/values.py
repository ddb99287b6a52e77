"""What a cell can hold: number, text, logical, blank or error; what a formula handles besides: arrays, references.

Numbers are ``float``, text ``str``, logicals ``bool``, a blank cell is ``None`` and errors are the members of
:class:`CellError`. Mind that ``bool`` is an ``int`` in Python: test for it before numbers.

Sources: Microsoft, "Excel specifications and limits" (largest and smallest number), ECMA-376 part 1, 18.18.11.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias

_DOUBLE = struct.Struct("<d")
SMALLEST_NORMAL = sys.float_info.min  # 2.2250738585072014E-308
LARGEST = sys.float_info.max  # 1.7976931348623157E308


class CellError(Enum):
    """An error value. ``str(error)`` is what the cell shows; ``number`` is what ``ERROR.TYPE`` gives."""

    NULL = ("#NULL!", 1)
    DIV0 = ("#DIV/0!", 2)
    VALUE = ("#VALUE!", 3)
    REF = ("#REF!", 4)
    NAME = ("#NAME?", 5)
    NUM = ("#NUM!", 6)
    NA = ("#N/A", 7)
    GETTING_DATA = ("#GETTING_DATA", 8)
    SPILL = ("#SPILL!", 9)
    CONNECT = ("#CONNECT!", 10)
    BLOCKED = ("#BLOCKED!", 11)
    UNKNOWN = ("#UNKNOWN!", 12)
    FIELD = ("#FIELD!", 13)
    CALC = ("#CALC!", 14)

    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


ERRORS: dict[str, CellError] = {error.text: error for error in CellError}

NULL, DIV0, VALUE = CellError.NULL, CellError.DIV0, CellError.VALUE
REF, NAME, NUM, NA = CellError.REF, CellError.NAME, CellError.NUM, CellError.NA
SPILL, CALC = CellError.SPILL, CellError.CALC

Scalar: TypeAlias = float | str | bool | CellError | None


class Array:
    """A rectangle of scalars, ``rows[r][c]`` counted from 0; never empty (Excel gives ``#CALC!`` instead)."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[list[Scalar]]) -> None:
        self.rows = rows

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0])

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    def flat(self) -> Iterator[Scalar]:
        """All values, row by row."""
        for row in self.rows:
            yield from row

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Array) and self.rows == other.rows

    __hash__ = None  # type: ignore[assignment]  # rows are lists

    def __repr__(self) -> str:
        return f"Array({self.rows!r})"


class Area(NamedTuple):
    """A rectangle of cells on one sheet (by its position in the book), ends included, rows and columns from 1."""

    sheet: int
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1


class Reference(NamedTuple):
    """One area or several (a union, or a 3-D reference: the same rectangle on several sheets)."""

    areas: tuple[Area, ...]


class ReferenceArray(Array):
    """What OFFSET and INDIRECT give for arrays: an array of references, ``references[r][c]``.

    A cell shows #VALUE! for each of them; only N, T, SUBTOTAL, SUMIF and their like look behind.
    """

    __slots__ = ("references",)

    def __init__(self, rows: list[list[Scalar]], references: list[list[Operand]]) -> None:
        super().__init__(rows)
        self.references = references

    @classmethod
    def of(cls, references: list[list[Operand]]) -> ReferenceArray:
        """An array of references, some of them errors instead."""
        return cls([[one if isinstance(one, CellError) else VALUE for one in row] for row in references], references)


class Omitted(Enum):
    """An argument that was left out between commas, as the middle one of ``IF(A1,,3)``."""

    OMITTED = 0


OMITTED = Omitted.OMITTED


class Lambda(NamedTuple):
    """A function as a value: ``call`` takes from ``least`` to ``arity`` operands, else it gives #VALUE!."""

    call: Callable[[Sequence[Operand]], Operand]
    arity: int
    least: int = 0

    def takes(self, count: int) -> bool:
        """Whether the function can be called with so many operands."""
        return self.least <= count <= self.arity


Operand: TypeAlias = float | str | bool | CellError | Array | Reference | Lambda | Omitted | None


class Unsupported(NamedTuple):
    """Stands in an engine's result where it has no answer; ``reason`` names the function or the cause.

    It is no Excel value: nothing computes with it, and what depends on it is unsupported as well.
    """

    reason: str


def finish(number: float) -> float | CellError:
    """A floating-point result as Excel keeps it: no infinity, no NaN, no denormal, no negative zero.

    >>> finish(1e308 * 10), finish(1e-310), finish(-0.0)
    (#NUM!, 0.0, 0.0)
    """
    if -SMALLEST_NORMAL < number < SMALLEST_NORMAL:
        return 0.0
    return number if math.isfinite(number) else NUM


def ulps(one: float, two: float) -> int:
    """How many doubles apart two finite numbers are (0: equal to the bit, but for the sign of zero).

    >>> ulps(1.0, 1.0000000000000002)
    1
    """
    return abs(_ordinal(one) - _ordinal(two))


def _ordinal(number: float) -> int:
    bits = int.from_bytes(_DOUBLE.pack(number), "little", signed=True)
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)
