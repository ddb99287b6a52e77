"""Every model × gradient × optimizer, and every extra: written, read back, evaluated, equal to NumPy at 0 ULP.

A workbook holds the gradients of one model and optimizer, a sheet each. Few rows a sheet, but at least two epochs, as
states, schedules and batches meet the next epoch. EXP, LN, TANH and COS are told twice as well: `functions/elementary`
for the cells, `reference/elementary` for NumPy, both from the definitions in docs/calculation.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from xlsgd import check_file, generate
from xlsgd.engine import ENGINES
from xlsgd.variants import (
    ACTIVATIONS,
    CLIPS,
    GRADIENTS,
    INITS,
    LOSSES,
    MODELS,
    OPTIMIZERS,
    SCHEDULES,
    Anneal,
    Central,
    ClipNorm,
    ClipValue,
    Cosine,
    Data,
    Elbow,
    Forward,
    Gelu,
    Iris,
    Linear2,
    LinearData,
    Mlp,
    Model,
    Optimizer,
    Quartic,
    Relu2,
    StepDecay,
    Steps,
    Tanh,
    Typed,
    Uniform,
    Variant,
    parse_init,
)

OURS = [name for name in ENGINES if name not in ("formulas", "libreoffice")]
BATCHES: tuple[int | Literal["full"], ...] = (2, 3, "full")


def small(model: Model) -> dict[str, Any]:
    """A model of few weights with data of few rows, and two epochs."""
    if isinstance(model, Mlp):
        return {"model": dataclasses.replace(model, widths=(4, 2, 3)), "data": Iris(3), "epochs": 2}
    data: Data = Steps(5) if isinstance(model, Quartic) else LinearData(5, 1)
    return {"model": model, "data": data, "epochs": 2}


def gradients_of(model: Model, optimizer: Optimizer) -> list[Variant]:
    return [Variant(gradient=gradient, optimizer=optimizer, **small(model)) for gradient in GRADIENTS]


def batches_of(optimizer: Optimizer) -> list[Variant]:
    """Batches that fill the epoch and one that does not, shuffled or not, with and without the other extras."""
    base = Variant(Linear2(), optimizer=optimizer, data=LinearData(5, 1), epochs=3)
    clips = (ClipValue(5.0), ClipNorm(3.0), None)
    found = [
        dataclasses.replace(base, batch=batch, clip=clip, shuffle=seed, weight_decay=decay)
        for batch, clip, seed, decay in zip(BATCHES, clips, (4, None, 7), (0.0, 0.01, 0.01), strict=True)
    ]
    network = Variant(optimizer=optimizer, **small(Mlp()))
    return [*found, dataclasses.replace(network, batch=2, clip=ClipNorm(0.01), weight_decay=0.01, shuffle=1)]


def schedules_of(optimizer: Optimizer) -> list[Variant]:
    base = Variant(Relu2(), Forward(), optimizer, data=LinearData(4, 1), epochs=5)
    schedules = (StepDecay(2, 0.5), Cosine(), Anneal(), Anneal(0.1, 0.5))
    found = [dataclasses.replace(base, schedule=schedule) for schedule in schedules]
    steps = Variant(Quartic(), Central(), optimizer, data=Steps(6), epochs=3, schedule=Cosine())
    once = dataclasses.replace(base, epochs=1, schedule=schedules[0])
    return [*found, dataclasses.replace(steps, clip=ClipNorm(0.5), weight_decay=0.01), once]


def activations_of(number: int) -> list[Variant]:
    activation = ACTIVATIONS[number]
    neuron = Relu2(activation=activation)
    start = Uniform(-0.1, 0.1, 3)
    found = [Variant(neuron, gradient, init=start, data=Elbow(), epochs=2) for gradient in GRADIENTS]
    networks = [Mlp((4, 2, 3), activation, loss) for loss in LOSSES]
    return [*found, *(Variant(network, data=Iris(4), epochs=2) for network in networks)]


def inits_of(number: int) -> list[Variant]:
    name = INITS[number].name
    models = [small(model) for model in (Linear2(), Mlp())]
    texts = {"uniform": "uniform:-1,1,2", "normal": "normal:0.5,3", "he": "he:4", "glorot": "glorot:5"}
    if name == "values":
        starts = [Typed(tuple(0.25 * place - 0.5 for place in range(len(m["model"].weights)))) for m in models]
        return [Variant(init=init, **model) for init, model in zip(starts, models, strict=True)]
    return [Variant(init=parse_init(texts.get(name, name)), **model) for model in models]


def shapes() -> list[Variant]:
    """Networks without a hidden layer, with two, and exploding ones, whose cells hold errors in the same rows."""
    widths: Sequence[tuple[int, ...]] = ((4, 3), (4, 3, 2, 3), (4, 1, 3))
    networks = [Variant(Mlp(shape, Gelu(), "cross-entropy"), data=Iris(4), epochs=2) for shape in widths]
    wild = dataclasses.replace(OPTIMIZERS[0], lr=1e3)
    exploding = [
        Variant(Linear2(), optimizer=wild, data=LinearData(8, 1), epochs=2),
        Variant(Quartic(), optimizer=wild, data=Steps(12)),
        Variant(Relu2(activation=Tanh()), optimizer=dataclasses.replace(wild, lr=1e300), data=LinearData(8, 1)),
        Variant(Mlp((4, 2, 3)), optimizer=dataclasses.replace(wild, lr=1e5), data=Iris(12)),
    ]
    return [*networks, *exploding]


MATRIX = {f"{m.name}-{o.name}": gradients_of(m, o) for m in MODELS for o in OPTIMIZERS}
EXTRAS = {
    **{f"batches-{o.name}": batches_of(o) for o in OPTIMIZERS},
    **{f"schedules-{o.name}": schedules_of(o) for o in OPTIMIZERS},
    **{f"activation-{a.name}": activations_of(number) for number, a in enumerate(ACTIVATIONS)},
    **{f"init-{i.name}": inits_of(number) for number, i in enumerate(INITS)},
    "shapes": shapes(),
}


@pytest.mark.parametrize("case", [*MATRIX, *EXTRAS])
def test_all_cells_agree_to_the_last_bit(case: str, tmp_path: Path) -> None:
    variants = {**MATRIX, **EXTRAS}[case]
    path = generate(variants, tmp_path / "book.xlsx").path
    for engine in OURS:
        for outcome in check_file(path, variants, engine):
            assert outcome.ok, outcome.lines()
            assert outcome.comparison.max_ulp == 0
            rows = len(outcome.variant.data.rows()) * outcome.variant.epochs
            assert outcome.comparison.cells > rows * 2 * len(outcome.variant.model.weights)


def test_the_matrix_is_complete() -> None:
    products = {(v.model.name, v.gradient.name, v.optimizer.name) for case in MATRIX.values() for v in case}
    count = len(MODELS) * len(GRADIENTS) * len(OPTIMIZERS)
    extras = [variant for case in EXTRAS.values() for variant in case]
    print(f"{count} products of model, gradient and optimizer; {len(extras)} variants with extras; engines: {OURS}")
    assert len(products) == count == sum(map(len, MATRIX.values())) >= 180
    assert len(extras) >= 150
    assert {v.schedule.name for v in extras} == {schedule.name for schedule in SCHEDULES}
    assert {v.clip.name for v in extras if v.clip} == {clip.name for clip in CLIPS}
    assert {v.init.name for v in extras} == {init.name for init in INITS}
    assert {v.model.loss for v in extras if isinstance(v.model, Mlp)} == set(LOSSES)
    used = {v.model.activation.name for v in extras if isinstance(v.model, Mlp | Relu2)}
    assert used == {activation.name for activation in ACTIVATIONS}
    assert OURS == ["native", "scalar"]


def test_exploding_sheets_hold_errors(tmp_path: Path) -> None:
    variants = shapes()[3:]
    path = generate(variants, tmp_path / "book.xlsx").path
    assert all(outcome.comparison.events for outcome in check_file(path, variants)[:2])
