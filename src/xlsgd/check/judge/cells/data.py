"""Cells that a whole column of formulas reads and that hold text or nothing where a number belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ....formula.nodes import Call, Ref, TableRef
from ....functions.textnumber import text_to_number
from ....values import CellError
from ...findings import Finding, Place
from ..ground.case import Case, place_name, said
from ..ground.fills import Fill, Table
from ..ground.trees import corner_cell, nodes

ASK = frozenset({"IF", "ISBLANK", "ISNUMBER", "ISTEXT", "IFERROR", "IFNA", "COUNT", "COUNTA", "LEN", "IFS"})


@dataclass(slots=True)
class Swept:
    """The run of cells that one reference of a fill reads, position by position."""

    fill: Fill
    ref: Ref
    cells: list[Place]
    asked: bool


def swept(case: Case, fill: Fill) -> Iterator[Swept]:
    """The runs that the single references of a fill read on their way down (across: to the right)."""
    key = f"swept {id(fill)}"
    if key not in case.kept:
        case.kept[key] = list(_swept(case, fill))
    known = case.kept[key]
    assert isinstance(known, list)
    return iter(known)


def _swept(case: Case, fill: Fill) -> Iterator[Swept]:
    tree = fill.program.tree
    assert tree is not None
    asked = any(isinstance(node, Call) and node.name in ASK for node in nodes(tree))
    done: set[Ref] = set()
    for ref in (node for node in nodes(tree) if isinstance(node, Ref)):
        moves = not (ref.first.col_fixed if fill.across else ref.first.row_fixed)
        span = case.desk.cells.links.span(ref.where, fill.sheet)
        if ref.last is not None or ref.shape != "cells" or not moves or ref in done or span is None or len(span) != 1:
            continue
        done.add(ref)
        targets = [corner_cell(ref.first, *place[1:]) for place in fill.places()]
        if all(target is not None for target in targets) and span[0] < len(case.desk.book.sheets):
            yield Swept(fill, ref, [(span[0], *target) for target in targets if target is not None], asked)


def drifts(case: Case, table: Table, run: Swept) -> bool:
    """Whether a reference leaves a setting behind: first a number that stands alone, and soon none."""
    desk, first = case.desk, run.cells[0]
    if run.asked or desk.number(first) is None or len(run.cells) < 3 or _in_a_fill(case, first):
        return False
    rest = run.cells[1:]
    holes = [_hole(desk.at(place)) for place in rest]
    at = first[2] if run.fill.across else first[1]
    if first[0] != table.sheet or table.first <= at <= table.last:
        return 4 * sum(holes) > 3 * len(holes)
    if any(isinstance(desk.at(place), str) and text_to_number(str(desk.at(place))) is None for place in rest[:5]):
        return at < table.first
    return any(holes[:5]) and (holes[0] or 4 * sum(holes) > len(holes))


def _hole(value: object) -> bool:
    return value is None or isinstance(value, str)


def _in_a_fill(case: Case, place: Place) -> bool:
    fill = case.fill_at(place)
    return fill is not None and fill.size > 3


def data(case: Case) -> Iterator[Finding]:
    """Text and blanks among the numbers that fills read, each cell once."""
    done: set[Place] = set()
    for finding in _all(case):
        if finding.place is not None and finding.place not in done:
            done.add(finding.place)
            yield finding


def _all(case: Case) -> Iterator[Finding]:
    for table in case.tables:
        for fill in table.fills:
            for run in swept(case, fill):
                if not drifts(case, table, run):
                    yield from _in_run(case, table, run)
            yield from _fixed(case, fill)


def _fixed(case: Case, fill: Fill) -> Iterator[Finding]:
    """Text that looks like a number in a setting that a fill reads, and text or blanks in its fixed ranges."""
    assert fill.program.tree is not None
    plain = not any(isinstance(node, TableRef) for node in nodes(fill.program.tree))
    for area in case.areas(fill.place(fill.first)):
        if area.sheet >= len(case.desk.book.sheets):
            continue
        constants = case.desk.book.sheets[area.sheet].constants
        cells = [
            (row, col)
            for row in range(area.top, min(area.bottom, area.top + 20000) + 1)
            for col in range(area.left, min(area.right, area.left + 50) + 1)
        ]
        if len(cells) == 1:
            text = constants.get(cells[0])
            if isinstance(text, str) and as_person(text) is not None:
                yield _text(case, (area.sheet, *cells[0]), text)
            continue
        numbers = sum(case.desk.number((area.sheet, *cell)) is not None for cell in cells)
        if numbers < 3 or 4 * numbers < 3 * len(cells):
            continue
        for cell in cells:
            value, place = constants.get(cell), (area.sheet, *cell)
            if isinstance(value, str) and cell != cells[0] and (plain or as_person(value) is not None):
                yield _text(case, place, value)  # a table may well have other texts
            elif plain and value is None and case.desk.at(place) is None and cell not in (cells[0], cells[-1]):
                yield case.finding("data", place, f"{place_name(place)} is blank among numbers")


def _in_run(case: Case, table: Table, run: Swept) -> Iterator[Finding]:
    desk = case.desk
    typed = [place for place in run.cells if desk.program(place) is None]
    values = {place: desk.at(place) for place in run.cells}
    numbers = sum(type(values[place]) is float for place in run.cells)
    if numbers < 3 or 4 * numbers < 3 * len(run.cells) or len(typed) < 1:
        return
    for place in typed:
        value = values[place]
        if type(value) is float or case.fill_at(place) is not None or _separated(case, table, place):
            continue
        edge = place in (run.cells[0], run.cells[-1])
        if isinstance(value, str):
            if not (edge and run.ref.first.row < 0):
                yield _text(case, place, value)
        elif value is None and not run.asked and not edge:
            words = f"{place_name(place)} is blank among numbers; formulas read it as 0"
            yield case.finding("data", place, words)
        elif value is None and not run.asked and run.ref.first.row == 0 and _alone(case, table, place):
            words = f"{place_name(place)} is blank in a row that is filled; formulas read it as 0"
            yield case.finding("data", place, words)
        elif isinstance(value, bool | CellError):
            words = f"{place_name(place)} holds {said(value)} among numbers"
            yield case.finding("data", place, words)


def _separated(case: Case, table: Table, place: Place) -> bool:
    """Whether a cell lies in a row that no fill of its table has: a blank row between epochs."""
    position = place[2] if table.across else place[1]
    return place[0] == table.sheet and 2 * len(table.odd_at(position)) >= len(table.fills) > 1


def _text(case: Case, place: Place, text: str) -> Finding:
    number = text_to_number(text)
    looks = as_person(text)
    if number is not None:
        words = f"{place_name(place)} holds the text '{text}' where a number belongs; sums skip it, type {number:g}"
        return case.finding("data", place, words, wanted=number)
    words = f"{place_name(place)} holds the text '{text}' among numbers"
    return case.finding("data", place, words, wanted=looks)


def as_person(text: str) -> float | None:
    """A number as a person may have meant it: with a comma, spaces, the letter O."""
    tidy = text.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".").replace("O", "0").replace("o", "0")
    tidy = tidy.replace("l", "1").replace("\u2212", "-")
    return text_to_number(tidy)


def _alone(case: Case, table: Table, place: Place) -> bool:
    """Whether the row of a blank cell holds other typed numbers that the table reads."""
    sheet = case.desk.book.sheets[place[0]].constants
    row, col = place[1:]
    return any(type(sheet.get((row, other))) is float for other in (col - 2, col - 1, col + 1, col + 2))
