"""Zips that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from attack_registry import attack, book, relations, save, sheet, workbook

SHEET = "xl/worksheets/sheet1.xml"


def _blob(contents: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _patched(path: Path, name: str, offset: int, kind: str, value: int, *, local: int | None = None) -> None:
    """A small workbook in which a field of an entry lies. offset: in the list of entries; local: in its own header."""
    data = bytearray(_blob(book()))
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    struct.pack_into(kind, data, entry + offset, value)
    if local is not None:
        struct.pack_into(kind, data, struct.unpack_from("<I", data, entry + 42)[0] + local, value)
    path.write_bytes(data)


@attack("zip bomb: ratio", "zip bomb")
def ratio(path: Path) -> None:
    save(path, book(sheet1=sheet(" " * 30_000_000)))


@attack("zip bomb: total size", "limit 'inflated'", alone=True)
def total(path: Path) -> None:
    """Sheets of spaces and a little noise, each packed a hundredfold: no single one stands out."""
    noise = b"".join(b"%x" % (number * 2654435761 % 2**32) for number in range(8))
    names = [f"xl/worksheets/sheet{at}.xml" for at in range(1, 13)]
    listed = "".join(f'<sheet name="S{at}" sheetId="{at}" r:id="rId{at}"/>' for at in range(1, 13))
    contents = book(workbook=workbook(f"<sheets>{listed}</sheets>"))
    contents["xl/_rels/workbook.xml.rels"] = relations(*(("worksheet", name.removeprefix("xl/")) for name in names))
    save(path, {name: content for name, content in contents.items() if name != SHEET})
    block = b"<!--" + (b" " * 4000 + noise) * 260 + b"-->"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            with archive.open(name, "w") as file:
                file.write(sheet("|").encode().partition(b"|")[0])
                for _ in range(180):
                    file.write(block)
                file.write(sheet("|").encode().partition(b"|")[2])


@attack("zip bomb: number of entries", "limit 'entries'")
def many_entries(path: Path) -> None:
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    count = 2_000_000
    central = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed = central * count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(listed), len(local), 0)
    path.write_bytes(local + listed + end)


@attack("zip bomb: nested zips", "no xl/workbook.xml")
def nested(path: Path) -> None:
    data = _blob(book())
    for depth in range(40):
        data = _blob({f"{depth}.xlsx": data})
    path.write_bytes(data)


@attack("zip bomb: entries that overlap", "share their bytes")
def overlapping(path: Path) -> None:
    """Entries whose list points to one and the same packed bytes, as in Fifield's zip bomb."""
    data = bytearray(_blob({**book(), "xl/a.xml": b"0" * 10**6, "xl/b.xml": b"0" * 10**6}))
    first, second = data.index(b"PK\x01\x02", data.rindex(b"xl/a.xml") - 50), data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    path.write_bytes(data)


@attack("entry: unpacks to more than it says", "sheet1.xml is damaged", alone=True)
def longer(path: Path) -> None:
    """A deflate stream of 4 GB that the list of entries gives as 100 bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b" " * 2**22
    packed = b"".join(packer.compress(block) for _ in range(1000)) + packer.flush()
    name = SHEET.encode()
    data = _blob({key: content for key, content in book().items() if key != SHEET})
    end = data.rindex(b"PK\5\6")
    count, _, size, offset = (
        struct.unpack_from("<HHLL", data, end + 8)[0],
        0,
        *struct.unpack_from("<LL", data, end + 12),
    )
    fields = (20, 0, 8, 0, 33, 0, len(packed), 100, len(name), 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name
    central = struct.pack("<4sH5H3L5H2L", b"PK\1\2", 20, *fields, 0, 0, 0, 0, offset) + name
    listed = data[offset : offset + size] + central
    new = data[:offset] + local + packed
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count + 1, count + 1, len(listed), len(new), 0)
    path.write_bytes(new + listed + tail)


@attack("entry: says that it is larger than it is", "damaged")
def smaller(path: Path) -> None:
    _patched(path, SHEET, 24, "<L", 10**6)


@attack("entry: says 4 GB", "(xl/worksheets/sheet1.xml; limit 'inflated')")
def says_much(path: Path) -> None:
    _patched(path, SHEET, 24, "<L", 2**32 - 2)


@attack("entry: wrong CRC", "damaged (Bad CRC")
def checksum(path: Path) -> None:
    _patched(path, SHEET, 16, "<L", 12345)


@attack("entry: packed in an unknown or a boundless way", "unknown way")
def method(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in book().items():
            archive.writestr(name, content)


@attack("entry: encrypted", "is encrypted")
def secret(path: Path) -> None:
    _patched(path, SHEET, 8, "<H", 1, local=6)


@attack("names: two entries of one name", "twice")
def twins(path: Path) -> None:
    save(path, book())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/SHEET1.xml", sheet('<row r="1"><c r="A1"><v>7</v></c></row>'))


@attack("names: absolute and with ..", answer={"S!B1": 2.0})
def climbing(path: Path) -> None:
    strange = [
        "../../../../tmp/xlsgd-evil.txt",
        "/etc/xlsgd-evil",
        "C:\\evil.txt",
        "xl/../../evil",
        "\\\\host\\share",
        "con",
    ]
    save(path, {**book(), **dict.fromkeys(strange, "evil")})


@attack("names: a symbolic link as an entry", "sheet1.xml is damaged")
def link(path: Path) -> None:
    contents = book()
    save(path, {name: content for name, content in contents.items() if name != SHEET})
    info = zipfile.ZipInfo(SHEET)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")


@attack("names: NUL, control and bidirectional characters", answer={"S!B1": 2.0})
def odd_names(path: Path) -> None:
    save(path, {**book(), "a\x01\x1b[31m\u202egpj.x": "1", "\ud7ff": "2", "é" * 2000: "3"})
