"""The comparison of two workbooks, as tables for the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..check.diff import Diff, Lines, SheetDiff
from ..check.diff_cells import VALUE, Change
from ..check.diff_charts import Other
from ..values import Scalar
from .as_json import jsonable
from .terminal import console, make_table

MAX_TOLD = 30
LONGEST = 40


def print_diff(diff: Diff, one: str, two: str) -> None:
    """Print what differs; one, two: what the workbooks are called."""
    out = console()
    if diff.equal:
        out.print(Text("equal", style="green") + Text(f": {one} and {two}"))
    else:
        out.print(Text("different", style="bold red") + Text(f": A is {one}, B is {two}"))
    for sheet in diff.sheets:
        if sheet.status != "same":
            _print_sheet(out, sheet)
    for title, others in (("Names", diff.names), ("Settings", diff.settings), ("Charts", diff.charts)):
        if others:
            out.print(_others(title, others))
    for remark in diff.remarks:
        out.print(remark)


def diff_document(diff: Diff, one: str, two: str) -> dict[str, Any]:
    """What ``diff --json`` says."""
    return {
        "a": one,
        "b": two,
        "equal": diff.equal,
        "sheets": [_sheet_document(sheet) for sheet in diff.sheets],
        "names": [_other_document(other, "name") for other in diff.names],
        "settings": [_other_document(other, "setting") for other in diff.settings],
        "charts": [_other_document(other, "chart") for other in diff.charts],
        "remarks": list(diff.remarks),
    }


def _sheet_document(sheet: SheetDiff) -> dict[str, Any]:
    return {
        "sheet": sheet.sheet,
        "status": sheet.status,
        "renamed_from": sheet.before,
        "place": list(sheet.place) if sheet.place else None,
        "rows": _lines_document(sheet.rows),
        "columns": _lines_document(sheet.columns),
        "changes": [_change_document(change) for change in sheet.changes],
    }


def _lines_document(lines: Lines) -> dict[str, Any]:
    return {
        "inserted": list(lines.inserted),
        "deleted": list(lines.deleted),
        "moved": [{"from": old, "to": new} for old, new in lines.moved],
        "blank": lines.blank,
    }


def _change_document(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "range": change.range,
        "range_b": change.range_b,
        "cells": change.cells,
        "old": jsonable(change.old),
        "new": jsonable(change.new),
        "max_ulp": change.max_ulp,
        "first": change.first,
        "worst": change.worst,
    }


def _other_document(other: Other, word: str) -> dict[str, Any]:
    return {word: other.what, "old": other.old, "new": other.new}


def _print_sheet(out: Console, sheet: SheetDiff) -> None:
    words = [f"only in {'B' if sheet.status == 'added' else 'A'}"] if sheet.status in ("added", "removed") else []
    words += [f"was called {sheet.before}"] if sheet.before else []
    words += [f"moved from place {sheet.place[0]} to {sheet.place[1]}"] if sheet.place else []
    out.print(Text(sheet.sheet, style="bold") + Text(f": {', '.join(words)}" if words else ""))
    for word, lines in (("rows", sheet.rows), ("columns", sheet.columns)):
        for line in _moves(word, lines):
            out.print(f"  {line}")
    if sheet.changes:
        out.print(_changes(sheet.changes[:MAX_TOLD]))
    if len(sheet.changes) > MAX_TOLD:
        out.print(f"  … and {len(sheet.changes) - MAX_TOLD:,} more, all of them with --json")


def _moves(word: str, lines: Lines) -> Iterator[str]:
    if lines.inserted:
        yield f"{word} inserted (in B): {', '.join(lines.inserted)}"
    if lines.deleted:
        yield f"{word} deleted (of A): {', '.join(lines.deleted)}"
    for old, new in lines.moved:
        yield f"{word} moved: {old} is now {new}"
    if lines.blank:
        yield f"empty {word} {'inserted' if lines.blank > 0 else 'deleted'}: {abs(lines.blank):,}"


def _changes(changes: Sequence[Change]) -> Table:
    table = make_table("")
    table.title = None
    for heading in ("what differs", "in A", "in B"):
        table.add_column(heading, no_wrap=True)
    for heading in ("cells", "max ULP"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("A says")
    table.add_column("B says")
    for change in changes:
        ulp = "" if change.max_ulp is None else _count(change.max_ulp)
        where = f" at {change.worst}" if change.kind == VALUE and change.cells > 1 else ""
        cells = (change.range or "", change.range_b or "", f"{change.cells:,}", ulp)
        table.add_row(change.kind, *cells, Text(_told(change.old)), Text(_told(change.new) + where))
    return table


def _others(title: str, others: Sequence[Other]) -> Table:
    table = make_table(title)
    for heading in ("which", "in A", "in B"):
        table.add_column(heading)
    for other in others:
        table.add_row(Text(other.what), Text(_or_none(other.old)), Text(_or_none(other.new)))
    return table


def _count(number: int) -> str:
    return f"{number:,}" if number < 10**9 else f"{number:.1e}"


def _or_none(text: str | None) -> str:
    return "(none)" if text is None else text


def _told(value: Scalar) -> str:
    """A value in full, as a small distance would not show in a few digits."""
    if value is None:
        return "(blank)"
    text = repr(value) if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
