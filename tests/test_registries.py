"""Every member of a registry is told twice, in formulas and in NumPy, and the two agree in every cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xlsgd import check_file, generate
from xlsgd.reference.gradients import derivatives
from xlsgd.reference.models import analytic, forward
from xlsgd.reference.optimizers import step
from xlsgd.sheet import recipe, slopes, update
from xlsgd.variants import (
    DATASETS,
    GRADIENTS,
    INITS,
    MODELS,
    OPTIMIZERS,
    Data,
    Gradient,
    Init,
    Linear,
    Model,
    Optimizer,
    Variant,
    parse_data,
    parse_init,
)

REGISTRIES: dict[str, tuple[Any, ...]] = {
    "models": MODELS,
    "gradients": GRADIENTS,
    "optimizers": OPTIMIZERS,
    "inits": INITS,
    "data": DATASETS,
}
TELLINGS: dict[str, tuple[Callable[..., Any], ...]] = {
    "models": (recipe, forward, analytic),
    "gradients": (slopes, derivatives),
    "optimizers": (update, step),
}
# What a person would type where a member wants a value.
ARGUMENTS = {"values": "values:{}", "linear": "linear:12,3"}


def named(members: tuple[Any, ...]) -> list[Any]:
    return [pytest.param(member, id=member.name) for member in members]


def written(member: Any, model: Model) -> str:
    weights = ",".join(f"{0.5 + number / 4}" for number in range(len(model.weights)))
    return ARGUMENTS.get(member.name, member.name).format(weights)


@pytest.mark.parametrize("kind", REGISTRIES)
def test_names_are_unique_and_explained(kind: str) -> None:
    members = REGISTRIES[kind]
    assert members
    names = [member.name for member in members]
    assert len(set(names)) == len(names)
    for member in members:
        cls = member if isinstance(member, type) else type(member)
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
        rule, default = telling.dispatch(type(member)), telling.dispatch(object)  # type: ignore[attr-defined]
        assert rule is not default, f"{member.name} has no rule in {telling.__module__}.{telling.__name__}"


def agrees(variant: Variant, folder: Path) -> None:
    path = generate(variant, folder / "sheet.xlsx").path
    (outcome,) = check_file(path, variant)
    comparison = outcome.comparison
    assert outcome.ok, outcome.lines()
    assert comparison.max_ulp == 0
    assert comparison.cells > len(variant.data.rows()) * variant.epochs * 5


@pytest.mark.parametrize("gradient", named(GRADIENTS))
@pytest.mark.parametrize("optimizer", named(OPTIMIZERS))
@pytest.mark.parametrize("model", named(MODELS))
def test_every_product_agrees_to_the_bit(
    model: Model, optimizer: Optimizer, gradient: Gradient, tmp_path: Path
) -> None:
    agrees(Variant(model, gradient, optimizer, epochs=2), tmp_path)


@pytest.mark.parametrize("model", named(MODELS))
@pytest.mark.parametrize("init", named(INITS))
def test_every_init_agrees_to_the_bit(init: type[Init], model: Model, tmp_path: Path) -> None:
    agrees(Variant(model, init=parse_init(written(init, model))), tmp_path)


@pytest.mark.parametrize("data", named(DATASETS))
def test_every_data_set_agrees_to_the_bit(data: type[Data], tmp_path: Path) -> None:
    agrees(Variant(Linear(), data=parse_data(written(data, Linear())), epochs=2), tmp_path)
