"""Several variants in one workbook, a sheet each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ..book import Book, Sheet
from ..variants import Variant
from .telling import tell
from .told import Told

MAX_SHEET_NAME = 31


def make_book(variants: Sequence[Variant]) -> tuple[Book, list[Told]]:
    """A workbook with one sheet a variant, and what stands where in each.

    Sheets are named by their variants; of two with one name the second ends in `` (2)``. Raises UsageError where an
    init does not fit its model.
    """
    told: list[Told] = []
    for variant in variants:
        told.append(tell(variant, _free_name([one.sheet.name for one in told], variant.name)))
    return bind(told, ", ".join(dict.fromkeys(variant.name for variant in variants))), told


def bind(parts: Sequence[Told | Sheet], title: str = "") -> Book:
    """A workbook of told variants and other sheets in the order given, with the names of the former's cells."""
    book = Book(title=title)
    for part in parts:
        if isinstance(part, Told):
            part.names = [dataclasses.replace(name, sheet=len(book.sheets)) for name in part.names]
            book.names += part.names
        book.sheets.append(part.sheet if isinstance(part, Told) else part)
    return book


def _free_name(taken: Sequence[str], wanted: str) -> str:
    name, number, used = wanted[:MAX_SHEET_NAME], 1, {one.casefold() for one in taken}
    while name.casefold() in used:
        number += 1
        ending = f" ({number})"
        name = wanted[: MAX_SHEET_NAME - len(ending)] + ending
    return name
