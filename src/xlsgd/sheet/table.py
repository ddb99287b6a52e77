"""The training table of a variant: which columns it has, in which groups, and which settings stand above it."""

from __future__ import annotations

from dataclasses import dataclass

from ..variants import Variant
from .columns import Column, Group, Setting, rename
from .gradients import slopes
from .models import Recipe, recipe
from .optimizers import State, Update, update

_STEP_NOTES = {
    "pre": ("z", "Before the activation."),
    "hidden": ("hidden", "What the first neuron hands to the second."),
    "prediction": ("prediction", "What the model says for x with the weights of this row."),
}


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a variant from left to right, in groups, and its settings in the order of the sheet."""

    recipe: Recipe
    update: Update
    groups: tuple[Group, ...]
    settings: tuple[Setting, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for group in self.groups for column in group.columns)


def make_table(variant: Variant) -> Table:
    """The table of a variant, put together from the rules of its members."""
    model, rule = recipe(variant.model), update(variant.optimizer)
    gradient = slopes(variant.gradient, model)
    groups = (
        _data(variant.epochs),
        _weights(variant.start),
        _forward_pass(model),
        *gradient.groups,
        *(_state(name, state, rule, variant.model.weights) for name, state in rule.states),
        _updated(rule, variant.model.weights),
    )
    return Table(model, rule, groups, (*rule.settings[:1], *gradient.settings, *rule.settings[1:]))


def _data(epochs: int) -> Group:
    step = Column("step", "step", note="Counts the training steps, one a row.")
    epoch = Column("epoch", "epoch", note="Counts how often the data have been gone through.")
    pair = tuple(Column(key, key, role="input") for key in ("x", "y"))
    return Group("data", (step, *((epoch,) if epochs > 1 else ()), *pair))


def _weights(start: dict[str, float]) -> Group:
    columns = (
        Column(
            w,
            w,
            f"{{old new_{w}}}",
            first=f"{{old {w}}}",
            start=number,
            note="The weight at the start of this step: the updated one of the row above.",
        )
        for w, number in start.items()
    )
    return Group("weights", tuple(columns))


def _forward_pass(model: Recipe) -> Group:
    steps = (
        Column(key, _STEP_NOTES[key][0], template, note=_STEP_NOTES[key][1]) for key, template in model.steps.items()
    )
    error = Column("error", "error", model.error, note=f"{model.error_text}, of this row alone.")
    return Group("prediction and error", (*steps, error))


def _state(name: str, state: State, rule: Update, weights: tuple[str, ...]) -> Group:
    columns = (
        Column(f"{name}_{w}", f"{name} of {w}", rename(state.formula, _keys(rule, w)), start=0.0, role="state")
        for w in weights
    )
    return Group(state.title, tuple(columns))


def _updated(rule: Update, weights: tuple[str, ...]) -> Group:
    columns = (
        Column(
            f"new_{w}",
            f"new {w}",
            rename(rule.new, _keys(rule, w)),
            role="result",
            note=f"The updated weight, {rule.text}: the next row starts from it.",
        )
        for w in weights
    )
    return Group("updated weights", tuple(columns))


def _keys(rule: Update, weight: str) -> dict[str, str]:
    """What the holes of an optimizer's templates mean for one weight."""
    return {"w": weight, "g": f"d{weight}", **{name: f"{name}_{weight}" for name, _ in rule.states}}
