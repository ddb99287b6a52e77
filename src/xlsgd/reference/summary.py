"""The summary: how each epoch went, measured as it ran and at its end."""

from __future__ import annotations

import numpy as np

from ..variants import Mlp, Variant
from .arithmetic import F64, over, root, running_sum
from .models import Columns, error_at


def summarise(variant: Variant, kept: Columns, inputs: F64) -> Columns:
    """By epoch, with keys such as ``root_sum_error_2`` and ``end_a_2``; see :class:`xlsgd.variants.Variant`.

    kept: the columns, (rows, runs); inputs: inputs and targets, (rows, keys). Results have the shape (runs,).
    """
    rows = len(variant.data.rows())
    found: Columns = {}
    for epoch in range(1, variant.epochs + 1):
        span = slice((epoch - 1) * rows, epoch * rows)
        part = {key: column[span] for key, column in kept.items()}
        found |= {f"{key}_{epoch}": value for key, value in _epoch(variant, part, inputs[span]).items()}
    return found


def _epoch(variant: Variant, part: Columns, inputs: F64) -> Columns:
    means = isinstance(variant.model, Mlp)
    ends = {name: part[f"new_{name}"][-1] for name in variant.model.weights}
    found = {"mean_error" if means else "root_sum_error": _measure(part["error"], means)}
    found |= {f"end_{name}": value for name, value in ends.items()}
    if means:
        found["hits"] = running_sum(part["hit"])
    elif inputs.shape[1]:
        found["end_root_error"] = _measure(_errors(variant, ends, inputs), means)
    return found


def _measure(errors: F64, mean: bool) -> F64:
    total = running_sum(errors)
    return over(total, float(len(errors))) if mean else root(total)


def _errors(variant: Variant, weights: Columns, inputs: F64) -> F64:
    """Every row's error with the same weights, (rows, runs)."""
    keys = (*variant.data.inputs, *variant.data.targets)
    given = {key: column[:, None] for key, column in zip(keys, inputs.T, strict=True)}
    shape = (len(inputs), len(next(iter(weights.values()))))
    return np.broadcast_to(error_at(variant.model, weights, given), shape)
