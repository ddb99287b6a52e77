"""Inputs on the level of CSV files."""

from __future__ import annotations

from random import Random

from .hostile import CSV

_PLAIN = (b"x,y\n1,2\n2,4\n3,6\n", b"a;b;c\n1,5;2;x\n2,5;3;y\n", b"1\t2\n3\t4\n", b"\xef\xbb\xbfx,y\r\n1,2\r\n")


def make(random: Random) -> bytes:
    """One input."""
    data = _drawn(random) if random.random() < 0.6 else random.choice(_PLAIN)
    if random.random() < 0.5:
        new = bytearray(data)
        for _ in range(random.choice((1, 2, 5))):
            at = random.randint(0, len(new))
            new[at : at + random.choice((0, 1, 1, 3))] = random.choice(
                (
                    b"",
                    b"\0",
                    b"\n",
                    b"\r",
                    b'"',
                    b",",
                    b";",
                    b"\t",
                    b"\xff",
                    b"\xfe\xff",
                    b"\xff\xfe",
                    b"=",
                    bytes([random.getrandbits(8)]),
                )
            )
        data = bytes(new)
    return data


def _drawn(random: Random) -> bytes:
    comma, end = random.choice(",,,;\t|"), random.choice(("\n", "\n", "\r\n", "\r"))
    width, hostile = random.choice((1, 2, 2, 3, 5, 30)), random.choice((0.0, 0.02, 0.1, 0.6))
    rows = [[random.choice(CSV) if random.random() < hostile else str(random.randint(-9, 9)) for _ in range(width)]
            for _ in range(random.choice((0, 1, 2, 4, 9)))]  # fmt: skip
    heads = [random.choice(CSV) if random.random() < 0.5 else "x" for _ in range(width)]
    text = end.join(comma.join(row) for row in ([heads, *rows] if random.random() < 0.6 else rows))
    return text.encode(random.choice(("utf-8", "utf-8", "utf-8", "utf-16", "cp1252", "utf-8-sig")), "replace")
