"""The cells of a large sheet by column, and what each of them is: its layout as one number a cell.

A layout is a formula, a style and a kind of value; cells of one layout in one column differ in nothing but row numbers
and values. Cells that are written one by one (:mod:`xlsgd.book.write_cells`) lie over these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..tagged import Numbers, is_blank
from .book import Formula, Sheet
from .columns import FormulaRun, Run
from .gather import Gathered, gather_formulas, gather_styles, gather_values, overlapping
from .look import Style
from .row_template import Marks, agrees, formula_template
from .style_columns import StyleRun

Codes = npt.NDArray[np.int64]
"""Layouts, see :func:`layout`."""

NUMBER, ALONE = 9, 10
"""Kinds beside those of :mod:`xlsgd.tagged`: a number, and a cell that is written one by one."""

_FEWEST = 4
"""A formula of fewer cells is written cell by cell."""


class Part(NamedTuple):
    """Rows of a column and the place, counted from 1, of the formula or style that they share."""

    top: int
    bottom: int
    place: int


class Layout(NamedTuple):
    """What a number of :data:`Codes` says: places of a formula and a style (0: none), and the kind of value."""

    formula: int
    style: int
    kind: int


def layout(code: int) -> Layout:
    """A layout from its number.

    >>> layout(3 << 32 | 2 << 8 | NUMBER)
    Layout(formula=3, style=2, kind=9)
    """
    return Layout(code >> 32, code >> 8 & 0xFF_FFFF, code & 0xFF)


@dataclass(slots=True)
class Bulk:
    """The columns of a sheet. Places in ``templates`` (of formulas) and ``styles`` count from 1.

    formulas: by column, all formulas of the sheet. filled, styled: by column, those that have a template, and styles.
    """

    constants: Gathered
    cached: Gathered
    formulas: dict[int, list[FormulaRun]]
    marks: Marks = field(default_factory=Marks)
    templates: list[str] = field(default_factory=list)
    styles: list[Style] = field(default_factory=list)
    filled: dict[int, list[Part]] = field(default_factory=dict)
    styled: dict[int, list[Part]] = field(default_factory=dict)

    @property
    def columns(self) -> list[int]:
        return sorted({*self.constants.columns, *self.filled, *self.styled})

    def edges(self, col: int) -> tuple[int, int]:
        """The first and the last row of a column."""
        parts: list[Run | Part] = [*self.constants.runs(col), *self.filled.get(col, []), *self.styled.get(col, [])]
        return min(part.top for part in parts), max(part.bottom for part in parts)

    def part(self, col: int, top: int, bottom: int) -> tuple[Codes, Numbers]:
        """Layouts and tagged values of a column from row ``top`` to row ``bottom``; a layout of 0: no cell."""
        numbers = self.constants.part(col, top, bottom)
        codes = np.zeros(len(numbers), dtype=np.int64)
        for styled in overlapping(self.styled.get(col, []), top, bottom):
            codes[max(styled.top - top, 0) : styled.bottom - top + 1] = styled.place << 8
        for filled in overlapping(self.filled.get(col, []), top, bottom):
            first, last = max(filled.top, top), min(filled.bottom, bottom)
            codes[first - top : last - top + 1] |= filled.place << 32
            numbers[first - top : last - top + 1] = self.cached.part(col, first, last)
        held = ~is_blank(numbers)
        kinds = np.full(len(numbers), NUMBER, dtype=np.int64)
        strange = np.isnan(numbers)
        kinds[strange] = (numbers.view(np.uint64)[strange] >> np.uint64(32) & np.uint64(0xFFFF)).astype(np.int64)
        kinds[~held & (codes == 0)] = 0
        return codes | kinds, numbers


def make_bulk(sheet: Sheet, escaped: Callable[[str], str]) -> tuple[Bulk, set[tuple[int, int]]]:
    """The columns of a sheet, and the formula cells that have no template and are to be written one by one."""
    formulas = gather_formulas(sheet.formulas)
    bulk = Bulk(gather_values(sheet.constants), gather_values(sheet.cached), formulas)
    alone = set(_templates(bulk, escaped))
    places: dict[Style, int] = {}
    for col, runs in gather_styles(sheet.look.styles if sheet.look else {}).items():
        bulk.styled[col] = [_placed(run, places) for run in runs]
    bulk.styles += places
    return bulk, alone


def _placed(run: StyleRun, places: dict[Style, int]) -> Part:
    return Part(run.top, run.bottom, places.setdefault(run.style, len(places) + 1))


def _templates(bulk: Bulk, escaped: Callable[[str], str]) -> Iterator[tuple[int, int]]:
    """Make the templates of all columns; gives the cells without one."""
    for col, runs in bulk.formulas.items():
        groups: dict[int, list[FormulaRun]] = {}
        for run in runs:
            groups.setdefault(id(run.formula), []).append(run)
        parts: list[Part] = []
        for group in groups.values():
            formula, rows = group[0].formula, range(group[0].top, group[-1].bottom + 1)
            template = None
            if _fits(formula) and sum(run.bottom - run.top + 1 for run in group) >= _FEWEST:
                template = formula_template(formula, col, rows, bulk.marks, escaped)
            if template is None:
                yield from ((row, col) for run in group for row in range(run.top, run.bottom + 1))
                continue
            bulk.templates.append(template)
            parts += (Part(run.top, run.bottom, len(bulk.templates)) for run in group)
            origin = formula.origin
            if origin[1] == col and origin[0] in rows and not agrees(template, formula, origin, bulk.marks, escaped):
                yield origin
        if parts:
            bulk.filled[col] = sorted(parts)


def _fits(formula: Formula) -> bool:
    return formula.kind == "normal" and not formula.dynamic and formula.box is None


def filled_cells(bulk: Bulk) -> Iterator[tuple[int, int]]:
    """The cells with a cached value but without a formula of their own."""
    for col in bulk.cached.columns:
        formulas = bulk.formulas.get(col, [])
        for run in bulk.cached.runs(col):
            free = ~is_blank(run.numbers)
            for formula in overlapping(formulas, run.top, run.bottom):
                free[max(formula.top - run.top, 0) : formula.bottom - run.top + 1] = False
            yield from ((row, col) for row in (np.flatnonzero(free) + run.top).tolist())
