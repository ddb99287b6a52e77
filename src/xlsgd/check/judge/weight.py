"""How much a finding weighs: on sheets that have nothing to do with a training an odd cell may well be meant."""

from __future__ import annotations

from dataclasses import replace

from ...formula.nodes import Call, Paren
from ..findings import ERROR, WARNING, Finding, Place
from ..understand.words import telling
from .blocks.alike_sheets import found as sheeted
from .blocks.strides import found as strided
from .blocks.strides import goes_on, vouched
from .ground.case import Case
from .ground.fills import Fill
from .ground.trees import label, nodes, refs
from .ground.whatif import near

_FACTS = frozenset({"stale", "settings", "chart"})
_OF_CELLS = frozenset({"reference", "formula", "hard-coded"})
STRONG = 10
"""Cells of a fill that need no words."""
FEW = 5
"""Cells of a fill on a sheet whose words speak of training."""
MANY = 400


def weighed(case: Case, finding: Finding) -> Finding:
    """The finding, as a warning where it stands on a sheet without training and the evidence is thin."""
    if finding.severity != ERROR or finding.place is None or finding.kind in _FACTS:
        return finding
    if (
        finding.place[0] in concerned(case)
        or "#REF!" in (finding.formula or "")
        or finding.place in vouched([*strided(case), *sheeted(case)])
        or finding.place in case.kept.get("by array", ())  # type: ignore[operator]  # a set of places
        or _is_plain(case, finding)
        or ("circular reference" in finding.message and not case.desk.book.settings.iterate)
        or (_speaks_of_training(case, finding.place[0]) and _is_clear(case, finding))
    ):
        return finding
    return replace(finding, severity=WARNING)


def _speaks_of_training(case: Case, sheet: int) -> bool:
    """Whether the texts of a sheet, and of those that it reads or that read it, say that it trains."""
    known = case.kept.setdefault("speaking", {})
    assert isinstance(known, dict)
    if sheet not in known:
        links = case.links()
        near = {sheet, *links.get(sheet, ()), *(one for one, read in links.items() if sheet in read)}
        words = telling([text for one in sorted(near) for text in _texts(case, one)])
        known[sheet] = words >= 2 or (words > 0 and goes_on(case, sheet))
    return bool(known[sheet])


def _texts(case: Case, sheet: int) -> list[str]:
    constants = case.desk.book.sheets[sheet].constants if sheet < len(case.desk.book.sheets) else {}
    return [text for text in constants.values() if isinstance(text, str)][:MANY]


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


def _is_clear(case: Case, finding: Finding) -> bool:
    """Whether a cell is wrong now, on a sheet that trains though nobody understood how."""
    assert finding.place is not None
    if finding.kind == "data":
        return isinstance(finding.value, str)
    fill = case.fill_at(finding.place)
    if finding.kind not in _OF_CELLS or near(finding.value, finding.expected):
        return False
    if fill is None:
        return finding.place in case.kept.get("summed", ())  # type: ignore[operator]  # a set of places
    if finding.range is not None:
        return fill.size >= FEW and fill.position(finding.place) <= fill.first + 1
    return _is_odd(fill, finding.place) and fill.size >= FEW and FEW * len(fill.odd) <= fill.size


def _is_plain(case: Case, finding: Finding) -> bool:
    """Whether a cell breaks a long fill that has nothing else odd in it."""
    assert finding.place is not None
    fill = case.fill_at(finding.place)
    if finding.kind not in _OF_CELLS or fill is None or finding.expected_formula is None:
        return False
    if not _is_odd(fill, finding.place) or (finding.kind == "formula" and not _slip(case, fill, finding.place)):
        return False
    return fill.size >= STRONG and len(fill.odd) <= 2 and _reads_cells(fill)


def _is_odd(fill: Fill, place: Place) -> bool:
    return fill.position(place) in fill.odd


def _slip(case: Case, fill: Fill, place: Place) -> bool:
    """Whether a formula is made nearly as its column's is and reads the same cells: so it is no subtotal."""
    own, wanted = case.desk.program(place), fill.program.tree
    if own is None or own.tree is None or wanted is None or type(own.tree) is not type(wanted):
        return False
    if isinstance(wanted, Call) and label(own.tree) != label(wanted):
        return False
    parts = [sum(not isinstance(node, Paren) for node in nodes(tree)) for tree in (own.tree, wanted)]
    return set(refs(own.tree)) == set(refs(wanted)) != set() and 5 * abs(parts[0] - parts[1]) <= min(parts)


def _reads_cells(fill: Fill) -> bool:
    return fill.program.tree is not None and bool(refs(fill.program.tree))
