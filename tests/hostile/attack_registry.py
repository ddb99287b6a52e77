"""The attacks by name: what each writes, and what must come of it. docs/security.md has a row for each."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from make_package import MAIN, parts, relations, save, sheet, strings, workbook

Maker = Callable[[Path], object]
Contents = dict[str, str | bytes]


COMMANDS = ("calc", "verify", "calc -o", "annotate")


@dataclass(frozen=True, slots=True)
class Attack:
    """make: writes the file. refused: words of the error, "" where there is a right answer. answer: some of its cells.

    alone: it may need much memory, so that its process handles nothing else. by: the commands that refuse it; to the
    others what is wrong with it does not matter.
    """

    make: Maker
    refused: str
    answer: Mapping[str, object] = field(default_factory=dict)
    alone: bool = False
    by: tuple[str, ...] = COMMANDS


ATTACKS: dict[str, Attack] = {}
OTHERS = {
    "file: cut off after any byte": "test_cut_off_after_any_byte",
    "parts: cut off after any byte": "test_parts_cut_off_after_any_byte",
    "file: changes while it is read": "test_a_file_that_changes_while_it_is_read",
}
"""Attacks that have a test of their own."""


def attack(
    name: str,
    refused: str = "",
    answer: Mapping[str, object] | None = None,
    alone: bool = False,
    by: tuple[str, ...] = COMMANDS,
) -> Callable[[Maker], Maker]:
    """Enter an attack. Its name is that of its row in the table."""

    def enter(make: Maker) -> Maker:
        assert name not in ATTACKS, name
        ATTACKS[name] = Attack(make, refused, answer or {}, alone, by)
        return make

    return enter


_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}worksheet+xml"/></Types>'
)


def row(number: int, cells: str = "", attributes: str = "") -> str:
    return f'<row r="{number}"{attributes}>{cells}</row>'


def doubled() -> str:
    """Rows with =A*2 in B; the fourth has an old value and the sixth a number in its place, so that findings exist."""
    rows = ""
    for number in range(1, 13):
        formula = "" if number == 6 else f"<f>A{number}*2</f>"
        value = 99 if number == 4 else 2 * number
        rows += row(number, f'<c r="A{number}"><v>{number}</v></c><c r="B{number}">{formula}<v>{value}</v></c>')
    return rows


def book(rows: str | None = None, behind: str = "", **changed: str | bytes) -> Contents:
    """A small workbook's parts. changed: other contents of parts, by the last word of their names."""
    contents: Contents = {"[Content_Types].xml": TYPES, **parts(doubled() if rows is None else rows, behind)}
    for key, content in changed.items():
        name = next(name for name in contents if name.removesuffix(".xml").endswith(key))
        contents[name] = content
    return contents


def with_parts(contents: Contents, kinds: Mapping[str, tuple[str, str | bytes]]) -> Contents:
    """More parts beside the sheet: kind of relationship → name below ``xl/`` and content."""
    targets = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")]
    contents["xl/_rels/workbook.xml.rels"] = relations(*targets, *((kind, name) for kind, (name, _) in kinds.items()))
    return {**contents, **{f"xl/{name}": content for name, content in kinds.values()}}


def large(path: Path, name: str, head: bytes, middle: bytes, times: int, tail: bytes, contents: Contents) -> None:
    """A workbook of which one part is large: its middle is written many times."""
    save(path, {key: content for key, content in contents.items() if key != name})
    block = middle * max(1, 2**20 // len(middle))
    archive = zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open(name, "w", force_zip64=True) as file:
        file.write(head)
        for _ in range(times * len(middle) // len(block) + 1):
            file.write(block)
        file.write(tail)


__all__ = [
    "ATTACKS",
    "COMMANDS",
    "MAIN",
    "OTHERS",
    "TYPES",
    "Attack",
    "Contents",
    "attack",
    "book",
    "doubled",
    "large",
    "relations",
    "row",
]
__all__ += ["save", "sheet", "strings", "with_parts", "workbook"]
