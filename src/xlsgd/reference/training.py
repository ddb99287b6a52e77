"""Training: one row after the other, all runs at once."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..variants import Variant
from .arithmetic import F64, quiet, root, running_sum
from .gradients import derivatives
from .models import Columns, error, forward
from .optimizers import step
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
    epoch = variant.data.rows()
    data = epoch * variant.epochs
    weights = dict(zip(variant.model.weights, first.T, strict=True))
    states = {name: dict.fromkeys(variant.optimizer.states, np.zeros(len(rates))) for name in weights}
    kept: Columns = {}
    with quiet():
        for index, (x, y) in enumerate(data):
            row, states = _row(variant, weights, states, rates, x, y)
            kept = kept or _room(row, len(data))
            for key, values in row.items():
                kept[key][index] = values
            weights = {name: row[f"new_{name}"] for name in weights}
        summary = _summary(kept, list(weights), len(epoch))
    shape = (len(rates), len(data))
    pairs = {key: np.broadcast_to(column, shape) for key, column in zip("xy", np.array(data).T, strict=True)}
    return Trace(variant, {**pairs, **{key: column.T for key, column in kept.items()}}, summary, len(epoch))


def _row(
    variant: Variant, weights: Columns, states: dict[str, Columns], lr: F64, x: float, y: float
) -> tuple[Columns, dict[str, Columns]]:
    """The columns of one row in the order of the sheet, and the states after it by weight."""
    row = {**weights, **forward(variant.model, weights, x)}
    row["error"] = error(variant.model, row["prediction"], y)
    row |= derivatives(variant.gradient, variant.model, weights, x, y, row)
    new: dict[str, Columns] = {}
    for name, weight in weights.items():
        row[f"new_{name}"], new[name] = step(variant.optimizer, weight, row[f"d{name}"], states[name], lr)
    for state in variant.optimizer.states:
        row |= {f"{state}_{name}": new[name][state] for name in weights}
    return row, new


def _room(row: Columns, rows: int) -> Columns:
    """Uninitialised columns (rows, runs) with the keys of a row, all in one block: that spares most page faults."""
    block = np.empty((len(row), rows, len(row["error"])))
    return dict(zip(row, block, strict=True))


def _summary(kept: Columns, weights: list[str], rows: int) -> Columns:
    """By epoch: the root of the summed errors and the weights after it, from columns of the shape (rows, runs)."""
    found: Columns = {}
    for epoch, first in enumerate(range(0, len(kept["error"]), rows), 1):
        found[f"root_sum_error_{epoch}"] = root(running_sum(kept["error"][first : first + rows]))
        found |= {f"end_{name}_{epoch}": kept[f"new_{name}"][first + rows - 1] for name in weights}
    return found


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
