"""Some rows of a worksheet in the plain form taken apart at once: what is done a row, and not a cell, costs most there.

It is all or nothing: where one of the rows is not plain (see :mod:`.plain_rows`), the caller reads them one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..address import MAX_ROW
from .book import Cell
from .plain_rows import CELL, GROUPS, Tags, Told, all_known, is_clean

_EMPTY = rb'(?:[ \t\n]*+<row r="[1-9][0-9]{0,6}"[^<>/]*+/>)*+'
_BETWEEN = re.compile(
    rb"[ \t\n]*+(</row>)?(" + _EMPTY + rb')[ \t\n]*+<row r="([1-9][0-9]{0,6})"([^<>/]*+)>[ \t\n]*+',
)
_BEHIND = re.compile(rb"[ \t\n]*+</row>(" + _EMPTY + rb")[ \t\n]*+")
_ROW = re.compile(rb'<row r="([0-9]+)"([^<>]*)/>')


class Block(NamedTuple):
    """Rows taken apart. hidden: the numbers of those that are; last: the number of the last."""

    told: Told
    hidden: Sequence[int]
    last: int


def rows_apart(data: bytes, above: int, tags: Tags) -> Block | None:
    """Takes apart rows that begin with the first byte and end with the last; ``above``: the number of the row above."""
    if not is_clean(data):
        return None
    tags.trim()
    pieces = CELL.split(data)
    gaps, letters, digits = pieces[::GROUPS], pieces[1::GROUPS], pieces[2::GROUPS]
    written, formula_tags = pieces[3::GROUPS], pieces[5::GROUPS]
    if not all_known(written, tags.cells, tags.cell) or not all_known(formula_tags, tags.formulas, tags.formula):
        return None
    keys: list[Cell] = []
    hidden: list[int] = []
    number, own, begin = above, b"", 0
    for place in [place for place, gap in enumerate(gaps) if gap]:
        behind = place == len(letters)
        match = (_BEHIND if behind else _BETWEEN).fullmatch(gaps[place])
        if match is None:
            if gaps[place].strip(b" \t\n"):
                return None
            continue
        if not behind and (match[1] is None) != (not own):
            return None
        if own:
            columns = tags.columns_of(b" ".join(letters[begin:place]))
            if columns is None or digits[begin:place].count(own) != place - begin:
                return None
            keys += [(number, col) for col in columns]
        empty = match[1 if behind else 2]
        opened = _ROW.findall(empty) if empty else []
        if not behind:
            opened.append((match[3], match[4]))
        for own, tag in opened:
            row_tag = tags.rows.get(tag) or tags.row(tag)
            if not number < int(own) <= MAX_ROW or row_tag is None:
                return None
            number = int(own)
            if row_tag.hidden:
                hidden.append(number)
        begin = place
    if len(keys) != len(letters) or not gaps[-1]:
        return None
    formulas, values = pieces[6::GROUPS], pieces[7::GROUPS]
    return Block(Told(keys, written, formula_tags, formulas, values), hidden, number)
