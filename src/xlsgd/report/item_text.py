"""What a failing workbook says as a test: plain lines, the first cause first, no Python."""

from __future__ import annotations

from collections.abc import Sequence

from ..check.findings import FileReport, Finding, telling
from ..check.golden import ADDED, GONE, Apart
from ..display import plain
from ..engine.base import Result
from ..values import Unsupported

MOST_CELLS = 10
"""Cells that differ which are listed; the rest is counted."""

_MOST_OTHERS = 6
_MOST_TEXT = 40
_FAR = 10_000_000  # ULP: beyond, all digits say nothing


def first_cause(file: FileReport) -> Finding:
    """The finding to tell first: of the errors the first that follows from no other, formulas before charts.

    Raises ValueError where the file has no error.
    """
    return min(file.errors, key=telling)


def summary(file: FileReport) -> str:
    """The first cause in one line, such as ``adam!L7 [reference] L7 reads B6 where B7 belongs``."""
    first = first_cause(file)
    return plain(f"{first.where or 'workbook'} [{first.kind}] {first.message}")


def finding_lines(file: FileReport) -> list[str]:
    """The first cause with its formulas, numbers and what it spoiled, then where else something is wrong."""
    first = first_cause(file)
    lines = [summary(file), *(f"  {label:<12} {plain(text)}" for label, text in _facts(file, first))]
    causes = [one for one in file.errors if one.cause and one is not first]
    if causes:
        several = list(dict.fromkeys(f"{one.where or 'workbook'} [{one.kind}]" for one in causes))
        more = len(several) - _MOST_OTHERS
        word = "another error" if len(causes) == 1 else f"{len(causes):,} other errors"
        rest = f" and {more:,} more" if more > 0 else ""
        lines.append(plain(f"{word}: {', '.join(several[:_MOST_OTHERS])}{rest}"))
    return lines


def _facts(file: FileReport, first: Finding) -> list[tuple[str, str]]:
    facts = []
    if first.range:
        facts.append(("cells", first.range))
    if first.formula:
        facts.append(("says", first.formula))
    if first.expected_formula:
        facts.append(("should say", first.expected_formula))
    facts += _numbers(first)
    followers = [one.cell or one.where for one in file.found if first.cell and one.caused_by == first.where]
    if first.spoiled or followers:
        names = ", ".join(followers[:_MOST_OTHERS])
        facts.append(("spoiled", _cells(max(first.spoiled, len(followers))) + (f": {names}" if names else "")))
    return facts


def _numbers(first: Finding) -> list[tuple[str, str]]:
    """What the cell holds and should hold; the two are equal where a wrong formula was not calculated yet."""
    if first.expected is None:
        return [] if first.value is None else [("holds", show_value(first.value))]
    if first.value == first.expected:
        return [("holds", f"{show_value(first.value)}, as it should, for now")]
    return [("holds", show_value(first.value)), ("should hold", show_value(first.expected))]


def apart_lines(differing: Sequence[Apart], compared: int, than: str, ulp: int, kept: str) -> list[str]:
    """Cells that are not what they should be, the first of them as a table with both values and their distance.

    compared: how many there are in all; than: whose values they were held against, such as ``a golden file``; kept:
    what these are called.
    """
    tolerance = f"{ulp:,} ULP allowed" if ulp else "to the last bit"
    lines = [f"{len(differing):,} of {_cells(compared)} differ from {plain(than)} ({tolerance})"]
    rows = [("cell", kept, "now", "apart"), *(_row(one) for one in differing[:MOST_CELLS])]
    widths = [max(len(row[col]) for row in rows) for col in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        lines.append(f"  {'  '.join(cells)}  {row[3]}".rstrip())
    if len(differing) > MOST_CELLS:
        lines.append(f"  … and {len(differing) - MOST_CELLS:,} more")
    return lines


def _row(one: Apart) -> tuple[str, str, str, str]:
    other = "another text" if type(one.golden) is type(one.value) is str else "another kind"
    apart = one.note or (other if one.ulp is None else f"{_ulp(one.ulp)} ULP")
    golden = "–" if one.note == ADDED else show_value(one.golden)
    value = "–" if one.note == GONE else show_value(one.value)
    return plain(one.cell), golden, value, apart


def show_value(value: Result) -> str:
    """A value with all its digits; text in quotes and cut where it is long.

    >>> show_value(0.1 + 0.2), show_value("a"), show_value(True), show_value(None)
    ('0.30000000000000004', "'a'", 'TRUE', 'blank')
    """
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Unsupported):
        return plain(f"no answer ({value.reason})")
    if isinstance(value, str) and len(value) > _MOST_TEXT:
        value = value[: _MOST_TEXT - 1] + "…"
    return plain(repr(value))


def _ulp(distance: int) -> str:
    return f"{distance:,}" if distance < _FAR else f"{distance:.1e}"


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"
