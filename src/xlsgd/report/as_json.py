"""Results as JSON, with the names that ``docs`` fixes. Numbers read back to the same double; nan never appears."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..address import column_name
from ..book import Cell, Sheet
from ..book.columns import plain
from ..engine.base import Result, Values
from ..values import CellError, Unsupported


def calc_document(values: Values, file: str, everything: bool = False) -> dict[str, Any]:
    """What ``calc --json`` says: formula cells, or with ``everything`` also constants and what arrays fill."""
    cells: dict[str, Any] = {}
    for index, sheet in enumerate(values.book.sheets):
        cells |= _cells(sheet.name, _wanted(sheet, values.results[index], everything))
    return {
        "file": file,
        "engine": values.engine,
        "cells": cells,
        "counts": dataclasses.asdict(values.counts),
        "seconds": dict(values.seconds),
    }


def dumps(document: object) -> str:
    """The text of a document: one line, ASCII only, so that no pipe can spoil it."""
    return json.dumps(document, allow_nan=False, check_circular=False)


def jsonable(value: Result) -> Any:
    """One cell's value as JSON has it.

    >>> from xlsgd.values import NUM
    >>> jsonable(NUM), jsonable(0.1), jsonable(None)
    ({'error': '#NUM!'}, 0.1, None)
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else {"error": "#NUM!"}
    if isinstance(value, CellError):
        return {"error": value.text}
    if isinstance(value, Unsupported):
        return {"unsupported": value.reason}
    return value


def _wanted(sheet: Sheet, found: Mapping[Cell, Result], everything: bool) -> Iterable[tuple[Cell, Result]]:
    results = plain(found)
    if everything:
        return sorted({**sheet.constants, **results}.items(), key=lambda item: item[0])
    return ((cell, results.get(cell)) for cell in sheet.formulas)


def _cells(sheet: str, items: Iterable[tuple[Cell, Result]]) -> dict[str, Any]:
    return {f"{sheet}!{column_name(col)}{row}": jsonable(value) for (row, col), value in items}
