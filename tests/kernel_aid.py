"""For the tests of the kernels: books run by both engines, and their cells compared to the bit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xlsgd.book import Book
from xlsgd.engine import get_engine
from xlsgd.engine.base import Values
from xlsgd.engine.kernels import Bound, Refused, bind
from xlsgd.engine.links import Links
from xlsgd.plan import Plan, Step, make_plan
from xlsgd.tagged import Texts, bits, tag
from xlsgd.values import Scalar, Unsupported

BLANK = bits(3)
Key = tuple[int, int, int]


@dataclass
class Tables:
    """The cells of all sheets in memory as the kernels see them: columns of tagged values."""

    book: Book
    rows: int
    cols: int
    texts: Texts = field(default_factory=Texts)

    def __post_init__(self) -> None:
        shape = (self.cols + 2, self.rows + 2)
        self.columns = [np.full(shape, BLANK, dtype=np.uint64) for _ in self.book.sheets]
        self.pointers = [np.array([one[col].ctypes.data for col in range(shape[0])]) for one in self.columns]
        for index, sheet in enumerate(self.book.sheets):
            for (row, col), value in sheet.constants.items():
                self.put((index, row, col), value)

    def put(self, key: Key, value: Scalar | Unsupported) -> None:
        self.columns[key[0]][key[2], key[1]] = tag(value, self.texts)

    def get(self, key: Key) -> int:
        return int(self.columns[key[0]][key[2], key[1]])

    def addresses(self, sheets: tuple[int, ...]) -> list[int]:
        return [self.pointers[sheet].ctypes.data for sheet in sheets]


@dataclass
class Outcome:
    """What became of a book's steps; ``wrong``: cells on which the engines differ, with both values' bits."""

    compiled: list[Step] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    gave_up: int = 0
    wrong: list[tuple[Key, str, str]] = field(default_factory=list)


def compare(book: Book, plan: Plan | None = None) -> Outcome:
    """Run each step by its kernel where there is one, over the scalar engine's values of the steps before."""
    plan = plan or make_plan(book)
    values = get_engine("scalar").run(plan)
    tables = _tables(book, values)
    links, outcome = Links.of(book), Outcome()
    used = {index: _used(book, values, index) for index in range(len(book.sheets))}
    for step in plan.steps:
        keys = list(step.cells())
        found = bind(step, links, used.__getitem__)
        if isinstance(found, Refused):
            outcome.refused.append(found.reason)
        elif _reads_are_backed(found, tables) and found.run(tables.addresses(found.sheets)):
            outcome.compiled.append(step)
            outcome.wrong += _differences(keys, values, tables)
        else:
            outcome.gave_up += 1
        for key in keys:
            tables.put(key, values.at(*key))
    return outcome


def _tables(book: Book, values: Values) -> Tables:
    cells = [key for index, sheet in enumerate(book.sheets) for key in (*sheet.constants, *values.results[index])]
    bottom, right = max((row for row, _ in cells), default=1), max((col for _, col in cells), default=1)
    tables = Tables(book, bottom + 60, right + 60)
    for index, sheet in enumerate(book.sheets):
        for cell, value in values.results[index].items():
            if cell not in sheet.formulas:  # what arrays fill
                tables.put((index, *cell), value)
    return tables


def _used(book: Book, values: Values, index: int) -> tuple[int, int]:
    cells = [*book.sheets[index].constants, *values.results[index]]
    return max((row for row, _ in cells), default=0), max((col for _, col in cells), default=0)


def _reads_are_backed(bound: Bound, tables: Tables) -> bool:
    return all(area.bottom <= tables.rows and area.right <= tables.cols for area in bound.reads)


def _differences(keys: list[Key], values: Values, tables: Tables) -> list[tuple[Key, str, str]]:
    found = []
    for key in keys:
        expected, got = tag(values.at(*key), tables.texts), tables.get(key)
        if expected != got:
            found.append((key, f"{expected:016x}", f"{got:016x}"))
    return found


def same(book: Book) -> Outcome:
    """The outcome of a book on which the engines must agree."""
    outcome = compare(book)
    assert not outcome.wrong
    return outcome
