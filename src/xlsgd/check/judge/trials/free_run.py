"""The global check: the workbook's training beside a free run of NumPy from the same rows, starts and settings.

Where the two part, one step from the workbook's own previous row tells why: agrees that, rounding differences have
grown (different algebra, an optimizer that divides by nearly nothing, an explosion); if not, the training went another
way in this row. So the growth of rounding is never a finding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ....formula.nodes import Call
from ....reference import Trace, single_steps
from ....reference.arithmetic import F64
from ....values import ulps
from ...findings import ERROR, Finding, Place
from ...own_run import free_trace, numbers
from ...understand.base import Block
from ..ground.case import Case, place_name
from ..ground.trees import nodes
from .trial import Draw, Stage

SHARE = 1e-6
"""Numbers whose relative distance is no larger agree: those count for ``max_ulp``."""
KNOWN = 0.8
"""The share of rows in which a step of NumPy must agree for NumPy to know what a column does."""
MIN_ROWS = 5
SHAKEN, TIMES, SLACK = 1e-14, 4, 16.0

_KINDS = {"analytic": "exact", "forward": "forward", "central": "central"}
_TELLING = frozenset({"reference", "formula", "hard-coded", "stale", "value", "data", "settings"})


@dataclass(frozen=True, slots=True)
class Held:
    """What came of a block. compared: formula cells held against a number; max_ulp: the largest distance of those that
    agree; free: how many of them were held against the free run; apart: cells where a step leaves the rule, with what
    NumPy gives there, first lines first.
    """

    compared: int
    max_ulp: int
    free: int = 0
    apart: tuple[tuple[Place, float], ...] = ()


@dataclass(slots=True)
class _Account:
    """The largest distance so far, and the cells that were compared."""

    max_ulp: int = 0
    compared: int = 0

    def enter(self, value: float, expected: float) -> None:
        """Count a cell; one that is rounding away from what is expected also counts for the distance."""
        self.compared += 1
        if value != expected and math.isfinite(value) and close(value, expected):
            self.max_ulp = max(self.max_ulp, ulps(value, expected))


def free_run(case: Case, block: Block) -> Held:
    """Hold the formula cells of a block against numbers.

    Columns that the reference has (weights, prediction, error, derivatives, states, new weights) are held against the
    free run, and from where rounding has grown against one step from the workbook's own row. All others, and all
    columns of blocks that the reference cannot train (unknown variant, batches, clipping, schedules, optimizers by
    epochs, tables that continue others), are held against what their own formulas give from the stored values.
    """
    account, apart, known, free = _Account(), [], set[Place](), 0
    stage, trace = Stage.of(case.desk, block), None
    if block.last - block.first + 1 >= MIN_ROWS:
        trace = free_trace(case.desk.number, block)
    if stage is not None and trace is not None:
        cells = list(_cells(case, stage, trace))
        apart = [(cell.place, cell.step) for cell in cells if cell.leaves]
        end = min((stage.turned(place)[0] for place, _ in apart), default=block.last + 2)
        for cell in cells:
            known.add(cell.place)
            follows = stage.turned(cell.place)[0] < end and close(cell.value, cell.run)
            if not cell.leaves:
                account.enter(cell.value, cell.run if follows else cell.step)
            account.compared += cell.leaves
            free += follows
    _recomputed(case, block, known, account)
    apart.sort(key=lambda one: (one[0][2], one[0][1]) if block.across else one[0][1:])
    return Held(account.compared, account.max_ulp, free, tuple(apart))


def values(case: Case, block: Block, held: Held, found: Sequence[Finding]) -> Iterator[Finding]:
    """The finding where a training leaves its rule and nothing else that was found explains it.

    Where the workbook's own formulas lead there (a clipping, a mask, a rate that falls), that is its rule.
    """
    stage = Stage.of(case.desk, block) if held.apart else None
    if stage is None or _draws(block) or any(one.severity == ERROR and one.kind in _TELLING for one in found):
        return
    warned = {one.place for one in found}
    for place, expected in held.apart:
        line = place[2] if block.across else place[1]
        track = place[1] if block.across else place[2]
        column = block.columns.get(track)
        if place in warned or (column is not None and line in column.regular) or _meant(stage, place):
            continue
        words = (
            f"{place_name(place)} holds {case.desk.number(place):.6g}, but a step of {block.variant_name} from the row"
            f" before gives {expected:.6g}: from here on the training is not the one that its start and settings give"
        )
        role = column.role if column is not None else None
        yield case.finding("value", place, words, wanted=expected, role=role)
        return


def _meant(stage: Stage, place: Place) -> bool:
    """Whether the formulas of a cell's row give its value, from the weights and states before the row on."""
    line, track = stage.turned(place)
    ahead = {weight.new for weight in stage.weights} | {(state.track, state.old + 1) for state in stage.states}
    offset = next((offset for known, offset in ahead if known == track), 0)
    start = line - offset
    olds = [weight.old for weight in stage.weights] + [(state.track, state.old) for state in stage.states]
    spots = [stage.place(start + old, known) for known, old in olds]
    [value] = stage.values([(track, offset)], Draw(start, {spot: stage.desk.number(spot) for spot in spots}))
    return close(value, _nan(stage.desk.number(place)))


def _draws(block: Block) -> bool:
    """Whether a block throws dice: what they were when the values were stored, nobody knows."""
    trees = [column.program.tree for column in block.columns.values() if column.program is not None]
    several = (node for tree in trees if tree is not None for node in nodes(tree))
    return any(isinstance(node, Call) and node.name.startswith("RAND") for node in several)


def close(one: float, two: float) -> bool:
    """Whether two numbers are the same but for rounding; no number equals no number."""
    if not (math.isfinite(one) and math.isfinite(two)):
        return math.isfinite(one) == math.isfinite(two)
    return abs(one - two) <= SHARE * max(abs(one), abs(two))


# the reference's columns


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's own value, what the free run has there, and what one step from the workbook's own row gives."""

    place: Place
    value: float
    run: float
    step: float
    agrees: bool

    @property
    def leaves(self) -> bool:
        """Whether the training goes another way here, which is not what rounding does."""
        return not self.agrees and not close(self.value, self.run)


def _cells(case: Case, stage: Stage, trace: Trace) -> Iterator[_Cell]:
    """The formula cells that the reference knows."""
    desk, block = case.desk, stage.block
    before, given = _before(case, stage, trace)
    if before is None:
        return
    steps, allowed = _steps(trace, before, given)
    for key, (track, offset) in _keys(stage, trace).items():
        places = [stage.place(line + offset, track) for line in range(block.first, block.last + 1)]
        own = np.array([_nan(desk.number(place)) for place in places])
        step, run = steps[key], trace.columns[key][0]
        with np.errstate(all="ignore"):
            agrees = (np.abs(own - step) <= allowed[key] + 1e-7 * np.abs(step)) | ~np.isfinite(step) | ~np.isfinite(own)
        formulas = [desk.program(place) is not None for place in places]
        if agrees[formulas].sum() < KNOWN * sum(formulas) or np.isfinite(own).sum() < MIN_ROWS:
            continue  # the sheet's column is something else
        for i, place in enumerate(places):
            if formulas[i] and (math.isfinite(own[i]) or (math.isnan(run[i]) and desk.at(place) is not None)):
                yield _Cell(place, float(own[i]), float(run[i]), float(step[i]), bool(agrees[i]))


def _steps(trace: Trace, before: dict[str, F64], given: dict[str, F64]) -> tuple[dict[str, F64], dict[str, F64]]:
    """What a step gives from each row, and how far that moves where what goes in moves by little more than rounding."""
    steps, rng = single_steps(trace.variant, before, given), np.random.default_rng(5)
    allowed = {key: np.zeros(trace.rows) for key in steps}
    for _ in range(TIMES):
        shaken = {key: own * (1 + SHAKEN * rng.uniform(-1, 1, trace.rows)) for key, own in before.items()}
        for key, moved in single_steps(trace.variant, shaken, given).items():
            with np.errstate(all="ignore"):
                allowed[key] = np.fmax(allowed[key], SLACK * np.abs(moved - steps[key]))
    return steps, allowed


def _before(case: Case, stage: Stage, trace: Trace) -> tuple[dict[str, F64] | None, dict[str, F64]]:
    """Weights and states of the workbook before each row, and its data; None where it is not known where they stand."""
    desk, block, found = case.desk, stage.block, {}
    lines = range(block.first, block.last + 1)
    olds = {weight.name: weight.old for weight in stage.weights}
    places = {f"new_{key}": olds.get(name) for key, name in block.weights_as.items()}
    places |= {key: (track, old) for key, track, old in _states(stage)}
    for key, spot in places.items():
        if spot is None:
            return None, {}
        found[key] = np.array([_nan(desk.number(stage.place(line + spot[1], spot[0]))) for line in lines])
    for key, start in trace.variant.state_starts.items():
        if key in trace.variant.optimizer.shared:
            found[key] = np.concatenate([[start], trace.columns[key][0][:-1]])
        elif key in found:
            found[key][0] = start
        else:
            return None, {}
    for key, start in trace.variant.start.items():
        found[f"new_{key}"][0] = start
    data = {"x": block.having("input")[0].col, "y": block.having("target")[0].col}
    return found, {key: np.array([_nan(one) for one in numbers(desk.number, block, col)]) for key, col in data.items()}


def _states(stage: Stage) -> Iterator[tuple[str, int, int]]:
    """The states' keys, tracks and where the old value stands."""
    ours = {name: key for key, name in stage.block.weights_as.items()}
    offsets = {state.track: state.old for state in stage.states}
    for column in stage.block.having("state"):
        if column.of in ours and column.col in offsets:
            yield f"{column.kind}_{ours[column.of]}", column.col, offsets[column.col]


def _keys(stage: Stage, trace: Trace) -> dict[str, tuple[int, int]]:
    """The reference's key → track and offset of its cells."""
    block, found = stage.block, {}
    for role in ("prediction", "error", "hidden"):
        columns = block.having(role)
        if len(columns) == 1:
            found[role] = (columns[0].col, 0)
    ours = {name: key for key, name in block.weights_as.items()}
    for weight in stage.weights:
        if weight.name not in ours:
            continue
        key = ours[weight.name]
        found[f"new_{key}"] = weight.new
        if weight.new[0] != weight.old[0]:
            found[key] = weight.old
        derivatives = [one for one in block.having("derivative", weight.name) if one.kind == _kind(trace)]
        if len(derivatives) == 1:
            found[f"d{key}"] = (derivatives[0].col, 0)
    found |= {key: (track, old + 1) for key, track, old in _states(stage)}
    return {key: spot for key, spot in found.items() if key in trace.columns}


def _kind(trace: Trace) -> str | None:
    return _KINDS.get(trace.variant.gradient.name)


# all other columns


def _recomputed(case: Case, block: Block, known: set[Place], account: _Account) -> None:
    """Enter the other formula cells, held against what their formulas give from the stored values."""
    desk = case.desk
    for line in range(block.first, block.last + 1):
        for track in block.columns:
            place = (block.sheet, track, line) if block.across else (block.sheet, line, track)
            program, own = desk.program(place), desk.number(place)
            if place in known or program is None or own is None or desk.changes(program):
                continue
            expected = desk.recompute(place) if desk.stored(place) and desk.has_cache else own
            if isinstance(expected, float):
                account.enter(own, expected)


def _nan(number: float | None) -> float:
    return math.nan if number is None else number
