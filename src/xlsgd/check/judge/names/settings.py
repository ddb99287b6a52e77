"""How the workbook asks to be calculated."""

from __future__ import annotations

from collections.abc import Iterator

from ....limits import current
from ...findings import ERROR, WARNING, Finding
from ..ground.case import Case


def settings(case: Case) -> Iterator[Finding]:
    """Manual calculation, precision as displayed, iteration."""
    asked = case.desk.book.settings
    if asked.mode == "manual":
        yield _whole(
            "calculation is set to manual: values do not follow when inputs change; set Formulas > Calculation "
            "Options to Automatic"
        )
    if not asked.full_precision:
        yield _whole(
            "precision as displayed is on: Excel rounds every value to its number format and trains with the rounded "
            "ones; switch it off under File > Options > Advanced"
        )
    if asked.iterate:
        words = "iterative calculation is on: a circular reference would go unnoticed"
        yield _whole(words + "; switch it off under File > Options > Formulas", WARNING)


def unfinished(case: Case) -> Iterator[Finding]:
    """Say where checking has come to its end before the workbook has."""
    if case.desk.cells.meter.refused:
        words = f"not everything was checked: that takes more than the limit of {current().steps:,} steps allows"
        yield _whole(words + "; raise it with --limit steps=NUMBER", WARNING)


def _whole(message: str, severity: str = ERROR) -> Finding:
    return Finding("settings", severity, "", None, message)
