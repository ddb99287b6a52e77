"""Whether trials of a weight's step are those of a known optimizer with the workbook's own settings.

Kingma and Ba, arXiv:1412.6980; Duchi et al., JMLR 2011; Goh, Distill 2017; the forms of graddesc.xlsm.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .observed import Chain, Seen
from .trial import Stage, agree

ENOUGH, FEW = 4, 3
"""How many trials settle a rule, and how many rule most others out."""


@dataclass(frozen=True, slots=True)
class Part:
    """A state: ``new = keep·old + share·g^power``."""

    keep: float
    share: float
    power: int


def plausible(stage: Stage, chain: Chain, seen: Sequence[Seen], least: int = ENOUGH) -> int | None:
    """How usual the known rule is that states and weight follow (0: most), the learning rate as the workbook has it.

    None where they follow none, or where fewer than ``least`` trials came to numbers.
    """
    good = [one for one in seen if all(map(math.isfinite, one.results))]
    if len(good) < least:
        return None
    rates = _rates(stage, chain)
    parts = [_part(good, number) for number in range(len(chain.states))]
    if any(part is None or not _usual(part, rates) for part in parts):
        return None
    known = [part for part in parts if part is not None]
    for rank, form in enumerate(_forms(stage, known)):
        for rate in rates:
            if all(_is(form, rate, one, known, stage) for one in good):
                return rank
    return 90 if not parts and any(all(_shaped(rate, one) for one in good) for rate in rates) else None


def _is(form: Form, rate: float, one: Seen, parts: Sequence[Part], stage: Stage) -> bool:
    return agree(one.old - one.new, _step(form, rate, one, parts, stage), 1e-12 * abs(one.old), 1e-6)


def _shaped(rate: float, one: Seen) -> bool:
    """Whether a step goes with the derivative, but not further: a clipped one does."""
    step = one.old - one.new
    return step * one.g >= 0 and abs(step) <= rate * abs(one.g) * (1 + 1e-9) + 1e-12


def _part(seen: Sequence[Seen], number: int) -> Part | None:
    """What a state does, from two trials, tried on the others."""
    one, two = seen[0], seen[1]
    for power in (1, 2):
        a, b, p, q = one.before[number], two.before[number], one.g**power, two.g**power
        base = a * q - b * p
        if base == 0:
            continue
        keep = (one.after[number] * q - two.after[number] * p) / base
        share = (a * two.after[number] - b * one.after[number]) / base
        if all(
            agree(each.after[number], keep * each.before[number] + share * each.g**power, 1e-12, 1e-7) for each in seen
        ):
            return Part(keep, share, power)
    return None


def _usual(part: Part, rates: Sequence[float]) -> bool:
    averaged = agree(part.share, 1 - part.keep, 1e-12)
    if part.power == 2:
        return part.keep >= 0.5 and (averaged or (agree(part.keep, 1.0) and agree(part.share, 1.0)))
    if not 0.5 - 1e-9 <= part.keep < 1:
        return False
    steps = [each * factor for each in rates for factor in (1.0, 1 - part.keep)]
    return averaged or agree(part.share, 1.0) or any(agree(-part.share, each) for each in steps)


@dataclass(frozen=True, slots=True)
class Form:
    """A step: above over below. epsilon and whether it stands under the root; corrected: by the powers of the keeps."""

    above: str
    below: str
    epsilon: float = 0.0
    inside: bool = False
    corrected: bool = False


def _forms(stage: Stage, parts: Sequence[Part]) -> Iterator[Form]:
    first = [at for at, part in enumerate(parts) if part.power == 1]
    second = [at for at, part in enumerate(parts) if part.power == 2]
    velocity = bool(first) and parts[first[0]].share < 0
    above = ["v"] if velocity else ["m", "g+m", "old m"] if first else ["g"]
    below = ["root", "old root"] if second else ["1"]
    setting = stage.block.settings.get("epsilon")
    epsilons = sorted({0.0, setting.value if setting is not None and setting.value else 0.0})
    for one in above:
        for two in below:
            for epsilon in epsilons:
                for inside in (False, True) if epsilon else (False,):
                    for corrected in (False, True) if first and second else (False,):
                        yield Form(one, two, epsilon, inside, corrected)


def _step(form: Form, rate: float, one: Seen, parts: Sequence[Part], stage: Stage) -> float:
    first = next((at for at, part in enumerate(parts) if part.power == 1), -1)
    second = next((at for at, part in enumerate(parts) if part.power == 2), -1)
    above, below = one.g, 1.0
    if first >= 0:
        part = parts[first]
        m, old = one.after[first], one.before[first]
        above = {"m": m, "old m": old, "g+m": one.g + part.keep * m, "v": -m / rate if rate else m}[form.above]
    steps = one.line - stage.block.first + 1
    if form.corrected and first >= 0:
        above /= 1 - parts[first].keep ** steps
    if second >= 0:
        v = one.before[second] if form.below == "old root" else one.after[second]
        v /= 1 - parts[second].keep ** steps if form.corrected else 1.0
        if v < 0:
            return math.nan
        below = math.sqrt(v + form.epsilon) if form.inside else math.sqrt(v) + form.epsilon
    return rate * above / below if below else math.nan


def _rates(stage: Stage, chain: Chain) -> list[float]:
    found = set()
    for rule in stage.block.details.rules.values() if stage.block.details else ():
        found |= {abs(rate) for rate in rule.typed_rates if rate}
    own = stage.block.details.rules.get(chain.weight.old[0]) if stage.block.details else None
    if own is not None and own.exact and own.divides and own.rate > 0:
        found.add(own.rate)
    setting = stage.block.settings.get("learning rate")
    if setting is not None and setting.value:
        found.add(setting.value)
    return sorted(found)
