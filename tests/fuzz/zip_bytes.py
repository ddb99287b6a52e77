"""Inputs on the level of bytes: zips with flipped bits, cut, spliced, doubled, with lies in their headers."""

from __future__ import annotations

from random import Random

from .corpus import choose, choose_zip, zipped
from .packing import FIELDS, headers, pack

_WORDS = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
_LONGS = (*_WORDS, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def make(random: Random) -> bytes:
    """One input."""
    if random.random() < 0.25:
        return _inside(random)
    data = choose_zip(random)
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        data = random.choice(_CHANGES)(data, random)
    return data


def _inside(random: Random) -> bytes:
    """Bytes of one part changed, the zip around it whole, so that the parser sees them."""
    book = choose(random)
    name = random.choice(list(book))
    for _ in range(random.choice((1, 1, 2, 5))):
        book[name] = random.choice((_flip, _flip, _set, _cut, _twice, _splice, _drop))(book[name], random)
    return pack(book)


def _flip(data: bytes, random: Random) -> bytes:
    return _put(data, random, lambda old: old ^ (1 << random.randrange(8)))


def _set(data: bytes, random: Random) -> bytes:
    return _put(data, random, lambda _: random.choice((0, 9, 10, 32, 34, 38, 39, 47, 60, 62, 127, 128, 192, 255)))


def _put(data: bytes, random: Random, change) -> bytes:  # type: ignore[no-untyped-def]
    if not data:
        return data
    new = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 4, 16))):
        at = random.randrange(len(new))
        new[at] = change(new[at])
    return bytes(new)


def _cut(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] if random.random() < 0.8 else data[at:]


def _span(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.choice((1, 2, 4, 16, 64, 500)))


def _drop(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _twice(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 50)) + data[end:]


def _splice(data: bytes, random: Random) -> bytes:
    other = random.choice(zipped())
    start, end = _span(other, random)
    at = random.randint(0, len(data))
    return data[:at] + other[start:end] + data[at + random.choice((0, end - start)) :]


def _lie(data: bytes, random: Random) -> bytes:
    """Another value in a field of a header."""
    found = headers(data)
    if not found:
        return data
    at, mark = random.choice(found)
    offset, width = random.choice(FIELDS[mark])
    place = at + offset
    old = int.from_bytes(data[place : place + width], "little")
    new = random.choice(
        (old + 1, old - 1, old * 2, random.choice(_LONGS), random.choice(_WORDS), random.getrandbits(32))
    )
    return data[:place] + (new % 256**width).to_bytes(width, "little") + data[place + width :]


def _append(data: bytes, random: Random) -> bytes:
    more = random.choice((bytes(22), b"PK\x05\x06" + bytes(18), random.choice(zipped()), b"x" * 70_000))
    return data + more if random.random() < 0.5 else more + data


_CHANGES = (_flip, _flip, _set, _cut, _drop, _twice, _splice, _lie, _lie, _lie, _lie, _append)
