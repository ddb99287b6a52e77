"""A link to another workbook: where it is, and the values that the file has cached of it.

Source: ECMA-376 part 1, 18.14 (external links).
"""

from __future__ import annotations

from lxml import etree

from ..address import parse_cell
from ..values import ERRORS, CellError, Scalar
from . import markup
from .book import Cell, External
from .cells import to_number
from .package import Package
from .strings import unescape


def read_external(package: Package, part: str) -> External:
    """One link. A link of another kind (DDE, OLE) or without a part keeps its place and is empty."""
    data = package.get(part) if part else None
    if data is None:
        return External("")
    book = markup.child(markup.parse(data, part), "externalBook")
    if book is None:
        return External("")
    relation = package.relations(part).get(markup.relation_id(book))
    external = External(relation.target if relation else "")
    names = [item.get("val", "") for item in markup.children(markup.child(book, "sheetNames"), "sheetName")]
    external.sheets = {name: {} for name in names}
    for item in markup.children(markup.child(book, "definedNames"), "definedName"):
        external.names[item.get("name", "")] = item.get("refersTo", "").removeprefix("=")
    for item in markup.children(markup.child(book, "sheetDataSet"), "sheetData"):
        index = markup.number(item, "sheetId", -1)
        if 0 <= index < len(names):
            external.sheets[names[index]] = _values(item)
            if item.get("refreshError") in {"1", "true"}:
                external.lost.add(names[index])
    return external


def _values(sheet: etree._Element) -> dict[Cell, Scalar]:
    found: dict[Cell, Scalar] = {}
    for row in markup.children(sheet, "row"):
        for cell in markup.children(row, "cell"):
            key, value = parse_cell(cell.get("r", "")), markup.child(cell, "v")
            if key is not None and value is not None:
                scalar = _scalar(cell.get("t", "n"), value.text or "")
                if scalar is not None:
                    found[key] = scalar
    return found


def _scalar(kind: str, text: str) -> Scalar:
    if kind == "n":
        return to_number(text)
    if kind == "b":
        return text.strip() in {"1", "true"}
    return ERRORS.get(text.strip(), CellError.UNKNOWN) if kind == "e" else unescape(text)
