"""Findings put into a copy of the user's workbook: coloured cells, notes, and a sheet that lists them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from ..address import box_name, parse_box, parse_cell, quote_sheet
from ..book import Cell
from ..book.annotate import Mark, Marks, annotate_file
from ..book.annotate_sheet import ListRow
from ..book.package import Package
from ..book.workbook_xml import read_workbook
from ..check.findings import ERROR, Finding
from ..values import Scalar

CAUSE, FOLLOWS, WARNING = "FFC7CE", "FCE4D6", "FFF2CC"
"""Fills: a cause, what follows from one, a warning."""

MAX_FILLED = 20_000
"""Cells of one finding's range that are coloured."""

MAX_NOTES = 500
"""Notes on one sheet; the list has all findings."""

_HEADINGS = ("what", "where", "kind", "finding", "says", "should be", "now", "expected", "range", "follows from")
_WIDTHS = (10, 20, 12, 70, 32, 32, 22, 22, 14, 18)


def annotate(path: str | os.PathLike[str], target: str | os.PathLike[str], findings: Sequence[Finding]) -> None:
    """Copy a workbook and mark the findings in it; the workbook itself is only read.

    Raises UnreadableError, and UsageError where the target cannot be written.
    """
    with Package(path) as package:
        names = {entry.name.casefold(): at for at, entry in enumerate(read_workbook(package).sheets)}
    ordered = sorted(findings, key=lambda one: (one.severity != ERROR, not one.cause))
    annotate_file(path, target, _marks(ordered, names), list(_rows(os.path.basename(path), ordered)), _WIDTHS)


def _marks(findings: Sequence[Finding], names: dict[str, int]) -> Marks:
    """Causes come first, and the first colour of a cell stays."""
    marks: dict[int, dict[Cell, Mark]] = {}
    notes: dict[int, int] = {}
    for finding in findings:
        sheet = names.get(finding.sheet.casefold())
        cell = parse_cell(finding.cell) if finding.cell else None
        if sheet is None or cell is None:
            continue
        own = marks.setdefault(sheet, {})
        colour = _colour(finding)
        for other in _range(finding, cell):
            own.setdefault(other, Mark(colour))
        if notes.get(sheet, 0) < MAX_NOTES:
            notes[sheet] = notes.get(sheet, 0) + 1
            before = own.get(cell, Mark(colour))
            texts = [before.note] if before.note else []
            own[cell] = Mark(before.colour, "\n\n".join([*texts, _note(finding)]))
    return marks


def _colour(finding: Finding) -> str:
    if finding.severity != ERROR:
        return WARNING
    return CAUSE if finding.cause else FOLLOWS


def _range(finding: Finding, cell: Cell) -> Iterable[Cell]:
    box = parse_box(finding.range) if finding.range else None
    if box is None or box.height * box.width > MAX_FILLED:
        return [cell]
    rows, cols = range(box.top, box.bottom + 1), range(box.left, box.right + 1)
    return [cell, *((row, col) for row in rows for col in cols)]


def _note(finding: Finding) -> str:
    lines = [f"xlsgd: {finding.message}"]
    if finding.expected_formula:
        lines.append(f"should be {finding.expected_formula}")
    if finding.expected is not None:
        lines.append(f"now {said(finding.value)}, expected {said(finding.expected)}")
    if finding.caused_by:
        lines.append(f"follows from {finding.caused_by}")
    return "\n".join(lines)


def _rows(name: str, findings: Sequence[Finding]) -> Iterator[ListRow]:
    errors = sum(one.severity == ERROR and one.cause for one in findings)
    warnings = sum(one.severity != ERROR for one in findings)
    yield ListRow((f"xlsgd verify: {name}",), bold=True)
    yield ListRow((f"errors: {errors}, warnings: {warnings}" if findings else "nothing was found",))
    yield ListRow(())
    yield ListRow(_HEADINGS, bold=True)
    for one in findings:
        what = one.severity if one.cause else "follows"
        texts = (
            what,
            one.where or "workbook",
            one.kind,
            one.message,
            one.formula or "",
            one.expected_formula or "",
            said(one.value) if one.expected is not None else "",
            said(one.expected) if one.expected is not None else "",
            one.range or "",
            one.caused_by or "",
        )
        yield ListRow(texts, link=_link(one), colour=_colour(one))


def _link(finding: Finding) -> tuple[int, str] | None:
    if not finding.sheet:
        return None
    box = parse_box(finding.cell) if finding.cell else None
    return 1, f"{quote_sheet(finding.sheet)}!{box_name(box) if box else 'A1'}"


def said(value: Scalar) -> str:
    """A value as a person reads it, numbers to the last bit."""
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
