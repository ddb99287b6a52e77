"""From a sketch to an .xlsx file with the values that a spreadsheet program would have stored in it."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.chart import LineChart, Reference, ScatterChart, Series
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table, TableColumn

import xlsgd
from xlsgd.values import CellError

from .sketch import Cell, Formula, Order, Sketch, cell_name, cells_of, place

Stored = dict[tuple[str, Cell], Any]
_MODES = {"manual": 'calcMode="manual"', "iterate": 'iterate="1"', "displayed": 'fullPrecision="0"'}


def make(sketch: Sketch, path: Path) -> None:
    """Writes the workbook; stored values are right but for what ``was``, ``cached``, ``round`` and ``nudge`` say."""
    write = _write_openpyxl if any(order.text == "by openpyxl" for order in sketch.all("saved")) else _write_xlsxwriter
    write(sketch.before(), {}, path)
    if not sketch.has("uncached"):
        write(sketch, _spoil(sketch, values(path)), path)
    _settings(sketch, path)


def values(path: Path) -> Stored:
    """Every formula cell's value as our own yardstick calculates it; errors as Excel writes them."""
    found = xlsgd.calculate(path, engine="scalar")
    stored: Stored = {}
    for sheet, results in zip(found.book.sheets, found.results, strict=True):
        for cell, value in results.items():
            stored[sheet.name, cell] = str(value) if isinstance(value, CellError) else value
    return stored


def _spoil(sketch: Sketch, stored: Stored) -> Stored:
    """The stored values with what the orders ``cached``, ``round`` and ``nudge`` do to them."""
    stored = dict(stored)
    for order in sketch.all("round"):
        digits = int(order.text.split()[0])
        stored = {key: _rounded(value, digits) for key, value in stored.items()}
    for order in sketch.all("nudge"):
        sheet, cells = place(order.text, order.page)
        for cell in cells:
            stored[sheet, cell] = math.nextafter(stored[sheet, cell], math.inf)
    for order in sketch.all("cached"):
        where, _, text = order.text.partition(" ")
        sheet, cells = place(where, order.page)
        for cell in cells:
            stored[sheet, cell] = float(text)
    return stored


def _rounded(value: Any, digits: int) -> Any:
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _write_xlsxwriter(sketch: Sketch, stored: Stored, path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheets = {page: book.add_worksheet(page) for page in sketch.cells}
    formats = {
        (order.page, cell): order.text.split(" ", 1)[1]
        for order in sketch.all("format")
        for cell in cells_of(order.text.split()[0])
    }
    formats |= dict.fromkeys(sketch.percents, "0%")
    for page, cells in sketch.cells.items():
        for (row, col), content in cells.items():
            code = formats.get((page, (row, col)))
            look = book.add_format({"num_format": code}) if code else None
            _put(sheets[page], row, col, content, look, stored.get((page, (row, col)), 0))
    for order in sketch.orders:
        rule = _XLSXWRITER.get(order.keyword)
        if rule:
            rule(book, sheets[order.page], order, sketch)
    book.close()


def _put(sheet: Any, row: int, col: int, content: Any, look: Any, value: Any) -> None:
    at = (row - 1, col - 1)
    if isinstance(content, Formula) and content.startswith("{"):
        sheet.write_array_formula(*at, *at, content, look, value)
    elif isinstance(content, Formula):
        sheet.write_formula(*at, content, look, value)
    elif isinstance(content, bool):
        sheet.write_boolean(*at, content, look)
    elif isinstance(content, float):
        sheet.write_number(*at, content, look)
    elif content is not None:
        sheet.write_string(*at, content, look)


def _define(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    name, text = order.text.split(" ", 1)
    book.define_name(name, text)


def _merge(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    cells = cells_of(order.text)
    sheet.merge_range(order.text, sketch.cells[order.page].get(cells[0], ""), book.add_format({"bold": True}))


def _hide(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    if order.text == "sheet":
        sheet.hide()
    else:
        sheet.set_column(order.text, None, None, {"hidden": True})


def _table(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    name, where = order.text.split()
    cells, box = sketch.cells[order.page], cells_of(where)
    titles = [{"header": str(cells[cell])} for cell in box if cell[0] == box[0][0]]
    sheet.add_table(where, {"name": name, "columns": titles, "autofilter": False})


def _chart(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    """``chart L2 line Error: B8:B20 -> G8:G20, -> H8:H20``; a range that is none of this workbook is written as is."""
    anchor, kind, title, pairs = chart_parts(order)
    chart = book.add_chart({"type": kind, **({"subtype": "straight"} if kind == "scatter" else {})})
    drawn = {one.text.split()[0]: one.text.split()[1:] for one in sketch.all("chartdata")}
    for categories, ys in pairs:
        series = {"values": _absolute(ys, order.page)}
        if categories:
            series["categories"] = _absolute(categories, order.page)
        if ys.startswith("#"):
            series["values_data"] = []
        if anchor in drawn:
            series["values_data"] = [float(number) for number in drawn[anchor]]
        chart.add_series(series)
    chart.set_title({"name": title})
    sheet.insert_chart(anchor, chart)


def chart_parts(order: Order) -> tuple[str, str, str, list[tuple[str, str]]]:
    """Anchor, type, title and (categories, values) of each series."""
    head, _, series = order.text.partition(":")
    anchor, kind, title = head.split(" ", 2)
    pairs = [tuple(part.strip() for part in one.split("->")) for one in f"{series},".split(",") if "->" in one]
    return anchor, kind, title, [(one[0], one[1]) for one in pairs]


def _absolute(where: str, page: str) -> str:
    if where.startswith("#"):
        return f"={where}"
    sheet, _, cells = where.rpartition("!")
    quoted = f"'{(sheet or page).strip(chr(39))}'"
    return f"={quoted}!" + ":".join(re.sub(r"^([A-Z]+)([0-9]+)$", r"$\1$\2", cell) for cell in cells.split(":"))


_XLSXWRITER: dict[str, Callable[[Any, Any, Order, Sketch], None]] = {
    "name": _define,
    "merge": _merge,
    "hide": _hide,
    "table": _table,
    "chart": _chart,
    "note": lambda book, sheet, order, sketch: sheet.write_comment(*order.text.split(" ", 1)),
    "width": lambda book, sheet, order, sketch: sheet.set_column(order.text.split()[0], float(order.text.split()[1])),
}


def _write_openpyxl(sketch: Sketch, stored: Stored, path: Path) -> None:
    """As a Python script would have saved it; stored values are put in afterwards, as ``xlsgd calc -o`` does."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page, cells in sketch.cells.items():
        sheet = book.create_sheet(page)
        for (row, col), content in cells.items():
            if isinstance(content, Formula) and content.startswith("{"):
                content = ArrayFormula(cell_name((row, col)), content.strip("{}"))
            cell = sheet.cell(row, col, content)
            if (page, (row, col)) in sketch.percents:
                cell.number_format = "0%"
    for order in sketch.orders:
        rule = _OPENPYXL.get(order.keyword)
        if rule:
            rule(book, book[order.page], order, sketch)
    book.save(path)
    if stored:
        _store(path, stored)


def _store(path: Path, stored: Stored) -> None:
    from xlsgd.book.patch import patch
    from xlsgd.values import ERRORS

    book = xlsgd.load(path)
    results = [
        {cell: ERRORS.get(value, value) if isinstance(value, str) else value for cell, value in _of(stored, sheet.name)}
        for sheet in book.sheets
    ]
    plain = path.with_suffix(".plain.xlsx")
    path.rename(plain)
    patch(plain, path, dict(enumerate(results)))
    plain.unlink()


def _of(stored: Stored, sheet: str) -> list[tuple[Cell, Any]]:
    return [(cell, value) for (page, cell), value in stored.items() if page == sheet]


def _openpyxl_chart(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    anchor, kind, title, pairs = chart_parts(order)
    chart = ScatterChart() if kind == "scatter" else LineChart()
    chart.title = title
    for categories, ys in pairs:
        values = Reference(sheet, range_string=_absolute(ys, order.page)[1:])
        given = Reference(sheet, range_string=_absolute(categories, order.page)[1:]) if categories else None
        if kind == "scatter":
            chart.series.append(Series(values, given))
        else:
            chart.add_data(values)
            if given:
                chart.set_categories(given)
    sheet.add_chart(chart, anchor)


def _openpyxl_name(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    name, text = order.text.split(" ", 1)
    book.defined_names[name] = DefinedName(name, attr_text=text.removeprefix("="))


def _openpyxl_table(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    name, where = order.text.split()
    box = cells_of(where)
    table = Table(displayName=name, ref=where)
    table.tableColumns = [
        TableColumn(id=number, name=str(sketch.cells[order.page][cell]))
        for number, cell in enumerate([cell for cell in box if cell[0] == box[0][0]], 1)
    ]
    sheet.add_table(table)


def _openpyxl_note(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    where, text = order.text.split(" ", 1)
    sheet[where].comment = Comment(text, "me")


def _openpyxl_format(book: Any, sheet: Any, order: Order, sketch: Sketch) -> None:
    where, code = order.text.split(" ", 1)
    for cell in cells_of(where):
        sheet[cell_name(cell)].number_format = code


_OPENPYXL: dict[str, Callable[[Any, Any, Order, Sketch], None]] = {
    "name": _openpyxl_name,
    "table": _openpyxl_table,
    "chart": _openpyxl_chart,
    "note": _openpyxl_note,
    "format": _openpyxl_format,
    "merge": lambda book, sheet, order, sketch: sheet.merge_cells(order.text),
}


def _settings(sketch: Sketch, path: Path) -> None:
    """Puts the calculation settings as Excel saves them into the workbook part."""
    modes = " ".join(_MODES[order.text] for order in sketch.all("calc"))
    with zipfile.ZipFile(path) as package:
        parts = {item.filename: package.read(item) for item in package.infolist()}
    text = parts["xl/workbook.xml"].decode("utf-8")
    wanted = f'<calcPr calcId="191029" {modes}/>'.replace(" /", "/")
    parts["xl/workbook.xml"] = re.sub(r"<calcPr[^>]*/>", wanted, text).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
