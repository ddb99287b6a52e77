"""What stands between a derivative and the optimizer: batches, clipping, weight decay; and the learning rate's way.

The recipes are those of :mod:`xlsgd.variants.extras` and :class:`xlsgd.variants.Variant`.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from ..variants import Anneal, Clip, ClipNorm, ClipValue, Constant, Cosine, Schedule, StepDecay, Variant
from .arithmetic import F64, ONE, chain, larger, over, plus, root, smaller, square, sum_of_squares, times
from .elementary import cosine, where_above
from .models import Columns, Weights
from .place import Place


def prepared(variant: Variant, weights: Weights, old: Weights, row: Weights, place: Place) -> tuple[Columns, Columns]:
    """The columns after the derivatives, and what the optimizer takes for the gradient of each weight.

    ``old`` holds the columns of the row before.
    """
    columns: Columns = {}
    gradients = {name: row[f"d{name}"] for name in weights}
    if place.batch > 1:
        found, gradients = _batch(gradients, old, place)
        columns |= found
    if variant.clip is not None:
        found, gradients = clipped(variant.clip, gradients)
        columns |= found
    if variant.weight_decay:
        decayed = {name: plus(g, times(weights[name], variant.weight_decay)) for name, g in gradients.items()}
        columns |= {f"decayed_{name}": g for name, g in decayed.items()}
        gradients = decayed
    return columns, gradients


def _batch(gradients: Columns, old: Weights, place: Place) -> tuple[Columns, Columns]:
    """The sum over the batch so far, and its mean."""
    shape = next(iter(gradients.values())).shape
    first = place.in_batch == 1
    sums = {name: g if first else plus(old[f"sum_{name}"], g) for name, g in gradients.items()}
    means = {name: over(total, float(place.in_batch)) for name, total in sums.items()}
    columns = {"in_batch": np.full(shape, float(place.in_batch)), "updates": np.full(shape, float(place.updates))}
    columns |= {f"sum_{name}": total for name, total in sums.items()}
    return columns | {f"mean_{name}": mean for name, mean in means.items()}, means


@singledispatch
def clipped(clip: Clip, gradients: Columns) -> tuple[Columns, Columns]:
    """The columns of a clipping, and the gradients after it."""
    raise TypeError(f"no reference for clip {type(clip).__name__}")


@clipped.register
def _(clip: ClipValue, gradients: Columns) -> tuple[Columns, Columns]:
    held = {name: larger(smaller(g, clip.limit), -clip.limit) for name, g in gradients.items()}
    return {f"clipped_{name}": g for name, g in held.items()}, held


@clipped.register
def _(clip: ClipNorm, gradients: Columns) -> tuple[Columns, Columns]:
    norm = root(chain(square(g) for g in gradients.values()))
    scale = np.where(norm == 0.0, 1.0, smaller(over(clip.limit, norm), 1.0))
    short = {name: times(g, scale) for name, g in gradients.items()}
    return {"norm": norm, "scale": scale, **{f"clipped_{name}": g for name, g in short.items()}}, short


@singledispatch
def rate(schedule: Schedule, lr: F64, weights: Weights, old: Weights, place: Place) -> Columns:
    """The columns of a schedule, ``rate`` last. ``lr``: the learning rate of each run; ``old``: the row before."""
    raise TypeError(f"no reference for schedule {type(schedule).__name__}")


@rate.register
def _(schedule: Constant, lr: F64, weights: Weights, old: Weights, place: Place) -> Columns:
    return {}


@rate.register
def _(schedule: StepDecay, lr: F64, weights: Weights, old: Weights, place: Place) -> Columns:
    if place.index == 0:
        return {"rate": lr}
    falls = place.opens and (place.epoch - 1) % schedule.every == 0
    return {"rate": times(old["rate"], schedule.factor) if falls else old["rate"]}


@rate.register
def _(schedule: Cosine, lr: F64, weights: Weights, old: Weights, place: Place) -> Columns:
    turn = plus(ONE, cosine(np.pi * place.index / place.rows))
    return {"rate": over(times(lr, turn), 2.0)}


@rate.register
def _(schedule: Anneal, lr: F64, weights: Weights, old: Weights, place: Place) -> Columns:
    if not place.opens_later:
        return {"measure": old["measure"], "rate": lr if place.index == 0 else old["rate"]}
    measure = chain(mean_size(place.past[f"d{name}"]) for name in weights)
    grown = where_above(measure, times(schedule.growth, old["measure"]), 1.0, 0.0)
    small = where_above(old["measure"], np.zeros_like(measure), grown, 0.0)
    small[np.isnan(grown)] = np.nan  # AND looks at both conditions
    shrunk = times(old["rate"], schedule.shrink)
    return {"measure": measure, "rate": np.where(np.isnan(small), np.nan, np.where(small > 0.0, shrunk, old["rate"]))}


def mean_size(derivatives: F64) -> F64:
    """``SQRT(SUMSQ(d))/COUNT(d)`` over the first axis."""
    return over(root(sum_of_squares(derivatives)), float(len(derivatives)))
