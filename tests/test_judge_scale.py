"""What the judges do grows with a workbook and not with its square: calls of functions are counted, not seconds."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from types import FrameType

import openpyxl
import pytest

import xlsgd
from xlsgd.check.judge.court import judge
from xlsgd.plan import make_plan


def _unlike(workbook: openpyxl.Workbook, size: int) -> None:
    """Formulas none of which is another, and cells that show some of them."""
    sheet, pick = workbook.active, random.Random(5)
    for row in range(1, size + 1):
        sheet.cell(row, 1).value = row / 7
        for col in (2, 3):
            sheet.cell(row, col).value = f"=A{pick.randint(1, size)}*{pick.randint(2, 99)}+A{pick.randint(1, size)}"
        for col in (4, 5, 6, 7):
            sheet.cell(row, col).value = f"=B{pick.randint(1, size)}+C{pick.randint(1, size)}"


def _ranges(workbook: openpyxl.Workbook, size: int) -> None:
    """Ranges of one typed column that begin and end anywhere."""
    sheet, pick = workbook.active, random.Random(5)
    for row in range(1, size + 1):
        sheet.cell(row, 1).value = row / 7
        for col in (3, 4):
            top = pick.randint(1, size - 9)
            sheet.cell(row, col).value = f"=SUM(A{top}:A{pick.randint(top + 3, size)})+{pick.randint(1, 99)}"


def _sheets(workbook: openpyxl.Workbook, size: int) -> None:
    """Sheets alike, each of which goes on from the one before."""
    for number in range(size // 10):
        sheet = workbook.create_sheet(f"pass {number}")
        sheet["A1"], sheet["B1"] = "rate", 0.01
        before = f"'pass {number - 1}'!"
        for row in range(3, 13):
            sheet.cell(row, 1).value, sheet.cell(row, 2).value = row / 10, row / 4 + 1
            above = f"={before}C12-$B$1*{before}E12" if row == 3 else f"=C{row - 1}-$B$1*E{row - 1}"
            sheet.cell(row, 3).value = 1 if row == 3 and not number else above
            sheet.cell(row, 4).value = f"=C{row}*A{row}-B{row}"
            sheet.cell(row, 5).value = f"=2*D{row}*A{row}"


Told = Callable[[openpyxl.Workbook, int], None]


@pytest.mark.parametrize("told", [_unlike, _ranges, _sheets], ids=lambda one: one.__name__.strip("_"))
def test_twice_the_cells_are_not_four_times_the_work(told: Told) -> None:
    small, large = (_calls(told, size) for size in (300, 600))
    assert small > 1_000
    assert large < 2.6 * small


def _calls(told: Told, size: int) -> int:
    workbook = openpyxl.Workbook()
    told(workbook, size)
    plan = make_plan(xlsgd.load(workbook))
    calls = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        judge(plan)
    finally:
        sys.setprofile(before)
    return calls
