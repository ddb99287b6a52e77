"""Initialisations: the weights before the first step.

What is drawn is drawn with ``random.Random(seed)``, weight by weight in the model's order, and typed into the sheet.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import ClassVar

from ..errors import UsageError
from .models import Fan, Model
from .numbers import number, whole


@dataclass(frozen=True, slots=True)
class Init:
    """Base of the initialisations. ``usage`` shows how it is written on the command line."""

    name: ClassVar[str]
    usage: ClassVar[str]

    def text(self) -> str:
        """The init as it is written on the command line."""
        return self.name

    def weights(self, model: Model) -> tuple[float, ...]:
        """One number for each weight of the model. Raises UsageError where they do not fit it."""
        raise NotImplementedError(type(self).__name__)

    @classmethod
    def parse(cls, argument: str) -> Init:
        """The init from what follows the colon. Raises UsageError."""
        if argument:
            raise UsageError(f"init '{cls.name}' takes no value, got '{argument}'")
        return cls()


@dataclass(frozen=True, slots=True)
class Ones(Init):
    """Every weight is 1."""

    name: ClassVar[str] = "ones"
    usage: ClassVar[str] = "ones"

    def weights(self, model: Model) -> tuple[float, ...]:
        return (1.0,) * len(model.weights)


@dataclass(frozen=True, slots=True)
class Typed(Init):
    """The weights as given, in the order of the model's ``weights``."""

    name: ClassVar[str] = "values"
    usage: ClassVar[str] = "values:1,0.5,…"
    numbers: tuple[float, ...] = ()

    def text(self) -> str:
        return "values:" + ",".join(repr(number) for number in self.numbers)

    def weights(self, model: Model) -> tuple[float, ...]:
        if len(self.numbers) != len(model.weights):
            wanted = f"{len(model.weights)} numbers ({', '.join(model.weights)})"
            raise UsageError(f"init '{self.text()}' does not fit model '{model.name}': it wants {wanted}")
        return self.numbers

    @classmethod
    def parse(cls, argument: str) -> Init:
        return cls(tuple(number(part, f"init 'values:{argument}'") for part in argument.split(",")))


@dataclass(frozen=True, slots=True)
class Uniform(Init):
    """Every weight and bias drawn evenly between two numbers: ``random.Random(seed).uniform(low, high)``."""

    name: ClassVar[str] = "uniform"
    usage: ClassVar[str] = "uniform:LO,HI[,SEED]"
    low: float = -1.0
    high: float = 1.0
    seed: int = 0

    def text(self) -> str:
        return f"uniform:{self.low!r},{self.high!r},{self.seed}"

    def weights(self, model: Model) -> tuple[float, ...]:
        draw = random.Random(self.seed)
        return tuple(draw.uniform(self.low, self.high) for _ in model.weights)

    @classmethod
    def parse(cls, argument: str) -> Init:
        where = f"init 'uniform:{argument}' (wanted {cls.usage})"
        low, high, seed = _parts(argument, 2, where)
        init = cls(number(low, where), number(high, where), whole(seed, where))
        if not init.low < init.high:
            raise UsageError(f"{where}: LO must be below HI")
        return init


@dataclass(frozen=True, slots=True)
class Normal(Init):
    """Every weight and bias drawn from a normal distribution: ``random.Random(seed).gauss(0, sigma)``."""

    name: ClassVar[str] = "normal"
    usage: ClassVar[str] = "normal:SIGMA[,SEED]"
    sigma: float = 1.0
    seed: int = 0

    def text(self) -> str:
        return f"normal:{self.sigma!r},{self.seed}"

    def weights(self, model: Model) -> tuple[float, ...]:
        draw = random.Random(self.seed)
        return tuple(draw.gauss(0.0, self.sigma) for _ in model.weights)

    @classmethod
    def parse(cls, argument: str) -> Init:
        where = f"init 'normal:{argument}' (wanted {cls.usage})"
        sigma, seed = _parts(argument, 1, where)
        init = cls(number(sigma, where), whole(seed, where))
        if not init.sigma > 0:
            raise UsageError(f"{where}: SIGMA must be above 0")
        return init


@dataclass(frozen=True, slots=True)
class _ByLayer(Init):
    """Base of those that look at the size of a weight's layer. Biases are 0."""

    seed: int = 0

    def text(self) -> str:
        return f"{self.name}:{self.seed}"

    def weights(self, model: Model) -> tuple[float, ...]:
        draw = random.Random(self.seed)
        return tuple(0.0 if fan is None else self._weight(draw, fan) for fan in model.fans)

    def _weight(self, draw: random.Random, fan: Fan) -> float:
        raise NotImplementedError(type(self).__name__)

    @classmethod
    def parse(cls, argument: str) -> Init:
        return cls(whole(argument or "0", f"init '{cls.name}:{argument}' (wanted {cls.usage})"))


@dataclass(frozen=True, slots=True)
class He(_ByLayer):
    """Weights from a normal distribution with σ = √(2/inputs of the layer), biases 0. He et al., arXiv:1502.01852."""

    name: ClassVar[str] = "he"
    usage: ClassVar[str] = "he[:SEED]"

    def _weight(self, draw: random.Random, fan: Fan) -> float:
        assert fan is not None
        return draw.gauss(0.0, math.sqrt(2.0 / fan[0]))


@dataclass(frozen=True, slots=True)
class Glorot(_ByLayer):
    """Weights evenly between ±√(6/(inputs + outputs of the layer)), biases 0. Glorot and Bengio, AISTATS 2010."""

    name: ClassVar[str] = "glorot"
    usage: ClassVar[str] = "glorot[:SEED]"

    def _weight(self, draw: random.Random, fan: Fan) -> float:
        assert fan is not None
        edge = math.sqrt(6.0 / (fan[0] + fan[1]))
        return draw.uniform(-edge, edge)


INITS: tuple[type[Init], ...] = (Ones, Typed, Uniform, Normal, He, Glorot)


def _parts(argument: str, wanted: int, where: str) -> list[str]:
    """The wanted parts between commas and, after them, the seed ("0" where there is none)."""
    parts = argument.split(",")
    if not wanted <= len(parts) <= wanted + 1:
        raise UsageError(f"{where}: got {len(parts)} values")
    return [*parts, "0"][: wanted + 1]
