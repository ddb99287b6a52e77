"""Findings for the terminal: the first cause first, then what follows from it, then a summary by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..check.findings import ERROR, FileReport, Finding, Report, SheetReport, of_severity
from ..values import Scalar
from .terminal import console, make_table, show

MAX_TOLD = 12
_STYLES = {"ok": "green", "differs": "bold red", "unrecognised": "yellow"}


def print_report(report: Report, roles: bool = False) -> None:
    """Print what was found, file by file. roles: also what each column was taken for."""
    out = console()
    for file in report.files:
        _print_file(out, file, roles)


def _print_file(out: Console, file: FileReport, roles: bool) -> None:
    out.print(Text(file.file or "workbook", style="bold") + Text(f": {file.verdict}", style=_STYLES[file.verdict]))
    for sheet in file.sheets:
        if sheet.trains:
            out.print(Text(f"  {_understood(sheet)}"))
        if roles and sheet.roles:
            out.print(Text(f"    {_roles(sheet)}"))
    if file.verdict == "unrecognised":
        out.print("  no rows that train were found; name their columns with --roles")
    for word, severity in (("errors", ERROR), ("warnings", "warning")):
        _print_findings(out, word, of_severity(file.found, severity))
    summary = _summary(file.errors)
    if summary is not None:
        out.print(summary)


def _understood(sheet: SheetReport) -> str:
    variant = sheet.variant or "a training of no known variant"
    form = f" ({'; '.join(dict.fromkeys(sheet.forms))})" if sheet.forms else ""
    return f"{sheet.sheet}: {variant}{form}, {sheet.rows:,} rows, {sheet.compared:,} cells compared"


def _roles(sheet: SheetReport) -> str:
    return ", ".join(f"{column} {role}" for column, role in sheet.roles.items())


def _print_findings(out: Console, title: str, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    causes = [one for one in findings if one.cause]
    out.print(Text(f"  {title}: {len(causes)}", style="bold"))
    for cause in causes[:MAX_TOLD]:
        for line in _told(cause, [one for one in findings if one.caused_by and one.caused_by == cause.where]):
            out.print(line)
    if len(causes) > MAX_TOLD:
        out.print(f"    … and {len(causes) - MAX_TOLD} more, all of them with --json")


def _told(finding: Finding, followers: Sequence[Finding]) -> Iterator[Text]:
    style = "bold red" if finding.severity == ERROR else "yellow"
    where = finding.where or "workbook"
    yield Text(f"    {where} ", style=style) + Text(f"[{finding.kind}] {finding.message}")
    if finding.formula and finding.expected_formula:
        yield Text(f"      says      {finding.formula}")
        yield Text(f"      should be {finding.expected_formula}")
    if finding.expected is not None:
        yield Text(f"      now {_value(finding.value)}, expected {_value(finding.expected)}")
    if followers:
        names = ", ".join(one.cell or one.where for one in followers[:6])
        more = f" and {len(followers) - 6} more" if len(followers) > 6 else ""
        yield Text(f"      what follows: {names}{more}")


def _value(value: Scalar) -> str:
    return "blank" if value is None else show(value, 9)


def _summary(errors: Sequence[Finding]) -> Table | None:
    """How many errors stand in which column, where there are several."""
    counts = Counter((one.sheet, "".join(filter(str.isalpha, one.cell or "")), one.kind) for one in errors if one.cell)
    if sum(counts.values()) < 3:
        return None
    table = make_table("By column")
    for heading in ("sheet", "column", "kind"):
        table.add_column(heading)
    table.add_column("errors", justify="right")
    for (sheet, column, kind), count in sorted(counts.items()):
        table.add_row(sheet, column, kind, f"{count:,}")
    return table
