"""Activations told in formulas: a rule for each, in which ``{z}`` is the pre-activation and ``{h}`` the value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

from ..variants import Activation, Gelu, LeakyRelu, Relu, Sigmoid, Softplus, Tanh
from .columns import Setting


@dataclass(frozen=True, slots=True)
class Shape:
    """Templates of the value and of the slope; ``inner``: a column that comes first, ``{u}`` in the other two.

    An empty slope is that of the ReLU: the derivative passes where z > 0.
    """

    value: str
    slope: str
    inner: str = ""
    settings: tuple[Setting, ...] = ()


@singledispatch
def shape(activation: Activation) -> Shape:
    """The templates of an activation. Raises TypeError where the activation has no rule here."""
    raise TypeError(f"activation '{activation.name}' has no rule in xlsgd.sheet.activations")


@shape.register
def _(activation: Relu) -> Shape:
    return Shape("MAX({z},0)", "")


@shape.register
def _(activation: LeakyRelu) -> Shape:
    leak = Setting("leak", "leak", "slope of the leaky ReLU below 0", activation.leak)
    return Shape("IF({z}>0,{z},{leak}*{z})", "IF({z}>0,1,{leak})", settings=(leak,))


@shape.register
def _(activation: Sigmoid) -> Shape:
    return Shape("1/(1+EXP(-{z}))", "{h}*(1-{h})")


@shape.register
def _(activation: Tanh) -> Shape:
    return Shape("TANH({z})", "1-{h}^2")


@shape.register
def _(activation: Softplus) -> Shape:
    return Shape("LN(1+EXP({z}))", "1/(1+EXP(-{z}))")


@shape.register
def _(activation: Gelu) -> Shape:
    return Shape(
        value="0.5*{z}*(1+{u})",
        slope="0.5*(1+{u})+0.5*{z}*(1-{u}^2)*{gelu_k}*(1+0.134145*{z}*{z})",
        inner="TANH({gelu_k}*({z}+0.044715*{z}*{z}*{z}))",
        settings=(Setting("gelu_k", "√(2/π)", "a constant of the GELU", formula="SQRT(2/PI())"),),
    )
