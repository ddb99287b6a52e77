"""A table's part. Source: ECMA-376 part 1, 18.5.1.2 (table)."""

from __future__ import annotations

from ..address import Box, parse_box
from . import markup
from .book import Table
from .sheet_xml import filter_rows
from .strings import unescape


def read_table(data: bytes, part: str, sheet: int) -> tuple[Table | None, list[Box]]:
    """A table (None where its range is no range) and the rows that its own filter hides some of."""
    root = markup.parse(data, part)
    box = parse_box(root.get("ref", ""))
    if box is None:
        return None, []
    columns = markup.children(markup.child(root, "tableColumns"), "tableColumn")
    table = Table(
        name=unescape(root.get("displayName", root.get("name", ""))),
        sheet=sheet,
        box=box,
        columns=tuple(unescape(column.get("name", "")) for column in columns),
        header_rows=markup.number(root, "headerRowCount", 1),
        totals_rows=markup.number(root, "totalsRowCount", 0),
    )
    return table, filter_rows(markup.child(root, "autoFilter"))
