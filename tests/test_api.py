"""The public functions, through files on disk."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import xlsgd
from xlsgd import api
from xlsgd.book import Book
from xlsgd.book.writer import write
from xlsgd.check import differing_cached
from xlsgd.errors import UnreadableError, UsageError
from xlsgd.gallery import Exhibit, Show
from xlsgd.values import NUM
from xlsgd.variants import MODELS
from xlsgd.vocabulary import make_variant, vocabulary


def small_gallery() -> tuple[Exhibit, ...]:
    adam = make_variant("relu2", "forward", "adam-graddesc", data="linear:5,1")
    shows = (Show("plain", make_variant("linear"), "a line"), Show("adam", adam, "a bend"))
    return tuple(Exhibit(name, "Small", "Why?", (), "", (), shows) for name in ("one", "two"))


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_every_public_name_is_there_and_sorted() -> None:
    assert xlsgd.__all__ == sorted(xlsgd.__all__)
    assert all(getattr(xlsgd, name) is not None for name in xlsgd.__all__)
    assert dir(xlsgd) == xlsgd.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = xlsgd.nothing


def test_import_is_light() -> None:
    heavy = "{'numpy', 'pandas', 'lxml', 'rich', 'xlsxwriter', 'matplotlib', 'formulas', 'openpyxl'}"
    assert python(f"import sys, xlsgd, xlsgd.cli; print({heavy} & set(sys.modules))") == "set()"


def test_reference_stays_the_function_whatever_is_imported() -> None:
    code = "import xlsgd.reference.training, xlsgd.reference, xlsgd; from xlsgd.reference import train, Trace"
    assert python(f"{code}; print(type(xlsgd.reference).__name__, type(train).__name__)") == "function function"


def test_generate_writes_formulas_and_their_values(tmp_path: Path) -> None:
    made = xlsgd.generate(make_variant("linear"), tmp_path / "one.xlsx")
    book = xlsgd.load(made.path)
    [sheet] = book.sheets
    assert sheet.formulas.keys() == made.told[0].sheet.formulas.keys() == sheet.cached.keys()
    cell = made.told[0].summary["root_sum_error_1"]
    assert sheet.cached[cell] == 150.75521153771854
    values = xlsgd.calculate(book)
    assert differing_cached(values) == []
    assert values.at(0, *cell) == 150.75521153771854
    assert {"read", "plan"} <= values.seconds.keys()
    assert [path.name for path in tmp_path.iterdir()] == ["one.xlsx"]


def test_stored_values_are_seen_by_another_reader(tmp_path: Path) -> None:
    made = xlsgd.generate(make_variant("linear2", epochs=2), tmp_path / "two.xlsx")
    told = made.told[0]
    sheet = openpyxl.load_workbook(made.path, data_only=True).worksheets[0]
    trace = xlsgd.reference(told.variant)
    for step, error in enumerate(trace.columns["error"][0].tolist()):
        stored = sheet.cell(told.rows[0] + step, told.columns["error"]).value
        assert stored == ("#NUM!" if np.isnan(error) else error)


def test_load_takes_an_openpyxl_workbook_and_a_book() -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["A1"], workbook.worksheets[0]["A2"] = 20, "=A1*2+2"
    values = xlsgd.calculate(workbook)
    assert values["Sheet!A2"] == 42.0
    assert values.book.path is None
    book = Book()
    assert xlsgd.load(book) is book


def test_check_file_finds_what_was_changed_on_disk(tmp_path: Path) -> None:
    variant = make_variant("linear")
    path = xlsgd.generate(variant, tmp_path / "one.xlsx").path
    [good], book = xlsgd.check_file(path, variant), xlsgd.load(path)
    assert good.ok
    assert (good.sheet, good.formulas, good.comparison.max_ulp) == (
        "linear-analytic-sgd",
        len(book.sheets[0].formulas),
        0,
    )
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0]["F20"] = 12.5  # a prediction, typed
    workbook.save(path)
    [bad] = xlsgd.check_file(path, variant)
    assert not bad.ok
    assert bad.typed == ((20, 6),)
    assert (20, 6) in [difference.cell for difference in bad.comparison.differences]
    wrong = [line for line in bad.lines(999) if "!F20 (prediction)" in line]
    assert wrong[0].startswith(f"{path}: linear-analytic-sgd!F20 (prediction): 12.5, expected ")
    assert len(bad.lines(3)) == 4


def test_a_formula_replaced_by_its_own_value_is_found(tmp_path: Path) -> None:
    variant = make_variant("linear")
    path = xlsgd.generate(variant, tmp_path / "one.xlsx").path
    book = xlsgd.load(path)
    book.sheets[0].constants[20, 7] = book.sheets[0].cached.pop((20, 7))
    del book.sheets[0].formulas[20, 7]
    write(book, path)
    [outcome] = xlsgd.check_file(path, variant)
    assert outcome.comparison.ok
    assert not outcome.ok
    assert outcome.lines() == [f"{path}: linear-analytic-sgd!G20: a formula belongs here"]


def test_check_file_wants_the_variants_sheet(tmp_path: Path) -> None:
    path = xlsgd.generate(make_variant("linear"), tmp_path / "one.xlsx").path
    with pytest.raises(UsageError, match="no sheet 'relu2-analytic-sgd'"):
        xlsgd.check_file(path, make_variant("relu2"))


def test_demo_reports_each_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlsgd.gallery.gallery", small_gallery)
    seen: list[str] = []
    outcomes = xlsgd.demo(tmp_path, lambda outcome: seen.append(outcome.sheet))
    assert seen == ["plain", "adam"] * 2
    assert [outcome.path.name for outcome in outcomes] == ["one.xlsx", "one.xlsx", "two.xlsx", "two.xlsx"]
    assert all(outcome.ok for outcome in outcomes)
    assert outcomes[0].roots == (150.75521153771854,)
    with pytest.raises(UsageError, match="there is no folder"):
        xlsgd.demo(tmp_path / "nowhere")


def test_demo_in_processes_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlsgd.gallery.gallery", small_gallery)
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    alone, shared = xlsgd.demo(tmp_path / "one"), xlsgd.demo(tmp_path / "many", jobs=2)
    assert [outcome.sheet for outcome in shared] == [outcome.sheet for outcome in alone]
    assert [outcome.comparison.columns for outcome in shared] == [outcome.comparison.columns for outcome in alone]
    for name in ("one.xlsx", "two.xlsx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes()


@pytest.mark.parametrize("runs", [3, {"lr": [1e-4] * 3}, {"lr": np.full(3, 1e-4), "a": 1, "b": [1, 1, 1]}])
def test_runs_of_the_reference(runs: object) -> None:
    trace = xlsgd.reference(make_variant("linear"), runs=runs)  # type: ignore[arg-type]
    assert trace.summary["root_sum_error_1"].tolist() == [150.75521153771854] * 3


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ({"learning": 1.0}, "unknown key of runs 'learning'"),
        ({"lr": [1.0, 2.0], "a": [1.0, 2.0, 3.0]}, "do not fit together"),
        ({"lr": "fast"}, "do not fit together"),
        (0, "do not make pairs"),
        ({"lr": float("nan")}, "must be finite"),
    ],
)
def test_runs_that_make_no_sense(runs: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        xlsgd.reference(make_variant("linear"), runs=runs)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["one.xls", "one", "nowhere/one.xlsx", "folder.xlsx"])
def test_targets_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        xlsgd.generate(make_variant("linear"), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "liner"}, "unknown model 'liner': did you mean 'linear'"),
        ({"optimizer": "sdg"}, "did you mean 'sgd'"),
        ({"gradient": "foward"}, "did you mean 'forward'"),
        ({"init": "one"}, "did you mean 'ones'"),
        ({"init": "values:1"}, "wants 2 numbers"),
        ({"data": "gradesc"}, "did you mean 'graddesc'"),
        ({"beta": 0.5}, "unknown setting of analytic sgd: 'beta'"),
        ({"gradient": "forward", "h": 0.0}, "h must not be 0"),
        ({"lr": float("inf")}, "lr must be a finite number"),
        ({"epochs": 0}, "at least 1 is wanted"),
        ({"epochs": 40_000}, "do not fit a sheet"),
    ],
)
def test_variants_that_make_no_sense(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_variant(**{"model": "linear", **arguments})  # type: ignore[arg-type]


def test_the_vocabulary_lists_every_member() -> None:
    listed = vocabulary()
    assert [one["name"] for one in listed["models"]] == [model.name for model in MODELS]
    assert listed["gradients"][1]["settings"] == {"h": 0.01}
    assert all(one["title"] for kind in listed.values() for one in kind)


def test_unsupported_functions_are_named_and_unreadable_files_refused(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["A1"] = "=NOSUCHFUNCTION(1)"
    workbook.worksheets[0]["A2"] = "=1E308*10"
    values = xlsgd.calculate(workbook)
    assert values["Sheet!A2"] is NUM
    assert not isinstance(values["Sheet!A1"], float)
    with pytest.raises(UnreadableError):
        xlsgd.load(tmp_path / "missing.xlsx")
    with pytest.raises(UsageError, match="did you mean 'scalar'"):
        xlsgd.calculate(workbook, "scaler")


def test_save_values_needs_a_file() -> None:
    values = dataclasses.replace(xlsgd.calculate(openpyxl.Workbook()))
    with pytest.raises(UsageError, match="read from a file"):
        api.save_values(values, "out.xlsx")
