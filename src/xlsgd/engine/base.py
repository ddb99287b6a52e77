"""What an engine is: something that runs a plan and gives values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ..address import cell_name, parse_box, parse_cell
from ..book import Book, Cell
from ..book.columns import CellColumns, plain
from ..tagged import Numbers
from ..values import Scalar, Unsupported

if TYPE_CHECKING:
    import pandas as pd

    from ..plan import Plan

Result: TypeAlias = Scalar | Unsupported


@dataclass(frozen=True, slots=True)
class Options:
    """How to recalculate.

    volatile: ``"cached"`` keeps the stored value of cells that change by themselves (RAND, NOW, …) where there is
    one, ``"fresh"`` draws anew. seed: makes fresh random numbers repeatable.
    """

    volatile: str = "cached"
    seed: int | None = None


@dataclass(slots=True)
class Counts:
    """Formula cells: all, run by a compiled loop, run cell by cell, without an answer."""

    formulas: int = 0
    compiled: int = 0
    fallback: int = 0
    unsupported: int = 0


@dataclass(slots=True)
class Values(Mapping[str, Result]):
    """The values of a workbook after a run, by name: ``values["Sheet!A1"]``.

    ``results[i]`` holds sheet ``i``: every formula cell and every cell that an array formula or a spill fills.
    Constants are looked up in the book. ``seconds`` has what each stage took; ``remarks`` what a user should know
    (external values taken from the cache, circular references, …).
    """

    book: Book
    results: list[Mapping[Cell, Result]]
    engine: str
    counts: Counts = field(default_factory=Counts)
    seconds: dict[str, float] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def at(self, sheet: int, row: int, col: int) -> Result:
        """The value of one cell by sheet index, row and column; None where it is blank."""
        found = self.results[sheet].get((row, col), _MISSING)
        if isinstance(found, _Missing):
            return self.book.sheets[sheet].constants.get((row, col))
        return found

    def __getitem__(self, name: str) -> Result:
        sheet, _, cell = name.rpartition("!")
        index, place = self.book.index(sheet.strip("'").replace("''", "'")), parse_cell(cell)
        if index is None or place is None:
            raise KeyError(name)
        return self.at(index, *place)

    def __iter__(self) -> Iterator[str]:
        for sheet, cells in zip(self.book.sheets, self.results, strict=True):
            for row, col in cells:
                yield f"{sheet.name}!{cell_name(row, col)}"

    def __len__(self) -> int:
        return sum(len(cells) for cells in self.results)

    def frame(self, sheet: str) -> pd.DataFrame:
        """One sheet as a pandas frame: index are row numbers, columns the letters of the used columns.

        Numbers, text and logicals stand as such, errors as :class:`~xlsgd.values.CellError`, blanks as None.
        Raises KeyError where the sheet does not exist.
        """
        import pandas as pd

        from ..address import column_name

        index = self._index(sheet)
        constants: Mapping[Cell, Result] = self.book.sheets[index].constants
        cells = {**plain(constants), **plain(self.results[index])}
        rows, cols = sorted({r for r, _ in cells}), sorted({c for _, c in cells})
        data = {column_name(c): [cells.get((r, c)) for r in rows] for c in cols}
        return pd.DataFrame(data, index=pd.Index(rows, name="row"), dtype=object)

    def array(self, name: str) -> Numbers:
        """The numbers of a range such as ``"Sheet!B5:F104"`` as a float64 array, shape (rows, columns).

        What is no number (text, logicals, errors, blanks, cells without an answer) is nan. Raises KeyError where the
        sheet does not exist or the name is none.
        """
        import numpy as np

        sheet, _, cells = name.rpartition("!")
        box, index = parse_box(cells), self._index(sheet.strip("'").replace("''", "'"))
        if box is None:
            raise KeyError(name)
        found = np.full((box.height, box.width), np.nan)
        for held in (self.book.sheets[index].constants, self.results[index]):
            if isinstance(held, CellColumns):
                for col in range(box.left, box.right + 1):
                    column = held.window(col, box.top, box.bottom)
                    numbers = ~np.isnan(column)
                    found[numbers, col - box.left] = column[numbers]
            else:
                for (row, col), value in held.items():
                    if type(value) is float and box.has(row, col):
                        found[row - box.top, col - box.left] = value
        return found

    def _index(self, sheet: str) -> int:
        index = self.book.index(sheet)
        if index is None:
            raise KeyError(sheet)
        return index


class _Missing:
    """Marks a cell that has no result, as None is the value of a blank one."""


_MISSING = _Missing()


class Engine(Protocol):
    """Runs a plan. Stateless: one object serves any number of plans.

    Raises EngineError where the engine is not installed or fails as a whole; a single cell that it cannot do is
    :class:`~xlsgd.values.Unsupported` in the result.
    """

    name: str

    def run(self, plan: Plan, options: Options = ...) -> Values: ...
