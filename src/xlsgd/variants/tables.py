"""Data sets that are files: iris, which comes with the package, and a CSV file of the user's own."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import ClassVar

from ..errors import UsageError
from .csv_data import CsvTable, parse_csv, read_csv
from .data import Data, Rows
from .models import MAX_WIDTH
from .numbers import whole


@dataclass(frozen=True, slots=True)
class Iris(Data):
    """150 irises: four lengths in cm, three species; the species in turn, so that each appears from the start.

    ``count``: only the first so many. Inputs ``x1 x2 x3 x4``, targets ``y1 y2 y3``. R. A. Fisher, "The use of
    multiple measurements in taxonomic problems", Annals of Eugenics 7, 1936, with the numbers of that paper, as R and
    scikit-learn (BSD-3) have them: the file of the UCI repository differs in the 35th and the 38th flower.
    """

    name: ClassVar[str] = "iris"
    usage: ClassVar[str] = "iris[:N]"
    title: ClassVar[str] = "irises: four lengths in cm, three species (Fisher 1936)"
    count: int = 150

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("x1", "x2", "x3", "x4")

    @property
    def targets(self) -> tuple[str, ...]:
        return ("y1", "y2", "y3")

    @property
    def headers(self) -> tuple[str, ...]:
        return (*_iris().headers[:-1], *self.classes)

    @property
    def classes(self) -> tuple[str, ...]:
        return _iris().classes

    def text(self) -> str:
        return self.name if self.count == 150 else f"iris:{self.count}"

    def rows(self) -> Rows:
        rows = _one_hot(_iris())
        third = len(rows) // 3
        return tuple(rows[number // 3 + number % 3 * third] for number in range(self.count))

    @classmethod
    def parse(cls, argument: str) -> Data:
        where = f"data set 'iris:{argument}' (wanted {cls.usage})"
        data = cls(whole(argument, where) if argument else 150)
        if not 1 <= data.count <= 150:
            raise UsageError(f"{where}: N goes from 1 to 150")
        return data


@dataclass(frozen=True, slots=True)
class CsvData(Data):
    """A CSV file of the user's own: inputs first, the last column the target or the name of the class.

    Keys: ``x`` (``x1 x2 …`` where there are several) and ``y`` (``y1 y2 …``, a column a class).
    classify: True where the last column means classes though it holds numbers. Raises UsageError for a file that cannot
    be used, with the line and column that is wrong.
    """

    name: ClassVar[str] = "csv"
    usage: ClassVar[str] = "FILE.csv"
    title: ClassVar[str] = "a CSV file"
    path: str
    classify: bool = False
    table: CsvTable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", read_csv(self.path))
        if self.classes:
            self._check_classes()
        else:
            _ = self.table.targets

    @property
    def inputs(self) -> tuple[str, ...]:
        width = len(self.table.inputs[0])
        return ("x",) if width == 1 else tuple(f"x{number}" for number in range(1, width + 1))

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(f"y{number}" for number in range(1, len(self.classes) + 1)) or ("y",)

    @property
    def headers(self) -> tuple[str, ...]:
        if self.classes:
            return (*(self.table.headers[:-1] or self.inputs), *self.classes)
        return self.table.headers or (*self.inputs, *self.targets)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.table.classes if self.classify or _all_words(self.table) else ()

    def text(self) -> str:
        return self.path

    def rows(self) -> Rows:
        if self.classes:
            return _one_hot(self.table)
        return tuple((*inputs, y) for inputs, y in zip(self.table.inputs, self.table.targets, strict=True))

    def as_classes(self) -> CsvData:
        """The same file with its last column taken as classes. Raises UsageError where there are too many."""
        return dataclasses.replace(self, classify=True)

    def _check_classes(self) -> None:
        if not 2 <= len(self.classes) <= MAX_WIDTH:
            raise UsageError(
                f"data '{self.path}': {len(self.classes)} classes in the last column, 2 to {MAX_WIDTH} can be learnt"
            )

    @classmethod
    def parse(cls, argument: str) -> Data:
        return cls(argument)


@lru_cache(maxsize=1)
def _iris() -> CsvTable:
    return parse_csv(files(__package__).joinpath("iris.csv").read_text("utf-8"), "iris.csv")


def _one_hot(table: CsvTable) -> Rows:
    classes = table.classes
    return tuple(
        (*inputs, *(float(text == name) for name in classes))
        for inputs, text in zip(table.inputs, table.last, strict=True)
    )


def _all_words(table: CsvTable) -> bool:
    """True where no text of the last column begins as a number does: then they name classes."""
    return not any(text[:1].isdigit() or text[:1] in "+-.," for text in table.last)
