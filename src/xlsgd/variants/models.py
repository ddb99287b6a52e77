"""Models: what is fitted, and the names of its weights.

Each docstring is the recipe that both tellings follow, operation by operation and left to right, so that they agree
to the bit. ``r`` is the prediction minus the target; the loss of a row is ``e = (prediction − y)²``, without ½.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from ..errors import UsageError
from .activations import Activation, Relu

LOSSES = ("mse", "cross-entropy")
MAX_WIDTH = 9

Fan = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Model:
    """Base of the models.

    ``weights`` are in the order of ``values:…`` and of the sheet's columns; ``fans`` says of each how many inputs and
    outputs its layer has, None of a bias. ``measure``: an epoch is measured by the "root" of its summed errors
    (``SQRT(SUM(error))``) or by their "mean" (``SUM(error)/rows``).
    """

    name: ClassVar[str]
    title: ClassVar[str]
    measure: ClassVar[str] = "root"

    @property
    def weights(self) -> tuple[str, ...]:
        raise NotImplementedError(type(self).__name__)

    @property
    def fans(self) -> tuple[Fan, ...]:
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True, slots=True)
class Linear(Model):
    """One neuron, ŷ = a·x + b.

    prediction ``b + a*x``; error ``(y - prediction)^2``.
    Analytic: ``db = 2*(prediction - y)``, ``da = db*x``.
    """

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "One neuron"
    weights: ClassVar[tuple[str, ...]] = ("a", "b")
    fans: ClassVar[tuple[Fan, ...]] = ((1, 1), None)


@dataclass(frozen=True, slots=True)
class Linear2(Model):
    """Two stacked neurons without an activation, ŷ = c·(a·x + b) + d.

    hidden ``h = a*x + b``; prediction ``c*h + d``; error ``(prediction - y)^2``.
    Analytic: ``dd = 2*(prediction - y)``, ``dc = dd*h``, ``db = dd*c``, ``da = db*x``.
    Beside the weights stands the line that they amount to: columns ``slope = a*c``, ``intercept = c*b + d``.
    """

    name: ClassVar[str] = "linear2"
    title: ClassVar[str] = "Two neurons, no activation"
    weights: ClassVar[tuple[str, ...]] = ("a", "b", "c", "d")
    fans: ClassVar[tuple[Fan, ...]] = ((1, 1), None, (1, 1), None)


@dataclass(frozen=True, slots=True)
class Relu2(Model):
    """Two stacked neurons with an activation on the first, ŷ = c·act(a·x + b) + d; by default a ReLU.

    Column ``pre``: ``z = a*x + b``; column ``hidden``: ``h = act(z)``, by the activation's recipe (gelu: before it the
    column ``inner``, its ``u``); prediction ``c*h + d``; error ``(prediction - y)^2``.
    Analytic: ``dd = 2*(prediction - y)``, ``dc = dd*h``, ``db = IF(z > 0, dd*c, 0)``, ``da = db*x``. With any other
    activation than relu a column ``act_slope`` (the activation's slope) comes before them, and
    ``db = dd*c*act_slope``.
    """

    name: ClassVar[str] = "relu2"
    title: ClassVar[str] = "Two neurons, an activation on the first"
    weights: ClassVar[tuple[str, ...]] = ("a", "b", "c", "d")
    fans: ClassVar[tuple[Fan, ...]] = ((1, 1), None, (1, 1), None)
    activation: Activation = field(default_factory=Relu)


@dataclass(frozen=True, slots=True)
class Quartic(Model):
    """A number that descends to the bottom of x⁴; it has no data but a number of steps.

    The weight is ``x``. error ``x*x*x*x`` (no prediction). Analytic: ``dx = 4*x*x*x``.
    Near 0 it shrinks for ever slower; |1 − 4·lr·x²| < 1 decides whether a step goes towards 0.
    """

    name: ClassVar[str] = "quartic"
    title: ClassVar[str] = "x to the fourth"
    weights: ClassVar[tuple[str, ...]] = ("x",)
    fans: ClassVar[tuple[Fan, ...]] = ((1, 1),)


@dataclass(frozen=True, slots=True)
class Mlp(Model):
    """Dense layers with an activation between them and softmax last; a classifier.

    widths: units in each layer, inputs first and classes last; (4, 3, 3) has 4 inputs, 3 hidden units, 3 classes.
    Weights: layer by layer, first ``w1_11 w1_12 …`` (layer 1, to unit 1 from input 1, 2, …), then ``w1_21 …``, then
    the biases ``b1_1 b1_2 …``. Inputs and targets have the data's names (``x1 …``; ``y1 …``, one of them 1).

    Forward, layer by layer, for each unit j: column ``z1_j = w1_j1*x1 + w1_j2*x2 + … + b1_j``, left to right, bias
    last. In a hidden layer column ``h1_j = act(z1_j)`` (gelu: before them all the columns ``u1_j``). The columns of a
    layer come kind by kind: all z, (all u,) all h. With L layers, after ``zL_k``: columns ``exp_k = EXP(zL_k)``,
    ``exp_sum = exp_1 + exp_2 + …``, ``p_k = exp_k/exp_sum``.
    error: mse ``(p_1 - y1)^2 + (p_2 - y2)^2 + …``; cross-entropy ``-LN(p_1*y1 + p_2*y2 + …)``.
    Column ``hit`` after the error: 1 where no class is likelier than the true one,
    ``IF(MAX(p_1, …) - (p_1*y1 + p_2*y2 + …) > 0, 0, 1)``.

    Analytic. mse: columns ``r_k = p_k - y_k``, ``rp = r_1*p_1 + r_2*p_2 + …``, ``dzL_k = 2*p_k*(r_k - rp)``.
    cross-entropy: ``dzL_k = p_k - y_k``. Then from the last hidden layer l to the first: columns
    ``dhl_j = dz(l+1)_1*w(l+1)_1j + dz(l+1)_2*w(l+1)_2j + …``; relu: ``dzl_j = IF(zl_j > 0, dhl_j, 0)``; otherwise a
    column ``sl_j`` (the activation's slope) for each j, and ``dzl_j = dhl_j*sl_j``.
    Of a weight ``dw2_ij = dz2_i*h1_j`` (layer 1: ``dw1_ij = dz1_i*xj``), of a bias ``db2_i = dz2_i*1``.
    """

    name: ClassVar[str] = "mlp"
    title: ClassVar[str] = "Dense layers, softmax last"
    measure: ClassVar[str] = "mean"
    widths: tuple[int, ...] = (4, 3, 3)
    activation: Activation = field(default_factory=Relu)
    loss: str = "mse"

    def __post_init__(self) -> None:
        if len(self.widths) < 2 or not all(1 <= width <= MAX_WIDTH for width in self.widths):
            raise UsageError(f"a network wants layers of 1 to {MAX_WIDTH} units, got {_dashes(self.widths)}")
        if self.loss not in LOSSES:
            raise UsageError(f"unknown loss '{self.loss}': known are {', '.join(LOSSES)}")

    @property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """Of each layer how many inputs and units it has."""
        return tuple(zip(self.widths, self.widths[1:], strict=False))

    @property
    def weights(self) -> tuple[str, ...]:
        names: list[str] = []
        for layer, (inputs, units) in enumerate(self.layers, 1):
            names += [f"w{layer}_{i}{j}" for i in range(1, units + 1) for j in range(1, inputs + 1)]
            names += [f"b{layer}_{i}" for i in range(1, units + 1)]
        return tuple(names)

    @property
    def fans(self) -> tuple[Fan, ...]:
        found: list[Fan] = []
        for inputs, units in self.layers:
            found += [(inputs, units)] * (inputs * units) + [None] * units
        return tuple(found)


def _dashes(widths: tuple[int, ...]) -> str:
    return "-".join(str(width) for width in widths)


MODELS: tuple[Model, ...] = (Linear(), Linear2(), Relu2(), Quartic(), Mlp())
