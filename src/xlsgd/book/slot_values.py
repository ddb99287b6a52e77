"""The values in the slots of a fill-down, all rows at once, as tagged columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..tagged import BLANK, Numbers, Texts, bits, tag
from ..values import SMALLEST_NORMAL
from .cells import Cells, to_number
from .decimals import numbers
from .fill_down import Found, Page, Slot
from .plain_rows import plain_text

_NUMBERS = {None, "n"}
_MAX_KNOWN = 100_000


@dataclass(slots=True)
class SlotValues:
    """Reads values for one sheet. known: by the cell's type, what the texts that came up stand for."""

    cells: Cells
    texts: Texts
    known: dict[str | None, dict[bytes, int]] = field(default_factory=dict)

    def read(self, page: Page, slots: Sequence[Slot], found: Found) -> tuple[int, list[Numbers]]:
        """The values of each slot, and how many rows could be read: the next has one for the XML parser.

        Raises UnreadableError where a value refers to nothing.
        """
        count = found.height
        numeric = [place for place, slot in enumerate(slots) if slot.kind in _NUMBERS]
        columns: dict[int, Numbers] = {}
        if numeric:
            starts = np.concatenate([found.starts[place] for place in numeric])
            ends = np.concatenate([found.ends[place] for place in numeric])
            values, count = self._numbers(page, starts, ends, count)
            columns = dict(zip(numeric, values.reshape(len(numeric), -1), strict=True))
        for place, slot in enumerate(slots):
            if slot.kind not in _NUMBERS:
                columns[place], count = self._others(page, slot.kind, found.starts[place], found.ends[place], count)
        return count, [columns[place][:count] for place in range(len(slots))]

    def _numbers(
        self, page: Page, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], count: int
    ) -> tuple[Numbers, int]:
        values, odd = numbers(page.buffer, starts, ends)
        values[np.abs(values) < SMALLEST_NORMAL] = 0.0
        height, patterns = count, values.view(np.uint64)
        for place in np.flatnonzero(odd).tolist():
            pattern = self._pattern(None, page.data[int(starts[place]) : int(ends[place])])
            if pattern is None:
                count = min(count, place % height)
            else:
                patterns[place] = pattern
        return values, count

    def _others(
        self, page: Page, kind: str | None, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], count: int
    ) -> tuple[Numbers, int]:
        known = self.known.setdefault(kind, {})
        if len(known) > _MAX_KNOWN:
            known.clear()
        patterns = np.full(count, bits(BLANK), dtype=np.uint64)
        for place, (start, end) in enumerate(zip(starts[:count].tolist(), ends[:count].tolist(), strict=True)):
            raw = page.data[start:end]
            pattern = known.get(raw)
            if pattern is None:
                pattern = self._pattern(kind, raw)
                if pattern is None:
                    return patterns.view(np.float64), place
                known[raw] = pattern
            patterns[place] = pattern
        return patterns.view(np.float64), count

    def _pattern(self, kind: str | None, raw: bytes) -> int | None:
        """The bits of a value; None where only an XML parser can say."""
        text = plain_text(raw)
        if text is None:
            return None
        if kind in _NUMBERS or kind is None:
            return tag(to_number(text), self.texts)
        return tag(self.cells.value(kind, text, None, (1, 1)), self.texts)
