"""The look of one sheet to XlsxWriter: widths, panes, notes, rules, charts, and how it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..address import box_name
from ..errors import UsageError
from .formats import BASE, Formats
from .look import Chart, Look

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_A4 = 9
_COLOURS = ("#1F4FBF", "#C55A11", "#548235", "#7F6000", "#7030A0", "#C00000", "#00808A", "#404040")
_GRID = {"visible": True, "line": {"color": "#E3E3E3", "width": 0.75}}
_TEXT = {"name": BASE["font_name"], "size": 9, "bold": False}
_FONTS = {"name_font": _TEXT, "num_font": _TEXT}
_LOG = {"log_base": 10, "crossing": "min", "num_format": "[>=100000]0E+00;[<0.001]0E+00;General"}
_LABELS = 15  # how many labels fit along the category axis


def write_look(workbook: Workbook, target: Worksheet, look: Look, formats: Formats) -> None:
    """Everything of a look but the cells' styles, which the cells bring along. Raises UsageError."""
    for col, width in look.widths.items():
        target.set_column(col - 1, col - 1, width)
    for cell, text in look.notes.items():
        target.write_comment(cell[0] - 1, cell[1] - 1, text, _note_size(text))
    for box in look.merges:
        target.merge_range(*_corners(box), "")
    if look.freeze:
        target.freeze_panes(look.freeze[0] - 1, look.freeze[1] - 1)
    for rule in look.rules:
        options = {"type": "formula", "criteria": f"={rule.formula}", "format": formats.of_rule(rule)}
        target.conditional_format(*_corners(rule.box), options)
    if look.partial_sums:
        target.ignore_errors({"formula_range": " ".join(box_name(box) for box in look.partial_sums)})
    for chart in look.charts:
        _chart(workbook, target, chart)
    if look.print_titles:
        target.repeat_rows(look.print_titles[0] - 1, look.print_titles[1] - 1)
    _page(target)


def _corners(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    top, left, bottom, right = box
    return top - 1, left - 1, bottom - 1, right - 1


def _note_size(text: str) -> dict[str, object]:
    lines = sum(len(line) // 38 + 1 for line in text.split("\n"))
    return {"width": 240, "height": 16 * lines + 12, "font_name": BASE["font_name"], "font_size": 9}


def _page(target: Worksheet) -> None:
    """Printed across, one page wide and as many long as it takes."""
    target.set_landscape()
    target.set_paper(_A4)
    target.fit_to_pages(1, 0)
    target.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)


def _chart(workbook: Workbook, target: Worksheet, chart: Chart) -> None:
    for text in (chart.title, chart.x_title, chart.y_title):
        if text.startswith("="):
            raise UsageError(f"the chart text '{text}' would be read as a reference: begin it otherwise")
    kind = {"type": chart.kind, "subtype": "straight"} if chart.kind == "scatter" else {"type": chart.kind}
    made = workbook.add_chart(kind)
    for place, series in enumerate(chart.series):
        colour = _COLOURS[place % len(_COLOURS)]
        options = {
            "name": [target.name, series.name[0] - 1, series.name[1] - 1],
            "categories": [target.name, *_corners(series.categories)],
            "values": [target.name, *_corners(series.values)],
            "line": {"color": colour, "width": 1.75},
        }
        if series.markers:
            options["marker"] = {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}}
        made.add_series(options)
    made.set_title({"name": chart.title, "name_font": {**_TEXT, "size": 12, "bold": True}})
    made.set_x_axis({"name": chart.x_title, **_FONTS, "label_position": "low", **_x_spacing(chart)})
    made.set_y_axis({"name": chart.y_title, **_FONTS, "major_gridlines": _GRID, **(_LOG if chart.log_y else {})})
    made.set_legend({"position": "bottom", "font": _TEXT} if len(chart.series) > 1 else {"none": True})
    made.show_na_as_empty_cell()
    made.set_size({"width": chart.width, "height": chart.height})
    target.insert_chart(chart.at[0] - 1, chart.at[1] - 1, made, {"object_position": 2})


def _x_spacing(chart: Chart) -> dict[str, int]:
    """How far labels stand apart on a category axis, so that they do not crowd."""
    if chart.kind != "line" or not chart.series:
        return {}
    box = chart.series[0].categories
    apart = -(-box.height * box.width // _LABELS)
    return {"interval_unit": apart, "interval_tick": apart}
