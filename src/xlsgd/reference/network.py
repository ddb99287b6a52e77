"""The recipe of dense layers with softmax last, as :class:`xlsgd.variants.Mlp` tells it."""

from __future__ import annotations

from ..variants import Mlp
from .activations import back, inner, slope, value
from .arithmetic import F64, chain, larger, minus, negated, over, plus, square, times, where_positive
from .elementary import exp, ln
from .models import Columns, Given, Weights, analytic, error, forward, verdict


@forward.register
def _(model: Mlp, weights: Weights, given: Given) -> Columns:
    columns: Columns = {}
    last = len(model.layers)
    for layer, (inputs, units) in enumerate(model.layers, 1):
        below = {**given, **columns}
        for unit in range(1, units + 1):
            products = [
                times(weights[f"w{layer}_{unit}{number}"], below[_input(layer, number)])
                for number in range(1, inputs + 1)
            ]
            columns[f"z{layer}_{unit}"] = plus(chain(products), weights[f"b{layer}_{unit}"])
        if layer < last:
            columns |= _activated(model, layer, units, columns)
    return columns | _softmax([columns[f"z{last}_{k}"] for k in range(1, model.widths[-1] + 1)])


@error.register
def _(model: Mlp, row: Weights, given: Given) -> F64:
    if model.loss == "mse":
        return chain(square(minus(row[f"p_{k}"], given[f"y{k}"])) for k in _classes(model))
    return negated(ln(_likelihood(model, row, given)))


@verdict.register
def _(model: Mlp, row: Weights, given: Given) -> Columns:
    likeliest = row["p_1"]
    for k in _classes(model):
        likeliest = larger(likeliest, row[f"p_{k}"])
    return {"hit": where_positive(minus(likeliest, _likelihood(model, row, given)), 0.0, 1.0)}


@analytic.register
def _(model: Mlp, weights: Weights, given: Given, row: Weights) -> Columns:
    columns = _at_the_end(model, row, given)
    for layer in range(len(model.layers) - 1, 0, -1):
        columns |= _through(model, layer, weights, row, columns)
    below, slopes = {**given, **row}, {}
    for layer, (inputs, units) in enumerate(model.layers, 1):
        for unit in range(1, units + 1):
            dz = columns[f"dz{layer}_{unit}"]
            for number in range(1, inputs + 1):
                slopes[f"dw{layer}_{unit}{number}"] = times(dz, below[_input(layer, number)])
        slopes |= {f"db{layer}_{unit}": times(columns[f"dz{layer}_{unit}"], 1.0) for unit in range(1, units + 1)}
    return columns | slopes


def _input(layer: int, number: int) -> str:
    """The key of what a layer takes in."""
    return f"x{number}" if layer == 1 else f"h{layer - 1}_{number}"


def _classes(model: Mlp) -> range:
    return range(1, model.widths[-1] + 1)


def _activated(model: Mlp, layer: int, units: int, columns: Columns) -> Columns:
    """The columns of a hidden layer after its ``z``."""
    pre = [columns[f"z{layer}_{unit}"] for unit in range(1, units + 1)]
    inners = [inner(model.activation, z) for z in pre]
    found = {f"u{layer}_{unit}": u for unit, u in enumerate(inners, 1) if u is not None}
    for unit, (z, u) in enumerate(zip(pre, inners, strict=True), 1):
        found[f"h{layer}_{unit}"] = value(model.activation, z, u)
    return found


def _softmax(scores: list[F64]) -> Columns:
    powers = [exp(score) for score in scores]
    total = chain(powers)
    columns = {f"exp_{k}": power for k, power in enumerate(powers, 1)}
    columns["exp_sum"] = total
    return columns | {f"p_{k}": over(power, total) for k, power in enumerate(powers, 1)}


def _likelihood(model: Mlp, row: Weights, given: Given) -> F64:
    """The probability of the true class."""
    return chain(times(row[f"p_{k}"], given[f"y{k}"]) for k in _classes(model))


def _at_the_end(model: Mlp, row: Weights, given: Given) -> Columns:
    """The derivatives by the last layer's ``z``."""
    last = len(model.layers)
    misses = {k: minus(row[f"p_{k}"], given[f"y{k}"]) for k in _classes(model)}
    if model.loss == "cross-entropy":
        return {f"dz{last}_{k}": miss for k, miss in misses.items()}
    common = chain(times(miss, row[f"p_{k}"]) for k, miss in misses.items())
    columns = {f"r_{k}": miss for k, miss in misses.items()}
    columns["rp"] = common
    for k, miss in misses.items():
        columns[f"dz{last}_{k}"] = times(times(2.0, row[f"p_{k}"]), minus(miss, common))
    return columns


def _through(model: Mlp, layer: int, weights: Weights, row: Weights, columns: Columns) -> Columns:
    """The derivatives by a hidden layer's ``h`` and ``z``, from those of the layer above it."""
    units, above = model.layers[layer - 1][1], model.layers[layer][1]
    by_h = [
        chain(times(columns[f"dz{layer + 1}_{k}"], weights[f"w{layer + 1}_{k}{unit}"]) for k in range(1, above + 1))
        for unit in range(1, units + 1)
    ]
    found = {f"dh{layer}_{unit}": gradient for unit, gradient in enumerate(by_h, 1)}
    slopes = [
        slope(model.activation, row[f"z{layer}_{unit}"], row[f"h{layer}_{unit}"], row.get(f"u{layer}_{unit}"))
        for unit in range(1, units + 1)
    ]
    found |= {f"s{layer}_{unit}": steepness for unit, steepness in enumerate(slopes, 1) if steepness is not None}
    for unit, (gradient, steepness) in enumerate(zip(by_h, slopes, strict=True), 1):
        found[f"dz{layer}_{unit}"] = back(gradient, row[f"z{layer}_{unit}"], steepness)
    return found
