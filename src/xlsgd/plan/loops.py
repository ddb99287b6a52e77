"""Loops: regions that depend on each other only through earlier lines, or only through later ones.

A line is a row of fill-downs or a column of fills to the right. What is promised here holds on every line; where that
is not certain there is no loop, and a reason in words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..address import MAX_COL, MAX_ROW, box_name, cell_name
from .components import components
from .precedents import Reader
from .reads import Ends
from .regions import Region

ENDLESS = 1 << 40
PAIRS = 100_000
"""How many pairs of regions are compared at least before a component is given up; 64 more for each of its regions."""


@dataclass(frozen=True, slots=True)
class Loop:
    """How a step is run line by line.

    down: lines are rows (else columns). backward: from the last line to the first.
    """

    down: bool
    backward: bool


class Found(NamedTuple):
    """Regions in the order in which they are calculated within a line, and their loop; or the reason why none."""

    regions: tuple[Region, ...]
    loop: Loop | None
    reason: str = ""


def find_loop(
    regions: Sequence[Region], reader: Reader, circular: bool, arrays: Collection[tuple[int, int, int]]
) -> Found:
    """The loop of a component.

    circular: its regions depend on each other, or its one region on itself. arrays: sheet, row and column of the
    formulas that fill further cells.
    """
    reason = _unfit(regions, reader) or (_fills(regions, arrays) if circular else "")
    if reason:
        return Found(tuple(regions), None, reason)
    if not circular:
        return Found(tuple(regions), Loop(regions[0].box.width == 1, False))
    failed = ""
    for down in (True, False):
        if all((region.box.width if down else region.box.height) == 1 for region in regions):
            found = _Lines(regions, reader, down).find()
            if found.loop is not None:
                return found
            failed = failed or found.reason
    return Found(tuple(regions), None, failed or _mixed(regions))


def _unfit(regions: Sequence[Region], reader: Reader) -> str:
    for region in regions:
        if region.program.tree is None:
            return f"formula not understood: {region.program.problem}"
        finds = reader.reads(region.program).finds
        if finds:
            return finds
    return ""


def _fills(regions: Sequence[Region], arrays: Collection[tuple[int, int, int]]) -> str:
    filling = [region for region in regions if (region.program.sheet, region.box.top, region.box.left) in arrays]
    return f"the array formula in {box_name(filling[0].box)} fills further cells" if filling else ""


def _mixed(regions: Sequence[Region]) -> str:
    tall = next(region for region in regions if region.box.height > 1)
    wide = next(region for region in regions if region.box.width > 1)
    return f"{box_name(tall.box)}, filled down, and {box_name(wide.box)}, filled to the right, depend on each other"


class _Member(NamedTuple):
    """A region by its sheet, its lane (the column of a fill-down), its first and last line and its place."""

    sheet: int
    lane: int
    first: int
    last: int
    place: int


def _member(region: Region, down: bool, place: int) -> _Member:
    top, left, bottom, right = region.box
    lines = (left, top, bottom) if down else (top, left, right)
    return _Member(region.program.sheet, *lines, place)


class _Lines:
    """The search for one component's loop along one axis. ``later`` and ``earlier``: a cell that reads such a line."""

    def __init__(self, regions: Sequence[Region], reader: Reader, down: bool) -> None:
        self.regions, self.reader, self.down = regions, reader, down
        self.members = [_member(region, down, place) for place, region in enumerate(regions)]
        self.lanes: dict[int, dict[int, list[_Member]]] = {}
        for member in sorted(self.members):
            self.lanes.setdefault(member.sheet, {}).setdefault(member.lane, []).append(member)
        self.left = PAIRS + 64 * len(regions)
        self.later = self.earlier = ""
        self.same: dict[int, list[int]] = {place: [] for place in range(len(regions))}

    def find(self) -> Found:
        reason = self._compare()
        if not reason:
            groups = components(self.same)
            order = tuple(self.regions[group[0]] for group in groups)
            circle = next((group for group in groups if len(group) > 1), None)
            if circle is None:
                return Found(order, Loop(self.down, bool(self.later)))
            reason = f"within a {self._line} {self._names(circle)} depend on each other"
        return Found(tuple(self.regions), None, reason)

    @property
    def _line(self) -> str:
        return "row" if self.down else "column"

    def _names(self, places: Sequence[int]) -> str:
        names = [box_name(self.regions[place].box) for place in sorted(places)]
        return ", ".join(names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"])

    def _compare(self) -> str:
        """Note how every region reads every other one; the reason why there can be no loop, if there is one."""
        for reader, region in zip(self.members, self.regions, strict=True):
            for read in self.reader.reads(region.program).reads:
                ends, across = (read.rows, read.cols) if self.down else (read.cols, read.rows)
                limits = (MAX_ROW, MAX_COL) if self.down else (MAX_COL, MAX_ROW)
                lanes = across.reach(reader.lane, reader.lane, limits[1])
                lines = ends.reach(reader.first, reader.last, limits[0])
                wraps = ends.wraps(reader.first, reader.last, limits[0])
                for sheet in read.sheets:
                    for other in self._met(sheet, lanes, lines):
                        self.left -= 1
                        reason = self._limit(wraps, reader) or self._pair(ends, reader, other)
                        if reason:
                            return reason
        return ""

    def _met(self, sheet: int, lanes: tuple[int, int], lines: tuple[int, int]) -> Iterator[_Member]:
        """The members that a rectangle meets."""
        known = self.lanes.get(sheet, {})
        few = lanes[1] - lanes[0] < len(known)
        for lane in range(lanes[0], lanes[1] + 1) if few else known:
            if lanes[0] <= lane <= lanes[1] and lane in known:
                several = known[lane]
                start = bisect_left(several, lines[0], key=lambda member: member.last)
                end = bisect_right(several, lines[1], key=lambda member: member.first)
                yield from several[start:end]

    def _limit(self, wraps: bool, reader: _Member) -> str:
        if wraps:
            return f"a reference in {self._cell(reader, reader.first)} wraps around the edge of the grid"
        return f"{len(self.regions):,} regions depend on each other in too many ways" if self.left < 0 else ""

    def _pair(self, ends: Ends, reader: _Member, other: _Member) -> str:
        if not self.later and (line := later(ends, reader, other)):
            self.later = self._cell(reader, line)
        if not self.earlier and (line := earlier(ends, reader, other)):
            self.earlier = self._cell(reader, line)
        if self.later and self.earlier:
            return f"{self.later} reads a later {self._line} and {self.earlier} an earlier one"
        if line := same(ends, reader, other):
            if reader is other:
                return f"{self._cell(reader, line)} reads itself"
            self.same[reader.place].append(other.place)
        return ""

    def _cell(self, member: _Member, line: int) -> str:
        return cell_name(line, member.lane) if self.down else cell_name(member.lane, line)


def later(ends: Ends, reader: _Member, other: _Member) -> int:
    """The first line on which a region reads a later line of another (or of itself); 0 where there is none.

    What is read on line x lies from the smaller to the larger of two ends, each fixed or at x plus an offset. All
    conditions on x are half-lines, because both ends never move against x.
    """
    low, high = _reading(ends, reader, other)
    beyond = [(f - 1 if fixed else ENDLESS if f >= 1 else -ENDLESS) for f, fixed in _each(ends)]
    high = min(high, other.last - 1, max(beyond))
    return low if low <= high else 0


def earlier(ends: Ends, reader: _Member, other: _Member) -> int:
    """The first line on which a region reads an earlier line of another (or of itself); 0 where there is none."""
    low, high = _reading(ends, reader, other)
    before = [(f + 1 if fixed else -ENDLESS if f <= -1 else ENDLESS) for f, fixed in _each(ends)]
    low = max(low, other.first + 1, min(before))
    return low if low <= high else 0


def same(ends: Ends, reader: _Member, other: _Member) -> int:
    """The first line on which a region reads the same line of another (or of itself); 0 where there is none."""
    lows = [(f if fixed else -ENDLESS if f <= 0 else ENDLESS) for f, fixed in _each(ends)]
    highs = [(f if fixed else ENDLESS if f >= 0 else -ENDLESS) for f, fixed in _each(ends)]
    low = max(reader.first, other.first, min(lows))
    return low if low <= min(reader.last, other.last, max(highs)) else 0


def _reading(ends: Ends, reader: _Member, other: _Member) -> tuple[int, int]:
    """The lines on which a region reads any line of another."""
    lows = [((-ENDLESS if f >= other.first else ENDLESS) if fixed else other.first - f) for f, fixed in _each(ends)]
    highs = [((ENDLESS if f <= other.last else -ENDLESS) if fixed else other.last - f) for f, fixed in _each(ends)]
    return max(reader.first, min(lows)), min(reader.last, max(highs))


def _each(ends: Ends) -> tuple[tuple[int, bool], tuple[int, bool]]:
    return (ends.first, ends.first_fixed), (ends.last, ends.last_fixed)
