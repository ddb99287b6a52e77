"""Variant: one member of each registry, and how long to train."""

from __future__ import annotations

from dataclasses import dataclass, field

from .data import Data, Graddesc
from .gradients import Analytic, Gradient
from .inits import Init, Ones
from .models import Model
from .optimizers import Optimizer, Sgd


@dataclass(frozen=True, slots=True)
class Variant:
    """What is trained, and how. Its ``name`` is MODEL-GRADIENT-OPTIMIZER, such as ``linear2-forward-sgd``.

    epochs: how often the data are gone through; an epoch continues downward, the weights and states carried on.
    """

    model: Model
    gradient: Gradient = field(default_factory=Analytic)
    optimizer: Optimizer = field(default_factory=Sgd)
    init: Init = field(default_factory=Ones)
    data: Data = field(default_factory=Graddesc)
    epochs: int = 1

    @property
    def name(self) -> str:
        return f"{self.model.name}-{self.gradient.name}-{self.optimizer.name}"

    @property
    def start(self) -> dict[str, float]:
        """The initial weights by name. Raises UsageError where the init does not fit the model."""
        return dict(zip(self.model.weights, self.init.weights(self.model), strict=True))
