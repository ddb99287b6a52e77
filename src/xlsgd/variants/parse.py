"""Members of the registries from their text on the command line, with "did you mean" for what is misspelt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol, TypeVar

from ..errors import UsageError, unknown_name
from .data import DATASETS, Data
from .inits import INITS, Init


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Member = TypeVar("Member", bound=_Named)


def find(kind: str, name: str, members: Iterable[Member]) -> Member:
    """The member of a registry by its name. Raises UsageError with the nearest name."""
    known = {member.name: member for member in members}
    if name not in known:
        raise unknown_name(kind, name, known)
    return known[name]


def parse_init(text: str) -> Init:
    """An init from ``ones`` or ``values:1,2``. Raises UsageError."""
    name, _, argument = text.partition(":")
    known = {init.name: init for init in INITS}
    if name not in known:
        raise unknown_name("init", name, known)
    return known[name].parse(argument)


def parse_data(text: str) -> Data:
    """A data set from ``graddesc`` or ``linear:100,7``. Raises UsageError."""
    name, _, argument = text.partition(":")
    known = {data.name: data for data in DATASETS}
    if name not in known:
        raise unknown_name("data set", name, known)
    return known[name].parse(argument)


def number(text: str, where: str) -> float:
    """A finite number. Raises UsageError that says where it was wanted."""
    try:
        value = float(text)
    except ValueError:
        raise UsageError(f"{where}: '{text}' is not a number") from None
    if not math.isfinite(value):
        raise UsageError(f"{where}: '{text}' is not a finite number")
    return value


def whole(text: str, where: str) -> int:
    """A whole number. Raises UsageError that says where it was wanted."""
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{where}: '{text}' is not a whole number") from None
