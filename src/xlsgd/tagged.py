"""Cell values as float64 columns: whatever is not a number is a NaN that carries a tag.

The bits of such a NaN, from the top: ``0x7FF8``, 16 bits of kind, 32 bits of payload. The payload of an error is its
:attr:`~xlsgd.values.CellError.number`, of a logical 0 or 1, of a text its place in :class:`Texts`, of a cell without
an answer the place of the reason. A blank has none. No arithmetic is left to the hardware's rules for NaNs.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .values import CellError, Scalar, Unsupported

Numbers = npt.NDArray[np.float64]
"""A column of tagged values."""

NAN = 0x7FF8_0000_0000_0000
ERROR, LOGICAL, BLANK, TEXT, UNSUPPORTED = 1, 2, 3, 4, 5
"""Kinds of what is not a number."""

_ERRORS = {error.number: error for error in CellError}
_PACK = struct.Struct("<q")
_UNPACK = struct.Struct("<d")


def bits(kind: int, payload: int = 0) -> int:
    """The 64 bits of a value that is not a number.

    >>> hex(bits(LOGICAL, 1))
    '0x7ff8000200000001'
    """
    return NAN | kind << 32 | payload


def as_number(pattern: int) -> float:
    """The float64 with these bits."""
    number: float = _UNPACK.unpack(_PACK.pack(pattern))[0]
    return number


def as_bits(number: float) -> int:
    """The bits of a float64 as an unsigned number."""
    pattern: int = _PACK.unpack(_UNPACK.pack(number))[0]
    return pattern & 0xFFFF_FFFF_FFFF_FFFF


BLANK_NUMBER = as_number(bits(BLANK))


@dataclass(slots=True)
class Texts:
    """The texts that tagged columns refer to, each once; reasons of unsupported cells stand among them."""

    texts: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def place(self, text: str) -> int:
        """Where a text stands; it is added where it is new."""
        found = self.places.get(text)
        if found is None:
            found = self.places[text] = len(self.texts)
            self.texts.append(text)
        return found


def tag(value: Scalar | Unsupported, texts: Texts) -> int:
    """The bits of a value that is not a number."""
    if value is None:
        return bits(BLANK)
    if isinstance(value, bool):
        return bits(LOGICAL, int(value))
    if isinstance(value, CellError):
        return bits(ERROR, value.number)
    if isinstance(value, str):
        return bits(TEXT, texts.place(value))
    if isinstance(value, Unsupported):
        return bits(UNSUPPORTED, texts.place(value.reason))
    return as_bits(value)


def untag(number: float, texts: Texts) -> Scalar | Unsupported:
    """A tagged value as the rest of the package knows it.

    >>> untag(as_number(bits(ERROR, 7)), Texts()), untag(1.5, Texts()), untag(BLANK_NUMBER, Texts())
    (#N/A, 1.5, None)
    """
    if number == number:
        return number
    pattern = as_bits(number)
    kind, payload = pattern >> 32 & 0xFFFF, pattern & 0xFFFF_FFFF
    if kind == ERROR:
        return _ERRORS[payload]
    if kind == LOGICAL:
        return payload == 1
    if kind == TEXT:
        return texts.texts[payload]
    if kind == UNSUPPORTED:
        return Unsupported(texts.texts[payload])
    return None


def tagged(values: Sequence[Scalar | Unsupported], texts: Texts) -> Numbers:
    """A column from values.

    >>> tagged([1.0, None, True], Texts()).tolist()
    [1.0, nan, nan]
    """
    column = np.empty(len(values), dtype=np.float64)
    patterns = column.view(np.uint64)
    for place, value in enumerate(values):
        if type(value) is float:
            column[place] = value
        else:
            patterns[place] = tag(value, texts)
    return column


def untagged(column: Numbers, texts: Texts) -> list[Scalar | Unsupported]:
    """The values of a column."""
    values: list[Scalar | Unsupported] = column.tolist()
    for place in np.flatnonzero(np.isnan(column)).tolist():
        values[place] = untag(_number_at(column, place), texts)
    return values


def kinds(column: Numbers) -> npt.NDArray[np.int64]:
    """The kind of each value: 0 for a number, else ERROR, LOGICAL, …

    >>> kinds(tagged([1.0, True], Texts())).tolist()
    [0, 2]
    """
    patterns = column.view(np.uint64) >> np.uint64(32) & np.uint64(0xFFFF)
    return np.where(np.isnan(column), patterns.astype(np.int64), 0)


def blanks(count: int) -> Numbers:
    """A column of blanks."""
    column = np.empty(count, dtype=np.float64)
    column.view(np.uint64)[:] = bits(BLANK)
    return column


def is_blank(column: Numbers) -> npt.NDArray[np.bool_]:
    """Which values of a column are blank."""
    return np.asarray(column.view(np.uint64) == bits(BLANK), dtype=np.bool_)


def _number_at(column: Numbers, place: int) -> float:
    return float(column[place])
