"""What two macros of graddesc.xlsm do between epochs besides copying: they lower the learning rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..book import Book, Cell
from ..engine.base import Values
from .carry import named_box

MAX_HALVINGS = 200

State = dict[Cell, float]
"""Cells without a formula that get another number."""

Calculate = Callable[[State], Values]


@dataclass(frozen=True, slots=True)
class Annealing:
    """A rule after each epoch. after: types what it wants, calculates, and gives the values that then hold."""

    words: str
    after: Callable[[Values, Calculate], Values]


def find_annealing(book: Book, sheet: int) -> Annealing | None:
    """The rule of adam_ann by its names, that of adagrad_ann by its formula in H33; None elsewhere."""
    cells = {name: _cell(book, sheet, name) for name in ("gradrat", "lr", "avg_grad2", "prev_grad2")}
    ratio, lr, mean, before = cells.values()
    if ratio and lr and mean and before:
        return _by_ratio(sheet, ratio, lr, mean, before)
    measure, own, constants = (33, 8), book.sheets[sheet].formulas, book.sheets[sheet].constants
    known = measure in own and own[measure].text.upper().startswith("SUMPRODUCT(HISTGRAD,")
    if known and all(type(constants.get(cell)) is float for cell in ((2, 4), (1, 10))):
        return _by_measure(sheet, measure, (2, 4), (1, 10))
    return None


def _cell(book: Book, sheet: int, name: str) -> Cell | None:
    box = named_box(book, sheet, name)
    return (box.top, box.left) if box is not None else None


def _number(values: Values, sheet: int, cell: Cell) -> float:
    value = values.at(sheet, *cell)
    return value if isinstance(value, float) else float("nan")


def _by_ratio(sheet: int, ratio: Cell, lr: Cell, mean: Cell, before: Cell) -> Annealing:
    def after(values: Values, calculate: Calculate) -> Values:
        typed: State = {}
        if _number(values, sheet, ratio) > 2:
            typed[lr] = _number(values, sheet, lr) / 4
        if _number(values, sheet, mean) < _number(values, sheet, before):
            typed[before] = _number(values, sheet, mean)
        return calculate(typed) if typed else values

    return Annealing("lr is divided by 4 where gradrat is above 2, prev_grad2 follows avg_grad2 down", after)


def _by_measure(sheet: int, measure: Cell, lr: Cell, before: Cell) -> Annealing:
    def after(values: Values, calculate: Calculate) -> Values:
        for _ in range(MAX_HALVINGS):
            if not _number(values, sheet, measure) > 2 * _number(values, sheet, before):
                break
            values = calculate({lr: _number(values, sheet, lr) / 2})
        return calculate({before: _number(values, sheet, measure)})

    return Annealing("the rate in D2 is halved while H33 is above twice J1, then J1 takes H33", after)
