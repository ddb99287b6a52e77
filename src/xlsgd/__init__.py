"""xlsgd: training runs that live in Excel workbooks as formulas, generated, evaluated and checked.

The names below are loaded when they are first used, so that ``import xlsgd`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# The packages "batch" and "reference" are imported (they are light until used) before the functions of these names are
# wanted: importing a package later would put the package in the function's place.
from . import batch as _batch  # noqa: F401
from . import reference as _reference  # noqa: F401
from .limits import limits
from .version import __version__

if TYPE_CHECKING:
    from .api import (
        Generated,
        annotate,
        batch,
        calculate,
        check_file,
        demo,
        diff,
        generate,
        load,
        reference,
        save_values,
        verify,
        write_html,
    )
    from .batch.record import Record
    from .book import Book
    from .check import Comparison, Outcome, compare
    from .check.findings import Finding, Report
    from .engine.base import Values
    from .errors import EngineError, FormulaError, LimitError, UnreadableError, UsageError, XlsgdError
    from .reference import Trace
    from .values import CellError, Unsupported
    from .variants import Variant
    from .vocabulary import make_variant

__all__ = [
    "Book",
    "CellError",
    "Comparison",
    "EngineError",
    "Finding",
    "FormulaError",
    "Generated",
    "LimitError",
    "Outcome",
    "Record",
    "Report",
    "Trace",
    "UnreadableError",
    "Unsupported",
    "UsageError",
    "Values",
    "Variant",
    "XlsgdError",
    "__version__",
    "annotate",
    "batch",
    "calculate",
    "check_file",
    "compare",
    "demo",
    "diff",
    "generate",
    "limits",
    "load",
    "make_variant",
    "reference",
    "save_values",
    "verify",
    "write_html",
]

_HOMES = {
    **dict.fromkeys(["Generated", "calculate", "check_file", "demo", "generate", "load", "save_values"], "api"),
    **dict.fromkeys(["annotate", "batch", "diff", "reference", "verify", "write_html"], "api"),
    "Book": "book",
    **dict.fromkeys(["Comparison", "Outcome", "compare"], "check"),
    **dict.fromkeys(["Finding", "Report"], "check.findings"),
    "Values": "engine.base",
    **dict.fromkeys(
        ["EngineError", "FormulaError", "LimitError", "UnreadableError", "UsageError", "XlsgdError"], "errors"
    ),
    "Record": "batch.record",
    "Trace": "reference",
    **dict.fromkeys(["CellError", "Unsupported"], "values"),
    "Variant": "variants",
    "make_variant": "vocabulary",
}

for _name in ("batch", "reference"):  # the packages'; __getattr__ gives the functions
    del globals()[_name]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
