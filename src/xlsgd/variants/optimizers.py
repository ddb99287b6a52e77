"""Optimizers: how a gradient becomes a new weight.

Each docstring is the recipe for one weight ``w`` with gradient ``g``, operation by operation and left to right;
``new`` marks the value of this row, ``old`` that of the row before (0 in the first).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Base of the optimizers. ``lr`` is the learning rate; ``states`` names what is carried beside each weight."""

    name: ClassVar[str]
    title: ClassVar[str]
    states: ClassVar[tuple[str, ...]] = ()
    lr: float


@dataclass(frozen=True, slots=True)
class Sgd(Optimizer):
    """Plain stochastic gradient descent: ``w - g*lr``."""

    name: ClassVar[str] = "sgd"
    title: ClassVar[str] = "stochastic gradient descent"
    lr: float = 1e-4


@dataclass(frozen=True, slots=True)
class Momentum(Optimizer):
    """Averaged momentum, as in graddesc: ``m = old_m*beta + (1-beta)*g``, then ``w - m*lr``.

    ``1-beta`` stands in a cell of its own. The published heavy ball (Polyak 1964) has no factor ``1-beta``.
    """

    name: ClassVar[str] = "momentum"
    title: ClassVar[str] = "averaged momentum"
    states: ClassVar[tuple[str, ...]] = ("m",)
    lr: float = 1e-4
    beta: float = 0.9


@dataclass(frozen=True, slots=True)
class AdamGraddesc(Optimizer):
    """Adam as graddesc computes it: no bias correction, no epsilon.

    ``m = old_m*beta1 + (1-beta1)*g``; ``v = old_v*beta2 + (1-beta2)*g^2``; then ``w - m*lr/SQRT(v)`` with the new
    ``m`` and ``v``. ``1-beta1`` and ``1-beta2`` stand in cells of their own. Published form: Kingma and Ba,
    arXiv:1412.6980.
    """

    name: ClassVar[str] = "adam-graddesc"
    title: ClassVar[str] = "Adam as in graddesc.xlsm"
    states: ClassVar[tuple[str, ...]] = ("m", "v")
    lr: float = 1.0
    beta1: float = 0.7
    beta2: float = 0.9


OPTIMIZERS: tuple[Optimizer, ...] = (Sgd(), Momentum(), AdamGraddesc())
