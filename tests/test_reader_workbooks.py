"""The reader on workbooks that Excel saved, against openpyxl."""

from __future__ import annotations

import time
import warnings
from typing import Any

import pytest

from make_package import SHARED
from xlsgd.address import cell_name
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.reader import read
from xlsgd.values import CellError, Scalar

openpyxl = pytest.importorskip("openpyxl")
translate = pytest.importorskip("openpyxl.formula.translate")
FILES = sorted(path for path in SHARED.rglob("*") if path.suffix in {".xlsx", ".xlsm"})
NOT_FOR_OPENPYXL = {"collab_filter.xlsx", "W3_Linear-Layer.xlsx"}  # a pivot cache and a worksheet that it refuses
GRADDESC = SHARED / "fastai+fastai1" / "courses" / "dl1" / "excel" / "graddesc.xlsm"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the folder of real workbooks is not there: {SHARED}")


def test_every_file_opens_soon() -> None:
    start = time.perf_counter()
    books = [read(path) for path in FILES]
    assert len(books) >= 323
    assert sum(len(sheet.formulas) for book in books for sheet in book.sheets) >= 93_000
    assert time.perf_counter() - start < 600  # a guard against hanging
    for sheet in (sheet for book in books for sheet in book.sheets):
        assert not sheet.constants.keys() & (sheet.formulas.keys() | sheet.cached.keys())


def test_graddesc() -> None:
    book = read(GRADDESC)
    assert {sheet.name for sheet in book.sheets} >= {"data", "basic SGD", "momentum", "rmsprop", "adam", "adam_ann"}
    sheet = book.sheet("basic SGD")
    assert isinstance(sheet.cached[4, 8], float)
    assert len({id(formula) for formula in sheet.formulas.values()}) < len(sheet.formulas) / 5
    assert any(name.name == "lastslope" and name.sheet is not None for name in book.names)


@pytest.mark.parametrize("part", range(8))
def test_openpyxl_reads_the_same(part: int) -> None:
    compared = 0
    for path in FILES[part::8]:
        if path.name in NOT_FOR_OPENPYXL:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
        compared += compare(read(path), *theirs)
    assert compared > 1000


def compare(book: Book, formulas: Any, values: Any) -> int:
    """Asserts that both readings agree; how many cells were compared."""
    compared = 0
    assert formulas.sheetnames == [sheet.name for sheet in book.sheets]
    for sheet in book.sheets:
        if sheet.kind != "worksheet":
            continue
        for row in formulas[sheet.name].iter_rows():
            for cell in row:
                if cell.value is not None:
                    place = f"{book.path}: {sheet.name}!{cell.coordinate}"
                    cached = values[sheet.name][cell.coordinate].value
                    assert agree(sheet, (cell.row, cell.column), cell.value, cached), place
                    compared += 1
    return compared


def agree(sheet: Sheet, key: tuple[int, int], told: object, cached: object) -> bool:
    """Whether our reading of a cell is theirs, except for what openpyxl does not keep (see the comments)."""
    formula = sheet.formulas.get(key)
    text = getattr(told, "text", told)
    if formula is None and isinstance(text, str) and text in {"", "="}:
        return key in sheet.cached or sheet.constants.get(key) == text  # an array formula's child with an empty <f>
    if formula is None:
        return same(sheet.constants.get(key, sheet.cached.get(key)), told)
    return same(sheet.cached.get(key), cached) and (not isinstance(text, str) or moved(formula, key) == text.strip())


def moved(formula: Formula, key: tuple[int, int]) -> str:
    text = f"={formula.text}".strip()
    if formula.origin == key:
        return text
    return str(translate.Translator(text, cell_name(*formula.origin)).translate_formula(cell_name(*key))).strip()


def same(ours: Scalar, theirs: object) -> bool:
    if theirs is None:
        return ours is None or ours == ""  # openpyxl has no empty text
    if not isinstance(theirs, bool | int | float | str):
        return isinstance(ours, float)  # a date there, a serial number here
    if isinstance(ours, CellError):
        return str(ours) == theirs or theirs == "#VALUE!"  # it knows nothing of #CALC! and #SPILL!
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours == theirs.replace("\r\n", "\n") or "_x00" in theirs  # it leaves escapes in formula results
    return ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)
