"""A workbook of the gallery: contents first, comparisons next, then a sheet a variant and what stands beside it."""

from __future__ import annotations

from ..address import Box
from ..book import Book, Formula, Sheet
from ..book.look import Chart, Look, Series, Style, Validation
from ..gallery import Exhibit
from ..variants import Data
from .books import bind
from .comparison import compare_sheet
from .contents import contents
from .one_formula import one_formula
from .telling import tell
from .told import Told

DATA_SHEET = "data"
_HEAD, _FIRST = 5, 6
_INTRODUCTION = (
    "Each sheet trains the same line, y = a·x + b, on the same rows; only the rule that changes the weights differs.",
    "Weights begin at a guess; each row predicts, measures its error, and moves both weights a little against it.",
    "In a neural network x is an image, say, and the weights are millions; the rules for changing them are the same.",
)


def tell_exhibit(exhibit: Exhibit) -> list[Told]:
    """The training sheets of an exhibit under their own names."""
    return [tell(show.variant, show.sheet) for show in exhibit.shows]


def make_exhibit(exhibit: Exhibit) -> tuple[Book, list[Told]]:
    """The workbook of an exhibit, nothing cached, and how its training sheets are laid out."""
    tolds = tell_exhibit(exhibit)
    by_name = {told.sheet.name: told for told in tolds}
    others: dict[str, str] = {}
    comparisons = []
    for name, sheets in exhibit.comparisons:
        title = f"{exhibit.title}: {name}"
        comparisons.append(compare_sheet([by_name[sheet] for sheet in sheets], name, title))
        others[name] = f"The errors of {len(sheets)} sheets side by side, and charts of them."
    body: list[Told | Sheet] = []
    for told in tolds:
        body.append(told)
        if exhibit.one_formula:
            sheet = one_formula(told).sheet
            others[sheet.name] = f"The run of the sheet {told.sheet.name} again, as a single formula."
            body.append(sheet)
    if exhibit.data_sheet:
        body.append(data_sheet(exhibit.variants[0].data))
        others[DATA_SHEET] = "Where such data come from: a line, and points on it."
    text = (exhibit.question, *(_INTRODUCTION if exhibit.data_sheet else ()))
    questions = {show.sheet: show.about for show in exhibit.shows}
    first = contents(tolds, exhibit.title, text, questions, others, tries=exhibit.tries)
    return bind([first, *comparisons, *body], exhibit.title), tolds


def data_sheet(data: Data) -> Sheet:
    """The data as a teacher would make them: the line's two numbers in yellow cells, x typed, y by a formula."""
    sheet, look = Sheet(DATA_SHEET), Look(gridlines=False)
    rows = data.rows()
    last = _FIRST + len(rows) - 1
    sheet.constants[1, 1] = "The data: points on a line, y = slope·x + intercept"
    look.styles[1, 1], look.heights[1] = Style("title", bold=True), 22.0
    for row, (label, number) in enumerate((("slope", 2.0), ("intercept", 30.0)), 2):
        sheet.constants[row, 1], sheet.constants[row, 2] = label, number
        look.styles[row, 1], look.styles[row, 2] = Style("header", bold=True), Style("input")
        text = "The training sheets hold the numbers themselves; copy the columns there to train on other data."
        look.validations.append(Validation((row, 2), label, text))
    for col, header in enumerate(("x", "y"), 1):
        sheet.constants[_HEAD, col] = header
        look.styles[_HEAD, col] = Style("header", bold=True)
    line = Formula(f"($B$2*A{_FIRST}+$B$3)", (_FIRST, 2))
    for row, (x, _) in enumerate(rows, _FIRST):
        sheet.constants[row, 1] = x
        sheet.formulas[row, 2] = line
        look.styles[row, 1] = Style("input")
    points = Series((_HEAD, 2), Box(_FIRST, 1, last, 1), Box(_FIRST, 2, last, 2), markers=True, line=False)
    look.charts = [Chart("The data", (_HEAD, 4), (points,), "scatter", "x", "y")]
    look.widths = {1: 12.0, 2: 12.0}
    look.freeze = (_FIRST, 1)
    sheet.look = look
    return sheet
