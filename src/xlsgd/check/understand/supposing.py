"""What a training would be if one of its columns had another formula: understood again, quickly.

All that is worked out is shared between the attempts: expressions, and the numbers that they are tried on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from ...engine.links import Links
from ...formula.nodes import Node
from ...plan import Plan, Program
from ...plan.components import components
from .assemble import Findings
from .base import Block
from .candidates import Candidate, Track, candidates
from .convert import Converter
from .dynamics import Dynamics
from .expressions import Expr, Terms
from .headings import Headings, headings
from .residuals import outputs
from .role_finder import find_roles
from .roles import Roles
from .rules import Rule
from .sampling import Samples
from .steps import step_model
from .understanding import findings, trains
from .view import View, regions_by_sheet, view_down
from .words import says, telling


@dataclass(slots=True)
class Supposing:
    """Lines of a sheet that train, or look as if they should.

    base: what they do as they stand; known: programs of other formulas, by their trees.
    """

    view: View
    links: Links
    convert: Converter
    candidate: Candidate
    titles: Headings
    samples: Samples
    base: Dynamics | None = None
    known: dict[tuple[int, Node], Program] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        return self.convert.terms

    def understood(
        self,
        trees: dict[int, Node] | None = None,
        fits: Sequence[Callable[[Roles], bool]] = (),
        good: Callable[[Roles, int, Rule], bool] | None = None,
        doubted: Collection[int] = (),
    ) -> Findings | None:
        """What the training is with other formulas on some tracks; None where it is none.

        Nor where derivatives or roles do not fit (as ``find_roles`` asks), or a weight's rule is not good (those at the
        doubted tracks are looked at first).
        """
        candidate = self._candidate(trees or {})
        if not candidate.core:
            return None
        dynamics = Dynamics.of(self.view.sheet, self.terms, candidate, self.base)
        if dynamics is None:
            return None
        samples = self.samples.drawing({(self.view.sheet, track) for track in dynamics.cuts})
        model = step_model(dynamics, outputs(dynamics, samples))
        if model is None:
            return None
        roles = find_roles(model, samples, self.titles, fits)
        if roles is None or not trains(self.view, roles):
            return None
        return findings(self.view, self.links, roles, good, doubted)

    def reads(self, track: int) -> set[int]:
        """The tracks that a track's formula reads."""
        return {other for other, _ in self._cells(track)}

    def behind(self, track: int) -> set[int]:
        """The tracks that hang on a track within a line: it cannot read them."""
        found, stack = {track}, [track]
        readers = {number: {at for at, by in self._cells(number) if by == 0} for number in self.candidate.tracks}
        while stack:
            at = stack.pop()
            more = {number for number, read in readers.items() if at in read and number not in found}
            found |= more
            stack += more
        return found - {track}

    def _cells(self, track: int) -> set[tuple[int, int]]:
        """Track and offset of the cells that a track's formula reads on its own sheet."""
        expr = self.candidate.tracks[track].expr if track in self.candidate.tracks else None
        leaves = self.terms.leaves(expr) if expr is not None else ()
        return {leaf.key[1:] for leaf in leaves if leaf.op == "cell" and leaf.key[0] == self.view.sheet}

    def expression(self, track: int, tree: Node) -> Expr:
        """A formula as it reads on a track."""
        own = self.candidate.tracks[track].program
        assert own is not None
        program = self.known.get((track, tree))
        if program is None:
            program = self.known[track, tree] = replace(own, tree=tree)
        return self.convert.expression(program, track, self.candidate.first)

    def _candidate(self, trees: dict[int, Node]) -> Candidate:
        tracks = dict(self.candidate.tracks)
        for number, tree in trees.items():
            expr = self.expression(number, tree)
            tracks[number] = Track(number, self.known[number, tree], expr)
        return Candidate(self.candidate.first, self.candidate.last, _core(self.view.sheet, self.terms, tracks), tracks)


def _core(sheet: int, terms: Terms, tracks: dict[int, Track]) -> set[int]:
    """The largest group of tracks that depend on each other through an earlier line."""
    reads: dict[int, dict[int, set[int]]] = {}
    for number, track in tracks.items():
        own: dict[int, set[int]] = {}
        for other, offset in terms.cells(track.expr, sheet) if track.expr is not None else ():
            if offset <= 0:
                own.setdefault(other, set()).add(offset)
        for at, other in terms.batches(track.expr) if track.expr is not None else ():
            if at == sheet:
                own.setdefault(other, set()).add(0)
        reads[number] = own
    edges = {number: sorted(set(own) & set(tracks)) for number, own in reads.items()}
    found: set[int] = set()
    for group in components(edges):
        back = any(offset < 0 for one in group for other in group for offset in reads[one].get(other, ()))
        if back and len(group) > len(found):
            found = set(group)
    return found


def supposing(plan: Plan, block: Block) -> Supposing | None:
    """What may be supposed of a block."""
    if block.details is None:
        return None
    roles, view = block.details.roles, block.details.view
    links = Links.of(plan.book)
    convert = Converter(view, roles.dynamics.terms, links)
    candidate = roles.dynamics.candidate
    samples = Samples.of(view, candidate.first, candidate.last)
    samples.shared = {}
    return Supposing(view, links, convert, candidate, roles.headings, samples, roles.dynamics)


def _overlap(one: Candidate, two: Candidate) -> bool:
    return one.first <= two.last and two.first <= one.last and bool(one.tracks.keys() & two.tracks.keys())


def unrecognised(plan: Plan, sheet: int, beside: bool = False, least: int = 3) -> list[Supposing]:
    """What looks like a training by its headings and by how it goes on from row to row, and is none as it stands.

    beside: another training stands on the sheet, so that less says that this is meant to be one.
    """
    found: list[Supposing] = []
    regions = regions_by_sheet(plan)[sheet]
    if not regions:
        return found
    view, links = view_down(plan, sheet, regions), Links.of(plan.book)
    convert = Converter(view, Terms(), links)
    for candidate in sorted(candidates(view, convert), key=lambda one: -len(one.tracks)):
        titles = headings(view, candidate.first, sorted(candidate.tracks))
        words = telling([titles[track] for track in candidate.tracks])
        words = least if beside and any(says(titles[track], "error") for track in candidate.tracks) else words
        taken = any(_overlap(one.candidate, candidate) for one in found)
        if words >= least and not taken:
            samples = Samples.of(view, candidate.first, candidate.last)
            samples.shared = {}
            found.append(Supposing(view, links, convert, candidate, titles, samples))
    return found
