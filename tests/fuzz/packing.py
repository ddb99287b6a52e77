"""Zips made fast: entries stored as they are, no compression and no library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"

# offset and width of what a header says: ECMA-376 packages follow PKWARE's APPNOTE, sections 4.3.7, 4.3.12, 4.3.16
FIELDS = {
    LOCAL: ((4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    CENTRAL: (
        *((4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2)),
        *((32, 2), (34, 2), (36, 2), (38, 4), (42, 4)),
    ),
    END: ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}


def pack(parts: Mapping[str, bytes], deflated: bool = False) -> bytes:
    """A zip of some parts, in their order."""
    out, central, at = [], [], 0
    for name, plain in parts.items():
        data, raw = plain, name.encode("utf-8", "surrogatepass")
        if deflated:
            packer = zlib.compressobj(1, zlib.DEFLATED, -15)
            data = packer.compress(plain) + packer.flush()
        facts = struct.pack("<HHHHHIIIHH", 20, 0x800, 8 * deflated, 0, 33, zlib.crc32(plain), len(data), len(plain),
                            len(raw), 0)  # fmt: skip
        out += [LOCAL, facts, raw, data]
        central += [CENTRAL, b"\x14\0", facts, struct.pack("<HHHII", 0, 0, 0, 0, at), raw]
        at += 30 + len(raw) + len(data)
    behind = b"".join(central)
    end = struct.pack("<4sHHHHIIH", END, 0, 0, len(parts), len(parts), len(behind), at, 0)
    return b"".join((*out, behind, end))


def headers(data: bytes) -> list[tuple[int, bytes]]:
    """Where a zip's headers begin, and of which kind they are."""
    found = []
    for mark in (LOCAL, CENTRAL, END):
        at = data.find(mark)
        while at >= 0:
            found.append((at, mark))
            at = data.find(mark, at + 4)
    return found
