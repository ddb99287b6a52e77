"""Holds a workbook's recalculated cells against the loop that its recipe names."""

from __future__ import annotations

from typing import Any

import numpy as np

from .loops import MODELS, Settings, Vector, train
from .make import Stored
from .sketch import Order, Sketch, place

HUGE = 1e100  # where a run that explodes is no longer compared
WORDS = frozenset({"x", "x2", "y", "error", "prediction", "start", "last"})


def differences(sketch: Sketch, stored: Stored) -> list[str]:
    """What differs between the cells and each truth line's loop; empty where the workbook is right."""
    return [text for order in sketch.all("truth") for text in _compare(sketch, order, stored)]


def _compare(sketch: Sketch, order: Order, stored: Stored) -> list[str]:
    model, optimizer, *words = order.text.split()
    pairs = dict(word.split("=") for word in words if "=" in word)
    columns = {key: text for key, text in pairs.items() if key in WORDS or (len(key) == 1 and key in "abcdABCDEFGHI")}
    numbers = {key: float(text) for key, text in pairs.items() if key not in columns}
    settings = Settings(numbers, frozenset(word for word in words if "=" not in word))
    weights = MODELS[model].weights if model in MODELS else "a"

    def column(key: str) -> Vector:
        return np.array([_number(sketch, stored, *at) for at in _spots(columns[key], order.page)])

    inputs = [key for key in ("x", "x2") if key in columns]
    xs = np.stack([column(key) for key in inputs], axis=1) if inputs else np.zeros((1, 1))
    ys = column("y") if "y" in columns else np.zeros(1)
    start = [float(text) for text in columns["start"].split(",")] if "start" in columns else None
    steps = len(_spots(columns[weights[0]], order.page))
    first = np.array(start) if start else np.array([column(key)[0] for key in weights])
    after = "after" in settings.flags
    trace = train(model, optimizer, first, xs, ys, steps + after, settings)
    tolerance = 1e-6 if "h" in numbers or "loose" in settings.flags else 1e-9
    found = []
    for key in [*weights, "error", "prediction"]:
        if key in columns:
            late = after and key in weights
            wanted = trace[key][late : late + steps]
            until = int(settings.get("until", steps))
            found += _column(key, column(key)[:until], wanted[:until], tolerance)
    if "last" in columns:
        found += _column("last", column("last"), trace["last"], tolerance)
    return found


def _column(key: str, own: Vector, wanted: Vector, tolerance: float) -> list[str]:
    with np.errstate(all="ignore"):
        calm = np.cumsum(~(np.abs(wanted) < HUGE)) == 0
        near = np.isclose(own, wanted, rtol=tolerance, atol=tolerance * 1e-3)
    if not calm[0] or np.isnan(own[0]):
        return [f"{key}: there is no number to begin with"]
    bad = [i for i in range(len(own)) if calm[i] and not near[i]]
    return [f"{key}, step {bad[0] + 1}: {own[bad[0]]!r}, not {wanted[bad[0]]!r}"] if bad else []


def _spots(text: str, page: str) -> list[tuple[str, tuple[int, int]]]:
    """The cells of one or more ranges that are joined by ``+``."""
    return [(sheet, cell) for part in text.split("+") for sheet, cells in [place(part, page)] for cell in cells]


def _number(sketch: Sketch, stored: Stored, sheet: str, cell: tuple[int, int]) -> float:
    value: Any = stored.get((sheet, cell), sketch.cells[sheet].get(cell))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
