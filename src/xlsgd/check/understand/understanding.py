"""Understanding a workbook: where it trains, and what every column there is."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection
from itertools import islice

from ...address import Box
from ...book import Book
from ...engine import Values, get_engine
from ...engine.links import Links
from ...plan import Plan, Region
from ...plan.precedents import Reader
from .assemble import Findings, block_of, overridden
from .base import Block, Overrides, Place
from .candidates import Candidate, candidates
from .convert import Converter
from .dynamics import Dynamics
from .expressions import Terms
from .headings import headings, label
from .models import find_model
from .naming import form, vote
from .residuals import outputs
from .role_finder import find_roles
from .roles import Roles
from .roots import Roots
from .rules import Rule, find_rule
from .sampling import Samples
from .settings import settings_of
from .steps import StepModel, step_model
from .view import View, regions_by_sheet, view_across, view_down
from .words import says, telling

NOTHING = Overrides()


def understand(
    book: Book, plan: Plan, overrides: Overrides = NOTHING, values: Values | None = None, calculated: bool = False
) -> list[Block]:
    """The blocks of a book that train, sheet by sheet, from top to bottom and from left to right.

    values: of a calculation of the book, if there is one; it is wanted (and made) only where the file has none.
    calculated: the book's values are from a calculation already, so that zeros everywhere are its results.
    """
    links = Links.of(book)
    if calculated or not _uncalculated(book):
        values = None
    elif values is None:
        values = get_engine("scalar").run(plan)
    blocks: list[Block] = []
    for sheet, regions in enumerate(regions_by_sheet(plan)):
        if not regions:
            continue
        found = _of_view(view_down(plan, sheet, regions, values), links)
        if not found:
            found = _of_view(view_across(plan, sheet, values), links)
        blocks += [overridden(block, overrides, book.sheets[sheet].name) for block in found]
    return [_continued(book, plan, block, blocks) for block in blocks]


def _uncalculated(book: Book) -> bool:
    """Whether a file was saved without values: none at all, or 0 everywhere, as scripts do."""
    for sheet in book.sheets:
        if any(value not in (0.0, None) for value in islice(sheet.cached.values(), 1000)):
            return False
    return any(sheet.formulas for sheet in book.sheets)


def _of_view(view: View, links: Links) -> list[Block]:
    terms = Terms()
    convert = Converter(view, terms, links)
    found: list[tuple[Candidate, Block]] = []
    for candidate in sorted(candidates(view, convert), key=lambda one: -len(one.core)):
        if any(_inside(candidate, other, block) for other, block in found):
            continue
        block = _block(view, links, terms, candidate)
        if block is not None:
            found.append((candidate, block))
    return sorted((block for _, block in found), key=lambda one: (one.first, min(one.columns)))


def _inside(candidate: Candidate, other: Candidate, block: Block) -> bool:
    """Whether a candidate is a part of what is a block already."""
    overlap = candidate.first <= other.last and other.first <= candidate.last
    return overlap and candidate.core <= set(block.columns)


def _block(view: View, links: Links, terms: Terms, candidate: Candidate) -> Block | None:
    dynamics = Dynamics.of(view.sheet, terms, candidate)
    if dynamics is None:
        return None
    samples = Samples.of(view, candidate.first, candidate.last)
    samples.drawn = {(view.sheet, track) for track in dynamics.cuts}
    model = step_model(dynamics, outputs(dynamics, samples))
    if model is None:
        return None
    _first_line(view, model)
    titles = headings(view, candidate.first, sorted(candidate.tracks))
    roles = find_roles(model, samples, titles)
    if roles is None or not trains(view, roles):
        return None
    found = findings(view, links, roles)
    if found is None:
        return None
    descends = any(rule.exact for rule in found.rules.values())
    if not model.outputs and not descends and _words(view, roles) < 2:
        return None
    return block_of(found)


def _first_line(view: View, model: StepModel) -> None:
    """A block whose weights change in place begins on the line on which they start."""
    candidate = model.dynamics.candidate
    in_place = all(weight.column == track for track, weight in model.weights.items())
    line = candidate.first - 1
    if model.base == 0 and in_place and line > 0 and all(view.filled(line, track) for track in model.weights):
        candidate.first = line


def findings(
    view: View,
    links: Links,
    roles: Roles,
    good: Callable[[Roles, int, Rule], bool] | None = None,
    doubted: Collection[int] = (),
) -> Findings | None:
    """What follows from the roles: each weight's rule, the variant, the settings; None where a rule is not ``good``.

    doubted: tracks whose weights' rules are hardly good, looked at first.
    """
    candidate = roles.dynamics.candidate
    roots = Roots(view, roles.dynamics.terms, links, (candidate.first, candidate.last))
    if good is not None and doubted and not _first_good(roles, roots, good, doubted):
        return None
    rules = {}
    for weight, carried in roles.model.weights.items():
        if carried.held or roles.dynamics.gathered_before(carried.own):
            continue  # it moves once a batch, by what stands on other lines
        rule = find_rule(roles, roots, weight)
        if good is not None and (rule is None or not good(roles, weight, rule)):
            return None
        if rule is not None:
            rules[weight] = rule
    optimizer, rule, nearest, distance = vote(rules)
    if roles.model.looks_ahead and optimizer is not None:
        optimizer, nearest = None, "nesterov"
    settings = settings_of(roles, rules, optimizer or nearest)
    words = form(rule, optimizer) if rule is not None else ""
    if roles.model.looks_ahead:
        words = "Nesterov's momentum with the derivatives at the weights ahead"
    gradient = _gradient(roles)
    return Findings(view, roles, rules, find_model(roles), gradient, optimizer, nearest, distance, words, settings)


def _first_good(roles: Roles, roots: Roots, good: Callable[[Roles, int, Rule], bool], doubted: Collection[int]) -> bool:
    """Whether the rules of the weights in doubt are good; what that draws of samples is forgotten."""
    kept = roles.samples
    roles.samples = kept.drawing(set(kept.drawn))
    try:
        for weight, carried in roles.model.weights.items():
            if carried.column in doubted and not carried.held and not roles.dynamics.gathered_before(carried.own):
                rule = find_rule(roles, roots, weight)
                if rule is None or not good(roles, weight, rule):
                    return False
        return True
    finally:
        roles.samples = kept


def _gradient(roles: Roles) -> str | None:
    """How the derivatives that the optimizer takes are had: the registry's name; None for a backward difference."""
    kinds = Counter(roles.found[track].kind for track in roles.derivative.values() if track in roles.found)
    for kind, _ in kinds.most_common():
        if kind in ("forward", "central"):
            return kind
        if kind == "backward":
            return None
        if kind == "exact":
            return "analytic"
    return "analytic"


def trains(view: View, roles: Roles) -> bool:
    """Whether a candidate trains: its weights follow the gradient of what it calls or uses as an error."""
    if roles.loss is None:
        return False
    words = _words(view, roles)
    inputs = bool(roles.of_role("input")) or any(
        leaf not in roles.dynamics.terms.leaves(output.target)
        for output in roles.model.outputs
        for leaf in roles.dynamics.terms.leaves(output.expr)
        if roles.dynamics.is_data(leaf)
    )
    told = bool(roles.of_role("error")) and bool(roles.of_role("derivative"))
    if roles.model.outputs and roles.evidence and (inputs or told):
        return True
    if roles.model.outputs and roles.evidence >= max(2, len(roles.model.weights)):
        return True
    most = roles.evidence >= 2 and 2 * roles.evidence > len(roles.model.weights)
    if roles.assumed is not None and not roles.model.outputs and most:
        return True
    if not roles.model.outputs and roles.evidence and (roles.of_role("derivative") or words):
        return bool(roles.of_role("error")) or roles.assumed is not None or words >= 2
    named = any(says(roles.headings[track], "error") for track in roles.of_role("error"))
    return words >= 2 + (not roles.evidence) and (bool(roles.model.outputs) or named)


def _words(view: View, roles: Roles) -> int:
    """How many words of training stand in the headings and beside the settings."""
    texts = [roles.headings[track] for track in roles.dynamics.candidate.tracks] + [view.book.sheets[view.sheet].name]
    for leaf in {leaf for weight in roles.model.weights.values() for leaf in roles.dynamics.terms.leaves(weight.own)}:
        if leaf.op == "fixed":
            texts.append(label(view.book, leaf.key))
    return telling(texts)


def _continued(book: Book, plan: Plan, block: Block, blocks: list[Block]) -> Block:
    """A block with the number of the one whose last weights it starts from."""
    for weight in block.weights:
        place = block.starts.get(weight.name)
        for read in _read_by(book, plan, place) if place is not None else ():
            for number, other in enumerate(blocks):
                if other is not block and _ends_with(other, read):
                    return dataclasses.replace(block, continues=number)
    return block


def _read_by(book: Book, plan: Plan, place: Place) -> list[Place]:
    """A cell and the cells that its formula reads."""
    sheet, row, col = place
    program = plan.programs[sheet].get((row, col))
    found = [place]
    if program is not None and program.tree is not None:
        for area in Reader.of(book).areas(Region(program, Box(row, col, row, col))):
            found.append((area.sheet, area.top, area.left))
    return found


def _ends_with(block: Block, place: Place) -> bool:
    """Whether a cell is one of the last weights of a block, or of what makes them."""
    sheet, row, col = place
    line, track = (col, row) if block.across else (row, col)
    return sheet == block.sheet and block.last <= line <= block.last + 1 and track in block.columns
