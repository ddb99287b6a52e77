"""What each input goes through. A trip ends well, or with XlsgdError; whatever else it raises is a bug."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Mapping
from functools import cache
from itertools import islice
from operator import itemgetter
from pathlib import Path

from xlsgd import api
from xlsgd.address import Box, cell_name, parse_cell
from xlsgd.book import Book, Formula, Name, Sheet, Table
from xlsgd.book.columns import plain
from xlsgd.book.reader import read
from xlsgd.book.writer import write
from xlsgd.engine import get_engine
from xlsgd.engine.base import Options, Values
from xlsgd.errors import XlsgdError
from xlsgd.plan import Plan, make_plan
from xlsgd.values import finish
from xlsgd.variants.csv_data import read_csv
from xlsgd.vocabulary import make_variant

from .corpus import zipped
from .inputs import SUFFIX

_CLOCK = re.compile("NOW|TODAY|RAND", re.IGNORECASE)
Station = Callable[[], None]
MOST = 50_000  # cells of a sheet that are compared
_OPTIONS = Options("fresh", 1)


class WrongAnswer(Exception):
    """An answer that cannot be right, such as two engines that differ."""


def take(level: str, data: bytes, folder: Path, depth: int, station: Station = lambda: None) -> str:
    """Send an input on its way; gives how it ended.

    depth: any number; its remainders decide which of the dearer stations come along, 0 takes all of them. station:
    called before each, as the time of each counts for itself. Raises what the code under test raises, but for
    XlsgdError.
    """
    path = folder / f"input{SUFFIX[level]}"
    path.write_bytes(data)
    try:
        if level == "formula":
            return _formula(json.loads(data), depth, station)
        return _csv(path, depth) if level == "csv" else _workbook(path, depth, station)
    except XlsgdError as error:
        if len(str(error).splitlines()) != 1:
            raise WrongAnswer(f"an error has not one line: {str(error)!r}") from error
        return "refused"


def _workbook(path: Path, depth: int, station: Station) -> str:
    book = read(path)
    plan = make_plan(book)
    values = get_engine("scalar").run(plan, _OPTIONS)
    if depth % 10 == 0:
        station()
        _compare(values, get_engine("native").run(plan, _OPTIONS))
    if depth % 20 == 0:
        station()
        _patched(values, path)
    if depth % 40 == 0:
        station()
        report = api.verify(path)
        station()
        marked = path.with_name("marked.xlsx")
        api.annotate(path, marked, report.findings)
        read(marked)
        api.write_html(report, path.with_name("page.html"))
    if depth % 50 == 0:
        station()
        api.diff(path, _original(path.parent))
    if depth % 60 == 0:
        station()
        _written(book, path.with_name("written.xlsx"))
    return "read"


def _patched(values: Values, path: Path) -> None:
    """A copy with new values reads back as them."""
    copy = path.with_name("patched.xlsx")
    left = {place for place, _ in api.save_values(values, copy).left}
    for sheet, again, results in zip(values.book.sheets, read(copy).sheets, values.results, strict=True):
        for cell in sheet.formulas:
            wanted, found = results.get(cell), again.cached.get(cell)
            wanted = finish(wanted) if type(wanted) is float else wanted  # of a constant that is no number of Excel's
            if type(wanted) is float and wanted != found and f"{sheet.name}!{cell_name(*cell)}" not in left:
                raise WrongAnswer(f"a patched cell holds another value: {sheet.name}, {cell}, {wanted!r}, {found!r}")


def _written(book: Book, path: Path) -> None:
    """What the writer takes, the reader gives back; the writer may add a table's headers."""
    book.path = None
    write(book, path)
    for one, two in zip(book.sheets, read(path).sheets, strict=True):
        if one.formulas.keys() != two.formulas.keys() or one.constants.keys() - two.constants.keys():
            raise WrongAnswer(f"written and read again there are other cells: sheet {one.name}")


@cache
def _original(folder: Path) -> Path:
    path = folder / "original.xlsx"
    path.write_bytes(zipped()[0])
    return path


def _formula(told: Mapping[str, object], depth: int, station: Station) -> str:
    plan = _plan(told)
    values = get_engine("scalar").run(plan, _OPTIONS)
    if depth % 4 == 0 or told["fill"] != 1:
        station()
        native = get_engine("native").run(plan, _OPTIONS)
        if not _CLOCK.search(str(told["formula"])):
            _compare(values, native)
    if depth % 100 == 0:
        station()
        api.verify(plan.book)
        json.dumps([repr(one) for one in plain(values.results[0]).values()])
    return "understood" if next(iter(plan.programs[0].values())).tree is not None else "not understood"


def _plan(told: Mapping[str, object]) -> Plan:
    text, kind, fill, cells = (told[key] for key in ("formula", "kind", "fill", "cells"))
    assert isinstance(text, str)
    assert isinstance(cells, dict)
    assert isinstance(fill, int)
    sheet, other = Sheet("S"), Sheet("T", {(1, 1): 3.0, (2, 2): "t"})
    for name, value in cells.items():
        place = parse_cell(name)
        if place is not None and value is not None:
            sheet.constants[place] = value
    sheet.constants |= {(1, 20): "x", (2, 20): 4.0, (3, 20): 5.0}
    for row in range(6, 6 + fill):
        box = Box(row, 6, row + 1, 7) if kind == "array" else Box(row, 6, row, 6)
        if kind == "normal" or fill > 1:
            sheet.formulas[row, 6] = Formula(text, (6, 6))
        else:
            sheet.formulas[row, 6] = Formula(text, (row, 6), "array", box, kind == "dynamic")
    sheet.formulas[6, 9] = Formula("F6&1", (6, 9))
    book = Book([sheet, other], [Name("rate", "S!$A$1"), Name("late", "rate*2"), Name("endless", "endless+rate")])
    book.tables.append(Table("T1", 0, Box(1, 20, 3, 20), ("x",)))
    return make_plan(book)


def _csv(path: Path, depth: int) -> str:
    table = read_csv(path)
    len(table.classes)
    if depth % 40 == 0:
        variant = make_variant("linear", data=str(path), epochs=1)
        made = path.with_name("made.xlsx")
        api.generate(variant, made)
        read(made)
    return "read"


def _compare(one: Values, two: Values) -> None:
    """Two engines agree to the bit."""
    for sheet, ours, theirs in zip(one.book.sheets, one.results, two.results, strict=True):
        a, b = _exact(ours), _exact(theirs)
        different = [cell for cell in a.keys() | b.keys() if a.get(cell) != b.get(cell)]
        if different:
            cell = min(different)
            raise WrongAnswer(
                f"scalar and native differ: {sheet.name} {cell}: {ours.get(cell)!r}, {theirs.get(cell)!r}"
            )


def _exact(results: Mapping[tuple[int, int], object]) -> dict[tuple[int, int], object]:
    """Values with their types, numbers as bits; of very many the first: the comparison is not what is tested."""
    return {
        cell: struct.pack("<d", value) if type(value) is float else (type(value), value)
        for cell, value in islice(sorted(plain(results).items(), key=itemgetter(0)), MOST)  # type: ignore[arg-type]
    }
