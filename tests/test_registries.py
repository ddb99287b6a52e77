"""Every member of a registry has a name, an explanation and both tellings; inits and data sets agree in every cell.

The products of models, gradients and optimizers, and the extras, are in test_matrix.py.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xlsgd import check_file, generate
from xlsgd.reference import activations as units
from xlsgd.reference import network as _network  # noqa: F401  # registers the rules of mlp
from xlsgd.reference.extras import clipped, rate
from xlsgd.reference.gradients import derivatives
from xlsgd.reference.models import analytic, forward
from xlsgd.reference.optimizers import step
from xlsgd.sheet import recipe, slopes, update
from xlsgd.sheet.activations import shape
from xlsgd.sheet.extras import rate as rate_in_cells
from xlsgd.variants import (
    ACTIVATIONS,
    CLIPS,
    DATASETS,
    GRADIENTS,
    INITS,
    MODELS,
    OPTIMIZERS,
    SCHEDULES,
    CsvData,
    Data,
    Init,
    Linear,
    Mlp,
    Model,
    Quartic,
    Variant,
    network,
    parse_data,
    parse_init,
)

REGISTRIES: dict[str, tuple[Any, ...]] = {
    "models": MODELS,
    "gradients": GRADIENTS,
    "optimizers": OPTIMIZERS,
    "inits": INITS,
    "data": DATASETS,
    "activations": ACTIVATIONS,
    "clips": CLIPS,
    "schedules": SCHEDULES,
}
TELLINGS: dict[str, tuple[Callable[..., Any], ...]] = {
    "models": (recipe, forward, analytic),
    "gradients": (slopes, derivatives),
    "optimizers": (update, step),
    "activations": (shape, units.value, units.slope),
    "clips": (clipped,),
    "schedules": (rate_in_cells, rate),
}
# What a person would type where a member wants a value.
ARGUMENTS = {
    "values": "values:{}",
    "linear": "linear:12,3",
    "uniform": "uniform:-1,1,2",
    "normal": "normal:0.5,3",
    "iris": "iris:5",
    "steps": "steps:7",
}


def named(members: tuple[Any, ...]) -> list[Any]:
    return [pytest.param(member, id=member.name) for member in members]


def kind_of(member: Any) -> type[Any]:
    return member if isinstance(member, type) else type(member)


def small(model: Model) -> Model:
    return dataclasses.replace(model, widths=(4, 2, 3)) if isinstance(model, Mlp) else model


def written(member: Any, model: Model) -> str:
    weights = ",".join(f"{0.5 + number / 4}" for number in range(len(model.weights)))
    name: str = member.name
    return ARGUMENTS.get(name, name).format(weights)


@pytest.mark.parametrize("kind", REGISTRIES)
def test_names_are_unique_and_explained(kind: str) -> None:
    members = REGISTRIES[kind]
    assert members
    names = [member.name for member in members]
    assert len(set(names)) == len(names)
    for member in members:
        cls = kind_of(member)
        assert dataclasses.is_dataclass(cls)
        assert member.name == member.name.lower().strip()
        # A dataclass without a docstring is given its signature as one.
        assert cls.__doc__
        assert not cls.__doc__.startswith(f"{cls.__name__}(")


@pytest.mark.parametrize(
    ("kind", "member"),
    [pytest.param(kind, member, id=f"{kind}-{member.name}") for kind in TELLINGS for member in REGISTRIES[kind]],
)
def test_a_member_has_both_tellings(kind: str, member: Any) -> None:
    for telling in TELLINGS[kind]:
        rule, default = telling.dispatch(kind_of(member)), telling.dispatch(object)  # type: ignore[attr-defined]
        assert rule is not default, f"{member.name} has no rule in {telling.__module__}.{telling.__name__}"


def agrees(variant: Variant, folder: Path) -> None:
    path = generate(variant, folder / "sheet.xlsx").path
    (outcome,) = check_file(path, variant)
    comparison = outcome.comparison
    assert outcome.ok, outcome.lines()
    assert comparison.max_ulp == 0
    assert comparison.cells >= len(variant.data.rows()) * variant.epochs * 4


@pytest.mark.parametrize("model", named(MODELS))
@pytest.mark.parametrize("init", named(INITS))
def test_every_init_agrees_to_the_bit(init: type[Init], model: Model, tmp_path: Path) -> None:
    data = "iris:6" if isinstance(model, Mlp) else "steps:9" if isinstance(model, Quartic) else "graddesc"
    agrees(Variant(small(model), init=parse_init(written(init, model=small(model))), data=parse_data(data)), tmp_path)


@pytest.mark.parametrize("data", named(DATASETS))
def test_every_data_set_agrees_to_the_bit(data: type[Data], tmp_path: Path) -> None:
    if data is CsvData:
        (tmp_path / "own.csv").write_text("width;height;kind\n1,5;2;a\n0,5;1;b\n1;1;a\n", "utf-8")
        rows = parse_data(str(tmp_path / "own.csv"))
    else:
        rows = parse_data(written(data, Linear()))
    if rows.classes:
        model, rows = network(rows, (2,))
        agrees(Variant(model, data=rows, epochs=2), tmp_path)
    else:
        agrees(Variant(Linear() if rows.inputs else Quartic(), data=rows, epochs=2), tmp_path)
