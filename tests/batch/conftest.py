"""Small workbooks for the tests of batches."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import xlsgd
from batch.traps import Shelf
from xlsgd.batch.job import Setup
from xlsgd.variants import Linear, Variant


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook in which nothing is wrong."""
    path = tmp_path_factory.mktemp("made") / "good.xlsx"
    xlsgd.generate(Variant(Linear()), path)
    return path


@pytest.fixture(scope="session")
def wrong(good: Path) -> Path:
    """A workbook with a number where a formula belongs."""
    from openpyxl import load_workbook

    path = good.with_name("wrong.xlsx")
    book = load_workbook(good)
    assert book.worksheets[0]["H14"].value == "=I14*B14"
    book.worksheets[0]["H14"] = 0.5
    book.save(path)
    return path


@pytest.fixture
def shelf(tmp_path: Path, good: Path, wrong: Path) -> Shelf:
    """Fills a folder with copies: ``shelf("a.xlsx", "b/c.xlsx", ...)``, wrong ones where the name says so."""

    def fill(*names: str) -> Path:
        for name in names:
            place = tmp_path / "shelf" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if "broken" in name:
                place.write_bytes(b"PK\3\4 no workbook")
            else:
                shutil.copy(wrong if "wrong" in name else good, place)
        return tmp_path / "shelf"

    return fill


@pytest.fixture
def setup() -> Setup:
    return Setup(timeout=60.0, memory=2**30)
