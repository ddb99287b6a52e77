"""What a formula measures, found out by what it computes from drawn numbers: a mean, a sum, of which columns."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ....formula.nodes import NameRef, Node, TableRef
from ....values import Array, Scalar
from ...findings import Place
from ..ground.case import Case
from ..ground.trees import nodes, refs
from ..ground.whatif import WhatIf


class _Drawn(WhatIf):
    """Every column of a table holds drawn numbers, positive and different in each row."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.desk, follows=lambda place: not self.inside(place))
        self.case = case
        self.columns: list[tuple[int, int]] = []
        self.rows: set[int] = set()

    def inside(self, place: Place) -> bool:
        fill = self.case.fill_at(place)
        return (fill is not None and fill.size > 2) or self.desk.program(place) is None

    def _given(self, place: Place, value: Scalar) -> Scalar:
        tables = [table for table in self.case.tables if table.sheet == place[0] and not table.across]
        if type(value) is not float or not any(table.first <= place[1] <= table.last for table in tables):
            return value
        column = (place[0], place[2])
        if column not in self.columns:
            self.columns.append(column)
        self.rows.add(place[1])
        return drawn(place[1], self.columns.index(column))


def drawn(row: int, column: int) -> float:
    """A number for a row of the first, second … column that a formula reads."""
    return 1.0 + 0.37 * (row * 7 % 11) + 0.011 * row if column == 0 else 2.0 + 0.29 * (row * 5 % 13) + 0.1 * column


@dataclass(frozen=True, slots=True)
class Measure:
    """What a formula makes of columns. kind: a sum, a mean or the root of one, None: none that is known.

    term: what it sums up (one of ``TERMS``); share: how much of it; columns: sheet and column in the order of reading;
    rows: which it takes.
    """

    kind: str | None = None
    term: str = ""
    share: float = 1.0
    columns: tuple[tuple[int, int], ...] = ()
    rows: tuple[int, ...] = ()


def measure(case: Case, place: Place, count: int | None = None) -> Measure:
    """What a formula measures. count: by how many rows a mean is taken to divide."""
    program = case.desk.program(place)
    if program is None or program.tree is None or not _aggregates(case, program.tree, place):
        return Measure()
    run = _Drawn(case)
    result = case.desk.recompute(place, run)
    if isinstance(result, Array):
        result = result.rows[0][0]
    if type(result) is not float or len(run.rows) < 3:
        return Measure()
    one, two = ([drawn(row, column) for row in sorted(run.rows)] for column in (0, 1))
    kind, term, share = _kind(result, one, two, count or len(run.rows))
    return Measure(kind, term, share, tuple(run.columns), tuple(sorted(run.rows)))


TERMS = ("values", "squares", "squared differences", "distances", "differences", "differences back")


def _kind(result: float, one: list[float], two: list[float], n: int) -> tuple[str | None, str, float]:
    pairs = list(zip(one, two, strict=True))
    sums = [
        sum(one),
        sum(a * a for a in one),
        sum((a - b) ** 2 for a, b in pairs),
        sum(abs(a - b) for a, b in pairs),
        sum(a - b for a, b in pairs),
        sum(b - a for a, b in pairs),
    ]
    for share in (1.0, 0.5, 2.0):
        for term, sum_ in zip(TERMS, sums, strict=True):
            whole = share * sum_
            for kind, value in (("mean", whole / n), ("sum", whole)):
                if math.isclose(result, value, rel_tol=1e-9):
                    return kind, term, share
                if value > 0 and math.isclose(result, math.sqrt(value), rel_tol=1e-9):
                    return f"root {kind}", term, share
    return None, "", 1.0


def takes_range(case: Case, place: Place) -> bool:
    """Whether a formula itself takes a range, and not only through a cell that does."""
    program = case.desk.program(place)
    return (
        program is not None
        and program.tree is not None
        and (
            any(ref.last is not None for ref in refs(program.tree))
            or any(isinstance(node, TableRef | NameRef) for node in nodes(program.tree))
        )
    )


def _aggregates(case: Case, tree: Node, place: Place, depth: int = 0) -> bool:
    """Whether a formula takes a range, itself or through a cell that it reads."""
    if any(ref.last is not None for ref in refs(tree)) or any(
        type(node).__name__ == "TableRef" for node in nodes(tree)
    ):
        return True
    if depth > 2:
        return False
    for area in case.areas(place):
        other = (area.sheet, area.top, area.left)
        program = case.desk.program(other)
        single = area.height == area.width == 1 and program is not None and case.fill_at(other) is None
        if single and program is not None and program.tree is not None:
            found = _aggregates(case, program.tree, other, depth + 1)
            if found:
                return True
    return False
