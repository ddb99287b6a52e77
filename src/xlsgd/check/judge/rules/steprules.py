"""Updates and states: every weight is to move by one rule, and that rule is to be one that descends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ....formula.nodes import Node
from ...findings import Finding
from ...understand.rules import Rule
from ..ground.case import Case
from ..trials.edits import Edit, edits
from ..trials.mending import alike, family_of, parts_of, twins, upstream, whole_column
from ..trials.moves import climbs, reaches
from ..trials.observed import Chain, Seen, chains, observe, passes, same, sound
from ..trials.plausible import FEW, plausible
from ..trials.slopes import Slopes
from ..trials.trial import Stage
from .health import oddities, sign_of
from .suspects import explained

MAX_TRIED = 1500
_FORWARD = frozenset({"prediction", "hidden", "error", "residual", "input", "target", "derivative", "perturbed"})


def steprules(case: Case) -> Iterator[Finding]:
    """One finding a wrong column, in blocks that train."""
    for block in case.blocks:
        if id(block) in explained(case) or block.details is None:
            continue
        if not block.having("gradient") and not oddities(block.details):
            continue  # all fits; what is made of a derivative on the way is only seen in trials
        stage = Stage.of(case.desk, block)
        if stage is not None and stage.draws:
            yield from _of_block(case, stage)
            yield from _written_out(case, stage)


def _of_block(case: Case, stage: Stage) -> Iterator[Finding]:
    found = chains(stage)
    if not found:
        return
    groups = _groups(stage, found)
    right, wrong = _parted(stage, groups)
    first: Finding | None = None
    in_vain = False
    for chain in wrong:
        if in_vain and all(alike(stage, track) for track in family_of(stage, chain.weight.name) if _own(stage, track)):
            continue  # made like one that nothing mends
        finding = _judged(case, stage, chain, right)
        if finding is None:
            in_vain = not right
            continue
        if first is not None and not right:
            finding = replace(finding, cause=False, caused_by=first.where)
        first = first or finding
        yield finding


def _own(stage: Stage, track: int) -> bool:
    """Whether a column is one that the step rule is about."""
    column = stage.column(track)
    return column.program is not None and column.role not in _FORWARD


def _groups(stage: Stage, found: Sequence[Chain]) -> list[list[Chain]]:
    """Chains that do the same."""
    groups: list[tuple[list[Chain], list[Seen]]] = []
    for chain in found:
        seen = observe(stage, chain)
        for members, other in groups:
            if len(members[0].states) == len(chain.states) and same(seen, other):
                members.append(chain)
                break
        else:
            groups.append(([chain], seen))
    return [members for members, _ in groups]


def _parted(stage: Stage, groups: list[list[Chain]]) -> tuple[list[Chain], list[Chain]]:
    """The chains that serve as a pattern, and those that are wrong."""
    ranks = [plausible(stage, group[0], observe(stage, group[0])) for group in groups]
    slopes = Slopes.of(stage)
    if slopes is not None and (slopes.error is not None or slopes.told is not None):
        down = [all(not one.states and reaches(stage, slopes, one.weight) for one in group) for group in groups]
        up = [not one[0].states and climbs(stage, slopes, one[0].weight) for one in groups]
        ranks = [0 if goes else None if climb else rank for goes, climb, rank in zip(down, up, ranks, strict=True)]
    others = [_stands(stage, group[0]) for group in groups]
    if len(groups) == 1:
        own = stage.block.optimizer in ("eve-graddesc", "adagrad-epoch")  # what they share over an epoch is no trial's
        fine = own or ranks[0] is not None or others[0] or not _judgeable(stage, groups[0][0])
        return (groups[0], []) if fine else ([], groups[0])
    known = [rank for rank in ranks if rank is not None]
    if known:
        best = [group for group, rank in zip(groups, ranks, strict=True) if rank == min(known)]
        decays = [group for group in groups if group not in best and _decays(stage, group[0])]
        bad = [chain for group in groups if group not in best and group not in decays for chain in group]
        return max(best, key=len), bad
    unsound = [group for group in groups if any(_unsound(stage, chain) for chain in group)]
    if unsound and len(unsound) < len(groups):
        descend = [group for group in groups if group not in unsound]
        return max(descend, key=len), [chain for group in unsound for chain in group]
    if all(others):
        let = [group for group in groups if passes(stage, group[0])]
        if 0 < len(let) < len(groups) and _one_rule(stage, groups):
            return max(let, key=len), [chain for group in groups if group not in let for chain in group]
        return [], []  # each by a rule of its own
    largest = max(groups, key=len)
    rest = [chain for group in groups if group is not largest for chain in group]
    return (largest, rest) if len(largest) > len(rest) else ([], [])


def _one_rule(stage: Stage, groups: list[list[Chain]]) -> bool:
    """Whether all go by one rule, and differ only in what they make of their derivatives before it."""
    rules = [_rule(stage, chain) for group in groups for chain in group]
    taken = [stage.block.columns.get(chain.weight.taken or 0) for group in groups for chain in group]
    apart = all(one is not None and one.role == "gradient" for one in taken)
    return apart and all(rule is not None for rule in rules) and len({sign_of(rule) for rule in rules if rule}) == 1


def _stands(stage: Stage, chain: Chain) -> bool:
    """Whether the rule that understanding found is one that descends."""
    return sound(_rule(stage, chain))


def _unsound(stage: Stage, chain: Chain) -> bool:
    """Whether a weight's rule is known and none that descends, or goes without the learning rate that others have."""
    rule = _rule(stage, chain)
    rated = any(each.typed_rates for each in stage.block.details.rules.values()) if stage.block.details else False
    return rule is not None and rule.exact and (not sound(rule) or (rated and not rule.typed_rates))


def _written_out(case: Case, stage: Stage) -> Iterator[Finding]:
    """Weights whose derivative stands nowhere by itself and whose rule climbs, where that of others descends."""
    rules = stage.block.details.rules if stage.block.details else {}
    known = {chain.weight.name for chain in chains(stage)}
    if not any(rule.exact and not _climbs(rule) for rule in rules.values()):
        return
    for weight in stage.weights:
        rule = rules.get(weight.old[0])
        if rule is None or weight.name in known or not rule.exact or not _climbs(rule):
            continue
        odd = next((one.track for one in rule.moments if one.power == 1 and one.keep < 0.5 - 1e-9), None)
        track = weight.new[0] if odd is None or odd not in stage.block.columns else odd
        place, column = stage.place(stage.first_of(track), track), stage.column(track)
        words = f"{column.name} ({stage.run_name(track)}) does not follow the rule by which the other weights descend"
        yield case.finding("formula", place, words, run=stage.run_name(track), role=column.role)


def _climbs(rule: Rule) -> bool:
    """Whether a rule with a moving average goes up the error, or keeps next to nothing of the average."""
    first = rule.moment(1)
    if first is None or not rule.numerator.startswith(("m", "old m", "g+m")):
        return False
    return rule.rate * first.share < 0 or 1e-9 < first.keep < 0.5 - 1e-9


def _decays(stage: Stage, chain: Chain) -> bool:
    """Whether a weight decays beside its step: often only some weights do."""
    rule = _rule(stage, chain)
    return rule is not None and sound(rule) and 0.8 < rule.shrink < 1 - 1e-9


def _rule(stage: Stage, chain: Chain) -> Rule | None:
    return stage.block.details.rules.get(chain.weight.old[0]) if stage.block.details else None


def _judgeable(stage: Stage, chain: Chain) -> bool:
    """Whether a rule of which there is no second opinion is near enough to a known one to be called wrong."""
    rule = _rule(stage, chain)
    return rule is not None and (rule.exact or bool(stage.block.nearest))


def _judged(case: Case, stage: Stage, chain: Chain, right: Sequence[Chain]) -> Finding | None:
    """The finding for a wrong chain: the smallest change that makes it like a right one, or a known rule."""
    if right:
        pattern = observe(stage, right[0])

        def fits(trees: dict[int, Node]) -> bool:
            return same(observe(stage, chain, trees, 1), pattern) and same(observe(stage, chain, trees), pattern)
    else:

        def fits(trees: dict[int, Node]) -> bool:
            for most in (2, FEW):  # two trials rule out most, three nearly all
                few = observe(stage, chain, trees, most)
                numbers = all(math.isfinite(number) for one in few for number in one.results)
                if numbers and plausible(stage, chain, few, most) is None:
                    return False
            return plausible(stage, chain, observe(stage, chain, trees)) is not None

    twin = _by_twin(stage, chain) if right else None
    mended = twin if twin is not None and twin[1].kind == "reference" else None
    mended = mended or _mended(stage, chain, fits, not right) or twin
    if mended is None:
        return _unmended(case, stage, chain) if right else None
    track, edit = mended
    column = stage.column(track)
    what = "the update" if column.role in ("update", "weight") else column.role
    what = f"{what} of {chain.weight.name}"
    words = f"{column.name} ({stage.run_name(track)}), {what}, breaks the rule: {edit.words}"
    return whole_column(case, stage, track, edit, words)


def _mended(
    stage: Stage, chain: Chain, fits: Callable[[dict[int, Node]], bool], alone: bool
) -> tuple[int, Edit] | None:
    """The smallest change that makes a chain fit; alone: also in columns that all weights share."""
    candidates: list[tuple[float, int, int, Edit]] = []
    shared = sorted(upstream(stage, chain.weight.new[0]) - set(family_of(stage, chain.weight.name)))
    for track in family_of(stage, chain.weight.name) + (shared if alone else []):
        column = stage.column(track)
        if column.program is None or column.program.tree is None or column.role in _FORWARD:
            continue
        if column.role == "weight" and chain.weight.new[0] != track:
            continue
        penalty = 0.6 if alike(stage, track) else 0.0
        for edit in edits(column.program.tree, parts_of(stage, track), list(twins(stage, track))):
            own = alone and edit.words.endswith("not belong there")  # a rule of one's own has more, not less
            if not own and not stage.circular(track, edit.tree):
                candidates.append((edit.cost + penalty, len(candidates), track, edit))
    most = stage.limit
    for _, _, track, edit in sorted(candidates, key=lambda one: one[:2])[:MAX_TRIED]:
        if stage.work > most:
            break
        if fits({track: edit.tree}):
            return track, edit
    return None


def _by_twin(stage: Stage, chain: Chain) -> tuple[int, Edit] | None:
    """The one column of a chain that is not made like those of the other weights."""
    apart = []
    for track in family_of(stage, chain.weight.name):
        column, patterns = stage.column(track), list(twins(stage, track))
        if column.role not in _FORWARD and column.program is not None and patterns and not alike(stage, track):
            apart.append((track, patterns[0]))
    return apart[0] if len(apart) == 1 else None


def _unmended(case: Case, stage: Stage, chain: Chain) -> Finding:
    track = chain.weight.new[0]
    place, column = stage.place(stage.first_of(track), track), stage.column(track)
    words = f"{column.name} ({stage.run_name(track)}) does not follow the rule by which the other weights move"
    return case.finding("formula", place, words, run=stage.run_name(track), role=column.role)
