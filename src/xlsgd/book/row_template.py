"""Templates for the rows of a fill-down: text in which the numbers of rows and the values are holes.

The hole of a row number is a mark that stands for the distance to the template's own row. Marks are control characters,
which XML cannot hold, so that nothing else in a template looks like one. Values are ``%s``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ..address import MAX_ROW
from ..errors import XlsgdError
from ..formula import text_at
from ..formula.tokens import tokenize
from .book import Formula

_RELATIVE_ROW = re.compile(r"(?<![$0-9])[0-9]+")
_SHORT = "".join(chr(code) for code in range(1, 0x1E) if chr(code) not in "\t\n\r")
_MARK = re.compile(f"[{_SHORT}]|\x1e-?[0-9]+\x1f")


@dataclass(slots=True)
class Marks:
    """The marks of one sheet's row distances."""

    marks: dict[int, str] = field(default_factory=dict)
    distances: dict[str, int] = field(default_factory=dict)

    def of(self, distance: int) -> str:
        """The mark of a distance: one character for the first of them, more for the rest."""
        found = self.marks.get(distance)
        if found is None:
            count = len(self.marks)
            found = _SHORT[count] if count < len(_SHORT) else f"\x1e{distance}\x1f"
            self.marks[distance], self.distances[found] = found, distance
        return found

    def shifts(self, template: str) -> list[tuple[str, int]]:
        """The marks of a template and their distances."""
        return [(mark, self.distances[mark]) for mark in dict.fromkeys(_MARK.findall(template))]

    def filled(self, template: str, row: int) -> str:
        """A template without values in its row."""
        for mark, distance in self.shifts(template):
            template = template.replace(mark, str(row + distance))
        return template


def formula_template(
    formula: Formula, col: int, rows: range, marks: Marks, escaped: Callable[[str], str]
) -> str | None:
    """The XML text of a formula in any of ``rows`` of a column, without ``%s``; None where it has no such template.

    The template is compared with the formula's text in the first, the second and the last row.
    """
    top, bottom = rows[0], rows[-1]
    try:
        template = _template(text_at(formula.text, formula.origin, (top, col)), top, bottom, marks, escaped)
        for row in {top, min(top + 1, bottom), bottom}:
            if template is not None and not agrees(template, formula, (row, col), marks, escaped):
                return None
    except XlsgdError:
        return None
    return template


def agrees(template: str, formula: Formula, cell: tuple[int, int], marks: Marks, escaped: Callable[[str], str]) -> bool:
    """Whether a template gives the text of a formula in a cell."""
    return marks.filled(template, cell[0]) == escaped(text_at(formula.text, formula.origin, cell))


def _template(text: str, top: int, bottom: int, marks: Marks, escaped: Callable[[str], str]) -> str | None:
    pieces: list[str] = []
    at = 0
    for start, end in _row_numbers(text):
        distance = int(text[start:end]) - top
        if bottom + distance > MAX_ROW:
            return None
        pieces += escaped(text[at:start]), marks.of(distance)
        at = end
    return "".join([*pieces, escaped(text[at:])])


def _row_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where the relative row numbers of a formula stand."""
    for token in tokenize(text):
        if token.kind in ("cell", "rows"):
            for number in _RELATIVE_ROW.finditer(token.text):
                yield token.at + number.start(), token.at + number.end()


@dataclass(frozen=True, slots=True)
class RowTemplate:
    """A whole row. ``holes``: the columns whose values it takes, in order."""

    text: str
    shifts: tuple[tuple[str, int], ...]
    holes: tuple[int, ...]

    def rows(self, numbers: Iterable[int], values: Iterable[tuple[str, ...]]) -> Iterator[str]:
        """The finished rows."""
        text, shifts = self.text, self.shifts
        for row, row_values in zip(numbers, values, strict=False):
            filled = text
            for mark, distance in shifts:
                filled = filled.replace(mark, str(row + distance))
            yield filled % row_values
