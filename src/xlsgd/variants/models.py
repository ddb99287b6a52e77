"""Models: what is fitted, and the names of its weights.

Each docstring is the recipe that both tellings follow, operation by operation and left to right, so that they agree
to the bit. ``r`` is the prediction minus the target; the loss of a row is ``e = (prediction − y)²``, without ½.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Model:
    """Base of the models. ``weights`` are in the order of ``values:…`` and of the sheet's columns."""

    name: ClassVar[str]
    title: ClassVar[str]
    weights: ClassVar[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Linear(Model):
    """One neuron, ŷ = a·x + b.

    prediction ``b + a*x``; error ``(y - prediction)^2``.
    Analytic: ``db = 2*(prediction - y)``, ``da = db*x``.
    """

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "One neuron"
    weights: ClassVar[tuple[str, ...]] = ("a", "b")


@dataclass(frozen=True, slots=True)
class Linear2(Model):
    """Two stacked neurons without an activation, ŷ = c·(a·x + b) + d.

    hidden ``h = a*x + b``; prediction ``c*h + d``; error ``(prediction - y)^2``.
    Analytic: ``dd = 2*(prediction - y)``, ``dc = dd*h``, ``db = dd*c``, ``da = db*x``.
    """

    name: ClassVar[str] = "linear2"
    title: ClassVar[str] = "Two neurons, no activation"
    weights: ClassVar[tuple[str, ...]] = ("a", "b", "c", "d")


@dataclass(frozen=True, slots=True)
class Relu2(Model):
    """Two stacked neurons with a ReLU on the first, ŷ = c·max(a·x + b, 0) + d.

    pre-activation ``z = a*x + b``; hidden ``h = MAX(z, 0)``; prediction ``c*h + d``; error ``(prediction - y)^2``.
    Analytic: ``dd = 2*(prediction - y)``, ``dc = dd*h``, ``db = IF(z > 0, dd*c, 0)``, ``da = db*x``.
    """

    name: ClassVar[str] = "relu2"
    title: ClassVar[str] = "Two neurons, ReLU on the first"
    weights: ClassVar[tuple[str, ...]] = ("a", "b", "c", "d")


MODELS: tuple[Model, ...] = (Linear(), Linear2(), Relu2())
