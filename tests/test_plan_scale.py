"""The cost of a plan: it grows with the regions only, and not with the square of anything."""

from __future__ import annotations

import random
import time
from itertools import count

import pytest

from xlsgd.address import MAX_COL, Box, cell_name
from xlsgd.book import Book, Formula, Sheet
from xlsgd.book.columns import FormulaColumns, FormulaRun
from xlsgd.plan import Loop, make_plan, overlaps
from xlsgd.plan.overlaps import Index
from xlsgd.values import Area


def lone(texts: dict[tuple[int, int], str]) -> Book:
    return Book([Sheet("S", formulas={cell: Formula(text, cell) for cell, text in texts.items()})])


def training(rows: int, piece: int) -> Book:
    """23 columns that depend on each other, in pieces as a reader may hand them over."""
    runs = {
        col: [
            FormulaRun(top, min(top + piece, rows + 5) - 1, Formula(_step(top, col), (top, col)))
            for top in range(5, rows + 5, piece)
        ]
        for col in range(3, 26)
    }
    return Book([Sheet("S", formulas=FormulaColumns(runs, {}))])


def _step(row: int, col: int) -> str:
    return f"{cell_name(row, col - 1)}*2+{cell_name(row - 1, col + 1)}"


def reached(index: Index, edges: dict[int, list[int]], area: Area, regions: int) -> set[int]:
    found: set[int] = set()
    waiting = list(index.meet(area))
    while waiting:
        node = waiting.pop()
        if node < regions:
            found.add(node)
        else:
            waiting.extend(edges[node])
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_index_names_exactly_what_meets_an_area(seed: int) -> None:
    chance = random.Random(seed)
    taken: set[tuple[int, int, int]] = set()
    areas: list[tuple[int, Box]] = []
    for _ in range(chance.choice([1, 5, 200, 900])):
        sheet, top, left = chance.randrange(2), chance.randint(1, 60), chance.randint(1, 40)
        length = chance.choice([1, 1, 2, 5, 30])
        box = (
            Box(top, left, top + length - 1, left) if chance.random() < 0.7 else Box(top, left, top, left + length - 1)
        )
        cells = {(sheet, r, c) for r in range(box.top, box.bottom + 1) for c in range(box.left, box.right + 1)}
        if not cells & taken:
            taken |= cells
            areas.append((sheet, box))
    filled = [(0, Box(5, 5, 20, 20), 0), (1, Box(1, 1, 2, 60), len(areas) - 1)]
    index = Index(areas, count(len(areas)))
    index.add(filled)
    asked = []
    for _ in range(150):
        top, left = chance.randint(1, 60), chance.randint(1, 40)
        height, width = chance.choice([1, 1, 3, 60]), chance.choice([1, 1, 3, 12, 60])
        asked.append(Area(chance.randrange(3), top, left, top + height - 1, left + width - 1))
    for area in asked:
        index.meet(area)
    edges = index.edges()
    for area in asked:
        assert len(index.meet(area)) <= overlaps.FEW
        wanted = {
            name
            for sheet, box, name in [*((sheet, box, name) for name, (sheet, box) in enumerate(areas)), *filled]
            if sheet == area.sheet and box.meet(Box(*area[1:]))
        }
        assert reached(index, edges, area, len(areas)) == wanted


def test_where_patience_ends_an_area_meets_more_and_never_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "PATIENCE", 3)
    areas = [(0, Box(row, col, row, col)) for row in range(1, 21) for col in range(1, 21)]
    index = Index(areas, count(400))
    area = Area(0, 3, 3, 9, 15)
    found = index.meet(area)
    edges = index.edges()
    assert found
    assert reached(index, edges, area, 400) >= {n for n, (_, box) in enumerate(areas) if box.meet(Box(*area[1:]))}


def test_fill_downs_are_not_looked_at_cell_by_cell() -> None:
    make_plan(training(100, 100))
    start = time.perf_counter()
    plan = make_plan(training(1_000_000, 1_000_000))
    assert time.perf_counter() - start < 0.2
    assert [len(step.regions) for step in plan.steps] == [23]
    assert plan.steps[0].loop == Loop(down=True, backward=False)
    assert len(plan.programs[0]) == 23_000_000
    assert plan.programs[0][777, 5] is plan.programs[0][778, 5]


def test_pieces_of_one_program_are_one_region() -> None:
    plan = make_plan(training(20_000, 37))
    assert [[region.box.height for region in step.regions] for step in plan.steps] == [[20_000] * 23]


def test_a_book_of_known_structure_shares_its_steps() -> None:
    texts = {(row, 3): f"C{row - 1}+B{row}*$A$1" for row in range(2, 30)}
    one, two = make_plan(lone(texts)), make_plan(lone(texts))
    assert all(first is second for first, second in zip(one.steps, two.steps, strict=True))
    assert one.programs[0][2, 3] is two.programs[0][29, 3]
    other = make_plan(lone({**texts, (31, 3): "C30"}))
    assert len(other.steps) == 2


MANY = 20_000


@pytest.mark.parametrize(
    ("texts", "steps"),
    [
        ({(row, 1): f"SUM(A1:A{MANY})+{row}" for row in range(1, MANY + 1)}, 1),
        ({(row, 1): f"A{row + 1}*{row}" for row in range(1, MANY + 1)}, MANY),
        (
            {(row, 1): f"B{row}*{row}" for row in range(1, MANY + 1)}
            | {(row, 3): f"SUM(A{row}:A{MANY - row})+{row}" for row in range(1, 1001)},
            MANY + 1000,
        ),
        ({(row, col): f"SUM($A1:{cell_name(2, col - 1)})" for col in range(2, MAX_COL + 1) for row in (5, 6)}, None),
    ],
    ids=["all read all", "a chain", "many long ranges", "16,384 columns"],
)
def test_very_many_regions(texts: dict[tuple[int, int], str], steps: int | None) -> None:
    start = time.perf_counter()
    plan = make_plan(lone(texts))
    assert time.perf_counter() - start < 30
    assert steps is None or len(plan.steps) == steps
    assert sum(region.size for step in plan.steps for region in step.regions) == len(texts)
