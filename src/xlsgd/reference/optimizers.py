"""The optimizers' recipes: one weight's new value and state, as :mod:`xlsgd.variants.optimizers` tells them."""

from __future__ import annotations

from functools import singledispatch

from ..variants import AdamGraddesc, Momentum, Optimizer, Sgd
from .arithmetic import F64, ONE, minus, over, plus, root, square, times
from .models import Columns, Weights


@singledispatch
def step(optimizer: Optimizer, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    """The weight after one row, and the states after it by name.

    All arrays have the shape (runs,); ``old`` holds the states after the row before (0 in the first), and ``lr`` is
    the learning rate of each run, which stands in the place of ``optimizer.lr``.
    """
    raise TypeError(f"no reference for optimizer {type(optimizer).__name__}")


@step.register
def _(optimizer: Sgd, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    return minus(weight, times(gradient, lr)), {}


@step.register
def _(optimizer: Momentum, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    m = _average(old["m"], optimizer.beta, gradient)
    return minus(weight, times(m, lr)), {"m": m}


@step.register
def _(optimizer: AdamGraddesc, weight: F64, gradient: F64, old: Weights, lr: F64) -> tuple[F64, Columns]:
    m = _average(old["m"], optimizer.beta1, gradient)
    v = _average(old["v"], optimizer.beta2, square(gradient))
    return minus(weight, over(times(m, lr), root(v))), {"m": m, "v": v}


def _average(old: F64, beta: float, new: F64) -> F64:
    """``old*beta + (1-beta)*new``, with ``1-beta`` in a cell of its own."""
    return plus(times(old, beta), times(minus(ONE, beta), new))
