"""What a step does: the tracks of a candidate, expanded to expressions of what the step starts from.

Every way from a track back to itself passes an earlier line. A few tracks (*cuts*) are chosen so that all these ways
are cut; expanded, a track reads cuts, data and settings only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from .candidates import Candidate
from .expressions import Expr, Terms


@dataclass(slots=True)
class Dynamics:
    """The tracks of a candidate as expressions.

    own: each track's expression as written. live: tracks that depend on the core; the others are data. cuts: see
    above. full: each live track (of a cut: what its formula makes of the line before) expanded to cuts and data.
    known: what tracks read, as far as it was asked for. like: others of nearly the same tracks, from which is taken
    what is the same.
    """

    sheet: int
    terms: Terms
    candidate: Candidate
    own: dict[int, Expr]
    live: set[int] = field(default_factory=set)
    cuts: set[int] = field(default_factory=set)
    full: dict[int, Expr] = field(default_factory=dict)
    known: dict[int, frozenset[int]] = field(default_factory=dict)
    like: Dynamics | None = None

    @classmethod
    def of(cls, sheet: int, terms: Terms, candidate: Candidate, like: Dynamics | None = None) -> Dynamics | None:
        """The dynamics of a candidate; None where its tracks go round in circles within one line."""
        own = {number: track.expr for number, track in candidate.tracks.items() if track.expr is not None}
        found = cls(sheet, terms, candidate, own, like=like)
        core = {track for track in candidate.core if track in own}
        found.live = found._readers_of(core)
        found._take_copies()
        found.cuts = found._cut(core)
        try:
            found._expand()
        except CycleError:
            return None
        return found

    def _take_copies(self) -> None:
        """Read data from the columns that repeat them here, not from where these take them: the cells hold the same."""
        given: dict[Expr, Expr] = {}
        for track, expr in self.own.items():
            source = self.track(expr)
            if track not in self.live and source is not None and source not in self.live and expr.key[2] == 0:
                for offset in (-1, 0, 1):
                    given.setdefault(self.cell(source, offset), self.cell(track, offset))
        if given:
            for track in self.live & set(self.own):
                self.own[track] = self.terms.substitute(self.own[track], given)
            self.known.clear()

    def cells(self, expr: Expr) -> Iterable[tuple[int, int]]:
        """Track and offset of the cells of this sheet that an expression reads."""
        return self.terms.cells(expr, self.sheet)

    def track(self, leaf: Expr) -> int | None:
        """The track of a cell of this sheet; None for all other leaves."""
        if leaf.op != "cell":
            return None
        sheet, track, _ = leaf.key
        return int(track) if sheet == self.sheet else None

    def level(self, leaf: Expr) -> int:
        """The offset at which a cell's track is of the line's own step: 0; on another sheet what most formulas say."""
        sheet, track, offset = leaf.key
        if sheet == self.sheet:
            return 0
        said: Counter[int] = Counter()
        for number in self.live - self.cuts:
            for other in self.terms.leaves(self.own[number]):
                if other.op == "cell" and other.key[:2] == (sheet, track):
                    said[other.key[2]] += 1
        return said.most_common(1)[0][0] if said else int(offset)

    def is_live(self, leaf: Expr) -> bool:
        """Whether a leaf is a cell that depends on the training."""
        return self.track(leaf) in self.live

    def is_data(self, leaf: Expr) -> bool:
        """Whether a leaf is of data: other from line to line, or many at once, and independent of the training."""
        return leaf.op == "area" or (leaf.op == "cell" and not self.is_live(leaf))

    def cell(self, track: int, offset: int) -> Expr:
        return self.terms.cell(self.sheet, track, offset)

    def reads(self, track: int) -> frozenset[int]:
        """The tracks that a track's formula reads, on any line."""
        if track not in self.known:
            own = self.own.get(track)
            self.known[track] = frozenset() if own is None else frozenset(self._single(track) | self.gathered(own))
        return self.known[track]

    def _single(self, track: int) -> set[int]:
        """The tracks of which a track's formula reads single cells."""
        return {other for other, _ in self.cells(self.own[track])} if track in self.own else set()

    def gathered(self, expr: Expr) -> set[int]:
        """The tracks of which an expression adds up several lines at once, such as those of a batch."""
        return {track for sheet, track in self.terms.batches(expr) if sheet == self.sheet}

    def gathered_before(self, expr: Expr) -> set[int]:
        """The same, up to the line before, as a weight does that takes over a batch's derivatives."""
        return {track for sheet, track in self.terms.batches(expr, -1) if sheet == self.sheet} | self.gathered(expr)

    def expanded(self, expr: Expr, keep: Iterable[int] = ()) -> Expr:
        """An expression with its live cells expanded; cuts and the tracks to ``keep`` stay."""
        given: dict[Expr, Expr] = {}
        kept = self.cuts.union(keep)
        for track, offset in self.cells(expr):
            if track in self.full and track not in kept:
                given[self.cell(track, offset)] = self.terms.shift(self.full[track], offset)
        return self.terms.substitute(expr, given)

    def unrolled(self, expr: Expr, keep: Iterable[int], old: Expr, given: Mapping[Expr, Expr]) -> Expr:
        """An expression expanded down to cuts, data and the tracks to ``keep``; ``given``: new values of cuts."""
        kept = set(keep) | self.cuts
        for _ in range(len(self.own) + 1):
            replace: dict[Expr, Expr] = {}
            for track, offset in self.cells(expr):
                cell = self.cell(track, offset)
                if cell in given and cell is not old:
                    replace[cell] = given[cell]
                elif track in self.live and track not in kept:
                    replace[cell] = self.terms.shift(self.own[track], offset)
            if not replace:
                break
            expr = self.terms.substitute(expr, replace)
        return expr

    def is_copy(self, track: int) -> bool:
        """Whether a track takes over a cell of an earlier line as it is (or a start, on some line)."""
        return self.copied(track) is not None

    def copied(self, track: int) -> tuple[int, int] | None:
        """The track and offset that a track takes over as it is."""
        expr = self.own[track]
        for branch in expr.args[1:] if expr.op == "if" else (expr,):
            if branch.op == "cell":
                sheet, other, offset = branch.key
                if sheet == self.sheet and offset < 0:
                    return other, offset
        return None

    def _readers_of(self, core: set[int]) -> set[int]:
        live = set(core)
        reads = {track: self.reads(track) for track in self.own}
        grown = True
        while grown:
            more = {track for track, others in reads.items() if track not in live and others & live}
            live |= more
            grown = bool(more)
        return live

    def _cut(self, core: set[int]) -> set[int]:
        """As few tracks as are needed, copies and those that read themselves first."""
        back = {track for track in self.live if any(o < 0 and t in self.live for t, o in self.cells(self.own[track]))}
        cuts = set(back)

        def worth(track: int) -> tuple[bool, bool, int]:
            itself = track in self.reads(track)
            return itself, self.is_copy(track) and track in core, track

        for track in sorted(back, key=worth):
            if track not in self.reads(track) and self._acyclic(cuts - {track}):
                cuts.discard(track)
        return cuts

    def _acyclic(self, cuts: set[int]) -> bool:
        graph = {track: self._single(track) & self.live - cuts for track in self.live - cuts}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError:
            return False
        return True

    def _expand(self) -> None:
        graph = {track: self._single(track) & self.live - self.cuts for track in self.live - self.cuts}
        like = self.like if self.like is not None and self.like.cuts == self.cuts else None
        for track in (*TopologicalSorter(graph).static_order(), *self.cuts):
            same = like is not None and like.own.get(track) is self.own[track] and track in like.full
            if (
                like is not None
                and same
                and all(self.full.get(one) is like.full.get(one) for one in self._inner(track))
            ):
                self.full[track] = like.full[track]
            else:
                self.full[track] = self.expanded(self.own[track])

    def _inner(self, track: int) -> set[int]:
        """The tracks of which a track's formula reads single cells, cuts left out."""
        return self._single(track) - self.cuts

    def next_of(self, track: int, shift: int) -> Expr:
        """What a cut is ``shift`` lines on, expanded."""
        return self.terms.shift(self.full[track], shift)
