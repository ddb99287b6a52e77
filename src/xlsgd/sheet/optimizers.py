"""Optimizers told in formulas: the rule for one weight, a few lines for each optimizer.

In these templates ``{w}`` is the weight, ``{g}`` its derivative as the optimizer takes it (``{d}``: as it came out of
this row), ``{lr}`` the learning rate, and the name of a state (``{m}``) that state of this weight, ``{old m}`` in the
row before; the others are settings and shared states.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from ..variants import (
    Adagrad,
    AdagradEpoch,
    Adam,
    AdamGraddesc,
    Adamw,
    EveGraddesc,
    Momentum,
    Nesterov,
    Optimizer,
    Polyak,
    Rmsprop,
    RmspropGraddesc,
    Sgd,
)
from .columns import Setting


@dataclass(frozen=True, slots=True)
class State:
    """What an optimizer carries from row to row. ``title`` fits two columns; of a shared state it is the header.

    again: the template of the first row of a later epoch, where it differs; such a state goes by epochs, not by
    batches. first: that of the first row of all. started: a start is typed above the first row.
    """

    title: str
    formula: str
    again: str = ""
    first: str = ""
    note: str = ""
    started: bool = True
    by_epoch: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """The settings, the states by name, and the template of the new weight (with the same step in words)."""

    settings: tuple[Setting, ...]
    new: str
    text: str
    states: tuple[tuple[str, State], ...] = ()
    shared: tuple[tuple[str, State], ...] = ()


@singledispatch
def update(optimizer: Optimizer) -> Update:
    """The rule of an optimizer. Raises TypeError where the optimizer has no rule here."""
    raise TypeError(f"optimizer '{optimizer.name}' has no rule in xlsgd.sheet.optimizers")


@update.register
def _(optimizer: Sgd) -> Update:
    return Update((_lr(optimizer),), new="{w}-{g}*{lr}", text="w − lr·∂e/∂w")


@update.register
def _(optimizer: Momentum) -> Update:
    return Update(
        settings=(_lr(optimizer), *_decay("beta", "β", optimizer.beta, "m")),
        states=(("m", _mean("{old m}*{beta}+{one_minus_beta}*{g}")),),
        new="{w}-{m}*{lr}",
        text="w − lr·m",
    )


@update.register
def _(optimizer: Polyak) -> Update:
    return Update(
        settings=(_lr(optimizer), _share("beta", "β", optimizer.beta, "m")),
        states=(("m", State("m: heavy ball", "{old m}*{beta}+{g}")),),
        new="{w}-{m}*{lr}",
        text="w − lr·m",
    )


@update.register
def _(optimizer: Nesterov) -> Update:
    return Update(
        settings=(_lr(optimizer), _share("beta", "β", optimizer.beta, "m")),
        states=(("m", State("m: heavy ball", "{old m}*{beta}+{g}")),),
        new="{w}-({g}+{m}*{beta})*{lr}",
        text="w − lr·(∂e/∂w + β·m)",
    )


@update.register
def _(optimizer: Adagrad) -> Update:
    return Update(
        settings=(_lr(optimizer), _epsilon(optimizer.epsilon)),
        states=(("v", State("v: sum of squares", "{old v}+{g}^2")),),
        new="{w}-{g}*{lr}/(SQRT({v})+{epsilon})",
        text="w − lr·∂e/∂w/(√v + ε)",
    )


@update.register
def _(optimizer: AdagradEpoch) -> Update:
    again = "SQRT(SUMSQ({epoch d}))/COUNT({epoch d})"
    note = "How large the derivatives were in the epoch before: root of their summed squares, divided by their number."
    return Update(
        settings=(_lr(optimizer),),
        states=(("s", State("s: size by epoch", "{old s}", again, note=note, by_epoch=True)),),
        new="{w}-{g}*({lr}/{s})",
        text="w − (lr/s)·∂e/∂w",
    )


@update.register
def _(optimizer: Rmsprop) -> Update:
    return Update(
        settings=(_lr(optimizer), *_decay("alpha", "α", optimizer.alpha, "v"), _epsilon(optimizer.epsilon)),
        states=(("v", _squares("{old v}*{alpha}+{one_minus_alpha}*{g}^2")),),
        new="{w}-{g}*{lr}/(SQRT({v})+{epsilon})",
        text="w − lr·∂e/∂w/(√v + ε)",
    )


@update.register
def _(optimizer: RmspropGraddesc) -> Update:
    return Update(
        settings=(_lr(optimizer), *_decay("beta", "β", optimizer.beta, "v")),
        states=(("v", _squares("{old v}*{beta}+{one_minus_beta}*{g}^2")),),
        new="{w}-{g}*{lr}/SQRT({old v})",
        text="w − lr·∂e/∂w/√v, with the v of the row before",
    )


@update.register
def _(optimizer: Adam) -> Update:
    return Update(
        settings=(*_adam(optimizer), _epsilon(optimizer.epsilon)),
        shared=_powers(),
        states=_moments(),
        new="{w}-{m}/(1-{power1})*{lr}/(SQRT({v}/(1-{power2}))+{epsilon})",
        text="w − lr·m̂/(√v̂ + ε), with m̂ = m/(1 − β1^t) and v̂ = v/(1 − β2^t)",
    )


@update.register
def _(optimizer: Adamw) -> Update:
    decay = Setting("decay", "decay", "share of a weight that lr takes away each step", optimizer.decay, low=0.0)
    return Update(
        settings=(*_adam(optimizer), _epsilon(optimizer.epsilon), decay),
        shared=_powers(),
        states=_moments(),
        new="{w}*(1-{lr}*{decay})-{m}/(1-{power1})*{lr}/(SQRT({v}/(1-{power2}))+{epsilon})",
        text="w·(1 − lr·decay) − lr·m̂/(√v̂ + ε), with m̂ = m/(1 − β1^t) and v̂ = v/(1 − β2^t)",
    )


@update.register
def _(optimizer: AdamGraddesc) -> Update:
    return Update(_adam(optimizer), new="{w}-{m}*{lr}/SQRT({v})", text="w − lr·m/√v", states=_moments())


@update.register
def _(optimizer: EveGraddesc) -> Update:
    told = (
        ("loss1", "loss, 1 ago", "{old loss1}", "SQRT(SUM({epoch error}))", "", "Root of summed errors, epoch before."),
        ("loss2", "loss, 2 ago", "{old loss2}", "{old loss1}", "", "The same of the epoch before that one."),
        ("ratio", "change", "ABS({loss1}-{loss2})/MIN({loss1},{loss2})", "", "", "How much the loss has changed."),
        ("div", "divisor", "{old div}", _EVE, _EVE, "What steps are divided by, changed once an epoch."),
    )
    return Update(
        settings=(*_adam(optimizer), *_decay("beta3", "β3", optimizer.beta3, "divisor")),
        shared=tuple(
            (key, State(title, formula, again, first, note, started=key != "ratio", by_epoch=True))
            for key, title, formula, again, first, note in told
        ),
        states=_moments(),
        new="{w}-{m}*{lr}/SQRT({v})/{div}",
        text="w − lr·m/√v/divisor",
    )


_EVE = "{old div}*{beta3}+{one_minus_beta3}*{ratio}"


def _adam(optimizer: Adam | Adamw | AdamGraddesc | EveGraddesc) -> tuple[Setting, ...]:
    one, two = _decay("beta1", "β1", optimizer.beta1, "m"), _decay("beta2", "β2", optimizer.beta2, "v")
    return (_lr(optimizer), *one, *two)


def _moments() -> tuple[tuple[str, State], ...]:
    return (
        ("m", _mean("{old m}*{beta1}+{one_minus_beta1}*{g}")),
        ("v", _squares("{old v}*{beta2}+{one_minus_beta2}*{g}^2")),
    )


def _powers() -> tuple[tuple[str, State], ...]:
    return tuple(
        (f"power{n}", State(f"β{n}^t", f"{{old power{n}}}*{{beta{n}}}", note=f"β{n} to the power of the step."))
        for n in (1, 2)
    )


def _mean(formula: str) -> State:
    return State("m: mean of derivatives", formula)


def _squares(formula: str) -> State:
    return State("v: mean of squares", formula)


def _lr(optimizer: Optimizer) -> Setting:
    return Setting("lr", "lr", "learning rate", optimizer.lr)


def _epsilon(value: float) -> Setting:
    return Setting("epsilon", "ε", "keeps the divisor from 0", value, low=0.0)


def _share(name: str, label: str, value: float, state: str) -> Setting:
    return Setting(name, label, f"share of the old {state} that stays", value, low=0.0, high=1.0)


def _decay(name: str, label: str, value: float, state: str) -> tuple[Setting, Setting]:
    """A decay rate, and one minus it in a cell of its own."""
    rest = Setting(f"one_minus_{name}", f"1−{label}", "the rest", formula=f"1-{{{name}}}")
    return _share(name, label, value, state), rest
