"""New values in the bytes of a large worksheet part: one regular expression takes whole pieces of rows apart.

What is written is what :mod:`xlsgd.book.cell_bytes` writes. Rows in which anything but plain cells stands (comments,
inline strings, white space inside of cells, prefixes) raise :class:`Unplain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..address import column_number
from ..tagged import Numbers, Texts, as_bits, as_number, untag
from ..values import Unsupported
from .cell_bytes import Stored, stored, value_element, with_attribute
from .metadata_xml import Marks
from .patch_columns import Changes
from .write_rows import number_texts

_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>/]*)'
    rb"(?:(/)>|(>(?:<f[^<>]*(?:/>|>[^<]*</f>))?)((?:<v\s*/>|<v(?:\s[^<>]*)?>[^<]*</v>)?)</c>)"
)
_GROUPS, _PIECES = 7, 9
_GAP = re.compile(rb"(?:\s+|</row>|<row(?:\s[^<>]*)?>)*+")
_START, _END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"


_NUMBER = Stored(None, "")


class Unplain(Exception):
    """The part is written in another way than most: nothing is known to be wrong with it."""


class _Attributes(dict[bytes, bytes]):
    """The attributes of cells (but for ``r``) as they are for a value of a type and with a mark."""

    def __init__(self, value: Stored) -> None:
        self.value = value

    def __missing__(self, old: bytes) -> bytes:
        found = with_attribute(with_attribute(old, b"t", self.value.kind), b"vm", self.value.mark)
        self[old] = found
        return found


@dataclass(slots=True)
class Rewriter:
    """Writes the changes of one part. attributes, values: what came up so far, by type and mark or by bits."""

    changes: Mapping[int, Changes]
    texts: Texts
    marks: Marks
    attributes: dict[tuple[str | None, str | None], _Attributes] = field(default_factory=dict)
    values: dict[int, tuple[bytes, _Attributes]] = field(default_factory=dict)
    columns: dict[bytes, int] = field(default_factory=dict)

    def pieces(self, old: Iterator[bytes]) -> Iterator[bytes]:
        """The new bytes for the old ones, both in pieces. Raises Unplain."""
        data, inside = b"", False
        for piece in old:
            data += piece
            if not inside:
                at = data.find(_START)
                if at < 0:
                    continue
                yield data[: at + len(_START)]
                data, inside = data[at + len(_START) :], True
            end = data.find(_END)
            if end >= 0:
                yield self._rows(data[:end])
                yield data[end:]
                yield from old
                return
            cut = data.rfind(_ROW_END) + len(_ROW_END)
            if cut >= len(_ROW_END):
                yield self._rows(data[:cut])
                data = data[cut:]
        raise Unplain

    def _rows(self, data: bytes) -> bytes:
        parts: list[bytes] = _CELL.split(data)
        gaps, letters, rows, attributes, closed, bodies, values = (parts[at::_GROUPS] for at in range(_GROUPS))
        if not all(_GAP.fullmatch(gap) for gap in {*gaps}):
            raise Unplain
        count = len(letters)
        empty = [place for place, slash in enumerate(closed) if slash is not None]
        ends = [b"</c>"] * count
        for place in empty:
            bodies[place], values[place], ends[place] = b"/>", b"", b""
        self._set(letters, rows, attributes, values)
        for place in empty:
            if values[place]:
                bodies[place], ends[place] = b">", b"</c>"
        out = [b""] * (_PIECES * count + 1)
        out[0::_PIECES] = gaps
        filled = [b'<c r="'] * count, letters, rows, [b'"'] * count, attributes, bodies, values, ends
        for at, items in enumerate(filled, 1):
            out[at::_PIECES] = items
        return b"".join(out)

    def _set(self, letters: list[bytes], rows: list[bytes], attributes: list[bytes], values: list[bytes]) -> None:
        """Put the new values and attributes of the cells that change into the lists, and note that they were found."""
        if not letters:
            return
        for name in set(letters) - self.columns.keys():
            self.columns[name] = column_number(name.decode())
        cols = np.fromiter(map(self.columns.__getitem__, letters), dtype=np.int64, count=len(letters))
        numbers = np.array(rows).astype(np.int64)
        for col in np.unique(cols).tolist():
            changes = self.changes.get(col)
            if changes is None:
                continue
            places = np.flatnonzero(cols == col)
            at = numbers[places] - changes.top
            here = (at >= 0) & (at < len(changes.wanted))
            here[here] = changes.wanted[at[here]]
            changes.found[at[here]] = True
            self._set_column(places[here], changes.numbers[at[here]], attributes, values)

    def _set_column(
        self, places: npt.NDArray[np.int64], numbers: Numbers, attributes: list[bytes], values: list[bytes]
    ) -> None:
        strange = np.isnan(numbers)
        plain = self._attributes(_NUMBER)
        for place, value in zip(places[~strange].tolist(), _number_elements(numbers[~strange]), strict=True):
            values[place] = value
            attributes[place] = plain[attributes[place]]
        for place, number in zip(places[strange].tolist(), numbers[strange].tolist(), strict=True):
            pattern = as_bits(number)
            if pattern not in self.values:
                self.values[pattern] = self._element(pattern)
            values[place], changed = self.values[pattern]
            attributes[place] = changed[attributes[place]]

    def _element(self, pattern: int) -> tuple[bytes, _Attributes]:
        value = untag(as_number(pattern), self.texts)
        assert not isinstance(value, Unsupported)
        found = stored(value, self.marks)
        return value_element(found, b"", "utf-8"), self._attributes(found)

    def _attributes(self, value: Stored) -> _Attributes:
        return self.attributes.setdefault((value.kind, value.mark), _Attributes(value))


def _number_elements(numbers: Numbers) -> list[bytes]:
    """The ``v`` elements of numbers."""
    if not len(numbers):
        return []
    return ("<v>" + "</v>,<v>".join(number_texts(numbers)) + "</v>").encode().split(b",")
