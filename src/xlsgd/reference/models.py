"""The models' recipes: the columns of one row, operation by operation as :mod:`xlsgd.variants.models` tells them.

Weights come as arrays of shape (runs,), by name; ``given`` holds the inputs and targets of the row by key. They may
also have the shape (rows, 1): then the columns have the shape (rows, runs). Networks stand in :mod:`.network`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import TypeAlias

from ..variants import Linear, Linear2, Model, Quartic, Relu2
from .activations import back, inner, slope, value
from .arithmetic import F64, Operand, minus, plus, square, times

Columns: TypeAlias = dict[str, F64]
Weights: TypeAlias = Mapping[str, F64]
Given: TypeAlias = Mapping[str, Operand]


@singledispatch
def forward(model: Model, weights: Weights, given: Given) -> Columns:
    """The columns from the weights to what the error is taken of."""
    raise TypeError(f"no reference for model {type(model).__name__}")


@singledispatch
def error(model: Model, row: Weights, given: Given) -> F64:
    """The error of a row; ``row`` holds the weights and the columns that :func:`forward` gave."""
    return square(minus(row["prediction"], given["y"]))


@singledispatch
def analytic(model: Model, weights: Weights, given: Given, row: Weights) -> Columns:
    """The exact derivatives, ``d`` + weight, after the columns that lead to them."""
    raise TypeError(f"no reference for the analytic gradient of model {type(model).__name__}")


@singledispatch
def beside(model: Model, weights: Weights) -> Columns:
    """Columns beside the weights that nothing depends on."""
    return {}


@singledispatch
def verdict(model: Model, row: Weights, given: Given) -> Columns:
    """Columns beside the error that nothing depends on."""
    return {}


def error_at(model: Model, weights: Weights, given: Given) -> F64:
    """The error straight from the weights."""
    return error(model, {**weights, **forward(model, weights, given)}, given)


@forward.register
def _(model: Linear, weights: Weights, given: Given) -> Columns:
    return {"prediction": plus(weights["b"], times(weights["a"], given["x"]))}


@error.register
def _(model: Linear, row: Weights, given: Given) -> F64:
    return square(minus(given["y"], row["prediction"]))


@analytic.register
def _(model: Linear, weights: Weights, given: Given, row: Weights) -> Columns:
    db = times(2.0, minus(row["prediction"], given["y"]))
    return {"da": times(db, given["x"]), "db": db}


@beside.register
def _(model: Linear2, weights: Weights) -> Columns:
    intercept = plus(times(weights["c"], weights["b"]), weights["d"])
    return {"slope": times(weights["a"], weights["c"]), "intercept": intercept}


@forward.register
def _(model: Linear2, weights: Weights, given: Given) -> Columns:
    hidden = plus(times(weights["a"], given["x"]), weights["b"])
    return {"hidden": hidden, "prediction": plus(times(weights["c"], hidden), weights["d"])}


@analytic.register
def _(model: Linear2, weights: Weights, given: Given, row: Weights) -> Columns:
    dd = times(2.0, minus(row["prediction"], given["y"]))
    dc = times(dd, row["hidden"])
    db = times(dd, weights["c"])
    return {"da": times(db, given["x"]), "db": db, "dc": dc, "dd": dd}


@forward.register
def _(model: Relu2, weights: Weights, given: Given) -> Columns:
    pre = plus(times(weights["a"], given["x"]), weights["b"])
    u = inner(model.activation, pre)
    hidden = value(model.activation, pre, u)
    between = {} if u is None else {"inner": u}
    prediction = plus(times(weights["c"], hidden), weights["d"])
    return {"pre": pre, **between, "hidden": hidden, "prediction": prediction}


@analytic.register
def _(model: Relu2, weights: Weights, given: Given, row: Weights) -> Columns:
    dd = times(2.0, minus(row["prediction"], given["y"]))
    dc = times(dd, row["hidden"])
    steepness = slope(model.activation, row["pre"], row["hidden"], row.get("inner"))
    db = back(times(dd, weights["c"]), row["pre"], steepness)
    before = {} if steepness is None else {"act_slope": steepness}
    return {**before, "da": times(db, given["x"]), "db": db, "dc": dc, "dd": dd}


@forward.register
def _(model: Quartic, weights: Weights, given: Given) -> Columns:
    return {}


@error.register
def _(model: Quartic, row: Weights, given: Given) -> F64:
    x = row["x"]
    return times(times(times(x, x), x), x)


@analytic.register
def _(model: Quartic, weights: Weights, given: Given, row: Weights) -> Columns:
    x = weights["x"]
    return {"dx": times(times(times(4.0, x), x), x)}
