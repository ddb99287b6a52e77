"""Many workbooks at once: which, by whom, within which limits, and what came of each. See docs/batch.md."""

from .record import ERROR_KINDS, VERDICTS, BatchOptions, Record

__all__ = ["ERROR_KINDS", "VERDICTS", "BatchOptions", "Record"]
