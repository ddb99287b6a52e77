"""Which formula a column might have been meant to have: the likeliest slips first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...formula.nodes import Chain, Literal, NameRef, Node, Ref
from ..findings import Place
from ..understand.assemble import Findings
from ..understand.expressions import Expr
from ..understand.residuals import same_target
from ..understand.roles import Roles
from ..understand.supposing import Supposing
from .case import Case
from .edits import Edit, Parts, cell_ref, complement, edits, power
from .families import Families, alike, expected, families, same_made
from .health import Odd
from .trees import bare, nodes, paths, put, refs, same_shape

MAX_COST, MAX_COST_AT = 1.45, 2.2
"""How big a change may be, and how big one of a column at which something shows."""

_FORWARD = frozenset({"prediction", "hidden", "error", "residual", "input", "target"})
RULES = frozenset({"rule", "other rule", "shrink"})


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


def candidates(search: Search) -> list[tuple[float, int, Edit]]:
    """Changes to columns with what they cost, the likeliest first."""
    found: list[tuple[float, int, int, Edit]] = []
    trees = search.trees
    of, shows = families(trees, _by_role(search)), {one.track for one in search.odd}
    leading = _leading(search)
    shows |= leading or set()
    for track, tree in trees.items():
        doubt, parts = _doubt(search, track, trees, of), _parts(search, track, trees)
        outside = False
        if not _concerned(search, track):
            continue
        if leading is not None and track not in leading:
            if not _is_forward(search, track):
                continue
            outside = bool(leading - set(_weights(search)))
        own = [Edit(0.5, twin, "", "formula") for twin in expected(trees, track, search.across, of)]
        own += [
            *_without_factor(tree, parts),
            *_throughout(tree, parts),
            *_as_tanh(tree, parts),
            *_before(search, track, tree, parts),
        ]
        lonely = _lonely(search, track)
        for edit in edits(tree, parts, own):
            likely = _likelihood(search, track, tree, edit, lonely)
            cost = edit.cost + likely + (0.0 if not outside or likely < 0 else 0.8)
            if cost <= (MAX_COST_AT if track in shows else MAX_COST) and not _cuts_off(search, track, edit.tree):
                found.append((cost + doubt, len(found), track, edit))
    return [(cost, track, edit) for cost, _, track, edit in sorted(found, key=lambda one: one[:2])]


def _likelihood(search: Search, track: int, tree: Node, edit: Edit, lonely: set[int]) -> float:
    """What a change costs beside its size: another cell more than another sign, unless that cell is used nowhere."""
    ratios = {one.ratio for one in search.odd if one.ratio is not None}
    turned = "sign" in edit.words or "stands before" in edit.words
    if any(ratio < 0 for ratio in ratios) and turned:
        return -0.3
    if any(ratio > 0 for ratio in ratios) and ("factor" in edit.words or "twice" in edit.words):
        return -0.3
    if edit.words[:1].isdigit():  # a number that was typed
        return -0.4 if edit.cost > 1.2 else 0.1
    if "does not belong" in edit.words and _is_forward(search, track) and not turned and search.base is not None:
        return 0.4
    if "(1-" in edit.words or "ReLU" in edit.words:
        return -0.6 if _of_activation(search, track, tree, edit) else 0.2
    if edit.kind == "reference" and _of_activation(search, track, tree, edit):
        return 0.0
    more = _lags(search, track, edit.tree) - _lags(search, track, tree)
    if more:
        return 0.6 if more > 0 else -0.4 if _is_forward(search, track) else 0.0
    spots = same_shape(tree, edit.tree)
    if spots is None or len(spots) != 1 or not isinstance(spots[0][2], Ref) or not _moves(spots[0][2]):
        return 0.0 if turned or edit.cost < 1.1 else 0.15
    corner = spots[0][2].first
    fixed, offset = (corner.row_fixed, corner.row) if search.across else (corner.col_fixed, corner.col)
    return -0.2 if (offset if fixed else track + offset) in lonely else 0.2


def _of_activation(search: Search, track: int, tree: Node, edit: Edit) -> bool:
    """Whether a change brings in a hidden value or a prediction: the derivative of its activation was forgotten."""
    given = search.base.roles.found if search.base is not None else {}
    fresh = set(refs(edit.tree)) - set(refs(tree))
    tracks = {track + (ref.first.row if search.across else ref.first.col) for ref in fresh}
    return bool(tracks) and all(other in given and given[other].role in ("hidden", "prediction") for other in tracks)


def _lonely(search: Search, track: int) -> set[int]:
    """The tracks that nothing reads, and for one that leads to the error those that do not lead there."""
    home = search.home
    read = {other: home.reads(other) - {other} for other in home.candidate.tracks}
    found = {other for other in read if not any(other in those for those in read.values())}
    stop = set(_weights(search)) | (set(search.base.roles.model.states) if search.base is not None else set())
    for error in search.base.roles.of_role("error") if search.base is not None else ():
        leads, stack = {error}, [error]
        while stack:
            at = stack.pop()
            for other in read.get(at, set()) - leads if at not in stop else ():
                leads.add(other)
                stack.append(other)
        if track in leads:
            found |= set(read) - leads
    return found


def _before(search: Search, track: int, tree: Node, parts: Parts) -> Iterator[Edit]:
    """A formula that goes on from another column of the row before; from its own one rather than from the rest."""
    for path, node in paths(tree):
        if not (isinstance(node, Ref) and node.last is None and node.where is None and _back(node, search.across)):
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
    spots = [(path, node) for path, node in paths(tree) if isinstance(node, Ref) and _moves(node)]
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


def _lags(search: Search, track: int, tree: Node) -> int:
    """How often a formula reads other columns of the row before."""
    back = [ref.first for ref in refs(tree) if _back(ref, search.across)]
    return sum((corner.row if search.across else corner.col) != 0 for corner in back)


def _leading(search: Search) -> set[int] | None:
    """The tracks of which one alone may be behind all that is odd, of the forward pass none; None where nobody can say.

    They lead to each odd column, weights not gone through. How another weight goes on mends nothing, unless its update
    has the error written out.
    """
    if search.base is None or not {one.what for one in search.odd} <= {"rule", "derivative"}:
        return None
    roles = search.base.roles
    stop = set(roles.model.weights)
    plain = {track for track, carried in roles.model.weights.items() if not _compares(roles, carried.own)}
    found: set[int] | None = None
    for odd in search.odd:
        above, stack = {odd.track}, [odd.track]
        while stack:
            at = stack.pop()
            for other in search.home.reads(at) - above - plain if at not in stop or at == odd.track else ():
                above.add(other)
                stack.append(other)
        found = above if found is None else found & above
    copies = {track for track, carried in roles.model.weights.items() if carried.column in (found or set())}
    return (found or set()) | copies


def _compares(roles: Roles, expr: Expr) -> bool:
    """Whether a formula reads what predictions are compared with."""
    targets = {same_target(output.target) for output in roles.model.outputs}
    leaves = roles.dynamics.terms.leaves(expr)
    return any(leaf.op in ("cell", "area") and same_target(leaf) in targets for leaf in leaves)


def _weights(search: Search) -> list[int]:
    return list(search.base.roles.model.weights) if search.base is not None else []


def _is_forward(search: Search, track: int) -> bool:
    given = search.base.roles.found.get(track) if search.base is not None else None
    return given is not None and given.role in _FORWARD


def _concerned(search: Search, track: int) -> bool:
    """Whether a column may be what makes the training odd: where all goes well up to the derivatives, those may not."""
    if search.base is None or not {one.what for one in search.odd} <= RULES:
        return True
    given = search.base.roles.found.get(track)
    return given is None or given.role not in _FORWARD


def _cuts_off(search: Search, track: int, tree: Node) -> bool:
    """Whether a column that goes on from the row before would do so no longer."""
    own, whole = search.home.candidate.tracks[track].expr, bare(tree)
    plain = isinstance(whole, Ref) and whole.where is None and _back(whole, search.across)
    if plain and not _lags(search, track, whole):
        return True  # it would never change
    carries = track in search.home.reads(track) or (own is not None and own.op == "cell")
    return carries and not any(_back(ref, search.across) for ref in refs(tree))


def _back(ref: Ref, across: bool) -> bool:
    fixed, offset = (ref.first.col_fixed, ref.first.col) if across else (ref.first.row_fixed, ref.first.row)
    return not fixed and offset < 0


def _by_role(search: Search) -> Iterator[list[int]]:
    """The columns that do the same for different weights: derivatives, states, new values."""
    if search.base is None:
        return
    roles = search.base.roles
    yield sorted(roles.model.weights)
    yield sorted({roles.derivative[weight] for weight in roles.model.weights if weight in roles.derivative})
    yield sorted({carried.column for carried in roles.model.weights.values()})
    for kind in (1, 2):
        rules = search.base.rules.values()
        yield sorted({moment.track for rule in rules for moment in rule.moments if moment.power == kind})


def _doubt(search: Search, track: int, trees: dict[int, Node], of: Families) -> float:
    """How unlikely it is that a column is the wrong one: the further it is from what is odd, the more.

    A column of the forward pass is hardly wrong where only one derivative is.
    """
    doubt = 0.6 if alike(trees, track, search.across, of) else 0.25 if same_made(trees, track, search.across) else 0.0
    seen = {one.track for one in search.odd}
    slopes = [one for one in search.odd if one.what in ("derivative", "multiple", "rule", "called derivative")]
    given = search.base.roles.found.get(track) if search.base is not None else None
    if slopes and search.base is not None and _all_odd(search):
        shared = sum(track in search.home.reads(one.track) for one in slopes) > 1
        return doubt + (0.1 if shared or (given is not None and given.role in _FORWARD) else 0.5)
    if given is not None and given.role in _FORWARD and slopes and len({one.track for one in slopes}) < 3:
        doubt += 0.5 if all(one.ratio is None or one.ratio > 0 for one in slopes) else 0.1
    level = set(seen)
    for distance in range(4):
        if track in level or not seen:
            return doubt + 0.1 * distance
        level = {other for one in level for other in search.home.reads(one)} - seen
        seen |= level
    return doubt + 0.4


def _all_odd(search: Search) -> bool:
    """Whether no derivative is that of the error, of several."""
    assert search.base is not None
    odd = {one.track for one in search.odd if one.what == "derivative"}
    return len(odd) > 1 and odd >= set(search.base.roles.derivative.values())


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
    cells += [ref for tree in trees.values() for ref in refs(tree) if ref.where is not None and _moves(ref)]
    settings: dict[Node, None] = {}
    numbers: set[float] = set()
    for tree in trees.values():
        for node in nodes(tree):
            if isinstance(node, NameRef) or (isinstance(node, Ref) and node.last is None and not _moves(node)):
                settings[node] = None
            value = getattr(node, "value", None)
            if type(value) is float:
                numbers.add(value)
    return Parts(cells, list(settings), sorted(numbers), row, col, search.across)


def _moves(ref: Ref) -> bool:
    return not (ref.first.row_fixed and ref.first.col_fixed)
