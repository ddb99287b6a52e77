"""The length of all derivatives, by which steps are cut short: whether it takes in each of them, once.

Pascanu et al., arXiv:1211.5063.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from ....formula.nodes import Call, Chain, Literal, Node
from ....formula.printer import to_text
from ....values import Scalar
from ...findings import Finding, Place
from ..ground.case import Case
from ..ground.trees import bare
from ..trials.edits import Edit, cell_ref, edits, plus, power
from ..trials.mending import parts_of, upstream, whole_column
from ..trials.trial import Draw, Stage, Weight, agree
from .slips import slips
from .suspects import explained

MAX_WEIGHTS, MAX_TRIED = 12, 600


def norms(case: Case) -> Iterator[Finding]:
    """One finding a length, in blocks that train."""
    for block in case.blocks:
        if id(block) in explained(case) or block.details is None or len(block.details.roles.derivative) < 2:
            continue
        stage = Stage.of(case.desk, block)
        if stage is None or not stage.draws or len(stage.weights) > MAX_WEIGHTS:
            continue
        for track, column in sorted(block.columns.items()):
            tree = column.program.tree if column.program is not None else None
            if tree is not None and _is_root(tree) and _of_slopes(stage, track):
                yield from _judged(case, stage, track, tree)


def _is_root(tree: Node) -> bool:
    """Whether a formula is a square root of something."""
    whole = bare(tree)
    if isinstance(whole, Call):
        return whole.name == "SQRT"
    return isinstance(whole, Chain) and whole.operators == ("^",) and bare(whole.operands[1]) == Literal(0.5)


def _slopes(stage: Stage) -> dict[str, int]:
    """The column of each weight's derivative."""
    known = stage.block.details.roles.derivative if stage.block.details is not None else {}
    return {weight.name: known[weight.old[0]] for weight in stage.weights if weight.old[0] in known}


def _of_slopes(stage: Stage, track: int) -> bool:
    """Whether a column reads derivatives of weights and nothing else of the training."""
    assert stage.block.details is not None
    read, slopes = stage.reads(track), set(_slopes(stage).values())
    live = read & stage.block.details.roles.dynamics.live
    return bool(live) and live <= slopes and len(slopes) == len(stage.weights)


def _judged(case: Case, stage: Stage, track: int, tree: Node) -> Iterator[Finding]:
    cut = [weight for weight in stage.weights if track in upstream(stage, weight.new[0])]
    if len(cut) < 2 or _takes_all(stage, track, cut):
        return
    tried = [
        *_completed(stage, track, tree),
        *edits(tree, parts_of(stage, track)),
        *slips(tree, parts_of(stage, track)),
    ]
    for edit in sorted(tried, key=lambda one: one.cost)[:MAX_TRIED]:
        if _takes_all(stage, track, cut, {track: edit.tree}, True):
            name, run = stage.column(track).name, stage.run_name(track)
            words = f"{name} ({run}), the length of all derivatives, does not take in each of them: {edit.words}"
            yield whole_column(case, stage, track, edit, words)
            return
    name, run, place = stage.column(track).name, stage.run_name(track), stage.place(stage.first_of(track), track)
    words = f"{name} ({run}), the length of all derivatives, does not take in each of them"
    yield case.finding("formula", place, words, run=run, role=stage.column(track).role)


def _completed(stage: Stage, track: int, tree: Node) -> Iterator[Edit]:
    """A root with the square of one more derivative in it."""
    whole, place = bare(tree), stage.place(stage.first_of(track), track)
    line = stage.turned(place)[0]
    for slope in _slopes(stage).values():
        if slope not in stage.reads(track) and isinstance(whole, Call):
            cell = cell_ref(*place[1:], stage.place(line, slope)[1:])
            more = Call("SQRT", (plus(whole.args[0], power(cell)),))
            yield Edit(0.5, more, f"the square of {to_text(cell, *place[1:])} is missing")


def _takes_all(
    stage: Stage, track: int, cut: Sequence[Weight], trees: Mapping[int, Node] | None = None, once: bool = False
) -> bool:
    """Whether each derivative counts alike; once: and as much as it is."""
    slopes = _slopes(stage)
    shares = [_length(stage, track, {slopes[weight.name]: 1.0}, trees) for weight in cut]
    if not all(math.isfinite(one) for one in shares):
        return not once
    pair = _length(stage, track, {slopes[cut[0].name]: 3.0, slopes[cut[1].name]: 4.0}, trees)
    if once and not (agree(shares[0], 1.0) and agree(pair, 5.0)):
        return False
    return all(agree(one, shares[0], 1e-4) for one in shares)


def _length(stage: Stage, track: int, given: Mapping[int, float], trees: Mapping[int, Node] | None) -> float:
    draw = stage.draws[0]
    fixed: dict[Place, Scalar] = dict(draw.fixed)
    for slope in _slopes(stage).values():
        fixed[stage.place(draw.line, slope)] = given.get(slope, 0.0)
    return stage.values([(track, 0)], Draw(draw.line, fixed), trees)[0]
