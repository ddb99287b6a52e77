"""Charts of a workbook: where they stand, and of each series the formulas and the values that the file has cached.

Source: ECMA-376 part 1, 21.2 (DrawingML charts) and 20.5 (spreadsheet drawings).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ..address import MAX_COL, MAX_ROW
from . import markup
from .book import Cell
from .package import Package
from .strings import whole
from .workbook_xml import read_workbook

_GROUPS = [
    "lineChart",
    "line3DChart",
    "scatterChart",
    "barChart",
    "bar3DChart",
    "areaChart",
    "area3DChart",
    "bubbleChart",
    "radarChart",
    "pieChart",
    "pie3DChart",
    "doughnutChart",
    "stockChart",
    "surfaceChart",
    "surface3DChart",
    "ofPieChart",
]


@dataclass(frozen=True, slots=True)
class Source:
    """What an axis of a series shows: a formula (without ``=``, None: typed numbers) and the cached points.

    count: how many points the cache says there are; points: index → number or text.
    """

    formula: str | None
    count: int
    points: dict[int, float | str]


@dataclass(frozen=True, slots=True)
class Series:
    """One curve. categories, values: None where the file has no such axis.

    name: the formula of its name; label: the name where it is typed.
    """

    name: str | None
    categories: Source | None
    values: Source | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a sheet (its position in the workbook). anchor: the cell of its top left corner, None: not known."""

    sheet: int
    kind: str
    title: str
    anchor: Cell | None
    series: tuple[Series, ...]


def read_charts(path: str | os.PathLike[str]) -> list[Chart]:
    """The charts of a workbook, sheet by sheet. Parts that are missing or no charts are passed over.

    A part that is referred to twice is read once. Raises UnreadableError where the file is no workbook or a chart's XML
    is damaged.
    """
    with Package(path) as package:
        found: list[Chart] = []
        seen: set[str] = set()
        for index, entry in enumerate(read_workbook(package).sheets):
            for relation in package.relations(entry.part).values() if entry.part else ():
                if relation.kind == "drawing" and not relation.external and relation.target not in seen:
                    seen.add(relation.target)
                    found += _drawing(package, relation.target, index, seen)
        return found


def _drawing(package: Package, part: str, sheet: int, seen: set[str]) -> Iterator[Chart]:
    data = package.get(part)
    if data is None:
        return
    anchors = _anchors(markup.parse(data, part))
    for key, relation in package.relations(part).items():
        if relation.kind != "chart" or relation.external or relation.target in seen:
            continue
        seen.add(relation.target)
        chart = package.get(relation.target)
        if chart is not None:
            yield _chart(markup.parse(chart, relation.target), sheet, anchors.get(key))


def _anchors(root: etree._Element) -> dict[str, Cell]:
    """Relationship id of a chart → the cell at its top left corner."""
    found: dict[str, Cell] = {}
    for anchor in root:
        corner = markup.child(anchor, "from")
        row, col = markup.child(corner, "row"), markup.child(corner, "col")
        for node in anchor.iter():
            if isinstance(node.tag, str) and markup.local(node) == "chart" and row is not None and col is not None:
                key = markup.relation_id(node)
                top, left = whole(row.text or "", -1), whole(col.text or "", -1)
                if key and 0 <= top < MAX_ROW and 0 <= left < MAX_COL:
                    found[key] = (top + 1, left + 1)
    return found


def _chart(root: etree._Element, sheet: int, anchor: Cell | None) -> Chart:
    chart = markup.child(root, "chart")
    area = markup.child(chart, "plotArea")
    groups = [group for group in area if markup.local(group) in _GROUPS] if area is not None else []
    series = [_series(one) for group in groups for one in markup.children(group, "ser")]
    kind = markup.local(groups[0]).removesuffix("Chart") if groups else ""
    return Chart(sheet, kind, _text(markup.child(chart, "title")), anchor, tuple(series))


def _text(title: etree._Element | None) -> str:
    parts = title.iter() if title is not None else ()
    return "".join(node.text or "" for node in parts if isinstance(node.tag, str) and markup.local(node) == "t")


def _series(element: etree._Element) -> Series:
    name, typed = _source(markup.child(element, "tx")), markup.child(markup.child(element, "tx"), "v")
    categories = _axis(element, "cat") or _axis(element, "xVal")
    values = _axis(element, "val") or _axis(element, "yVal")
    return Series(name.formula if name else None, categories, values, (typed.text or "") if typed is not None else "")


def _axis(element: etree._Element, name: str) -> Source | None:
    return _source(markup.child(element, name))


def _source(axis: etree._Element | None) -> Source | None:
    """Of an axis: its reference with the cache, or the typed numbers."""
    if axis is None or not len(axis):
        return None
    holder = axis[0]
    formula = markup.child(holder, "f")
    caches = [one for one in holder if markup.local(one) in ("numCache", "strCache", "multiLvlStrCache")]
    cache = caches[0] if caches else holder
    count = markup.child(cache, "ptCount")
    points: dict[int, float | str] = {}
    for point in markup.children(cache, "pt"):
        value = markup.child(point, "v")
        points[markup.number(point, "idx", 0)] = _number(value.text or "" if value is not None else "")
    text = (formula.text or "").strip() if formula is not None else None
    return Source(text, markup.number(count, "val", 0) if count is not None else 0, points)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
