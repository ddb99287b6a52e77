"""Expressions: that they have the value of their formulas, and the derivative that differences show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from xlsgd.address import Box
from xlsgd.book import Book, Formula, Name, Sheet, Table
from xlsgd.check.understand.convert import Converter
from xlsgd.check.understand.expressions import Array, Expr, Terms, evaluate
from xlsgd.check.understand.view import View
from xlsgd.engine import get_engine
from xlsgd.engine.links import Links
from xlsgd.plan import make_plan

ROW = {1: 0.7, 2: -1.3, 3: 2.1, 4: 0.4}
FORMULAS = (
    "A5*B5+C5",
    "(A5*B5-C5)^2",
    "-2*(C5-A5*B5)*B5",
    "0.5*(A5-C5)^2/B5",
    "A5^3-2*A5^2+A5",
    "A5^B5",
    "2^A5",
    "1/(1+EXP(-(A5*B5+C5)))",
    "-(D5*LN(1/(1+EXP(-A5)))+(1-D5)*LN(1-1/(1+EXP(-A5))))",
    "TANH(A5*B5)",
    "(EXP(2*A5)-1)/(EXP(2*A5)+1)",
    "SQRT(A5^2+B5^2)",
    "ABS(A5*B5-C5)",
    "MAX(A5*B5+C5,0)",
    "MAX(0,A5,D5)",
    "MIN(A5,C5)*A5",
    "IF(A5>0,A5,0.01*A5)*B5",
    "IF(A5*B5>0,A5^2,-A5)",
    "SIN(A5)*COS(A5*B5)",
    "SINH(A5)+COSH(A5)-TAN(A5)+ATAN(A5)",
    "SUM(A5:C5)^2",
    "SUMSQ(A5:C5)",
    "SUMPRODUCT(A5:B5,C5:D5)",
    "SUMPRODUCT((A5:B5-C5:D5)^2)",
    "SUMXMY2(A5:B5,C5:D5)",
    "AVERAGE(A5:D5)*A5",
    "PRODUCT(A5,B5,C5)",
    "POWER(A5-C5,2)",
    "LOG10(A5)*LOG(A5,2)",
    "SUMPRODUCT((A5*$F$1:$F$6+B5-$G$1:$G$6)^2)/(2*COUNT($F$1:$F$6))",
    "SUM(A5*SUM($F$1:$F$6))",
    "SUMPRODUCT(A5*$F$1:$F$6+B5)",
    "A5%*B5",
    "LET(r,A5*B5-C5,r*r)",
    "rate*A5+Sheet2!$B$2*A5",
    "IFERROR(A5*B5,0)",
    "OFFSET(B5,0,-1)*3",
)


def made(text: str) -> tuple[Book, Expr, Terms]:
    """A workbook with one formula in H5, and its expression."""
    sheet = Sheet("Sheet1", formulas={(5, 8): Formula(text, (5, 8))})
    sheet.constants.update({(5, col): value for col, value in ROW.items()})
    sheet.constants.update({(row, 6): row * 0.9 for row in range(1, 7)} | {(row, 7): 3.0 - row for row in range(1, 7)})
    other = Sheet("Sheet2", constants={(2, 2): 1.7})
    book = Book([sheet, other], names=[Name("rate", "Sheet2!$B$2")])
    plan = make_plan(book)
    terms = Terms()
    program = plan.programs[0][5, 8]
    return book, Converter(View(book, plan, 0), terms, Links.of(book)).expression(program, 8, 5), terms


def leaf_of(book: Book, moved: float = 0.0) -> Callable[[Expr], Array]:
    """The values of leaves as the sheet has them; A5 moved."""

    def value(leaf: Expr) -> Array:
        if leaf.op == "cell":
            assert leaf.key[2] == 0
            number = book.sheets[leaf.key[0]].constants[5, leaf.key[1]]
            assert isinstance(number, float)
            return np.array([[number + (moved if leaf.key[:2] == (0, 1) else 0.0)]])
        if leaf.op == "fixed":
            return np.array([[book.sheets[leaf.key[0]].constants[leaf.key[1:]]]], dtype=float)
        sheet, top, left, bottom, right = leaf.key
        cells = [(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]
        return np.array([[book.sheets[sheet].constants[cell] for cell in cells]], dtype=float)

    return value


@pytest.mark.parametrize("text", FORMULAS)
def test_an_expression_has_the_value_of_its_formula(text: str) -> None:
    book, expr, _ = made(text)
    wanted = get_engine("scalar").run(make_plan(book)).at(0, 5, 8)
    assert isinstance(wanted, float)
    assert evaluate([expr], leaf_of(book))[0].item() == pytest.approx(wanted, rel=1e-13)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_derivative_is_what_differences_show(text: str) -> None:
    book, expr, terms = made(text)
    slope = terms.derivative(expr, terms.cell(0, 1, 0))
    exact = evaluate([slope], leaf_of(book))[0].item()
    h = 1e-5
    up, down = (evaluate([expr], leaf_of(book, by))[0].item() for by in (h, -h))
    assert exact == pytest.approx((up - down) / (2 * h), rel=1e-7, abs=1e-9)


def test_a_second_derivative_of_a_square_is_two() -> None:
    book, expr, terms = made("(A5-C5)^2")
    cell = terms.cell(0, 1, 0)
    twice = terms.derivative(terms.derivative(expr, cell), cell)
    assert evaluate([twice], leaf_of(book))[0].item() == 2.0


def test_equal_formulas_are_one_expression_and_shifts_move_cells() -> None:
    _, expr, terms = made("A5+A5*$F$1")
    again = terms.node(
        "+", terms.cell(0, 1, 0), terms.node("*", terms.cell(0, 1, 0), terms.node("fixed", key=(0, 1, 6)))
    )
    assert expr is again
    assert {leaf.key for leaf in terms.leaves(terms.shift(expr, -1))} == {(0, 1, -1), (0, 1, 6)}


def test_signed_terms_through_brackets() -> None:
    _, expr, terms = made("A5-(B5-(C5+D5))")
    assert [(sign, term.key[1]) for sign, term in terms.additive(expr)] == [(1, 1), (-1, 2), (1, 3), (1, 4)]


def test_what_no_expression_can_tell_keeps_what_it_reads() -> None:
    _, expr, terms = made('VLOOKUP(A5,$F$1:$G$6,2)+LEN("x")')
    assert {leaf.key for leaf in terms.leaves(expr) if leaf.op == "cell"} == {(0, 1, 0)}


def test_structured_references_are_cells_of_the_row() -> None:
    sheet = Sheet("Sheet1", formulas={(5, 3): Formula("T[[#This Row],[x]]*2", (5, 3))})
    book = Book([sheet], tables=[Table("T", 0, Box(4, 1, 9, 3), ("x", "y", "z"))])
    plan, terms = make_plan(book), Terms()
    expr = Converter(View(book, plan, 0), terms, Links.of(book)).expression(plan.programs[0][5, 3], 3, 5)
    assert expr is terms.node("*", terms.cell(0, 1, 0), terms.num(2.0))
