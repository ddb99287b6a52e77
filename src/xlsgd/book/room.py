"""How much of a workbook is kept in memory, counted while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..errors import LimitError
from ..limits import Limits, current


@dataclass(slots=True)
class Room:
    """What one workbook has taken so far. The limits are those that held when its reading began."""

    limits: Limits = field(default_factory=current)
    cells: int = 0
    strings: int = 0
    characters: int = 0

    @classmethod
    def of(cls, times: int) -> Room:
        """With room for so many times the cells."""
        limits = current()
        return cls(replace(limits, cells=times * limits.cells))

    def copy(self) -> Room:
        """For what may have to be read again from its beginning."""
        return replace(self)

    def check_cells(self, more: int) -> None:
        """Raises LimitError where so many cells, kept one by one, are too many beside those that were taken."""
        if self.cells + more > self.limits.cells:
            raise LimitError(f"has more than {self.limits.cells:,} cells that are not filled down (limit 'cells')")

    def take_text(self, text: str | bytes) -> None:
        """One text more is kept. Raises LimitError."""
        self.characters += len(text)
        if self.characters > self.limits.characters:
            raise LimitError(f"has more than {self.limits.characters:,} characters of text (limit 'characters')")

    def take_string(self, text: str) -> None:
        """One shared string more is kept. Raises LimitError."""
        self.take_text(text)
        self.strings += 1
        if self.strings > self.limits.strings:
            raise LimitError(f"has more than {self.limits.strings:,} shared strings (limit 'strings')")
