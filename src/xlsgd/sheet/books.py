"""Several variants in one workbook, a sheet each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ..book import Book
from ..variants import Variant
from .telling import Told, tell

MAX_SHEET_NAME = 31


def make_book(variants: Sequence[Variant]) -> tuple[Book, list[Told]]:
    """A workbook with one sheet a variant, and what stands where in each.

    Sheets are named by their variants; of two with one name the second ends in `` (2)``. Raises UsageError where an
    init does not fit its model.
    """
    book, told = Book(), []
    for variant in variants:
        one = tell(variant, _free_name(book, variant.name))
        one.names = [dataclasses.replace(name, sheet=len(book.sheets)) for name in one.names]
        book.sheets.append(one.sheet)
        book.names += one.names
        told.append(one)
    book.title = ", ".join(dict.fromkeys(variant.name for variant in variants))
    return book, told


def _free_name(book: Book, wanted: str) -> str:
    name, number = wanted[:MAX_SHEET_NAME], 1
    while book.index(name) is not None:
        number += 1
        ending = f" ({number})"
        name = wanted[: MAX_SHEET_NAME - len(ending)] + ending
    return name
