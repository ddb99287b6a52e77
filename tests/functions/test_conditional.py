"""Criteria on ranges against looking at every cell, and subtotals of sheets with hidden rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.book import Book, Cell, Formula, Sheet
from xlsgd.engine import get_engine
from xlsgd.functions.aggregates.criteria import Criterion, make_criterion
from xlsgd.plan import make_plan
from xlsgd.values import NA, Scalar

VALUES: st.SearchStrategy[Scalar] = st.sampled_from([None, 0.0, 1.0, 2.0, 5.0, "", "a", "Ab", "5", "TRUE", True, NA])
CRITERIA = st.sampled_from(["5", "<>5", ">1", "<=2", "a*", "<>a*", "=", "<>", "", "TRUE", "<>TRUE", "#N/A", ">a", 0.0])
HEIGHT = 8
COLUMN = st.lists(VALUES, min_size=HEIGHT, max_size=HEIGHT)


def calculate(sheet: Sheet, *formulas: str) -> list[Scalar]:
    cells = [(1, 20 + place) for place in range(len(formulas))]
    for cell, text in zip(cells, formulas, strict=True):
        sheet.formulas[cell] = Formula(text, cell, dynamic=True)
    values = get_engine("scalar").run(make_plan(Book([sheet])))
    return [values[f"S!{chr(64 + col)}1"] for _, col in cells]  # type: ignore[misc]  # nothing is unsupported here


def written(criterion: Scalar) -> str:
    return f'"{criterion}"' if isinstance(criterion, str) else str(criterion)


@given(CRITERIA, CRITERIA, COLUMN, COLUMN)
def test_counts_and_sums_look_at_every_cell(
    one: Scalar, two: Scalar, firsts: list[Scalar], seconds: list[Scalar]
) -> None:
    cells: dict[Cell, Scalar] = {}
    for row in range(HEIGHT):
        for col, values in ((1, firsts), (2, seconds)):
            if values[row] is not None:
                cells[row + 1, col] = values[row]
        cells[row + 1, 3] = float(2**row)
    first, second = make_criterion(one), make_criterion(two)

    def meets(value: Scalar, criterion: Criterion) -> bool:
        return criterion.blanks if value is None else criterion.test(value)

    rows = [r for r in range(HEIGHT) if meets(firsts[r], first)]
    both = [r for r in rows if meets(seconds[r], second)]
    got = calculate(
        Sheet("S", cells),
        f"COUNTIF(A1:A8,{written(one)})",
        f"SUMIF(A1:A8,{written(one)},C1)",
        f"COUNTIFS(A1:A8,{written(one)},B1:B8,{written(two)})",
        f"SUMIFS(C1:C8,A1:A8,{written(one)},B1:B8,{written(two)})",
    )
    assert got == [len(rows), sum(2.0**r for r in rows), len(both), sum(2.0**r for r in both)]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUBTOTAL(9,A1:A5)", 1 + 2 + 8),  # row 3 is filtered, A5 is a subtotal itself
        ("SUBTOTAL(109,A1:A5)", 1 + 8),  # row 2 is hidden by hand
        ("SUBTOTAL(102,A1:A5)", 2),
        ("AGGREGATE(9,4,A1:A5)", 1 + 2 + 8 + 3),
        ("AGGREGATE(9,5,A1:A5)", 1 + 8 + 3),
        ("AGGREGATE(9,1,A1:A5)", 1 + 8),
        ("AGGREGATE(14,1,A1:A5,1)", 8),
        ("SUM(A1:A5)", 1 + 2 + 4 + 8 + 3),
    ],
)
def test_subtotals_leave_out_hidden_rows_and_each_other(formula: str, expected: float) -> None:
    sheet = Sheet("S", {(row, 1): float(2 ** (row - 1)) for row in range(1, 5)})
    sheet.hidden_rows, sheet.filtered_rows = {2, 3}, {3}
    sheet.formulas[5, 1] = Formula("SUBTOTAL(9,A1:A2)", (5, 1))
    assert calculate(sheet, formula) == [expected]
