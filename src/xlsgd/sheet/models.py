"""Models told in formulas: the forward pass, the error and the exact derivatives, a rule for each model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from ..variants import Linear, Linear2, Model, Relu2


@dataclass(frozen=True, slots=True)
class Recipe:
    """A model's templates (see :mod:`xlsgd.sheet.columns`).

    steps: the forward pass, key → template in the order of the columns, the prediction last.
    derivatives: weight → template of ∂e/∂weight. equation and error_text are for people.
    """

    equation: str
    error_text: str
    steps: dict[str, str]
    error: str
    derivatives: dict[str, str]


@singledispatch
def recipe(model: Model) -> Recipe:
    """The templates of a model. Raises TypeError where the model has no rule here."""
    raise TypeError(f"model '{model.name}' has no rule in xlsgd.sheet.models")


@recipe.register
def _(model: Linear) -> Recipe:
    return Recipe(
        equation="ŷ = a·x + b",
        error_text="e = (y − ŷ)²",
        steps={"prediction": "{b}+{a}*{x}"},
        error="({y}-{prediction})^2",
        derivatives={"a": "{db}*{x}", "b": "2*({prediction}-{y})"},
    )


@recipe.register
def _(model: Linear2) -> Recipe:
    return Recipe(
        equation="ŷ = c·(a·x + b) + d",
        error_text="e = (ŷ − y)²",
        steps={"hidden": "{a}*{x}+{b}", "prediction": "{c}*{hidden}+{d}"},
        error="({prediction}-{y})^2",
        derivatives={"a": "{db}*{x}", "b": "{dd}*{c}", "c": "{dd}*{hidden}", "d": "2*({prediction}-{y})"},
    )


@recipe.register
def _(model: Relu2) -> Recipe:
    return Recipe(
        equation="ŷ = c·max(a·x + b, 0) + d",
        error_text="e = (ŷ − y)²",
        steps={"pre": "{a}*{x}+{b}", "hidden": "MAX({pre},0)", "prediction": "{c}*{hidden}+{d}"},
        error="({prediction}-{y})^2",
        derivatives={
            "a": "{db}*{x}",
            "b": "IF({pre}>0,{dd}*{c},0)",
            "c": "{dd}*{hidden}",
            "d": "2*({prediction}-{y})",
        },
    )
