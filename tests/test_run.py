"""Epochs by hand: on the workbook with the buttons against NumPy loops, and on sheets of one's own."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xlsgd import api, load
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.writer import write
from xlsgd.cli import main
from xlsgd.epochs import Run, parse_carry
from xlsgd.errors import UsageError
from xlsgd.values import Scalar

WORKBOOK = Path(__file__).parents[2] / "shared/workbooks/fastai+fastai1/courses/dl1/excel/graddesc.xlsm"
needs_workbook = pytest.mark.skipif(not WORKBOOK.exists(), reason=f"the workbook {WORKBOOK.name} is not there")

Cells = Callable[[str], float]
State = dict[str, float]


@pytest.fixture(scope="module")
def book() -> Book:
    return load(WORKBOOK)


def cells_of(book: Book, sheet: str) -> Cells:
    def at(name: str) -> float:
        value = book.sheet(sheet).constants[int(name[1:]), ord(name[0]) - 64]
        assert isinstance(value, float)
        return value

    return at


def data(at: Cells) -> list[tuple[np.float64, np.float64]]:
    return [(np.float64(at(f"A{row}")), np.float64(at(f"B{row}"))) for row in range(4, 33)]


def root_sum(errors: list[Any]) -> float:
    return float(np.sqrt(np.cumsum(errors)[-1]))


def sgd(at: Cells, start: State) -> tuple[State, float]:
    """One epoch of basic SGD as its cells compute it; the last update is dropped, as the names have it."""
    b, a, lr, errors = np.float64(start["const"]), np.float64(start["slope"]), at("F1"), []
    for x, y in data(at):
        last = (b, a)
        prediction = b + a * x
        errors.append((y - prediction) ** 2)
        db = 2 * (prediction - y)
        a, b = a - db * x * lr, b - db * lr
    return {"const": float(last[0]), "slope": float(last[1])}, root_sum(errors)


def momentum(at: Cells, start: State) -> tuple[State, float]:
    b, a, lr, beta, errors = np.float64(start["const"]), np.float64(start["slope"]), at("D2"), at("J1"), []
    mb, ma = np.float64(start["momtarget 1"]), np.float64(start["momtarget 2"])
    for x, y in data(at):
        last = (b, a)
        errors.append((b + a * x - y) ** 2)
        db = 2 * (a * x + b - y)
        mb, ma = mb * beta + (1 - beta) * db, ma * beta + (1 - beta) * (db * x)
        b, a = b - mb * lr, a - ma * lr
    carried = {"const": last[0], "slope": last[1], "momtarget 1": mb, "momtarget 2": ma}
    return {name: float(value) for name, value in carried.items()}, root_sum(errors)


def adam(at: Cells, start: State) -> tuple[State, float]:
    b, a, lr, b1, b2 = np.float64(start["const"]), np.float64(start["slope"]), at("D2"), at("J1"), at("L1")
    mb, ma, vb, va = (np.float64(start[f"{name} {k}"]) for name in ("momtarget", "gradtarget") for k in (1, 2))
    errors = []
    for x, y in data(at):
        last = (b, a)
        errors.append((b + a * x - y) ** 2)
        db = 2 * (a * x + b - y)
        da = db * x
        mb, ma = mb * b1 + (1 - b1) * db, ma * b1 + (1 - b1) * da
        vb, va = vb * b2 + (1 - b2) * db**2, va * b2 + (1 - b2) * da**2
        b, a = b - mb * lr / np.sqrt(vb), a - ma * lr / np.sqrt(va)
    names = ("const", "slope", "momtarget 1", "momtarget 2", "gradtarget 1", "gradtarget 2")
    return dict(zip(names, map(float, (*last, mb, ma, vb, va)), strict=True)), root_sum(errors)


@needs_workbook
@pytest.mark.parametrize(("sheet", "rule"), [("basic SGD", sgd), ("momentum", momentum), ("adam", adam)])
def test_epochs_are_those_of_a_numpy_loop(sheet: str, rule: Callable[..., tuple[State, float]], book: Book) -> None:
    at = cells_of(book, sheet)
    run = api.run(book, sheet, 7)
    state = dict(run.epochs[0].starts)
    for epoch in run.epochs:
        assert epoch.starts == state, epoch.number
        state, error = rule(at, state)
        assert epoch.error == error, epoch.number
    assert len(run.epochs) == 8
    assert any("each epoch drops one" in remark for remark in run.remarks)


@needs_workbook
def test_carry_keeps_the_last_update(book: Book) -> None:
    run = api.run(book, "basic SGD", 3, [parse_carry("M32=C2"), parse_carry("N32=C1")])
    at = cells_of(book, "basic SGD")
    b = a = np.float64(1)
    for epoch in run.epochs:
        assert epoch.starts == {"C1": b, "C2": a}
        for x, y in data(at):
            db = 2 * (b + a * x - y)
            a, b = a - db * x * at("F1"), b - db * at("F1")
    assert not any("drops" in remark for remark in run.remarks)


@needs_workbook
def test_every_optimizer_sheet_learns(book: Book) -> None:
    for sheet in book.sheets[2:]:
        run = api.run(book, sheet.name, 3)
        first, last = run.epochs[0].error, run.epochs[-1].error
        assert isinstance(first, float), sheet.name
        assert isinstance(last, float), sheet.name
        assert last < first * 1.5, sheet.name
        assert {"slope", "const"} <= set(run.epochs[0].starts), sheet.name


@needs_workbook
def test_eve_hands_over_its_losses_as_they_were(book: Book) -> None:
    run = api.run(book, "eve", 2)
    first, second = run.epochs[0], run.epochs[1]
    assert second.starts["ft_1"] == first.error
    assert second.starts["ft_2"] == first.starts["ft_1"]


@needs_workbook
def test_adagrad_takes_the_weights_behind_its_last_update(book: Book) -> None:
    run = api.run(book, "adagrad", 1)
    assert run.epochs[1].starts["slope"] == book.sheet("adagrad").cached[32, 9]
    assert run.epochs[1].starts["gradtarget 2"] == book.sheet("adagrad").cached[33, 7]


@needs_workbook
def test_annealing_lowers_the_rate_of_adam_ann(book: Book) -> None:
    run = api.run(book, "adam_ann", 5)
    rate = book.sheet("adam_ann").constants[2, 4]
    assert isinstance(rate, float)
    assert run.typed[9][2, 4] in [rate / 4**power for power in range(1, 6)]
    assert run.typed[9][3, 14] < book.sheet("adam_ann").constants[3, 14]  # type: ignore[operator]  # numbers


@needs_workbook
def test_a_button_that_writes_a_list_of_errors(book: Book) -> None:
    run = api.run(book, "basic SGD", 3)
    assert [run.typed[2][38 + step, 3] for step in range(3)] == [epoch.error for epoch in run.epochs[:3]]


@needs_workbook
def test_the_copy_holds_what_was_trained_and_nothing_else_changes(tmp_path: Path, book: Book) -> None:
    run, target = api.run(book, "basic SGD", 2), tmp_path / "out.xlsm"
    api.save_run(run, target)
    after = load(target)
    assert list(run.typed) == [2]
    for cell, value in run.typed[2].items():
        assert after.sheet("basic SGD").constants[cell] == value
    fresh = api.calculate(target)
    for sheet, results in zip(after.sheets, fresh.results, strict=True):
        assert all(sheet.cached[cell] == results[cell] for cell in sheet.formulas)
    assert [sheet.formulas for sheet in after.sheets] == [sheet.formulas for sheet in book.sheets]
    with zipfile.ZipFile(WORKBOOK) as one, zipfile.ZipFile(target) as two:
        assert one.namelist() == two.namelist()
        assert [name for name in one.namelist() if one.read(name) != two.read(name)] == ["xl/worksheets/sheet3.xml"]


@needs_workbook
def test_going_on_from_the_copy_is_the_same_as_one_run(tmp_path: Path, book: Book) -> None:
    target = tmp_path / "out.xlsm"
    api.save_run(api.run(book, "adam", 2), target)
    whole, rest = api.run(book, "adam", 4), api.run(target, "adam", 2)
    assert [one.starts for one in rest.epochs] == [one.starts for one in whole.epochs[2:]]


@needs_workbook
def test_the_book_is_left_alone(book: Book) -> None:
    before = dict(book.sheet("momentum").constants)
    api.run(book, "momentum", 2)
    assert book.sheet("momentum").constants == before


def own_sheet(*, in_place: bool, name: str = "Fit") -> Sheet:
    """y = w·x + c in a layout of its own, without names: start weights in H2 and H3, the rate in H1."""
    sheet = Sheet(name)
    rows: dict[str, Scalar] = {
        "G1": "learning rate",
        "H1": 0.01,
        "G2": "start w",
        "H2": 0.5,
        "G3": "start c",
        "H3": 0.0,
    }
    for column, word in zip("ABCDEFGHI", ("x", "y", "w", "c", "guess", "err", "dw", "dc", ""), strict=True):
        rows[f"{column}5"] = word or None
    for step in range(8):
        row, before = 6 + step, 5 + step
        rows |= {f"A{row}": float(step % 4 + 1), f"B{row}": float(3 * (step % 4 + 1) + 1)}
        if in_place:
            w = "=H2" if step == 0 else f"=C{before}-$H$1*G{before}"
            c = "=H3" if step == 0 else f"=D{before}-$H$1*H{before}"
        else:
            w, c = ("=H2", "=H3") if step == 0 else (f"=I{before}", f"=J{before}")
            rows |= {f"I{row}": f"=C{row}-$H$1*G{row}", f"J{row}": f"=D{row}-$H$1*H{row}"}
        rows |= {f"C{row}": w, f"D{row}": c, f"E{row}": f"=C{row}*A{row}+D{row}", f"F{row}": f"=(E{row}-B{row})^2"}
        rows |= {f"G{row}": f"=2*(E{row}-B{row})*A{row}", f"H{row}": f"=2*(E{row}-B{row})"}
    rows |= {"E15": "total", "F15": "=SUM(F6:F13)"}
    for place, value in rows.items():
        cell = (int(place[1:]), ord(place[0]) - 64)
        if isinstance(value, str) and value.startswith("="):
            sheet.formulas[cell] = Formula(value[1:], cell)
        elif value is not None:
            sheet.constants[cell] = value
    return sheet


def expected(epochs: int) -> list[tuple[float, float, float]]:
    """w and c that each epoch starts from, and its summed error."""
    w, c, found = 0.5, 0.0, []
    for _ in range(epochs + 1):
        start, total = (w, c), 0.0
        for step in range(8):
            x, y = step % 4 + 1.0, 3 * (step % 4 + 1.0) + 1
            guess = w * x + c
            total += (guess - y) ** 2
            w, c = w - 0.01 * (2 * (guess - y) * x), c - 0.01 * (2 * (guess - y))
        found.append((*start, total))
    return found


def told(run: Run) -> list[tuple[Any, ...]]:
    return [(one.starts["w"], one.starts["c"], one.error) for one in run.epochs]


@pytest.mark.parametrize("in_place", [True, False])
def test_a_sheet_of_ones_own_is_recognised(in_place: bool, tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    write(Book([own_sheet(in_place=in_place)]), path)
    run = api.run(path, epochs=4)
    assert told(run) == expected(4)
    assert run.measure == "F15"
    api.save_run(run, tmp_path / "out.xlsx")
    assert set(load(tmp_path / "out.xlsx").sheets[0].formulas) == set(load(path).sheets[0].formulas)


def test_settings_on_a_sheet_of_their_own(tmp_path: Path) -> None:
    sheet, settings = own_sheet(in_place=False), Sheet("Settings")
    for row in (1, 2, 3):
        settings.constants[row, 7] = sheet.constants.pop((row, 7))
        settings.constants[row, 8] = sheet.constants.pop((row, 8))
    for cell, formula in sheet.formulas.items():
        text = re.sub(r"(\$H\$1|\bH[23]\b)", r"Settings!\1", formula.text)
        sheet.formulas[cell] = Formula(text, cell)
    path = tmp_path / "own.xlsx"
    write(Book([settings, sheet]), path)
    run = api.run(path, epochs=3)
    assert told(run) == expected(3)
    assert {carry.place for carry in run.carries} == {"Settings!H2", "Settings!H3"}
    api.save_run(run, tmp_path / "out.xlsx")
    assert api.run(tmp_path / "out.xlsx", epochs=1).epochs[0].starts == run.epochs[-1].starts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C32", "wanted are two ranges"),
        ("C32=", "wanted are two ranges"),
        ("C32:D32=C1:C3", "2 and 3 cells"),
        ("Sheet!C32=C1", "wanted are two ranges"),
    ],
)
def test_a_carry_that_is_none(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_carry(text)


def test_what_cannot_be_trained(tmp_path: Path) -> None:
    own, empty = Book([own_sheet(in_place=False)]), Sheet("text")
    empty.constants[1, 1] = "nothing here"
    with pytest.raises(UsageError, match="name a sheet"):
        api.run(Book([empty]))
    with pytest.raises(UsageError, match="say it with --carry"):
        api.run(Book([empty]), "text")
    with pytest.raises(UsageError, match="did you mean 'Fit'"):
        api.run(own, "Fitt")
    with pytest.raises(UsageError, match="copied to a formula"):
        api.run(own, "Fit", 1, [parse_carry("I13=C6")])
    with pytest.raises(UsageError, match="one or more"):
        api.run(own, "Fit", 0)
    with pytest.raises(UsageError, match="wanted is a cell"):
        api.run(own, "Fit", 1, error="total")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, target = tmp_path / "own.xlsx", tmp_path / "out.xlsx"
    write(Book([own_sheet(in_place=False)]), path)
    assert main(["run", str(path), "--epochs", "2", "-o", str(target)]) == 0
    assert "error (F15)" in capsys.readouterr().out
    assert main(["run", str(target), "--sheet", "fit", "--epochs", "1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["sheet"] == "Fit"
    assert [(one["starts"]["w"], one["error"]) for one in document["epochs"]] == [
        (w, total) for w, _, total in expected(3)[2:]
    ]
    assert main(["run", str(path), "--carry", "x"]) == 2
    assert "two ranges" in capsys.readouterr().err
