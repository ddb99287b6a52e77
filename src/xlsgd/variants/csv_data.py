"""CSV files as data: text to numbers, and a line and column for every cell that is not one.

The file has one example a line, inputs first; the last column is the target, or the name of the class. Cells are
separated by ``,`` ``;`` or tab (found out from the first line). Where they are not separated by ``,`` a number may
have a decimal comma. A first line without any number is taken as headers. Blank lines are skipped.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..values import finish

MAX_BYTES = 50_000_000
MAX_ROWS = 1_000_000
MAX_COLUMNS = 1_000

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}

Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """What stands in a CSV file: ``inputs`` one tuple an example, ``last`` the texts of the last column.

    headers: empty where the file has none. lines: the line of each example in the file, counted from 1. comma: True
    where a number has a decimal comma.
    """

    where: str
    headers: tuple[str, ...]
    inputs: tuple[tuple[float, ...], ...]
    last: tuple[str, ...]
    lines: tuple[int, ...]
    comma: bool = False

    @property
    def targets(self) -> tuple[float, ...]:
        """The last column as numbers. Raises UsageError for the first cell that is none."""
        column = len(self.inputs[0]) + 1
        return tuple(
            _number(text, self.where, line, column, self.comma)
            for text, line in zip(self.last, self.lines, strict=True)
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """The distinct texts of the last column in the order in which they first occur."""
        return tuple(dict.fromkeys(self.last))


def read_csv(path: str | Path) -> CsvTable:
    """Read a CSV file.

    Raises UsageError, one line that names the file and, where it is a cell that is wrong, its line and column.
    """
    where = str(path)
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read data '{where}': {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise UsageError(f"data '{where}': larger than {MAX_BYTES // 1_000_000} MB, too much for a sheet")
    return parse_csv(_decoded(raw, where), where)


def parse_csv(text: str, where: str) -> CsvTable:
    """The table from the text of a CSV file; ``where`` names it in errors. Raises UsageError.

    >>> parse_csv("x;y\\n1,5;2\\n", "my.csv").inputs
    ((1.5,),)
    """
    delimiter = _delimiter(text)
    lines = list(_lines(text, delimiter, where))
    if not lines:
        raise UsageError(f"data '{where}': no rows in it")
    width = len(lines[0][1])
    if not 2 <= width <= MAX_COLUMNS:
        raise UsageError(
            f"data '{where}': line {lines[0][0]} has {width} cell{'s'[: width != 1]}: between 2 and {MAX_COLUMNS:,}"
            " are wanted, inputs first and the target last, separated by , or ; or tab"
        )
    for number, cells in lines:
        if len(cells) != width:
            raise UsageError(f"data '{where}': line {number} has {len(cells)} cells, line {lines[0][0]} has {width}")
    headers = tuple(lines.pop(0)[1]) if _is_header(lines[0][1], delimiter) else ()
    if not lines:
        raise UsageError(f"data '{where}': headers and no rows below them")
    comma = delimiter != "," and _decimal_comma(lines)
    inputs = tuple(
        tuple(_number(cell, where, number, column, comma) for column, cell in enumerate(cells[:-1], 1))
        for number, cells in lines
    )
    for number, cells in lines:
        if not cells[-1]:
            raise UsageError(f"data '{where}': line {number}, column {width}: empty, a target or a class belongs here")
    return CsvTable(where, headers, inputs, tuple(cells[-1] for _, cells in lines), tuple(n for n, _ in lines), comma)


def _decoded(raw: bytes, where: str) -> str:
    encoding = next((code for mark, code in _BYTE_ORDER_MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UsageError(f"data '{where}': line {line} is not UTF-8 text, save it as 'CSV UTF-8'") from None
    if "\0" in text:
        raise UsageError(f"data '{where}': not a text file, a CSV file is wanted")
    return text


def _delimiter(text: str) -> str:
    """What separates cells: of tab, ``;`` and ``,`` the first that stands outside quotes in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return next((mark for mark in "\t;," if mark in bare), ",")


def _lines(text: str, delimiter: str, where: str) -> Iterator[Line]:
    """The cells of each line that is not blank, with the number of the line."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    begin = 1
    try:
        for count, cells in enumerate(rows):
            stripped = [cell.strip() for cell in cells]
            if count > MAX_ROWS:
                raise UsageError(f"data '{where}': more than {MAX_ROWS:,} rows, too many for a sheet")
            if any(stripped):
                yield begin, stripped
            begin = rows.line_num + 1
    except csv.Error as error:
        raise UsageError(f"data '{where}': line {begin}: {error} (cells separated by {_NAMES[delimiter]})") from None


def _is_header(cells: list[str], delimiter: str) -> bool:
    return not any(_matches(cell, delimiter != ",") for cell in cells)


def _matches(cell: str, comma: bool) -> bool:
    return bool(_NUMBER.fullmatch(cell) or (comma and _COMMA_NUMBER.fullmatch(cell)))


def _decimal_comma(lines: list[Line]) -> bool:
    """True where the first number with a decimal mark has a comma."""
    for _, cells in lines:
        for cell in cells:
            if _matches(cell, True) and ("," in cell or "." in cell):
                return "," in cell
    return False


def _number(cell: str, where: str, line: int, column: int, comma: bool) -> float:
    place = f"data '{where}': line {line}, column {column}"
    if not cell:
        raise UsageError(f"{place}: empty, a number belongs here")
    if not (_COMMA_NUMBER if comma else _NUMBER).fullmatch(cell):
        mark = "comma" if comma else "point"
        cure = f" (the file's decimal mark is the {mark})" if _matches(cell, True) else ""
        raise UsageError(f"{place}: {cell[:40]!r} is not a number{cure}")
    value = float(cell.replace(",", "."))
    if not math.isfinite(value):
        raise UsageError(f"{place}: {cell[:40]!r} is larger than a cell can hold")
    settled = finish(value)
    return settled if isinstance(settled, float) else 0.0
