"""A told sheet as a file: charts, colours, widths and stored values, as a person and a plain viewer find them."""

from __future__ import annotations

import itertools
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from xlsgd import generate
from xlsgd.address import Box, column_name, parse_box
from xlsgd.book.look import Chart, Look
from xlsgd.sheet import Told, tell
from xlsgd.values import CellError
from xlsgd.variants import AdamGraddesc, Forward, Linear, Linear2, Momentum, Relu2, Variant

VARIANTS = [
    Variant(Linear()),
    Variant(Linear2(), epochs=2),
    Variant(Relu2(), Forward(), AdamGraddesc(), epochs=3),
]
SPACE = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
PIXELS_A_ROW, PIXELS_A_CHARACTER, PADDING, DEFAULT_WIDTH = 20, 7, 5, 8.43


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("told") / "told.xlsx"
    generate(VARIANTS, target)
    return target


def charts(path: Path) -> list[etree._Element]:
    with zipfile.ZipFile(path) as package:
        parts = sorted(name for name in package.namelist() if re.match(r"xl/charts/chart\d+\.xml", name))
        return [etree.fromstring(package.read(part)) for part in sorted(parts, key=lambda part: (len(part), part))]


def test_series_axes_and_names_of_charts_refer_to_cells(path: Path) -> None:
    found = charts(path)
    assert len(found) == 4 * len(VARIANTS)
    for number, chart in enumerate(found):
        told = tell(VARIANTS[number // 4])
        first, last = told.rows
        weights = told.variant.model.weights
        keys = [["error"], list(weights), [f"d{w}" for w in weights], ["y", "prediction"]][number % 4]
        series = chart.findall(".//c:ser", SPACE)
        assert len(series) == len(keys)
        for key, one in zip(keys, series, strict=True):
            sheet, col = f"'{told.sheet.name}'!", column_name(told.columns[key])
            along, across, axis, start = "c:cat", "c:val", "A", first
            if number % 4 == 3:  # the last epoch's data and predictions against x
                along, across, axis = "c:xVal", "c:yVal", column_name(told.columns["x"])
                start = last - len(told.variant.data.rows()) + 1
            assert one.findtext("c:tx/c:strRef/c:f", None, SPACE) == f"{sheet}${col}$8"
            assert one.findtext(f"{along}/c:numRef/c:f", None, SPACE) == f"{sheet}${axis}${start}:${axis}${last}"
            assert one.findtext(f"{across}/c:numRef/c:f", None, SPACE) == f"{sheet}${col}${start}:${col}${last}"


def test_charts_store_the_points_for_viewers_that_do_not_calculate(path: Path) -> None:
    error = charts(path)[0]
    points = [float(point.text or "") for point in error.findall(".//c:val//c:v", SPACE)]
    assert points[0] == 1849.0
    assert len(points) == 29
    exploding = charts(path)[4]
    assert 29 < len(exploding.findall(".//c:val//c:v", SPACE)) < 58  # errors are gaps, not zeros


def test_the_error_axis_is_logarithmic(path: Path) -> None:
    assert [chart.find(".//c:logBase", SPACE) is not None for chart in charts(path)] == [
        True, False, False, False
    ] * len(VARIANTS)  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_nothing_overlaps(variant: Variant) -> None:
    told = tell(variant)
    boxes = [covered(chart, told) for chart in look(told).charts]
    assert len(boxes) == 4
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meet(pair[1])]
    filled = set(told.sheet.constants) | set(told.sheet.formulas) | set(look(told).styles)
    for box in boxes:
        assert not [cell for cell in filled if box.has(*cell)]


def look(told: Told) -> Look:
    assert told.sheet.look is not None
    return told.sheet.look


def covered(chart: Chart, told: Told) -> Box:
    row, col = chart.at
    right, width = col, 0.0
    while width < chart.width:
        width += look(told).widths.get(right, DEFAULT_WIDTH) * PIXELS_A_CHARACTER + PADDING
        right += 1
    return Box(row, col, row + -(-chart.height // PIXELS_A_ROW), right - 1)


def test_titles_fit_the_columns_under_them() -> None:
    for variant in (Variant(Linear(), Forward(), AdamGraddesc()), Variant(Linear(), Forward(), Momentum())):
        told = tell(variant)
        row = 7
        titles = sorted((col, str(text)) for (r, col), text in told.sheet.constants.items() if r == row)
        ends = [col for col, _ in titles[1:]] + [max(told.columns.values()) + 1]
        assert len(titles) >= 6
        for (col, text), end in zip(titles, ends, strict=True):
            assert len(text) <= sum(look(told).widths[c] for c in range(col, end)), text


def test_stored_values_are_those_that_were_calculated(tmp_path: Path) -> None:
    made = generate(VARIANTS, tmp_path / "told.xlsx")
    shown = openpyxl.load_workbook(made.path, data_only=True)
    compared = errors = 0
    for sheet, told in zip(made.book.sheets, made.told, strict=True):
        for cell, value in sheet.cached.items():
            stored = shown[sheet.name].cell(*cell).value
            assert stored == (str(value) if isinstance(value, CellError) else value), (sheet.name, cell)
            compared += 1
            errors += isinstance(value, CellError)
        assert len(sheet.cached) == len(sheet.formulas)
        assert shown[sheet.name].cell(*told.summary["root_sum_error_1"]).value is not None
    assert compared > 3_000
    assert errors > 300


def test_the_famous_number(path: Path) -> None:
    shown = openpyxl.load_workbook(path, data_only=True)["linear-analytic-sgd"]
    told = tell(VARIANTS[0])
    assert shown.cell(*told.summary["root_sum_error_1"]).value == 150.75521153771854
    assert [cell.value for cell in shown[4]][5] == "√ sum of errors while training"
    assert [cell.value for cell in shown[5]][5:7] == ["epoch 1", 150.75521153771854]


def test_names_resolve_in_the_file(path: Path) -> None:
    workbook = openpyxl.load_workbook(path)
    seen = 0
    for variant in VARIANTS:
        sheet = workbook[variant.name]
        for name, defined in sheet.defined_names.items():
            if name in ("Print_Titles", "_xlnm.Print_Titles"):
                continue
            (place, cells), *_ = defined.destinations
            box = parse_box(cells)
            assert place == sheet.title
            assert box is not None
            assert sheet.cell(box.top, box.left).value is not None
            seen += 1
    assert seen == 4 + 6 + 11


def test_the_sheet_can_be_read_and_printed(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["linear2-analytic-sgd"]
    assert sheet.freeze_panes == "E11"  # title, settings, header and the data columns stay
    assert sheet["A5"].fill.fgColor.rgb == sheet["C11"].fill.fgColor.rgb == sheet["E10"].fill.fgColor.rgb == "FFFFF2CC"
    assert sheet["C40"].fill.fgColor.rgb != "FFFFF2CC"  # data of the second epoch are formulas, not inputs
    assert sheet.page_setup.fitToWidth == 2
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["H8"].comment is not None
