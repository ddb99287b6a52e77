"""Gradients: how the derivative of the error with respect to each weight is had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Gradient:
    """Base of the gradients."""

    name: ClassVar[str]
    title: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Analytic(Gradient):
    """The exact derivative, by the model's own recipe."""

    name: ClassVar[str] = "analytic"
    title: ClassVar[str] = "exact derivatives"


@dataclass(frozen=True, slots=True)
class Forward(Gradient):
    """Forward difference, ``(e(w + h) - e(w))/h``, one weight at a time.

    Column ``error_w`` of each weight: ``e(w + h)``, which is the error column's own recipe with ``(w + h)`` in the
    place of ``w``. Its bias is h·e''/2.
    """

    name: ClassVar[str] = "forward"
    title: ClassVar[str] = "forward differences"
    h: float = 0.01


@dataclass(frozen=True, slots=True)
class Central(Gradient):
    """Central difference, ``(e(w + h) - e(w - h))/(2*h)``, one weight at a time.

    Columns: ``error_w`` of every weight, which is ``e(w + h)``, then ``error_minus_w`` of every weight, ``e(w - h)``;
    both are the error column's own recipe with ``(w + h)`` or ``(w - h)`` in the place of ``w``. Exact for a quadratic
    error but for rounding; otherwise its bias is h²·e'''/6.
    """

    name: ClassVar[str] = "central"
    title: ClassVar[str] = "central differences"
    h: float = 0.01


GRADIENTS: tuple[Gradient, ...] = (Analytic(), Forward(), Central())
