"""How much a finding weighs: on sheets that have nothing to do with a training an odd cell may well be meant."""

from __future__ import annotations

from dataclasses import replace

from ..findings import ERROR, WARNING, Finding
from ..understand.words import telling
from .case import Case
from .fills import Fill
from .strides import vouched
from .trees import refs

_FACTS = frozenset({"stale", "settings", "chart"})
STRONG = 10
MANY = 400


def weighed(case: Case, finding: Finding) -> Finding:
    """The finding, as a warning where it stands on a sheet without training and the evidence is thin."""
    if finding.severity != ERROR or finding.place is None or finding.kind in _FACTS:
        return finding
    circular = "circular reference" in finding.message and _speaks_of_training(case, finding.place[0])
    if (
        finding.place[0] in concerned(case)
        or "#REF!" in (finding.formula or "")
        or circular
        or finding.place in vouched(case)
        or _is_plain(case, finding)
    ):
        return finding
    return replace(finding, severity=WARNING)


def _speaks_of_training(case: Case, sheet: int) -> bool:
    """Whether the texts of a sheet say that it trains, though a circle keeps it from doing so."""
    texts = [text for text in case.desk.book.sheets[sheet].constants.values() if isinstance(text, str)]
    return telling(texts[:MANY]) >= 2 and not case.desk.book.settings.iterate


def concerned(case: Case) -> set[int]:
    """The sheets that train, those that they read and those that read them."""
    trains = {block.sheet for block in case.blocks}
    if not trains:
        return set()
    found = set(trains)
    for source, targets in case.links().items():
        if source in trains:
            found |= targets
        if targets & trains:
            found.add(source)
    return found


def _is_plain(case: Case, finding: Finding) -> bool:
    """Whether a cell breaks a long fill that has nothing else odd in it."""
    assert finding.place is not None
    fill = case.fill_at(finding.place)
    if finding.kind not in ("reference", "hard-coded") or fill is None or finding.expected_formula is None:
        return False
    if fill.position(finding.place) not in fill.odd:
        return False
    return fill.size >= STRONG and len(fill.odd) <= 2 and _reads_cells(fill)


def _reads_cells(fill: Fill) -> bool:
    return fill.program.tree is not None and bool(refs(fill.program.tree))
