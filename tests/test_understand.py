"""Understanding the real workbooks: every column of graddesc.xlsm, and no training where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

import xlsgd
from xlsgd.address import cell_name, column_name
from xlsgd.check.understand import Block, show_roles, understand
from xlsgd.errors import XlsgdError
from xlsgd.gallery import gallery
from xlsgd.plan import make_plan

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "workbooks"
GRADDESC = SHARED / "fastai+fastai1" / "courses" / "dl1" / "excel" / "graddesc.xlsm"
real = pytest.mark.skipif(not GRADDESC.is_file(), reason="the real workbooks are not on this machine")

# sheet: variant, form, columns. b (or intercept) stands in C, a (or slope) in D.
PLAIN = "A input, B target, C weight, D weight, E prediction"
GRADIENTS = "F derivative of b, G derivative of a"
NEW = "H update of b, I update of a"
STATES = "J state of b m, K state of a m"
EXPECTED = {
    "basic SGD": (
        "sgd",
        "SGD",
        "A input, B target, C weight, D weight, E prediction, F error, G perturbed of intercept +, "
        "H derivative of intercept forward, I perturbed of slope +, J derivative of slope forward, "
        "K derivative of intercept, L derivative of slope, M update of slope, N update of intercept",
    ),
    "momentum": ("momentum", "averaged momentum", f"{PLAIN}, {GRADIENTS}, {NEW}, {STATES}"),
    "adagrad": ("adagrad-epoch", "Adagrad by epoch", f"{PLAIN}, {GRADIENTS}, {NEW}"),
    "rmsprop": (
        "rmsprop-graddesc",
        "RMSProp with the previous row's v and no epsilon",
        f"{PLAIN}, {GRADIENTS}, {NEW}, J state of b v, K state of a v",
    ),
    "adam": (
        "adam-graddesc",
        "Adam with no bias correction and no epsilon",
        f"{PLAIN}, {GRADIENTS}, {NEW}, {STATES}, L state of b v, M state of a v",
    ),
    "eve": (
        "eve-graddesc",
        "Eve with no bias correction and no epsilon",
        "A input, B target, C weight, D weight, E prediction, F error, G derivative of b, H derivative of a, "
        "I update of b, J update of a, K state of b m, L state of a m, M state of b v, N state of a v",
    ),
    "adagrad_ann": ("adagrad-epoch", "Adagrad by epoch", f"{PLAIN}, {GRADIENTS}, H update of a, I update of b"),
    "adam_ann": (
        "adam-graddesc",
        "Adam with no bias correction and no epsilon",
        f"{PLAIN}, {GRADIENTS}, {NEW}, {STATES}, L state of b v, M state of a v",
    ),
}
SETTINGS: dict[str, dict[str, tuple[float | None, str | None]]] = {  # name: value and cell
    "basic SGD": {"learning rate": (0.0001, "F1"), "h": (0.01, None)},
    "momentum": {"learning rate": (0.0001, "D2"), "beta": (0.9, "J1")},
    "adagrad": {"learning rate": (0.001, "D2"), "divisor": (28.092710228958623, "F1")},
    "rmsprop": {"learning rate": (0.02, "D2"), "beta": (0.9, "J1")},
    "adam": {"learning rate": (1.0, "D2"), "beta1": (0.7, "J1"), "beta2": (0.9, "L1")},
    "eve": {"learning rate": (1.0, "D2"), "beta1": (0.7, "K1"), "beta2": (0.9, "M1"), "divisor": (None, "F38")},
    "adagrad_ann": {"learning rate": (0.00390625, "D2"), "divisor": (0.2758546608505688, "F1")},
    "adam_ann": {"learning rate": (0.00390625, "D2"), "beta1": (0.9, "J1"), "beta2": (0.95, "L1")},
}


def columns(block: Block) -> str:
    said = []
    for col, column in sorted(block.columns.items()):
        of = f" of {column.of}" if column.of else ""
        kind = f" {column.kind}" if column.kind not in ("", "exact", "new weight") else ""
        said.append(f"{column_name(col)} {column.role}{of}{kind}")
    return ", ".join(said)


@pytest.fixture(scope="module")
def graddesc() -> dict[str, Block]:
    book = xlsgd.load(GRADDESC)
    found = understand(book, make_plan(book))
    assert len(found) == 8
    return {book.sheets[block.sheet].name: block for block in found}


@real
@pytest.mark.parametrize("sheet", EXPECTED)
def test_every_column_of_graddesc(graddesc: dict[str, Block], sheet: str) -> None:
    optimizer, form, roles = EXPECTED[sheet]
    block = graddesc[sheet]
    assert (block.first, block.last, block.across) == (4, 32, False)
    assert block.variant_name == f"linear-analytic-{optimizer}"
    assert block.form == form
    assert columns(block) == roles


@real
@pytest.mark.parametrize("sheet", SETTINGS)
def test_every_setting_of_graddesc(graddesc: dict[str, Block], sheet: str) -> None:
    found = graddesc[sheet].settings
    assert found.keys() == SETTINGS[sheet].keys()
    for name, (value, cell) in SETTINGS[sheet].items():
        place = found[name].place
        assert (None if place is None else cell_name(*place[1:])) == cell, name
        assert value is None or found[name].value == value, name


@real
def test_the_one_wrong_cell_is_odd_and_nothing_else(graddesc: dict[str, Block]) -> None:
    odd = {(sheet, column_name(col), row) for sheet, block in graddesc.items()
           for col, column in block.columns.items() for row in column.odd}  # fmt: skip
    assert odd == {("adam_ann", "J", 5)}


@real
def test_where_weights_and_states_start(graddesc: dict[str, Block]) -> None:
    sheet = graddesc["adam"].sheet
    assert graddesc["adam"].starts["b"] == (sheet, 1, 3)
    assert graddesc["adam"].starts["a"] == (sheet, 2, 3)
    assert graddesc["adam"].starts["J"] == (sheet, 33, 10)
    assert graddesc["adam"].weights_as == {"a": "a", "b": "b"}
    assert graddesc["basic SGD"].weights_as == {"a": "slope", "b": "intercept"}


@real
def test_no_training_in_the_other_real_workbooks() -> None:
    seen, trained = 0, []
    for path in sorted(SHARED.rglob("*.xls[xm]")):
        try:
            book = xlsgd.load(path)
        except XlsgdError:
            continue
        seen += 1
        if path.name != GRADDESC.name:
            trained += [(path.name, book.sheets[one.sheet].name) for one in understand(book, make_plan(book))]
    assert seen >= 300
    assert trained == []


SHOWS = [(exhibit, show) for exhibit in gallery() for show in exhibit.shows]


@pytest.mark.parametrize("exhibit", gallery(), ids=lambda exhibit: exhibit.name)
def test_every_sheet_of_the_gallery_by_its_exact_name(exhibit: xlsgd.gallery.Exhibit) -> None:
    book = xlsgd.load(ROOT / "workbooks" / exhibit.file)
    found = understand(book, make_plan(book))
    assert [(book.sheets[one.sheet].name, one.variant_name) for one in found] == [
        (show.sheet, show.variant.name) for show in exhibit.shows
    ]
    for block, show in zip(found, exhibit.shows, strict=True):
        assert block.variant is not None
        assert block.variant.model == show.variant.model
        assert block.settings["learning rate"].value == show.variant.optimizer.lr
        assert list(block.weights_as) == list(show.variant.model.weights)
        assert len(block.weights) == len(show.variant.model.weights)


def test_the_gallery_has_66_sheets_that_train() -> None:
    assert len(SHOWS) == 66


def test_what_is_shown_can_be_written_as_json() -> None:
    import json

    book = xlsgd.load(ROOT / "workbooks" / "1-one-neuron.xlsx")
    shown = show_roles(book, understand(book, make_plan(book)))
    assert json.loads(json.dumps(shown)) == shown
    assert shown[0]["variant"] == "linear-analytic-sgd"
    assert {"column": "E", "name": "a", "role": "weight", "of": None, "kind": ""} in shown[0]["columns"]
