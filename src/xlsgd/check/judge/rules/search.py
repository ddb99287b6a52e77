"""A training that does not fit together, with what of it is known: where a wrong column is looked for."""

from __future__ import annotations

from dataclasses import dataclass

from ....formula.nodes import Node, Ref
from ...findings import Place
from ...understand.assemble import Findings
from ...understand.supposing import Supposing
from ..ground.case import Case
from .odd import Odd

FORWARD = frozenset({"prediction", "hidden", "error", "residual", "input", "target"})


@dataclass(slots=True)
class Search:
    """A training that does not fit together. odd: what does not; weights: how many of them are known so far."""

    case: Case
    home: Supposing
    base: Findings | None
    odd: list[Odd]

    @property
    def trees(self) -> dict[int, Node]:
        """The formula of each track."""
        tracks = self.home.candidate.tracks.values()
        return {one.number: one.program.tree for one in tracks if one.program is not None and one.program.tree}

    @property
    def across(self) -> bool:
        return self.home.view.across

    def places(self, track: int) -> list[Place]:
        """The cells that have a track's formula."""
        view, candidate, desk = self.home.view, self.home.candidate, self.case.desk
        program = candidate.tracks[track].program
        places = [(view.sheet, *view.place(line, track)) for line in range(candidate.first, candidate.last + 2)]
        return [place for place in places if desk.program(place) is program] or places[:1]


def weights_of(search: Search) -> list[int]:
    """The tracks of the weights that are known."""
    return list(search.base.roles.model.weights) if search.base is not None else []


def is_forward(search: Search, track: int) -> bool:
    """Whether a track leads from the data to the error."""
    given = search.base.roles.found.get(track) if search.base is not None else None
    return given is not None and given.role in FORWARD


def is_back(ref: Ref, across: bool) -> bool:
    """Whether a reference goes to an earlier line."""
    fixed, offset = (ref.first.col_fixed, ref.first.col) if across else (ref.first.row_fixed, ref.first.row)
    return not fixed and offset < 0


def is_moving(ref: Ref) -> bool:
    """Whether a reference goes along with its formula."""
    return not (ref.first.row_fixed and ref.first.col_fixed)
