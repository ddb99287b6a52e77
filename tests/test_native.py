"""The native engine: what is compiled, what goes back to cells, and the ways in which cells and loops meet."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pytest

from test_engines_agree import assert_equal
from test_scalar import sheet
from xlsgd.address import Box, parse_cell
from xlsgd.book import Book, Cell, Formula, Name, Settings, Sheet
from xlsgd.book.columns import CellColumns, FormulaColumns, FormulaRun, Run
from xlsgd.check import count_differing, differing_cached
from xlsgd.engine import get_engine, loops
from xlsgd.engine.base import Values
from xlsgd.engine.kernels import Bound
from xlsgd.engine.kernels.bound import forget
from xlsgd.plan import make_plan
from xlsgd.tagged import Texts, tagged
from xlsgd.values import CALC, DIV0, NA, Scalar, Unsupported

LONG = 80


def at(name: str) -> Cell:
    place = parse_cell(name)
    assert place is not None
    return place


def down(made: Sheet, cell: str, text: str, count: int = LONG) -> None:
    """Fill a formula down."""
    row, col = at(cell)
    shared = Formula(text, (row, col))
    made.formulas.update({(row + n, col): shared for n in range(count)})


def table(values: dict[int, Scalar] | None = None) -> Sheet:
    """Numbers 1, 2, … in A1:A80, some of them something else."""
    made = Sheet("S")
    made.constants.update({(row, 1): float(row) for row in range(1, LONG + 1)})
    made.constants.update({(row, 1): value for row, value in (values or {}).items()})
    return made


def test_a_fill_down_is_compiled() -> None:
    made = table()
    down(made, "B1", "A1*2+1")
    values = assert_equal(Book([made]))
    assert (values["S!B80"], values.counts.compiled, values.counts.fallback) == (161.0, LONG, 0)


def test_a_recurrence_is_compiled_and_lone_cells_are_not() -> None:
    made = table()
    made.constants[1, 2] = 1.0
    down(made, "B2", "B1+A1/C$1", LONG - 1)
    made.formulas[1, 3] = Formula("SUM(A1:A3)", (1, 3))
    made.formulas[1, 4] = Formula("B80*1", (1, 4))
    values = assert_equal(Book([made]))
    assert (values["S!D1"], values.counts.compiled, values.counts.fallback) == (values["S!B80"], LONG - 1, 2)


@pytest.mark.parametrize("value", ["12", "x", ""])
def test_text_sends_a_loop_to_cells(value: str) -> None:
    made = table({7: value})
    down(made, "B1", "A1+1")
    down(made, "C1", "A1+1>0")
    values = assert_equal(Book([made]))
    assert (values.counts.compiled, values.counts.fallback) == (0, 2 * LONG)


def test_only_the_loop_that_meets_text_falls_back() -> None:
    made = table({7: "x"})
    down(made, "B1", "A1+1")
    down(made, "C1", "ROW(A1)*0+3", LONG)
    down(made, "D1", "3*2", LONG)
    values = assert_equal(Book([made]))
    assert values.counts.compiled >= LONG
    assert values.counts.fallback >= LONG


def test_errors_blanks_and_logicals_stay_compiled() -> None:
    made = table({3: NA, 4: None, 5: True, 6: DIV0})
    del made.constants[4, 1]
    down(made, "B1", "1/A1")
    down(made, "C1", "IF(A1,B1,0)")
    values = assert_equal(Book([made]))
    assert [values[f"S!B{row}"] for row in (3, 4, 5, 6)] == [NA, DIV0, 1.0, DIV0]
    assert values.counts.compiled == 2 * LONG


def test_what_depends_on_an_unknown_function_is_unsupported() -> None:
    made = table()
    made.formulas[7, 1] = Formula("NOSUCH(1)", (7, 1))
    del made.constants[7, 1]
    down(made, "B1", "A1+1")
    values = assert_equal(Book([made]))
    assert isinstance(values["S!B7"], Unsupported)
    assert values.counts.unsupported == 2


def test_a_cell_that_finds_a_loop_while_it_runs() -> None:
    made = table()
    down(made, "C1", "A1*2+$B$1")
    made.formulas[1, 2] = Formula("OFFSET(D1,5,0)", (1, 2))
    down(made, "D1", "A1-0.5")
    made.formulas[1, 5] = Formula('INDIRECT("C9")+INDIRECT("D9")', (1, 5))
    values = assert_equal(Book([made]))
    assert (values["S!B1"], values["S!C9"], values["S!E1"]) == (5.5, 23.5, 32.0)
    assert values.counts.compiled == 2 * LONG


def test_a_loop_that_waits_for_itself_through_a_hidden_reference_is_circular() -> None:
    made = table()
    down(made, "C1", "A1*2+$B$1")
    made.formulas[1, 2] = Formula("hidden", (1, 2))
    book = Book([made], names=[Name("hidden", "OFFSET(S!$C$1,5,0)")])
    values = assert_equal(book)
    assert any("circular" in remark for remark in values.remarks)


def test_a_name_that_hides_an_offset_makes_a_loop_run_out_of_order() -> None:
    made = table()
    down(made, "D1", "C1+1")
    down(made, "C1", "A1+$B$1*0")
    made.formulas[1, 2] = Formula("2", (1, 2))
    made.formulas[1, 6] = Formula("SUM(hidden)", (1, 6))
    values = assert_equal(Book([made], names=[Name("hidden", "OFFSET(S!$D$1,0,0,80,1)")]))
    assert values["S!F1"] == sum(range(1, 81)) + 80


def test_a_spill_into_what_a_loop_reads() -> None:
    made = Sheet("S")
    down(made, "B1", "A1*2")
    made.formulas[1, 1] = Formula("SEQUENCE(80)", (1, 1), "array", Box(1, 1, 1, 1), dynamic=True)
    values = assert_equal(Book([made]))
    assert (values["S!B80"], values.counts.compiled) == (160.0, LONG)


def test_a_loop_beside_a_circle() -> None:
    made = table()
    made.formulas[1, 3] = Formula("D1+1", (1, 3))
    made.formulas[1, 4] = Formula("C1+A1", (1, 4))
    down(made, "B1", "A1+C$1")
    values = assert_equal(Book([made]))
    assert values.counts.compiled == LONG
    iterated = assert_equal(Book([made], settings=Settings(iterate=True, iterate_count=5)))
    assert (iterated["S!C1"], iterated.counts.compiled) == (iterated["S!B1"] - 1.0, 0)  # type: ignore[operator]


def test_loops_across_sheets() -> None:
    one, two = table(), Sheet("T")
    one.constants[1, 2] = 1.0
    down(one, "B2", "T!A1+1", LONG - 1)
    down(two, "A1", "S!B1*0.5+S!A1")
    values = assert_equal(Book([one, two]))
    assert values.counts.compiled == 2 * (LONG - 1)  # row 1 is cut off: B1 is typed


def test_a_range_of_a_million_rows_does_not_fill_the_memory() -> None:
    made = table()
    down(made, "B1", "SUM(A1:A1048576)*0+SUM($C:$C)+A1")
    values = assert_equal(Book([made]))
    assert values["S!B80"] == 80.0


def in_columns(rows: int) -> Book:
    """A sheet whose cells are columns, as the reader makes them of large files; one text and one error in it."""
    texts = Texts()
    numbers: list[Scalar] = [float(n) for n in range(rows)]
    numbers[rows // 2] = NA
    constants = CellColumns({1: [Run(2, tagged(numbers, texts))]}, texts, {(1, 1): "x", (1, 3): 2.0})
    formulas = FormulaColumns(
        {2: [FormulaRun(2, rows + 1, Formula("A2*C$1", (2, 2)))]}, {(1, 2): Formula("A1&C1", (1, 2))}
    )
    return Book([Sheet("S", constants, formulas)])


def test_columns_as_the_reader_makes_them() -> None:
    book = in_columns(1000)
    values = assert_equal(book)
    assert (values["S!B1"], values["S!B3"], values["S!B502"]) == ("x2", 2.0, NA)
    assert (values.counts.formulas, values.counts.compiled) == (1001, 1000)
    assert values.at(0, 1, 1) == "x"
    assert dict(book.sheets[0].constants)[3, 1] == 1.0  # untouched


def test_arrays_and_frames_of_columns() -> None:
    values: Values = get_engine("native").run(make_plan(in_columns(100)))
    found = values.array("S!A1:C3")
    assert np.array_equal(found, [[np.nan, np.nan, 2.0], [0.0, 0.0, np.nan], [1.0, 2.0, np.nan]], equal_nan=True)
    frame = values.frame("S")
    assert frame.loc[3].tolist() == [1.0, 2.0, None]
    assert frame.loc[1].tolist() == ["x", "x2", 2.0]
    scalar = get_engine("scalar").run(make_plan(in_columns(100)))
    assert np.array_equal(found, scalar.array("S!A1:C3"), equal_nan=True)
    for name in ("T!A1:B2", "S!nothing", "A1"):
        with pytest.raises(KeyError):
            values.array(name)


def test_a_constant_column_of_the_book_is_never_written_to() -> None:
    book = in_columns(80)
    held = book.sheets[0].constants
    assert isinstance(held, CellColumns)
    del held[5, 1]
    book.sheets[0].formulas[5, 1] = Formula("NA()", (5, 1))
    before = held.runs[1][0].numbers.copy()
    values = assert_equal(book)
    assert values["S!B5"] is NA
    assert np.array_equal(held.runs[1][0].numbers.view(np.uint64), before.view(np.uint64))


def test_results_are_a_mapping_like_a_dict() -> None:
    made = table()
    down(made, "B1", "A1*2")
    made.formulas[1, 3] = Formula("LAMBDA(x,x)", (1, 3))
    (results,) = get_engine("native").run(make_plan(Book([made]))).results
    assert len(results) == LONG + 1
    assert list(results)[:3] == [(1, 2), (1, 3), (2, 2)]
    assert results[1, 3] is CALC
    assert (1, 1) not in results
    assert results == {(1, 3): CALC, **{(row, 2): 2.0 * row for row in range(1, LONG + 1)}}


def test_scalar_sheets_are_still_plain() -> None:
    values = get_engine("scalar").run(make_plan(Book([sheet({"A1": 1.0, "B1": "=A1+1"})])))
    assert values.results == [{(1, 2): 2.0}]


def test_stored_values_in_columns_are_counted_as_one_by_one() -> None:
    book = in_columns(100)
    texts = Texts()
    stored: list[Scalar] = [2.0 * n for n in range(100)]
    stored[50], stored[3], stored[4], stored[5], stored[6] = NA, 7.0, DIV0, True, None
    cached = CellColumns({2: [Run(2, tagged(stored, texts))]}, texts, {(1, 2): "x3"})
    book.sheets[0].cached = cached
    values = get_engine("native").run(make_plan(book))
    found = differing_cached(values)
    assert sorted(stale.cell for stale in found) == [(1, 2), (5, 2), (6, 2), (7, 2)]
    assert differing_cached(values, most=2) == found[:2]
    assert count_differing(values) == 4
    book.sheets[0].cached = dict(cached)
    assert count_differing(values) == 4
    assert {stale.cell for stale in differing_cached(values)} == {stale.cell for stale in found}


def test_a_short_fill_down_is_compiled_when_it_comes_again() -> None:
    made = table()
    down(made, "B1", "A1*2+0.123456", 20)
    compiled = [assert_equal(Book([made])).counts.compiled for _ in range(3)]
    assert compiled == [0, 20, 20]


@pytest.mark.parametrize("problem", [ImportError("no llvmlite"), OSError(13, "not allowed")])
def test_without_machine_code_everything_is_evaluated_one_by_one(
    problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr("xlsgd.engine.loops.bind", broken)
    made = table()
    down(made, "B1", "A1*2")
    values = get_engine("native").run(make_plan(Book([made])))
    assert (values["S!B80"], values.counts.compiled) == (160.0, 0)
    assert "one by one: no machine code here" in values.remarks[0]


def company() -> Sheet:
    """Three columns beside each other, B, C and D, that read column A and not each other."""
    made = table()
    down(made, "B1", "A1*2")
    down(made, "C1", "A1-1")
    down(made, "D1", "SUM(A$1:A1)")
    return made


def kernels(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many lines each call of a kernel has worked on, from now on."""
    calls: list[int] = []
    run = Bound.run

    def watched(bound: Bound, tables: Sequence[int]) -> bool:
        calls.append(bound.last - bound.first + 1)
        return run(bound, tables)

    monkeypatch.setattr(Bound, "run", watched)
    return calls


def test_columns_beside_each_other_run_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = kernels(monkeypatch)
    values = assert_equal(Book([company()]))
    assert (values.counts.compiled, calls) == (3 * LONG, [LONG])


def test_text_in_one_column_leaves_the_others_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    made = company()
    made.constants[7, 6] = "x"
    down(made, "C1", "A1+F1")
    calls = kernels(monkeypatch)
    values = assert_equal(Book([made]))
    assert (values.counts.compiled, values.counts.fallback, calls) == (2 * LONG, LONG, [LONG] * 4)


def test_a_column_that_is_asked_for_early_runs_without_its_company(monkeypatch: pytest.MonkeyPatch) -> None:
    made = company()
    down(made, "B1", "A1*$E$1")
    made.formulas[1, 5] = Formula('INDIRECT("D80")', (1, 5))
    calls = kernels(monkeypatch)
    values = assert_equal(Book([made]))
    assert (values["S!E1"], values["S!B1"], values.counts.compiled) == (3240.0, 3240.0, 3 * LONG)
    assert calls == [LONG] * 3


def test_columns_that_do_not_fit_into_memory_are_calculated_cell_by_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "LARGEST_STORE", 3 * LONG)
    values = assert_equal(Book([company()]))
    assert (values.counts.compiled, values.counts.fallback) == (0, 3 * LONG)


def test_small_columns_are_compiled_together_when_they_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = company()
    made.formulas = {cell: one for cell, one in made.formulas.items() if cell[0] <= 20}
    made.constants = {cell: value for cell, value in made.constants.items() if cell[0] <= 20}
    forget()
    monkeypatch.setenv("XLSGD_CACHE", os.devnull)
    counts = [assert_equal(Book([made])).counts.compiled for _ in range(2)]
    assert counts == [0, 60]
