"""Activations: what a hidden unit makes of its pre-activation ``z``.

Each docstring is the recipe: the unit's value ``h`` and its ``slope``, operation by operation and left to right.
The derivative by ``z`` is then ``IF(z > 0, g, 0)`` for ``relu`` and ``g*slope`` for every other activation, where
``g`` is the derivative by ``h``. ``EXP``, ``LN``, ``TANH`` are the spreadsheet's functions (an overflow is an error).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Activation:
    """Base of the activations. ``title`` goes into headings, ``formula`` is the mathematics for people."""

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Relu(Activation):
    """``h = MAX(z, 0)``. It has no slope column: derivatives are ``IF(z > 0, g, 0)``. Lu et al., arXiv:1903.06733."""

    name: ClassVar[str] = "relu"
    title: ClassVar[str] = "ReLU"
    formula: ClassVar[str] = "max(z, 0)"


@dataclass(frozen=True, slots=True)
class LeakyRelu(Activation):
    """``h = IF(z > 0, z, leak*z)``; ``slope = IF(z > 0, 1, leak)``. Default as torch.nn.LeakyReLU."""

    name: ClassVar[str] = "leaky-relu"
    title: ClassVar[str] = "leaky ReLU"
    formula: ClassVar[str] = "z if z > 0, else leak·z"
    leak: float = 0.01


@dataclass(frozen=True, slots=True)
class Sigmoid(Activation):
    """``h = 1/(1 + EXP(-z))``; ``slope = h*(1 - h)``."""

    name: ClassVar[str] = "sigmoid"
    title: ClassVar[str] = "sigmoid"
    formula: ClassVar[str] = "1/(1 + e^−z)"


@dataclass(frozen=True, slots=True)
class Tanh(Activation):
    """``h = TANH(z)``; ``slope = (1 - h^2)``."""

    name: ClassVar[str] = "tanh"
    title: ClassVar[str] = "tanh"
    formula: ClassVar[str] = "tanh(z)"


@dataclass(frozen=True, slots=True)
class Softplus(Activation):
    """``h = LN(1 + EXP(z))``; ``slope = 1/(1 + EXP(-z))``."""

    name: ClassVar[str] = "softplus"
    title: ClassVar[str] = "softplus"
    formula: ClassVar[str] = "ln(1 + e^z)"


@dataclass(frozen=True, slots=True)
class Gelu(Activation):
    """GELU by its tanh formula. Hendrycks and Gimpel, arXiv:1606.08415.

    ``k = SQRT(2/PI())`` in a cell of its own; ``u = TANH(k*(z + 0.044715*z*z*z))`` in a column of its own;
    ``h = 0.5*z*(1 + u)``; ``slope = 0.5*(1 + u) + 0.5*z*(1 - u^2)*k*(1 + 0.134145*z*z)``.
    """

    name: ClassVar[str] = "gelu"
    title: ClassVar[str] = "GELU"
    formula: ClassVar[str] = "½·z·(1 + tanh(√(2/π)·(z + 0.044715·z³)))"


ACTIVATIONS: tuple[Activation, ...] = (Relu(), LeakyRelu(), Sigmoid(), Tanh(), Softplus(), Gelu())
