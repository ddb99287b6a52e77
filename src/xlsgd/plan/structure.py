"""The structure of a book's formulas, whatever its numbers are, and the steps that follow from it.

Workbooks of one structure share their steps; the last few structures are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from ..address import Box
from ..book import Book
from .company import in_company
from .components import components
from .loops import find_loop
from .overlaps import Index
from .precedents import Naming, Reader
from .regions import Programs, Region, Span, regions
from .steps import Step
from .stretches import stretches

KEPT = 16
"""Structures kept in memory."""
LARGEST_KEPT = 2048
"""Vertical runs of the largest structure that is kept."""
MOST_APART = 10_000
"""Cells of regions that are taken apart for the sake of one loop."""


Filled = tuple[int, int, int, Box]
"""Sheet, row and column of a formula that fills more than its own cell, and what it fills."""


class Structure(NamedTuple):
    """All that the steps depend on: what names mean, and the formula cells of each sheet."""

    naming: Naming
    spans: tuple[tuple[Span, ...], ...]


def structure(book: Book, programs: list[Programs]) -> Structure:
    """The structure of a book."""
    return Structure(Naming.of(book), tuple(tuple(one.spans()) for one in programs))


def steps(found: Structure) -> tuple[Step, ...]:
    """The steps of a structure, in an order to calculate."""
    small = sum(map(len, found.spans)) <= LARGEST_KEPT
    return _kept(found) if small else _steps(found)


@lru_cache(maxsize=KEPT)
def _kept(found: Structure) -> tuple[Step, ...]:
    return _steps(found)


def _steps(found: Structure) -> tuple[Step, ...]:
    whole = [region for spans in found.spans for region in regions(spans)]
    filled = [
        (sheet, span.top, span.col, span.fills)
        for sheet, spans in enumerate(found.spans)
        for span in spans
        if span.fills is not None
    ]
    reader = Reader(found.naming)
    groups = _groups(whole, reader, filled)
    apart = _mixed([whole[member] for member in members] for members, _ in groups)
    if apart:
        whole = [piece for region in whole for piece in (_cells(region) if region in apart else [region])]
        groups = _groups(whole, reader, filled)
    arrays = {filling[:3] for filling in filled}
    parts = (
        part
        for members, circular in groups
        for part in stretches(Step(*find_loop([whole[member] for member in members], reader, circular, arrays)))
    )
    return tuple(in_company(parts, reader))


def _groups(whole: list[Region], reader: Reader, filled: list[Filled]) -> list[tuple[list[int], bool]]:
    """The regions (by position) that depend on each other, and whether they do or there is one that does not."""
    graph = _graph(whole, reader, filled)
    found = []
    for group in components(graph):
        members = sorted(node for node in group if node < len(whole))
        if members:
            found.append((members, len(group) > 1 or group[0] in graph[group[0]]))
    return found


def _mixed(groups: Iterable[list[Region]]) -> set[Region]:
    """Regions to be taken apart: of fill-downs and fills to the right that depend on each other the smaller part.

    A row of totals may look circular with the columns between which it stands, although no total is.
    """
    found: set[Region] = set()
    for group in groups:
        tall = [region for region in group if region.box.height > 1]
        wide = [region for region in group if region.box.width > 1]
        if tall and wide:
            fewer = min(tall, wide, key=lambda several: sum(region.size for region in several))
            if sum(region.size for region in fewer) <= MOST_APART:
                found.update(fewer)
    return found


def _cells(region: Region) -> list[Region]:
    return [Region(region.program, Box(*cell, *cell)) for cell in region.cells()]


def _graph(whole: list[Region], reader: Reader, filled: list[Filled]) -> dict[int, list[int]]:
    """For each region (by position) what it reads: other regions, and nodes above several regions.

    Regions that find their cells while they run come last, so that as much as possible is known by then.
    """
    index = Index([(region.program.sheet, region.box) for region in whole], count(len(whole)))
    if filled:
        owners = {(region.program.sheet, *region.box[:2]): place for place, region in enumerate(whole)}
        index.add([(filling[0], filling[3], owners[filling[:3]]) for filling in filled])
    late = [bool(reader.reads(region.program).finds) for region in whole]
    graph: dict[int, list[int]] = {}
    for place in sorted(range(len(whole)), key=late.__getitem__):
        read: dict[int, None] = {}
        for area in reader.areas(whole[place]):
            read.update(dict.fromkeys(index.meet(area)))
        graph[place] = list(read)
    graph.update(index.edges())
    return graph
