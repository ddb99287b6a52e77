"""The first sheet of a workbook: what is in it, which question each sheet answers, how to use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..address import Box, cell_name, quote_sheet
from ..book import Formula, Sheet
from ..book.look import Link, Look, Style
from .looks import NUMBER, number_rules
from .told import Told

_HOW = (
    "Click a name to go to its sheet; each sheet stands alone.",
    "Yellow cells are inputs: learning rate, initial weights, data. Change one and everything follows at once.",
    "Each row of a table is one training row; the row below starts from its updated weights. Read from left to right.",
    "Charts stand to the right of the table, a summary to the right of them, and what each column computes below it.",
    "Later epochs go on below the first and can be folded away with the small signs at the left edge.",
)
_COLOURS = (
    ("input", "an input: change it"),
    ("state", "a state, carried from row to row"),
    ("result", "a result"),
    ("error", "an error value: the number is too large or cannot be had"),
    ("dead", "a ReLU that passes nothing on: its unit learns nothing in this row"),
)
_HEADS = ("sheet", "what it shows", "error, first epoch", "error, last epoch", "explodes at step")
_WIDTHS = (34.0, 112.0, 18.0, 18.0, 18.0)


def contents(
    tolds: Sequence[Told],
    title: str,
    text: Sequence[str] = (),
    questions: Mapping[str, str] | None = None,
    others: Mapping[str, str] | None = None,
    name: str = "Contents",
    tries: Sequence[str] = (),
) -> Sheet:
    """A sheet of contents for a workbook.

    text: sentences under the title, a row each. questions: sheet name → the question that it answers (without one:
    what it trains). others: further sheets of the workbook and what they are for, such as a comparison. tries: what to
    try, a sentence each.
    """
    sheet, look = Sheet(name), Look(gridlines=False)
    sheet.constants[1, 1] = title
    look.styles[1, 1], look.heights[1] = Style("title", bold=True), 22.0
    row = _sentences(sheet, look, 2, text)
    row = _table(sheet, look, row + 1, tolds, questions or {}, others or {})
    if tries:
        row = _heading(sheet, look, row + 1, "What to try")
        row = _sentences(sheet, look, row, tries)
    row = _heading(sheet, look, row + 1, "How to use it")
    row = _sentences(sheet, look, row, _HOW)
    row = _heading(sheet, look, row + 1, "Colours")
    for role, meaning in _COLOURS:
        look.styles[row, 1] = Style(role, align="center")
        sheet.constants[row, 1] = role if role != "dead" else "dead unit"
        sheet.constants[row, 2] = meaning
        row += 1
    look.widths = dict(enumerate(_WIDTHS, 1))
    sheet.look = look
    return sheet


def _sentences(sheet: Sheet, look: Look, row: int, text: Sequence[str]) -> int:
    for sentence in text:
        sheet.constants[row, 1] = sentence
        look.styles[row, 1] = Style("note")
        row += 1
    return row


def _heading(sheet: Sheet, look: Look, row: int, text: str) -> int:
    sheet.constants[row, 1] = text
    look.styles[row, 1] = Style("plain", bold=True)
    return row + 1


def _table(
    sheet: Sheet,
    look: Look,
    row: int,
    tolds: Sequence[Told],
    questions: Mapping[str, str],
    others: Mapping[str, str],
) -> int:
    for col, head in enumerate(_HEADS, 1):
        sheet.constants[row, col] = head
        look.styles[row, col] = Style("header", bold=True)
    first = row + 1
    for told in tolds:
        row += 1
        where = told.sheet.name
        _link(sheet, look, row, where, questions.get(where, str(told.sheet.constants[1, 1])))
        for col, cell in enumerate(_results(told), 3):
            sheet.formulas[row, col] = Formula(f"{quote_sheet(where)}!{cell}", (row, col))
            look.styles[row, col] = Style("result", NUMBER if col < 5 else "General", align="right")
    if tolds:
        look.rules += number_rules(Box(first, 3, row, 4))
    for where, purpose in others.items():
        row += 1
        _link(sheet, look, row, where, purpose)
    return row + 1


def _link(sheet: Sheet, look: Look, row: int, where: str, text: str) -> None:
    sheet.constants[row, 1] = where
    look.links.append(Link((row, 1), where, (1, 1), where))
    sheet.constants[row, 2] = text


def _results(told: Told) -> list[str]:
    key = "mean_error" if "mean_error_1" in told.summary else "root_sum_error"
    cells = [told.summary[f"{key}_1"], told.summary[f"{key}_{told.variant.epochs}"], told.results["exploded"]]
    return [cell_name(*cell) for cell in cells]
