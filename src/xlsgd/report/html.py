"""What verifying found, as one page: the causes first, what each spoiled, the cells around it, the curves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..address import Box, cell_name, column_name, parse_box, parse_cell
from ..book import Book, Cell
from ..book.atomic import replace_file
from ..book.reader import read
from ..check.curves import Curve, curves
from ..check.findings import ERROR, FileReport, Finding, Report, SheetReport, of_severity
from ..check.judge import with_values
from ..check.understand import Block, Overrides, understand
from ..errors import UnreadableError
from ..formula import text_at
from ..plan import make_plan
from ..values import Scalar
from .annotated import said
from .html_chart import chart
from .html_parts import Html, page, tag
from .terminal import show

AROUND = 3
"""Rows above and below a cause that its table shows."""

MAX_COLUMNS = 16
MAX_FOLLOWERS = 200


@dataclass(frozen=True, slots=True)
class _Context:
    """The workbook behind a report; None where it cannot be read any more."""

    book: Book
    blocks: list[Block]
    curves: list[Curve]


def write_html(report: Report, path: str | os.PathLike[str], overrides: Overrides | None = None) -> None:
    """Write one self-contained page. The workbooks are read again, for the cells around each cause and the curves.

    overrides: what the user said of columns and variant. Raises UsageError where the page cannot be written.
    """
    replace_file(Path(path), html_page(report, overrides).encode("utf-8", "replace"))


def html_page(
    report: Report, overrides: Overrides | None = None, places: Mapping[str, os.PathLike[str]] | None = None
) -> str:
    """The page as text. places: where the workbook of a name lies, if not at its name."""
    found, asked = places or {}, overrides or Overrides()
    files = [_file(file, _context(os.fspath(found.get(file.file, file.file)), asked)) for file in report.files]
    names = ", ".join(os.path.basename(file.file) or "workbook" for file in report.files)
    return page(f"xlsgd verify: {names}", files)


def _context(path: str, overrides: Overrides) -> _Context | None:
    if not path or not os.path.isfile(path):
        return None
    try:
        plan = with_values(make_plan(read(path)))
    except UnreadableError:
        return None
    blocks = understand(plan.book, plan, overrides)
    return _Context(plan.book, blocks, curves(plan.book, blocks))


def _file(file: FileReport, context: _Context | None) -> Html:
    errors = [one for one in of_severity(file.found, ERROR) if one.cause]
    warnings = [one for one in file.found if one.severity != ERROR]
    counts = f"{_count(len(errors), 'error')}, {_count(len(warnings), 'warning')}"
    parts = [
        tag("h1", os.path.basename(file.file) or "workbook"),
        tag("p", tag("span", file.verdict, class_=f"verdict {file.verdict}"), f": {counts}"),
        tag("p", file.file, class_="soft"),
    ]
    if file.verdict == "unrecognised":
        parts.append(tag("p", "No rows that train were found; name their columns with --roles."))
    if errors:
        parts += [tag("h2", "What is wrong"), *(_finding(one, file, context) for one in errors)]
    if warnings:
        parts += [tag("h2", "What is odd"), *(_finding(one, file, context) for one in warnings)]
    trained = [sheet for sheet in file.sheets if sheet.trains]
    if trained:
        parts += [tag("h2", "What was understood"), *(_sheet(sheet, context) for sheet in trained)]
    return tag("section", parts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _finding(finding: Finding, file: FileReport, context: _Context | None) -> Html:
    followers = [one for one in file.found if one.caused_by and one.caused_by == finding.where and one is not finding]
    head = tag("h3", finding.where or "the workbook", " ", tag("span", finding.kind, class_="kind"))
    rows = [
        ("role", finding.role),
        ("range", finding.range),
        ("says", tag("code", finding.formula) if finding.formula else None),
        ("should be", tag("code", finding.expected_formula) if finding.expected_formula else None),
        ("now", said(finding.value) if finding.expected is not None else None),
        ("expected", said(finding.expected) if finding.expected is not None else None),
    ]
    told = [tag("tr", tag("th", name), tag("td", text)) for name, text in rows if text]
    parts: list[Html | None] = [head, tag("p", finding.message), tag("table", told) if told else None]
    if followers:
        items = [tag("li", tag("code", one.where), " ", one.message) for one in followers[:MAX_FOLLOWERS]]
        parts.append(tag("details", tag("summary", f"what follows from it: {len(followers)}"), tag("ul", items)))
    if context is not None and finding.cell and finding.severity == ERROR:
        parts += [_around(finding, file, context), _course(finding, context)]
    return tag("article", parts, class_=None if finding.severity == ERROR else "warning")


def _around(finding: Finding, file: FileReport, context: _Context) -> Html | None:
    """The cells around a cause, those with findings marked."""
    sheet, cell = context.book.index(finding.sheet), parse_cell(finding.cell or "")
    if sheet is None or cell is None:
        return None
    block = next((one for one in context.blocks if one.sheet == sheet and _inside(one, cell)), None)
    columns = _columns(block, cell)
    rows = range(max(1, cell[0] - AROUND), cell[0] + AROUND + 1)
    marks = _marks(finding.sheet, file)
    names = _headings(block, columns)
    head = [tag("tr", tag("th"), [tag("th", column_name(col)) for col in columns])]
    if any(names):
        head.append(tag("tr", tag("th"), [tag("th", name) for name in names]))
    body = [
        tag("tr", tag("th", str(row)), [_cell(context.book, sheet, (row, col), marks) for col in columns])
        for row in rows
    ]
    table = tag("div", tag("table", tag("thead", head), tag("tbody", body), class_="grid"), class_="scroll")
    return tag("details", tag("summary", "the cells around it"), table, open=True)


def _course(finding: Finding, context: _Context) -> Html | None:
    """The curve of the table that a cause lies in, where it leaves the reference."""
    sheet, cell = context.book.index(finding.sheet), parse_cell(finding.cell or "")
    for curve in context.curves:
        if curve.sheet == sheet and cell is not None and curve.parts and cell[curve.across] <= curve.lines[-1]:
            return tag("details", tag("summary", "the errors, step by step"), chart(curve, compared=True), open=True)
    return None


def _inside(block: Block, cell: Cell) -> bool:
    line, track = (cell[1], cell[0]) if block.across else cell
    return block.first <= line <= block.last and track in block.columns


def _columns(block: Block | None, cell: Cell) -> list[int]:
    if block is None or block.across:
        left = max(1, cell[1] - AROUND)
        return list(range(left, left + 2 * AROUND + 2))
    known = sorted(block.columns)
    if len(known) > MAX_COLUMNS:
        at = known.index(cell[1])
        start = min(max(0, at - MAX_COLUMNS // 2), len(known) - MAX_COLUMNS)
        known = known[start : start + MAX_COLUMNS]
    return known


def _headings(block: Block | None, columns: Sequence[int]) -> list[str]:
    if block is None or block.across:
        return ["" for _ in columns]
    names = {col: column.name for col, column in block.columns.items() if column.name != column_name(col)}
    return [names.get(col, "") for col in columns]


def _marks(sheet: str, file: FileReport) -> dict[Cell, str]:
    """The class of each cell of a sheet that has a finding; of several the gravest."""
    marks: dict[Cell, str] = {}
    for one in reversed(file.found):
        cell = parse_cell(one.cell) if one.cell and one.sheet == sheet else None
        box = parse_box(one.range) if one.range and cell else None
        name = "warned" if one.severity != ERROR else "cause" if one.cause else "follows"
        for place in _cells(box) if box is not None and cell is not None else ():
            marks[place] = name
        if cell is not None:
            marks[cell] = name
    return marks


def _cells(box: Box) -> Iterator[Cell]:
    for row in range(box.top, min(box.bottom, box.top + 5000) + 1):
        for col in range(box.left, min(box.right, box.left + 200) + 1):
            yield row, col


def _cell(book: Book, sheet: int, cell: Cell, marks: dict[Cell, str]) -> Html:
    own = book.sheets[sheet]
    formula = own.formulas.get(cell)
    value: Scalar = own.cached.get(cell, own.constants.get(cell))
    text = "=" + text_at(formula.text, formula.origin, cell) if formula is not None else None
    title = f"{cell_name(*cell)}: {text}" if text else cell_name(*cell)
    return tag("td", "" if value is None else show(value), class_=marks.get(cell), title=title)


def _sheet(sheet: SheetReport, context: _Context | None) -> Html:
    variant = sheet.variant or "a training of no known variant"
    forms = f" ({'; '.join(dict.fromkeys(sheet.forms))})" if sheet.forms else ""
    words = f"{variant}{forms}, {sheet.rows:,} rows, {sheet.compared:,} cells compared"
    parts: list[Html | None] = [tag("h3", sheet.sheet), tag("p", words)]
    index = context.book.index(sheet.sheet) if context is not None else None
    if context is not None and index is not None:
        wrong = any(one.severity == ERROR for one in sheet.findings)
        for curve in context.curves:
            if curve.sheet == index:
                parts.append(chart(curve, compared=wrong or curve.parts is None))
        blocks = [block for block in context.blocks if block.sheet == index]
        for block in blocks:
            parts += [_settings(block, context.book), _roles(block)]
        if sheet.roles and not blocks:
            parts.append(_roles_told(sheet))
    return tag("article", parts, class_="sheet")


def _roles_told(sheet: SheetReport) -> Html:
    """The columns of a sheet that trains together with others."""
    rows = [tag("tr", tag("th", key), tag("td", role)) for key, role in sheet.roles.items()]
    return tag("details", tag("summary", "the columns"), tag("table", rows))


def _settings(block: Block, book: Book) -> Html | None:
    rows = [
        tag("tr", tag("th", one.name), tag("td", said(one.value)), tag("td", _where(one.place, book)))
        for one in block.settings.values()
    ]
    return tag("table", rows) if rows else None


def _where(place: tuple[int, int, int] | None, book: Book) -> str:
    return "typed into the formulas" if place is None else f"{book.sheets[place[0]].name}!{cell_name(*place[1:])}"


def _roles(block: Block) -> Html:
    rows = []
    for number, column in sorted(block.columns.items()):
        key = f"row {number}" if block.across else column_name(number)
        role = column.role + (f" of {column.of}" if column.of else "") + (f" ({column.kind})" if column.kind else "")
        rows.append(tag("tr", tag("th", key), tag("td", column.name), tag("td", role)))
    lines = "columns" if block.across else "rows"
    summary = tag("summary", f"the columns, {lines} {block.first} to {block.last}")
    return tag("details", summary, tag("table", rows))
