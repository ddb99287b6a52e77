"""Models told in formulas: the forward pass, the error and the exact derivatives, a rule for each model."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch

from ..variants import Linear, Linear2, Model, Quartic, Relu2
from .activations import shape
from .columns import Setting, rename


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring columns of a forward or backward pass under one title: key → template."""

    title: str
    templates: dict[str, str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A model's templates (see :mod:`xlsgd.sheet.columns`).

    beside: columns beside the weights. steps: the forward pass in parts, in the order of the columns. error: the loss
    of a row; after: columns after it. backward: what the exact derivatives need besides. derivatives: weight → template
    of ∂e/∂weight. told: key → header and note of columns that the reader would not know. in_full: a moved error is
    written out to the weights, not only as far as it differs. equation and error_text are for people.
    """

    equation: str
    error_text: str
    steps: tuple[Part, ...]
    error: str
    derivatives: dict[str, str]
    beside: Part | None = None
    after: dict[str, str] = field(default_factory=dict)
    backward: tuple[Part, ...] = ()
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    weight_groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    in_full: bool = True

    @property
    def forward(self) -> dict[str, str]:
        """All steps of the forward pass, key → template."""
        return {key: template for part in self.steps for key, template in part.templates.items()}


_HIDDEN = {
    "pre": ("z", "Before the activation."),
    "inner": ("u", "The tanh inside the GELU."),
    "hidden": ("hidden", "What the first neuron hands to the second."),
    "prediction": ("prediction", "What the model says for x with the weights of this row."),
    "act_slope": ("slope at z", "How steep the activation is at z."),
    "slope": ("slope", "The slope of the line that the two neurons amount to."),
    "intercept": ("intercept", "The intercept of the line that the two neurons amount to."),
}
_FORWARD = "prediction and error"


@singledispatch
def recipe(model: Model) -> Recipe:
    """The templates of a model. Raises TypeError where the model has no rule here."""
    raise TypeError(f"model '{model.name}' has no rule in xlsgd.sheet.models")


@recipe.register
def _(model: Linear) -> Recipe:
    return Recipe(
        equation="ŷ = a·x + b",
        error_text="e = (y − ŷ)²",
        steps=(Part(_FORWARD, {"prediction": "{b}+{a}*{x}"}),),
        error="({y}-{prediction})^2",
        derivatives={"a": "{db}*{x}", "b": "2*({prediction}-{y})"},
        told=_HIDDEN,
    )


@recipe.register
def _(model: Linear2) -> Recipe:
    return Recipe(
        equation="ŷ = c·(a·x + b) + d",
        error_text="e = (ŷ − y)²",
        steps=(Part(_FORWARD, {"hidden": "{a}*{x}+{b}", "prediction": "{c}*{hidden}+{d}"}),),
        error="({prediction}-{y})^2",
        derivatives={"a": "{db}*{x}", "b": "{dd}*{c}", "c": "{dd}*{hidden}", "d": "2*({prediction}-{y})"},
        beside=Part("as one line", {"slope": "{a}*{c}", "intercept": "{c}*{b}+{d}"}),
        told=_HIDDEN,
    )


@recipe.register
def _(model: Relu2) -> Recipe:
    act = shape(model.activation)
    keys = {"z": "pre", "u": "inner", "h": "hidden"}
    inner = {"inner": rename(act.inner, keys)} if act.inner else {}
    hidden = {"hidden": rename(act.value, keys)}
    slope = (Part("activation", {"act_slope": rename(act.slope, keys)}),) if act.slope else ()
    named = "max" if model.activation.name == "relu" else model.activation.name
    return Recipe(
        equation="ŷ = c·max(a·x + b, 0) + d" if named == "max" else f"ŷ = c·{named}(a·x + b) + d",
        error_text="e = (ŷ − y)²",
        steps=(Part(_FORWARD, {"pre": "{a}*{x}+{b}", **inner, **hidden, "prediction": "{c}*{hidden}+{d}"}),),
        error="({prediction}-{y})^2",
        derivatives={
            "a": "{db}*{x}",
            "b": "{dd}*{c}*{act_slope}" if act.slope else "IF({pre}>0,{dd}*{c},0)",
            "c": "{dd}*{hidden}",
            "d": "2*({prediction}-{y})",
        },
        backward=slope,
        told=_HIDDEN,
        settings=act.settings,
    )


@recipe.register
def _(model: Quartic) -> Recipe:
    return Recipe(
        equation="e = x⁴",
        error_text="e = x⁴",
        steps=(),
        error="{x}*{x}*{x}*{x}",
        derivatives={"x": "4*{x}*{x}*{x}"},
    )
