"""Reads the lines of ``tests/cases/*.txt``; ``tests/cases/README.md`` describes them.

``[cells] =FORMULA ; expected ; source``. Splitting respects text in quotes and arrays in braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xlsgd.address import parse_box, parse_cell
from xlsgd.book import Book, Cell, Formula, Name, Settings, Sheet, Table
from xlsgd.values import ERRORS, Scalar

FOLDER = Path(__file__).parent / "cases"
LEDGER = FOLDER / "known_differences.txt"
PLACE = (1, 26)  # the formula stands in Z1

Rows = list[list[Scalar]]


@dataclass(frozen=True)
class Case:
    """One line. ``expected`` has one row and one column unless it is written in braces; ``tolerance`` 0: to the bit."""

    file: str
    line: int
    question: str
    setup: tuple[str, ...]
    formula: str
    expected: Rows
    spills: bool
    tolerance: float
    source: str

    @property
    def id(self) -> str:
        return f"{self.file}:{self.line}"


def read_cases() -> list[Case]:
    """All cases of all files, in order."""
    files = sorted(path for path in FOLDER.glob("*.txt") if path != LEDGER)
    return [read_case(path.name, number, line) for path in files for number, line in lines(path)]


def read_ledger() -> dict[str, str]:
    """Question → reason, of the cases that are known to differ from Excel."""
    entries = (line.rpartition(" ; ") for _, line in lines(LEDGER))
    return {question: reason for question, _, reason in entries}


def lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


def split(text: str, mark: str) -> list[str]:
    """The parts of a text between marks that stand outside quotes, braces and brackets."""
    parts, start, depth, quote = [], 0, 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "{[":
            depth += 1
        elif letter in "}]":
            depth -= 1
        elif not depth and text.startswith(mark, at) and at >= start:
            parts.append(text[start:at])
            start = at + len(mark)
    return [*parts, text[start:]]


def read_case(file: str, number: int, line: str) -> Case:
    """Raises ValueError where the line is not of the form."""
    question, *rest = split(line, " ; ")
    if len(rest) != 2:
        raise ValueError(f"{file}, line {number}: wanted 'formula ; expected ; source', got {line!r}")
    setup, formula = "", question
    if question.startswith("["):
        head, formula = split(question, "=")[0], ""
        setup, formula = head.rstrip()[1:-1], question[len(head) :]
    if not formula.startswith("="):
        raise ValueError(f"{file}, line {number}: a formula starts with '=', got {formula!r}")
    value, _, tolerance = rest[0].partition(" ~")
    return Case(
        file,
        number,
        question,
        tuple(item for item in split(setup, " ") if item),
        formula[1:],
        read_array(value.strip()),
        value.strip().startswith("{"),
        float(tolerance or 0),
        rest[1].strip(),
    )


def read_array(text: str) -> Rows:
    """``{1,"a";TRUE,#N/A}`` by rows; nothing between two commas is a blank cell. A single value is one cell."""
    if not text.startswith("{"):
        return [[read_value(text)]]
    return [[read_value(item) for item in split(row, ",")] for row in split(text[1:-1], ";")]


def read_value(text: str) -> Scalar:
    """Raises ValueError where the text is not a literal."""
    text = text.strip()
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1].replace('""', '"')
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if text.startswith("#"):
        return ERRORS[text]
    return float(text) if text else None


def make_book(case: Case) -> tuple[Book, Cell]:
    """The workbook that a case describes, and the cell in which its formula stands."""
    book, place, dynamic = Book([Sheet("Sheet1")]), PLACE, True
    for item in case.setup:
        if item == "1904":
            book.settings = Settings(date1904=True)
        elif item == "legacy":
            dynamic = False
        elif item.startswith("at="):
            place = _cell(item[3:])
        elif ":=" in item:
            name, _, text = item.partition(":=")
            book.names.append(Name(name, text))
        else:
            _put(book, item)
    for sheet in book.sheets:
        sheet.constants = {cell: value for cell, value in sheet.constants.items() if value is not None}
    book.sheets[0].formulas[place] = Formula(case.formula, place, dynamic=dynamic)
    return book, place


def _put(book: Book, item: str) -> None:
    """``A1=1``, ``A1:B2={1,2;3,4}``, ``A1==B1+1``, ``Sheet2!A1=1``, and the table ``Sales=@A1:C4``."""
    target, content = split(item, "=")[0], item[len(split(item, "=")[0]) + 1 :]
    where, _, address = target.rpartition("!")
    name = re.sub(r"^'(.*)'$", r"\1", where).replace("''", "'") or "Sheet1"
    if book.index(name) is None:
        book.sheets.append(Sheet(name))
    sheet = book.sheet(name)
    if content.startswith("@"):
        _table(book, target, content[1:])
    elif content.startswith("="):
        cell = _cell(address)
        sheet.formulas[cell] = Formula(content[1:], cell, dynamic=True)
    else:
        _fill(sheet, address, read_array(content))


def _fill(sheet: Sheet, address: str, rows: Rows) -> None:
    box = parse_box(address)
    if box is None or (box.height, box.width) != (len(rows), len(rows[0])):
        raise ValueError(f"{address} does not take {len(rows)} rows of {len(rows[0])}")
    for down, row in enumerate(rows):
        sheet.constants.update({(box.top + down, box.left + right): value for right, value in enumerate(row)})


def _table(book: Book, name: str, address: str) -> None:
    box = parse_box(address)
    if box is None:
        raise ValueError(f"{address} is not a range")
    heads = [book.sheets[0].constants[box.top, col] for col in range(box.left, box.right + 1)]
    book.tables.append(Table(name, 0, box, tuple(map(str, heads))))


def _cell(name: str) -> Cell:
    cell = parse_cell(name)
    if cell is None:
        raise ValueError(f"{name} is not a cell")
    return cell
