"""Structured references: what stands between the brackets of ``Table[[#This Row],[Column]]``.

Source: Microsoft, "Using structured references with Excel tables"; MS-XLSX 2.2.2.1.
"""

from __future__ import annotations

from ..errors import FormulaError
from .nodes import TableRef

_ITEMS = {"#all": "all", "#data": "data", "#headers": "headers", "#totals": "totals", "#this row": "this row"}


def table_ref(table: str, bracket: str, at: int = 0) -> TableRef:
    """The node for a table's name and its bracketed text. Raises FormulaError.

    >>> table_ref("T", "[[#Headers],[a]:[b]]").last
    'b'
    """
    items: set[str] = set()
    columns: list[str] = []
    inner = bracket[1:-1].strip()
    if inner.startswith("@"):
        items.add("this row")
        inner = inner[1:].strip()
    parts = _split(inner) if inner.startswith("[") else [inner] if inner else []
    for part in parts:
        item = _ITEMS.get(part.casefold())
        if item:
            items.add(item)
        elif part.startswith("@"):
            items.add("this row")
            columns.append(_unescape(part[1:]))
        else:
            columns.append(_unescape(part))
    if len(columns) > 2:
        raise FormulaError(f"'{table}{bracket}' names more than two columns", position=at)
    first = columns[0] if columns else None
    return TableRef(table, frozenset(items), first, columns[-1] if columns else None)


def _split(inner: str) -> list[str]:
    """The texts within the brackets of ``[a],[b]:[c]``, escapes kept."""
    parts: list[str] = []
    at, start = 0, -1
    while at < len(inner):
        if inner[at] == "'" and start >= 0:
            at += 1
        elif inner[at] == "[" and start < 0:
            start = at + 1
        elif inner[at] == "]" and start >= 0:
            parts.append(inner[start:at])
            start = -1
        at += 1
    return parts


def _unescape(name: str) -> str:
    result, at = [], 0
    while at < len(name):
        if name[at] == "'" and at + 1 < len(name):
            at += 1
        result.append(name[at])
        at += 1
    return "".join(result)


def escape(name: str) -> str:
    """A column's name as it stands within brackets."""
    return "".join("'" + letter if letter in "[]#'@" else letter for letter in name)
