"""The activations' recipes, as :mod:`xlsgd.variants.activations` tells them: value and slope of a unit.

``z`` is the pre-activation, ``h`` the unit's value, ``u`` the inner column that only GELU has.
"""

from __future__ import annotations

import math
from functools import singledispatch

from ..variants import Activation, Gelu, LeakyRelu, Relu, Sigmoid, Softplus, Tanh
from .arithmetic import F64, ONE, larger, minus, negated, over, plus, root, square, times, where_positive
from .elementary import exp, ln, tanh

SCALE = root(over(2.0 * ONE, math.pi))  # GELU's SQRT(2/PI())


@singledispatch
def inner(activation: Activation, z: F64) -> F64 | None:
    """The column between ``z`` and ``h``; None where there is none."""
    return None


@singledispatch
def value(activation: Activation, z: F64, u: F64 | None) -> F64:
    """What the unit hands on."""
    raise TypeError(f"no reference for activation {type(activation).__name__}")


@singledispatch
def slope(activation: Activation, z: F64, h: F64, u: F64 | None) -> F64 | None:
    """The derivative of ``h`` by ``z``; None for ReLU, which chooses instead of multiplying."""
    raise TypeError(f"no reference for the slope of activation {type(activation).__name__}")


def back(gradient: F64, z: F64, steepness: F64 | None) -> F64:
    """The derivative by ``z`` from that by ``h``."""
    return where_positive(z, gradient, 0.0) if steepness is None else times(gradient, steepness)


@value.register
def _(activation: Relu, z: F64, u: F64 | None) -> F64:
    return larger(z, 0.0)


@slope.register
def _(activation: Relu, z: F64, h: F64, u: F64 | None) -> None:
    return None


@value.register
def _(activation: LeakyRelu, z: F64, u: F64 | None) -> F64:
    return where_positive(z, z, times(activation.leak, z))


@slope.register
def _(activation: LeakyRelu, z: F64, h: F64, u: F64 | None) -> F64:
    return where_positive(z, 1.0, activation.leak)


@value.register
def _(activation: Sigmoid, z: F64, u: F64 | None) -> F64:
    return _logistic(z)


@slope.register
def _(activation: Sigmoid, z: F64, h: F64, u: F64 | None) -> F64:
    return times(h, minus(1.0, h))


@value.register
def _(activation: Tanh, z: F64, u: F64 | None) -> F64:
    return tanh(z)


@slope.register
def _(activation: Tanh, z: F64, h: F64, u: F64 | None) -> F64:
    return minus(1.0, square(h))


@value.register
def _(activation: Softplus, z: F64, u: F64 | None) -> F64:
    return ln(plus(1.0, exp(z)))


@slope.register
def _(activation: Softplus, z: F64, h: F64, u: F64 | None) -> F64:
    return _logistic(z)


@inner.register
def _(activation: Gelu, z: F64) -> F64:
    return tanh(times(SCALE, plus(z, times(times(times(0.044715, z), z), z))))


@value.register
def _(activation: Gelu, z: F64, u: F64 | None) -> F64:
    assert u is not None
    return times(times(0.5, z), plus(1.0, u))


@slope.register
def _(activation: Gelu, z: F64, h: F64, u: F64 | None) -> F64:
    assert u is not None
    steep = times(times(times(0.5, z), minus(1.0, square(u))), SCALE)
    return plus(times(0.5, plus(1.0, u)), times(steep, plus(1.0, times(times(0.134145, z), z))))


def _logistic(z: F64) -> F64:
    return over(1.0, plus(1.0, exp(negated(z))))
