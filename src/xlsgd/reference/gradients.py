"""The gradients' recipes: the derivative by each weight of one row."""

from __future__ import annotations

from functools import singledispatch

from ..variants import Analytic, Forward, Gradient, Model
from .arithmetic import minus, over, plus
from .models import Columns, Weights, analytic, error_at


@singledispatch
def derivatives(gradient: Gradient, model: Model, weights: Weights, x: float, y: float, row: Columns) -> Columns:
    """The columns of the derivatives, ``d`` + weight, and what stands before them.

    ``row`` holds the columns of the row so far, prediction and error among them.
    """
    raise TypeError(f"no reference for gradient {type(gradient).__name__}")


@derivatives.register
def _(gradient: Analytic, model: Model, weights: Weights, x: float, y: float, row: Columns) -> Columns:
    exact = analytic(model, weights, x, y, row)
    return {f"d{name}": exact[name] for name in model.weights}


@derivatives.register
def _(gradient: Forward, model: Model, weights: Weights, x: float, y: float, row: Columns) -> Columns:
    columns: Columns = {}
    for name in model.weights:
        moved = {**weights, name: plus(weights[name], gradient.h)}
        columns[f"error_{name}"] = error_at(model, moved, x, y)
    for name in model.weights:
        columns[f"d{name}"] = over(minus(columns[f"error_{name}"], row["error"]), gradient.h)
    return columns
