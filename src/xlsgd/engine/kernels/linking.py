"""Object code to a block of machine code that runs wherever it lies, and such blocks into memory.

LLVM's own loader would do, but a kernel from the disk must not cost the import of LLVM (0.1 s). So where object code
is ELF for x86-64 it is linked here, when it is made: code and constants one behind the other, distances between them
filled in. Object code that needs more than that is refused, and LLVM loads it.

Source: System V ABI, AMD64 supplement, 4.4 (relocation types); ELF-64 object file format 1.5.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
import struct
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

LINKS = sys.platform == "linux" and platform.machine() == "x86_64"
"""Whether blocks can be linked and loaded here."""

_PC32, _PLT32 = 2, 4  # a distance of 32 bits, to data and to a function
_PROGBITS, _SYMBOLS, _RELOCATIONS, _EMPTY = 1, 2, 4, 8
_ALLOCATED = 2
_PAGE = mmap.PAGESIZE


class _Section(NamedTuple):
    kind: int
    flags: int
    data: bytes
    link: int
    info: int
    align: int


class Block(NamedTuple):
    """Machine code that can lie anywhere; ``entry``: where its function begins."""

    code: bytes
    entry: int


def link(obj: bytes, name: str) -> Block | None:
    """The block of an object file with the function ``name``; None where it needs more than distances within it."""
    sections = list(_sections(obj))
    places: dict[int, int] = {}
    block = bytearray()
    for number, section in enumerate(sections):
        if section.flags & _ALLOCATED and section.data:
            if section.kind != _PROGBITS:
                continue  # unwind tables: nobody unwinds a kernel
            block.extend(b"\0" * (-len(block) % max(section.align, 16)))
            places[number] = len(block)
            block.extend(section.data)
    table = next((section for section in sections if section.kind == _SYMBOLS), None)
    if table is None:
        return None
    symbols = list(struct.iter_unpack("<IBBHQQ", table.data))
    names = sections[table.link].data
    for section in sections:
        if section.kind == _RELOCATIONS and section.info in places:
            for offset, info, addend in struct.iter_unpack("<QQq", section.data):
                _, _, _, home, value, _ = symbols[info >> 32]
                if info & 0xFFFF_FFFF not in (_PC32, _PLT32) or home not in places:
                    return None
                at = places[section.info] + offset
                struct.pack_into("<i", block, at, places[home] + value + addend - at)
    wanted = name.encode()
    for start, _, _, home, value, _ in symbols:
        if names[start : names.index(b"\0", start)] == wanted and home in places:
            return Block(bytes(block), places[home] + value)
    return None


def _sections(obj: bytes) -> Iterator[_Section]:
    if obj[:6] != b"\x7fELF\x02\x01":
        return
    (start,) = struct.unpack_from("<Q", obj, 40)
    size, count = struct.unpack_from("<HH", obj, 58)
    for number in range(count):
        _, kind, flags, _, offset, length, link, info, align, _ = struct.unpack_from(
            "<IIQQQQIIQQ", obj, start + number * size
        )
        held = b"" if kind == 8 else obj[offset : offset + length]
        yield _Section(kind, flags, held, link, info, align)


class Memory:
    """A block in memory, from where it can be run as long as this object lives. Raises OSError."""

    def __init__(self, block: Block) -> None:
        size = -len(block.code) % _PAGE + len(block.code)
        self._memory = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE)
        self._memory.write(block.code)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self._protect(start, size)
        self.address = start + block.entry

    @staticmethod
    def _protect(start: int, size: int) -> None:
        """From here on the memory is run and no longer written."""
        library: Any = ctypes.CDLL(None, use_errno=True)
        done = library.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), mmap.PROT_READ | mmap.PROT_EXEC)
        if done != 0:
            raise OSError(ctypes.get_errno(), "the system does not let this process run code that it has made")
