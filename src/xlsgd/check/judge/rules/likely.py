"""How likely a change of a column is what a person meant: by its size, by what it reads, by how far off it lies."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np

from ....formula.nodes import Node, Ref
from ...understand.residuals import close
from ...understand.roles import Roles
from ..ground.trees import refs, same_shape
from ..trials.edits import Edit
from .families import Families, reads_at, same_made, shape
from .families import alike as made_alike
from .search import FORWARD, Search, is_back, is_forward, is_moving, weights_of

MAX_PAIRS = 10
_SIGMOID = re.compile(r"the factor (.+)\*\(1-\1\) is missing|the factors (.+) and \(1-\2\) do not belong there")


def likelihood(search: Search, track: int, tree: Node, edit: Edit, lonely: set[int]) -> float:
    """What a change costs beside its size: another cell more than another sign, unless that cell is used nowhere."""
    if _senseless(search, track, tree, edit):
        return 1.0
    ratios = {one.ratio for one in search.odd if one.ratio is not None}
    turned = "sign" in edit.words or "stands before" in edit.words
    if any(ratio < 0 for ratio in ratios) and turned:
        return -0.3
    if any(ratio > 0 for ratio in ratios) and ("factor" in edit.words or "twice" in edit.words):
        return -0.3
    if edit.words[:1].isdigit() and edit.words.split(" ", 1)[0] not in ("1", "2", "0.5"):  # a number that was typed
        return -0.4 if edit.cost > 1.2 else 0.1
    if "does not belong" in edit.words and is_forward(search, track) and not turned and search.base is not None:
        return 0.4
    shows = any(one.track == track and one.what == "derivative" for one in search.odd)
    if shows and "the factor" in edit.words and "missing" in edit.words and "(1-" not in edit.words:
        added = set(refs(edit.tree)) - set(refs(tree))
        if added and all(is_moving(ref) for ref in added) and "beside" not in edit.words:
            return -0.25
    if _SIGMOID.match(edit.words):  # the derivative of a sigmoid, forgotten or taken in though the loss does without
        return -1.0
    if "(1-" in edit.words or "ReLU" in edit.words:
        return -0.6 if _of_activation(search, track, tree, edit) else 0.2
    if edit.kind == "reference" and _of_activation(search, track, tree, edit):
        return 0.0
    if len(_levels(search, track, tree)) > 1 == len(_levels(search, track, edit.tree)) and edit.kind == "reference":
        return -0.5
    more = lags(search, track, edit.tree) - lags(search, track, tree)
    if more:
        return 0.6 if more > 0 else -0.4 if is_forward(search, track) else 0.0
    spots = same_shape(tree, edit.tree)
    wanted = spots[0][2] if spots else None
    if spots is None or len(spots) != 1 or not isinstance(wanted, Ref) or not is_moving(wanted):
        return 0.1 if isinstance(wanted, Ref) and not turned else 0.0 if turned or edit.cost < 1.1 else 0.15
    corner = wanted.first
    fixed, offset = (corner.row_fixed, corner.row) if search.across else (corner.col_fixed, corner.col)
    other = offset if fixed else track + offset
    if other not in lonely:
        return 0.2
    read = any(other in search.home.reads(at) for at in search.home.candidate.tracks if at != other)
    own = spots[0][1]
    was = reads_at(own, track, search.across) if isinstance(own, Ref) else None
    trees = search.trees
    alike = was in trees and other in trees and shape(trees[was]) == shape(trees[other])
    return (-0.6 if other in search.home.reads(other) and not read else -0.2) - (0.3 if alike else 0.0)


def _senseless(search: Search, track: int, tree: Node, edit: Edit) -> bool:
    """Whether data would read what is trained, or a weight would start from something else than itself."""
    if search.base is None:
        return False
    roles, fresh = search.base.roles, set(refs(edit.tree)) - set(refs(tree))
    read = {track + (ref.first.row if search.across else ref.first.col) for ref in fresh if ref.where is None}
    if track not in roles.dynamics.live:
        return bool(read & roles.dynamics.live)
    own, kept = {ref for ref in refs(tree) if _reads(ref, track, track, search.across)}, set(refs(edit.tree))
    carried = roles.model.weights.get(track)
    return carried is not None and carried.column == track and bool(own) and not own & kept and len(read) == 1


def _reads(ref: Ref, track: int, other: int, across: bool) -> bool:
    fixed, at = (ref.first.row_fixed, ref.first.row) if across else (ref.first.col_fixed, ref.first.col)
    return ref.where is None and (at if fixed else track + at) == other


def _levels(search: Search, track: int, tree: Node) -> set[int]:
    """The lines, seen from its own, from which a formula takes weights."""
    weights, found = weights_of(search), set()
    for ref in refs(tree):
        corner = ref.first
        fixed, at = (corner.row_fixed, corner.row) if search.across else (corner.col_fixed, corner.col)
        still = corner.col_fixed if search.across else corner.row_fixed
        if not still and ref.where is None and (at if fixed else track + at) in weights:
            found.add(corner.col if search.across else corner.row)
    return found


def _of_activation(search: Search, track: int, tree: Node, edit: Edit) -> bool:
    """Whether a change brings in a hidden value or a prediction: the derivative of its activation was forgotten."""
    given = search.base.roles.found if search.base is not None else {}
    fresh = set(refs(edit.tree)) - set(refs(tree))
    tracks = {track + (ref.first.row if search.across else ref.first.col) for ref in fresh}
    return bool(tracks) and all(other in given and given[other].role in ("hidden", "prediction") for other in tracks)


def lonely_tracks(search: Search, track: int) -> set[int]:
    """The tracks that nothing reads, and for one that leads to the error those that do not lead there."""
    home = search.home
    read = {other: home.reads(other) - {other} for other in home.candidate.tracks}
    found = {other for other in read if not any(other in those for those in read.values())}
    stop = set(weights_of(search)) | (set(search.base.roles.model.states) if search.base is not None else set())
    for error in search.base.roles.of_role("error") if search.base is not None else ():
        leads, stack = {error}, [error]
        while stack:
            at = stack.pop()
            for other in read.get(at, set()) - leads if at not in stop else ():
                leads.add(other)
                stack.append(other)
        if track in leads:
            found |= set(read) - leads
    return found - set(search.base.roles.of_role("error") if search.base is not None else ())


def lags(search: Search, track: int, tree: Node) -> int:
    """How often a formula reads other columns of the row before."""
    back = [ref.first for ref in refs(tree) if is_back(ref, search.across)]
    return sum((corner.row if search.across else corner.col) != 0 for corner in back)


def doubt_of(search: Search, track: int, trees: dict[int, Node], of: Families) -> float:
    """How unlikely it is that a column is the wrong one: the further it is from what is odd, the more.

    A column of the forward pass is hardly wrong where only one derivative is.
    """
    doubt = (
        0.6 if made_alike(trees, track, search.across, of) else 0.25 if same_made(trees, track, search.across) else 0.0
    )
    if search.base is not None and _twice(search.base.roles, track):
        return doubt - 0.6
    seen = {one.track for one in search.odd}
    slopes = [one for one in search.odd if one.what in ("derivative", "multiple", "rule", "called derivative")]
    given = search.base.roles.found.get(track) if search.base is not None else None
    if slopes and search.base is not None and _all_odd(search) and agreeing(search.base.roles):
        return doubt + (0.5 if feeds(search, track) else 0.0)
    if slopes and search.base is not None and _all_odd(search):
        shared = sum(track in search.home.reads(one.track) for one in slopes) > 1
        return doubt + (0.1 if shared or (given is not None and given.role in FORWARD) else 0.5)
    if given is not None and given.role in FORWARD and slopes and len({one.track for one in slopes}) < 3:
        doubt += 0.5 if all(one.ratio is None or one.ratio > 0 for one in slopes) else 0.1
    level = set(seen)
    for distance in range(4):
        if track in level or not seen:
            return doubt + 0.1 * distance
        level = {other for one in level for other in search.home.reads(one)} - seen
        seen |= level
    return doubt + 0.4


def _twice(roles: Roles, track: int) -> bool:
    """Whether a column is the residual once more, while a weight's derivative stands nowhere."""
    known = set(roles.derivative)
    if track not in roles.of_role("residual") or not known or known >= set(roles.model.weights):
        return False
    same = [other for other in roles.of_role("residual") if close(roles.values[other], roles.values[track])]
    return len(same) > 1 and track not in roles.derivative.values()


def agreeing(roles: Roles) -> bool:
    """Whether derivatives that are none of the error are those of something else: each by the other's weight alike."""
    terms, weights = roles.dynamics.terms, roles.model.weights
    tracks = {weight: track for weight, track in roles.derivative.items() if track in roles.values}
    if len(tracks) < 2 or len(tracks) < len(weights):
        return False
    pairs = list(combinations(sorted(tracks), 2))[:MAX_PAIRS]
    met = 0
    for one, two in pairs:
        first = roles.value(terms.derivative(roles.dynamics.full[tracks[one]], weights[two].old))
        second = roles.value(terms.derivative(roles.dynamics.full[tracks[two]], weights[one].old))
        met += bool(np.any(first != 0))
        if not close(first, second):
            return False
    return met > 0


def feeds(search: Search, track: int) -> bool:
    """Whether a derivative hangs on a column within the step."""
    assert search.base is not None
    stop, stack = set(weights_of(search)), list(search.base.roles.derivative.values())
    seen = set(stack)
    while stack:
        at = stack.pop()
        for other in search.home.reads(at) - seen if at not in stop else ():
            seen.add(other)
            stack.append(other)
    return track in seen


def _all_odd(search: Search) -> bool:
    """Whether no derivative is that of the error, of several."""
    assert search.base is not None
    odd = {one.track for one in search.odd if one.what == "derivative"}
    return len(odd) > 1 and odd >= set(search.base.roles.derivative.values())
