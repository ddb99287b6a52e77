"""Initialisations: the weights before the first step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..errors import UsageError
from .models import Model


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
        from .parse import number

        return cls(tuple(number(part, f"init 'values:{argument}'") for part in argument.split(",")))


INITS: tuple[type[Init], ...] = (Ones, Typed)
