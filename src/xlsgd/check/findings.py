"""What verifying a workbook finds: findings, and the reports that hold them by sheet and by file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from ..values import CellError, Scalar

Place = tuple[int, int, int]
"""A cell of a workbook: index of its sheet, row, column."""

KINDS = ("reference", "formula", "hard-coded", "stale", "value", "data", "chart", "name", "settings", "label")
ERROR, WARNING = "error", "warning"
ASIDE = frozenset({"chart", "label", "name", "settings"})
"""Kinds that are told after wrong formulas and numbers, from which they often follow."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or odd, at one place.

    kind: one of KINDS. severity: "error" where a number is wrong now or a formula will be when inputs change, else
    "warning". sheet: "" for the workbook as a whole. cell, range: A1 names, None where there is none; of a mistake in
    a whole column the first row and the run. formula, expected_formula: with ``=``, in the user's own addresses.
    value, expected: what the cell holds and what it should hold. cause: it follows from no other finding; else
    caused_by names the finding that it follows from. spoiled: how many cells the cause made wrong or unreliable.
    place: where it stands, for sorting and looking up; name: the defined name that it is about; no part of the JSON.
    """

    kind: str
    severity: str
    sheet: str
    cell: str | None
    message: str
    range: str | None = None
    role: str | None = None
    formula: str | None = None
    expected_formula: str | None = None
    value: Scalar = None
    expected: Scalar = None
    cause: bool = True
    caused_by: str | None = None
    place: Place | None = None
    spoiled: int = 0
    name: str = ""

    @property
    def where(self) -> str:
        """``Sheet!L7``, the sheet alone, ``name rate`` or "" for the workbook as a whole."""
        if self.name:
            return f"name {self.name}"
        return "!".join(part for part in (self.sheet, self.cell) if part)

    def document(self) -> dict[str, Any]:
        """The finding as JSON has it."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "sheet": self.sheet,
            "cell": self.cell,
            "range": self.range,
            "role": self.role,
            "formula": self.formula,
            "expected_formula": self.expected_formula,
            "value": _plain(self.value),
            "expected": _plain(self.expected),
            "cause": self.cause,
            "caused_by": self.caused_by,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class SheetReport:
    """One sheet: what was understood and what was found.

    roles: column letters (of sheets that train to the right: row numbers) → role. rows: training rows; compared: cells
    that were recomputed from their rule; max_ulp: the largest distance among those that agree.
    """

    sheet: str
    variant: str | None = None
    roles: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    compared: int = 0
    max_ulp: int = 0
    findings: tuple[Finding, ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def trains(self) -> bool:
        return self.rows > 0

    def document(self) -> dict[str, Any]:
        """The sheet as JSON has it."""
        plain = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in ("findings", "forms")}
        return {**plain, "findings": [finding.document() for finding in self.findings]}


def telling(finding: Finding) -> tuple[bool, bool, bool]:
    """The order of telling: errors before warnings, causes before what they spoiled, formulas before charts."""
    return finding.severity != ERROR, not finding.cause, finding.kind in ASIDE


@dataclass(frozen=True, slots=True)
class FileReport:
    """One workbook. findings: those about the workbook as a whole (names, settings); ``found``: all, causes first."""

    file: str
    sheets: tuple[SheetReport, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def found(self) -> list[Finding]:
        """All findings, those to tell first in front."""
        return sorted([*(one for sheet in self.sheets for one in sheet.findings), *self.findings], key=telling)

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.found if one.severity == ERROR]

    @property
    def verdict(self) -> str:
        """ok, differs, or unrecognised where no sheet trains and nothing is wrong."""
        if self.errors:
            return "differs"
        return "ok" if any(sheet.trains for sheet in self.sheets) else "unrecognised"

    def document(self) -> dict[str, Any]:
        """The file as JSON has it."""
        return {
            "file": self.file,
            "verdict": self.verdict,
            "sheets": [sheet.document() for sheet in self.sheets],
            "findings": [finding.document() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying came to, one entry a file."""

    files: tuple[FileReport, ...]

    @property
    def ok(self) -> bool:
        """True where no file has an error."""
        return all(file.verdict != "differs" for file in self.files)

    @property
    def findings(self) -> list[Finding]:
        """All findings of all files."""
        return [one for file in self.files for one in file.found]

    def document(self) -> dict[str, Any]:
        """The report as ``verify --json`` prints it."""
        return {"files": [file.document() for file in self.files]}


def of_severity(findings: Iterable[Finding], severity: str) -> list[Finding]:
    """The findings of a severity."""
    return [one for one in findings if one.severity == severity]


def _plain(value: Scalar) -> Any:
    return {"error": value.text} if isinstance(value, CellError) else value
