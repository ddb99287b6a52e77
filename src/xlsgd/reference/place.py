"""Place: where in a training a row stands."""

from __future__ import annotations

from dataclasses import dataclass

from ..variants import Variant
from .models import Columns


@dataclass(frozen=True, slots=True)
class Place:
    """The row ``index`` (counted from 0) of a training; ``past`` are the columns, (rows, runs), of the epoch before."""

    index: int
    epoch_rows: int
    rows: int
    batch: int
    past: Columns

    @property
    def epoch(self) -> int:
        """Counted from 1."""
        return self.index // self.epoch_rows + 1

    @property
    def in_epoch(self) -> int:
        """The row of the epoch, counted from 1."""
        return self.index % self.epoch_rows + 1

    @property
    def opens(self) -> bool:
        """True in the first row of an epoch."""
        return self.in_epoch == 1

    @property
    def opens_later(self) -> bool:
        """True in the first row of an epoch that is not the first."""
        return self.opens and self.epoch > 1

    @property
    def in_batch(self) -> int:
        """The row of the batch, counted from 1."""
        return (self.in_epoch - 1) % self.batch + 1

    @property
    def updates(self) -> bool:
        """True in the last row of a batch: here the weights change."""
        return self.in_batch == self.batch or self.in_epoch == self.epoch_rows


def place_of(variant: Variant, index: int, kept: Columns) -> Place:
    """The place of a row; ``kept`` holds the columns so far."""
    rows = len(variant.data.rows())
    before = slice(index - rows, index)
    past = {key: column[before] for key, column in kept.items()} if index >= rows and index % rows == 0 else {}
    return Place(index, rows, rows * variant.epochs, variant.batch_rows, past)
