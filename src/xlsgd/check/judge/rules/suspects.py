"""The one column that, with another formula, would make a training fit together: named as the mistake.

Whatever a wrong column does to how the rest is understood, here the rest is understood anew with each formula that the
column might have been meant to have; the likeliest slips are tried first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....address import Box, box_name
from ....formula.nodes import NameRef, Node, Ref
from ...findings import Finding
from ...understand.assemble import Findings
from ...understand.base import Block
from ...understand.supposing import Supposing, supposing, unrecognised
from ..ground.case import Case, formula_text
from ..ground.terms import again
from ..ground.trees import Path, same_shape
from ..trials.edits import Edit
from .ahead import is_ahead
from .beforehand import hopeful
from .families import reads_at, shape
from .guesses import RULES, candidates
from .health import at_ease, descends, has_slope, oddities, slopes_fit
from .kin import doubles
from .odd import Odd
from .search import Search

MAX_TRIED = 300
AFTER, BEYOND, TURNED = 220, 0.25, 0.6
"""How many more formulas are tried, and how much bigger the change may be, once one fits but has no name.

TURNED: where only a sign is wrong, in a derivative or in what it is the derivative of.
"""


_OF_STATES = ("the square", "in each other's place")
_OF_UPDATES = ("the root",)
"""Words of slips that hardly anybody means where they make a known rule of one that is not known."""

_SERVING = frozenset({"learning rate", "derivative", "gradient", "state", "hidden", "perturbed", "prediction"})


def suspects(case: Case) -> Iterator[Finding]:
    """One finding a training."""
    for block in case.blocks:
        known = block.details is not None and id(block) not in explained(case)
        odd = oddities(block.details) if block.details is not None and known else []
        home = supposing(case.desk.plan, block) if odd else None
        if home is not None:
            found = list(_searched(Search(case, home, block.details, odd), _own_rule(block, odd)))
            explained(case).update({id(block)} if found else ())
            yield from found
    for sheet in range(len(case.desk.book.sheets)):
        blocks = [block for block in case.blocks if block.sheet == sheet]
        for home in unrecognised(case.desk.plan, sheet, bool(blocks)):
            if not any(_meets(home, block) for block in blocks):
                yield from _searched(Search(case, home, None, []))


def _meets(home: Supposing, block: Block) -> bool:
    """Whether lines that look like a training have cells of one that is."""
    (first, last), tracks = (home.candidate.first, home.candidate.last), set(home.candidate.tracks)
    if home.view.across == block.across:
        return bool(first <= block.last and block.first <= last and tracks & block.columns.keys())
    lines = range(block.first, block.last + 1)
    return any(track in lines for track in tracks) and any(first <= track <= last for track in block.columns)


def _own_rule(block: Block, odd: list[Odd]) -> bool:
    """Whether all weights go by one rule that is not known, from right derivatives: then it may well be meant."""
    if block.details is None:
        return False
    weights, rules = block.details.roles.model.weights, block.details.rules
    ruled = {one.track for one in odd if one.what == "rule"}
    if not (len(ruled) == len(odd) == len(weights) > 1):
        return False
    slopes = [has_slope(block.details.roles, weight) for weight in weights]
    if any(slopes) and not all(slopes):
        return False
    if all(rule.exact and rule.corrections for rule in rules.values()) and len(rules) == len(weights):
        return False  # Adam with the powers of another step
    programs = [block.details.roles.dynamics.candidate.tracks[one.column].program for one in weights.values()]
    return len({shape(one.tree) for one in programs if one is not None and one.tree is not None}) == 1


def explained(case: Case) -> set[int]:
    """The blocks (by their ids) for which one wrong column explains all that does not fit."""
    known = case.kept.setdefault("explained", set())
    assert isinstance(known, set)
    return known


def _searched(search: Search, meant: bool = False) -> Iterator[Finding]:
    """meant: the rule may be one of the workbook's own, so that only slips in all its columns are looked for."""
    best = _best(search, meant)
    if best is not None:
        yield _finding(search, *best)


def _best(search: Search, meant: bool) -> tuple[int, Edit] | None:
    """The likeliest change with which all fits together; of several nearly as likely ones that of a known variant."""
    tried: set[tuple[tuple[int, int], ...]] = set()
    first: tuple[float, int, Edit] | None = None
    most, own, telltale = MAX_TRIED, _by_own_rule(search), _telltale(search)
    fits = (hopeful(search.base), slopes_fit, at_ease)
    doubted = {one.track for one in search.odd if one.what in RULES}
    turned = any(one.ratio is not None and one.ratio < 0 for one in search.odd)
    for cost, track, edit in candidates(search):
        if meant and not (edit.others and _tells(search, track, edit, telltale)):
            continue
        trees = {track: edit.tree, **dict(edit.others)}
        key = tuple((at, search.home.expression(at, tree).id) for at, tree in trees.items())
        if key in tried or _orphans(search, trees):
            continue
        if again(edit.tree) and not again(search.trees[track]):
            continue
        if not edit.others and doubles(search.trees, track, edit.tree, search.across):
            continue
        tried.add(key)
        if len(tried) > most or (first is not None and cost > first[0] + (TURNED if turned else BEYOND)):
            break
        found = search.home.understood(trees, fits, None if own else descends, doubted)
        if found is None or not (_fits_own(search, found) if own else _fits(search, found)):
            continue
        plain = not any("old" in rule.numerator + rule.denominator for rule in found.rules.values())
        if found.model is not None and found.optimizer is not None and plain:
            return track, edit
        if first is None:
            first, most = (cost, track, edit), len(tried) + AFTER
    return first[1:] if first is not None else None


def _telltale(search: Search) -> bool:
    """Whether a beta may stand in the place of 1-beta: not where the beta itself is a small one."""
    rules = search.base.rules.values() if search.base is not None else ()
    return not any(one.keep < 0.5 and one.track in rule.keeps for rule in rules for one in rule.moments)


def _tells(search: Search, track: int, edit: Edit, swapped: bool) -> bool:
    """Whether a change mends what is hardly meant: in states a square or a share, in updates a root."""
    if search.base is None:
        return False
    words = _OF_STATES if track in search.base.roles.model.states else _OF_UPDATES
    return any(word in edit.words for word in words) and (swapped or "each other" not in edit.words)


def _orphans(search: Search, trees: dict[int, Node]) -> bool:
    """Whether a change would leave a column unread that serves the training now."""
    if search.base is None:
        return False
    home, found = search.home, search.base.roles.found
    lost: set[int] = set()
    for track, tree in trees.items():
        leaves = home.terms.leaves(home.expression(track, tree))
        lost |= home.reads(track) - {
            leaf.key[1] for leaf in leaves if leaf.op == "cell" and leaf.key[0] == home.view.sheet
        }
    for track in lost:
        serves = track in found and found[track].role in _SERVING
        others = (other for other in home.candidate.tracks if other not in trees and other != track)
        if serves and not any(track in home.reads(other) for other in others):
            return True
    return False


def _by_own_rule(search: Search) -> bool:
    """Whether all weights go by a rule that is not known, while not all have their derivatives."""
    if search.base is None:
        return False
    roles, rules = search.base.roles, search.base.rules
    known = sum(has_slope(roles, weight) for weight in roles.model.weights)
    return 0 < known < len(roles.model.weights) and not any(rule.exact for rule in rules.values())


def _fits_own(search: Search, found: Findings) -> bool:
    """Whether all derivatives are right and the weights go by one rule, whichever, as they did before."""
    assert search.base is not None
    weights, odd = found.roles.model.weights, oddities(found)
    if len(weights) != len(search.base.roles.model.weights) or any(one.held for one in weights.values()):
        return False
    if not all(has_slope(found.roles, weight) for weight in weights):
        return False
    return len(odd) == len(weights) and {one.what for one in odd} == {"rule"} and bool(found.roles.of_role("error"))


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
    if any(one < two for one, two in zip(_parts_of(found), _parts_of(base), strict=True)):
        return False
    if is_ahead(base) and not is_ahead(found):
        return False
    return not (base.model and found.model is None) and not (base.optimizer and found.optimizer is None)


def _parts_of(found: Findings) -> tuple[int, int, int]:
    """How many learning rates, averages and bias corrections the rules of all weights have together."""
    rules = found.rules.values()
    return (
        sum(bool(rule.scales or rule.divides) for rule in rules),
        sum(len(rule.moments) for rule in rules if rule.exact),
        sum(bool(rule.corrections) for rule in rules if rule.exact),
    )


def _finding(search: Search, track: int, edit: Edit) -> Finding:
    places = search.places(track)
    if edit.others:
        places = sorted([*places, *(one for other, _ in edit.others for one in search.places(other))])
    place, last = search.places(track)[0], places[-1]
    name = search.home.titles[track] or "this column"
    run = box_name(Box(place[1], place[2], last[1], last[2]))
    own = search.case.desk.text(place) or ""
    wanted: str | None = formula_text(edit.tree, place)
    words = (
        edit.words or f"{own[1:]} stands where {wanted[1:] if wanted else ''} belongs, as in the columns made like it"
    )
    words = f"{name} ({run}): {words}; so the training fits together"
    value: object = search.case.desk.evaluate(edit.tree, place)
    foreign = _foreign(search, track, edit)
    if foreign is not None:
        text = formula_text(foreign, place)[1:]
        words, wanted, value = f"{name} ({run}): it reads {text}, which is not of its training", None, None
    role = search.base.roles.found[track].role if search.base and track in search.base.roles.found else None
    found = search.case.finding(edit.kind, place, words, expected=wanted, wanted=value, run=run, role=role)
    return replace(found, kind=_kind(search, track, edit, found.kind))


def _foreign(search: Search, track: int, edit: Edit) -> Node | None:
    """The derivative that a change puts something else in the place of, which says that it is wrong but not what is."""
    spots = same_shape(search.trees[track], edit.tree)
    if search.base is None or spots is None or len(spots) != 1 or not all(isinstance(one, Ref) for one in spots[0][1:]):
        return None
    given = search.base.roles.found
    old, new = (reads_at(one, track, search.across) for one in spots[0][1:])
    was, now = (given[one].role if one in given else "" for one in (old, new))
    return spots[0][1] if was == "derivative" and now in ("prediction", "error") else None


def _kind(search: Search, track: int, edit: Edit, kind: str) -> str:
    spots = same_shape(search.trees[track], edit.tree)
    if "sign" in edit.words or (spots is not None and _turned(spots)):
        return "formula"
    plain = spots and all(isinstance(a, Ref | NameRef) and isinstance(b, Ref | NameRef) for _, a, b in spots)
    return "reference" if plain else kind if spots is None else "formula"


def _turned(spots: list[tuple[Path, Node, Node]]) -> bool:
    """Whether two neighbours are in each other's place, as in a difference the wrong way round."""
    if len(spots) != 2:
        return False
    (one, a, b), (two, c, d) = spots
    return one[:-1] == two[:-1] and (a, b) == (d, c)
