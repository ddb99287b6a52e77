"""The inputs by level, seed and number."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from . import csv_texts, formula_texts, xml_parts, zip_bytes

LEVELS: dict[str, Callable[[Random], bytes]] = {
    "bytes": zip_bytes.make,
    "xml": xml_parts.make,
    "formula": formula_texts.make,
    "csv": csv_texts.make,
}
SUFFIX = {"bytes": ".xlsx", "xml": ".xlsx", "formula": ".json", "csv": ".csv"}
_TURNS = ("bytes", "xml", "formula", "bytes", "xml", "formula", "bytes", "xml", "formula", "csv")


def level_of(chosen: str, number: int) -> str:
    """The level of an input; all take turns where ``chosen`` is "all"."""
    return _TURNS[number % len(_TURNS)] if chosen == "all" else chosen


def make_input(level: str, seed: int, number: int) -> bytes:
    """One input, always the same for the same level, seed and number."""
    return LEVELS[level](Random(f"{level} {seed} {number}"))
