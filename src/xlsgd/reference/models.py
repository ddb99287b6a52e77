"""The models' recipes: the columns of one row, operation by operation as :mod:`xlsgd.variants.models` tells them.

Weights come as arrays of shape (runs,), by name; ``x`` and ``y`` are the numbers of the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import TypeAlias

from ..variants import Linear, Linear2, Model, Relu2
from .arithmetic import F64, larger, minus, plus, square, times, where_positive

Columns: TypeAlias = dict[str, F64]
Weights: TypeAlias = Mapping[str, F64]


@singledispatch
def forward(model: Model, weights: Weights, x: float) -> Columns:
    """The columns from the weights to the prediction."""
    raise TypeError(f"no reference for model {type(model).__name__}")


@singledispatch
def error(model: Model, prediction: F64, y: float) -> F64:
    """The squared error of a prediction."""
    return square(minus(prediction, y))


@singledispatch
def analytic(model: Model, weights: Weights, x: float, y: float, row: Columns) -> Columns:
    """The exact derivatives by weight, ``row`` being the columns that :func:`forward` gave."""
    raise TypeError(f"no reference for the analytic gradient of model {type(model).__name__}")


def error_at(model: Model, weights: Weights, x: float, y: float) -> F64:
    """The squared error straight from the weights."""
    return error(model, forward(model, weights, x)["prediction"], y)


@forward.register
def _(model: Linear, weights: Weights, x: float) -> Columns:
    return {"prediction": plus(weights["b"], times(weights["a"], x))}


@error.register
def _(model: Linear, prediction: F64, y: float) -> F64:
    return square(minus(y, prediction))


@analytic.register
def _(model: Linear, weights: Weights, x: float, y: float, row: Columns) -> Columns:
    db = times(2.0, minus(row["prediction"], y))
    return {"a": times(db, x), "b": db}


@forward.register
def _(model: Linear2, weights: Weights, x: float) -> Columns:
    hidden = plus(times(weights["a"], x), weights["b"])
    return {"hidden": hidden, "prediction": plus(times(weights["c"], hidden), weights["d"])}


@analytic.register
def _(model: Linear2, weights: Weights, x: float, y: float, row: Columns) -> Columns:
    dd = times(2.0, minus(row["prediction"], y))
    dc = times(dd, row["hidden"])
    db = times(dd, weights["c"])
    return {"a": times(db, x), "b": db, "c": dc, "d": dd}


@forward.register
def _(model: Relu2, weights: Weights, x: float) -> Columns:
    pre = plus(times(weights["a"], x), weights["b"])
    hidden = larger(pre, 0.0)
    return {"pre": pre, "hidden": hidden, "prediction": plus(times(weights["c"], hidden), weights["d"])}


@analytic.register
def _(model: Relu2, weights: Weights, x: float, y: float, row: Columns) -> Columns:
    dd = times(2.0, minus(row["prediction"], y))
    dc = times(dd, row["hidden"])
    db = where_positive(row["pre"], times(dd, weights["c"]), 0.0)
    return {"a": times(db, x), "b": db, "c": dc, "d": dd}
