"""The trial of a workbook: all judges one after the other, and a report by sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...address import column_name
from ...book.chart_xml import Chart
from ...engine.scalar import deep
from ...plan import Plan
from ..findings import FileReport, Finding, SheetReport, telling
from ..understand.base import Block
from .alike_sheets import alike_sheets
from .breaks import breaks, sandwiched
from .captions import captions
from .case import Case
from .causes import sorted_out
from .charts import charts
from .circles import circles
from .counters import counters
from .counts import counts
from .data import data
from .derivatives import derivatives
from .desk import Desk
from .drift import drift, lost, seams
from .extents import extents
from .fills import find_tables
from .free_run import Held, free_run, values
from .handover import handover
from .labels import labels, settings_named
from .lasts import lasts
from .lattice import lattice
from .names import misled, names
from .neighbours import neighbours
from .norms import norms
from .setting_cells import setting_cells
from .settings import settings, unfinished
from .siblings import siblings
from .stale import stale
from .starts import repeated, starts
from .steprules import steprules
from .strides import strides
from .summaries import summaries
from .suspects import suspects
from .twinning import twinning
from .weight import weighed
from .widths import widths

JUDGES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    lost,
    circles,
    drift,
    breaks,
    sandwiched,
    seams,
    lattice,
    starts,
    handover,
    repeated,
    suspects,
    neighbours,
    siblings,
    setting_cells,
    derivatives,
    steprules,
    norms,
    twinning,
    strides,
    alike_sheets,
    data,
    counters,
    counts,
    extents,
    summaries,
    lasts,
    captions,
    widths,
    labels,
    settings_named,
    stale,
)
"""Those of cells. The first that finds something at a cell has the word."""


def judge(
    plan: Plan, blocks: Sequence[Block] = (), drawn: Sequence[Chart] = (), file: str = "", stored: bool = True
) -> FileReport:
    """Judge a workbook.

    blocks: what was understood of it; drawn: its charts; file: its name in the report; stored: whether the file itself
    has the values of the plan's book.
    """
    with deep():
        desk = Desk(plan, stored)
        case = Case(desk, find_tables(desk), list(blocks))
        found = sorted_out(case, (weighed(case, finding) for one in JUDGES for finding in one(case)))
        found += charts(case, list(drawn))
        whole = [*names(case), *settings(case)]
        found = misled(case, found, whole)
        runs = [free_run(case, block) for block in case.blocks]
        for block, held in zip(case.blocks, runs, strict=True):
            found += values(case, block, held, [*found, *whole])
        sheets = tuple(_sheet(case, index, found, runs) for index in _worksheets(case))
        return FileReport(file, sheets, (*whole, *unfinished(case)))


def _worksheets(case: Case) -> list[int]:
    return [index for index, sheet in enumerate(case.desk.book.sheets) if sheet.kind == "worksheet"]


def _sheet(case: Case, index: int, found: Sequence[Finding], runs: Sequence[Held]) -> SheetReport:
    name = case.desk.book.sheets[index].name
    own = [finding for finding in found if finding.sheet == name]
    own.sort(key=lambda one: (telling(one), one.place or (0, 0, 0)))
    blocks = [block for block in case.blocks if block.sheet == index]
    held = [run for block, run in zip(case.blocks, runs, strict=True) if block.sheet == index]
    return SheetReport(
        sheet=name,
        variant=next((block.variant_name for block in blocks if block.variant_name), None),
        roles=_roles(blocks),
        rows=sum(block.last - block.first + 1 for block in blocks),
        compared=sum(run.compared for run in held),
        max_ulp=max((run.max_ulp for run in held), default=0),
        findings=tuple(own),
        forms=tuple(block.form for block in blocks if block.form),
    )


def _roles(blocks: Sequence[Block]) -> dict[str, str]:
    """Column letter (of a training to the right: row number) → role."""
    roles: dict[str, str] = {}
    for block in blocks:
        for col, role in block.roles.items():
            roles.setdefault(str(col) if block.across else column_name(col), role)
    return roles
