"""Do two programs give the same numbers? Compared cell by cell, every formula cell of both sheets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from .sheets import LAYOUTS

Block = npt.NDArray[np.float64]


def read_values(path: Path, rows: int, by_columns: bool) -> list[Block]:
    """The blocks that a worker kept, a sheet each, shaped (rows, columns)."""
    doubles = np.fromfile(path)
    blocks, start = [], 0
    for layout in LAYOUTS:
        end = start + rows * layout.width
        piece = doubles[start:end]
        blocks.append(piece.reshape(layout.width, rows).T if by_columns else piece.reshape(rows, layout.width))
        start = end
    return blocks


def compare(theirs: list[Block], wanted: list[Block]) -> dict[str, float]:
    """How far two sets of blocks agree.

    ``missing``: cells without a number. ``same``: share of cells equal to the bit. ``relative``: the largest
    difference divided by the larger of both numbers. ``scaled``: divided by the largest number of the column, which
    does not punish the rounding errors of differences near zero.
    """
    cells = missing = same = 0
    relative = scaled = 0.0
    for one, two in zip(theirs, wanted, strict=True):
        cells += two.size
        missing += int(np.isnan(one).sum())
        same += int((_bits(one) == _bits(two)).sum())
        gap = np.abs(one - two)
        size = np.maximum(np.abs(one), np.abs(two))
        relative = max(relative, float(np.nanmax(np.where(gap > 0, gap / np.where(size > 0, size, 1.0), 0.0))))
        scaled = max(scaled, float(np.nanmax(gap / np.abs(two).max(axis=0))))
    return {"cells": cells, "missing": missing, "same": same / cells, "relative": relative, "scaled": scaled}


def _bits(block: Block) -> npt.NDArray[np.uint64]:
    return np.ascontiguousarray(block).view(np.uint64)
