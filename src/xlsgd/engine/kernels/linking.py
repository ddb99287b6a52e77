"""Object code to a block of machine code that runs wherever it lies, and such blocks into memory.

LLVM's own loader would do, but a kernel from the disk must not cost the import of LLVM (0.1 s). So where object code
is ELF for x86-64 it is linked here, when it is made: code and constants one behind the other, distances between them
filled in. A function of another block is reached by a jump behind the code, over an address that is filled in when the
block comes into memory. Object code that needs more than that is refused, and LLVM loads it.

Source: System V ABI, AMD64 supplement, 4.4 (relocation types); ELF-64 object file format 1.5.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
import struct
import sys
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

LINKS = sys.platform == "linux" and platform.machine() == "x86_64"
"""Whether blocks can be linked and loaded here."""

_PC32, _PLT32 = 2, 4  # a distance of 32 bits, to data and to a function
_PROGBITS, _SYMBOLS, _RELOCATIONS, _EMPTY = 1, 2, 4, 8
_ALLOCATED = 2
_ELSEWHERE = 0  # the section of what another object has
_PAGE = mmap.PAGESIZE


class _Section(NamedTuple):
    kind: int
    flags: int
    data: bytes
    link: int
    info: int
    align: int


_JUMP = b"\xff\x25\x02\0\0\0\x0f\x0b"  # jmp over the address 8 bytes on; spoils no register


class Block(NamedTuple):
    """Machine code that can lie anywhere.

    entries: where its functions begin. imports: where the addresses of other blocks' functions belong.
    """

    code: bytes
    entries: dict[str, int]
    imports: dict[str, int]


def link(obj: bytes, others: Collection[str] = ()) -> Block | None:
    """The block of an object file.

    ``others``: functions that other blocks may have. None where it needs more than these and distances within it.
    """
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
    symbols = list(_symbols(table, sections[table.link].data))
    imports: dict[str, int] = {}
    for section in sections:
        if section.kind == _RELOCATIONS and section.info in places:
            for offset, info, addend in struct.iter_unpack("<QQq", section.data):
                name, home, value = symbols[info >> 32]
                if info & 0xFFFF_FFFF not in (_PC32, _PLT32):
                    return None
                if home in places:
                    target = places[home] + value
                elif home == _ELSEWHERE and name in others:
                    target = _jump(block, imports, name)
                else:
                    return None
                at = places[section.info] + offset
                struct.pack_into("<i", block, at, target + addend - at)
    entries = {name: places[home] + value for name, home, value in symbols if name and home in places}
    return Block(bytes(block), entries, imports)


def _jump(block: bytearray, imports: dict[str, int], name: str) -> int:
    """Where a jump to another block's function is, behind the code; made at the first use."""
    if name not in imports:
        block.extend(b"\xcc" * (-len(block) % 16) + _JUMP + bytes(8))
        imports[name] = len(block) - 8
    return imports[name] - len(_JUMP)


def _symbols(table: _Section, names: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, section and place in it of each symbol."""
    for start, _, _, home, value, _ in struct.iter_unpack("<IBBHQQ", table.data):
        yield names[start : names.index(b"\0", start)].decode(), home, value


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
    """A block in memory, from where it can be run as long as this object lives.

    addresses: of the functions that it imports. Raises OSError.
    """

    def __init__(self, block: Block, addresses: Mapping[str, int]) -> None:
        code = bytearray(block.code)
        for name, place in block.imports.items():
            struct.pack_into("<Q", code, place, addresses[name])
        size = -len(code) % _PAGE + len(code)
        self._memory = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE)
        self._memory.write(code)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self._protect(start, size)
        self.addresses = {name: start + place for name, place in block.entries.items()}

    @staticmethod
    def _protect(start: int, size: int) -> None:
        """From here on the memory is run and no longer written."""
        library: Any = ctypes.CDLL(None, use_errno=True)
        done = library.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), mmap.PROT_READ | mmap.PROT_EXEC)
        if done != 0:
            raise OSError(ctypes.get_errno(), "the system does not let this process run code that it has made")
