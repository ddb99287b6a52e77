"""Laws of the array functions, and their bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsgd.book import Book, Formula, Sheet
from xlsgd.engine import get_engine
from xlsgd.plan import make_plan
from xlsgd.values import Scalar, Unsupported

ROWS = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(-3, 3), min_size=width, max_size=width), min_size=1, max_size=6)
)


def literal(rows: list[list[int]]) -> str:
    return "{" + ";".join(",".join(map(str, row)) for row in rows) + "}"


def answer(text: str) -> Scalar | Unsupported:
    sheet = Sheet("S", formulas={(1, 1): Formula(text, (1, 1), dynamic=True)})
    return get_engine("scalar").run(make_plan(Book([sheet]))).at(0, 1, 1)


def holds(text: str) -> bool:
    return answer(f"AND({text})") is True


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(1, 5))
def test_take_and_drop_are_two_parts_of_a_whole(rows: list[list[int]], count: int) -> None:
    array = literal(rows)
    if count < len(rows):
        assert holds(f"VSTACK(TAKE({array},{count}),DROP({array},{count}))={array}")
        assert holds(f"VSTACK(DROP({array},-{count}),TAKE({array},-{count}))={array}")
    if count < len(rows[0]):
        assert holds(f"HSTACK(TAKE({array},,{count}),DROP({array},,{count}))={array}")


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_folded_arrays_unfold(rows: list[list[int]]) -> None:
    array, height, width = literal(rows), len(rows), len(rows[0])
    assert holds(f"WRAPROWS(TOROW({array}),{width})={array}")
    assert holds(f"WRAPCOLS(TOCOL({array},,TRUE),{height})={array}")
    assert holds(f"CHOOSEROWS({array},SEQUENCE({height}))={array}")
    assert holds(f"CHOOSECOLS({array},SEQUENCE({width},,-1,-1))=CHOOSECOLS({array},SEQUENCE({width},,{width},-1))")


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_sort_orders_and_keeps(rows: list[list[int]]) -> None:
    array = literal(rows)
    expected = literal(sorted(rows, key=lambda row: row[0]))
    assert holds(f"SORT({array})={expected}")
    assert holds(f"SORTBY({array},TAKE({array},,1))={expected}")
    assert holds(f"SORT({array},1,-1)={literal(sorted(rows, key=lambda row: -row[0]))}")


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_unique_keeps_the_first_of_equal_rows(rows: list[list[int]]) -> None:
    kept = [list(row) for row in dict.fromkeys(map(tuple, rows))]
    assert holds(f"UNIQUE({literal(rows)})={literal(kept)}")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 1_048_576), st.integers(1, 16_384), st.integers(1, 4), st.booleans())
def test_indirect_reads_what_address_writes(row: int, col: int, kind: int, a1: bool) -> None:
    if not a1 and kind != 1:
        return  # relative R1C1 text counts from the formula's own cell
    there = f"INDIRECT(ADDRESS({row},{col},{kind},{str(a1).upper()}),{str(a1).upper()})"
    assert holds(f"ROW({there})={row},COLUMN({there})={col}")


@pytest.mark.parametrize(
    "text",
    [
        "SEQUENCE(1048576,16384)",
        "SUM(SEQUENCE(1048576)*SEQUENCE(1,16384))",
        "EXPAND(1,1048576,16384)",
        "RANDARRAY(1048576,100)",
        "MAKEARRAY(1048576,16384,LAMBDA(r,c,1))",
        "ROWS(HSTACK(SEQUENCE(1048576),SEQUENCE(1,16000)))",
        "MAP(SEQUENCE(1048576),SEQUENCE(1,16384),LAMBDA(a,b,a))",
        "IF(SEQUENCE(1048576)>0,SEQUENCE(1,16384))",
    ],
)
def test_arrays_too_large_are_refused(text: str) -> None:
    found = answer(text)
    assert isinstance(found, Unsupported)
    assert "elements" in found.reason


def test_many_lookups_in_one_column_find_their_rows() -> None:
    rows = range(1, 20_001)
    sheet = Sheet("S", constants={(row, 1): float(row) for row in rows})
    sheet.formulas = {(row, 2): Formula(f"MATCH(A{20_001 - row},$A$1:$A$20000,0)", (row, 2)) for row in rows}
    values = get_engine("scalar").run(make_plan(Book([sheet])))
    assert all(values.at(0, row, 2) == 20_001 - row for row in rows)
