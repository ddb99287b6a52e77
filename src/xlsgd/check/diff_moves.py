"""Formulas seen from the other workbook: where the cells that they refer to stand there.

When rows or columns are inserted, Excel moves references along; a formula that only followed is no difference.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..address import MAX_COL, MAX_ROW, column_name, column_number, quote_sheet
from ..errors import FormulaError
from ..formula.references import sheet_part
from ..formula.tokens import Token, tokenize

_PART = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """Where the rows (or columns) of a sheet stand in the other workbook.

    known: sorted numbers here; there: of each its number there; gone: what is deleted. What is between moves along
    with the one before it (or the first one behind).
    """

    known: Sequence[int] = ()
    there: Sequence[int] = ()
    gone: frozenset[int] = frozenset()

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]], gone: Iterable[int]) -> Line:
        ordered = sorted(pairs)
        return cls([one for one, _ in ordered], [two for _, two in ordered], frozenset(gone))

    def at(self, number: int) -> int | None:
        """The number there; None where it is deleted."""
        if number in self.gone:
            return None
        if not self.known:
            return number
        place = max(0, bisect_right(self.known, number) - 1)
        return number + self.there[place] - self.known[place]

    def end(self, number: int, step: int) -> int | None:
        """The number there of an end of a range: where it is deleted, of the next one inside (in steps of ±1)."""
        while number in self.gone:
            number += step
        return self.at(number)


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet in the other workbook: its name there, its rows and columns."""

    name: str
    rows: Line = field(default_factory=Line)
    cols: Line = field(default_factory=Line)


Places = dict[str, Place]
"""Sheet name (casefolded) → where it is now."""


def moved_text(text: str, home: str, places: Places, *, fixed_only: bool = False) -> str | None:
    """A formula as it would read in the other workbook had Excel moved its references along.

    home: the sheet that it stands on. fixed_only: move what a ``$`` fixes, as in a formula that was filled down anew.
    None where a reference is lost or the text is no formula.
    """
    try:
        tokens = tokenize(text)
    except FormulaError:
        return None
    parts: list[str] = []
    here = where = places.get(home.casefold(), Place(home))
    for number, token in enumerate(tokens):
        if token.kind == "sheet":
            target = sheet_part(token.text)
            plain = target.book is None and target.last is None
            where = places.get(target.sheet.casefold(), Place(target.sheet)) if plain else Place(target.sheet)
            parts.append(quote_sheet(where.name) + "!" if plain else token.text)
            continue
        if token.kind not in ("cell", "columns", "rows"):
            parts.append(token.text)
            where = where if token.text == ":" else here
            continue
        opens, closes = _is(tokens, number + 1), _is(tokens, number - 1)
        moved = _moved(token, where, opens, closes, fixed_only)
        if moved is None:
            return None
        parts.append(moved)
        where = where if opens else here
    return "".join(parts)


def _is(tokens: Sequence[Token], number: int) -> bool:
    """Whether a token is the colon of a range."""
    return 0 <= number < len(tokens) and tokens[number].text == ":"


def _moved(token: Token, where: Place, opens: bool, closes: bool, fixed_only: bool) -> str | None:
    several = token.text.split(":")
    if len(several) == 2:
        ends = [_part(several[0], where, 1, fixed_only), _part(several[1], where, -1, fixed_only)]
    else:
        ends = [_part(token.text, where, 1 if opens else -1 if closes else 0, fixed_only)]
    return None if None in ends else ":".join(end for end in ends if end is not None)


def _part(part: str, where: Place, inward: int, fixed_only: bool) -> str | None:
    match = _PART.match(part)
    if match is None:
        return part
    fixed_col, letters, fixed_row, digits = match.groups()
    if not letters:  # a part of 3:5, whose $ is taken for a column's
        fixed_col, fixed_row = "", fixed_col or fixed_row
    stays_row, stays_col = fixed_only and not fixed_row, fixed_only and not fixed_col
    row = _number(where.rows, int(digits), inward, stays_row) if digits else 0
    col = _number(where.cols, column_number(letters), inward, stays_col) if letters else 0
    if row is None or col is None or not (0 <= row <= MAX_ROW and 0 <= col <= MAX_COL):
        return None
    return fixed_col + (column_name(col) if letters else "") + fixed_row + (str(row) if digits else "")


def _number(line: Line, number: int, inward: int, stays: bool) -> int | None:
    if stays:
        return number
    return line.end(number, inward) if inward else line.at(number)
