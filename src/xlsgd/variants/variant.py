"""Variant: one member of each registry, and how long to train."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import UsageError
from .data import Data, Graddesc
from .gradients import Analytic, Gradient
from .inits import Init, Ones
from .models import Model
from .optimizers import Optimizer, Sgd


@dataclass(frozen=True, slots=True)
class Variant:
    """What is trained, and how. Its ``name`` is MODEL-GRADIENT-OPTIMIZER, such as ``linear2-forward-sgd``.

    epochs: how often the data are gone through; an epoch continues downward, the weights and states carried on.
    Raises UsageError for fewer than 1.
    """

    model: Model
    gradient: Gradient = field(default_factory=Analytic)
    optimizer: Optimizer = field(default_factory=Sgd)
    init: Init = field(default_factory=Ones)
    data: Data = field(default_factory=Graddesc)
    epochs: int = 1

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise UsageError(f"{self.epochs} epochs make no training: at least 1 is wanted")

    @property
    def name(self) -> str:
        return f"{self.model.name}-{self.gradient.name}-{self.optimizer.name}"

    @property
    def start(self) -> dict[str, float]:
        """The initial weights by name. Raises UsageError where the init does not fit the model."""
        return dict(zip(self.model.weights, self.init.weights(self.model), strict=True))
