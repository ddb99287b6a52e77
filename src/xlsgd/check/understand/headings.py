"""Headings of tracks and labels of single cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...address import column_name
from ...book import Book, Cell
from .base import Place
from .view import View

REACH = 6  # lines above a block in which its headings may stand


@dataclass(slots=True)
class Headings:
    """The headings of a block's tracks, and the cells in which they stand."""

    texts: dict[int, str] = field(default_factory=dict)
    cells: dict[int, Cell] = field(default_factory=dict)

    def __getitem__(self, track: int) -> str:
        return self.texts.get(track, "")


def headings(view: View, first: int, tracks: list[int]) -> Headings:
    """The headings above a block: from the line with most texts; for a track without one there, from those near it."""
    lines = range(first - 1, max(0, first - 1 - REACH), -1)
    counts = {line: sum(bool(view.text(line, track)) for track in tracks) for line in lines}
    best = max(lines, key=lambda line: (counts[line], line), default=0)
    found = Headings()
    for track in tracks:
        for line in [best, *(line for line in (best + 1, best - 1) if line in counts)] if best else []:
            text = view.text(line, track)
            if text and (line == best or len(text) <= 24):
                found.texts[track], found.cells[track] = text, view.place(line, track)
                break
    return found


def letter(view: View, track: int) -> str:
    """A track's own name: a column's letters, a row's number."""
    return str(track) if view.across else column_name(track)


def label(book: Book, place: Place) -> str:
    """What stands beside a single cell: its defined name, or the text left of it or above it."""
    sheet, row, col = place
    for name in book.names:
        if name.sheet in (None, sheet) and _is_cell(book, name.text, place):
            return name.name
    constants = book.sheets[sheet].constants
    for step in (1, 2):
        text = constants.get((row, col - step))
        if isinstance(text, str) and text.strip():
            return text.strip()
        if text is not None:
            break
    for step in (1, 2):
        text = constants.get((row - step, col))
        if isinstance(text, str) and text.strip():
            return text.strip()
        if text is not None:
            break
    return ""


def _is_cell(book: Book, text: str, place: Place) -> bool:
    from ...address import parse_cell, quote_sheet

    sheet, _, cell = text.rpartition("!")
    wanted = book.sheets[place[0]].name
    return parse_cell(cell) == place[1:] and sheet in (
        wanted,
        quote_sheet(wanted),
        "'" + wanted.replace("'", "''") + "'",
    )
