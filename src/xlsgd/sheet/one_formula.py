"""A whole training run in one formula for Excel 365, beside the classic sheet that it must agree with.

``REDUCE`` walks over the rows of the data and stacks, row by row, what the classic sheet has in its columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..address import Box, cell_name, column_name, quote_sheet
from ..book import Cell, Formula, Sheet
from ..book.look import Chart, Look, Series, Style
from ..errors import UsageError
from .columns import Column, fill, holes
from .looks import NUMBER, WIDE, number_rules
from .table import make_table
from .told import Told

NEW_FUNCTIONS = ("LET", "LAMBDA", "REDUCE", "SEQUENCE", "HSTACK", "VSTACK", "TAKE", "DROP")
TITLE_ROW, NOTE_ROW, RESULT_ROW, TEXT_ROW = 1, 2, 4, 6


@dataclass(slots=True)
class OneFormula:
    """The sheet, the box that its formula fills, and the cell with the largest difference to the classic sheet.

    columns: the keys of the classic sheet → columns here.
    """

    sheet: Sheet
    box: Box
    columns: dict[str, int]
    difference: Cell


def one_formula(told: Told, name: str | None = None) -> OneFormula:
    """The run of a told variant again, in one formula that refers to the classic sheet's data and settings.

    Raises UsageError for what one formula does not do: rules that look back over an epoch, batches, shuffles, ranges
    within a row, models without data.
    """
    table = make_table(told.variant)
    computed = [column for column in table.columns if column.formula]
    _refuse(told, computed)
    lines = _lines(told, computed)
    text = " ".join(lines)
    top = TEXT_ROW + len(lines) + 2
    count = told.rows[1] - told.rows[0] + 1
    box = Box(top + 1, 2, top + count, len(computed) + 1)
    sheet = Sheet((name or f"{told.sheet.name}, one formula")[:31])
    made = OneFormula(sheet, box, {c.key: 2 + place for place, c in enumerate(computed)}, (RESULT_ROW, 4))
    sheet.formulas[box.top, 2] = Formula(excel_text(text), (box.top, 2), "array", box, dynamic=True)
    _write(made, told, computed, lines)
    _compare(made, told, computed)
    sheet.look = _look(made, computed, len(lines))
    return made


def _refuse(told: Told, computed: list[Column]) -> None:
    variant = told.variant
    if variant.batch_rows > 1 or variant.shuffle is not None or any(column.again for column in computed):
        raise UsageError(f"variant '{variant.name}' goes by epochs or batches: one formula does not do that")
    if any("}:{" in column.formula for column in computed):
        raise UsageError(f"variant '{variant.name}' has ranges within a row: one formula knows single numbers alone")
    if not variant.data.inputs:
        raise UsageError(f"variant '{variant.name}' has no data: one formula walks over the rows of the data")


def _lines(told: Told, computed: list[Column]) -> list[str]:
    """The formula in lines as a person would break it, with plain names; the cells of the classic sheet outside."""
    data = [*told.variant.data.inputs, *told.variant.data.targets]
    first, last = told.rows
    place = quote_sheet(told.sheet.name)

    def column(key: str) -> str:
        letters = column_name(told.columns[key])
        return f"{place}!${letters}${first}:${letters}${last}"

    used = dict.fromkeys(key for c in computed for key in holes(c.formula) if key in told.settings)
    outer = [f"{key}s,{column(key)}," for key in data]
    outer += [f"{key}_,{place}!${column_name(told.settings[key][1])}${told.settings[key][0]}," for key in used]
    starts = [_start(told, column, place) for column in computed]
    outer.append(f"begin,HSTACK({','.join(starts)}),")
    inner = [f"{_name(key)},INDEX({key}s,step)," for key in data]
    inner += [f"{_name(c.key)},{_body(c, computed, told)}," for c in _in_order(computed)]
    whole = ",".join(_name(column.key) for column in computed)
    return [
        "LET(",
        *outer,
        f"DROP(REDUCE(begin,SEQUENCE(ROWS({data[0]}s)),LAMBDA(run,step,LET(",
        "old,TAKE(run,-1),",
        *inner,
        f"VSTACK(run,HSTACK({whole}))",
        "))),1))",
    ]


def _start(told: Told, column: Column, place: str) -> str:
    """What stands in the row before the first: the typed start of a state, of a new weight that of its weight."""
    key = column.key.removeprefix("new_") if column.key.startswith("new_") else column.key
    if key not in told.starts or (key == column.key and key in told.variant.model.weights):
        return "0"
    row, col = told.starts[key]
    return f"{place}!${column_name(col)}${row}"


def _body(column: Column, computed: list[Column], told: Told) -> str:
    places = {one.key: number for number, one in enumerate(computed, 1)}

    def named(key: str, which: str) -> str:
        if which == "old":
            return f"INDEX(old,1,{places[key]})"
        return f"{key}_" if key in told.settings else _name(key)

    return fill(column.formula, named)


def _name(key: str) -> str:
    """A name that Excel takes for no cell: ``c`` and ``r`` alone are rows and columns to it."""
    return f"w_{key}" if len(key) == 1 and key not in "xy" else key


def _in_order(computed: list[Column]) -> list[Column]:
    """The columns so that each comes after those it needs from its own row."""
    keys = {column.key: column for column in computed}
    done: dict[str, Column] = {}

    def visit(column: Column) -> None:
        if column.key in done:
            return
        bare = re.sub(r"\{old \w+\}", "", column.formula)
        for key in holes(bare):
            if key in keys:
                visit(keys[key])
        done[column.key] = column

    for column in computed:
        visit(column)
    return list(done.values())


def excel_text(text: str) -> str:
    """A formula as Excel stores it: ``_xlfn.`` before new functions, ``_xlpm.`` before the names of LET and LAMBDA.

    >>> excel_text("LET( n,A1, n*2)")
    '_xlfn.LET(_xlpm.n,A1,_xlpm.n*2)'
    """
    names = set(re.findall(r"(?:\(|,) ?([a-z]\w*)(?=,)", text))
    parts = re.split(r"('[^']*'![$A-Z0-9:]*|\b[\w.]+![$A-Z0-9:]*)", text)
    for place in range(0, len(parts), 2):
        plain = re.sub(rf"\b({'|'.join(NEW_FUNCTIONS)})\(", r"_xlfn.\1(", parts[place])
        parts[place] = re.sub(r"(?<![\w.$])[a-z]\w*\b(?!\()", lambda m: _parameter(m[0], names), plain).replace(" ", "")
    return "".join(parts)


def _parameter(word: str, names: set[str]) -> str:
    return f"_xlpm.{word}" if word in names else word


def _write(made: OneFormula, told: Told, computed: list[Column], lines: list[str]) -> None:
    sheet, box = made.sheet, made.box
    sheet.constants[TITLE_ROW, 1] = f"{told.variant.model.title}: the whole run in one formula (Excel 365)"
    sheet.constants[NOTE_ROW, 1] = (
        f"Cell {cell_name(box.top, box.left)} holds the only formula of the table below; it fills all of it. Data and"
        f" settings are those of the sheet {told.sheet.name}: change them there and both follow."
    )
    sheet.constants[RESULT_ROW, 1] = "largest difference to the classic sheet"
    for number, line in enumerate(lines):
        sheet.constants[TEXT_ROW + number, 1 + (0 < number < len(lines) - 1)] = ("= " if number == 0 else "") + line
    sheet.constants[box.top - 1, 1] = "step"
    for column in computed:
        sheet.constants[box.top - 1, made.columns[column.key]] = column.header
    for number in range(box.height):
        sheet.constants[box.top + number, 1] = float(number + 1)


def _compare(made: OneFormula, told: Told, computed: list[Column]) -> None:
    """The largest difference over all cells; an error on both sides counts as none."""
    first, last = told.rows
    place, parts = quote_sheet(told.sheet.name), []
    for column in computed:
        here, there = column_name(made.columns[column.key]), column_name(told.columns[column.key])
        mine = f"{here}{made.box.top}:{here}{made.box.bottom}"
        theirs = f"{place}!{there}{first}:{there}{last}"
        parts.append(f"MAX(IF(ISERROR({mine}),IF(ISERROR({theirs}),0,1),ABS({mine}-{theirs})))")
    cell = made.difference
    made.sheet.formulas[cell] = Formula(f"MAX({','.join(parts)})", cell, "array", Box(*cell, *cell))


def _look(made: OneFormula, computed: list[Column], lines: int) -> Look:
    box = made.box
    look = Look(gridlines=False)
    look.styles[TITLE_ROW, 1] = Style("title", bold=True)
    look.heights[TITLE_ROW] = 22.0
    look.styles[NOTE_ROW, 1] = Style("note")
    look.styles[made.difference] = Style("result", bold=True, align="center")
    for row in range(TEXT_ROW, TEXT_ROW + lines):
        for col in (1, 2):
            look.styles[row, col] = Style("note")
    look.styles[box.top - 1, 1] = Style("header", bold=True)
    look.widths = {1: 8.0, **dict.fromkeys(range(2, box.right + 1), WIDE)}
    look.styles.update({(row, 1): Style("plain", align="center") for row in range(box.top, box.bottom + 1)})
    for column in computed:
        col = made.columns[column.key]
        look.styles[box.top - 1, col] = Style("header", bold=True)
        style = Style(column.role if column.role != "input" else "plain", NUMBER)
        look.styles.update({(row, col): style for row in range(box.top, box.bottom + 1)})
    look.rules += number_rules(box)
    look.charts = [_chart(made)]
    return look


def _chart(made: OneFormula) -> Chart:
    box, col = made.box, made.columns["error"]
    series = Series((box.top - 1, col), Box(box.top, 1, box.bottom, 1), Box(box.top, col, box.bottom, col))
    return Chart("Error by step", (box.top - 1, box.right + 2), (series,), x_title="step", y_title="error", log_y=True)
