"""Blocks that repeat every few rows or columns, on sheets that nobody understood: a cell of a block is another."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter as letter

import xlsgd
from xlsgd.check.findings import Finding

XS, YS = [0.3, 1.1, 0.7, 1.9, 1.4, 2.2], [1.2, 2.9, 1.8, 4.4, 3.5, 5.3]
Cells = dict[str, object]


def _stacked(count: int = 4) -> Cells:
    """Passes over all data, one below the other: weights above the samples, means below them."""
    cells: Cells = {"A1": "rate", "B1": 0.04, "I3": "pass", "J3": "loss"}
    for number in range(count):
        top = 4 + 11 * number
        before = top - 11
        first, last = top + 2, top + 7
        cells |= {f"A{top}": f"pass {number}", f"B{top}": "slope", f"D{top}": "level"}
        cells |= {f"{c}{top + 1}": n for c, n in zip("ABCDEF", ("in", "out", "h", "d", "d*in", "d²"), strict=True)}
        if number:
            cells |= {
                f"C{top}": f"=C{before}-$B$1*E{before + 8}",
                f"E{top}": f"=E{before}-$B$1*D{before + 8}",
            }
        else:
            cells |= {f"C{top}": 0.2, f"E{top}": 0.1}
        for row, x, y in zip(range(first, last + 1), XS, YS, strict=True):
            cells |= {f"A{row}": f"=A{row - 11}" if number else x, f"B{row}": f"=B{row - 11}" if number else y}
            cells |= {f"C{row}": f"=$C${top}*A{row}+$E${top}", f"D{row}": f"=C{row}-B{row}"}
            cells |= {f"E{row}": f"=D{row}*A{row}", f"F{row}": f"=D{row}^2"}
        cells |= {f"{column}{last + 1}": f"=2*AVERAGE({column}{first}:{column}{last})" for column in "DE"}
        cells[f"F{last + 1}"] = f"=AVERAGE(F{first}:F{last})"
        cells |= {f"I{4 + number}": number, f"J{4 + number}": f"=F{last + 1}"}
    return cells


def _to_the_right() -> Cells:
    """Batches of three, each sample a column: gradients and an average of them under the last of each batch."""
    names = ("batch", "in", "out", "slope", "level", "h", "d", "g", "k", "v", "u")
    cells: Cells = {"A1": "rate", "B1": 0.03, "A2": "decay", "B2": 0.8}
    cells |= {f"A{row}": name for row, name in enumerate(names, 4)}
    for at in range(18):
        own, left, first = letter(2 + at), letter(1 + at), at % 3 == 0
        cells |= {f"{own}4": at // 3 + 1, f"{own}5": XS[at % 6] + at // 6 / 10, f"{own}6": YS[(at + at // 6) % 6]}
        cells |= {f"{own}9": f"={own}7*{own}5+{own}8", f"{own}10": f"={own}9-{own}6"}
        for row in (7, 8):
            step = f"={left}{row}-$B$1*{left}{row + 6}" if first else f"={left}{row}"
            cells[f"{own}{row}"] = step if at else 0.1
        if at % 3 == 2:
            start, old = letter(at), letter(at - 1)
            cells[f"{own}11"] = f"=SUMPRODUCT({start}10:{own}10,{start}5:{own}5)"
            cells[f"{own}12"] = f"=SUM({start}10:{own}10)"
            for row in (13, 14):
                share = f"(1-$B$2)*{own}{row - 2}"
                cells[f"{own}{row}"] = f"=$B$2*{old}{row}+{share}" if at > 2 else f"={share}"
    return cells


def _rates() -> Cells:
    """Four runs side by side that do not know of each other; the third lowers its rate."""
    cells: Cells = {"A1": "x^4 by gradient descent", "A4": "step"}
    cells |= {f"A{row}": row - 5 for row in range(5, 25)}
    for number in range(4):
        x, g = letter(2 + 3 * number), letter(3 + 3 * number)
        cells |= {f"{x}2": "lr", f"{g}2": 0.01 * (number + 1), f"{x}4": "x", f"{g}4": "gradient", f"{x}5": 1.5}
        for row in range(5, 25):
            cells[f"{g}{row}"] = f"=4*{x}{row}^3"
            if row > 5:
                rate = f"{g}$2/(1+0.1*$A{row - 1})" if number == 2 else f"{g}$2"
                cells[f"{x}{row}"] = f"={x}{row - 1}-{rate}*{g}{row - 1}"
    return cells


def _sheets(count: int = 5) -> Cells:
    """Passes over all data, a sheet each; a list of their losses on a sheet of its own."""
    cells: Cells = {"Setup!A1": "rate", "Setup!B1": 0.04}
    for number in range(count):
        page, before = f"pass {number}!", f"'pass {number - 1}'!"
        cells |= {f"{page}A1": "slope", f"{page}C1": "level", f"{page}A3": "in", f"{page}B3": "out", f"{page}C3": "h"}
        if number:
            cells |= {
                f"{page}B1": f"={before}B1-Setup!$B$1*{before}E10",
                f"{page}D1": f"={before}D1-Setup!$B$1*{before}D10",
            }
        else:
            cells |= {f"{page}B1": 0.2, f"{page}D1": 0.1}
        for row, x, y in zip(range(4, 10), XS, YS, strict=True):
            cells |= {f"{page}A{row}": x, f"{page}B{row}": y, f"{page}C{row}": f"=$B$1*A{row}+$D$1"}
            cells |= {
                f"{page}D{row}": f"=C{row}-B{row}",
                f"{page}E{row}": f"=D{row}*A{row}",
                f"{page}F{row}": f"=D{row}^2",
            }
        cells |= {f"{page}{column}10": f"=2*AVERAGE({column}4:{column}9)" for column in "DE"}
        cells[f"{page}F10"] = "=AVERAGE(F4:F9)"
        cells |= {f"Setup!A{3 + number}": number, f"Setup!B{3 + number}": f"='pass {number}'!F10"}
    return cells


def _found(cells: Cells, folder: Path) -> list[Finding]:
    book = openpyxl.Workbook()
    for cell, value in cells.items():
        page, _, address = cell.rpartition("!")
        if page and page not in book.sheetnames:
            book.create_sheet(page)
        (book[page] if page else book.active)[address] = value
    book.save(folder / "book.xlsx")
    return [one for one in xlsgd.verify(folder / "book.xlsx").files[0].errors if one.cause]


@pytest.mark.parametrize(
    "cells",
    [_stacked(), _stacked(3), _to_the_right(), _rates(), _sheets(), _sheets(3)],
    ids=["stacked", "three", "to the right", "four runs", "sheets", "three sheets"],
)
def test_nothing_is_wrong(cells: Cells, tmp_path: Path) -> None:
    assert _found(cells, tmp_path) == []


@pytest.mark.parametrize(
    ("cell", "formula", "kind"),
    [
        ("C26", "=C4-$B$1*E23", "reference"),  # the weight of the pass before last
        ("E26", "=E15-$B$1*E23", "reference"),  # the other weight's gradient
        ("C37", "=C26+$B$1*E34", "formula"),  # the last pass goes up
        ("C26", 0.9, "hard-coded"),
        ("D23", "=2*AVERAGE(D17:D21)", "reference"),
        ("J6", "=F23", "reference"),  # a list that repeats a pass
        ("D19", "=C19-A19", "reference"),
    ],
)
def test_a_pass_that_is_another(cell: str, formula: object, kind: str, tmp_path: Path) -> None:
    assert [(one.kind, one.cell) for one in _found(_stacked() | {cell: formula}, tmp_path)] == [(kind, cell)]


def test_the_weights_of_the_pass_before_in_all_rows(tmp_path: Path) -> None:
    wrong = {f"C{row}": f"=$C$15*A{row}+$E$26" for row in range(28, 34)}
    (one,) = _found(_stacked() | wrong, tmp_path)
    assert (one.kind, one.cell, one.range, one.expected_formula) == ("reference", "C28", "C28:C33", "=$C$26*A28+$E$26")


def test_two_passes_and_their_siblings(tmp_path: Path) -> None:
    (one,) = _found(_stacked(3) | {"C26": "=C4-$B$1*E23"}, tmp_path)
    assert (one.cell, one.expected_formula) == ("C26", "=C15-$B$1*E23")


@pytest.mark.parametrize(
    ("cell", "formula", "kind"),
    [
        ("K7", "=J7-$B$1*J14", "reference"),
        ("K8", "=J8+$B$1*J14", "formula"),
        ("M13", "=$B$2*G13+(1-$B$2)*M11", "reference"),
        ("J11", "=SUMPRODUCT(I10:J10,I5:J5)", "reference"),
        ("H8", 0.31, "hard-coded"),
    ],
)
def test_a_batch_that_is_another(cell: str, formula: object, kind: str, tmp_path: Path) -> None:
    assert [(one.kind, one.cell) for one in _found(_to_the_right() | {cell: formula}, tmp_path)] == [(kind, cell)]


@pytest.mark.parametrize(
    ("cell", "formula", "kind"),
    [
        ("pass 3!B1", "='pass 1'!B1-Setup!$B$1*'pass 2'!E10", "reference"),
        ("pass 2!D1", "='pass 1'!D1-Setup!$B$1*'pass 1'!E10", "reference"),
        ("pass 4!D1", "='pass 3'!D1+Setup!$B$1*'pass 3'!D10", "formula"),
        ("pass 2!E10", "=AVERAGE(E4:E9)", "formula"),
        ("pass 1!D1", 0.2, "hard-coded"),
        ("Setup!B5", "='pass 1'!F10", "reference"),
    ],
)
def test_a_sheet_that_is_another(cell: str, formula: object, kind: str, tmp_path: Path) -> None:
    found = _found(_sheets() | {cell: formula}, tmp_path)
    assert [(one.kind, one.where) for one in found] == [(kind, cell)]


def test_a_column_of_a_sheet_that_is_another(tmp_path: Path) -> None:
    (one,) = _found(_sheets() | {f"pass 2!E{row}": f"=D{row}" for row in range(4, 10)}, tmp_path)
    assert (one.kind, one.where, one.range) == ("formula", "pass 2!E4", "E4:E9")
