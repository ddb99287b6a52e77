"""Which components of a plan are loops, and that a loop never reads what it has not calculated."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from make_package import SHARED
from plan_order import Checker, circles, met_early, without_loops
from xlsgd.address import MAX_ROW, Box, box_name, cell_name, column_name, parse_cell
from xlsgd.book import Book, Formula, Name, Sheet, Table
from xlsgd.book.columns import FormulaColumns, FormulaRun
from xlsgd.book.reader import read
from xlsgd.plan import Loop, Plan, Step, make_plan
from xlsgd.plan.loops import _Member, earlier, later, same
from xlsgd.plan.reads import Ends

GRADDESC = SHARED / "fastai+fastai1" / "courses" / "dl1" / "excel" / "graddesc.xlsm"


def fill(sheet: Sheet, where: str, text: str, origin: str = "") -> None:
    """Fill a formula, as it reads in ``origin`` (else in the first cell), down or to the right."""
    first, _, last = where.partition(":")
    one, two = parse_cell(first), parse_cell(last or first)
    at = parse_cell(origin or first)
    assert one
    assert two
    assert at
    formula = Formula(text, at)
    for row in range(one[0], two[0] + 1):
        for col in range(one[1], two[1] + 1):
            sheet.formulas[row, col] = formula


def book(*fills: tuple[str, str], names: tuple[Name, ...] = (), tables: tuple[Table, ...] = ()) -> Book:
    sheet = Sheet("S")
    for where, text in fills:
        fill(sheet, where, text)
    return Book([sheet, Sheet("T")], names=list(names), tables=list(tables))


def only_step(made: Book) -> Step:
    """The one step of several regions, or the one that reads itself."""
    plan = make_plan(made)
    assert Checker(made).run() == []
    assert met_early(plan) == []
    found = [step for step in plan.steps if len(step.regions) > 1] or plan.steps
    assert len(found) == 1
    return found[0]


def boxes(step: Step) -> list[str]:
    return [box_name(region.box) for region in step.regions]


def order(plan: Plan) -> list[str]:
    return [cell_name(row, col) for _, row, col in plan.order()]


FORWARD, BACKWARD = Loop(down=True, backward=False), Loop(down=True, backward=True)
RIGHT, LEFT = Loop(down=False, backward=False), Loop(down=False, backward=True)

LOOPS = {
    "a recurrence": (("A2:A9", "B1+1"), ("B2:B9", "A2*2"), FORWARD, ["A2:A9", "B2:B9"]),
    "inner order against the columns": (("A2:A9", "B2*2"), ("B2:B9", "A1+1"), FORWARD, ["B2:B9", "A2:A9"]),
    "backward": (("A2:A9", "B3+1"), ("B2:B9", "A2*2"), BACKWARD, ["A2:A9", "B2:B9"]),
    "a growing sum": (("A2:A9", "B1+1"), ("B2:B9", "SUM(A$2:A2)"), FORWARD, ["A2:A9", "B2:B9"]),
    "a growing sum, swapped": (("A2:A9", "B1+1"), ("B2:B9", "SUM(A2:A$2)"), FORWARD, ["A2:A9", "B2:B9"]),
    "a shrinking sum": (("A2:A9", "B3+1"), ("B2:B9", "SUM(A2:A$9)"), BACKWARD, ["A2:A9", "B2:B9"]),
    "a window": (("A5:A9", "B4+1"), ("B5:B9", "SUM(A2:A5)"), FORWARD, ["A5:A9", "B5:B9"]),
    "several columns": (
        ("A2:A9", "C1+1"), ("B2:B9", "A2*2"), ("C2:C9", "SUM(A2:B2)"), FORWARD, ["A2:A9", "B2:B9", "C2:C9"]),
    "to the right": (("B1:I1", "A2+1"), ("B2:I2", "B1*2"), RIGHT, ["B1:I1", "B2:I2"]),
    "to the left": (("B1:I1", "C2+1"), ("B2:I2", "B1*2"), LEFT, ["B1:I1", "B2:I2"]),
    "fixed to its own first line": (("A2:A9", "B1+A$2"), ("B3:B9", "A3*2"), None, []),
    "fixed to the first line of another": (("A2:A9", "B1+1"), ("B2:B9", "A$2*A2"), FORWARD, ["A2:A9", "B2:B9"]),
    "fixed to a later line": (("A2:A9", "B1+1"), ("B2:B9", "A$3*A2"), None, []),
    "a whole column": (("A2:A9", "B1+1"), ("B2:B9", "SUM(A:A)"), None, []),
    "up and down": (("A2:A9", "B1+1"), ("B2:B9", "A4*2"), None, []),
    "a true circle": (("A2:A9", "B2+1"), ("B2:B9", "A2*2"), None, []),
    "over the edge": (("A1:A9", f"B{MAX_ROW}+1"), ("B1:B9", "A1*2"), None, []),
}  # fmt: skip


@pytest.mark.parametrize("case", LOOPS)
def test_loops(case: str) -> None:
    *fills, loop, wanted = LOOPS[case]
    made = book(*fills)  # type: ignore[arg-type]
    if loop is None:
        (step,) = without_loops(make_plan(made))
        assert step.reason
        assert Checker(made).run() == []
        return
    step = only_step(made)
    assert (step.loop, boxes(step), step.reason) == (loop, wanted, "")


def test_one_region_that_reads_itself() -> None:
    assert only_step(book(("A2:A9", "A1+1"))).loop == FORWARD
    assert only_step(book(("A2:A9", "A3+1"))).loop == BACKWARD
    assert only_step(book(("A2:A9", "SUM(A$1:A1)"))).loop == FORWARD
    assert only_step(book(("A2:A9", "A2+1"))).reason == "A2 reads itself"
    assert only_step(book(("A2:A9", "A1+A3"))).reason == "A2 reads a later row and A3 an earlier one"
    assert only_step(book(("B2:I2", "A2+1"))).loop == RIGHT


def test_a_loop_goes_line_by_line_in_its_inner_order() -> None:
    plan = make_plan(book(("B2:B4", "C2*2"), ("C3:C5", "B2+1"), ("C2", "7")))
    assert order(plan) == ["C2", "B2", "C3", "B3", "C4", "B4", "C5"]
    plan = make_plan(book(("A2:A4", "B3+1"), ("B2:B5", "A2*2")))
    assert order(plan) == ["B5", "A4", "B4", "A3", "B3", "A2", "B2"]


def test_an_epoch_in_pieces_is_one_loop() -> None:
    """The first row of each epoch has a formula of its own, and a constant of the first epoch is changed by hand."""
    step = only_step(
        book(("A2:A9", "B1+1"), ("A10", "B9*0.5"), ("A11:A19", "B10+1"), ("A20", "B19*3"), ("B2:B25", "A2*2"),
             ("A21:A25", "B20+1"))
    )  # fmt: skip
    assert step.loop == FORWARD
    assert sorted(boxes(step)) == ["A10", "A11:A19", "A20", "A21:A25", "A2:A9", "B2:B25"]


def test_a_region_of_another_sheet_takes_part() -> None:
    made = book(("A2:A9", "T!A1+1"))
    fill(made.sheets[1], "A2:A9", "S!A2*2")
    step = only_step(made)
    assert step.loop == FORWARD
    assert [region.program.sheet for region in step.regions] == [0, 1]


def test_names_are_ranges() -> None:
    names = (Name("all", "S!$A$2:$A$9"), Name("before", "S!A1048576"), Name("first", "S!$A$2"))
    assert only_step(book(("A2:A9", "B1+1"), ("B2:B9", "first*A2"), names=names)).loop == FORWARD
    assert only_step(book(("A2:A9", "B1+1"), ("B2:B9", "SUM(all)"), names=names)).loop is None
    assert "wraps" in only_step(book(("A2:A9", "1+before"), names=names)).reason


def test_tables_are_ranges() -> None:
    table = Table("t", 0, Box(1, 1, 9, 2), ("x", "y"))
    assert only_step(book(("A2:A9", "B1+1"), ("B2:B9", "t[[#This Row],[x]]*2"), tables=(table,))).loop == FORWARD
    assert only_step(book(("A2:A9", "B1+1"), ("B2:B9", "[@x]*2"), tables=(table,))).loop == FORWARD
    assert only_step(book(("A2:A9", "B1+1"), ("B2:B9", "SUM(t[x])"), tables=(table,))).loop is None


def test_what_is_not_known_before_it_runs_is_no_loop() -> None:
    for text, reason in {
        "OFFSET(D2,0,1)": "OFFSET finds its cells while it runs",
        "SUM(D1:INDEX(D1:D9,2))": "a range whose end is found while it runs",
        'SUMIF(D1:D9,">0",E1)': "SUMIF of ranges that may differ in size",
        "1+": "formula not understood: the formula ends where a value is expected (character 3)",
        "hidden": "INDIRECT finds its cells while it runs",
    }.items():
        (step,) = make_plan(book(("A2:A9", text), names=(Name("hidden", 'INDIRECT("D1")'),))).steps
        assert (step.loop, step.reason) == (None, reason)


def test_cells_that_an_array_formula_fills_count_as_its_own() -> None:
    made = book(("D2:D3", "B3+1"), ("A1", "D2"))
    made.sheets[0].formulas[2, 1] = Formula("C2:C4*2", (2, 1), "array", Box(2, 1, 4, 2))
    assert order(make_plan(made))[0] == "A2"
    made.sheets[0].formulas[2, 1] = Formula("D1:D3*2", (2, 1), "array", Box(2, 1, 4, 2))
    (step,) = without_loops(make_plan(made))
    assert step.reason == "the array formula in A2 fills further cells"


def test_totals_beside_each_other_are_taken_apart() -> None:
    """C7:D7 is one formula, but D7 sums what C7 divides."""
    plan = make_plan(book(("C2:C6", "EXP(B2)"), ("D2:D6", "C2/C$7"), ("C7:D7", "SUM(C2:C6)")))
    assert not without_loops(plan)
    found = [box_name(region.box) for step in plan.steps for region in step.regions]
    assert found == ["C2:C6", "C7", "D2:D6", "D7"]


def test_fills_down_and_to_the_right_that_really_need_each_other() -> None:
    made = book(("A2:A9", "SUM($B$1:$D$1)"), ("B1:D1", "A2+1"), ("A1", "0"))
    assert Checker(made).run() == []
    assert without_loops(make_plan(made))


@pytest.mark.skipif(not GRADDESC.is_file(), reason="the shared workbook is not there")
def test_graddesc_is_loops_only() -> None:
    made = read(GRADDESC)
    plan = make_plan(made)
    assert not without_loops(plan)
    adam = next(step for step in plan.steps if plan.book.sheets[step.regions[0].program.sheet].name == "adam_ann"
                and len(step.regions) > 1)  # fmt: skip
    assert {"J4", "J5", "J6:J32"} <= set(boxes(adam))
    assert Checker(made).run() == []
    assert met_early(plan) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared workbooks are not there")
def test_real_workbooks_keep_the_order() -> None:
    files = sorted(path for path in SHARED.rglob("*") if path.suffix in {".xlsx", ".xlsm"})
    loops = 0
    for path in files[::4]:
        checker = Checker(read(path))
        assert checker.run(1 + len(checker.formulas) // 1000) == [], path
        loops += sum(step.loop is not None for step in checker.plan.steps)
    assert loops > 1000


# Generated sheets

ROWS, COLS = 8, 4


@st.composite
def corners(draw: st.DrawFn) -> str:
    row, col = draw(st.integers(1, ROWS + 2)), draw(st.integers(1, COLS))
    return f"{draw(st.sampled_from(['', '$']))}{column_name(col)}{draw(st.sampled_from(['', '', '$']))}{row}"


@st.composite
def references(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["cell"] * 5 + ["range"] * 3 + ["columns", "rows", "name", "table", "sheets"]))
    if kind == "cell":
        return draw(st.sampled_from(["", "", "", "T!"])) + draw(corners())
    if kind == "range":
        return f"SUM({draw(st.sampled_from(['', '', 'T!', 'S:T!']))}{draw(corners())}:{draw(corners())})"
    if kind == "columns":
        return f"SUM({draw(st.sampled_from(['A:A', '$B:$C', 'T!D:D']))})"
    if kind == "rows":
        return f"SUM({draw(st.sampled_from(['2:2', '$3:4', 'T!$5:$5']))})"
    if kind == "table":
        return draw(st.sampled_from(["SUM(t[x])", "N(t[[#This Row],[y]])", "SUM(t[#Totals])"]))
    return f"SUM({draw(st.sampled_from(['all', 'near', 'far']))})"


@st.composite
def generated(draw: st.DrawFn) -> Book:
    sheets = [Sheet("S"), Sheet("T")]
    for _ in range(draw(st.integers(1, 7))):
        top, col = draw(st.integers(1, ROWS)), draw(st.integers(1, COLS))
        bottom, right = top, col
        if draw(st.integers(0, 3)):
            bottom = draw(st.integers(top, ROWS))
        else:
            right = draw(st.integers(col, COLS))
        text = "+".join(draw(st.lists(references(), min_size=1, max_size=2)))
        origin = draw(st.sampled_from([(top, col), (top, col), (bottom, right)]))
        fill(sheets[draw(st.sampled_from([0, 0, 1]))], box_name(Box(top, col, bottom, right)), text, cell_name(*origin))
    names = [Name("all", "S!$A$2:$B$4"), Name("near", "S!A2"), Name("far", "T!B1048575:C1048576")]
    return Book(sheets, names=names, tables=[Table("t", 0, Box(2, 1, 7, 2), ("x", "y"), 1, 1)])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(generated())
@example(book(("A2:A9", "B1+1"), ("B2:B9", "A2*2")))
def test_no_loop_reads_ahead(made: Book) -> None:
    checker = Checker(made)
    assert checker.run() == []
    assert met_early(checker.plan) == []
    circular = circles(made)
    for step in checker.plan.steps:
        assert step.loop is None or not circular & set(step.cells())
        assert (step.loop is None) == bool(step.reason)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(generated(), st.integers(1, 5))
def test_fill_downs_and_cells_have_one_plan(made: Book, piece: int) -> None:
    """What a large sheet keeps as runs, cut anywhere, gives the same steps as its cells."""
    cut = Book([Sheet(sheet.name, formulas=_as_runs(sheet, piece)) for sheet in made.sheets], made.names, made.tables)
    assert [_shape(step) for step in make_plan(made).steps] == [_shape(step) for step in make_plan(cut).steps]
    for one, two in zip(make_plan(made).programs, make_plan(cut).programs, strict=True):
        assert {cell: program.key for cell, program in one.items()} == {c: program.key for c, program in two.items()}


def _shape(step: Step) -> object:
    return [(region.program.key, region.box) for region in step.regions], step.loop, step.reason


def _as_runs(sheet: Sheet, piece: int) -> FormulaColumns:
    cells = FormulaColumns({}, {})
    for (row, col), formula in sorted(sheet.formulas.items(), key=lambda item: (item[0][1], item[0][0])):
        runs = cells.runs.setdefault(col, [])
        last = runs[-1] if runs else None
        if row % 7 == 3:
            cells.others[row, col] = formula
        elif last and last.formula is formula and last.bottom + 1 == row and row - last.top < piece:
            runs[-1] = FormulaRun(last.top, row, formula)
        else:
            runs.append(FormulaRun(row, row, formula))
    return cells


ends = st.builds(
    lambda first, last, one, two: Ends(first + 6 * one, last + 6 * two, one, two),
    st.integers(-4, 4),
    st.integers(-4, 4),
    st.booleans(),
    st.booleans(),
)
members = st.builds(
    lambda first, size, place: _Member(0, 1, first, first + size, place),
    st.integers(5, 12),
    st.integers(0, 6),
    st.integers(0, 1),
)


@settings(max_examples=2000)
@given(ends, members, members)
def test_later_earlier_and_same_lines_against_looking_at_each(read: Ends, one: _Member, other: _Member) -> None:
    lines: dict[str, set[int]] = {"later": set(), "earlier": set(), "same": set()}
    for line in range(one.first, one.last + 1):
        low, high = sorted(
            end if fixed else line + end
            for end, fixed in ((read.first, read.first_fixed), (read.last, read.last_fixed))
        )
        for target in range(max(low, other.first), min(high, other.last) + 1):
            lines["later" if target > line else "earlier" if target < line else "same"].add(line)
    for find in (later, earlier, same):
        assert find(read, one, other) == min(lines[find.__name__], default=0)
