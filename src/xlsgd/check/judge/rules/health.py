"""How well a training is understood: what in it does not fit together, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ...understand.assemble import Findings
from ...understand.naming import optimizer_of
from ...understand.roles import Roles, plain_share
from ...understand.rules import Rule
from ...understand.words import derivative_of, says
from ..trials.observed import sound
from ..trials.trial import agree
from .ahead import looks_ahead
from .odd import Odd
from .rates import regularised, scaled_apart


def oddities(found: Findings) -> list[Odd]:
    """All that does not fit in a block that trains; none where it is understood through and through."""
    roles = found.roles
    return [
        *_rules(found),
        *_typed(found),
        *_mixed(found),
        *scaled_apart(found),
        *_slopes(roles),
        *_multiples(found),
        *_errors(roles),
        *_signs(roles),
        *looks_ahead(found),
        *_states(roles),
        *_unread(roles),
        *_headings(roles),
    ]


def slopes_fit(roles: Roles) -> bool:
    """Whether all derivatives are those of the error."""
    return roles.loss is not None and not any(True for _ in _slopes(roles))


def at_ease(roles: Roles) -> bool:
    """Whether errors, states and headings fit together; the rules are not looked at."""
    return not any(True for each in OF_ROLES[1:] for _ in each(roles))


def descends(roles: Roles, weight: int, rule: Rule) -> bool:
    """Whether a weight's rule is a known one that goes down the error."""
    return (
        rule.exact and _sound(roles, weight, rule) and 0.5 < rule.shrink < 1 + 1e-9 and optimizer_of(rule) is not None
    )


def _rules(found: Findings) -> Iterator[Odd]:
    """Weights that go by no known rule, or by another one than most."""
    roles = found.roles
    signs = {weight: sign_of(_sized(roles, weight, rule)) for weight, rule in found.rules.items() if rule.exact}
    usual = sorted(Counter(signs.values()).most_common(), key=lambda one: (-one[1], "old" in f"{one[0][0]}{one[0][1]}"))
    for weight, carried in roles.model.weights.items():
        if carried.held or roles.dynamics.gathered_before(carried.own):
            continue
        rule = found.rules.get(weight)
        if rule is not None and not rule.exact and has_slope(roles, weight) and regularised(roles, rule):
            continue
        if rule is None or not descends(roles, weight, rule):
            yield Odd(carried.column, "rule")
        elif signs[weight] != usual[0][0]:
            yield Odd(carried.column, "other rule")


def _sound(roles: Roles, weight: int, rule: Rule) -> bool:
    """Whether a rule descends, also where the column has minus the derivative, or half of it and the step the 2."""
    factor = _factor(roles, weight)
    if factor is None:
        return sound(rule)
    if any(leaf.op == "cell" and leaf.key[:2] in roles.data for leaf in rule.scales):
        return False  # the derivative times an input once more
    turned = replace(rule, rate=-rule.rate) if factor < 0 else rule
    moments = [replace(one, share=one.share * factor) if one.kind == "velocity" else one for one in rule.moments]
    return sound(turned) or (factor > 0 and sound(replace(rule, moments=moments)))


def _sized(roles: Roles, weight: int, rule: Rule) -> Rule:
    """A rule as it is for the derivative of the error, where a state takes a part of it (a residual) and the factor."""
    factor = _factor(roles, weight)
    if factor is None or not any(one.kind == "velocity" for one in rule.moments):
        return rule
    moments = [replace(one, share=one.share * abs(factor)) for one in rule.moments]
    plain = all(one.kind != "velocity" for one in moments)
    return replace(rule, moments=moments) if plain else rule


def _factor(roles: Roles, weight: int) -> float | None:
    """How many times the derivative of the summed squares (or of the loss) what stands for it is."""
    track = roles.derivative.get(weight)
    if track is None or track not in roles.values:
        return None
    return roles.ratio(roles.values[track], roles.exact[weight])


def has_slope(roles: Roles, weight: int) -> bool:
    """Whether a column holds the derivative of the error by a weight, or a multiple of it."""
    return _factor(roles, weight) is not None


def sign_of(rule: Rule) -> tuple[object, ...]:
    """What is the same for all weights of a training."""
    return (
        rule.numerator,
        rule.denominator,
        rule.epsilon,
        round(rule.shrink, 9),
        tuple(sorted((one.power, round(one.keep, 9), one.kind) for one in rule.moments)),
        tuple(sorted((power, round(ahead, 6)) for power, ahead in rule.corrections.items())),
    )


def _typed(found: Findings) -> Iterator[Odd]:
    """Weights with a typed rate that is another one than that of most."""
    rates = {weight: float(f"{abs(rule.rate):.9g}") for weight, rule in found.rules.items() if rule.exact}
    usual = Counter(rates.values()).most_common(1)
    for weight, rate in rates.items():
        rule = found.rules[weight]
        typed = any(leaf.op == "num" and abs(float(leaf.key)) not in (0.5, 2.0) for leaf in rule.scales)
        others = any(leaf.op == "fixed" for other in found.rules.values() for leaf in other.scales)
        if typed and others and (rate != usual[0][0] or usual[0][1] == 1):
            factor = _factor(found.roles, weight)
            if factor is None or not _right_size(found.roles, rule, factor) or usual[0][1] == 1:
                yield Odd(found.roles.model.weights[weight].column, "other rule")


def _slopes(roles: Roles) -> Iterator[Odd]:
    """Weights whose derivative is none of the error."""
    for weight in roles.exact:
        track, carried = roles.derivative.get(weight), roles.model.weights[weight]
        if carried.held or roles.dynamics.gathered_before(carried.own):
            continue
        if track is None:
            taken = roles.taken.get(weight)
            if taken is not None and taken in roles.values and not _follows(roles, weight, taken):
                yield Odd(carried.column, "derivative")
            continue
        kind = roles.found[track].kind if track in roles.found else ""
        if kind not in ("forward", "backward", "central") and _factor(roles, weight) is None:
            yield Odd(track, "derivative")


def _follows(roles: Roles, weight: int, taken: int) -> bool:
    """Whether what a weight's update takes, or its whole step, is the derivative of the error."""
    carried, exact = roles.model.weights[weight], roles.exact[weight]
    step = roles.value(roles.dynamics.terms.node("-", carried.new, carried.old))
    return roles.ratio(roles.values[taken], exact) is not None or roles.ratio(step, exact) is not None


def _multiples(found: Findings) -> Iterator[Odd]:
    """Derivatives that are another multiple of the true ones than those of the other weights, or than the error is."""
    roles, factors = found.roles, dict[int, float]()
    for weight in roles.exact:
        factor, rule = _factor(roles, weight), found.rules.get(weight)
        if factor is None or (rule is not None and _right_size(roles, rule, factor)):
            continue
        factors[weight] = float(f"{factor:.6g}")
    known = [float(f"{factor:.6g}") for weight in roles.exact if (factor := _factor(roles, weight)) is not None]
    if not factors or not known:
        return
    counts = Counter(known)
    usual = max(counts, key=lambda one: (counts[one], plain_share(roles, one)))
    for weight, factor in factors.items():
        if factor != usual:
            yield Odd(roles.derivative[weight], "multiple", factor / usual)
    errors = roles.of_role("error")
    if errors and roles.loss is roles.model.loss and not agree(abs(usual), roles.factor) and usual in factors.values():
        yield Odd(errors[0], "factor", abs(usual) / roles.factor)


def _right_size(roles: Roles, rule: Rule, factor: float) -> bool:
    """Whether a step is the learning rate times the derivative of the error, wherever the 2 stands."""
    sizes = {abs(rate) for rate in rule.typed_rates}
    sizes |= {1.0} if any(leaf.op == "cell" for leaf in rule.scales) else set()
    first, step = rule.moment(1), rule.rate * factor
    if first is not None and first.kind == "velocity" and rule.numerator == "m":
        step *= first.share
    elif rule.numerator != "g":
        return False
    return rule.denominator == "1" and any(agree(step, size * roles.factor) for size in sizes)


def _errors(roles: Roles) -> Iterator[Odd]:
    """Columns that pass for the error by their heading and are none."""
    leaves = roles.dynamics.terms.leaves(roles.loss) if roles.loss is not None else ()
    if any(leaf.op in ("area", "span") for leaf in leaves):
        return  # one error for many rows
    loss = roles.value(roles.loss) if roles.loss is not None else None
    errors = roles.of_role("error")
    good = [track for track in errors if track in roles.values and loss is not None]
    good = [track for track in good if loss is not None and roles.ratio(roles.values[track], loss) is not None]
    for track in errors:
        if track in roles.values and not good:
            yield Odd(track, "error")
    squares = roles.value(roles.model.loss) if roles.model.loss is not None else None
    for track in roles.pure if squares is not None else ():
        if says(roles.headings[track], "error") and squares is not None:
            share = roles.ratio(roles.values[track], squares)
            if share is not None and share < 0:
                yield Odd(track, "error")


def _signs(roles: Roles) -> Iterator[Odd]:
    """An error that is below 0 throughout, where all weights climb what it says."""
    factors = [_factor(roles, weight) for weight in roles.exact]
    errors = [track for track in roles.of_role("error") if track in roles.values]
    if len(factors) < 2 or not errors or not all(factor is not None and factor < 0 for factor in factors):
        return
    if seen_below(roles, errors[0]):
        yield Odd(errors[0], "error", -1.0)


def seen_below(roles: Roles, track: int) -> bool:
    """Whether a column's numbers, as they stand on the sheet, are all below 0."""
    candidate, view = roles.dynamics.candidate, roles.samples.view
    seen = [view.value(line, track) for line in range(candidate.first, candidate.last + 1)]
    numbers = [value for value in seen if isinstance(value, float)]
    return len(numbers) > 2 and all(number < 0 for number in numbers)


def _states(roles: Roles) -> Iterator[Odd]:
    """What is carried on and serves no weight."""
    for track in roles.model.states:
        if roles.found.get(track) is not None and roles.found[track].role == "output":
            yield Odd(track, "state")


def _unread(roles: Roles) -> Iterator[Odd]:
    """Typed data beside the training that no formula reads, though some did when the training was understood."""
    dynamics = roles.dynamics
    read: set[int] = set()
    for expr in dynamics.own.values():
        for leaf in dynamics.terms.leaves(expr):
            if leaf.op == "cell":
                read.add(leaf.key[1])
            elif leaf.op == "span":
                read.update(range(leaf.key[1], leaf.key[2] + 1))
            elif leaf.op != "fixed":
                return  # areas and what is not known may take in anything
    for number, track in dynamics.candidate.tracks.items():
        if track.program is None and number not in read:
            yield Odd(number, "unread")


def _headings(roles: Roles) -> Iterator[Odd]:
    """Columns that are called something that they are not."""
    for track, given in roles.found.items():
        heading = roles.headings[track]
        if given.role in ("output", "helper", "hidden") and derivative_of(heading) is not None:
            yield Odd(track, "called derivative")
        if given.role == "output" and says(heading, "error") and not roles.of_role("error") and roles.assumed is None:
            yield Odd(track, "called error")


def _mixed(found: Findings) -> Iterator[Odd]:
    """Weights that go without the learning rate that others have, or by what averages are kept by."""
    rules = {weight: rule for weight, rule in found.rules.items() if rule.exact}
    kept = {leaf for rule in rules.values() for leaf in rule.keeps.values()}
    rated = {weight for weight, rule in rules.items() if any(leaf.op == "fixed" for leaf in rule.scales)}
    for weight, rule in rules.items():
        if rated - {weight} and (not rule.scales or (kept & set(rule.scales) and weight in rated)):
            yield Odd(found.roles.model.weights[weight].column, "other rule")


OF_ROLES = (_slopes, _errors, _states, _unread, _headings)
