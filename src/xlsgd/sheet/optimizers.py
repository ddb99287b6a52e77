"""Optimizers told in formulas: the rule for one weight, a few lines for each optimizer.

In these templates ``{w}`` is the weight, ``{g}`` its derivative, and the name of a state (``{m}``) that state of this
weight, ``{old m}`` in the row before; the others are settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from ..variants import AdamGraddesc, Momentum, Optimizer, Sgd
from .columns import Setting


@dataclass(frozen=True, slots=True)
class State:
    """What an optimizer carries from row to row beside each weight; it starts at 0. ``title`` fits two columns."""

    title: str
    formula: str


@dataclass(frozen=True, slots=True)
class Update:
    """The settings, the states by name, and the template of the new weight (with the same step in words)."""

    settings: tuple[Setting, ...]
    new: str
    text: str
    states: tuple[tuple[str, State], ...] = ()


@singledispatch
def update(optimizer: Optimizer) -> Update:
    """The rule of an optimizer. Raises TypeError where the optimizer has no rule here."""
    raise TypeError(f"optimizer '{optimizer.name}' has no rule in xlsgd.sheet.optimizers")


@update.register
def _(optimizer: Sgd) -> Update:
    return Update(
        settings=(_lr(optimizer),),
        new="{w}-{g}*{lr}",
        text="w − lr·∂e/∂w",
    )


@update.register
def _(optimizer: Momentum) -> Update:
    return Update(
        settings=(_lr(optimizer), *_decay("beta", "β", optimizer.beta, "m")),
        states=(("m", _mean("{old m}*{beta}+{one_minus_beta}*{g}")),),
        new="{w}-{m}*{lr}",
        text="w − lr·m",
    )


@update.register
def _(optimizer: AdamGraddesc) -> Update:
    return Update(
        settings=(
            _lr(optimizer),
            *_decay("beta1", "β1", optimizer.beta1, "m"),
            *_decay("beta2", "β2", optimizer.beta2, "v"),
        ),
        states=(
            ("m", _mean("{old m}*{beta1}+{one_minus_beta1}*{g}")),
            ("v", _squares("{old v}*{beta2}+{one_minus_beta2}*{g}^2")),
        ),
        new="{w}-{m}*{lr}/SQRT({v})",
        text="w − lr·m/√v",
    )


def _mean(formula: str) -> State:
    return State("m: mean of derivatives", formula)


def _squares(formula: str) -> State:
    return State("v: mean of squares", formula)


def _lr(optimizer: Optimizer) -> Setting:
    return Setting("lr", "lr", "learning rate", optimizer.lr)


def _decay(name: str, label: str, value: float, state: str) -> tuple[Setting, Setting]:
    """A decay rate, and one minus it in a cell of its own."""
    return (
        Setting(name, label, f"share of the old {state} that stays", value),
        Setting(f"one_minus_{name}", f"1−{label}", "the rest", formula=f"1-{{{name}}}"),
    )
