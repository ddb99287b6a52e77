"""How large and how deep an input may be: every limit by name, its reason, and how to raise it.

A limit keeps one file from filling the memory or the afternoon. It is raised (or lowered) by the environment,
``XLSGD_LIMITS="inflated=8GiB,ratio=1000"``, by the command line, or for a while from Python::

    with xlsgd.limits(inflated="8GiB"):
        book = xlsgd.load("large.xlsx")

The environment is the only place where limits are kept, so that processes started inside inherit them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import lru_cache

from .errors import UsageError, unknown_name

VARIABLE = "XLSGD_LIMITS"
_UNITS = {
    **{"": 1, "b": 1, "k": 1000, "kb": 1000, "m": 1000**2, "mb": 1000**2, "g": 1000**3, "gb": 1000**3},
    **{"kib": 1024, "mib": 1024**2, "gib": 1024**3, "tib": 1024**4},
}
_VALUE = re.compile(r"\s*([0-9][0-9_]{0,17}(?:\.[0-9]{1,6})?)\s*([A-Za-z]{0,3})\s*")


def _limit(default: int, why: str) -> int:
    number: int = field(default=default, metadata={"why": why})
    return number


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hold now; each field is one. Sizes are in bytes, all else is counted."""

    file: int = _limit(1024**3, "bytes of a file")
    inflated: int = _limit(2 * 1024**3, "bytes of all parts that are read, unpacked")
    part: int = _limit(256 * 1024**2, "bytes of a part that must be in memory as a whole, unpacked")
    tree: int = _limit(64 * 1024**2, "bytes of a part that is kept as a tree: all but sheets and shared strings")
    ratio: int = _limit(300, "unpacked to packed size of a part of more than 4 MiB; Excel's stay far below 100")
    entries: int = _limit(20_000, "parts in a file; workbooks with hundreds of charts have a few thousand")
    sheets: int = _limit(2_000, "sheets of a workbook")
    nodes: int = _limit(2_000_000, "XML elements and attributes that are in memory at once")
    cells: int = _limit(2_000_000, "cells of a workbook that are kept one by one; fill-downs hardly count")
    strings: int = _limit(2_000_000, "shared strings of a workbook")
    characters: int = _limit(100_000_000, "characters of all texts and formulas of a workbook")
    elements: int = _limit(5_000_000, "elements of an array that a formula makes")
    steps: int = _limit(25_000_000, "steps of a calculation that is done cell by cell")


def current() -> Limits:
    """The limits that hold now. Raises UsageError where the environment names a limit that does not exist."""
    return _parsed(os.environ.get(VARIABLE, ""))


def told() -> str:
    """The limits that differ from their defaults, in the environment's form: what another machine must be told."""
    now, plain = current(), Limits()
    names = [one.name for one in fields(Limits)]
    return ",".join(f"{name}={getattr(now, name)}" for name in names if getattr(now, name) != getattr(plain, name))


def use(settings: Iterable[str]) -> None:
    """Let ``NAME=VALUE`` hold from now on, for this process and for those that it starts. Raises UsageError."""
    words = ",".join([told(), *settings])
    _parsed(words)
    os.environ[VARIABLE] = words


@contextmanager
def limits(**values: int | str) -> Iterator[Limits]:
    """Other limits inside of a ``with`` statement, for the whole process and for those that it starts.

    Values are numbers or texts such as ``"8GiB"``. Raises UsageError for a name or a value that is none.
    """
    before = os.environ.get(VARIABLE)
    use(f"{name}={value}" for name, value in values.items())
    try:
        yield current()
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def number(text: str) -> int:
    """A count or a size from its text. Raises UsageError.

    >>> number("8GiB"), number("1.5k"), number("20_000")
    (8589934592, 1500, 20000)
    """
    match = _VALUE.fullmatch(text)
    unit = _UNITS.get(match[2].lower()) if match else None
    value = int(float(match[1].replace("_", "")) * unit) if match and unit else 0
    if value < 1:
        raise UsageError(f"'{text[:40]}' is no limit: give a number of at least 1, such as 500, 20k or 8GiB")
    return value


@lru_cache(maxsize=16)
def _parsed(words: str) -> Limits:
    known = [one.name for one in fields(Limits)]
    found: dict[str, int] = {}
    for word in filter(None, map(str.strip, words.split(","))):
        name, _, value = word.partition("=")
        if name.strip() not in known:
            raise unknown_name("limit", name.strip()[:40], known)
        found[name.strip()] = number(value)
    return Limits(**found)
