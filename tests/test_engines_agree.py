"""``native`` and ``scalar`` give the same values, to the last bit, on every workbook at hand."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from xlsgd import load
from xlsgd.book import Book, Cell
from xlsgd.book.columns import plain
from xlsgd.engine import get_engine
from xlsgd.engine.base import Result, Values
from xlsgd.errors import UnreadableError
from xlsgd.plan import make_plan

ROOT = Path(__file__).parents[1]
GALLERY = sorted((ROOT / "workbooks").glob("*.xlsx"))
SHARED = ROOT.parent / "shared" / "workbooks"
REAL = sorted(path for path in SHARED.rglob("*.xls[xm]") if not path.name.startswith("~"))


def exact(results: Mapping[Cell, Result]) -> dict[Cell, object]:
    """Values with their types, numbers as bits."""
    return {
        cell: struct.pack("<d", value) if type(value) is float else (type(value), value)
        for cell, value in plain(results).items()
    }


def assert_equal(book: Book) -> Values:
    """Both engines on one plan; gives what ``native`` found."""
    plan = make_plan(book)
    native, scalar = (get_engine(name).run(plan) for name in ("native", "scalar"))
    for sheet, ours, theirs in zip(book.sheets, native.results, scalar.results, strict=True):
        one, two = exact(ours), exact(theirs)
        different = [cell for cell in one.keys() | two.keys() if one.get(cell) != two.get(cell)]
        assert not different, (sheet.name, sorted(different)[:5])
    assert native.remarks == scalar.remarks
    assert native.counts.formulas == scalar.counts.formulas
    assert native.counts.unsupported == scalar.counts.unsupported
    assert native.counts.compiled + native.counts.fallback == native.counts.formulas
    return native


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_on_the_gallery(path: Path) -> None:
    native = assert_equal(load(path))
    assert native.counts.compiled > native.counts.formulas / 2


def test_the_gallery_is_there() -> None:
    assert len(GALLERY) >= 13


@pytest.mark.skipif(not REAL, reason="the real workbooks are not beside the repository")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_on_real_workbooks(path: Path) -> None:
    try:
        book = load(path)
    except UnreadableError as error:
        pytest.skip(str(error))
    assert_equal(book)
