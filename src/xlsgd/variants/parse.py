"""Members of the registries from their text on the command line, with "did you mean" for what is misspelt."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TypeVar

from ..errors import unknown_name
from .data import Data
from .datasets import DATASETS
from .inits import INITS, Init
from .tables import CsvData


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
    """An init from ``ones``, ``values:1,2``, ``uniform:-1,1,7`` …. Raises UsageError."""
    name, _, argument = text.partition(":")
    known = {init.name: init for init in INITS}
    if name not in known:
        raise unknown_name("init", name, known)
    return known[name].parse(argument)


def parse_data(text: str) -> Data:
    """A data set from ``graddesc``, ``linear:100,7`` … or the path of a CSV file. Raises UsageError."""
    name, _, argument = text.partition(":")
    known = {data.name: data for data in DATASETS if data is not CsvData}
    if name not in known and (Path(text).suffix or Path(text).exists()):
        return CsvData(text)
    if name not in known:
        raise unknown_name("data set", name, known)
    return known[name].parse(argument)
