"""The charts of a sheet: error by step and weights by step, each series, axis and name bound to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..address import Box
from ..book.look import Chart, Series
from .layout import CHART_ROWS, FIRST_ROW, HEADER_ROW, Layout

if TYPE_CHECKING:
    from .telling import Told


def make_charts(told: Told, layout: Layout) -> list[Chart]:
    """The error on a logarithmic axis, and below it the weights at the start of each step."""
    col = layout.side_column
    weights = told.variant.model.weights
    return [
        Chart(
            "Error by step",
            (FIRST_ROW, col),
            (_series(layout, "error"),),
            x_title="step",
            y_title="error (logarithmic)",
            log_y=True,
        ),
        Chart(
            "Weights by step",
            (FIRST_ROW + CHART_ROWS, col),
            tuple(_series(layout, key) for key in weights),
            x_title="step",
            y_title="weight",
        ),
    ]


def _series(layout: Layout, key: str) -> Series:
    col, step = layout.columns[key], layout.columns["step"]
    first, last = layout.rows
    return Series((HEADER_ROW, col), Box(first, step, last, step), Box(first, col, last, col))
