"""The gradients' recipes: the derivative by each weight of one row."""

from __future__ import annotations

from functools import singledispatch

from ..variants import Analytic, Central, Forward, Gradient, Model
from .arithmetic import F64, minus, over, plus
from .models import Columns, Given, Weights, analytic, error_at


@singledispatch
def derivatives(gradient: Gradient, model: Model, weights: Weights, given: Given, row: Weights) -> Columns:
    """The columns of the derivatives, ``d`` + weight, and what stands before them.

    ``row`` holds the columns of the row so far, those of the forward pass and the error among them.
    """
    raise TypeError(f"no reference for gradient {type(gradient).__name__}")


@derivatives.register
def _(gradient: Analytic, model: Model, weights: Weights, given: Given, row: Weights) -> Columns:
    return analytic(model, weights, given, row)


@derivatives.register
def _(gradient: Forward, model: Model, weights: Weights, given: Given, row: Weights) -> Columns:
    above = {name: _moved(model, weights, given, name, plus(w, gradient.h)) for name, w in weights.items()}
    columns = {f"error_{name}": error for name, error in above.items()}
    quotients = {f"d{name}": over(minus(error, row["error"]), gradient.h) for name, error in above.items()}
    return columns | quotients


@derivatives.register
def _(gradient: Central, model: Model, weights: Weights, given: Given, row: Weights) -> Columns:
    above = {name: _moved(model, weights, given, name, plus(w, gradient.h)) for name, w in weights.items()}
    below = {name: _moved(model, weights, given, name, minus(w, gradient.h)) for name, w in weights.items()}
    columns = {f"error_{name}": error for name, error in above.items()}
    columns |= {f"error_minus_{name}": error for name, error in below.items()}
    width = 2.0 * gradient.h
    return columns | {f"d{name}": over(minus(above[name], below[name]), width) for name in weights}


def _moved(model: Model, weights: Weights, given: Given, name: str, value: F64) -> F64:
    """The error where one weight has another value."""
    return error_at(model, {**weights, name: value}, given)
