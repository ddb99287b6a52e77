"""Where a sheet may train: runs of lines whose tracks depend on each other through earlier lines.

Works on stripes (cells of a track with one formula), so that the cost does not grow with the lines. A wrong cell cuts
a stripe's runs, not the stripe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...plan import Program
from ...plan.components import components
from .convert import Converter
from .expressions import Expr, batches
from .view import Stripe, View

MIN_LINES = 3
MAX_STRIPES = 4000


@dataclass(slots=True)
class Track:
    """A track of a candidate: its main formula (None: constants) and that formula's expression."""

    number: int
    program: Program | None
    expr: Expr | None


@dataclass(slots=True)
class Candidate:
    """Lines that may train. ``core``: the tracks that depend on each other; ``tracks``: all that belong to them."""

    first: int
    last: int
    core: set[int]
    tracks: dict[int, Track] = field(default_factory=dict)


def candidates(view: View, convert: Converter) -> list[Candidate]:
    """The candidates of a sheet, from top to bottom and from left to right."""
    stripes = [stripe for stripe in view.stripes if stripe.count >= MIN_LINES]
    if not stripes or len(stripes) > MAX_STRIPES:
        return []
    graph = _Graph(view, convert, stripes)
    if not graph.goes_back:
        return []
    found = []
    for core in graph.cores():
        for first, last in graph.lines(core):
            found.append(
                Candidate(first, last, {stripes[index].track for index in core}, graph.tracks(core, first, last))
            )
    return sorted(found, key=lambda one: (one.first, min(one.core)))


class _Graph:
    """Which stripe reads which, and how many lines before."""

    def __init__(self, view: View, convert: Converter, stripes: list[Stripe]) -> None:
        self.view, self.stripes = view, stripes
        self.exprs = [convert.expression(one.program, one.track, one.hull[0]) for one in stripes]
        self.on_track: dict[int, list[int]] = {}
        for index, stripe in enumerate(stripes):
            self.on_track.setdefault(stripe.track, []).append(index)
        self.reads: list[dict[int, set[int]]] = []  # of each stripe: track → offsets
        for expr in self.exprs:
            own: dict[int, set[int]] = {}
            for leaf in convert.terms.leaves(expr):
                if leaf.op == "cell" and leaf.key[0] == view.sheet:
                    _, track, offset = leaf.key
                    own.setdefault(track, set()).add(offset)
            for sheet, track in batches(expr):
                if sheet == view.sheet:
                    own.setdefault(track, set()).add(0)
            self.reads.append(own)
        self.goes_back = any(offset < 0 for own in self.reads for offsets in own.values() for offset in offsets)
        self.edges = {index: self._edges(index) for index in range(len(stripes))}
        self.back: dict[int, list[int]] = {}
        for index, others in self.edges.items():
            for other in others:
                self.back.setdefault(other, []).append(index)

    def _edges(self, index: int) -> list[int]:
        low, high = self.stripes[index].hull
        found: set[int] = set()
        for track, offsets in self.reads[index].items():
            for offset in offsets:
                if offset <= 0:
                    found.update(
                        other for other in self.on_track.get(track, ()) if self._meets(other, low, high, offset)
                    )
        return sorted(found)

    def _meets(self, other: int, low: int, high: int, offset: int) -> bool:
        first, last = self.stripes[other].hull
        return first <= high + offset and low + offset <= last

    def cores(self) -> list[list[int]]:
        """The components that depend on themselves through an earlier line."""
        found = []
        for group in components(self.edges):
            tracks = {self.stripes[index].track for index in group}
            earlier = any(
                offset < 0 for index in group for track in tracks for offset in self.reads[index].get(track, ())
            )
            if earlier and (len(group) > 1 or group[0] in self.edges[group[0]]):
                found.append(group)
        return found

    def family(self, core: Iterable[int]) -> set[int]:
        """A core with what it reads and what reads it, other cores' ways left out."""
        above = _closure(core, self.edges)
        below = _closure(core, self.back)
        return above | below | _closure(below, self.edges)

    def lines(self, core: list[int]) -> list[tuple[int, int]]:
        """The runs of lines on which most tracks around a core have a formula or a number."""
        low = min(self.stripes[index].hull[0] for index in core)
        high = max(self.stripes[index].hull[1] for index in core)
        family = [index for index in self.family(core) if self._meets(index, low, high, 0)]
        tracks = {self.stripes[index].track for index in family}
        for index in core:
            tracks.update(track for track, offsets in self.reads[index].items() if offsets & {0, -1})
        alive = self._alive(tracks, family, low, high)
        runs: list[tuple[int, int]] = []
        for line in alive:
            if runs and runs[-1][1] + 1 == line:
                runs[-1] = (runs[-1][0], line)
            else:
                runs.append((line, line))
        kept = []
        for first, last in runs:
            inside = max(self.stripes[index].within(first, last) for index in core)
            if inside >= MIN_LINES:
                kept.append((first, last))
        return kept

    def _alive(self, tracks: set[int], family: list[int], low: int, high: int) -> list[int]:
        full: dict[int, int] = {}
        for track in tracks:
            pieces = sorted(
                (max(low, lo), min(high, hi))
                for index in self.on_track.get(track, ())
                for lo, hi in self.stripes[index].runs
                if lo <= high and hi >= low
            )
            at = low
            for lo, hi in pieces:
                for line in range(at, lo):
                    full[line] = full.get(line, 0) + self.view.filled(line, track)
                full[lo] = full.get(lo, 0)
                for line in range(lo, hi + 1):
                    full[line] = full.get(line, 0) + 1
                at = hi + 1
            for line in range(at, high + 1):
                full[line] = full.get(line, 0) + self.view.filled(line, track)
        return [line for line in range(low, high + 1) if 2 * full.get(line, 0) > len(tracks)]

    def tracks(self, core: list[int], first: int, last: int) -> dict[int, Track]:
        """The tracks around a core with the formula that most of their lines have."""
        numbers = {self.stripes[index].track for index in self.family(core) if self._meets(index, first, last, 0)}
        for index in self.family(core):
            numbers.update(self.reads[index])
        found = {}
        for number in sorted(numbers):
            found[number] = self.track(number, first, last)
        return found

    def track(self, number: int, first: int, last: int) -> Track:
        """A track with the formula that most of its lines have."""
        best = max(
            self.on_track.get(number, ()),
            key=lambda index: self.stripes[index].within(first, last),
            default=None,
        )
        if best is None or 2 * self.stripes[best].within(first, last) < min(last - first + 1, 6):
            return Track(number, None, None)
        return Track(number, self.stripes[best].program, self.exprs[best])


def _closure(start: Iterable[int], edges: dict[int, list[int]]) -> set[int]:
    found = set(start)
    stack = list(found)
    while stack:
        for other in edges.get(stack.pop(), ()):
            if other not in found:
                found.add(other)
                stack.append(other)
    return found
