"""What a step's kernel depends on outside its formulas, noted so that it can be asked again of another workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...book import Name
from ...formula.nodes import Ref, TableRef, Where
from ...plan import Region
from ..links import Links
from .places import CannotCompile
from .tables import plain_reference

Question = tuple[str, tuple[Any, ...], Any]
"""The method that was asked, its arguments, and the answer."""


@dataclass(slots=True)
class Answers:
    """A workbook's answers to the questions of the lowering. ``used``: the last used row and column of a sheet."""

    links: Links
    last_used: Callable[[int], tuple[int, int]]
    log: list[Question] = field(default_factory=list)

    def span(self, where: Where, sheet: int) -> range | None:
        """The positions of the sheets that a reference means."""
        found = self.links.span(where, sheet)
        self.log.append(("span", (where, sheet), found))
        return found

    def name(self, text: str, where: Where | None, sheet: int) -> Name | None:
        """A defined name."""
        found = self.links.name(text, where, sheet)
        self.log.append(("name", (text, where, sheet), found))
        return found

    def used(self, sheet: int) -> tuple[int, int]:
        """The last used row and column of a sheet."""
        found = self.last_used(sheet)
        self.log.append(("used", (sheet,), found))
        return found

    def plain(self, tree: TableRef, region: Region) -> Ref:
        """A structured reference as a plain one. Raises CannotCompile."""
        self.log.append(("plain", (tree, region), None))
        found = plain_reference(tree, region, self.links)
        self.log[-1] = ("plain", (tree, region), found)
        return found

    def agree(self, log: list[Question]) -> bool:
        """Whether this workbook gives the same answers."""
        try:
            return all(getattr(self, question)(*arguments) == answer for question, arguments, answer in log)
        except CannotCompile:
            return False
