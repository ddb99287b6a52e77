"""The cached points of charts over many cells, made when the file is packed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ..tagged import Numbers

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

    from .later import Later

_BLOCK = 8192
_POINT = '<c:pt idx="%d"><c:v>%.16g</c:v></c:pt>'
_LONGEST = 64


class Points(Sequence[str | None]):
    """Numbers in the form in which XlsxWriter keeps a range for a chart; NaN: no point."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> str | None: ...
    @overload
    def __getitem__(self, place: slice) -> Points: ...
    def __getitem__(self, place: int | slice) -> str | Points | None:
        if isinstance(place, slice):
            return Points(self.numbers[place])
        number = float(self.numbers[place])
        return None if number != number else f"{number:.16g}"

    def xml(self) -> Iterator[bytes]:
        """The ``numCache`` element."""
        yield f'<c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{len(self)}"/>'.encode()
        for first in range(0, len(self), _BLOCK):
            numbers = self.numbers[first : first + _BLOCK]
            places = np.flatnonzero(~np.isnan(numbers))
            pairs = zip((places + first).tolist(), numbers[places].tolist(), strict=True)
            yield (_POINT * len(places) % tuple(chain.from_iterable(pairs))).encode()
        yield b"</c:numCache>"


def write_points_late(chart: Chart, later: Later) -> None:
    """Let a chart leave a mark where its points will be."""
    at_once, kind_of = chart._write_num_cache, chart._get_data_type

    def write(data: Any) -> None:
        if isinstance(data, Points):
            chart.fh.write(later.mark(data.xml, len(data) * _LONGEST))
        else:
            at_once(data)

    def kind(data: Any) -> Any:
        return "num" if isinstance(data, Points) else kind_of(data)

    chart._write_num_cache, chart._get_data_type = write, kind
