"""Derivative columns against the derivative of the workbook's own error, and the smallest change that mends them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ....formula.nodes import Node
from ...findings import Finding
from ...understand.base import Block
from ...understand.roles import plain_share
from ...understand.words import says
from ..blocks.alike_sheets import found as sheeted
from ..ground.case import Case
from ..trials.edits import Edit, edits
from ..trials.mending import alike, parts_of, twins, upstream, whole_column
from ..trials.moves import is_forward, moves_by_itself, reaches, typed_rates, uphill
from ..trials.slopes import QUOTIENTS, Slopes, steps_of
from ..trials.trial import Draw, Stage, Weight, agree
from .suspects import explained

MAX_TRIED = 3000


@dataclass(frozen=True, slots=True)
class Wrong:
    """A column that is no derivative of the error: its track, the weight."""

    track: int
    weight: Weight


def derivatives(case: Case) -> Iterator[Finding]:
    """One finding a wrong column, in blocks that train."""
    for block in case.blocks:
        if id(block) in explained(case) or _apart(case, block):
            continue
        stage = Stage.of(case.desk, block)
        slopes = Slopes.of(stage) if stage is not None else None
        if stage is not None and slopes is not None and stage.draws:
            yield from _of_block(case, stage, slopes)


def _apart(case: Case, block: Block) -> bool:
    """Whether a column of a block is another one than on the sheets that are made like it: then it is that one."""
    own = [one for one in sheeted(case) if one.place is not None and one.place[0] == block.sheet]
    wide = [one.place for one in own if one.range is not None and ":" in one.range and one.place is not None]
    return any(block.first <= (col if block.across else row) <= block.last + 1 for _, row, col in wide)


def _of_block(case: Case, stage: Stage, slopes: Slopes) -> Iterator[Finding]:
    checked = list(_columns(stage))
    if slopes.error is None:
        slopes.factor = _factor(stage, slopes, checked)
    wrong = [one for one in checked if not right(stage, slopes, one, {})]
    wrong = [one for one in wrong if not (_taken(stage, one) and reaches(stage, slopes, one.weight))]
    wrong = [one for one in wrong if not _part_of_state(stage, slopes, one)]
    fine = _downwards(stage, slopes, checked, wrong) if wrong else []
    wrong = [one for one in wrong if one not in fine]
    if len(wrong) > 1:
        forward = _forward_tracks(stage, slopes)
        shared = _mended(stage, slopes, wrong, [one for one in checked if one not in wrong], forward)
        if shared is not None:
            yield _finding(case, stage, *shared)
            return
    moved = [one for one in stage.weights if moves_by_itself(stage, one, [each.weight for each in wrong])]
    wrong = [one for one in wrong if one.weight not in moved]
    yield from _updates(case, stage, slopes, [weight for weight in moved if not reaches(stage, slopes, weight)])
    good = [one for one in checked if one not in wrong]
    if _scaled_together(stage, slopes, wrong):
        return
    shared = _mended(stage, slopes, wrong, good) if len(wrong) > 1 else None
    if shared is not None:
        yield _finding(case, stage, *shared)
        return
    for one in wrong:
        found = _mended(stage, slopes, [one], good)
        if found is not None:
            yield _finding(case, stage, *found)
        else:
            yield _unmended(case, stage, slopes, one)


def _columns(stage: Stage) -> Iterator[Wrong]:
    """The columns to check: those called derivatives."""
    by_name = {weight.name: weight for weight in stage.weights}
    for column in stage.block.having("derivative"):
        if column.of in by_name and column.program is not None:
            one = Wrong(column.col, by_name[column.of])
            if _taken(stage, one) or says(column.name, "derivative") or column.kind not in ("", "exact"):
                yield one
    known = {column.of for column in stage.block.having("derivative")}
    for weight in stage.weights:
        taken = stage.block.columns.get(weight.taken or 0)
        if weight.name not in known and taken is not None and taken.role == "residual" and taken.program is not None:
            yield Wrong(taken.col, weight)
    derived = {track for column in stage.block.having("derivative") for track in stage.reads(column.col)}
    for column in stage.block.columns.values():
        moved = {stage.column(track).of for track in stage.reads(column.col) if stage.column(track).role == "perturbed"}
        fresh = not any(
            stage.column(track).role == "perturbed" and track in derived for track in stage.reads(column.col)
        )
        if column.role in ("output", "helper") and column.program is not None and len(moved) == 1 and fresh:
            name = moved.pop()
            if name in by_name:
                yield Wrong(column.col, by_name[name])


def _scaled_together(stage: Stage, slopes: Slopes, wrong: Sequence[Wrong]) -> bool:
    """Whether the columns are the derivatives times one number, another one from row to row: a clipped norm."""
    if len(wrong) < 2 or len({one.weight.name for one in wrong}) < len(stage.weights):
        return False
    shares = set()
    for number, draw in enumerate(stage.draws):
        values = stage.values([(one.track, 0) for one in wrong], draw)
        true = [slopes.slope(one.weight, number) for one in wrong]
        found = [value / slope for value, slope in zip(values, true, strict=True) if slope and math.isfinite(slope)]
        if any(not agree(share, found[0], 1e-9) for share in found):
            return False
        shares |= {round(share, 9) for share in found[:1]}
    return len(shares) > 2 and all(0 < share <= 1 + 1e-9 for share in shares)


def _factor(stage: Stage, slopes: Slopes, checked: list[Wrong]) -> float:
    """How many times the squared residual the error is, where no column says so: as most derivatives have it."""
    sizes = [1.0, 0.5, stage.block.loss, *_seen(stage, slopes, checked)]
    for one in sizes:
        slopes.factor = one
        slopes.forget()
        if all(reaches(stage, slopes, weight) for weight in stage.weights):
            return one
    for one in sizes:
        slopes.factor = one
        slopes.forget()
        if any(right(stage, slopes, each, {}) for each in checked):
            return one
        if not checked and any(reaches(stage, slopes, weight) for weight in stage.weights):
            return one
    slopes.forget()
    return 1.0


def _seen(stage: Stage, slopes: Slopes, checked: list[Wrong]) -> list[float]:
    """How many times the derivatives of the plain loss the workbook's are, the likeliest first."""
    slopes.factor = 1.0
    slopes.forget()
    found: dict[float, list[float]] = {}
    for weight, value in [
        *((one.weight, _value_of(stage, one.track)) for one in checked),
        *((weight, _step_by(stage, weight, rate)) for weight in stage.weights for rate in typed_rates(stage)),
    ]:
        slope = (slopes.slope(weight, number) for number in range(len(stage.draws)))
        shares = [
            value(draw) / true for draw, true in zip(stage.draws, slope, strict=True) if true and math.isfinite(true)
        ]
        if len(shares) >= 3 and shares[0] > 0 and all(agree(share, shares[0]) for share in shares):
            found.setdefault(float(f"{shares[0]:.5g}"), []).append(shares[0])
    roles = stage.block.details.roles if stage.block.details else None
    likely = {key: (roles is not None and plain_share(roles, key), len(each)) for key, each in found.items()}
    return [found[key][0] for key in sorted(likely, key=lambda key: likely[key], reverse=True)]


def _value_of(stage: Stage, track: int) -> Callable[[Draw], float]:
    return lambda draw: stage.values([(track, 0)], draw)[0]


def _step_by(stage: Stage, weight: Weight, rate: float) -> Callable[[Draw], float]:
    """How far a weight goes down, in units of a learning rate."""

    def share(draw: Draw) -> float:
        old, new = stage.values([weight.old, weight.new], draw)
        return (old - new) / rate

    return share


def _downwards(stage: Stage, slopes: Slopes, checked: Sequence[Wrong], wrong: Sequence[Wrong]) -> list[Wrong]:
    """Columns that hold minus the derivative, where another weight descends with such a one."""
    steps = [one for one in checked if right(stage, slopes, one, {}, -1.0)]
    descends = any(reaches(stage, slopes, one.weight) for one in steps)
    return [one for one in wrong if one in steps] if descends else []


def right(stage: Stage, slopes: Slopes, one: Wrong, trees: Mapping[int, Node], sign: float = 1.0) -> bool:
    """Whether a column is the derivative of the error by its weight, or a difference quotient of it."""
    values = [sign * stage.values([(one.track, 0)], draw, trees)[0] for draw in stage.draws]
    ways = [("exact", 0.0)] + [(way, h) for h in steps_of(stage, one.track) for way in QUOTIENTS[1:]]
    forward = {track: tree for track, tree in trees.items() if track != one.track and is_forward(stage, track)}
    for way, h in ways:
        seen = 0
        for number, value in enumerate(values):
            true = slopes.slope(one.weight, number, way, h, forward)
            if not math.isfinite(true):
                continue
            seen += bool(true) or not forward
            if not agree(value, true, slopes.slack(number)):
                break
        else:
            if seen >= 3:
                return True
    return False


def _part_of_state(stage: Stage, slopes: Slopes, one: Wrong) -> bool:
    """Whether a residual is a part of the derivative and the weight's state takes it: the factor stands there."""
    if stage.column(one.track).role != "residual" or not stage.block.having("state", one.weight.name):
        return False
    shares = []
    for number, draw in enumerate(stage.draws):
        value, true = stage.values([(one.track, 0)], draw)[0], slopes.slope(one.weight, number)
        if math.isfinite(true) and math.isfinite(value) and true:
            shares.append(value / true)
    return len(shares) >= 3 and all(agree(share, shares[0], 1e-9) for share in shares)


def _taken(stage: Stage, one: Wrong) -> bool:
    """Whether the weight's update depends on a column."""
    return one.track in upstream(stage, one.weight.new[0])


def _updates(case: Case, stage: Stage, slopes: Slopes, wrong: Sequence[Weight]) -> Iterator[Finding]:
    """Updates that do not move against the derivative, which stands nowhere by itself."""
    together = _moved_right(stage, slopes, wrong) if len(wrong) > 1 else None
    if together is not None:
        yield _misled(case, stage, wrong[0], *together)
        return
    if len(wrong) == len(stage.weights) > 1:
        wrong = uphill(stage, slopes)  # else a rule of its own
    for weight in wrong:
        found = _moved_right(stage, slopes, [weight])
        if found is not None:
            yield _misled(case, stage, weight, *found)
            continue
        track = weight.new[0]
        place, name = stage.place(stage.first_of(track), track), stage.column(track).name
        words = f"{name} ({stage.run_name(track)}) does not go against the derivative of the error by {weight.name}"
        yield case.finding("formula", place, words, run=stage.run_name(track))


def _moved_right(stage: Stage, slopes: Slopes, wrong: Sequence[Weight]) -> tuple[int, Edit] | None:
    """The smallest change to one column that makes weights move against the derivative of the error."""
    weights = {weight.old[0] for weight in stage.weights}
    tracks = set.intersection(*(upstream(stage, weight.new[0]) for weight in wrong))
    if len(wrong) > 1:
        tracks |= _forward_tracks(stage, slopes)
    fine = [one for one in stage.weights if one not in wrong]
    candidates: list[tuple[float, int, int, Edit, list[Weight]]] = []
    for track in tracks:
        column = stage.column(track)
        forward = is_forward(stage, track)
        if column.program is None or column.program.tree is None or (forward and len(wrong) < 2):
            continue
        if track in weights and [track] != [weight.new[0] for weight in wrong]:
            continue
        harmed = [one for one in fine if forward or track in upstream(stage, one.new[0])]
        harmed = [one for one in harmed if reaches(stage, slopes, one)]
        penalty = 0.9 if forward else 0.6 if alike(stage, track) else 0.0
        for edit in _edits(stage, track):
            candidates.append((edit.cost + penalty, len(candidates), track, edit, harmed))
    most = stage.limit
    for _, _, track, edit, harmed in sorted(candidates, key=lambda one: one[:2])[:MAX_TRIED]:
        if stage.work > most:
            break
        trees = {track: edit.tree}
        if all(reaches(stage, slopes, weight, trees) for weight in [*wrong, *harmed]):
            return track, edit
    return None


def _misled(case: Case, stage: Stage, weight: Weight, track: int, edit: Edit) -> Finding:
    column = stage.column(track)
    words = (
        f"{column.name} ({stage.run_name(track)}): {weight.name} does not go against the derivative of the error, "
        f"as {edit.words}"
    )
    return whole_column(case, stage, track, edit, words)


def _mended(
    stage: Stage, slopes: Slopes, wrong: list[Wrong], good: list[Wrong], among: set[int] | None = None
) -> tuple[int, Edit, Wrong] | None:
    """The smallest change to one column that makes all wrong columns right and leaves the good ones so.

    among: the columns to look at.
    """
    above = [stage.above(one.track) for one in wrong]
    tracks = set.intersection(*above)
    if len(wrong) > 1:
        tracks |= _forward_tracks(stage, slopes)
    tracks = tracks if among is None else tracks & among - {one.track for one in wrong}
    leads_to = list(good)
    candidates: list[tuple[float, int, int, Edit, list[Wrong]]] = []
    for track in tracks:
        column = stage.block.columns.get(track)
        if (
            column is None
            or column.program is None
            or column.program.tree is None
            or column.role in ("weight", "state")
        ):
            continue
        forward = is_forward(stage, track)
        if forward and len(wrong) < 2:
            continue
        harmed = [one for one in leads_to if forward or track in stage.above(one.track)]
        penalty = 0.25 if track != wrong[0].track and not forward else 0.0
        penalty += 0.9 if forward else 0.6 if alike(stage, track) else 0.0
        for edit in _edits(stage, track):
            candidates.append((edit.cost + penalty, len(candidates), track, edit, harmed))
    most = stage.limit
    for _, _, track, edit, harmed in sorted(candidates, key=lambda one: one[:2])[:MAX_TRIED]:
        if stage.work > most:
            break
        trees = {track: edit.tree}
        if all(_quick(stage, slopes, one, trees) and right(stage, slopes, one, trees) for one in wrong) and all(
            right(stage, slopes, one, trees) for one in harmed
        ):
            return track, edit, wrong[0]
    return None


def _forward_tracks(stage: Stage, slopes: Slopes) -> set[int]:
    """The tracks that the error is made of; where none holds it, those that the prediction is made of."""
    if slopes.error is not None:
        return stage.above(slopes.error)
    return stage.above(slopes.pair[0]) if slopes.pair is not None else set()


def _edits(stage: Stage, track: int) -> list[Edit]:
    """The changes to try on a column; a prediction is not mended by a factor."""
    column = stage.column(track)
    assert column.program is not None
    assert column.program.tree is not None
    whole = column.role not in ("prediction", "hidden", "residual") or not is_forward(stage, track)
    found = edits(column.program.tree, parts_of(stage, track), list(twins(stage, track)), whole)
    return [edit for edit in found if not stage.circular(track, edit.tree)]


def _quick(stage: Stage, slopes: Slopes, one: Wrong, trees: Mapping[int, Node]) -> bool:
    """Whether a changed formula is near the truth in one draw; most are not, and that is cheap to see."""
    value = stage.values([(one.track, 0)], stage.draws[0], trees)[0]
    if not math.isfinite(value):
        return False
    forward = {track: tree for track, tree in trees.items() if is_forward(stage, track)}
    true = slopes.rough(one.weight, 0, forward) if forward else slopes.slope(one.weight, 0)
    return not math.isfinite(true) or agree(value, true, slopes.slack(0), 0.2)


def _finding(case: Case, stage: Stage, track: int, edit: Edit, wrong: Wrong) -> Finding:
    column = stage.column(track)
    error = stage.block.having("error")
    of = f"the derivative of {error[0].name if error else 'the squared error'} by {wrong.weight.name}"
    what = of if track == wrong.track else f"a part of {of}"
    if column.role == "error":
        words = f"{column.name} ({stage.run_name(track)}) is not what its derivatives are derivatives of: {edit.words}"
    else:
        words = f"{column.name} ({stage.run_name(track)}) is not {what}: {edit.words}"
    return whole_column(case, stage, track, edit, words)


def _unmended(case: Case, stage: Stage, slopes: Slopes, one: Wrong) -> Finding:
    line = stage.first_of(one.track)
    place, column = stage.place(line, one.track), stage.column(one.track)
    values = stage.values([(one.track, 0)], stage.draws[0])
    true = slopes.slope(one.weight, 0)
    words = f"{column.name} ({stage.run_name(one.track)}) is not the derivative of the error by {one.weight.name}"
    if math.isfinite(true) and math.isfinite(values[0]):
        words += f": on other numbers it gives {values[0]:.6g} where {true:.6g} is right"
    return replace(case.finding("formula", place, words, run=stage.run_name(one.track), role=column.role))
