"""Which formula a column might have been meant to have: the likeliest slips first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....book import Cell
from ....formula.nodes import Chain, Literal, NameRef, Node, Ref
from ...understand.expressions import Expr
from ...understand.residuals import same_target
from ...understand.roles import Roles
from ..ground.trees import bare, nodes, paths, put, refs
from ..trials.edits import Edit, Parts, cell_ref, complement, edits, power
from .families import expected, families, shape
from .kin import as_kin, in_vain, kin_of, made_like
from .likely import agreeing, doubt_of, feeds, lags, likelihood, lonely_tracks
from .search import FORWARD, Search, is_back, is_forward, is_moving, weights_of
from .slips import as_cells, completed, moved_terms, moved_twice, slips
from .together import counters, filled_aside, repeated

MAX_COST, MAX_COST_AT = 1.45, 2.2
"""How big a change may be, and how big one of a column at which something shows."""

AS_KIN = 0.55
"""What a change costs at most that makes a column like those which the same is done with."""

RULES = frozenset({"rule", "other rule", "shrink"})


def candidates(search: Search) -> list[tuple[float, int, Edit]]:
    """Changes to columns with what they cost, the likeliest first."""
    found: list[tuple[float, int, int, Edit]] = []
    trees = search.trees
    of, shows = families(trees, _by_role(search)), {one.track for one in search.odd}
    ways, against = _leading(search), search.base is not None and agreeing(search.base.roles)
    leading = set.intersection(*ways) if ways else None
    shows |= leading or set()
    groups = filled_aside(trees)
    kin, vain = kin_of(trees, search.across), in_vain(trees, search.across)
    runs = {(group[0], group[-1]) for group in groups if group[-1] - group[0] == len(group) - 1 > 1}
    aside: dict[int, list[list[int]]] = {}
    for group in groups if len(search.odd) > 1 else ():
        aside.setdefault(group[0], []).append(group)
    for track, tree in trees.items():
        doubt, parts = doubt_of(search, track, trees, of), _parts(search, track, trees)
        joint, outside, alone = aside.get(track, []), False, True
        if not _concerned(search, track):
            continue
        if leading is not None and track not in leading:
            alone = is_forward(search, track)
            joint = joint if alone else [group for group in joint if ways and all(above & {*group} for above in ways)]
            if not alone and not joint:
                continue
            outside = bool(leading - set(weights_of(search))) and not (against and not feeds(search, track))
        likes = made_like(trees, track, kin) if alone else set()
        own = [*as_kin(trees, track, kin)] if likes else []
        own += [Edit(0.5, twin, "", "formula") for twin in expected(trees, track, search.across, of)]
        own += [
            *_without_factor(tree, parts),
            *_throughout(tree, parts),
            *_as_tanh(tree, parts),
            *_before(search, track, tree, parts),
            *slips(tree, parts),
            *completed(tree, parts, runs),
            *_by_roles(search, track, tree, parts),
        ]
        lonely = lonely_tracks(search, track)
        for edit in edits(tree, parts, own):
            likely = likelihood(search, track, tree, edit, lonely)
            cost = edit.cost + likely + (0.0 if not outside or likely < 0 else 0.8)
            if likes and cost > AS_KIN and shape(edit.tree) in likes:
                cost = AS_KIN
            elif track in vain and "stands before" in edit.words:
                cost = min(cost, AS_KIN)
            if cost <= (MAX_COST_AT if track in shows else MAX_COST) and not _cuts_off(search, track, edit.tree):
                if alone:
                    found.append((cost + doubt, len(found), track, edit))
                for group in joint:
                    found.append((cost + min(doubt, 0.3), len(found), track, repeated(group, edit)))
    for track, edit in counters(trees, _counters(search), search.across):
        found.append((edit.cost, len(found), track, edit))
    return [(cost, track, edit) for cost, _, track, edit in sorted(found, key=lambda one: one[:2])]


def _by_roles(search: Search, track: int, tree: Node, parts: Parts) -> Iterator[Edit]:
    """Slips of columns that are known for what they are."""
    given = search.base.roles.found if search.base is not None else {}
    role = given[track].role if track in given else ""
    if role not in FORWARD:
        line = search.home.view.turned(parts.row, parts.col)[0]
        known = [other for other in given if given[other].role in ("hidden", "prediction", "residual")]
        places = [search.home.view.place(line, other) for other in known]
        texts = {cell_ref(parts.row, parts.col, place): _text(search, place) for place in places}
        yield from as_cells(tree, parts, {cell: text for cell, text in texts.items() if cell in parts.cells})
    yield from _scheduled(search, tree, parts)
    if role in ("perturbed", "output", "helper", "error", "hidden", "derivative", ""):
        yield from moved_terms(tree, parts)
        yield from moved_twice(tree, parts)


def _scheduled(search: Search, tree: Node, parts: Parts) -> Iterator[Edit]:
    """A formula with the learning rate that a schedule starts from, where the column of the rates belongs."""
    line = search.home.view.turned(parts.row, parts.col)[0]
    rates = search.base.roles.of_role("learning rate") if search.base is not None else []
    cells = [cell_ref(parts.row, parts.col, search.home.view.place(line, track)) for track in rates]
    for path, node in paths(tree):
        fixed = isinstance(node, Ref) and node.last is None and not is_moving(node)
        for cell in cells if fixed or isinstance(node, NameRef) else ():
            if cell in parts.cells:
                words = f"it reads {parts.text(node)} where {parts.text(cell)} belongs"
                yield Edit(0.8, put(tree, path, cell), words, "reference")


def _text(search: Search, place: Cell) -> str:
    return search.case.desk.text((search.home.view.sheet, *place)) or ""


def _counters(search: Search) -> dict[int, bool]:
    """The columns that go by the line and not by the training, and whether each holds data: else steps, rates."""
    if search.base is None:
        return {}
    dynamics, found = search.base.roles.dynamics, search.base.roles.found
    data = {track for track, given in found.items() if given.role in ("input", "target")}
    return {track: track in data for track in search.home.candidate.tracks if track not in dynamics.live}


def _before(search: Search, track: int, tree: Node, parts: Parts) -> Iterator[Edit]:
    """A formula that goes on from another column of the row before; from its own one rather than from the rest."""
    for path, node in paths(tree):
        if not (isinstance(node, Ref) and node.last is None and node.where is None and is_back(node, search.across)):
            continue
        for other in search.trees:
            offset = other - track
            corner = replace(node.first, col=offset, col_fixed=False)
            if search.across:
                corner = replace(node.first, row=offset, row_fixed=False)
            wanted = replace(node, first=corner)
            if wanted != node:
                words = f"it reads {parts.text(node)} where {parts.text(wanted)} belongs"
                yield Edit(0.8 if other == track else 1.0, put(tree, path, wanted), words, "reference")


def _throughout(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A formula that reads another cell wherever it reads one twice, as an activation's derivative does."""
    spots = [(path, node) for path, node in paths(tree) if isinstance(node, Ref) and is_moving(node)]
    for ref in dict.fromkeys(node for _, node in spots):
        several = [path for path, node in spots if node == ref]
        for other in parts.cells if len(several) > 1 else ():
            new = tree
            for path in several:
                new = put(new, path, other)
            if other != ref:
                words = f"it reads {parts.text(ref)} where {parts.text(other)} belongs"
                yield Edit(1.0, new, words, "reference")


def _as_tanh(tree: Node, parts: Parts) -> Iterator[Edit]:
    """The sigmoid's derivative h*(1-h) where that of tanh belongs, 1-h^2."""
    for path, node in paths(tree):
        if not (isinstance(node, Chain) and set(node.operators) == {"*"}):
            continue
        for at, operand in enumerate(node.operands):
            rest = [other for place, other in enumerate(node.operands) if place != at]
            inner = [bare(other) == bare(complement(operand)) for other in rest]
            if any(inner) and isinstance(operand, Ref):
                rest[inner.index(True)] = complement(power(operand))
                new = rest[0] if len(rest) == 1 else Chain(tuple(rest), node.operators[1:])
                text = parts.text(operand)
                words = f"{text}*(1-{text}), of a sigmoid, stands where (1-{text}^2), of tanh, belongs"
                yield Edit(1.0, put(tree, path, new), words)


def _without_factor(tree: Node, parts: Parts) -> Iterator[Edit]:
    """A formula without the number that all of it is multiplied with."""
    whole = bare(tree)
    if isinstance(whole, Chain) and len(whole.operands) == 2 and whole.operators == ("*",):
        for number, rest in (whole.operands, whole.operands[::-1]):
            if isinstance(bare(number), Literal):
                yield Edit(1.0, bare(rest), f"the factor {parts.text(number)} does not belong there")


def _leading(search: Search) -> list[set[int]] | None:
    """Of each odd column the tracks of which one may be behind it, of the forward pass none; None where nobody can say.

    They lead to it, weights not gone through. How another weight goes on mends nothing, unless its update has the
    error written out.
    """
    if search.base is None or not {one.what for one in search.odd} <= {"rule", "derivative"}:
        return None
    roles = search.base.roles
    stop, found = set(roles.model.weights), []
    plain = {track for track, carried in roles.model.weights.items() if not _compares(roles, carried.own)}
    for odd in search.odd:
        above, stack = {odd.track}, [odd.track]
        while stack:
            at = stack.pop()
            for other in search.home.reads(at) - above - plain if at not in stop or at == odd.track else ():
                above.add(other)
                stack.append(other)
        found.append(above)
    shared = set.intersection(*found)
    copies = {track for track, carried in roles.model.weights.items() if carried.column in shared}
    return [above | copies for above in found]


def _compares(roles: Roles, expr: Expr) -> bool:
    """Whether a formula reads what predictions are compared with."""
    targets = {same_target(output.target) for output in roles.model.outputs}
    leaves = roles.dynamics.terms.leaves(expr)
    return any(leaf.op in ("cell", "area") and same_target(leaf) in targets for leaf in leaves)


def _concerned(search: Search, track: int) -> bool:
    """Whether a column may be what makes the training odd: where all goes well up to the derivatives, those may not."""
    if search.base is None or not {one.what for one in search.odd} <= RULES:
        return True
    roles = search.base.roles
    if any(roles.derivative.get(weight) is None for weight in _odd_weights(search)):
        return True  # they may be wrong where they are written out
    given = roles.found.get(track)
    return given is None or given.role not in FORWARD


def _odd_weights(search: Search) -> list[int]:
    """The weights whose rules are odd."""
    odd = {one.track for one in search.odd}
    return [track for track, one in search.base.roles.model.weights.items() if one.column in odd] if search.base else []


def _cuts_off(search: Search, track: int, tree: Node) -> bool:
    """Whether a column that goes on from the row before would do so no longer."""
    own, whole = search.home.candidate.tracks[track].expr, bare(tree)
    plain = isinstance(whole, Ref) and whole.where is None and is_back(whole, search.across)
    if plain and not lags(search, track, whole):
        return True  # it would never change
    carries = track in search.home.reads(track) or (own is not None and own.op == "cell")
    return carries and not any(is_back(ref, search.across) for ref in refs(tree))


def _by_role(search: Search) -> Iterator[list[int]]:
    """The columns that do the same for different weights: derivatives, states, new values."""
    if search.base is None:
        return
    roles = search.base.roles
    yield sorted(roles.model.weights)
    yield sorted({roles.derivative[weight] for weight in roles.model.weights if weight in roles.derivative})
    yield sorted({carried.column for carried in roles.model.weights.values()})
    for sign in ("+", "-"):
        moved = [track for track in roles.of_role("perturbed") if roles.found[track].kind == sign]
        yield moved if len({roles.found[track].of for track in moved}) == len(moved) else []
    for kind in (1, 2):
        rules = search.base.rules.values()
        yield sorted({moment.track for rule in rules for moment in rule.moments if moment.power == kind})


def _parts(search: Search, track: int, trees: dict[int, Node]) -> Parts:
    """What the formula of a track may be mended with: cells that do not hang on it, settings, numbers."""
    home = search.home
    row, col = search.places(track)[0][1:]
    line = home.view.turned(row, col)[0]
    behind = home.behind(track)
    cells = [
        cell_ref(row, col, home.view.place(line, other))
        for other in sorted(home.candidate.tracks)
        if other != track and other not in behind
    ]
    cells += [ref for tree in trees.values() for ref in refs(tree) if ref.where is not None and is_moving(ref)]
    settings: dict[Node, None] = {}
    numbers: set[float] = set()
    for tree in trees.values():
        for node in nodes(tree):
            if isinstance(node, NameRef) or (isinstance(node, Ref) and node.last is None and not is_moving(node)):
                settings[node] = None
            value = getattr(node, "value", None)
            if type(value) is float:
                numbers.add(value)
    return Parts(cells, list(settings), sorted(numbers), row, col, search.across)
