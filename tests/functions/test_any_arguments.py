"""No function raises, whatever it is given: every result is a value of Excel or said to be unsupported."""

from __future__ import annotations

import random

import pytest

from xlsgd.address import Box
from xlsgd.book import Book, Cell, Formula, Sheet
from xlsgd.engine import Options, get_engine
from xlsgd.functions.registry import functions
from xlsgd.plan import make_plan
from xlsgd.values import CellError, Scalar, Unsupported

ROUNDS = 60
CELLS: dict[Cell, Scalar] = {
    **{(1, 1): 1.0, (2, 1): -2.5, (3, 1): "text", (4, 1): True, (1, 2): "b*", (2, 2): 3.0, (3, 2): 1e300, (5, 2): ""},
}
ARGUMENTS = [
    *("0", "1", "-1", "2.5", "3", "1E+300", "-1E+300", "1048577", '""', '"a"', '"A1"', '"1/0"', '"*"', "TRUE", "FALSE"),
    *("", "A1", "A1:B3", "A1:A5", "1:1", "B:B", "C9", "(A1,B2:B3)", "#N/A", "1/0", "{1,2;3,4}", '{"a",#REF!,TRUE}'),
    *("LAMBDA(x,x+1)", "LAMBDA(x,y,x&y)", "SUM", "IF(TRUE,)", "A1:A3>1", "OFFSET(A1,{0;1},0)", '"=1"', '">1"', "40000"),
]


@pytest.mark.parametrize("name", sorted(functions()))
def test_no_function_raises(name: str) -> None:
    draw, signature = random.Random(name), functions()[name]
    sheet = Sheet("S", dict(CELLS))
    for place in range(ROUNDS):
        count = draw.randint(signature.least, min(signature.most, signature.least + 4))
        text = f"{name}({','.join(draw.choice(ARGUMENTS) for _ in range(count))})"
        cell = (20 + place, 10)
        sheet.formulas[cell] = Formula(text, cell, "array", Box(*cell, *cell)) if place % 3 else Formula(text, cell)
    values = get_engine("scalar").run(make_plan(Book([sheet])), Options(seed=1))
    for cell in sheet.formulas:
        assert isinstance(values.at(0, *cell), float | str | bool | CellError | Unsupported)
