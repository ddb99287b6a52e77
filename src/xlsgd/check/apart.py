"""What is found where sheets lie side by side, told where it stands in the user's workbook."""

from __future__ import annotations

import re
from dataclasses import replace

from ..address import Box, box_name, cell_name, column_name, column_number, parse_box, parse_cell, quote_sheet
from ..errors import FormulaError
from ..formula.parser import parse
from ..formula.printer import to_text
from ..plan import Plan
from .findings import Finding, SheetReport
from .joined import RIGHT, Joint, Zone
from .judge.ground.desk import Desk

_FAR = re.compile(r"\$?\b([WX][A-Z]{2})(?:\$?(\d+)(?::\$?([WX][A-Z]{2})\$?(\d+))?)?\b")
_CELL = re.compile(r"(?<![\w!.$])\$?[A-Z]{1,3}\$?\d+(?![\w(])")
_LAST = re.compile(r"down to row (\d+)")


def told(joint: Joint, plan: Plan, report: SheetReport) -> list[SheetReport]:
    """The reports of the sheets that lie on one: each with its own columns and findings. plan: of the user's book."""
    desk = Desk(plan)
    found = [_finding(joint, desk, finding) for finding in report.findings]
    reports = []
    for zone in joint.zones.values():
        name = joint.origin.sheets[zone.sheet].name
        own = tuple(finding for finding in found if finding.sheet == name)
        roles = {key: role for key, role in report.roles.items() if _zone_of(joint, key) is zone}
        shown = {_letters(key, zone): role for key, role in roles.items()}
        reports.append(replace(report, sheet=name, roles=shown, findings=own))
    return reports


def _zone_of(joint: Joint, key: str) -> Zone:
    return joint.zone_at(column_number(key) if key.isalpha() else 1)


def _letters(key: str, zone: Zone) -> str:
    return column_name(column_number(key) - zone.right) if key.isalpha() else key


def _finding(joint: Joint, desk: Desk, finding: Finding) -> Finding:
    if finding.place is None:
        return replace(finding, message=_message(joint, joint.zones[joint.home], finding))
    _, row, col = finding.place
    zone = joint.zone_at(col)
    name = joint.origin.sheets[zone.sheet].name
    place = zone.sheet, row + zone.up, col - zone.right
    text = desk.text(place)
    return replace(
        finding,
        sheet=name,
        place=place,
        cell=finding.cell and cell_name(*place[1:]),
        range=finding.range and _range(finding.range, zone),
        message=_message(joint, zone, finding),
        formula=text if finding.formula is not None else None,
        expected_formula=finding.expected_formula and _formula(joint, finding.expected_formula, row, col, zone),
        caused_by=finding.caused_by and _cause(joint, finding.caused_by),
    )


def _range(text: str, zone: Zone) -> str:
    box = parse_box(text)
    if box is None:
        return text
    return box_name(Box(box.top + zone.up, box.left - zone.right, box.bottom + zone.up, box.right - zone.right))


def _formula(joint: Joint, text: str, row: int, col: int, zone: Zone) -> str:
    try:
        tree = parse(text.removeprefix("="), row, col)
    except FormulaError:
        return text
    return "=" + to_text(joint.back(tree, col), row + zone.up, col - zone.right)


def _cause(joint: Joint, where: str) -> str:
    sheet, _, cell = where.rpartition("!")
    found = parse_cell(cell)
    if found is None or sheet != joint.origin.sheets[joint.home].name:
        return where
    zone = joint.zone_at(found[1])
    return f"{joint.origin.sheets[zone.sheet].name}!{cell_name(found[0] + zone.up, found[1] - zone.right)}"


def _message(joint: Joint, own: Zone, finding: Finding) -> str:
    """A message in which cells are called as on their own sheets, seen from a finding's."""

    def far(match: re.Match[str]) -> str:
        left, top, right, bottom = match.groups()
        zone = joint.zone_at(column_number(left))
        if zone.right < RIGHT:
            return match[0]
        said = column_name(column_number(left) - zone.right)
        if top is None:
            return said
        said += str(int(top) + zone.up)
        if right is not None:
            said += f":{column_name(column_number(right) - zone.right)}{int(bottom) + zone.up}"
        return said if zone is own else f"{quote_sheet(joint.origin.sheets[zone.sheet].name)}!{said}"

    message = finding.message
    if own.right:
        formulas = f"{finding.formula or ''} {finding.expected_formula or ''}"
        near = {cell for cell in _CELL.findall(formulas) if not _FAR.fullmatch(cell)}
        home = quote_sheet(joint.origin.sheets[joint.home].name)
        message = _CELL.sub(lambda match: f"{home}!{match[0]}" if match[0] in near else match[0], message)
        message = _LAST.sub(lambda match: f"down to row {int(match[1]) + own.up}", message)
    return _FAR.sub(far, message)
