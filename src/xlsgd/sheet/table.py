"""The training table of a variant: which columns it has, in which groups, and which settings stand above it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ..variants import Variant
from . import mlp  # noqa: F401 (its rule registers itself)
from .columns import Column, Group, Setting, rename
from .extras import Extras, make_extras
from .gradients import slopes, told_column
from .models import Recipe, recipe
from .optimizers import State, Update, update


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
    """The table of a variant, put together from the rules of its members. Raises UsageError."""
    model, rule, extras = recipe(variant.model), update(variant.optimizer), make_extras(variant)
    gradient = slopes(variant.gradient, model)
    starts = variant.state_starts
    shared = tuple(_shared(name, state, starts.get(name), extras) for name, state in rule.shared)
    groups = (
        _data(variant),
        *_weights(variant.start, model, rule),
        *_forward_pass(model),
        *gradient.groups,
        *extras.groups,
        *((Group("for all weights", shared),) if shared else ()),
        *(_state(name, state, rule, starts, extras) for name, state in rule.states),
        _updated(rule, extras),
    )
    settings = (*rule.settings[:1], *gradient.settings, *rule.settings[1:], *model.settings, *extras.settings)
    return Table(model, rule, tuple(_with_rate(group, extras) for group in groups), settings)


def _data(variant: Variant) -> Group:
    columns = [Column("step", "step", note="Counts the training rows.")]
    if variant.epochs > 1:
        columns.append(Column("epoch", "epoch", note="Counts how often the data have been gone through."))
    if variant.batch_rows > 1:
        columns.append(Column("row", "row", note="Counts the rows of an epoch."))
    if variant.shuffle is not None:
        columns.append(Column("pick", "pick", note=f"Which row of the data; drawn with the seed {variant.shuffle}."))
    keys = (*variant.data.inputs, *variant.data.targets)
    for key, header in zip(keys, variant.data.headers, strict=True):
        columns.append(Column(key, key, role="input", note="" if header == key else f"{key} is {header}."))
    return Group("data", tuple(columns))


def _weights(start: dict[str, float], model: Recipe, rule: Update) -> list[Group]:
    groups = []
    for title, names in model.weight_groups or (("weights", tuple(start)),):
        columns = (
            Column(
                w,
                w,
                f"{{old new_{w}}}",
                first=f"{{old {w}}}",
                start=start[w],
                note="The weight at the start of this row: the updated one of the row above.",
            )
            for w in names
        )
        groups.append(Group(title, tuple(columns)))
    if model.beside:
        beside = (told_column(model, key, template) for key, template in model.beside.templates.items())
        groups.append(Group(model.beside.title, tuple(beside)))
    return groups


def _forward_pass(model: Recipe) -> list[Group]:
    groups = [
        Group(part.title, tuple(told_column(model, key, template) for key, template in part.templates.items()))
        for part in model.steps
    ]
    error = Column("error", "error", model.error, note=f"{model.error_text}, of this row alone.")
    after = tuple(told_column(model, key, template) for key, template in model.after.items())
    last = groups.pop() if groups else Group("error", ())
    return [*groups, Group(last.title, (*last.columns, error, *after))]


def _shared(name: str, state: State, start: float | None, extras: Extras) -> Column:
    formula = _by_batch(state.formula, f"{{old {name}}}", extras, state.by_epoch)
    return Column(
        name, state.title, formula, state.first, state.again, start if state.started else None, "state", state.note
    )


def _state(name: str, state: State, rule: Update, starts: dict[str, float], extras: Extras) -> Group:
    columns = []
    for w in extras.gradients:
        keys, key = _keys(rule, w, extras), f"{name}_{w}"
        formula = _by_batch(rename(state.formula, keys), f"{{old {key}}}", extras, state.by_epoch)
        again = rename(state.again, keys)
        columns.append(Column(key, f"{name} of {w}", formula, "", again, starts[key], "state", state.note))
    return Group(state.title, tuple(columns))


def _updated(rule: Update, extras: Extras) -> Group:
    columns = (
        Column(
            f"new_{w}",
            f"new {w}",
            _by_batch(rename(rule.new, _keys(rule, w, extras)), f"{{{w}}}", extras),
            role="result",
            note=f"The updated weight, {rule.text}: the next row starts from it.",
        )
        for w in extras.gradients
    )
    return Group("updated weights", tuple(columns))


def _by_batch(template: str, otherwise: str, extras: Extras, by_epoch: bool = False) -> str:
    """With batches a rule holds in the rows that update, and in the others nothing changes."""
    return f"IF({{updates}}=1,{template},{otherwise})" if extras.batches and not by_epoch else template


def _keys(rule: Update, weight: str, extras: Extras) -> dict[str, str]:
    """What the holes of an optimizer's templates mean for one weight."""
    own = {"w": weight, "d": f"d{weight}", "g": extras.gradients[weight]}
    return {**own, **{name: f"{name}_{weight}" for name, _ in rule.states}}


def _with_rate(group: Group, extras: Extras) -> Group:
    """Where there is a schedule the rules take the rate of their row."""
    if extras.rate == "lr" or any(column.key == extras.rate for column in group.columns):
        return group
    keys = {"lr": extras.rate}
    columns = (dataclasses.replace(column, formula=rename(column.formula, keys)) for column in group.columns)
    return Group(group.title, tuple(columns))
