"""Verifying a workbook: what trains in it, by which rules, and what is wrong."""

from __future__ import annotations

from ..book import Book
from ..book.chart_xml import read_charts
from ..plan import make_plan
from .findings import FileReport
from .judge import judge, with_values
from .understand import Overrides, understand


def verify_book(book: Book, name: str, overrides: Overrides | None = None) -> FileReport:
    """The report on a workbook. name: the file, as the report shows it. Raises UnreadableError for a damaged chart."""
    plan = with_values(make_plan(book))
    charts = read_charts(book.path) if book.path is not None else []
    blocks = understand(plan.book, plan, overrides or Overrides())
    return judge(plan, blocks, charts, name, stored=plan.book is book)
