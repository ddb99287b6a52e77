"""Labels that call a number what it is not: an "rmse" that is the root of a sum, a "mean" that is a sum.

What a formula is, is found out by what it computes from drawn numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...findings import WARNING, Finding, Place
from ..cells.breaks import carries
from ..ground.case import Case, place_name
from .measures import measure, takes_range

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
_HALF = re.compile(r"\bhalf\b|\bhalbe[rsn]?\b|½|\b1/2\b|\bdemi\b|\bmezzo\b")
_SQUARED = ("squares", "squared differences")
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
    found = measure(case, place)
    kind, rows = found.kind, len(found.rows)
    if kind is not None and kind not in _FITS[wanted]:
        words = f"{place_name(place)} is labelled '{text.strip()}' but is {_SAID[kind]}"
        yield case.finding("label", place, words, severity=WARNING)
    elif kind is None and wanted != "sum" and rows > 3 and takes_range(case, place):
        for count in (rows - 1, rows + 1):
            if measure(case, place, count).kind in _FITS[wanted]:
                words = f"{place_name(place)} sums {rows} rows and divides by {count}"
                yield case.finding("reference", place, words)
    elif kind is not None and _HALF.search(text.casefold()) and found.share == 1.0 and found.term in _SQUARED:
        words = f"{place_name(place)} is labelled '{text.strip()}' but is the whole of it, not a half"
        yield case.finding("label", place, words, severity=WARNING)


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
