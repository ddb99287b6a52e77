"""What a worker imports before its clock runs, so that the first workbook is not charged for it."""

from __future__ import annotations

from importlib import import_module

_NEEDED = ("batch.job", "engine.native", "engine.kernels", "functions", "report.as_json")


def warm(pages: bool) -> None:
    """Import what verifying needs, and what pages need."""
    for name in (*_NEEDED, *(["report.html"] if pages else [])):
        import_module(f"xlsgd.{name}")
