"""Names of several cells: do they cover the numbers that they name, and those of their heading?"""

from __future__ import annotations

from collections.abc import Iterator

from ....address import Box, box_name
from ....book import Name
from ....formula.nodes import Call
from ...findings import ERROR, WARNING, Place
from ..ground.case import Case
from ..ground.trees import nodes
from .aims import reckoned, uses
from .meanings import alike

LEAST = 3
COUNTING = frozenset({"ROWS", "COLUMNS", "COUNTA", "INDEX", "MATCH", "OFFSET", "LINEST", "SLOPE", "INTERCEPT"})
FAR = 10_000

Span = tuple[Name, int, Box]
"""A name, the index of its sheet, and its cells."""


def ill_fitting(case: Case, span: Span, others: list[Span]) -> tuple[str, Box, str] | None:
    """What is wrong with the cells that a name covers, those that it should cover, and how bad that is; or None.

    others: all names of several cells.
    """
    name, sheet, box = span
    lines = _Lines(case, sheet, across=box.height == 1)
    first, last = lines.ends(box)
    if last - first + 1 < LEAST or box.height * box.width > FAR:
        return None
    used = any(reckoned(tree, name) for tree in uses(case, name)) or any(
        isinstance(node, Call) and node.name in COUNTING for tree in uses(case, name) for node in nodes(tree)
    )
    if used and all(isinstance(case.desk.at(place), str) for place in lines.at(box, first)):
        return "which begins with the heading", lines.box(box, first + 1, last), ERROR
    if used and all(_no_data(case, place) for place in lines.at(box, last)) and lines.full(box, first, last - 1):
        return "of which the last is none of the data", lines.box(box, first, last - 1), ERROR
    if not lines.full(box, first, last):
        return None
    top, bottom = lines.run(box, first, last)
    short = (first - top, bottom - last) in ((0, 1), (1, 0))
    left_out = [*lines.at(box, top), *lines.at(box, bottom)] if short else []
    left_out = [place for place in left_out if not box.has(*place[1:])]
    alone = lines.single(box) and any(case.alone(place) and not _swept(case, place) for place in left_out)
    if short and not alone:
        whole = lines.box(box, top, bottom)
        severity = WARNING if _shared(span, others, whole) else ERROR
        return f"the numbers run over {box_name(whole)}", whole, severity
    return _column_beside(case, span) if used and lines.single(box) else None


def _swept(case: Case, place: Place) -> bool:
    """Whether the formulas of a table read a cell line by line."""
    readers = list(case.readers(place))
    return any(case.fill_at(reader) is not None and reader[1] == place[1] for reader in readers)


def _no_data(case: Case, place: Place) -> bool:
    """Whether a cell is blank or holds a formula that reads cells."""
    return case.desk.at(place) is None or bool(case.areas(place))


def _shared(span: Span, others: list[Span], whole: Box) -> bool:
    """Whether several names stop where one does, and none goes on: some rows are left out on purpose."""
    name, sheet, box = span
    fellows = [other for one, at, other in others if at == sheet and one is not name]
    ends = [(one.top, one.bottom) if box.height > 1 else (one.left, one.right) for one in fellows]
    own = (box.top, box.bottom) if box.height > 1 else (box.left, box.right)
    full = (whole.top, whole.bottom) if box.height > 1 else (whole.left, whole.right)
    return own in ends and full not in ends


def _column_beside(case: Case, span: Span) -> tuple[str, Box, str] | None:
    """A name over a column with another heading, where nothing reads the column that is headed as the name says."""
    name, sheet, box = span
    heading = case.desk.at((sheet, box.top - 1, box.left)) if box.height > 1 and box.top > 1 else None
    if not isinstance(heading, str) or alike(name.name, heading):
        return None
    for col in range(max(1, box.left - 8), box.left + 9):
        other, text = box._replace(left=col, right=col), case.desk.at((sheet, box.top - 1, col))
        if isinstance(text, str) and alike(name.name, text) and _Lines(case, sheet, False).full(other, *other[::2]):
            unread = not any(case.reads((sheet, row, col)) for row in range(box.top, box.bottom + 1))
            if unread:
                return f"headed '{heading.strip()}'; nothing reads the column headed '{text.strip()}'", other, ERROR
    return None


class _Lines:
    """Cells line by line: rows of a range that stands, columns of one that lies."""

    def __init__(self, case: Case, sheet: int, across: bool) -> None:
        self.case, self.sheet, self.across = case, sheet, across

    def ends(self, box: Box) -> tuple[int, int]:
        return (box.left, box.right) if self.across else (box.top, box.bottom)

    def box(self, box: Box, first: int, last: int) -> Box:
        return box._replace(left=first, right=last) if self.across else box._replace(top=first, bottom=last)

    def single(self, box: Box) -> bool:
        return (box.height if self.across else box.width) == 1

    def at(self, box: Box, line: int) -> Iterator[Place]:
        if self.across:
            return ((self.sheet, row, line) for row in range(box.top, box.bottom + 1))
        return ((self.sheet, line, col) for col in range(box.left, box.right + 1))

    def _typed(self, box: Box, line: int) -> bool:
        places = list(self.at(box, line)) if line > 0 else []
        return bool(places) and all(
            self.case.desk.program(place) is None and self.case.desk.number(place) is not None for place in places
        )

    def full(self, box: Box, first: int, last: int) -> bool:
        """Whether all cells hold typed numbers."""
        return all(self._typed(box, line) for line in range(first, last + 1))

    def run(self, box: Box, first: int, last: int) -> tuple[int, int]:
        """How far typed numbers go on at both ends, a little at most."""
        top, bottom = first, last
        while first - top < LEAST and self._typed(box, top - 1):
            top -= 1
        while bottom - last < LEAST and self._typed(box, bottom + 1):
            bottom += 1
        return top, bottom
