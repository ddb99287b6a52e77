"""The summary of a sheet: what came of each epoch, and when the run exploded."""

from __future__ import annotations

from ..address import Box, cell_name, column_name
from ..book import Formula
from .columns import fill, unfold
from .layout import FIRST_ROW, LABEL_ROW, VALUE_ROW, Layout
from .told import Told

TITLE, EXPLODED, ERRORS, HEAD = range(FIRST_ROW, FIRST_ROW + 4)
EXPLOSION = 1e9

_RUNNING = {"root": "√ sum of errors while training", "mean": "mean error while training"}
_AT_END = "√ sum of errors at its end"


def write_summary(told: Told, layout: Layout) -> None:
    """By epoch: the errors while training and at its end, and the weights after it; the main results also on top.

    ``root_sum_error_1`` sums errors that each belong to the weights of their own row; ``end_root_error_1`` takes the
    weights after the epoch for every row. Cells of the second kind are array formulas.
    """
    left, measure = layout.summary_column, told.variant.model.measure
    sheet = told.sheet
    sheet.constants[TITLE, left] = "what came of each epoch"
    _explosion(told, layout)
    heads = ["epoch", *(text for _, text, _ in _measures(told, layout, 1)), *told.variant.model.weights]
    for place, text in enumerate(heads):
        sheet.constants[HEAD, left + place] = text
    for epoch in range(1, layout.epochs + 1):
        _epoch(told, layout, epoch)
    _result(told, layout, measure)


def _epoch(told: Told, layout: Layout, epoch: int) -> None:
    row, last, left = HEAD + epoch, layout.epoch(epoch)[1], layout.summary_column
    told.sheet.constants[row, left] = float(epoch)
    col = left
    for key, _, text in _measures(told, layout, epoch):
        col += 1
        kind, box = ("array", Box(row, col, row, col)) if key.startswith("end_") else ("normal", None)
        told.sheet.formulas[row, col] = Formula(text, (row, col), kind, box)
        told.summary[f"{key}_{epoch}"] = (row, col)
    for w in told.variant.model.weights:
        col += 1
        told.sheet.formulas[row, col] = Formula(cell_name(last, layout.columns[f"new_{w}"]), (row, col))
        told.summary[f"end_{w}_{epoch}"] = (row, col)


def _measures(told: Told, layout: Layout, epoch: int) -> list[tuple[str, str, str]]:
    """Key, heading and formula of each measure of an epoch."""
    first, last = layout.epoch(epoch)
    error, measure = _range(layout, "error", first, last), told.variant.model.measure
    if measure == "mean":
        hits = f"SUM({_range(layout, 'hit', first, last)})"
        mean = f"SUM({error})/{layout.epoch_rows}"
        return [("mean_error", _RUNNING[measure], mean), ("hits", f"hits of {layout.epoch_rows}", hits)]
    found = [("root_sum_error", _RUNNING[measure], f"SQRT(SUM({error}))")]
    if told.variant.data.inputs:
        found.append(("end_root_error", _AT_END, f"SQRT(SUM({_error_at_end(told, layout, first, last)}))"))
    return found


def _error_at_end(told: Told, layout: Layout, first: int, last: int) -> str:
    """The error's recipe with ranges for the data and the weights after the epoch, as an array."""
    recipe, weights = layout.table.recipe, told.variant.model.weights
    data = {*told.variant.data.inputs, *told.variant.data.targets}
    template = unfold(recipe.error, recipe.forward)

    def cells(key: str) -> str:
        if key in data:
            return _range(layout, key, first, last)
        if key in weights:
            return cell_name(last, layout.columns[f"new_{key}"])
        row, col = layout.settings[key]
        return f"${column_name(col)}${row}"

    return elementwise(fill(template, lambda key, _: cells(key)))


def elementwise(formula: str) -> str:
    """``MAX(z,0)`` of a ReLU as ``IF(z>0,z,0)``, since MAX of an array is one number."""
    while (at := formula.find("MAX(")) >= 0:
        end = _closing(formula, at + 3)
        inner = formula[at + 4 : end].removesuffix(",0")
        formula = f"{formula[:at]}IF({inner}>0,{inner},0){formula[end + 1 :]}"
    return formula


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    raise ValueError(f"no closing parenthesis in {text}")


def _range(layout: Layout, key: str, first: int, last: int) -> str:
    name = column_name(layout.columns[key])
    return f"{name}{first}:{name}{last}"


def _explosion(told: Told, layout: Layout) -> None:
    """The first step whose error is beyond a typed limit, and the first that has an error value."""
    sheet, left = told.sheet, layout.summary_column
    first, last = layout.rows
    step, error = (_range(layout, key, first, last) for key in ("step", "error"))
    limit = cell_name(EXPLODED, left + 1)
    sheet.constants[EXPLODED, left] = "beyond"
    sheet.constants[EXPLODED, left + 1] = EXPLOSION
    sheet.constants[EXPLODED, left + 2] = "is the error first at step"
    sheet.constants[ERRORS, left + 2] = "an error value stands first at step"
    told.settings["explosion"] = (EXPLODED, left + 1)
    beyond = f"IF(ISNUMBER({error}),{error}>{limit},TRUE)"
    wrong = f"ISERROR({error})"
    for row, key, condition in ((EXPLODED, "exploded", beyond), (ERRORS, "first_error", wrong)):
        cell = (row, left + 3)
        text = f'IF(SUM(IF({condition},1,0))=0,"never",MIN(IF({condition},{step})))'
        sheet.formulas[cell] = Formula(text, cell, "array", Box(*cell, *cell))
        told.results[key] = cell


def _result(told: Told, layout: Layout, measure: str) -> None:
    left, key = layout.result_column, "mean_error" if measure == "mean" else "root_sum_error"
    sheet = told.sheet
    sheet.constants[LABEL_ROW, left] = _RUNNING[measure]
    for place, epoch in enumerate(sorted({1, layout.epochs})):
        label, value = (VALUE_ROW, left + 2 * place), (VALUE_ROW, left + 2 * place + 1)
        sheet.constants[label] = f"epoch {epoch}"
        sheet.formulas[value] = Formula(cell_name(*told.summary[f"{key}_{epoch}"]), value)
    sheet.constants[LABEL_ROW, left + 4] = "explodes at step"
    cell = (VALUE_ROW, left + 4)
    sheet.formulas[cell] = Formula(cell_name(*told.results["exploded"]), cell)
    told.results["exploded_on_top"] = cell
