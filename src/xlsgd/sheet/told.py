"""Told: a variant's sheet, and where its parts stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..book import Cell, Name, Sheet
from ..variants import Variant
from .layout import HEADER_ROW


@dataclass(slots=True)
class Told:
    """A variant's sheet and where its parts stand.

    columns: key → column, the keys of the reference's trace (and the counters ``step``, ``epoch``, ``row``, ``pick``).
    rows: first and last training row. summary: key → cell, keys as in the reference's summary. settings, starts: name
    of a hyperparameter, key of a weight or state → the cell of its value. results: cells that only this sheet has.
    """

    variant: Variant
    sheet: Sheet
    columns: dict[str, int]
    rows: tuple[int, int]
    names: list[Name] = field(default_factory=list)
    summary: dict[str, Cell] = field(default_factory=dict)
    settings: dict[str, Cell] = field(default_factory=dict)
    starts: dict[str, Cell] = field(default_factory=dict)
    results: dict[str, Cell] = field(default_factory=dict)

    def title_of(self, key: str) -> Cell:
        """The cell with the header of a column."""
        return HEADER_ROW, self.columns[key]
