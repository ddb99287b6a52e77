"""Native charts to XlsxWriter; every series, axis and name refers to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UsageError
from .formats import BASE
from .look import Chart, Series

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_COLOURS = ("#1F4FBF", "#C55A11", "#548235", "#7F6000", "#7030A0", "#C00000", "#00808A", "#404040")
_GRID = {"visible": True, "line": {"color": "#E3E3E3", "width": 0.75}}
_TEXT = {"name": BASE["font_name"], "size": 9, "bold": False}
_FONTS = {"name_font": _TEXT, "num_font": _TEXT}
_LOG = {"log_base": 10, "crossing": "min", "num_format": "[>=100000]0E+00;[<0.001]0E+00;General"}
_LABELS = 15  # how many labels fit along the category axis
_LEGEND = 8  # how many entries a legend can have and still be read
_STAY = 3  # charts do not move when rows above them are folded away


def write_chart(workbook: Workbook, target: Worksheet, chart: Chart) -> None:
    """One chart. Raises UsageError for a text that Excel would take for a reference."""
    for text in (chart.title, chart.x_title, chart.y_title):
        if text.startswith("="):
            raise UsageError(f"the chart text '{text}' would be read as a reference: begin it otherwise")
    kind = {"type": chart.kind, "subtype": "straight"} if chart.kind == "scatter" else {"type": chart.kind}
    made = workbook.add_chart(kind)
    for place, series in enumerate(chart.series):
        made.add_series(_series(target, series, _COLOURS[place % len(_COLOURS)]))
    made.set_title({"name": chart.title, "name_font": {**_TEXT, "size": 12, "bold": True}})
    x_log, y_log = (_LOG if log else {} for log in (chart.log_x, chart.log_y))
    made.set_x_axis({"name": chart.x_title, **_FONTS, "label_position": "low", **_x_spacing(chart), **x_log})
    made.set_y_axis({"name": chart.y_title, **_FONTS, "major_gridlines": _GRID, "label_position": "low", **y_log})
    legend = 1 < len(chart.series) <= _LEGEND
    made.set_legend({"position": "bottom", "font": _TEXT} if legend else {"none": True})
    made.show_na_as_empty_cell()
    made.set_size({"width": chart.width, "height": chart.height})
    target.insert_chart(chart.at[0] - 1, chart.at[1] - 1, made, {"object_position": _STAY})


def _series(target: Worksheet, series: Series, colour: str) -> dict[str, object]:
    sheet = series.sheet or target.name
    boxes = {"categories": series.categories, "values": series.values}
    options: dict[str, object] = {
        "name": [sheet, series.name[0] - 1, series.name[1] - 1],
        **{kind: [sheet, box.top - 1, box.left - 1, box.bottom - 1, box.right - 1] for kind, box in boxes.items()},
        "line": {"color": colour, "width": 1.75} if series.line else {"none": True},
    }
    if series.markers:
        options["marker"] = {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}}
    return options


def _x_spacing(chart: Chart) -> dict[str, int]:
    """How far labels stand apart on a category axis, so that they do not crowd."""
    if chart.kind != "line" or not chart.series:
        return {}
    box = chart.series[0].categories
    apart = -(-box.height * box.width // _LABELS)
    return {"interval_unit": apart, "interval_tick": apart}
