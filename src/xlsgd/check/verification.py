"""Verifying a workbook: what trains in it, by which rules, and what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..book import Book
from ..book.chart_xml import read_charts
from ..engine.scalar import deep
from ..plan import make_plan
from .apart import told
from .findings import FileReport
from .joined import joints
from .judge import judge, with_values
from .understand import Overrides, understand


@np.errstate(all="ignore")  # trainings explode, and trials of them more so
def verify_book(book: Book, name: str, overrides: Overrides | None = None) -> FileReport:
    """The report on a workbook. name: the file, as the report shows it. Raises UnreadableError for a damaged chart."""
    plan = with_values(make_plan(book))
    charts = read_charts(book.path) if book.path is not None else []
    stored = plan.book is book
    blocks = understand(plan.book, plan, overrides or Overrides(), calculated=not stored)
    report = judge(plan, blocks, charts, name, stored=stored)
    with deep():
        for joint in joints(plan, {block.sheet for block in blocks}):
            side = make_plan(joint.book)
            trains = [
                block for block in understand(joint.book, side, overrides or Overrides()) if block.sheet == joint.home
            ]
            if trains:
                found = judge(side, trains, (), name, stored=stored)
                own = joint.book.sheets[joint.home].name
                joined = next(sheet for sheet in found.sheets if sheet.sheet == own)
                fresh = {one.sheet: one for one in told(joint, plan, joined)}
                report = replace(report, sheets=tuple(fresh.get(one.sheet, one) for one in report.sheets))
    return report
