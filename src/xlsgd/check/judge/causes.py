"""Which findings are causes, what they spoiled, and in which order they are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...address import Box, cell_name, parse_box
from ..findings import ERROR, Finding, Place
from ..understand.base import Block
from .blocks.alike_sheets import found as sheeted
from .blocks.strides import vouched
from .ground.case import Case
from .ground.spread import Spread

MAX_CAUSES = 20
_CELLS = frozenset({"reference", "formula", "hard-coded", "stale", "value", "data"})


def sorted_out(case: Case, findings: Iterable[Finding]) -> list[Finding]:
    """The findings without repetitions, causes first, each with what it spoiled."""
    kept = _explained(case, _without_echoes(case, _once(findings)))
    errors = [one for one in kept if one.severity == ERROR and one.cause and one.kind in _CELLS]
    if not errors:
        return kept
    spread = Spread(case.desk.plan)
    told = {id(one): _told(case, spread, one) for one in errors[:MAX_CAUSES]}
    return [told.get(id(one), one) for one in kept]


def _without_echoes(case: Case, findings: list[Finding]) -> list[Finding]:
    """Where formulas run in a circle, stored values cannot be what they give: those follow from what closes it."""
    if not any(one.kind == "stale" for one in findings):
        return findings
    errors = [one for one in findings if one.severity == ERROR and one.kind != "stale"]
    first = min(errors, key=lambda one: "circular reference" not in one.message, default=None)
    if first is None or not any("circular reference" in remark for remark in case.desk.fresh.remarks):
        return findings
    return [replace(one, cause=False, caused_by=first.where) if one.kind == "stale" else one for one in findings]


def _explained(case: Case, findings: list[Finding]) -> list[Finding]:
    """Whole columns for which nothing is proposed, and derivatives made of a wrong column, follow from the other.

    So does a column that is the same on other sheets made alike, where another one is not.
    """
    wide = [one for one in findings if one.severity == ERROR and one.cause and one.range and one.place is not None]
    odd = [one for one in findings if one.severity == ERROR and one.kind == "data" and one.place is not None]
    return [
        replace(one, cause=False, caused_by=cause.where)
        if (cause := _cause_of(case, one, wide) or _made_of_text(case, one, odd)) is not None
        else one
        for one in findings
    ]


def _made_of_text(case: Case, finding: Finding, odd: list[Finding]) -> Finding | None:
    """The text or blank among the numbers that a whole column's formulas take, where nothing is proposed for them."""
    whole = finding.severity == ERROR and finding.cause and finding.range and finding.place is not None
    if not odd or not whole or finding.kind != "formula" or finding.expected_formula is not None:
        return None
    areas = case.areas(finding.place) if finding.place is not None else []
    for other in odd:
        assert other.place is not None
        sheet, row, col = other.place
        if any(
            area.sheet == sheet and area.top <= row <= area.bottom and area.left <= col <= area.right for area in areas
        ):
            return other
    return None


def _cause_of(case: Case, finding: Finding, wide: list[Finding]) -> Finding | None:
    if finding not in wide or finding.kind != "formula":
        return None
    sheets = vouched(sheeted(case))
    for other in wide:
        if other is finding or other.expected_formula is None:
            continue
        block = next((one for one in case.blocks if _inside(one, finding) and _inside(one, other)), None)
        if block is None:
            continue
        told = other.place in sheets and finding.place not in sheets
        if told or finding.expected_formula is None or _made_of(block, _track(block, finding), _track(block, other)):
            return other
    return None


def _track(block: Block, finding: Finding) -> int:
    assert finding.place is not None
    return finding.place[1] if block.across else finding.place[2]


def _inside(block: Block, finding: Finding) -> bool:
    assert finding.place is not None
    line = finding.place[2] if block.across else finding.place[1]
    same = finding.place[0] == block.sheet and block.first <= line <= block.last
    return same and _track(block, finding) in block.columns


def _made_of(block: Block, track: int, other: int) -> bool:
    """Whether a derivative reads another column, on the way to no weight."""
    if block.details is None or block.columns[track].role != "derivative" or track == other:
        return False
    dynamics = block.details.roles.dynamics
    found, stack = {track}, [track]
    while stack:
        for each in dynamics.reads(stack.pop()) - found - dynamics.cuts:
            found.add(each)
            stack.append(each)
    return other in found


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Of several findings at a cell the first; later ones within a stretch that was already found are dropped."""
    kept: list[Finding] = []
    seen: dict[tuple[Place, bool], Finding] = {}
    stretches: list[tuple[int, Box]] = []
    for finding in findings:
        if finding.place is None or finding.kind not in _CELLS:
            kept.append(finding)
            continue
        sheet, row, col = finding.place
        if any(index == sheet and box.has(row, col) for index, box in stretches):
            continue
        key = (finding.place, True)
        if key in seen:
            continue
        seen[key] = finding
        box = parse_box(finding.range) if finding.range else None
        if box is not None and any(index == sheet and other.meet(box) for index, other in stretches):
            continue
        if box is not None:
            stretches.append((sheet, box))
        kept.append(finding)
    return kept


def _told(case: Case, spread: Spread, finding: Finding) -> Finding:
    """A cause with what it spoiled in its message."""
    assert finding.place is not None
    sheet = finding.place[0]
    reached = spread.of(finding.place, parse_box(finding.range) if finding.range else None)
    own = parse_box(finding.range) if finding.range else Box(*finding.place[1:], *finding.place[1:])
    count = sum(box.height * box.width for _, box in reached)
    if own is not None:
        count -= sum(
            met.height * met.width for index, box in reached if index == sheet for met in [box.meet(own)] if met
        )
    if count <= 0:
        return finding
    last = max((box.bottom for index, box in reached if index == sheet), default=0)
    words = f"{finding.message}; it spoils {count:,} cell{'s' if count > 1 else ''}"
    words += f" down to row {last}" if last > finding.place[1] else ""
    ends = [_name(case, sheet, index, box) for index, box in reached if _summary(case, index, box)]
    words += f", among them {', '.join(ends[:4])}" if ends else ""
    return replace(finding, message=words, spoiled=count)


def _summary(case: Case, sheet: int, box: Box) -> bool:
    """Whether a single cell stands outside of the tables."""
    place = (sheet, box.top, box.left)
    return box.height == box.width == 1 and case.fill_at(place) is None and not _in_rows(case, place)


def _in_rows(case: Case, place: Place) -> bool:
    return any(table.sheet == place[0] and table.first <= place[1] <= table.last for table in case.tables)


def _name(case: Case, home: int, sheet: int, box: Box) -> str:
    cell = cell_name(box.top, box.left)
    return cell if sheet == home else f"{case.desk.book.sheets[sheet].name}!{cell}"
