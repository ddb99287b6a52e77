"""Small sheets for the tests of understanding: cells by name, formulas filled down, a sheet turned on its side."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from xlsgd.address import column_name, column_number, parse_cell
from xlsgd.book import Book, Formula, Sheet
from xlsgd.check.understand import Block, Overrides, understand
from xlsgd.engine import get_engine
from xlsgd.plan import make_plan

Cells = dict[str, "float | str"]
REFERENCE = re.compile(r"(\$?)\b([A-Z]{1,2})(\$?)(\d+)\b")
X = (3, 7, 1, 9, 4, 6, 2, 8, 5, 10)
Y = tuple(2 * x + 3 + 0.3 * (-1) ** x for x in X)


def data(first: int = 4, **others: float | str) -> Cells:
    """Ten rows of x in A and y in B below their headings, and more cells."""
    cells: Cells = {f"A{first - 1}": "x", f"B{first - 1}": "y", **others}
    for place, (x, y) in enumerate(zip(X, Y, strict=True)):
        cells[f"A{first + place}"], cells[f"B{first + place}"] = x, y
    return cells


def fill(cells: Cells, first: int, last: int, **columns: str | Callable[[int], float]) -> Cells:
    """Formulas filled down: ``{r}`` is the row, ``{p}`` the one before."""
    for row in range(first, last + 1):
        for column, rule in columns.items():
            cells[f"{column}{row}"] = rule.format(r=row, p=row - 1) if isinstance(rule, str) else rule(row)
    return cells


def across(cells: Cells) -> Cells:
    """The same with rows and columns exchanged."""

    def turned(match: re.Match[str]) -> str:
        return f"{match[3]}{column_name(int(match[4]))}{match[1]}{column_number(match[2])}"

    return {
        REFERENCE.sub(turned, cell): REFERENCE.sub(turned, value)
        if isinstance(value, str) and value.startswith("=")
        else value
        for cell, value in cells.items()
    }


def book(sheets: Mapping[str, Cells]) -> Book:
    """A workbook with the values that its formulas give."""
    found = Book()
    for name, cells in sheets.items():
        sheet = Sheet(name)
        for text, value in cells.items():
            cell = parse_cell(text)
            assert cell is not None, text
            if isinstance(value, str) and value.startswith("="):
                sheet.formulas[cell] = Formula(value[1:], cell)
            else:
                sheet.constants[cell] = float(value) if isinstance(value, int) else value
        found.sheets.append(sheet)
    for sheet, results in zip(found.sheets, get_engine("scalar").run(make_plan(found)).results, strict=True):
        sheet.cached.update(results)  # type: ignore[arg-type]  # nothing in these sheets is unsupported
    return found


def blocks(cells: Cells, overrides: Overrides | None = None) -> list[Block]:
    """What is understood of one sheet."""
    made = book({"Sheet1": cells})
    return understand(made, make_plan(made), overrides or Overrides())


def told(block: Block) -> str:
    """The columns of a block in short: ``A input, C weight, F derivative of a``."""
    names = {col: str(col) if block.across else column_name(col) for col in block.columns}
    return ", ".join(
        f"{names[col]} {column.role}{f' of {column.of}' if column.of else ''}"
        for col, column in sorted(block.columns.items())
    )
