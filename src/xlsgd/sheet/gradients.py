"""Gradients told in formulas: the columns that lead to ∂e/∂w, a rule for each way of having them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from ..variants import Analytic, Forward, Gradient
from .columns import Column, Group, Setting, unfold
from .models import Recipe


@dataclass(frozen=True, slots=True)
class Slopes:
    """The column groups that a gradient adds, the derivatives (keys ``da``, ``db``, …) last, and its settings."""

    groups: tuple[Group, ...]
    settings: tuple[Setting, ...] = ()


@singledispatch
def slopes(gradient: Gradient, recipe: Recipe) -> Slopes:
    """The columns of a gradient for a model's recipe. Raises TypeError where the gradient has no rule here."""
    raise TypeError(f"gradient '{gradient.name}' has no rule in xlsgd.sheet.gradients")


@slopes.register
def _(gradient: Analytic, recipe: Recipe) -> Slopes:
    return Slopes((_derivatives(recipe.derivatives, "exact, by the chain rule"),))


@slopes.register
def _(gradient: Forward, recipe: Recipe) -> Slopes:
    error = unfold(recipe.error, recipe.steps)
    bumped = tuple(
        Column(
            f"error_{w}",
            f"e({w}+h)",
            error.replace(f"{{{w}}}", f"({{{w}}}+{{h}})"),
            note=f"The error of this row, written out in full, with {w} + h in the place of {w}.",
        )
        for w in recipe.derivatives
    )
    quotients = {w: f"({{error_{w}}}-{{error}})/{{h}}" for w in recipe.derivatives}
    return Slopes(
        (Group("error, one weight + h", bumped), _derivatives(quotients, "estimated: (e(w+h) − e)/h")),
        (Setting("h", "h", "step of the difference", gradient.h),),
    )


def _derivatives(templates: dict[str, str], how: str) -> Group:
    columns = (
        Column(f"d{w}", f"∂e/∂{w}", template, note=f"How the error changes with {w}: {how}.")
        for w, template in templates.items()
    )
    return Group("derivatives of the error", tuple(columns))
