"""Labels that call a number what it is not: an "rmse" that is the root of a sum, a "mean" that is a sum.

What a formula is, is found out by what it computes from drawn numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ...formula.nodes import Node
from ...values import Array, Scalar
from ..findings import WARNING, Finding, Place
from .breaks import carries
from .case import Case, place_name
from .trees import nodes, refs
from .whatif import WhatIf

_WORDS = {
    "root mean": r"\brmse\b|\brmsd\b|\broot[- ]mean|\bregmq\b|\brms error\b",
    "mean square": r"\bmse\b|\bmean[- ]squared?\b|\bmittlerer quadratischer\b|\beqm\b",
    "mean": r"\bmean\b|\baverage\b|\bavg\b|\bmoyenne\b|\bmittelwert\b|\bdurchschnitt\b|\bmittel\b|\bmedia\b",
    "sum": r"\bsum\b|\btotal\b|\bsumme\b|\bsomme\b|\bsse\b|\bgesamt\b|\bsuma\b",
}
_FITS = {
    "root mean": {"root mean"},
    "mean square": {"mean"},
    "mean": {"mean", "root mean"},
    "sum": {"sum"},
}
_SAID = {
    "root mean": "the root of a mean",
    "mean": "a mean",
    "sum": "a sum",
    "root sum": "the root of a sum (it is not divided by the number of rows)",
}
MAX_LENGTH = 60
MAX_PLAIN = 28  # of a label that only says "mean" or "sum": a longer one is a sentence
REACH = 8


def labels(case: Case) -> Iterator[Finding]:
    """Numbers whose label names another measure."""
    for sheet, content in enumerate(case.desk.book.sheets):
        for cell, text in content.constants.items():
            wanted = measure_called(text) if isinstance(text, str) and len(text) <= MAX_LENGTH else None
            if wanted is None:
                continue
            place = _number_beside(case, (sheet, *cell))
            if place is not None and case.desk.program(place) is None:
                yield from _typed(case, place, str(text))
            elif place is not None:
                yield from _judged(case, place, wanted, str(text))


def _judged(case: Case, place: Place, wanted: str, text: str) -> Iterator[Finding]:
    kind, rows = _measure(case, place)
    if kind is not None and kind not in _FITS[wanted]:
        words = f"{place_name(place)} is labelled '{text.strip()}' but is {_SAID[kind]}"
        yield case.finding("label", place, words, severity=WARNING)
    elif kind is None and wanted != "sum" and rows > 3:
        for count in (rows - 1, rows + 1):
            if _measure(case, place, count)[0] in _FITS[wanted]:
                words = f"{place_name(place)} sums {rows} rows and divides by {count}"
                yield case.finding("reference", place, words)


def _typed(case: Case, place: Place, text: str) -> Iterator[Finding]:
    """A typed number below a column of formulas that is labelled as their sum or mean."""
    above = [
        table
        for table in case.tables
        if table.sheet == place[0] and not table.across and table.last < place[1] <= table.last + 4
        if any(
            fill.line == place[2] and not carries(fill.program.tree, fill) for fill in table.fills if fill.program.tree
        )
    ]
    if above and type(case.desk.at(place)) is float:
        words = f"{place_name(place)} is a typed number, labelled '{text.strip()}' below a column of formulas"
        yield case.finding("hard-coded", place, words)


def settings_named(case: Case) -> Iterator[Finding]:
    """Settings whose label is that of another setting of the same training."""
    for block in case.blocks:
        known = {name: one for name, one in block.settings.items() if one.place is not None}
        for name, one in known.items():
            label = _label_of(case, one.place) if one.place is not None else ""
            means = _means(label, set(known))
            if means and name not in means:
                assert one.place is not None
                others = " or ".join(sorted(means))
                words = f"{place_name(one.place)} is labelled '{label}' ({others}) but is used as the {name}"
                yield case.finding("label", one.place, words, severity=WARNING)


_SETTINGS = {
    "learning rate": r"\b(lr|learning[ _]?rate|eta|lernrate|schrittweite|step ?size|taux d.apprentissage)\b|η",
    "beta1": r"\bbeta[ _]?1\b|β_?1|β₁",
    "beta2": r"\bbeta[ _]?2\b|β_?2|β₂",
    "epsilon": r"\b(eps|epsilon)\b|ε",
    "beta": r"\b(beta|momentum|rho|mu)\b|β|μ|ρ",
    "h": r"^h$",
}


def _means(label: str, known: set[str]) -> set[str]:
    """The settings (of those that there are) that a label names."""
    return {name for name, pattern in _SETTINGS.items() if name in known and re.search(pattern, label.casefold())}


def _label_of(case: Case, place: Place) -> str:
    for col in range(place[2] - 1, max(0, place[2] - 4), -1):
        text = case.desk.at((place[0], place[1], col))
        if text is not None:
            return text.strip() if isinstance(text, str) else ""
    return ""


def measure_called(text: str) -> str | None:
    """The measure that a label names, None where it names none or several."""
    found = [kind for kind, pattern in _WORDS.items() if re.search(pattern, text.casefold())]
    if "mean square" in found or "root mean" in found:
        found = [kind for kind in found if kind != "mean"]
    if "root mean" in found:
        found = [kind for kind in found if kind != "mean square"]
    if len(found) != 1 or (found[0] in ("mean", "sum") and len(text.strip()) > MAX_PLAIN):
        return None
    return found[0]


def _number_beside(case: Case, label: Place) -> Place | None:
    """The formula to the right of a label, blanks between; or the one right below it."""
    sheet, row, col = label
    for right in range(col + 1, col + 1 + REACH):
        place = (sheet, row, right)
        if case.desk.at(place) is not None:
            return place
    below = (sheet, row + 1, col)
    lone = case.desk.program(below) is not None and case.fill_at(below) is None
    return below if lone else None


class _Drawn(WhatIf):
    """Every column of a table holds drawn numbers, positive and different in each row."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.desk, follows=lambda place: not self.inside(place))
        self.case = case
        self.columns: list[tuple[int, int]] = []
        self.rows: set[int] = set()

    def inside(self, place: Place) -> bool:
        fill = self.case.fill_at(place)
        return (fill is not None and fill.size > 2) or self.desk.program(place) is None

    def _given(self, place: Place, value: Scalar) -> Scalar:
        tables = [table for table in self.case.tables if table.sheet == place[0] and not table.across]
        if type(value) is not float or not any(table.first <= place[1] <= table.last for table in tables):
            return value
        column = (place[0], place[2])
        if column not in self.columns:
            self.columns.append(column)
        self.rows.add(place[1])
        return drawn(place[1], self.columns.index(column))


def drawn(row: int, column: int) -> float:
    """A number for a row of the first, second … column that a formula reads."""
    return 1.0 + 0.37 * (row * 7 % 11) + 0.011 * row if column == 0 else 2.0 + 0.29 * (row * 5 % 13) + 0.1 * column


def _measure(case: Case, place: Place, count: int | None = None) -> tuple[str | None, int]:
    """Which kind of measure a formula is (None: none that is known), and how many rows it takes.

    count: by how many rows a mean is taken to divide.
    """
    program = case.desk.program(place)
    if program is None or program.tree is None or not _aggregates(case, program.tree, place):
        return None, 0
    run = _Drawn(case)
    result = case.desk.recompute(place, run)
    if isinstance(result, Array):
        result = result.rows[0][0]
    if type(result) is not float or len(run.rows) < 3:
        return None, 0
    columns = [[drawn(row, column) for row in sorted(run.rows)] for column in (0, 1)]
    return _kind(result, columns[0], columns[1], count or len(run.rows)), len(run.rows)


def _kind(result: float, one: list[float], two: list[float], n: int) -> str | None:
    pairs = list(zip(one, two, strict=True))
    terms = [
        sum(one),
        sum(a * a for a in one),
        sum((a - b) ** 2 for a, b in pairs),
        sum(abs(a - b) for a, b in pairs),
        sum(a - b for a, b in pairs),
        sum(b - a for a, b in pairs),
    ]
    for share in (1.0, 0.5, 2.0):
        for term in terms:
            whole = share * term
            for kind, value in (("mean", whole / n), ("sum", whole)):
                if math.isclose(result, value, rel_tol=1e-9):
                    return kind
                if value > 0 and math.isclose(result, math.sqrt(value), rel_tol=1e-9):
                    return f"root {kind}"
    return None


def _aggregates(case: Case, tree: Node, place: Place, depth: int = 0) -> bool:
    """Whether a formula takes a range, itself or through a cell that it reads."""
    if any(ref.last is not None for ref in refs(tree)) or any(
        type(node).__name__ == "TableRef" for node in nodes(tree)
    ):
        return True
    if depth > 2:
        return False
    for area in case.areas(place):
        other = (area.sheet, area.top, area.left)
        program = case.desk.program(other)
        single = area.height == area.width == 1 and program is not None and case.fill_at(other) is None
        if single and program is not None and program.tree is not None:
            found = _aggregates(case, program.tree, other, depth + 1)
            if found:
                return True
    return False
