"""Variants from names, as a person types them, and the list of all names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from .address import MAX_ROW
from .errors import UsageError, unknown_name
from .variants import DATASETS, GRADIENTS, INITS, MODELS, OPTIMIZERS, Variant, find, parse_data, parse_init

SPARE_ROWS = 64  # a sheet has a heading above its training rows

Member = TypeVar("Member")


def make_variant(
    model: str,
    gradient: str = "analytic",
    optimizer: str = "sgd",
    init: str = "ones",
    data: str = "graddesc",
    epochs: int = 1,
    **settings: float | None,
) -> Variant:
    """A variant from names. ``settings`` are those of the optimizer and the gradient, such as ``lr`` and ``h``.

    None leaves a setting at its default. Raises UsageError for unknown names, settings that neither of the two has,
    and what makes no sense.

    >>> make_variant("linear2", "forward", lr=1e-3).optimizer.lr
    0.001
    """
    slope, rule = find("gradient", gradient, GRADIENTS), find("optimizer", optimizer, OPTIMIZERS)
    known = {**_settings(rule), **_settings(slope)}
    given = {key: value for key, value in settings.items() if value is not None}
    for key, value in given.items():
        _sensible(key, value, known, f"{gradient} {optimizer}")
    variant = Variant(
        find("model", model, MODELS),
        _configured(slope, given),
        _configured(rule, given),
        parse_init(init),
        parse_data(data),
        epochs,
    )
    variant.init.weights(variant.model)  # fits the model, or raises
    _fits(variant)
    return variant


def vocabulary() -> dict[str, list[dict[str, Any]]]:
    """All registries by their plural names: what each member is called, how it is written, what it is."""
    members: dict[str, Sequence[Any]] = {
        "models": MODELS,
        "gradients": GRADIENTS,
        "optimizers": OPTIMIZERS,
        "inits": INITS,
        "data": DATASETS,
        "activations": (),
    }
    return {kind: [_described(member) for member in registry] for kind, registry in members.items()}


def _described(member: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"name": member.name}
    if hasattr(member, "usage"):
        found["usage"] = member.usage
    found["title"] = getattr(member, "title", "") or (member.__doc__ or "").splitlines()[0].rstrip(".")
    if hasattr(member, "weights") and isinstance(member.weights, tuple):
        found["weights"] = list(member.weights)
    if not isinstance(member, type):
        found["settings"] = _settings(member)
    return found


def _settings(member: Any) -> dict[str, float]:
    return {field.name: getattr(member, field.name) for field in dataclasses.fields(member)}


def _configured(member: Member, given: Mapping[str, float]) -> Member:
    own = {key: given[key] for key in _settings(member) if key in given}
    return dataclasses.replace(member, **own)  # type: ignore[type-var]  # all members are dataclasses


def _sensible(key: str, value: float, known: Mapping[str, float], where: str) -> None:
    if key not in known:
        raise unknown_name(f"setting of {where}:", key, known)
    if not -1e300 < value < 1e300:
        raise UsageError(f"{key} must be a finite number of reasonable size, got {value!r}")
    if key == "h" and value == 0.0:
        raise UsageError("h must not be 0: a difference quotient divides by it")


def _fits(variant: Variant) -> None:
    rows, room = len(variant.data.rows()), MAX_ROW - SPARE_ROWS
    if rows * variant.epochs > room:
        raise UsageError(f"{variant.epochs:,} epochs of {rows:,} rows do not fit a sheet of {MAX_ROW:,} rows")
