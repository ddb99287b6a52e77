"""The formula language: text to tree and back, precedence, limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsgd.errors import FormulaError
from xlsgd.formula import parse, relative_key, text_at, to_text
from xlsgd.formula.nodes import (
    Call,
    Chain,
    Literal,
    NameRef,
    Paren,
    Percent,
    Ref,
    Signs,
    Single,
    Spill,
    TableRef,
    Where,
)

ROUND_TRIPS = [
    "-2^2", "2^3^2", "-2%^2", "1+2*3-4&5", "IF(A1,,3)", "SUM(,1,)", "A1:OFFSET(A1,4,0)", "SUM(A1:B2 B1:C3,(A1,B2))",
    "'my sheet'!A1:$B$2", "[1]S!A1", "'[1]my sheet'!$A$1", "T[[#This Row],[a]:[b]]", "T[a]", "T[[#Headers],[a]]",
    "LET(x,1,x+1)", "LAMBDA(x,x+1)(2)", "A1#", "@A1:A3", '{1,-2;"a",#N/A}', "A:C", "3:$5", "NA()", "--A1",
    "Sheet1:Sheet3!A1", "'a b:c d'!A1", "a.b+LOG10(5)", "((1))", "1=2<>3", '"a""b"&"c"', "_name\\x?+ä", "100%%",
    "#REF!",
]  # fmt: skip


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_a_printed_tree_parses_to_the_same_tree(text: str) -> None:
    tree = parse(text, 7, 9)
    assert to_text(tree, 7, 9) == text
    assert parse(to_text(tree, 7, 9), 7, 9) == tree


def test_signs_bind_tighter_than_powers_and_powers_go_from_left_to_right() -> None:
    assert parse("-2^2", 1, 1) == Chain((Signs("-", Literal(2.0)), Literal(2.0)), ("^",))
    assert parse("2^3^2", 1, 1) == Chain((Literal(2.0), Literal(3.0), Literal(2.0)), ("^", "^"))
    assert parse("-2%", 1, 1) == Percent(Signs("-", Literal(2.0)), 1)


def test_parentheses_are_kept() -> None:
    assert parse("((1+2))", 1, 1) == Paren(Chain((Literal(1.0), Literal(2.0)), ("+",)), 2)


def test_the_prefixes_of_files_mean_what_a_person_types() -> None:
    assert parse("_xlfn.ANCHORARRAY(B2)", 1, 1) == parse("B2#", 1, 1)
    assert parse("_xlfn.SINGLE(A1:A3)", 1, 1) == parse("@A1:A3", 1, 1)
    assert parse("_xlfn._xlws.SORT(A1:A3)", 1, 1) == parse("SORT(A1:A3)", 1, 1)
    assert parse("_xlfn.LET(_xlpm.x,1,_xlpm.x)", 1, 1) == parse("LET(x,1,x)", 1, 1)
    assert isinstance(parse("B2#", 1, 1), Spill)
    assert isinstance(parse("@B2", 1, 1), Single)


def test_a_sheet_called_like_a_cell_or_with_quotes_is_read() -> None:
    tree = parse("'it''s'!A1", 1, 1)
    assert isinstance(tree, Ref)
    assert tree.where == Where("it's")


def test_structured_references_with_escapes() -> None:
    assert parse("T[[#This Row],[a'[b']]]", 1, 1) == TableRef("T", frozenset({"this row"}), "a[b]", "a[b]")
    assert parse("T[@x]", 1, 1) == parse("T[[#This Row],[x]]", 1, 1)
    assert parse("[@[a b]]", 1, 1) == TableRef("", frozenset({"this row"}), "a b", "a b")


def test_names_beyond_the_grid_are_names_and_functions_may_look_like_cells() -> None:
    assert parse("XFE1", 1, 1) == NameRef("XFE1")
    assert parse("LOG10(5)", 1, 1) == Call("LOG10", (Literal(5.0),))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(", "not closed"), ("1+", "ends where a value"), ("SUM(1", "not closed"), ("{1,2", "not closed"),
        ("A1 5", "not expected"), ("1)", "never opened"), ("{1;2,3}", "differ in length"), ("1..2", "not expected"),
        ('"a', "not expected"), ("SUM(1+)", "missing"), ("T[a", "not closed"), ("1E999", "too large"), ("", "ends"),
    ],
)  # fmt: skip
def test_what_is_no_formula_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(FormulaError, match=says) as caught:
        parse(text, 1, 1)
    assert caught.value.formula == text


@pytest.mark.parametrize(
    "text",
    [
        "1" + "+1" * 4000, "-" * 8000 + "1", "1" + "%" * 8000, "SUM(" + "1," * 254 + "1)",
        "IF(1," * 64 + "1" + ")" * 64, "(" * 200 + "1" + ")" * 200, '"' + "a" * 8000 + '"', "A1" + "&A1" * 2700,
    ],
)  # fmt: skip
def test_formulas_at_the_limits_parse_without_recursion(text: str) -> None:
    assert parse(text, 1, 1) == parse(text, 1, 1)


@pytest.mark.parametrize("text", ["(" * 10_000 + "1" + ")" * 10_000, "SUM(" * 5000, "1" * 40_000])
def test_beyond_the_limits_is_one_clear_error(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text, 1, 1)


def test_moved_formulas_keep_what_is_fixed() -> None:
    assert text_at("A1+$B$2+A$1+$A1", (1, 2), (3, 4)) == "C3+$B$2+C$1+$A3"
    assert text_at("SUM(A:A)+SUM(3:$5)", (5, 5), (6, 6)) == "SUM(B:B)+SUM(4:$5)"
    assert text_at("A1", (5, 5), (4, 5)) == "#REF!"
    assert text_at('"A1"&LOG10(A1)', (1, 1), (2, 1)) == '"A1"&LOG10(A2)'


cells = st.tuples(st.integers(1, 500), st.integers(1, 500))


@given(cells, cells, cells, st.booleans(), st.booleans())
def test_a_moved_formula_has_the_same_relative_key(
    origin: tuple[int, int], cell: tuple[int, int], target: tuple[int, int], fix_row: bool, fix_col: bool
) -> None:
    from xlsgd.address import column_name

    text = f"2*{'$' * fix_col}{column_name(target[1])}{'$' * fix_row}{target[0]}"
    moved = text_at(text, origin, cell)
    if "#REF!" not in moved:
        assert relative_key(moved, *cell) == relative_key(text, *origin)
        assert parse(moved, *cell) == parse(text, *origin)


@given(st.text(alphabet="A1$:!(),;{}[]\"'+-*/^&=<>%#@ .eX", max_size=40))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        tree = parse(text, 5, 5)
    except FormulaError:
        return
    assert parse(to_text(tree, 5, 5), 5, 5) == tree
