"""Formulas that stand in every few rows of a column, such as the mean of each batch: one of them that is another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ....plan import Program
from ...findings import Finding
from ..ground.case import Case, formula_text, place_name, said
from ..ground.compare import difference
from ..ground.fills import item

LEAST = 3
"""Equal formulas at even distances that make a lattice."""


def lattice(case: Case) -> Iterator[Finding]:
    """Cells of training columns that break what every few rows of their column have."""
    for block in case.blocks:
        for col in () if block.across else sorted(block.columns):
            yield from _of_column(case, block.sheet, col, block.first, block.last)


def _of_column(case: Case, sheet: int, col: int, first: int, last: int) -> Iterator[Finding]:
    rows: dict[int, list[int]] = {}
    known: dict[int, Program] = {}
    for row in range(first, last + 1):
        program = case.desk.program((sheet, row, col))
        if program is not None and program.tree is not None:
            known[id(program)] = program
            rows.setdefault(id(program), []).append(row)
    best = max(rows, key=lambda key: len(rows[key]), default=None)
    if best is None or len(rows[best]) < LEAST or known[best].tree is None:
        return
    gaps = [two - one for one, two in itertools.pairwise(rows[best])]
    step = min(gaps)
    if step < 2 or any(gap % step for gap in gaps) or 2 * len(rows[best]) < (last - first + 1) // step:
        return
    others = {row for key, several in rows.items() if key != best for row in several}
    start = rows[best][0] - step * ((rows[best][0] - first) // step)
    spots = [row for row in range(start, last + 1, step) if row not in rows[best]]
    if others - set(spots) or len(spots) > 2:
        return
    for row in spots:
        yield from _judged(case, (sheet, row, col), known[best])


def _judged(case: Case, place: tuple[int, int, int], usual: Program) -> Iterator[Finding]:
    own, wanted = item(case.desk, place), usual.tree
    assert wanted is not None
    expected, value = formula_text(wanted, place), case.desk.evaluate(wanted, place)
    if isinstance(own, float):
        words = f"{place_name(place)} is the typed number {said(own)}, every few rows its column has {expected}"
        yield case.finding("hard-coded", place, words, expected=expected, wanted=value)
    elif isinstance(own, Program) and own.tree is not None:
        found = difference(case.desk, own.tree, wanted, place, own.whole)
        if found.kind:
            words = f"{place_name(place)} breaks what every few rows of its column have: {found.words}"
            yield case.finding(found.kind, place, words, expected=expected, wanted=value)
