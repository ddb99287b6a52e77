"""The gallery: the committed workbooks are what the code makes, and the page says what the workbooks say."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import xlsgd
from xlsgd.api import check_exhibit, generate_exhibit
from xlsgd.book import Book
from xlsgd.gallery import Exhibit, gallery
from xlsgd.sheet.exhibits import make_exhibit
from xlsgd.sheet.one_formula import one_formula
from xlsgd.sheet.telling import tell
from xlsgd.values import NUM

ROOT = Path(__file__).parents[1]
WORKBOOKS, PAGE, PICTURES = ROOT / "workbooks", ROOT / "docs" / "gallery.md", ROOT / "docs" / "pictures"
EXHIBITS = gallery()
MEGABYTE, KILOBYTE = 1_000_000, 1_000


def name(exhibit: Exhibit) -> str:
    return exhibit.name


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_gallery", ROOT / "scripts" / "make_gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def committed(wanted: str) -> Book:
    return xlsgd.load(WORKBOOKS / f"{wanted}.xlsx")


def test_the_gallery_has_the_nine_experiments_and_graddesc() -> None:
    names = [exhibit.name for exhibit in EXHIBITS]
    assert [int(one[0]) for one in names[:9]] == list(range(1, 10))
    assert len(set(names)) == len(names) == 13
    assert sum(len(exhibit.shows) for exhibit in EXHIBITS) == 66
    rebuilt = next(exhibit for exhibit in EXHIBITS if exhibit.name == "graddesc")
    wanted = ["basic SGD", "momentum", "adagrad", "rmsprop", "adam", "eve", "adagrad_ann", "adam_ann"]
    assert rebuilt.sheets == wanted
    assert rebuilt.data_sheet


def test_folders_hold_the_gallery_and_nothing_else() -> None:
    assert {path.name for path in WORKBOOKS.iterdir()} == {exhibit.file for exhibit in EXHIBITS}
    assert {path.name for path in PICTURES.iterdir()} == {f"{exhibit.name}.png" for exhibit in EXHIBITS} | {
        "benchmarks.png"
    }
    assert sum(path.stat().st_size for path in WORKBOOKS.iterdir()) < 5 * MEGABYTE
    assert max(path.stat().st_size for path in PICTURES.iterdir()) < 150 * KILOBYTE


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=name)
def test_a_workbook_is_made_anew_cell_by_cell(exhibit: Exhibit, tmp_path: Path) -> None:
    made = xlsgd.load(generate_exhibit(exhibit, tmp_path).path)
    kept = committed(exhibit.name)
    assert [sheet.name for sheet in kept.sheets] == [sheet.name for sheet in made.sheets]
    assert kept.names == made.names
    for one, other in zip(kept.sheets, made.sheets, strict=True):
        assert one.formulas == other.formulas, one.name
        assert one.constants == other.constants, one.name
        assert {cell: repr(value) for cell, value in one.cached.items()} == {
            cell: repr(value) for cell, value in other.cached.items()
        }, one.name
        assert one.cached.keys() >= one.formulas.keys()


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=name)
def test_a_committed_workbook_agrees_with_numpy(exhibit: Exhibit) -> None:
    outcomes = check_exhibit(exhibit, WORKBOOKS)
    assert [outcome.sheet for outcome in outcomes] == exhibit.sheets
    for outcome in outcomes:
        assert outcome.ok, outcome.lines()
        assert outcome.comparison.max_ulp == 0
        assert outcome.comparison.cells > 100


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=name)
def test_contents_come_first_and_lead_to_every_sheet(exhibit: Exhibit) -> None:
    book, _ = make_exhibit(exhibit)
    first = book.sheets[0]
    assert first.name == "Contents"
    assert first.look is not None
    assert {link.sheet for link in first.look.links} == {sheet.name for sheet in book.sheets[1:]}
    assert exhibit.question in first.constants.values()
    assert exhibit.picture in {sheet.name for sheet in book.sheets}
    assert len(book.sheets) == len({sheet.name.casefold() for sheet in book.sheets})


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == script().page(), "docs/gallery.md is stale: run scripts/gallery"


def test_no_hole_is_left_and_every_finding_has_a_number() -> None:
    make = script()
    for exhibit in EXHIBITS:
        one = make.hang(exhibit)
        for sentence in exhibit.findings:
            text = make.filled(sentence, one)
            assert not re.search(r"[{}]", text)
        assert any(make.HOLE.search(sentence) for sentence in exhibit.findings)


@pytest.mark.parametrize(
    ("exhibit", "sheet", "key", "expected"),
    [
        ("1-one-neuron", "analytic", "root_sum_error_1", 150.75521153771854),
        ("2-two-neurons", "forward", "error@28", pytest.approx(1.9e25, rel=0.01)),
        ("2-two-neurons", "forward", "error@29", pytest.approx(2.04e65, rel=0.01)),
        ("2-two-neurons", "forward", "da@30", 0.0),
        ("2-two-neurons", "analytic", "error@31", NUM),
        ("2-two-neurons", "analytic", "da@33", NUM),
        ("3-initial-weights", "tenths", "exploded", 58.0),
        ("4-relu", "analytic", "hidden@87", 0.0),
        ("8-x-to-the-fourth", "from 2.2", "exploded", "never"),
        ("9-classifier", "stuck", "mean_error_3", pytest.approx(4 / 3)),
    ],
)
def test_what_the_experiments_are_known_for(exhibit: str, sheet: str, key: str, expected: object) -> None:
    one = script().hang(next(found for found in EXHIBITS if found.name == exhibit))
    assert one.value(sheet, key) == expected


def test_one_formula_agrees_with_the_classic_sheet() -> None:
    exhibit = next(found for found in EXHIBITS if found.one_formula)
    book = committed(exhibit.name)
    for show in exhibit.shows:
        made = one_formula(tell(show.variant, show.sheet))
        sheet = book.sheet(made.sheet.name)
        assert sheet.cached[made.difference] == 0.0
        assert len(sheet.formulas) == 2
        assert sum(cell[0] >= made.box.top for cell in sheet.cached) == made.box.height * made.box.width
