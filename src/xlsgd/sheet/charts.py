"""The charts of a sheet, each series, axis and name bound to cells."""

from __future__ import annotations

from ..address import Box
from ..book.look import Chart, Series
from .layout import FIRST_ROW, HEADER_ROW, Layout
from .told import Told

CHART_ROWS, CHART_COLUMNS = 17, 9  # what a chart takes, with a little room


def make_charts(told: Told, layout: Layout) -> list[Chart]:
    """Two by two: the error (logarithmic) and the weights, the derivatives and what suits the model, all by step."""
    weights = told.variant.model.weights
    made = [
        _by_step("Error by step", "error (logarithmic)", layout, ["error"], log_y=True),
        _by_step("Weights by step", "weight", layout, list(weights)),
        _by_step("Derivatives by step", "∂e/∂w", layout, [f"d{w}" for w in weights]),
        _fourth(told, layout),
    ]
    places = [(row, col) for row in (0, CHART_ROWS) for col in (0, CHART_COLUMNS)]
    return [_at(chart, layout, place) for chart, place in zip(made, places, strict=True)]


def _fourth(told: Told, layout: Layout) -> Chart:
    if "prediction" in layout.columns:
        rows = layout.epoch(layout.epochs)
        series = (_points(layout, "x", "y", rows), _points(layout, "x", "prediction", rows))
        title = "Data and predictions, last epoch" if layout.epochs > 1 else "Data and predictions"
        return Chart(title, (0, 0), series, "scatter", "x", "y")
    if "p_1" in layout.columns:
        keys = [key for key in layout.columns if key.startswith("p_")]
        return _by_step("Probabilities by step", "probability", layout, keys)
    return Chart("Error against x", (0, 0), (_points(layout, "x", "error", layout.rows),), "scatter", "x", "error")


def _by_step(title: str, y_title: str, layout: Layout, keys: list[str], log_y: bool = False) -> Chart:
    first, last = layout.rows
    step = layout.columns["step"]
    series = tuple(
        Series(
            (HEADER_ROW, layout.columns[key]),
            Box(first, step, last, step),
            Box(first, layout.columns[key], last, layout.columns[key]),
        )
        for key in keys
    )
    return Chart(title, (0, 0), series, x_title="step", y_title=y_title, log_y=log_y)


def _points(layout: Layout, x: str, y: str, rows: tuple[int, int]) -> Series:
    one, two = layout.columns[x], layout.columns[y]
    values = Box(rows[0], two, rows[1], two)
    return Series((HEADER_ROW, two), Box(rows[0], one, rows[1], one), values, markers=True, line=False)


def _at(chart: Chart, layout: Layout, place: tuple[int, int]) -> Chart:
    import dataclasses

    return dataclasses.replace(chart, at=(FIRST_ROW + place[0], layout.side_column + place[1]))
