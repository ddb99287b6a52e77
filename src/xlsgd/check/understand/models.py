"""Which model of the registry a prediction is: by comparing numbers, whatever the algebra looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from ...variants import ACTIVATIONS, Activation, LeakyRelu, Linear, Linear2, Model, Quartic, Relu2
from .expressions import Array, Expr, walk
from .residuals import close
from .roles import Roles

MAX_SLOPES = 8


@dataclass(frozen=True, slots=True)
class ModelFound:
    """A model of the registry, and the track of each of its weights, in the registry's order."""

    model: Model
    weights: tuple[int, ...]


def _gelu(z: Array) -> Array:
    return np.asarray(0.5 * z * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (z + 0.044715 * z**3))))


SHAPES: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "tanh": np.tanh,
    "softplus": lambda z: np.log1p(np.exp(z)),
    "gelu": _gelu,
}


def find_model(roles: Roles) -> ModelFound | None:
    """The model of the candidate; None where the registry has none like it."""
    from .networks import find_network

    outputs, weights = roles.model.outputs, list(roles.model.weights)
    if not outputs:
        return _quartic(roles, weights)
    if roles.loss is not roles.model.loss and len(outputs) == 1:
        return None
    if len(outputs) > 1:
        return find_network(roles)
    inputs = _inputs(roles, outputs[0].expr)
    if len(inputs) != 1:
        return None
    pred, x = roles.value(outputs[0].expr), roles.samples(inputs[0])
    values = {track: roles.samples(roles.model.weights[track].old) for track in weights}
    if len(weights) == 2:
        for a, b in permutations(weights):
            if close(pred, values[a] * x + values[b], 1e-8):
                return ModelFound(Linear(), (a, b))
    if len(weights) == 4:
        return _two_layers(roles, pred, x, values)
    return None


def _inputs(roles: Roles, expr: Expr) -> list[Expr]:
    found = [leaf for leaf in roles.dynamics.terms.leaves(expr) if roles.dynamics.is_data(leaf)]
    return sorted(found, key=lambda leaf: leaf.id)


def _quartic(roles: Roles, weights: list[int]) -> ModelFound | None:
    if len(weights) != 1 or roles.loss is None:
        return None
    x = roles.samples(roles.model.weights[weights[0]].old)
    return ModelFound(Quartic(), (weights[0],)) if close(roles.value(roles.loss), x**4, 1e-8) else None


def _two_layers(roles: Roles, pred: Array, x: Array, values: dict[int, Array]) -> ModelFound | None:
    for order in permutations(values):
        a, b, c, d = (values[track] for track in order)
        z = a * x + b
        if close(pred, c * z + d, 1e-8):
            return ModelFound(Linear2(), order)
        rest = pred - d
        for activation in shapes(roles, z, rest / c):
            return ModelFound(Relu2(activation), order)
    return None


def shapes(roles: Roles, z: Array, h: Array) -> Iterator[Activation]:
    """The activations that make ``h`` of ``z``."""
    with np.errstate(all="ignore"):
        for activation in ACTIVATIONS:
            shape = SHAPES.get(activation.name)
            if shape is not None and close(h, shape(z), 1e-7) and not isinstance(activation, LeakyRelu):
                yield activation
        positive, negative = z > 0, z < 0
        if negative.any() and positive.any() and np.allclose(h[positive], z[positive], rtol=1e-7):
            leak = float(np.median(h[negative] / z[negative]))
            if leak != 0.0 and np.allclose(h[negative], leak * z[negative], rtol=1e-6):
                yield LeakyRelu(leak=_neat(roles, leak))


def _neat(roles: Roles, number: float) -> float:
    """The number as it is typed in the workbook, where one is that near."""
    for output in roles.model.outputs:
        for node in walk(output.expr):
            if node.op in ("num", "fixed"):
                value = float(roles.value(node).flat[0])
                if abs(value - number) <= 1e-6 * abs(number):
                    return value
    return round(number, 9)
