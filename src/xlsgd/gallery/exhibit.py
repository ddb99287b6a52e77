"""What a workbook of the gallery is: a question, the sheets that answer it, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from ..variants import Variant

SIDE_BY_SIDE = "side by side"


@dataclass(frozen=True, slots=True)
class Show:
    """One training sheet: its name, what is trained on it, and what a person should notice."""

    sheet: str
    variant: Variant
    about: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One workbook.

    name: of the file, without ``.xlsx``. question: what it answers. tries: what to do with it, a sentence each.
    mathematics: why it comes out as it does, with sources; for the page ``docs/gallery.md``. findings: sentences with
    numbers of the workbook in the form ``{sheet:key:format}``, where key is one of the summary (``root_sum_error_1``),
    of the results (``exploded``) or a column and a step (``error@28``). compare: whether one sheet puts all others side
    by side; groups: where several do, their names and what they compare. picture: the sheet that the page shows.
    data_sheet: the data have a sheet of their own. one_formula: beside each sheet stands one that has the whole run in
    one formula.
    """

    name: str
    title: str
    question: str
    tries: tuple[str, ...]
    mathematics: str
    findings: tuple[str, ...]
    shows: tuple[Show, ...]
    compare: bool = True
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    picture: str = SIDE_BY_SIDE
    data_sheet: bool = False
    one_formula: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.xlsx"

    @property
    def variants(self) -> list[Variant]:
        """One a sheet, in the order of the sheets."""
        return [show.variant for show in self.shows]

    @property
    def sheets(self) -> list[str]:
        """The names of the training sheets."""
        return [show.sheet for show in self.shows]

    @property
    def comparisons(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The comparison sheets: the name of each, and the sheets that it puts side by side."""
        return self.groups or (((SIDE_BY_SIDE, tuple(self.sheets)),) if self.compare else ())

    @property
    def steps(self) -> int:
        """How much work the workbook is: rows times weights, over all sheets."""
        return sum(len(variant.rows()) * len(variant.model.weights) for variant in self.variants)
