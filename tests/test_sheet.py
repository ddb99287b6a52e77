"""A variant told in formulas: the recipe of each member to the letter, and where things stand."""

from __future__ import annotations

import itertools

import pytest

from xlsgd.address import cell_name, column_name
from xlsgd.book import Sheet
from xlsgd.errors import UsageError
from xlsgd.formula import parse, text_at
from xlsgd.formula.nodes import Chain
from xlsgd.sheet import Told, make_book, tell
from xlsgd.sheet.columns import guard, rename, unfold
from xlsgd.variants import (
    GRADIENTS,
    MODELS,
    OPTIMIZERS,
    AdamGraddesc,
    Analytic,
    Central,
    Forward,
    Graddesc,
    Iris,
    Linear,
    Linear2,
    LinearData,
    Mlp,
    Momentum,
    Relu2,
    Sgd,
    Typed,
    Variant,
)

MATRIX = [
    Variant(model, gradient, optimizer, data=Iris(6)) if isinstance(model, Mlp) else Variant(model, gradient, optimizer)
    for model, gradient, optimizer in itertools.product(MODELS, GRADIENTS, OPTIMIZERS)
]


def formula(told: Told, key: str, step: int = 2) -> str:
    """A column's formula at a step, with the cells named as people do: ``a``, ``old a``, ``$lr``."""
    row, col = told.rows[0] + step - 1, told.columns[key]
    text = formula_text(told.sheet, (row, col))
    names = {f"{column_name(c)}{row}": k for k, c in told.columns.items()}
    names |= {f"{column_name(c)}{row - 1}": f"old {k}" for k, c in told.columns.items()}
    names |= {f"${column_name(c)}${r}": f"${k}" for k, (r, c) in told.settings.items()}
    for cell in sorted(names, key=len, reverse=True):
        text = text.replace(cell, f"[{names[cell]}]")
    return text.replace("[", "").replace("]", "")


def formula_text(sheet: Sheet, cell: tuple[int, int]) -> str:
    found = sheet.formulas[cell]
    return text_at(found.text, found.origin, cell)


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (
            Variant(Linear()),
            {
                "a": "old new_a",
                "b": "old new_b",
                "prediction": "(b+a*x)",
                "error": "(y-prediction)^2",
                "da": "db*x",
                "db": "2*(prediction-y)",
                "new_a": "(a-da*$lr)",
                "new_b": "(b-db*$lr)",
            },
        ),
        (
            Variant(Linear(), Forward()),
            {
                "error_a": "(y-(b+(a+$h)*x))^2",
                "error_b": "(y-((b+$h)+a*x))^2",
                "da": "(error_a-error)/$h",
                "db": "(error_b-error)/$h",
            },
        ),
        (
            Variant(Linear2(), Forward(), Momentum()),
            {
                "hidden": "(a*x+b)",
                "prediction": "(c*hidden+d)",
                "error": "(prediction-y)^2",
                "error_a": "((c*((a+$h)*x+b)+d)-y)^2",
                "error_b": "((c*(a*x+(b+$h))+d)-y)^2",
                "error_c": "(((c+$h)*(a*x+b)+d)-y)^2",
                "error_d": "((c*(a*x+b)+(d+$h))-y)^2",
                "m_a": "(old m_a*$beta+$one_minus_beta*da)",
                "new_d": "(d-m_d*$lr)",
            },
        ),
        (
            Variant(Linear2()),
            {"da": "db*x", "db": "dd*c", "dc": "dd*hidden", "dd": "2*(prediction-y)"},
        ),
        (
            Variant(Relu2(), optimizer=AdamGraddesc()),
            {
                "pre": "(a*x+b)",
                "hidden": "MAX(pre,0)",
                "db": "IF(pre>0,dd*c,0)",
                "m_c": "(old m_c*$beta1+$one_minus_beta1*dc)",
                "v_c": "(old v_c*$beta2+$one_minus_beta2*dc^2)",
                "new_c": "(c-m_c*$lr/SQRT(v_c))",
            },
        ),
        (
            Variant(Relu2(), Forward()),
            {
                "error_a": "((c*MAX((a+$h)*x+b,0)+d)-y)^2",
                "error_c": "(((c+$h)*MAX(a*x+b,0)+d)-y)^2",
            },
        ),
    ],
    ids=lambda case: case.name if isinstance(case, Variant) else "",
)
def test_the_recipe_to_the_letter(variant: Variant, expected: dict[str, str]) -> None:
    told = tell(variant)
    assert {key: formula(told, key) for key in expected} == expected


def test_the_first_row_starts_from_the_typed_weights() -> None:
    told = tell(Variant(Linear2(), init=Typed((0.5, -1.0, 2.0, 0.1))))
    assert formula(told, "c", step=1) == "old c"
    assert [told.sheet.constants[told.starts[w]] for w in "abcd"] == [0.5, -1.0, 2.0, 0.1]


@pytest.mark.parametrize("variant", MATRIX, ids=lambda variant: variant.name)
def test_no_formula_can_snap_to_zero(variant: Variant) -> None:
    sheet = tell(variant).sheet
    assert len(sheet.formulas) > 100
    for (row, col), found in sheet.formulas.items():
        node = parse(found.text, *found.origin)
        assert not (isinstance(node, Chain) and node.operators[-1] in "+-"), cell_name(row, col)


@pytest.mark.parametrize("variant", MATRIX, ids=lambda variant: variant.name)
def test_every_column_is_filled_down_without_a_gap(variant: Variant) -> None:
    told = tell(variant)
    first, last = told.rows
    rows = len(variant.data.rows())
    assert last - first + 1 == rows
    given = {"step", *variant.data.inputs, *variant.data.targets}
    for key, col in told.columns.items():
        cells = [(row, col) for row in range(first, last + 1)]
        typed = sum(cell in told.sheet.constants for cell in cells)
        filled = sum(cell in told.sheet.formulas for cell in cells)
        assert (typed, filled) == ((rows, 0) if key in given else (0, rows)), key


def test_columns_have_the_keys_of_the_trace_in_reading_order() -> None:
    told = tell(Variant(Relu2(), Forward(), Momentum()))
    keys = "step x y a b c d pre hidden prediction error error_a error_b error_c error_d da db dc dd m_a m_b m_c m_d"
    assert list(told.columns) == [*keys.split(), "new_a", "new_b", "new_c", "new_d"]
    assert list(told.columns.values()) == list(range(1, len(told.columns) + 1))


def test_later_epochs_go_on_below_and_take_their_data_from_above() -> None:
    told = tell(Variant(Linear(), optimizer=Momentum(), epochs=3))
    first, last = told.rows
    assert last - first + 1 == 87
    x = told.columns["x"]
    assert formula_text(told.sheet, (first + 29, x)) == cell_name(first, x)
    assert formula_text(told.sheet, (first + 58, x)) == cell_name(first + 29, x)
    assert formula(told, "a", step=30) == "old new_a"
    assert formula(told, "m_a", step=30) == formula(told, "m_a", step=2)
    assert [told.sheet.constants[first + n, told.columns["epoch"]] for n in (0, 28, 29, 86)] == [1.0, 1.0, 2.0, 3.0]


def test_the_summary_sums_each_epoch_alone() -> None:
    told = tell(Variant(Linear(), epochs=2))
    error = column_name(told.columns["error"])
    assert formula_text(told.sheet, told.summary["root_sum_error_1"]) == f"SQRT(SUM({error}11:{error}39))"
    assert formula_text(told.sheet, told.summary["root_sum_error_2"]) == f"SQRT(SUM({error}40:{error}68))"
    assert formula_text(told.sheet, told.summary["end_b_2"]) == f"{column_name(told.columns['new_b'])}68"


@pytest.mark.parametrize("variant", MATRIX, ids=lambda variant: variant.name)
def test_names_point_at_their_cells(variant: Variant) -> None:
    book, (told,) = make_book([variant])
    names = {name.name: name for name in book.names}
    assert {"lr", *(f"start_{w}" for w in variant.model.weights)} <= names.keys()
    assert ("h" in names) == isinstance(variant.gradient, Forward | Central)
    for key, (row, col) in told.settings.items():
        assert names[key].text == f"'{told.sheet.name}'!${column_name(col)}${row}"
        assert names[key].sheet == 0
        assert (row, col) in told.sheet.constants.keys() | told.sheet.formulas.keys()


def test_settings_hold_the_members_numbers() -> None:
    told = tell(Variant(Linear(), Forward(0.001), AdamGraddesc(lr=0.5, beta1=0.8, beta2=0.99)))
    typed = {key: told.sheet.constants.get(cell) for key, cell in told.settings.items()}
    assert typed == {
        "lr": 0.5, "h": 0.001, "beta1": 0.8, "one_minus_beta1": None, "beta2": 0.99, "one_minus_beta2": None,
        "explosion": 1e9,
    }  # fmt: skip
    assert formula_text(told.sheet, told.settings["one_minus_beta2"]) == "(1-$E$5)"


def test_sheets_of_one_book_have_names_of_their_own() -> None:
    book, told = make_book([Variant(Linear()), Variant(Linear(), epochs=2), Variant(Linear2(), Analytic(), Sgd())])
    assert [sheet.name for sheet in book.sheets] == [
        "linear-analytic-sgd", "linear-analytic-sgd (2)", "linear2-analytic-sgd"
    ]  # fmt: skip
    assert [one.sheet for one in told] == book.sheets
    assert {name.sheet for name in book.names} == {0, 1, 2}


def test_one_row_of_data_is_enough_and_too_many_are_refused() -> None:
    assert tell(Variant(Linear(), data=LinearData(1, 0))).rows == (11, 11)
    with pytest.raises(UsageError, match="do not fit a sheet"):
        tell(Variant(Linear(), data=Graddesc(), epochs=50_000))


def test_guard_only_where_the_last_operation_adds_or_subtracts() -> None:
    assert guard("A1+B1*2") == "(A1+B1*2)"
    assert guard("(A1+B1)*2") == "(A1+B1)*2"
    assert guard("(A1-B1)") == "(A1-B1)"
    assert guard("-A1") == "-A1"
    assert guard("A1-B1+C1") == "(A1-B1+C1)"


def test_templates() -> None:
    assert rename("{w}-{old m}*{lr}", {"w": "a", "m": "m_a"}) == "{a}-{old m_a}*{lr}"
    assert unfold("{p}", {"p": "{q}*2", "q": "{x}+1"}) == "(({x}+1)*2)"
