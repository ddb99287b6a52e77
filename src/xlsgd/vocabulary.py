"""Variants from names, as a person types them, and the list of all names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

from .address import MAX_ROW
from .errors import UsageError, unknown_name
from .variants import (
    ACTIVATIONS,
    CLIPS,
    DATASETS,
    GRADIENTS,
    INITS,
    LOSSES,
    MODELS,
    OPTIMIZERS,
    SCHEDULES,
    Activation,
    Clip,
    ClipNorm,
    Data,
    Init,
    Iris,
    Mlp,
    Model,
    Relu2,
    Schedule,
    Uniform,
    Variant,
    find,
    network,
    parse_clip,
    parse_data,
    parse_init,
    parse_schedule,
)

SPARE_ROWS = 64  # a sheet has a heading above its training rows
SHARES = ("alpha", "beta", "beta1", "beta2", "beta3")  # what of the old stays: from 0 to 1
LOSS_TITLES = {"mse": "squared differences to the classes", "cross-entropy": "−ln of the true class's probability"}

Member = TypeVar("Member")
Settings = Mapping[str, float]


def make_variant(
    model: str,
    gradient: str = "analytic",
    optimizer: str = "sgd",
    init: str | None = None,
    data: str | None = None,
    epochs: int = 1,
    *,
    activation: str | None = None,
    hidden: str | Sequence[int] | None = None,
    loss: str | None = None,
    batch: int | str = 1,
    shuffle: bool = False,
    clip: str | float | None = None,
    clip_norm: float | None = None,
    schedule: str | None = None,
    anneal: bool = False,
    weight_decay: float = 0.0,
    seed: int | None = None,
    states: Settings | None = None,
    **settings: float | None,
) -> Variant:
    """A variant from names.

    hidden: units of the hidden layers of ``mlp``, such as ``"8-4"`` or ``(8, 4)``, ``"none"`` for none. clip: a limit
    for each derivative, or a text such as ``norm:5``. seed: for all that is drawn and does not name a seed of its own.
    ``settings`` are those of the optimizer, the gradient and the activation, such as ``lr`` and ``h``; None leaves one
    at its default. Raises UsageError for unknown names and what makes no sense.

    >>> make_variant("linear2", "forward", lr=1e-3).optimizer.lr
    0.001
    """
    slope, rule = find("gradient", gradient, GRADIENTS), find("optimizer", optimizer, OPTIMIZERS)
    shape = _activation(find("model", model, MODELS), activation)
    given = _checked(settings, (rule, slope, shape), f"{gradient} {optimizer}")
    what, rows = _model_and_data(
        find("model", model, MODELS),
        parse_data(data) if data is not None else None,
        None if shape is None else _configured(shape, given),
        _widths(hidden),
        loss,
    )
    return _fitting(
        Variant(
            what,
            _configured(slope, given),
            _configured(rule, given),
            **_present(init=_init(init, what, seed), data=_reseeded(rows, data, seed)),
            epochs=epochs,
            batch=_batch(batch),
            shuffle=(seed or 0) if shuffle else None,
            clip=_clip(clip, clip_norm),
            **_present(schedule=_schedule(schedule, anneal)),
            weight_decay=weight_decay,
            states=dict(states or {}),
        )
    )


def vocabulary() -> dict[str, list[dict[str, Any]]]:
    """All registries by their plural names: what each member is called, how it is written, what it is."""
    members: dict[str, Sequence[Any]] = {
        "models": MODELS,
        "gradients": GRADIENTS,
        "optimizers": OPTIMIZERS,
        "inits": INITS,
        "data": DATASETS,
        "activations": ACTIVATIONS,
        "schedules": SCHEDULES,
        "clips": CLIPS,
    }
    listed = {kind: [_described(member) for member in registry] for kind, registry in members.items()}
    return {**listed, "losses": [{"name": name, "title": LOSS_TITLES.get(name, name)} for name in LOSSES]}


def _described(member: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"name": member.name}
    if hasattr(member, "usage"):
        found["usage"] = member.usage
    found["title"] = getattr(member, "title", "") or (member.__doc__ or "").splitlines()[0].rstrip(".")
    if isinstance(member, Model):
        found["weights"] = list(member.weights)
    if not isinstance(member, type):
        found["settings"] = _settings(member)
    return found


def _settings(member: Any) -> dict[str, float]:
    """The hyperparameters of a member and their values."""
    fields = {field.name: getattr(member, field.name) for field in dataclasses.fields(member)}
    return {name: value for name, value in fields.items() if isinstance(value, float)}


def _configured(member: Member, given: Settings) -> Member:
    own = {key: given[key] for key in _settings(member) if key in given}
    return dataclasses.replace(member, **own)  # type: ignore[type-var]  # all members are dataclasses


def _present(**arguments: Any) -> dict[str, Any]:
    """The arguments that are not None: Variant knows what suits the model where one is left out."""
    return {name: value for name, value in arguments.items() if value is not None}


def _checked(settings: Mapping[str, float | None], members: Sequence[Any], where: str) -> Settings:
    """The settings that were given. Raises UsageError for those that no member has or that make no sense."""
    known = {key: value for member in members if member is not None for key, value in _settings(member).items()}
    given = {key: value for key, value in settings.items() if value is not None}
    for key, value in given.items():
        if key not in known:
            raise unknown_name(f"setting of {where}:", key, known)
        if not -1e300 < value < 1e300:
            raise UsageError(f"{key} must be a finite number of reasonable size, got {value!r}")
        if key == "h" and value == 0.0:
            raise UsageError("h must not be 0: a difference quotient divides by it")
        if key in SHARES and not 0.0 <= value <= 1.0:
            raise UsageError(f"{key} is a share of the old value: from 0 to 1, got {value!r}")
    return given


def _activation(model: Model, name: str | None) -> Activation | None:
    """The activation of a model by name, its own where none is given; None for a model without a hidden unit."""
    own = model.activation if isinstance(model, Relu2 | Mlp) else None
    if name is None:
        return own
    found = find("activation", name, ACTIVATIONS)
    if own is None:
        raise UsageError(f"model '{model.name}' has no hidden unit: an activation is for relu2 and mlp")
    return found


def _model_and_data(
    model: Model, data: Data | None, activation: Activation | None, hidden: tuple[int, ...] | None, loss: str | None
) -> tuple[Model, Data | None]:
    """The model as it was asked for, and for a network the data with its classes."""
    if isinstance(model, Mlp):
        widths = model.widths[1:-1] if hidden is None else hidden
        return network(data if data is not None else Iris(), widths, activation, loss or model.loss)
    for option, value in (("hidden layers", hidden), ("a loss", loss)):
        if value is not None:
            raise UsageError(f"model '{model.name}' takes no choice of {option}: that is for mlp")
    if isinstance(model, Relu2) and activation is not None:
        return dataclasses.replace(model, activation=activation), data
    return model, data


def _widths(hidden: str | Sequence[int] | None) -> tuple[int, ...] | None:
    if hidden is None or hidden == "none":
        return None if hidden is None else ()
    if not isinstance(hidden, str):
        return tuple(hidden)
    parts = hidden.replace(",", "-").split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise UsageError(f"hidden layers '{hidden}': wanted are units, such as 3 or 8-4, or none")
    return tuple(int(part) for part in parts)


def _init(text: str | None, model: Model, seed: int | None) -> Init | None:
    if text is not None:
        return _reseeded(parse_init(text), text, seed)
    return Uniform(-0.5, 0.5, seed) if isinstance(model, Mlp) and seed is not None else None


def _reseeded(member: Member, text: str | None, seed: int | None) -> Member:
    """The member under another seed, where it has one and its text does not name it."""
    if seed is None or member is None or text is None or not hasattr(member, "seed"):
        return member
    argument = text.partition(":")[2]
    others = len(dataclasses.fields(member)) - 1  # type: ignore[arg-type]  # all members are dataclasses
    named = len(argument.split(",")) > others if argument else False
    return member if named else dataclasses.replace(member, seed=seed)  # type: ignore[type-var]


def _batch(batch: int | str) -> int | Literal["full"]:
    if batch == "full":
        return "full"
    try:
        return int(batch)
    except ValueError:
        raise UsageError(f"a batch of '{batch}': wanted is a number of rows, or full") from None


def _clip(clip: str | float | None, norm: float | None) -> Clip | None:
    if clip is not None and norm is not None:
        raise UsageError("clip by value or by norm, not both")
    if norm is not None:
        return ClipNorm(norm)
    if clip is None:
        return None
    text = str(clip)
    return parse_clip(text if ":" in text or text[:1].isalpha() else f"value:{text}")


def _schedule(text: str | None, anneal: bool) -> Schedule | None:
    if anneal and text is not None:
        raise UsageError("anneal is a schedule of its own: give one of the two")
    return parse_schedule("anneal") if anneal else None if text is None else parse_schedule(text)


def _fitting(variant: Variant) -> Variant:
    """The variant, if its init fits the model and its rows fit a sheet. Raises UsageError."""
    variant.init.weights(variant.model)
    rows, room = len(variant.data.rows()), MAX_ROW - SPARE_ROWS
    if rows * variant.epochs > room:
        raise UsageError(f"{variant.epochs:,} epochs of {rows:,} rows do not fit a sheet of {MAX_ROW:,} rows")
    return variant
