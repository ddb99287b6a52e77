"""Dense layers with softmax last: the units of a network read off its pre-activations."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ...errors import UsageError
from ...variants import Activation, Mlp
from .expressions import Expr, walk
from .models import ModelFound, shapes
from .residuals import close
from .roles import Roles


def find_network(roles: Roles) -> ModelFound | None:
    """The network that several predictions together are; None where they are none."""
    if any(output.target.op != "cell" for output in roles.model.outputs):
        return None
    weights = {carried.old: track for track, carried in roles.model.weights.items()}
    outputs = sorted(roles.model.outputs, key=lambda output: str(output.target.key).rjust(40))
    outputs = sorted(outputs, key=lambda output: output.target.key[1] if output.target.op == "cell" else 0)
    units = _units(roles, [output.expr for output in outputs], weights)
    layers = _layers(units, weights)
    if layers is None:
        return None
    last = _softmax(roles, layers[-1], [output.expr for output in outputs])
    if last is None:
        return None
    layers[-1] = last
    return _network(roles, layers, weights)


class _Unit:
    """A sum of weights times sources and a bias."""

    def __init__(self, node: Expr, sources: dict[Expr, Expr], bias: Expr) -> None:
        self.node, self.sources, self.bias = node, sources, bias


def _units(roles: Roles, exprs: list[Expr], weights: dict[Expr, int]) -> list[_Unit]:
    terms = roles.dynamics.terms
    found: dict[int, _Unit] = {}
    for expr in exprs:
        for node in walk(expr):
            if node.op != "+" or node.id in found:
                continue
            unit = _unit(terms.additive(node), node, weights)
            if unit is not None:
                found[node.id] = unit
    return list(found.values())


def _unit(parts: list[tuple[int, Expr]], node: Expr, weights: dict[Expr, int]) -> _Unit | None:
    sources: dict[Expr, Expr] = {}
    bias = None
    for sign, part in parts:
        if sign < 0:
            return None
        if part in weights and bias is None:
            bias = part
        elif part.op == "*" and (part.args[0] in weights) != (part.args[1] in weights):
            weight, source = part.args if part.args[0] in weights else part.args[::-1]
            sources[source] = weight
        else:
            return None
    return _Unit(node, sources, bias) if bias is not None and sources else None


def _layers(units: list[_Unit], weights: dict[Expr, int]) -> list[list[_Unit]] | None:
    """The units layer by layer, each in the order in which the next layer's first unit takes them."""
    depth: dict[int, int] = {}
    for unit in sorted(units, key=lambda one: one.node.id):
        below = [depth[other.node.id] for other in units if other.node.id in depth and _reads(unit, other, weights)]
        depth[unit.node.id] = max(below, default=0) + 1
    if not depth:
        return None
    layers = [[unit for unit in units if depth[unit.node.id] == level] for level in range(1, max(depth.values()) + 1)]
    return layers


def _reads(unit: _Unit, other: _Unit, weights: dict[Expr, int]) -> bool:
    return any(other.node in _set(source) for source in unit.sources if source not in weights)


def _set(expr: Expr) -> set[Expr]:
    return set(walk(expr))


def _softmax(roles: Roles, units: list[_Unit], outputs: list[Expr]) -> list[_Unit] | None:
    """The last layer's units in the order of the outputs; None where the outputs are not their softmax."""
    values = [np.exp(roles.value(unit.node)) for unit in units]
    whole = sum(values)
    order = []
    for output in outputs:
        value = roles.value(output)
        match = [unit for unit, each in zip(units, values, strict=True) if close(value, each / whole, 1e-7)]
        if len(match) != 1:
            return None
        order.append(match[0])
    return order if len(order) == len(units) else None


def _network(roles: Roles, layers: list[list[_Unit]], weights: dict[Expr, int]) -> ModelFound | None:
    activation: Activation | None = None
    inputs = sorted(layers[0][0].sources, key=lambda leaf: leaf.key[1] if leaf.op == "cell" else leaf.id)
    sources: list[list[Expr]] = [inputs]
    for below, layer in pairwise(layers):
        taken = sorted(layer[0].sources, key=lambda source: _position(source, below))
        sources.append(taken)
        for source in taken:
            unit = below[_position(source, below)] if _position(source, below) < len(below) else None
            kinds = list(shapes(roles, roles.value(unit.node), roles.value(source))) if unit is not None else []
            if not kinds:
                return None
            activation = activation or kinds[0]
    order: list[int] = []
    for layer, taken in zip(layers, sources, strict=True):
        if any(set(unit.sources) != set(taken) for unit in layer):
            return None
        order += [weights[unit.sources[source]] for unit in layer for source in taken]
        order += [weights[unit.bias] for unit in layer]
    widths = (len(inputs), *(len(layer) for layer in layers))
    try:
        model = Mlp(widths, activation, _loss(roles)) if activation is not None else Mlp(widths, loss=_loss(roles))
    except UsageError:
        return None
    return ModelFound(model, tuple(order)) if len(order) == len(model.weights) else None


def _position(source: Expr, below: list[_Unit]) -> int:
    inside = _set(source)
    return next((place for place, unit in enumerate(below) if unit.node in inside), len(below))


def _loss(roles: Roles) -> str:
    squares = roles.model.loss
    return "mse" if roles.loss is squares else "cross-entropy"
