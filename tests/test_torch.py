"""A third opinion: the published forms against torch.optim, the gradients by autograd, 50 steps in double precision.

Skipped where torch is absent: it is large and nothing else needs it. `scripts/check-torch` installs it beside the
project and runs this file; docs/torch.md says when that was done and what came of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from xlsgd.reference import train
from xlsgd.variants import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    Adagrad,
    Adam,
    Adamw,
    ClipValue,
    Iris,
    LeakyRelu,
    Linear,
    Linear2,
    LinearData,
    Mlp,
    Model,
    Nesterov,
    Normal,
    Optimizer,
    Polyak,
    Quartic,
    Relu2,
    Rmsprop,
    Sgd,
    StepDecay,
    Steps,
    Typed,
    Uniform,
    Variant,
)

torch: Any = pytest.importorskip("torch", reason="torch is not installed; scripts/check-torch installs and runs this")

STEPS = 50
PLAIN = (Sgd, Polyak, Nesterov)
TOLERANCE = 1e-12
Parameters = dict[str, Any]

# Ours (with the learning rate of the test) and torch's of the same name, each with torch's own defaults.
PUBLISHED: dict[str, tuple[Optimizer, Callable[..., Any]]] = {
    "sgd": (Sgd(1e-5), lambda p, **k: torch.optim.SGD(p, lr=1e-5, **k)),
    "polyak": (Polyak(1e-6), lambda p, **k: torch.optim.SGD(p, lr=1e-6, momentum=0.9, **k)),
    "nesterov": (Nesterov(1e-6), lambda p, **k: torch.optim.SGD(p, lr=1e-6, momentum=0.9, nesterov=True, **k)),
    "adagrad": (Adagrad(), lambda p, **k: torch.optim.Adagrad(p, **k)),
    "rmsprop": (Rmsprop(), lambda p, **k: torch.optim.RMSprop(p, **k)),
    "adam": (Adam(), lambda p, **k: torch.optim.Adam(p, **k)),
    "adamw": (Adamw(), lambda p, **k: torch.optim.AdamW(p, **k)),
}
UNITS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: torch.nn.functional.relu(z),
    "leaky-relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01),
    "sigmoid": lambda z: torch.sigmoid(z),
    "tanh": lambda z: torch.tanh(z),
    "softplus": lambda z: torch.nn.functional.softplus(z, threshold=1e9),
    "gelu": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
}


def neuron(model: Model, w: Parameters, given: Sequence[float]) -> Any:
    if isinstance(model, Quartic):
        return w["x"] ** 4
    x, y = given
    z = w["a"] * x + w["b"]
    if isinstance(model, Linear):
        return (z - y) ** 2
    h = UNITS[model.activation.name](z) if isinstance(model, Relu2) else z
    return (w["c"] * h + w["d"] - y) ** 2


def network(model: Mlp, w: Parameters, given: Sequence[float]) -> Any:
    values = torch.tensor(given, dtype=torch.float64)
    h, target = values[: model.widths[0]], values[model.widths[0] :]
    for layer, (inputs, units) in enumerate(model.layers, 1):
        matrix = [[w[f"w{layer}_{i}{j}"] for j in range(1, inputs + 1)] for i in range(1, units + 1)]
        bias = torch.stack([w[f"b{layer}_{i}"] for i in range(1, units + 1)])
        h = torch.stack([torch.stack(row) for row in matrix]) @ h + bias
        if layer < len(model.layers):
            h = UNITS[model.activation.name](h)
    if model.loss == "cross-entropy":
        return torch.nn.functional.cross_entropy(h, target)
    return ((torch.softmax(h, 0) - target) ** 2).sum()


def error_of(model: Model, w: Parameters, given: Sequence[float]) -> Any:
    return network(model, w, given) if isinstance(model, Mlp) else neuron(model, w, given)


def by_torch(variant: Variant, make: Callable[..., Any], **options: Any) -> tuple[np.ndarray, np.ndarray]:
    """Errors and weights after each step, as torch trains the variant."""
    w = {name: torch.tensor(v, dtype=torch.float64, requires_grad=True) for name, v in variant.start.items()}
    optimizer = make(list(w.values()), **options)
    schedule = None
    if isinstance(variant.schedule, StepDecay):
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, variant.schedule.every, variant.schedule.factor)
    errors, weights, rows, size = [], [], variant.rows(), len(variant.data.rows())
    for number, given in enumerate(rows):
        in_batch = number % size % variant.batch_rows
        error = error_of(variant.model, w, given)
        error.backward()
        errors.append(error.item())
        if in_batch + 1 == variant.batch_rows or number % size + 1 == size:
            for parameter in w.values():
                parameter.grad /= in_batch + 1
            if variant.clip:
                torch.nn.utils.clip_grad_value_(w.values(), variant.clip.limit)
            optimizer.step()
            optimizer.zero_grad()
        if schedule and number % size + 1 == size:
            schedule.step()
        weights.append([parameter.item() for parameter in w.values()])
    return np.array(errors), np.array(weights)


def distance(variant: Variant, make: Callable[..., Any], **options: Any) -> float:
    """How far apart the two trainings come, relative to numbers above 1."""
    errors, weights = by_torch(variant, make, **options)
    trace = train(variant)
    ours = np.stack([trace.columns[f"new_{name}"][0] for name in variant.model.weights], axis=1)
    assert len(errors) >= STEPS
    assert np.isfinite(ours).all()
    assert np.abs(ours[-1] - ours[0]).max() > 1e-5  # it did move
    pairs = ((ours, weights), (trace.columns["error"][0], errors))
    return max(float((np.abs(a - b) / np.maximum(1.0, np.abs(b))).max()) for a, b in pairs)


def agrees(variant: Variant, make: Callable[..., Any], **options: Any) -> None:
    far = distance(variant, make, **options)
    print(f"{variant.name}: {far:.1e}")
    assert far <= TOLERANCE


def variant_of(model: Model, optimizer: Optimizer, **extras: Any) -> Variant:
    """A training of 50 rows that converges; plain descent is faster where numbers are small."""
    if isinstance(model, Mlp | Quartic) and isinstance(optimizer, PLAIN):
        optimizer = dataclasses.replace(optimizer, lr=0.01)
    if isinstance(model, Mlp):
        return Variant(model, optimizer=optimizer, data=Iris(STEPS), **extras)
    if isinstance(model, Quartic):
        return Variant(model, optimizer=optimizer, data=Steps(STEPS), init=Typed((1.5,)), **extras)
    return Variant(model, optimizer=optimizer, data=LinearData(STEPS, 1), init=Normal(0.5, 3), **extras)


def torch_of(name: str, model: Model) -> Callable[..., Any]:
    """What makes torch's optimizer, with the learning rate of :func:`variant_of`."""
    ours, make = PUBLISHED[name]
    if not isinstance(model, Mlp | Quartic) or not isinstance(ours, PLAIN):
        return make

    def faster(parameters: Any, **options: Any) -> Any:
        optimizer = make(parameters, **options)
        optimizer.param_groups[0]["lr"] = 0.01
        return optimizer

    return faster


MODELS: tuple[Model, ...] = (Linear(), Linear2(), Relu2(), Quartic(), Mlp())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_form_agrees_with_torch_optim(name: str, model: Model) -> None:
    agrees(variant_of(model, PUBLISHED[name][0]), torch_of(name, model))


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda activation: activation.name)
@pytest.mark.parametrize("loss", LOSSES)
def test_activations_and_losses_agree_with_autograd(activation: Activation, loss: str) -> None:
    agrees(variant_of(Mlp((4, 3, 2, 3), activation, loss), Adam()), PUBLISHED["adam"][1])
    assert not isinstance(activation, LeakyRelu) or activation.leak == 0.01
    neuron_variant = Variant(Relu2(activation=activation), optimizer=Adam(), data=LinearData(STEPS, 2))
    agrees(dataclasses.replace(neuron_variant, init=Uniform(-0.05, 0.05, 5)), PUBLISHED["adam"][1])


@pytest.mark.parametrize("name", PUBLISHED)
def test_batches_clipping_decay_and_steps_agree_with_torch(name: str) -> None:
    ours = dataclasses.replace(variant_of(Mlp(), PUBLISHED[name][0]), data=Iris(21), epochs=3)
    agrees(dataclasses.replace(ours, batch=4), torch_of(name, Mlp()))
    agrees(dataclasses.replace(ours, batch="full"), torch_of(name, Mlp()))
    agrees(dataclasses.replace(ours, clip=ClipValue(0.02), batch=5, shuffle=3), torch_of(name, Mlp()))
    agrees(dataclasses.replace(ours, schedule=StepDecay(1, 0.5)), torch_of(name, Mlp()))
    if name != "adamw":  # torch's AdamW has no other weight decay beside its own
        agrees(dataclasses.replace(ours, weight_decay=0.1), torch_of(name, Mlp()), weight_decay=0.1)
