"""Our sheets against the workbook that the family descends from: the values that Excel stored in it, bit for bit.

Start weights, states and hyperparameters are read from its cells; our sheet is generated, written, read back and
evaluated, and each cell of the columns that both have must hold the same double. Where the workbook is absent (it is
not part of the project) the tests are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from xlsgd import calculate, check_file, generate, load
from xlsgd.address import cell_name, column_number
from xlsgd.book import Book
from xlsgd.variants import (
    AdagradEpoch,
    AdamGraddesc,
    CsvData,
    EveGraddesc,
    Forward,
    Linear,
    Momentum,
    Optimizer,
    RmspropGraddesc,
    Sgd,
    Typed,
    Variant,
)

WORKBOOK = Path(__file__).parents[2] / "shared/workbooks/fastai+fastai1/courses/dl1/excel/graddesc.xlsm"
FIRST, LAST = 4, 32

pytestmark = pytest.mark.skipif(not WORKBOOK.exists(), reason=f"the workbook {WORKBOOK.name} is not there")


@dataclass(frozen=True)
class Original:
    """A sheet of the workbook: where its weights start, and which of its columns are which of ours.

    states, settings: key → cell. ends: our summary key → the cell below the table.
    """

    sheet: str
    optimizer: type[Optimizer]
    columns: str
    settings: Mapping[str, str]
    states: Mapping[str, str] = field(default_factory=dict)
    starts: tuple[str, str] = ("C2", "C1")
    ends: Mapping[str, str] = field(default_factory=dict)


SHEETS = (
    Original(
        "basic SGD",
        Sgd,
        "A:x B:y C:b D:a E:prediction F:error K:db L:da M:new_a N:new_b",
        {"lr": "F1"},
        ends={"root_sum_error_1": "F33"},
    ),
    Original(
        "momentum",
        Momentum,
        "A:x B:y C:b D:a E:prediction F:db G:da H:new_b I:new_a J:m_b K:m_a",
        {"lr": "D2", "beta": "J1"},
        {"m_b": "J3", "m_a": "K3"},
    ),
    Original(
        "adagrad",
        AdagradEpoch,
        "A:x B:y C:b D:a E:prediction F:db G:da H:new_b I:new_a",
        {"lr": "D2"},
        {"s_b": "F1", "s_a": "G1"},
    ),
    Original(
        "rmsprop",
        RmspropGraddesc,
        "A:x B:y C:b D:a E:prediction F:db G:da H:new_b I:new_a J:v_b K:v_a",
        {"lr": "D2", "beta": "J1"},
        {"v_b": "J3", "v_a": "K3"},
    ),
    Original(
        "adam",
        AdamGraddesc,
        "A:x B:y C:b D:a E:prediction F:db G:da H:new_b I:new_a J:m_b K:m_a L:v_b M:v_a",
        {"lr": "D2", "beta1": "J1", "beta2": "L1"},
        {"m_b": "J3", "m_a": "K3", "v_b": "L3", "v_a": "M3"},
    ),
    Original(
        "eve",
        EveGraddesc,
        "A:x B:y C:b D:a E:prediction F:error G:db H:da I:new_b J:new_a K:m_b L:m_a M:v_b N:v_a",
        {"lr": "D2", "beta1": "K1", "beta2": "M1", "beta3": "H38"},
        {"m_b": "K3", "m_a": "L3", "v_b": "M3", "v_a": "N3", "loss1": "F34", "loss2": "F35", "div": "F37"},
        ends={"root_sum_error_1": "F33"},
    ),
)


@pytest.fixture(scope="module")
def book() -> Book:
    return load(WORKBOOK)


def stored(book: Book, sheet: str, name: str) -> float:
    """The number in a cell: what was typed, or what Excel stored for its formula."""
    found = book.sheet(sheet)
    letters = name.rstrip("0123456789")
    cell = (int(name[len(letters) :]), column_number(letters))
    value = found.constants.get(cell, found.cached.get(cell))
    assert isinstance(value, float), (sheet, name, value)
    return value


def rebuilt(book: Book, original: Original, epochs: int = 1) -> Variant:
    def at(cell: str) -> float:
        return stored(book, original.sheet, cell)

    a, b = original.starts
    return Variant(
        Linear(),
        optimizer=original.optimizer(**{key: at(cell) for key, cell in original.settings.items()}),
        init=Typed((at(a), at(b))),
        states={key: at(cell) for key, cell in original.states.items()},
        epochs=epochs,
    )


@pytest.mark.parametrize("original", SHEETS, ids=lambda original: original.sheet)
def test_our_sheet_gives_what_excel_stored(original: Original, book: Book, tmp_path: Path) -> None:
    variant = rebuilt(book, original)
    made = generate(variant, tmp_path / "ours.xlsx")
    values, told = calculate(made.path), made.told[0]
    compared = 0
    for letter, key in (pair.split(":") for pair in original.columns.split()):
        for row in range(FIRST, LAST + 1):
            ours = values.at(0, told.rows[0] + row - FIRST, told.columns[key])
            assert ours == stored(book, original.sheet, f"{letter}{row}"), (key, letter, row)
            compared += 1
    for key, cell in original.ends.items():
        assert values.at(0, *told.summary[key]) == stored(book, original.sheet, cell)
    assert compared == 29 * len(original.columns.split()) >= 29 * 9
    [outcome] = check_file(made.path, variant)
    assert outcome.ok, outcome.lines()


def test_the_next_epochs_step_sizes_are_those_below_the_original_table(book: Book, tmp_path: Path) -> None:
    made = generate(rebuilt(book, SHEETS[2], epochs=2), tmp_path / "ours.xlsx")
    values, told = calculate(made.path), made.told[0]
    for key, cell in (("s_b", "F33"), ("s_a", "G33")):
        assert values.at(0, told.rows[0] + 29, told.columns[key]) == stored(book, "adagrad", cell)


def test_eves_divisor_is_the_originals(book: Book, tmp_path: Path) -> None:
    made = generate(rebuilt(book, SHEETS[5]), tmp_path / "ours.xlsx")
    values, told = calculate(made.path), made.told[0]
    for key, cell in (("ratio", "F36"), ("div", "F38")):
        assert values.at(0, told.rows[0], told.columns[key]) == stored(book, "eve", cell)


def test_estimated_derivatives_are_the_originals_row_by_row(book: Book, tmp_path: Path) -> None:
    """Basic SGD trains with exact derivatives and shows estimated ones: each row is compared as a first row of ours."""
    variants = []
    for row in range(FIRST, LAST + 1):
        x, y, b, a = (stored(book, "basic SGD", f"{letter}{row}") for letter in "ABCD")
        path = tmp_path / f"{row}.csv"
        path.write_text(f"x,y\n{x!r},{y!r}\n", "utf-8")
        variants.append(Variant(Linear(), Forward(0.01), init=Typed((a, b)), data=CsvData(str(path))))
    made = generate(variants, tmp_path / "rows.xlsx")
    values = calculate(made.path)
    for sheet, (row, told) in enumerate(zip(range(FIRST, LAST + 1), made.told, strict=True)):
        index = values.book.index(told.sheet.name)
        assert index is not None, sheet
        for letter, key in zip("GHIJ", ("error_b", "db", "error_a", "da"), strict=True):
            ours = values.at(index, told.rows[0], told.columns[key])
            assert ours == stored(book, "basic SGD", f"{letter}{row}"), cell_name(row, column_number(letter))
