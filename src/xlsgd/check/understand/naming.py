"""From rules to names: the optimizer of the registry, and in words how the workbook's form differs from it."""

from __future__ import annotations

from collections import Counter

from .rules import Rule


def optimizer_of(rule: Rule) -> str | None:
    """The registry's name for a rule; None where it has none."""
    first, second = rule.moment(1), rule.moment(2)
    above, below = rule.numerator.rstrip("^"), rule.denominator.rstrip("^")
    corrected = rule.numerator.endswith("^") or rule.denominator.endswith("^")
    if below == "1":
        if above == "g":
            return "adagrad-epoch" if rule.own_divisor else "sgd"
        if first is None:
            return None
        if above == "g+m":
            return "nesterov"
        return "momentum" if first.kind == "averaged" or _averaged_velocity(rule) else "polyak"
    if second is None or below == "v":
        return None
    if above == "g":
        if abs(second.keep - 1.0) < 1e-9:
            return "adagrad"
        return "rmsprop-graddesc" if below == "sqrt old v" else "rmsprop"
    if above in ("m", "old m"):
        if corrected:
            plain = abs(rule.shrink - 1.0) < 1e-12
            return "adam" if plain else "adamw"
        return "eve-graddesc" if any(leaf in rule.written for leaf in rule.divides) else "adam-graddesc"
    return None


def _averaged_velocity(rule: Rule) -> bool:
    """Whether a velocity that carries the learning rate has the factor 1 − beta."""
    first = rule.moment(1)
    if first is None or first.kind != "velocity":
        return False
    rates = [abs(first.share), abs(first.share) / (1.0 - first.keep) if first.keep != 1.0 else 0.0]
    return any(abs(rates[1] - rate) <= 1e-9 * abs(rate) for rate in rule.typed_rates)


TITLES = {
    "sgd": "SGD", "momentum": "averaged momentum", "polyak": "heavy-ball momentum", "nesterov": "Nesterov's momentum",
    "adagrad": "Adagrad", "adagrad-epoch": "Adagrad by epoch", "rmsprop": "RMSProp", "rmsprop-graddesc": "RMSProp",
    "adam": "Adam", "adam-graddesc": "Adam", "adamw": "AdamW", "eve-graddesc": "Eve",
}  # fmt: skip


def form(rule: Rule, name: str | None) -> str:
    """The rule in words, such as "RMSProp with the previous row's v and no epsilon"."""
    if name is None:
        return f"new = old - lr*{rule.numerator}/{rule.denominator}" if rule.spread < 1e-3 else ""
    said = []
    first, second = rule.moment(1), rule.moment(2)
    if "old v" in rule.denominator:
        said.append("the previous row's v")
    if rule.numerator.startswith("old m"):
        said.append("the previous row's m")
    if first is not None and first.kind == "velocity" and name in ("momentum", "polyak", "nesterov"):
        said.append("the learning rate in the velocity")
    if second is not None and rule.denominator.startswith("sqrt"):
        if name.startswith("adam") or name == "eve-graddesc":
            both = rule.numerator.endswith("^"), rule.denominator.endswith("^")
            if both == (False, False):
                said.append("no bias correction")
            elif both != (True, True):
                said.append("bias correction of " + ("m" if both[0] else "v") + " only")
        if not rule.epsilon:
            said.append("no epsilon")
        elif rule.epsilon == "inside":
            said.append("epsilon under the root")
        elif name.endswith("-graddesc"):
            said.append("an epsilon")
        if second.kind == "summed" and name != "adagrad":
            said.append("v summed up")
    if any(abs(ahead) > 1e-6 for ahead in rule.corrections.values()):
        said.append("the bias correction of another step")
    title = TITLES.get(name, name)
    return (
        f"{title} with " + " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said) if said else title
    )


def vote(rules: dict[int, Rule]) -> tuple[str | None, Rule | None, str | None, float]:
    """The optimizer that most weights follow exactly, a rule of it; else the nearest and how far it is."""
    for weight, rule in rules.items():
        others = [leaf for other, each in rules.items() if other != weight for leaf in each.divides]
        rule.own_divisor = any(leaf.op != "num" and leaf not in others for leaf in rule.divides)
    exact = Counter(name for rule in rules.values() if rule.exact and (name := optimizer_of(rule)))
    if exact:
        name = exact.most_common(1)[0][0]
        return name, next(rule for rule in rules.values() if rule.exact and optimizer_of(rule) == name), None, 0.0
    near = sorted((rule.spread, name, weight) for weight, rule in rules.items() if (name := optimizer_of(rule)))
    if not near:
        return None, None, None, 0.0
    return None, rules[near[0][2]], near[0][1], near[0][0]
