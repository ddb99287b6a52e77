"""The one column that, with another formula, would make a training fit together: named as the mistake.

Whatever a wrong column does to how the rest is understood, here the rest is understood anew with each formula that the
column might have been meant to have; the likeliest slips are tried first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...address import Box, box_name
from ...formula.nodes import NameRef, Ref
from ..findings import Finding
from ..understand.assemble import Findings
from ..understand.base import Block
from ..understand.supposing import supposing, unrecognised
from .case import Case, formula_text
from .edits import Edit
from .guesses import RULES, Search, candidates
from .health import Odd, at_ease, descends, oddities, slopes_fit
from .trees import same_shape

MAX_TRIED = 300
AFTER, BEYOND, TURNED = 90, 0.25, 0.6
"""How many more formulas are tried, and how much bigger the change may be, once one fits but has no name.

TURNED: where only a sign is wrong, in a derivative or in what it is the derivative of.
"""


def suspects(case: Case) -> Iterator[Finding]:
    """One finding a training."""
    for block in case.blocks:
        odd = oddities(block.details) if block.details is not None else []
        home = supposing(case.desk.plan, block) if odd and not _own_rule(block, odd) else None
        if home is not None:
            found = list(_searched(Search(case, home, block.details, odd)))
            explained(case).update({id(block)} if found else ())
            yield from found
    for sheet in range(len(case.desk.book.sheets)):
        if not any(block.sheet == sheet for block in case.blocks):
            for home in unrecognised(case.desk.plan, sheet):
                yield from _searched(Search(case, home, None, []))


def _own_rule(block: Block, odd: list[Odd]) -> bool:
    """Whether all weights go by a rule that is not known, from right derivatives: then it may well be meant."""
    weights = block.details.roles.model.weights if block.details is not None else {}
    ruled = {one.track for one in odd if one.what == "rule"}
    return len(ruled) == len(odd) == len(weights) > 1


def explained(case: Case) -> set[int]:
    """The blocks (by their ids) for which one wrong column explains all that does not fit."""
    known = case.kept.setdefault("explained", set())
    assert isinstance(known, set)
    return known


def _searched(search: Search) -> Iterator[Finding]:
    best = _best(search)
    if best is not None:
        yield _finding(search, *best)


def _best(search: Search) -> tuple[int, Edit] | None:
    """The likeliest change with which all fits together; of several nearly as likely ones that of a known variant."""
    tried: set[tuple[int, int]] = set()
    first: tuple[float, int, Edit] | None = None
    most = MAX_TRIED
    doubted = {one.track for one in search.odd if one.what in RULES}
    turned = any(one.ratio is not None and one.ratio < 0 for one in search.odd)
    for cost, track, edit in candidates(search):
        expr = search.home.expression(track, edit.tree)
        if (track, expr.id) in tried:
            continue
        tried.add((track, expr.id))
        if len(tried) > most or (first is not None and cost > first[0] + (TURNED if turned else BEYOND)):
            break
        found = search.home.understood({track: edit.tree}, (slopes_fit, at_ease), descends, doubted)
        if found is None or not _fits(search, found):
            continue
        if found.model is not None and found.optimizer is not None:
            return track, edit
        if first is None:
            first, most = (cost, track, edit), len(tried) + AFTER
    return first[1:] if first is not None else None


def _fits(search: Search, found: Findings) -> bool:
    """Whether all fits together, and no less is understood than before."""
    if oddities(found):
        return False
    base, weights = search.base, found.roles.model.weights
    held = sum(one.held for one in base.roles.model.weights.values()) if base is not None else 0
    if sum(one.held for one in weights.values()) > held:
        return False
    if base is None:
        return bool(found.roles.model.outputs) and found.optimizer is not None and len(found.rules) == len(weights)
    if len(weights) < len(base.roles.model.weights) or len(found.rules) < len(base.rules):
        return False
    if len(found.roles.of_role("error")) < min(1, len(base.roles.of_role("error"))):
        return False
    return not (base.model and found.model is None) and not (base.optimizer and found.optimizer is None)


def _finding(search: Search, track: int, edit: Edit) -> Finding:
    places = search.places(track)
    place, last = places[0], places[-1]
    name = search.home.titles[track] or "this column"
    run = box_name(Box(place[1], place[2], last[1], last[2]))
    own, wanted = search.case.desk.text(place) or "", formula_text(edit.tree, place)
    words = edit.words or f"{own[1:]} stands where {wanted[1:]} belongs, as in the columns made like it"
    words = f"{name} ({run}): {words}; so the training fits together"
    value = search.case.desk.evaluate(edit.tree, place)
    role = search.base.roles.found[track].role if search.base and track in search.base.roles.found else None
    found = search.case.finding(edit.kind, place, words, expected=wanted, wanted=value, run=run, role=role)
    return replace(found, kind=_kind(search, track, edit, found.kind))


def _kind(search: Search, track: int, edit: Edit, kind: str) -> str:
    spots = same_shape(search.trees[track], edit.tree)
    plain = spots and all(isinstance(a, Ref | NameRef) and isinstance(b, Ref | NameRef) for _, a, b in spots)
    return "reference" if plain else kind if spots is None else "formula"
