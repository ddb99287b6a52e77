"""The training loops that the right workbooks are held against: plain NumPy, nothing of xlsgd.

A recipe's line ``truth linear sgd lr=0.001 x=B8:B20 y=C8:C20 a=D8:D20 b=E8:E20 error=G8:G20`` says which loop its cells
run. r = prediction − y, loss k·r² (``half``: k = ½; or ``absolute``: the amount of r, ``entropy``: cross-entropy,
``perceptron``: (prediction − y)·z,
``ridge=λ``: r² and λ times the square of the first weight). Gradients are exact unless ``h`` (forward differences) or
``h`` and ``central`` are given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """``weights`` in order; ``predict(w, x)`` and its derivatives with respect to each weight."""

    weights: str
    predict: Callable[[Vector, Vector], float]
    slope: Callable[[Vector, Vector], list[float]]


def _z(w: Vector, x: Vector) -> float:
    return float(w[0] * x[0] + w[1])


def _sigmoid(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


def _leaky(z: float) -> float:
    return z if z > 0 else 0.1 * z


def _xor(w: Vector, x: Vector) -> tuple[float, float, float]:
    """Both hidden values and the output of two sigmoid units behind two inputs, and one behind those."""
    first = _sigmoid(w[0] * x[0] + w[1] * x[1] + w[2])
    second = _sigmoid(w[3] * x[0] + w[4] * x[1] + w[5])
    return first, second, _sigmoid(w[6] * first + w[7] * second + w[8])


def _xor_slope(w: Vector, x: Vector) -> list[float]:
    first, second, out = _xor(w, x)
    end = out * (1 - out)
    one, two = end * w[6] * first * (1 - first), end * w[7] * second * (1 - second)
    return [one * x[0], one * x[1], one, two * x[0], two * x[1], two, end * first, end * second, end]


MODELS = {
    "linear": Model("ab", _z, lambda w, x: [x[0], 1.0]),
    "slope": Model("a", lambda w, x: float(w[0] * x[0]), lambda w, x: [x[0]]),
    "plane": Model("abc", lambda w, x: float(w[0] * x[0] + w[1] * x[1] + w[2]), lambda w, x: [x[0], x[1], 1.0]),
    "threshold": Model("abc", lambda w, x: float(w[0] * x[0] + w[1] * x[1] + w[2] > 0), lambda w, x: [x[0], x[1], 1.0]),
    "parabola": Model(
        "abc", lambda w, x: float(w[0] * x[0] ** 2 + w[1] * x[0] + w[2]), lambda w, x: [x[0] ** 2, x[0], 1.0]
    ),
    "linear2": Model(
        "abcd", lambda w, x: float(w[2] * _z(w, x) + w[3]), lambda w, x: [w[2] * x[0], w[2], _z(w, x), 1.0]
    ),
    "relu2": Model(
        "abcd",
        lambda w, x: float(w[2] * max(_z(w, x), 0.0) + w[3]),
        lambda w, x: [w[2] * x[0] * (_z(w, x) > 0), w[2] * (_z(w, x) > 0), max(_z(w, x), 0.0), 1.0],
    ),
    "leaky2": Model(
        "abcd",
        lambda w, x: float(w[2] * _leaky(_z(w, x)) + w[3]),
        lambda w, x: [
            w[2] * x[0] * (1.0 if _z(w, x) > 0 else 0.1),
            w[2] * (1.0 if _z(w, x) > 0 else 0.1),
            _leaky(_z(w, x)),
            1.0,
        ],
    ),
    "tanh2": Model(
        "abcd",
        lambda w, x: float(w[2] * np.tanh(_z(w, x)) + w[3]),
        lambda w, x: [
            w[2] * (1 - np.tanh(_z(w, x)) ** 2) * x[0],
            w[2] * (1 - np.tanh(_z(w, x)) ** 2),
            float(np.tanh(_z(w, x))),
            1.0,
        ],
    ),
    "sigmoid": Model(
        "ab",
        lambda w, x: _sigmoid(_z(w, x)),
        lambda w, x: [_sigmoid(_z(w, x)) * (1 - _sigmoid(_z(w, x))) * z for z in (x[0], 1.0)],
    ),
    "xor": Model("ABCDEFGHI", lambda w, x: _xor(w, x)[2], _xor_slope),
    "exponential": Model(
        "ab",
        lambda w, x: float(w[0] * np.exp(w[1] * x[0])),
        lambda w, x: [np.exp(w[1] * x[0]), w[0] * x[0] * np.exp(w[1] * x[0])],
    ),
}


@dataclass(frozen=True)
class Settings:
    """What the words ``key=number`` of a truth line give, with the flags that stand there bare."""

    numbers: dict[str, float]
    flags: frozenset[str]

    def __getitem__(self, key: str) -> float:
        return self.numbers[key]

    def get(self, key: str, default: float) -> float:
        return self.numbers.get(key, default)


def loss(model: Model, w: Vector, x: Vector, y: float, s: Settings) -> float:
    if "entropy" in s.flags:
        p = model.predict(w, x)
        return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)))
    if "absolute" in s.flags:
        return abs(model.predict(w, x) - y)
    if "ridge" in s.numbers:  # of the first weight only
        return float((model.predict(w, x) - y) ** 2 + s["ridge"] * w[0] ** 2)
    return (0.5 if "half" in s.flags else 1.0) * (model.predict(w, x) - y) ** 2


def gradient(model: Model, w: Vector, x: Vector, y: float, s: Settings) -> Vector:
    if "entropy" in s.flags:  # of a sigmoid: p − y times the inputs
        return (model.predict(w, x) - y) * np.array([x[0], 1.0])
    if "perceptron" in s.flags:
        return (model.predict(w, x) - y) * np.array(model.slope(w, x))
    if "absolute" in s.flags:
        return np.sign(model.predict(w, x) - y) * np.array(model.slope(w, x))
    if "h" not in s.numbers:
        r = model.predict(w, x) - y
        if "ridge" in s.numbers:
            return np.array([2 * r * d for d in model.slope(w, x)]) + np.eye(len(w))[0] * 2 * s["ridge"] * w[0]
        return np.array([(1.0 if "half" in s.flags else 2.0) * r * d for d in model.slope(w, x)])
    h, steps = s["h"], np.eye(len(w)) * s["h"]
    if "central" in s.flags:
        return np.array([(loss(model, w + e, x, y, s) - loss(model, w - e, x, y, s)) / (2 * h) for e in steps])
    return np.array([(loss(model, w + e, x, y, s) - loss(model, w, x, y, s)) / h for e in steps])


def step(optimizer: str, g: Vector, w: Vector, state: dict[str, Vector], s: Settings, t: int) -> Vector:
    """The weights after a step; ``state`` is changed in place."""
    rate = s["lr2"] if t >= s.get("from", np.inf) else s["lr"]
    lr, zero = rate / (1 + s.get("k", 0) * (t - 1)), np.zeros_like(g)
    if "clip" in s.numbers:
        g = np.clip(g, -s["clip"], s["clip"])
    if "norm" in s.numbers:
        g = g * min(1.0, s["norm"] / float(np.linalg.norm(g)))
    if "lasso" in s.numbers:  # of the first weight only
        g = g + np.eye(len(w))[0] * s["lasso"] * np.sign(w)
    m, v = state.get("m", zero), state.get("v", zero)
    if optimizer == "sgd":
        return w - lr * g
    if optimizer == "momentum":
        state["m"] = s["beta"] * m + (1 - s["beta"]) * g
        return w - lr * state["m"]
    if optimizer == "polyak":
        state["m"] = s["beta"] * m + g
        return w - lr * state["m"]
    if optimizer == "nesterov":
        state["m"] = s["beta"] * m + g
        return w - lr * (g + s["beta"] * state["m"])
    if optimizer == "adagrad":
        state["v"] = v + g**2
        return w - lr * g / (np.sqrt(state["v"]) + s.get("eps", 0))
    if optimizer == "rmsprop":
        state["v"] = s["beta"] * v + (1 - s["beta"]) * g**2
        below = v if "previous" in s.flags else state["v"]
        return w - lr * g / (np.sqrt(below + s.get("inner", 0)) + s.get("eps", 0))
    if optimizer == "adam":
        m, v = s["beta"] * m + (1 - s["beta"]) * g, s["beta2"] * v + (1 - s["beta2"]) * g**2
        state["m"], state["v"] = m, v
        if "plain" not in s.flags:
            m, v = m / (1 - s["beta"] ** t), v / (1 - s["beta2"] ** t)
        return w - lr * m / (np.sqrt(v) + s.get("eps", 0)) - lr * s.get("decay", 0) * w
    raise ValueError(f"no optimizer '{optimizer}'")


def train(
    model: str, optimizer: str, start: Vector, xs: Vector, ys: Vector, steps: int, s: Settings
) -> dict[str, Vector]:
    """Trains so many steps over the rows of xs in turn; weights before each step, error, prediction.

    ``batch``/``mean``: each step sees all rows and sums or averages their gradients and errors. ``v0``: where v starts.
    ``behind``: told are the weights from which it looks ahead.
    """
    if model == "quartic":
        return _quartic(start, steps, s, optimizer)
    rule, w = MODELS[model], np.array(start, dtype=float)
    state = {"v": np.full_like(w, s["v0"])} if "v0" in s.numbers else {}
    told: dict[str, list[float]] = {key: [] for key in [*rule.weights, "error", "prediction"]}
    for i in range(steps):
        rows = range(len(xs)) if s.flags & {"batch", "mean"} else [i % len(xs)]
        share = 1 / len(xs) if "mean" in s.flags else 1.0
        with np.errstate(all="ignore"):
            error = share * sum(loss(rule, w, xs[k], ys[k], s) for k in rows)
            g = share * np.sum([gradient(rule, w, xs[k], ys[k], s) for k in rows], axis=0)
            behind = s["lr"] * s["beta"] * state.get("m", 0 * w) if "behind" in s.flags else 0 * w
            row = {**dict(zip(rule.weights, w + behind, strict=True)), "error": error}
            row["prediction"] = rule.predict(w, xs[i % len(xs)])
            w = step(optimizer, g, w, state, s, i + 1)
        for key, value in row.items():
            told[key].append(float(value))
    return {key: np.array(values) for key, values in told.items()} | {"last": w}


def _quartic(start: Vector, steps: int, s: Settings, optimizer: str) -> dict[str, Vector]:
    w, told, state = np.array(start[:1]), [], {}
    for t in range(steps):
        told.append(float(w[0]))
        with np.errstate(all="ignore"):
            w = step(optimizer, 4 * w**3, w, state, s, t + 1)
    with np.errstate(all="ignore"):
        return {"a": np.array(told), "error": np.array(told) ** 4, "last": w}
