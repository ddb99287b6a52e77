"""Regions, what depends on what, and the order."""

from xlsgd.address import Box, cell_name
from xlsgd.book import Book, Formula, Name, Sheet
from xlsgd.plan import Loop, make_plan
from xlsgd.plan.components import components


def _sheet(name: str, formulas: dict[tuple[int, int], str]) -> Sheet:
    return Sheet(name, formulas={cell: Formula(text, cell) for cell, text in formulas.items()})


def _recurrence(rows: int) -> Sheet:
    """Column A counts on column B of the row before; column B doubles column A; C1 sums column B."""
    formulas = {(1, 3): f"SUM(B2:B{rows})", (2, 1): "D1"}
    for row in range(2, rows + 1):
        formulas[row, 2] = f"A{row}*2"
        if row > 2:
            formulas[row, 1] = f"B{row - 1}+1"
    return _sheet("S", formulas)


def test_a_fill_down_is_one_region_whoever_typed_it() -> None:
    plan = make_plan(Book([_recurrence(50)]))
    boxes = {region.box for step in plan.steps for region in step.regions}
    assert boxes == {Box(1, 3, 1, 3), Box(2, 1, 2, 1), Box(3, 1, 50, 1), Box(2, 2, 50, 2)}


def test_a_recurrence_is_one_loop_and_the_sum_comes_after_it() -> None:
    plan = make_plan(Book([_recurrence(50)]))
    loops = [step for step in plan.steps if len(step.regions) > 1]
    assert [[region.box for region in step.regions] for step in loops] == [[Box(3, 1, 50, 1), Box(2, 2, 50, 2)]]
    assert [step.loop for step in plan.steps] == [Loop(down=True, backward=False)] * 3
    order = [cell_name(row, col) for _, row, col in plan.order()]
    assert order[0] == "A2"
    assert order[1:5] == ["B2", "A3", "B3", "A4"]
    assert order[-1] == "C1"


def test_the_number_of_steps_does_not_grow_with_the_rows() -> None:
    assert len(make_plan(Book([_recurrence(200)])).steps) == len(make_plan(Book([_recurrence(2000)])).steps)


def test_order_follows_other_sheets_and_names() -> None:
    first = _sheet("first", {(1, 1): "rate*2"})
    second = _sheet("second", {(1, 1): "third!A1+1"})
    third = _sheet("third", {(1, 1): "1+1"})
    book = Book([first, second, third], names=[Name("rate", "second!$A$1")])
    assert [sheet for sheet, _, _ in make_plan(book).order()] == [2, 1, 0]


def test_a_horizontal_run_is_a_region() -> None:
    plan = make_plan(Book([_sheet("S", {(5, col): f"{cell_name(4, col)}*2" for col in range(2, 9)})]))
    assert [region.box for step in plan.steps for region in step.regions] == [Box(5, 2, 5, 8)]


def test_a_text_that_is_no_formula_does_not_stop_the_plan() -> None:
    plan = make_plan(Book([_sheet("S", {(1, 1): "1+", (2, 1): "1"})]))
    problems = [region.program.problem for step in plan.steps for region in step.regions]
    assert sorted(bool(problem) for problem in problems) == [False, True]


def test_components_come_after_what_they_depend_on_and_do_not_recurse() -> None:
    graph = {n: [n + 1] for n in range(50_000)}
    graph[50_000] = [49_999]
    found = components(graph)
    assert found[0] == [49_999, 50_000]
    assert [group[0] for group in found[1:4]] == [49_998, 49_997, 49_996]


def test_what_lies_beyond_the_grid_is_a_name_and_does_not_move() -> None:
    names = [Name("ZZZ1", "S!$F$1"), Name("ZZZ2", "S!$F$2")]
    book = Book([_sheet("S", {(1, 1): "ZZZ1*2", (2, 1): "ZZZ2*2", (1, 6): "1", (2, 6): "2"})], names=names)
    assert len({program.key for cell, program in make_plan(book).programs[0].items() if cell[1] == 1}) == 2


def test_a_long_loop_goes_without_its_odd_ends() -> None:
    """Column A begins a row later: row 2 is a step of its own, and the long stretch asks no line what is active."""
    plan = make_plan(Book([_recurrence(200)]))
    assert [[region.box for region in step.regions] for step in plan.steps] == [
        [Box(2, 1, 2, 1)],
        [Box(2, 2, 2, 2)],
        [Box(3, 1, 200, 1), Box(3, 2, 200, 2)],
        [Box(1, 3, 1, 3)],
    ]
    cells = [cell_name(row, col) for _, row, col in plan.order()]
    assert len(cells) == len(set(cells)) == 399
