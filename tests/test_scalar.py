"""The scalar engine: the rules of calculation, spills, circles, what is unsupported."""

import pytest

from xlsgd.address import Box, parse_cell
from xlsgd.book import Book, External, Formula, Name, Settings, Sheet, Table
from xlsgd.engine import Options, get_engine
from xlsgd.engine.base import Result, Values
from xlsgd.errors import EngineError, UsageError
from xlsgd.plan import make_plan
from xlsgd.values import CALC, DIV0, NA, NAME, NULL, NUM, REF, SPILL, VALUE, Scalar, Unsupported


def cell(name: str) -> tuple[int, int]:
    place = parse_cell(name)
    assert place is not None
    return place


def sheet(cells: dict[str, Scalar], name: str = "S", dynamic: bool = False) -> Sheet:
    """A sheet from cell names; text that begins with ``=`` is a formula."""
    made = Sheet(name)
    for key, value in cells.items():
        if isinstance(value, str) and value.startswith("="):
            made.formulas[cell(key)] = Formula(value[1:], cell(key), dynamic=dynamic)
        else:
            made.constants[cell(key)] = value
    return made


def run(book: Book, options: Options | None = None) -> Values:
    return get_engine("scalar").run(make_plan(book), options or Options())


def ask(formula: str, cells: dict[str, Scalar] | None = None, dynamic: bool = False) -> Result:
    return run(Book([sheet({**(cells or {}), "Z9": formula}, dynamic=dynamic)]))["S!Z9"]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=0.5-0.4-0.1", 0.0),
        ("=(0.5-0.4-0.1)", -2.7755575615628914e-17),
        ("=1*(0.5-0.4-0.1)", -2.7755575615628914e-17),
        ("=1.333+1.225-1.333-1.225", 0.0),
        ("=1E16+(1+1)", 10000000000000002.0),
        ("=0.1+0.2=0.3", True),
        ("=1E308*10", NUM),
        ("=1/(1E308*10)", NUM),
        ("=2^1024", NUM),
        ("=0^0", NUM),
        ("=0^-1", DIV0),
        ("=(-8)^(1/3)", NUM),
        ("=0/0", DIV0),
        ("=1E-308/1E10", 0.0),
        ("=SQRT(-1)", NUM),
        ("=1/0+NA()", DIV0),
        ("=NA()+1/0", NA),
        ('=""+1', VALUE),
        ('="3"+1', 4.0),
        ("=nosuchname", NAME),
        ("=A1:A2 B1:B2", NULL),
        ("=#REF!+1", REF),
        ('=TRUE>"zzz"', True),
        ("=-2^2", 4.0),
        ("=1.1^2", 1.1 * 1.1),
    ],
)
def test_arithmetic_is_excels(formula: str, expected: Scalar) -> None:
    assert ask(formula) == expected


def test_negative_zero_does_not_exist() -> None:
    assert str(ask("=-A1")) == "0.0"
    assert str(ask("=0*-1")) == "0.0"


def test_a_sum_accumulates_from_left_to_right() -> None:
    cells: dict[str, Scalar] = {"A1": 1e16, "A2": 1.0, "A3": 1.0, "A4": -1e16}
    assert ask("=SUM(A1:A4)", cells) == 0.0
    assert ask("=SUM(A2:A3,A1,A4)", cells) == 2.0


def test_an_old_formula_intersects_a_range_with_its_own_row_and_a_dynamic_one_spills() -> None:
    cells: dict[str, Scalar] = {"A8": 8.0, "A9": 9.0, "A10": 10.0}
    assert ask("=A8:A10*2", cells) == 18.0
    assert ask("=A1:A3*2", cells) == VALUE
    values = run(Book([sheet({**cells, "Z9": "=A8:A10*2"}, dynamic=True)]))
    assert [values[f"S!Z{row}"] for row in (9, 10, 11)] == [16.0, 18.0, 20.0]


def test_a_spill_is_seen_by_formulas_that_were_evaluated_before_it() -> None:
    values = run(Book([sheet({"A1": "=SUM(C1:C5)", "A2": "=SUM(C1#)", "C1": "={1;2;3}"}, dynamic=True)]))
    assert (values["S!A1"], values["S!A2"], values["S!C3"]) == (6.0, 6.0, 3.0)


def test_a_spill_over_a_cell_that_is_not_blank_is_an_error() -> None:
    values = run(Book([sheet({"C1": "={1;2;3}", "C3": 7.0}, dynamic=True)]))
    assert (values["S!C1"], values["S!C2"], values["S!C3"]) == (SPILL, None, 7.0)


def test_a_whole_column_spills_from_the_first_row_only() -> None:
    values = run(Book([sheet({"A1": 1.0, "A2": 2.0, "C1": "=A:A", "D2": "=A:A"}, dynamic=True)]))
    assert [values["S!C1"], values["S!C2"], values["S!D2"]] == [1.0, 2.0, SPILL]


def test_a_legacy_array_formula_fills_its_box() -> None:
    made = sheet({"A1": 1.0, "A2": 2.0})
    made.formulas[1, 3] = Formula("A1:A2*10", (1, 3), "array", Box(1, 3, 3, 4))
    values = run(Book([made]))
    assert [values[f"S!{name}"] for name in ("C1", "D1", "C2", "D2", "C3", "D3")] == [10.0, 10.0, 20.0, 20.0, NA, NA]


def test_unknown_functions_are_named_where_they_matter_and_not_guessed() -> None:
    values = run(
        Book(
            [sheet({"A1": "=FROBNICATE(1)", "A2": "=A1+1", "A3": "=IF(TRUE,1,FROBNICATE(2))", "A4": "=IFERROR(A1,0)"})]
        )
    )
    assert values["S!A1"] == Unsupported("FROBNICATE in S!A1")
    assert values["S!A2"] == values["S!A4"] == Unsupported("FROBNICATE in S!A1")
    assert values["S!A3"] == 1.0
    assert values.counts.unsupported == 3


def test_a_circle_is_named_and_shows_zero() -> None:
    values = run(Book([sheet({"A1": "=B1+1", "B1": "=A1", "C1": "=A1+5"})]))
    assert (values["S!A1"], values["S!B1"], values["S!C1"]) == (0.0, 0.0, 5.0)
    assert values.remarks == ["circular reference: S!A1 → S!B1 → S!A1"]


def test_a_circle_in_a_branch_that_is_not_taken_is_none() -> None:
    values = run(Book([sheet({"A1": "=IF(TRUE,1,A1)"})]))
    assert values["S!A1"] == 1.0
    assert values.remarks == []


def test_cells_that_wait_side_by_side_are_no_circle() -> None:
    cells: dict[str, Scalar] = {f"B{row}": f"=B{row - 1}+1" for row in range(2, 30)}
    values = run(Book([sheet({**cells, "B1": 1.0, "A1": "=SUM(B2:B29)"})]))
    assert values["S!A1"] == sum(range(2, 30))
    assert values.remarks == []


def test_iteration_follows_the_workbooks_settings() -> None:
    cells: dict[str, Scalar] = {"A1": 10.0, "B1": "=A1+B2*0.5", "B2": "=B1*0.1", "C1": "=B1+1"}
    book = Book([sheet(cells)], settings=Settings(iterate=True, iterate_count=100, iterate_delta=1e-12))
    values = run(book)
    assert values["S!B1"] == pytest.approx(10 / 0.95)
    assert values["S!C1"] == pytest.approx(10 / 0.95 + 1)
    once = run(Book([sheet({"A1": "=A1+1"})], settings=Settings(iterate=True, iterate_count=7)))
    assert once["S!A1"] == 7.0


def test_a_long_chain_upwards_needs_no_recursion() -> None:
    cells: dict[str, Scalar] = {f"A{row}": f"=A{row + 1}+1" for row in range(1, 30_000)}
    assert run(Book([sheet({**cells, "A30000": 0.0})]))["S!A1"] == 29_999.0


def test_deep_lambda_recursion_ends_with_an_error_and_not_with_a_crash() -> None:
    count = "=LET(f,LAMBDA(g,n,IF(n<1,0,1+g(g,n-1))),f(f,{}))"
    assert ask(count.format(500)) == 500.0
    assert ask(count.format(5000)) == NUM


def test_names_of_sheet_and_workbook() -> None:
    book = Book(
        [
            sheet({"A1": 5.0, "B1": "=rate", "B2": "=double(rate)", "B3": "=left_of"}),
            sheet({"A1": 7.0, "B1": "=rate"}, "T"),
        ],
        names=[
            Name("rate", "S!$A$1"),
            Name("rate", "T!$A$1", sheet=1),
            Name("double", "LAMBDA(x,2*x)"),
            Name("left_of", "XFD1"),
        ],
    )
    book.sheets[0].constants[3, 1] = 33.0
    values = run(book)
    assert (values["S!B1"], values["T!B1"], values["S!B2"], values["S!B3"]) == (5.0, 7.0, 10.0, 33.0)


def test_structured_references() -> None:
    made = sheet({"A1": "x", "B1": "y", "A2": 1.0, "B2": 2.0, "A3": 3.0, "B3": 4.0, "A4": "total", "B4": 6.0})
    for row, text in enumerate(
        ["SUM(T[y])", "T[@x]+T[[#This Row],[y]]", "COUNTA(T[#All])", "T[[#Totals],[y]]", "T[[#Headers],[x]]"], 1
    ):
        made.formulas[row, 4] = Formula(text, (row, 4))
    values = run(Book([made], tables=[Table("T", 0, Box(1, 1, 4, 2), ("x", "y"), 1, 1)]))
    assert [values[f"S!D{row}"] for row in range(1, 6)] == [6.0, 3.0, 8.0, 6.0, "x"]


def test_three_dimensional_references() -> None:
    sheets = [sheet({"A1": float(n)}, f"s{n}") for n in range(1, 5)]
    sheets.append(sheet({"A1": "=SUM(s2:s4!A1)"}))
    assert run(Book(sheets))["S!A1"] == 9.0


def test_external_references_use_the_cached_values() -> None:
    book = Book(
        [sheet({"A1": "=[1]Prices!B2*2", "A2": "=[2]Other!A1"})],
        externals=[External("p.xlsx", {"Prices": {(2, 2): 21.0}})],
    )
    values = run(book)
    assert values["S!A1"] == 42.0
    assert values["S!A2"] == Unsupported("external workbook [2] in S!A2")
    assert values.remarks[0] == "external workbook [1] (p.xlsx): its values as the file has cached them"


def test_a_sheet_of_another_workbook_that_excel_lost_is_an_error() -> None:
    lost = External("p.xlsx", {"Prices": {}}, {"Prices"})
    assert run(Book([sheet({"A1": "=[1]Prices!B2*2"})], externals=[lost]))["S!A1"] == REF


def test_an_array_of_a_function_holds_no_infinity() -> None:
    assert ask("=MMULT({1E200,1E200},{1E200;1})") == NUM


def test_volatile_cells_keep_their_cached_value_or_are_drawn_under_a_seed() -> None:
    made = sheet({"A1": "=RAND()", "A2": "=A1*2"})
    made.cached[1, 1] = 0.25
    assert run(Book([made]))["S!A2"] == 0.5
    fresh = [run(Book([made]), Options("fresh", seed))["S!A1"] for seed in (1, 1, 2)]
    assert fresh[0] == fresh[1] != fresh[2]


def test_whole_columns_cost_what_is_in_them() -> None:
    cells: dict[str, Scalar] = {f"A{row}": float(row) for row in range(1, 2001)}
    cells |= {f"C{row}": "=SUM(A:A)+SUM(1:1)" for row in range(2, 1000)}
    assert run(Book([sheet(cells)]))["S!C2"] == 2001000.0 + 1.0


def test_a_function_as_a_result_is_an_error() -> None:
    assert ask("=LAMBDA(x,x)") == CALC


def test_engines_by_name() -> None:
    with pytest.raises(UsageError, match="did you mean 'scalar'"):
        get_engine("scaler")
    assert EngineError.__mro__[1].__name__ == "XlsgdError"
