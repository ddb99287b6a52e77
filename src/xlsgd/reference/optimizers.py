"""The optimizers' recipes: one weight's new value and state, as :mod:`xlsgd.variants.optimizers` tells them."""

from __future__ import annotations

from functools import singledispatch

from ..variants import (
    Adagrad,
    AdagradEpoch,
    Adam,
    AdamGraddesc,
    Adamw,
    EveGraddesc,
    Momentum,
    Nesterov,
    Optimizer,
    Polyak,
    Rmsprop,
    RmspropGraddesc,
    Sgd,
)
from .arithmetic import F64, ONE, minus, over, plus, root, running_sum, size, smaller, square, times
from .extras import mean_size
from .models import Columns, Weights
from .place import Place


@singledispatch
def step(optimizer: Optimizer, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    """The weight after one row, and the states after it by name.

    All arrays have the shape (runs,). ``old`` holds the states after the row before (in the first their starts) and
    the shared ones of this row; ``lr`` is the learning rate of this row, which stands in the place of ``optimizer.lr``.
    """
    raise TypeError(f"no reference for optimizer {type(optimizer).__name__}")


@singledispatch
def shared(optimizer: Optimizer, old: Weights, place: Place) -> Columns:
    """What is carried once for all weights, after this row; ``old`` holds the columns of the row before."""
    return {}


@singledispatch
def renewed(optimizer: Optimizer, old: Columns, derivatives: F64) -> Columns:
    """One weight's states at the start of an epoch, from those before it and the derivatives (rows, runs) of that."""
    return old


@step.register
def _(optimizer: Sgd, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    return minus(weight, times(gradient, lr)), {}


@step.register
def _(optimizer: Momentum, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    m = _average(old["m"], optimizer.beta, gradient)
    return minus(weight, times(m, lr)), {"m": m}


@step.register
def _(optimizer: Polyak, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    m = plus(times(old["m"], optimizer.beta), gradient)
    return minus(weight, times(m, lr)), {"m": m}


@step.register
def _(optimizer: Nesterov, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    m = plus(times(old["m"], optimizer.beta), gradient)
    return minus(weight, times(plus(gradient, times(m, optimizer.beta)), lr)), {"m": m}


@step.register
def _(optimizer: Adagrad, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    v = plus(old["v"], square(gradient))
    return minus(weight, over(times(gradient, lr), plus(root(v), optimizer.epsilon))), {"v": v}


@step.register
def _(optimizer: AdagradEpoch, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    return minus(weight, times(gradient, over(lr, old["s"]))), {"s": old["s"]}


@renewed.register
def _(optimizer: AdagradEpoch, old: Columns, derivatives: F64) -> Columns:
    return {"s": mean_size(derivatives)}


@step.register
def _(optimizer: Rmsprop, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    v = _average(old["v"], optimizer.alpha, square(gradient))
    return minus(weight, over(times(gradient, lr), plus(root(v), optimizer.epsilon))), {"v": v}


@step.register
def _(optimizer: RmspropGraddesc, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    v = _average(old["v"], optimizer.beta, square(gradient))
    return minus(weight, over(times(gradient, lr), root(old["v"]))), {"v": v}


@step.register
def _(optimizer: Adam, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    change, states = _adam(optimizer, gradient, old, lr)
    return minus(weight, change), states


@step.register
def _(optimizer: Adamw, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    change, states = _adam(optimizer, gradient, old, lr)
    kept = times(weight, minus(1.0, times(lr, optimizer.decay)))
    return minus(kept, change), states


@shared.register(Adam | Adamw)
def _(optimizer: Adam | Adamw, old: Weights, place: Place) -> Columns:
    if not place.updates:
        return {key: old[key] for key in optimizer.shared}
    return {"power1": times(old["power1"], optimizer.beta1), "power2": times(old["power2"], optimizer.beta2)}


@step.register
def _(optimizer: AdamGraddesc, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    states = _moments(optimizer, gradient, old)
    return minus(weight, over(times(states["m"], lr), root(states["v"]))), states


@step.register
def _(optimizer: EveGraddesc, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    states = _moments(optimizer, gradient, old)
    return minus(weight, over(over(times(states["m"], lr), root(states["v"])), old["div"])), states


@shared.register
def _(optimizer: EveGraddesc, old: Weights, place: Place) -> Columns:
    last, before = old["loss1"], old["loss2"]
    if place.opens_later:
        last, before = root(running_sum(place.past["error"])), last
    ratio = over(size(minus(last, before)), smaller(last, before))
    div = _average(old["div"], optimizer.beta3, ratio) if place.opens else old["div"]
    return {"loss1": last, "loss2": before, "ratio": ratio, "div": div}


def _adam(optimizer: Adam | Adamw, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    """What Adam takes off a weight, and the moments."""
    states = _moments(optimizer, gradient, old)
    mean = over(states["m"], minus(1.0, old["power1"]))
    spread = plus(root(over(states["v"], minus(1.0, old["power2"]))), optimizer.epsilon)
    return over(times(mean, lr), spread), states


def _moments(optimizer: Adam | Adamw | AdamGraddesc | EveGraddesc, gradient: F64, old: Weights) -> Columns:
    m = _average(old["m"], optimizer.beta1, gradient)
    return {"m": m, "v": _average(old["v"], optimizer.beta2, square(gradient))}


def _average(old: F64, beta: float, new: F64) -> F64:
    """``old*beta + (1-beta)*new``, with ``1-beta`` in a cell of its own."""
    return plus(times(old, beta), times(minus(ONE, beta), new))
