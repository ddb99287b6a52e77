"""Trace: all that happened in a training, row by row and run by run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..variants import Variant
from .arithmetic import F64

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Trace:
    """The columns of a training. nan stands where a spreadsheet has an error.

    columns: key → (runs, rows), the keys as on the sheets: ``x y``, the weights at the START of a row by name,
    ``pre hidden prediction error``, ``error_a…``, ``da…``, the states ``m_a…``, and ``new_a…``.
    summary: key → (runs,), such as ``root_sum_error_2``, the root of the summed errors of epoch 2, and ``end_a_2``,
    weight a after it.
    epoch_rows: the number of rows in an epoch.
    """

    variant: Variant
    columns: dict[str, F64]
    summary: dict[str, F64]
    epoch_rows: int

    @property
    def runs(self) -> int:
        return int(self.columns["error"].shape[0])

    @property
    def rows(self) -> int:
        return int(self.columns["error"].shape[1])

    def frame(self, run: int = 0) -> pd.DataFrame:
        """One run as a pandas frame: a row a training step (index ``step``, from 1), a column a key."""
        import pandas as pd

        index = pd.RangeIndex(1, self.rows + 1, name="step")
        return pd.DataFrame({key: values[run] for key, values in self.columns.items()}, index=index)
