"""Parts of a package that are made only when it is packed: until then a mark stands in their place.

A mark has characters that XML cannot hold, so nothing in a part of XML can be mistaken for one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

Maker = Callable[[], Iterator[bytes]]

_MARK = re.compile(rb"\x01([0-9]+)\x02")
_LEVEL = 4


class Later:
    """What marks stand for. ``size``: roughly how many bytes all of it may have."""

    def __init__(self) -> None:
        self.makers: list[Maker] = []
        self.size = 0

    def mark(self, maker: Maker, size: int) -> str:
        """A mark for what a maker gives, of roughly so many bytes."""
        self.makers.append(maker)
        self.size += size
        return f"\x01{len(self.makers) - 1}\x02"

    def pack(self, package: bytes) -> bytes:
        """A package with everything in the place of its mark; its entries keep their names and their order."""
        if not self.makers:
            return package
        whole = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(package)) as source,
            zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target,
            ThreadPoolExecutor(1) as other,
        ):
            for name in source.namelist():
                # Names instead of ZipInfo: the entries get the level, and the date 1980-01-01 that XlsxWriter sets too.
                with target.open(name, "w", force_zip64=self.size > zipfile.ZIP64_LIMIT // 2) as file:
                    self._write(file.write, other, self._pieces(name, source.read(name)))
        return whole.getvalue()

    def _pieces(self, name: str, data: bytes) -> Iterator[bytes]:
        at = 0
        for found in _MARK.finditer(data) if name.endswith(".xml") else ():
            yield data[at : found.start()]
            yield from self.makers[int(found[1])]()
            at = found.end()
        yield data[at:]

    def _write(self, write: Callable[[bytes], int], other: ThreadPoolExecutor, pieces: Iterator[bytes]) -> None:
        """Compress each piece in the other thread while the next one is made."""
        waiting: Future[int] | None = None
        for piece in pieces:
            if waiting is not None:
                waiting.result()
            waiting = other.submit(write, piece)
        if waiting is not None:
            waiting.result()
