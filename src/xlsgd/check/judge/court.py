"""The trial of a workbook: all judges one after the other, and a report by sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...address import column_name
from ...book.chart_xml import Chart
from ...engine.scalar import deep
from ...plan import Plan
from ..findings import FileReport, Finding, SheetReport, telling
from ..understand.base import Block
from .advice import advised
from .blocks.alike_sheets import alike_sheets
from .blocks.handover import handover
from .blocks.strides import strides
from .causes import sorted_out
from .cells.breaks import breaks, sandwiched
from .cells.circles import circles
from .cells.counters import counters
from .cells.data import data
from .cells.drift import drift, lost, seams
from .cells.lattice import lattice
from .cells.neighbours import neighbours
from .cells.siblings import siblings
from .cells.stale import stale
from .cells.starts import repeated, starts
from .cells.twinning import twinning
from .ground.case import Case
from .ground.desk import Desk
from .ground.fills import find_tables
from .names.defined import misled, names
from .names.setting_cells import setting_cells
from .names.settings import settings, unfinished
from .ranges.captions import captions
from .ranges.charts import charts
from .ranges.counts import counts
from .ranges.extents import extents
from .ranges.labels import labels, settings_named
from .ranges.lasts import lasts
from .ranges.summaries import summaries
from .ranges.widths import widths
from .rules.beside import beside
from .rules.corrections import corrections
from .rules.derivatives import derivatives
from .rules.lent_rates import lent_rates
from .rules.norms import norms
from .rules.restarts import restarts
from .rules.steprules import steprules
from .rules.suspects import suspects
from .trials.free_run import Held, free_run, values
from .weight import weighed

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
    corrections,
    restarts,
    beside,
    suspects,
    neighbours,
    siblings,
    setting_cells,
    derivatives,
    steprules,
    norms,
    lent_rates,
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
        found = sorted_out(case, (advised(weighed(case, finding)) for one in JUDGES for finding in one(case)))
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
