"""Kernels: what is compiled agrees with the scalar engine to the bit, and what is refused says why."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from kernel_aid import Outcome, Tables, compare, same
from test_scalar import sheet
from xlsgd.address import Box, column_name, parse_cell
from xlsgd.book import Book, Formula, Name, Sheet, Table
from xlsgd.engine.kernels import Bound, Refused, bind
from xlsgd.engine.kernels.answers import Answers
from xlsgd.engine.kernels.callbacks import pointer, unfinished
from xlsgd.engine.kernels.calls import ARITIES
from xlsgd.engine.kernels.compile import machine, optimised
from xlsgd.engine.kernels.emit import module_text
from xlsgd.engine.kernels.lowering import lower_step
from xlsgd.engine.links import Links
from xlsgd.formula import parse
from xlsgd.functions import registry
from xlsgd.functions.numbers import elementary
from xlsgd.plan import Program, Region, Step, make_plan
from xlsgd.plan.loops import Loop
from xlsgd.tagged import bits
from xlsgd.values import DIV0, NA, Scalar

CELLS: dict[str, Scalar] = {
    **{"A1": 1.5, "A2": 2.0, "A3": True, "A4": -0.0, "A5": 0.1, "A6": 5e-324, "A7": 1e308},
    **{"B1": DIV0, "B2": "text", "B3": NA, "B4": "3", "C1": 3.0, "C2": 4.0, "C3": 5.0, "C4": 6.0, "C5": 10.0},
}


def ask(formula: str, dynamic: bool = False) -> Outcome:
    return same(Book([sheet({**CELLS, "Z9": formula}, dynamic=dynamic)]))


FORMULAS = [
    "=A1+A2",
    "=A3*2",
    "=A9+1",
    "=A1/A9",
    "=A9-A3",
    "=-A4",
    "=A4",
    "=A6",
    "=-A6",
    "=A6*1",
    "=+A4",
    "=A7*10",
    "=1/(A7*10)",
    "=A6+A6",
    "=A7+A7",
    "=-A7-A7",
    "=B1+B3",
    "=B3+B1",
    "=1E-200*1E-200",
    "=A1%",
    "=-2^2",
    "=--A3",
    "=0.5-0.4-0.1",
    "=(0.5-0.4-0.1)",
    "=A5-0.1",
    "=A5+0.2-0.3",
    "=1*(A5+0.2-0.3)",
    "=A3-1",
    "=A9-0",
    "=A4+A4",
    "=A5+0.2=0.3",
    "=A1>A2",
    "=A3>5",
    "=A9=0",
    "=A9=FALSE",
    "=A3=TRUE",
    "=A9<A3",
    "=B1=B3",
    "=A4=0",
    "=A6>0",
    "=A1=1.5000000000000002",
    "=A1=1.50000000000001",
    "=1=A9",
    "=A7>A7*(1-1E-16)",
    "=A10=A9",
    "=IF(A1>1,A2,B1)",
    "=IF(A1>2,B1)",
    "=IF(A9,1,)",
    "=IF(B1,1,2)",
    "=IF(TRUE,A4,1)",
    "=IF(TRUE,-A6,1)",
    "=IFERROR(B1,7)",
    "=IFERROR(A4,1)",
    "=IFERROR(B3,A4)",
    "=IFNA(B3,A6)",
    "=IFNA(B1,1)",
    "=IFERROR(A9,1)+1",
    "=AND(A1>1,A3)",
    "=OR(A1:A5)",
    "=AND(A9:A10)",
    "=XOR(A1:A4,TRUE)",
    "=NOT(A1)",
    "=AND(A1>2,1/0)",
    "=OR(A9)",
    "=MAX(A1:A7)",
    "=MIN(A4,0)",
    "=MAX(A9:A10)",
    "=MAX(A3)",
    "=MAX(A3,-1)",
    "=MAX(A1>1,0.5)",
    "=MIN(A1:C5)",
    "=SUM(A1:A7)",
    "=SUM(A7,A7,-A7,-A7)",
    "=SUM(A3,A3>0)",
    "=SUM(B2:C5)",
    "=AVERAGE(A9:A10)",
    "=AVERAGE(C1:C4)",
    "=COUNT(A1:C5,TRUE,1/0,A3)",
    "=COUNTA(A1:C5,,A9)",
    "=PRODUCT(A9:A10)",
    "=PRODUCT(C1:C4,2)",
    "=SUMSQ(C1:C4)",
    "=SUM(C:C)",
    "=SUM(2:3)",
    "=COUNT(A:C)",
    "=SUM(A9,C$1:C4)",
    "=SUM(C1:A1)",
    "=SUMPRODUCT(A1:A5,C1:C5)",
    "=SUMPRODUCT(B1:B4,C1:C4)",
    "=SUMPRODUCT(A1:A3,B1:B3)",
    "=SUMPRODUCT((C1:C4>A1:A4)*C1:C4)",
    "=SUMXMY2(A1:A5,C1:C5)",
    "=SUMPRODUCT((A1:A5-C1:C5)^2)",
    "=SUMPRODUCT(SQRT(C1:C4)*2)",
    "=SUMX2MY2(A1:A3,C1:C3)",
    "=SUMX2PY2(B1:B3,C1:C3)",
    "=MMULT(C1:C1,C2)",
    "=MMULT(A1:C1,C1:C3)",
    "=MMULT(A2:C2,C1:C3)+1",
    "=SUMPRODUCT(--(A1:A5>1))",
    "=SQRT(A2)",
    "=SQRT(-1)",
    "=SQRT(A4)",
    "=SQRT(B1)",
    "=EXP(A1)",
    "=EXP(710)",
    "=EXP(-745)",
    "=LN(A1)",
    "=LN(0)",
    "=LOG10(C5)",
    "=LOG10(-1)",
    "=TANH(A1)",
    "=TANH(A5)",
    "=TANH(-30)",
    "=TANH(A4)",
    "=SIN(A1)",
    "=COS(1E9)",
    "=A1^A2",
    "=A1^3",
    "=C5^64",
    "=C5^3",
    "=A1^0.5",
    "=A1^-1.7",
    "=(-A1)^C1",
    "=(-A1)^0.5",
    "=0^A9",
    "=A9^-1",
    "=POWER(A7,2)",
    "=POWER(C5,-A1)",
    "=A5^-3",
    "=1.00001^1E9",
    "=A2^1E10",
    "=POWER(A3,2)",
    "=A2^A9",
    "=A9^2",
    "=ROUND(2.5,0)",
    "=ROUND(-1.005,2)",
    "=ROUND(A1,0)",
    "=ROUND(A7,2)",
    "=ROUND(0.285,2)",
    "=ROUND(-0.001,2)",
    "=ROUND(C1,-1)",
    "=INT(-A1)",
    "=INT(19.999999999999996)",
    "=INT(A7)",
    "=MOD(A1,-1)",
    "=MOD(-A1,1)",
    "=MOD(A1,0)",
    "=MOD(A7,3)",
    "=MOD(3,A1)",
    "=ABS(-A6)",
    "=SIGN(-A1)",
    "=SIGN(A4)",
    "=ATAN2(A1,A2)",
    "=LOG(A1)",
    "=LOG(A1,A2)",
    "=ISNUMBER(A1)",
    "=ISERROR(B1)",
    "=ISERR(B3)",
    "=ISNA(B3)",
    "=ISBLANK(A9)",
    "=ISTEXT(B2)",
    "=ISLOGICAL(A3)",
    "=ISNONTEXT(B2)",
    "=ISNONTEXT(A9)",
    "=PI()*2",
    "=NA()",
    "=TRUE()",
    "=#REF!+1",
    "=1/0+NA()",
    "=NA()+1/0",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_compiled_and_agrees(formula: str) -> None:
    outcome = ask(formula)
    assert (len(outcome.compiled), outcome.refused, outcome.gave_up) == (1, [], 0)


@pytest.mark.parametrize("formula", ["=A1+A2", "=SUM((A1:A5-C1:C5)^2)", "=SUM(A1:A7)", "=MAX(ABS(C1:C5))"])
def test_a_dynamic_formula_of_one_value_is_compiled(formula: str) -> None:
    assert len(ask(formula, dynamic=True).compiled) == 1


@pytest.mark.parametrize(
    "formula", ["=B2+1", "=B4+1", "=B2", "=IF(A1>1,B2,0)", "=B2>1", "=NOT(B2)", "=-B2", "=SQRT(B4)"]
)
def test_text_where_a_value_is_needed_ends_the_kernels_say(formula: str) -> None:
    assert ask(formula).gave_up == 1


@pytest.mark.parametrize(
    "formula", ["=IF(A1>1,A2,B2)", "=SUM(B1:B4,C1)", "=COUNTA(B2)", "=ISTEXT(B2)", "=IFERROR(A1,B2)"]
)
def test_text_that_nobody_needs_does_not(formula: str) -> None:
    assert ask(formula).gave_up == 0


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ('=A1&"a"', "text"),
        ('=IF(A1="",1,2)', "text"),
        ("=A1:A3*2", "an implicit intersection"),
        ("=VLOOKUP(A1,A1:C5,2)", "function VLOOKUP"),
        ("=FROBNICATE(1)", "function FROBNICATE"),
        ("=IF(1)", "function IF"),
        ("=RAND()", "function RAND"),
        ("=SUM(IF(A1>1,A1:A3,C1))", "a reference chosen by IF"),
        ("=SUM(IF(A1>1,A3,C1))", "a reference chosen by IF"),
        ("=nosuchname", "the name nosuchname"),
        ("=SUM(S:T!A1)", "a reference over several sheets"),
        ("=Nowhere!A1", "a sheet that does not exist"),
        ("=[1]S!A1", "another workbook"),
        ("=SUMPRODUCT(A1:A3,C1:C4)", "arrays of different shapes"),
        ("=SUMPRODUCT(A:A,C:C)", "a whole column as an array"),
        ("=SUMPRODUCT(3)", "a single value as an array"),
        ("=LET(x,1,x+1)", "function LET"),
        ("=TEXT(1,0)", "function TEXT"),
        ("={1,2}", "the kind of formula ArrayLiteral"),
    ],
)
def test_what_cannot_be_done_exactly_is_refused_with_the_reason(formula: str, reason: str) -> None:
    book = Book([sheet({**CELLS, "Z9": formula}), Sheet("T")])
    assert compare(book).refused == [reason]


def test_arrays_are_refused() -> None:
    made = sheet(CELLS)
    made.formulas[9, 9] = Formula("SUM(A1:A3*2)", (9, 9), "array", Box(9, 9, 9, 9))
    made.formulas[9, 10] = Formula("C1:C3*2", (9, 10), dynamic=True)
    assert sorted(compare(Book([made])).refused) == ["a formula whose result is an array", "an array formula"]


def test_names_mean_what_they_mean_where_the_formula_stands() -> None:
    book = Book([sheet({"A1": 2.0, "B1": 3.0, "C5": "=rate*A1+left", "D5": "=twice"}), sheet({"B5": 9.0}, "T")])
    book.names += [Name("rate", "0.5"), Name("left", "T!B1048573"), Name("twice", "rate*2"), Name("left", "T!XFD1", 0)]
    outcome = same(book)
    assert outcome.refused == ["a reference beyond the edge of the sheet"]
    assert len(outcome.compiled) == 1


def test_structured_references_are_the_cells_that_they_mean() -> None:
    cells: dict[str, Scalar] = {f"{col}{row}": row * 1.5 for col in "AB" for row in range(2, 7)}
    texts = {f"C{row}": "=[@x]*2+SUM(T1[y])-SUM(T1[@[x]:[y]])" for row in range(2, 7)}
    made = sheet({**cells, "A1": "x", "B1": "y", "C1": "z", **texts, "E9": "=SUM(T1[[#All],[y]])", "E8": "=[@x]"})
    book = Book([made], tables=[Table("T1", 0, Box(1, 1, 6, 3), ("x", "y", "z"))])
    outcome = same(book)
    assert outcome.refused == ["a structured reference"]
    assert sum(region.size for step in outcome.compiled for region in step.regions) == 6


# Loops


def fill(texts: dict[str, str], first: int, last: int, start: dict[str, Scalar] | None = None) -> Sheet:
    """A sheet whose formulas are filled down from row ``first`` to row ``last``; columns by letter."""
    made = sheet(start or {})
    for letters, text in texts.items():
        col = (parse_cell(letters + "1") or (0, 0))[1]
        formula = Formula(text, (first, col))
        for row in range(first, last + 1):
            made.formulas[row, col] = formula
    return made


SGD = {"C": "E4", "D": "(B5-C5*A5)^2", "E": "C5-$A$1*2*(C5*A5-B5)*A5"}


def test_a_recurrence_is_one_loop() -> None:
    start: dict[str, Scalar] = {"A1": 0.05, "E4": 1.0}
    start.update({f"A{row}": row * 0.1 for row in range(5, 40)})
    start.update({f"B{row}": row * 0.25 for row in range(5, 40)})
    texts = {**SGD, "F": "SUM(D$5:D5)", "G": "MAX(D$5:D5,0.5)-AVERAGE($B$5:$B$9)"}
    outcome = same(Book([fill(texts, 5, 39, start)]))
    assert not outcome.refused
    assert max(len(step.regions) for step in outcome.compiled) == 2


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("down", [False, True])
def test_loops_go_down_and_across_forwards_and_backwards(down: bool, backward: bool) -> None:
    made = Sheet("S")
    step = 1 if backward else -1
    for line in range(1, 12):
        made.constants[(line, 1) if down else (1, line)] = line * 0.3
    for line in range(2, 11):
        here = (line, 2) if down else (2, line)
        other = (line, 3) if down else (3, line)
        texts = (("C", "A"), ("B", "B")) if down else (("3", "1"), ("2", "2"))

        def name(letter: str, at: int) -> str:
            return f"{letter}{at}" if down else f"{chr(64 + at)}{letter}"

        made.formulas[here] = Formula(f"{name(texts[0][0], line + step)}*0.5+{name(texts[0][1], line)}", here)
        made.formulas[other] = Formula(f"{name(texts[1][0], line)}^2/4-{name(texts[1][1], line + step)}", other)
    outcome = same(Book([made]))
    (found,) = outcome.compiled
    assert found.loop == Loop(down, backward)
    assert len(found.regions) == 2


@pytest.mark.parametrize("width", [15, 40])
def test_a_wide_loop_is_one_loop(width: int) -> None:
    """The last column goes into the first of the next row; beside it stand fixed cells and sums that grow."""
    start: dict[str, Scalar] = {f"A{row}": row * 0.7 for row in range(1, 30)}
    names = [column_name(col) for col in range(3, 3 + width)]
    texts = {names[0]: f"{names[-1]}2*0.5+A3"}
    for left, name in itertools.pairwise(names):
        texts[name] = f"{left}3*$A$2/(1+ABS({name}2))-SUM($A$1:$A$9)/($A$1+100)+IF({left}3>{left}2,$A$4,$A$5*2)"
    outcome = same(Book([fill(texts, 3, 25, start)]))
    assert [len(step.regions) for step in outcome.compiled] == [width]


def test_regions_on_different_lines_are_active_on_their_own() -> None:
    made = fill({"B": "C1+A2", "C": "B2*0.5"}, 2, 20, {f"A{row}": row * 1.5 for row in range(1, 30)})
    for row in range(18, 21):
        del made.formulas[row, 3]
    for row in range(2, 5):
        made.formulas[row, 4] = Formula("B2+D1", (2, 4))
    for row in range(3, 20):
        made.formulas[row, 5] = Formula("E2+B3", (3, 5))
    outcome = same(Book([made]))
    assert not outcome.refused
    assert any(len(step.regions) == 2 for step in outcome.compiled)


def _step(texts: dict[str, str], first: int, last: int, down: bool = True) -> Step:
    """A step made by hand: all regions in one forward loop."""
    regions = []
    for letters, text in texts.items():
        col = (parse_cell(letters + "1") or (0, 0))[1]
        program = Program(0, text, "normal", False, parse(text, first, col))
        regions.append(Region(program, Box(first, col, last, col)))
    return Step(tuple(regions), Loop(down, False))


def _bound(step: Step, used: tuple[int, int] = (1000, 20)) -> Bound:
    found = bind(step, Links.of(Book([Sheet("S")])), lambda sheet: used)
    assert isinstance(found, Bound), found
    return found


def test_growing_ranges_cost_a_line_and_not_a_square() -> None:
    rows = 200_000
    tables = Tables(Book([Sheet("S")]), rows + 1, 12)
    values = np.random.default_rng(1).normal(size=rows)
    tables.columns[0][1, 1 : rows + 1] = values.view(np.uint64)
    texts = {"B": "SUM(A$1:A1)", "C": "MAX(A$1:A1)", "D": "SUMPRODUCT(A$1:A1,A$1:A1)", "E": "AVERAGE(A$1:A1,3)"}
    bound = _bound(_step(texts, 1, rows))
    begin = time.perf_counter()
    assert bound.run(tables.addresses(bound.sheets))
    assert time.perf_counter() - begin < 5  # a square would take minutes
    columns = tables.columns[0].view(np.float64)[:, 1 : rows + 1]
    total = list(itertools.accumulate(values.tolist()))
    assert columns[2].tolist() == total
    assert columns[3].tolist() == list(itertools.accumulate(values.tolist(), max))
    assert columns[4].tolist() == list(itertools.accumulate((values * values).tolist()))
    assert columns[5].tolist() == [(one + 3.0) / (place + 2) for place, one in enumerate(total)]


def test_the_same_fill_down_elsewhere_is_the_same_kernel() -> None:
    one = _bound(_step({"B": "B1*$A$1+A2", "C": "B2-A2"}, 2, 20))
    longer = _bound(_step({"B": "B1*$A$1+A2", "C": "B2-A2"}, 2, 400))
    elsewhere = _bound(_step({"K": "K7*$J$3+J8", "L": "K8-J8"}, 8, 90))
    other = _bound(_step({"B": "B1*$A$1-A2", "C": "B2-A2"}, 2, 20))
    assert one.kernel is longer.kernel is elsewhere.kernel
    assert other.kernel is not one.kernel
    assert _bound(_step({"B": "SUM(A1:A9)"}, 12, 12)).kernel is _bound(_step({"H": "SUM(C1:C300)"}, 700, 700)).kernel


def test_what_is_read_is_said() -> None:
    bound = _bound(_step({"D": "D4*$A$1+SUM(B5:C7)+SUM(F:F)"}, 5, 20))
    assert {tuple(area) for area in bound.reads} == {
        (0, 4, 4, 19, 4),
        (0, 1, 1, 1, 1),
        (0, 5, 2, 22, 3),
        (0, 1, 6, 1000, 6),
    }
    assert bound.sheets == (0,)


def test_references_that_wrap_round_the_edge_are_refused() -> None:
    step = _step({"B": "B1048570"}, 2, 9)
    found = bind(Step(step.regions, Loop(True, False)), Links.of(Book([Sheet("S")])), lambda sheet: (9, 9))
    assert found == Refused("a reference beyond the edge of the sheet")


# Machine code


def _assembly(step: Step) -> str:
    form, _ = lower_step(step, Answers(Links.of(Book([Sheet("S")])), lambda sheet: (1000, 20)))
    text: str = machine().emit_assembly(optimised(module_text(form, alone=True)[0]))
    return text


def test_multiplications_and_additions_are_not_fused() -> None:
    text = _assembly(_step({"B": "B1*A2+A1", "C": "SUMPRODUCT(A1:A5,A2:A6)", "D": "A2*A2-A1*A1"}, 2, 20))
    assert "mul" in text
    assert "fmadd" not in text
    assert "fmsub" not in text
    assert "fnmadd" not in text


def _column(text: str, values: Sequence[float]) -> list[int]:
    """The bits of a formula of A1, filled down beside values in column A."""
    tables = Tables(Book([Sheet("S")]), len(values) + 1, 3)
    tables.columns[0][1, 1 : len(values) + 1] = np.array(values, dtype=np.float64).view(np.uint64)
    bound = _bound(_step({"B": text}, 1, len(values)))
    assert bound.run(tables.addresses(bound.sheets))
    return [int(one) for one in tables.columns[0][2, 1 : len(values) + 1]]


def _bits(values: Sequence[float]) -> list[int]:
    return [int(one) for one in np.array(values, dtype=np.float64).view(np.uint64)]


def test_logarithms_are_correctly_rounded_also_near_a_half() -> None:
    generator = np.random.default_rng(7)
    values = [
        *generator.uniform(0.5, 2.0, 3000),
        *np.exp(generator.uniform(-700, 700, 3000)),
        1.0,
        10.0,
        1000.0,
        5e-324,
    ]
    values += [math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0), 1.7976931348623157e308]
    assert _column("LN(A1)", values) == _bits([elementary.ln(float(one)) for one in values])
    assert _column("LOG10(A1)", values) == _bits([elementary.log10(float(one)) for one in values])


def test_exponentials_and_tanh_are_the_scalar_engines() -> None:
    values = [float(one) for one in np.random.default_rng(8).uniform(-30, 30, 3000)]
    values += [one / 30 for one in values[:1500]]
    assert _column("EXP(A1)", values) == _bits([math.exp(one) for one in values])
    assert _column("TANH(A1)", values) == _bits([elementary.tanh(one) for one in values])
    powers = [elementary.power(abs(one), 1.7) for one in values]
    assert _column("ABS(A1)^1.7", values) == _bits(powers)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_body_that_fails_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    signature = registry.lookup("RADIANS")
    assert signature is not None

    def bug(number: float) -> float:
        raise ZeroDivisionError

    tables = Tables(Book([sheet({"A1": 1.0})]), 9, 9)
    bound = _bound(_step({"B": "RADIANS(A1)"}, 1, 1))
    assert bound.run(tables.addresses(bound.sheets))
    monkeypatch.setitem(registry.functions(), "RADIANS", replace(signature, body=bug))
    assert not bound.run(tables.addresses(bound.sheets))
    monkeypatch.undo()
    assert bound.run(tables.addresses(bound.sheets))
    assert not unfinished()


def test_an_interrupt_in_a_body_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    signature = registry.lookup("DEGREES")
    assert signature is not None

    def stop(number: float) -> float:
        raise KeyboardInterrupt

    tables = Tables(Book([sheet({"A1": 1.0})]), 9, 9)
    bound = _bound(_step({"B": "DEGREES(A1)"}, 1, 1))
    monkeypatch.setitem(registry.functions(), "DEGREES", replace(signature, body=stop))
    with pytest.raises(KeyboardInterrupt):
        bound.run(tables.addresses(bound.sheets))
    monkeypatch.undo()
    assert bound.run(tables.addresses(bound.sheets))


def test_pointers_to_functions_stay() -> None:
    assert pointer("exp") == pointer("exp")
    assert pointer("SIN/1") == pointer("SIN/1")


def test_the_arities_are_the_registrys() -> None:
    assert len(ARITIES) >= 30
    for name, arity in ARITIES.items():
        signature = registry.lookup(name)
        assert signature is not None
        assert (signature.least, signature.most) == arity, name


def test_an_unsupported_value_in_a_range_ends_the_kernels_say() -> None:
    tables = Tables(Book([sheet({"A1": 1.0, "A2": DIV0})]), 9, 9)
    bound = _bound(_step({"B": "SUM(A1:A3)"}, 1, 1))
    assert bound.run(tables.addresses(bound.sheets))
    tables.columns[0][1, 3] = bits(5)
    assert not bound.run(tables.addresses(bound.sheets))


def test_empty_plans_have_nothing_to_bind() -> None:
    assert make_plan(Book([Sheet("S")])).steps == []
