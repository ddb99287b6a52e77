"""What can go wrong, as a tree of exceptions.

Cell errors such as ``#NUM!`` are values (see :mod:`xlsgd.values`) and never raised. Exceptions are for
misuse, unreadable input and bugs::

    XlsgdError                 one line that says what, where and what to do; the command line exits with 2
    ├── UsageError             a wrong argument, an unknown name ("did you mean"), an output folder that is missing
    ├── UnreadableError        a file that is not there, not a workbook, damaged, encrypted or hostile
    │   └── LimitError         a file that is larger or deeper than a stated limit
    ├── FormulaError           a formula that is not one (where, and what was expected)
    └── EngineError            an engine that is not installed or that failed as a whole
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class XlsgdError(Exception):
    """Base of all errors that a user can cause. ``str(error)`` is one line.

    The culprit stands in attributes where it is known: ``path``, ``sheet``, ``cell``, ``formula``.
    """

    def __init__(
        self,
        message: str,
        *,
        path: object = None,
        sheet: str | None = None,
        cell: str | None = None,
        formula: str | None = None,
    ) -> None:
        self.message = " ".join(message.split())
        self.path = path
        self.sheet = sheet
        self.cell = cell
        self.formula = formula
        super().__init__(self.message)

    def __str__(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        where = ": ".join(str(part) for part in (self.path, place) if part)
        return f"{where}: {self.message}" if where else self.message


class UsageError(XlsgdError):
    """A wrong argument or a name that does not exist."""


class UnreadableError(XlsgdError):
    """A file that cannot be read as a workbook."""


class LimitError(UnreadableError):
    """A file that goes beyond a stated limit of size, number or depth."""


class FormulaError(XlsgdError):
    """A text that is not an Excel formula. ``position`` counts characters from 0."""

    def __init__(self, message: str, *, position: int = 0, formula: str | None = None) -> None:
        self.position = position
        super().__init__(message, formula=formula)


class EngineError(XlsgdError):
    """An engine that is not installed, or that failed as a whole."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that a registry lacks, with the nearest member or the list of all.

    >>> str(unknown_name("optimizer", "adm", ["sgd", "adam"]))
    "unknown optimizer 'adm': did you mean 'adam'?"
    """
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    cure = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(names)}"
    return UsageError(f"unknown {kind} '{name}': {cure}")
