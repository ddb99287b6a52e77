"""The workbook part: sheets in their order, names, settings, links to other workbooks.

Source: ECMA-376 part 1, 18.2 (workbook).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from ..errors import LimitError, UnreadableError
from ..limits import current
from . import markup
from .book import Name, Settings
from .package import Package, Relation

_MOST_ROUNDS = 32_767  # as in Excel's dialog
_KINDS = {
    "worksheet": "worksheet",
    "chartsheet": "chartsheet",
    "dialogsheet": "dialogsheet",
    "xlMacrosheet": "macrosheet",
    "xlIntlMacrosheet": "macrosheet",
}


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook part lists it. ``part`` is the name of its own part, "" where the file has none."""

    name: str
    part: str
    kind: str
    visible: bool


@dataclass(slots=True)
class WorkbookPart:
    """What the workbook part says. externals: the parts of the links, in the order in which ``[1]`` counts them."""

    sheets: list[SheetEntry] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    externals: list[str] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    relations: list[Relation] = field(default_factory=list)

    def part_of(self, kind: str) -> str | None:
        """The part to which the first relationship of a kind leads."""
        return next((relation.target for relation in self.relations if relation.kind == kind), None)


def read_workbook(package: Package) -> WorkbookPart:
    """The main part of a package.

    Raises UnreadableError where there is none or it is damaged, LimitError where it has too many sheets.
    """
    part = package.workbook_part()
    root = markup.parse(package.read(part), part)
    if markup.local(root) != "workbook":
        raise UnreadableError(f"the part {part} is no workbook: open the file in Excel and save it as .xlsx")
    relations = package.relations(part)
    listed = list(markup.children(markup.child(root, "sheets"), "sheet"))
    if len(listed) > current().sheets:
        raise LimitError(f"has more than {current().sheets:,} sheets (limit 'sheets'): split the workbook")
    sheets = [_sheet(item, relations) for item in listed]
    used = Counter(sheet.part.lower() for sheet in sheets if sheet.part)
    if used and max(used.values()) > 1:
        part = max(used, key=lambda one: used[one])
        raise UnreadableError(f"two sheets have the same part, {part}: the file is damaged or made to harm")
    links = markup.children(markup.child(root, "externalReferences"), "externalReference")
    return WorkbookPart(
        sheets=sheets,
        names=[_name(item, len(listed)) for item in markup.children(markup.child(root, "definedNames"), "definedName")],
        externals=[_target(item, relations) for item in links],
        settings=_settings(root),
        relations=list(relations.values()),
    )


def _target(element: etree._Element, relations: dict[str, Relation]) -> str:
    relation = relations.get(markup.relation_id(element))
    return relation.target if relation else ""


def _sheet(element: etree._Element, relations: dict[str, Relation]) -> SheetEntry:
    relation = relations.get(markup.relation_id(element), Relation("worksheet", "", False))
    visible = element.get("state", "visible") == "visible"
    return SheetEntry(element.get("name", ""), relation.target, _KINDS.get(relation.kind, relation.kind), visible)


def _name(element: etree._Element, sheets: int) -> Name:
    index = markup.number(element, "localSheetId", -1)
    text = (element.text or "").removeprefix("=")
    return Name(
        element.get("name", ""),
        text,
        index if 0 <= index < sheets else None,
        markup.truth(element, "hidden"),
    )


def _settings(root: etree._Element) -> Settings:
    calc, book = markup.child(root, "calcPr"), markup.child(root, "workbookPr")
    date1904 = book is not None and markup.truth(book, "date1904")
    if calc is None:
        return Settings(date1904=date1904)
    try:
        delta = float(calc.get("iterateDelta", "0.001"))
    except ValueError:
        delta = 0.001
    return Settings(
        mode=calc.get("calcMode", "auto"),
        iterate=markup.truth(calc, "iterate"),
        iterate_count=max(1, min(markup.number(calc, "iterateCount", 100), _MOST_ROUNDS)),
        iterate_delta=delta if math.isfinite(delta) else 0.001,
        full_precision=markup.truth(calc, "fullPrecision", True),
        date1904=date1904,
    )
