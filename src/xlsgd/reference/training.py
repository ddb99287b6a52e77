"""Training: one row after the other, all runs at once."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..variants import Variant
from . import network as _network  # noqa: F401  # the recipes of networks register themselves
from .arithmetic import F64, quiet
from .extras import prepared, rate
from .gradients import derivatives
from .models import Columns, Given, Weights, beside, error, forward, verdict
from .optimizers import renewed, shared, step
from .place import Place, place_of
from .summary import summarise
from .trace import Trace


def train(variant: Variant, starts: F64 | None = None, lr: F64 | None = None) -> Trace:
    """Train a variant, all runs side by side.

    starts: initial weights, shape (runs, weights) in the model's order; None: those of the variant's init, one run.
    lr: learning rates, shape (runs,); None: the optimizer's. Where one of the two has a single run it serves all.
    Raises UsageError where the shapes do not fit each other or the model.

    >>> from xlsgd.variants import Linear, Variant
    >>> float(train(Variant(Linear())).summary["root_sum_error_1"][0])
    150.75521153771854
    """
    first, rates = _runs(variant, starts, lr)
    keys = (*variant.data.inputs, *variant.data.targets)
    data = variant.rows()
    inputs = np.array(data, dtype=np.float64).reshape(len(data), len(keys))
    old = _before(variant, first, len(rates))
    kept: Columns = {}
    with quiet():
        for index, numbers in enumerate(data):
            given = dict(zip(keys, numbers, strict=True))
            old = _row(variant, old, rates, place_of(variant, index, kept), given)
            kept = kept or _room(old, len(data))
            for key, values in old.items():
                kept[key][index] = values
        summary = summarise(variant, kept, inputs)
    shape = (len(rates), len(data))
    shown = {key: np.broadcast_to(column, shape) for key, column in zip(keys, inputs.T, strict=True)}
    return Trace(
        variant, {**shown, **{key: column.T for key, column in kept.items()}}, summary, len(variant.data.rows())
    )


def single_steps(variant: Variant, before: Columns, given: Columns) -> Columns:
    """The columns of rows that have nothing to do with each other, all at once: each a training's first, shape (rows,).

    before: ``new_w`` and states (shared ones, too) as they are before each row; given: inputs and targets. Batches,
    schedules and optimizers that go by epochs are not for it.
    """
    rows = len(next(iter(before.values())))
    rates = np.full(rows, variant.optimizer.lr)
    with quiet():
        return _row(variant, {**before, "measure": np.zeros(rows)}, rates, Place(0, 1, 1, 1, {}), given)


def _before(variant: Variant, first: F64, runs: int) -> Columns:
    """The row before the first one: what weights and states start from."""
    starts = {f"new_{name}": column for name, column in zip(variant.model.weights, first.T, strict=True)}
    states = {key: np.full(runs, value) for key, value in variant.state_starts.items()}
    return {**starts, **states, "measure": np.zeros(runs)}


def _row(variant: Variant, old: Weights, lr: F64, place: Place, given: Given) -> Columns:
    """The columns of one row in the order of the sheet, from those of the row before."""
    model = variant.model
    weights = {name: old[f"new_{name}"] for name in model.weights}
    row = {**weights, **beside(model, weights), **forward(model, weights, given)}
    row["error"] = error(model, row, given)
    row |= verdict(model, row, given)
    row |= derivatives(variant.gradient, model, weights, given, row)
    columns, gradients = prepared(variant, weights, old, row, place)
    row |= columns
    row |= rate(variant.schedule, lr, weights, old, place)
    return row | _updated(variant, weights, gradients, old, row.get("rate", lr), place)


def _updated(variant: Variant, weights: Weights, gradients: Weights, old: Weights, lr: F64, place: Place) -> Columns:
    """The states and the new weights. Where the batch is not full yet they stay as they are."""
    optimizer = variant.optimizer
    common = shared(optimizer, old, place)
    states: dict[str, Columns] = {}
    new: Columns = {}
    for name, weight in weights.items():
        own = {state: old[f"{state}_{name}"] for state in optimizer.states}
        if place.opens_later:
            own = renewed(optimizer, own, place.past[f"d{name}"])
        if place.updates:
            new[f"new_{name}"], own = step(optimizer, weight, gradients[name], {**own, **common}, lr)
        else:
            new[f"new_{name}"] = weight
        states[name] = own
    by_state = {f"{state}_{name}": states[name][state] for state in optimizer.states for name in weights}
    return {**common, **by_state, **new}


def _room(row: Columns, rows: int) -> Columns:
    """Uninitialised columns (rows, runs) with the keys of a row, all in one block: that spares most page faults."""
    runs = max(len(column) for column in row.values())
    block = np.empty((len(row), rows, runs))
    return dict(zip(row, block, strict=True))


def _runs(variant: Variant, starts: F64 | None, lr: F64 | None) -> tuple[F64, F64]:
    """Initial weights (runs, weights) and learning rates (runs,), both for the same number of runs."""
    names = variant.model.weights
    given = [tuple(variant.start.values())] if starts is None else starts
    first = np.array(given, dtype=np.float64)
    rates = np.atleast_1d(np.array(variant.optimizer.lr if lr is None else lr, dtype=np.float64))
    if first.ndim != 2 or first.shape[1] != len(names):
        raise UsageError(
            f"starts have the shape {first.shape}: model '{variant.model.name}' wants (runs, {len(names)})"
        )
    if rates.ndim != 1 or not (np.isfinite(first).all() and np.isfinite(rates).all()):
        raise UsageError("starts and learning rates must be finite numbers, learning rates in one dimension")
    runs = max(len(first), len(rates)) if len(first) and len(rates) else 0
    if runs == 0 or {len(first), len(rates)} - {1, runs}:
        raise UsageError(f"{len(first)} starts and {len(rates)} learning rates do not make pairs")
    return np.repeat(first, runs // len(first), axis=0), np.repeat(rates, runs // len(rates))
