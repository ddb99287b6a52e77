"""Optimizers: how a gradient becomes a new weight.

Each docstring is the recipe for one weight ``w`` with gradient ``g``, operation by operation and left to right;
``old_m`` is the value of the row before (in the first row: the typed start), a plain ``m`` that of this row.
``lr`` is the learning rate of this row. A plain name is the published form as torch.optim computes it, with torch's
defaults but for ``lr`` of the forms of SGD.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

_ZERO: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Base of the optimizers. ``lr`` is the learning rate.

    states: what is carried beside each weight (columns ``m_a``, ``m_b``, …). shared: what is carried once for all
    weights (columns of that name, left of the states). begin: the start of those that do not start at 0.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    states: ClassVar[tuple[str, ...]] = ()
    shared: ClassVar[tuple[str, ...]] = ()
    begin: ClassVar[Mapping[str, float]] = _ZERO
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
class Polyak(Optimizer):
    """Heavy ball: ``m = old_m*beta + g``, then ``w - m*lr``.

    torch.optim.SGD(momentum=0.9). Polyak 1964; Goh, "Why Momentum Really Works", Distill 2017.
    """

    name: ClassVar[str] = "polyak"
    title: ClassVar[str] = "heavy-ball momentum"
    states: ClassVar[tuple[str, ...]] = ("m",)
    lr: float = 1e-5
    beta: float = 0.9


@dataclass(frozen=True, slots=True)
class Nesterov(Optimizer):
    """Nesterov's momentum: ``m = old_m*beta + g``, then ``w - (g + m*beta)*lr``.

    torch.optim.SGD(momentum=0.9, nesterov=True).
    """

    name: ClassVar[str] = "nesterov"
    title: ClassVar[str] = "Nesterov's momentum"
    states: ClassVar[tuple[str, ...]] = ("m",)
    lr: float = 1e-5
    beta: float = 0.9


@dataclass(frozen=True, slots=True)
class Adagrad(Optimizer):
    """Adagrad: ``v = old_v + g^2``, then ``w - g*lr/(SQRT(v) + epsilon)``. Duchi et al., JMLR 2011; torch.optim."""

    name: ClassVar[str] = "adagrad"
    title: ClassVar[str] = "Adagrad"
    states: ClassVar[tuple[str, ...]] = ("v",)
    lr: float = 0.01
    epsilon: float = 1e-10


@dataclass(frozen=True, slots=True)
class AdagradEpoch(Optimizer):
    """The adagrad sheet of graddesc: a step size for each weight, kept for a whole epoch.

    ``s`` of the first epoch is its typed start (10000, the workbook's reset); in the first row of every later epoch
    ``s = SQRT(SUMSQ(d))/COUNT(d)`` over the raw derivatives (columns ``da`` …) of all rows of the epoch before; in all
    other rows ``s = old_s``. Then ``w - g*(lr/s)``.
    """

    name: ClassVar[str] = "adagrad-epoch"
    title: ClassVar[str] = "Adagrad by epoch as in graddesc.xlsm"
    states: ClassVar[tuple[str, ...]] = ("s",)
    begin: ClassVar[Mapping[str, float]] = MappingProxyType({"s": 10_000.0})
    lr: float = 0.001


@dataclass(frozen=True, slots=True)
class Rmsprop(Optimizer):
    """RMSprop: ``v = old_v*alpha + (1-alpha)*g^2``, then ``w - g*lr/(SQRT(v) + epsilon)``.

    ``1-alpha`` stands in a cell of its own. Tieleman and Hinton 2012; torch.optim.RMSprop.
    """

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSprop"
    states: ClassVar[tuple[str, ...]] = ("v",)
    lr: float = 0.01
    alpha: float = 0.99
    epsilon: float = 1e-8


@dataclass(frozen=True, slots=True)
class RmspropGraddesc(Optimizer):
    """RMSprop as graddesc computes it: ``w - g*lr/SQRT(old_v)``; ``v = old_v*beta + (1-beta)*g^2``. No epsilon.

    The step divides by the mean of the row BEFORE; in the first row by the typed start (10000, the workbook's reset).
    ``1-beta`` stands in a cell of its own.
    """

    name: ClassVar[str] = "rmsprop-graddesc"
    title: ClassVar[str] = "RMSprop as in graddesc.xlsm"
    states: ClassVar[tuple[str, ...]] = ("v",)
    begin: ClassVar[Mapping[str, float]] = MappingProxyType({"v": 10_000.0})
    lr: float = 0.02
    beta: float = 0.9


@dataclass(frozen=True, slots=True)
class Adam(Optimizer):
    """Adam: ``m = old_m*beta1 + (1-beta1)*g``; ``v = old_v*beta2 + (1-beta2)*g^2``.

    The powers of the betas are running products, start 1: ``power1 = old_power1*beta1``,
    ``power2 = old_power2*beta2``. Then ``w - m/(1 - power1)*lr/(SQRT(v/(1 - power2)) + epsilon)``.
    ``1-beta1`` and ``1-beta2`` stand in cells of their own. Kingma and Ba, arXiv:1412.6980; torch.optim.Adam.
    """

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    states: ClassVar[tuple[str, ...]] = ("m", "v")
    shared: ClassVar[tuple[str, ...]] = ("power1", "power2")
    begin: ClassVar[Mapping[str, float]] = MappingProxyType({"power1": 1.0, "power2": 1.0})
    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8


@dataclass(frozen=True, slots=True)
class Adamw(Optimizer):
    """Adam with decoupled weight decay: as ``adam``, but in the last line ``w*(1 - lr*decay)`` in the place of ``w``.

    ``w*(1 - lr*decay) - m/(1 - power1)*lr/(SQRT(v/(1 - power2)) + epsilon)``.
    Loshchilov and Hutter, arXiv:1711.05101; torch.optim.AdamW.
    """

    name: ClassVar[str] = "adamw"
    title: ClassVar[str] = "Adam with decoupled weight decay"
    states: ClassVar[tuple[str, ...]] = ("m", "v")
    shared: ClassVar[tuple[str, ...]] = ("power1", "power2")
    begin: ClassVar[Mapping[str, float]] = MappingProxyType({"power1": 1.0, "power2": 1.0})
    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    decay: float = 0.01


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


@dataclass(frozen=True, slots=True)
class EveGraddesc(Optimizer):
    """Eve as graddesc computes it: ``adam-graddesc`` with the step divided by ``div``: ``w - m*lr/SQRT(v)/div``.

    ``loss1`` is the loss of the epoch before, ``SQRT(SUM(error))``, and ``loss2`` that of the one before it. In the
    first row of every epoch but the first ``loss1 = SQRT(SUM(error))`` over the rows of the epoch before and
    ``loss2 = old_loss1``; in all other rows, the first one included, ``loss1 = old_loss1``, ``loss2 = old_loss2``.
    ``ratio = ABS(loss1 - loss2)/MIN(loss1, loss2)`` in every row. In the first row of every epoch, the first included,
    ``div = old_div*beta3 + (1-beta3)*ratio``; in all other rows ``div = old_div``. Typed starts: 240, 120 and 1, which
    is what the workbook begins with to three digits. ``ratio`` is a column without a start. ``1-beta1``, ``1-beta2``
    and ``1-beta3`` stand in cells of their own. Published form: Koushik and Hayashi, arXiv:1611.01505.
    """

    name: ClassVar[str] = "eve-graddesc"
    title: ClassVar[str] = "Eve as in graddesc.xlsm"
    states: ClassVar[tuple[str, ...]] = ("m", "v")
    shared: ClassVar[tuple[str, ...]] = ("loss1", "loss2", "ratio", "div")
    begin: ClassVar[Mapping[str, float]] = MappingProxyType({"loss1": 240.0, "loss2": 120.0, "div": 1.0})
    lr: float = 1.0
    beta1: float = 0.7
    beta2: float = 0.9
    beta3: float = 0.9


OPTIMIZERS: tuple[Optimizer, ...] = (
    Sgd(),
    Momentum(),
    Polyak(),
    Nesterov(),
    Adagrad(),
    AdagradEpoch(),
    Rmsprop(),
    RmspropGraddesc(),
    Adam(),
    AdamGraddesc(),
    Adamw(),
    EveGraddesc(),
)
