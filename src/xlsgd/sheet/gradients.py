"""Gradients told in formulas: the columns that lead to ∂e/∂w, a rule for each way of having them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from ..errors import FormulaError, UsageError
from ..variants import Analytic, Central, Forward, Gradient
from .columns import Column, Group, Setting, holes, unfold
from .models import Recipe

MAX_TEMPLATE = 7_500  # a formula may have 8,192 characters; the names of cells are shorter than those of keys


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
    before = tuple(
        Group(part.title, tuple(told_column(recipe, key, template) for key, template in part.templates.items()))
        for part in recipe.backward
    )
    return Slopes((*before, _derivatives(recipe.derivatives, "exact, by the chain rule")))


@slopes.register
def _(gradient: Forward, recipe: Recipe) -> Slopes:
    quotients = {w: f"({{error_{w}}}-{{error}})/{{h}}" for w in recipe.derivatives}
    return Slopes(
        (_moved(recipe, "+", "error_"), _derivatives(quotients, "estimated: (e(w+h) − e)/h")),
        (_h(gradient.h),),
    )


@slopes.register
def _(gradient: Central, recipe: Recipe) -> Slopes:
    quotients = {w: f"({{error_{w}}}-{{error_minus_{w}}})/(2*{{h}})" for w in recipe.derivatives}
    return Slopes(
        (
            _moved(recipe, "+", "error_"),
            _moved(recipe, "-", "error_minus_"),
            _derivatives(quotients, "estimated: (e(w+h) − e(w−h))/2h"),
        ),
        (_h(gradient.h),),
    )


def told_column(recipe: Recipe, key: str, template: str) -> Column:
    """A column of a recipe with the header and the note that the recipe has for it."""
    header, note = recipe.told.get(key, (key, ""))
    return Column(key, header, template, note=note)


def _h(value: float) -> Setting:
    return Setting("h", "h", "step of the difference", value)


def _moved(recipe: Recipe, sign: str, prefix: str) -> Group:
    """The error with one weight moved by h, a column a weight. Raises UsageError where a formula becomes too long."""
    columns = []
    for w in recipe.derivatives:
        template = _error_of(recipe, w).replace(f"{{{w}}}", f"({{{w}}}{sign}{{h}})")
        shown = "−" if sign == "-" else sign
        note = f"The error of this row with {w} {shown} h in the place of {w}" + (
            ", written out in full." if recipe.in_full else ", written out as far as it changes."
        )
        columns.append(Column(f"{prefix}{w}", f"e({w}{shown}h)", template, note=note))
    return Group(f"error, one weight {'−' if sign == '-' else '+'} h", tuple(columns))


def _error_of(recipe: Recipe, weight: str) -> str:
    """The error's template, written out: in full, or only where it depends on the weight. Raises UsageError."""
    steps = recipe.forward
    if not recipe.in_full:
        reached = {weight}
        for key, template in steps.items():
            if reached & set(holes(template)):
                reached.add(key)
        steps = {key: template for key, template in steps.items() if key in reached}
    try:
        template = unfold(recipe.error, steps)
    except FormulaError:
        template = ""
    if not 0 < len(template) <= MAX_TEMPLATE:
        raise UsageError(f"the error with {weight} moved is too long for a formula: take a smaller network")
    return template


def _derivatives(templates: dict[str, str], how: str) -> Group:
    columns = (
        Column(f"d{w}", f"∂e/∂{w}", template, note=f"How the error changes with {w}: {how}.")
        for w, template in templates.items()
    )
    return Group("derivatives of the error", tuple(columns))
