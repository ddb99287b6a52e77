"""The ends and names of a chart's curves: against the horizontal axis, against what stands above and below the cells.

Boxes stand: of ranges that lie (``across``) rows and columns have changed places.
"""

from __future__ import annotations

from ....address import Box
from ...findings import Place
from ..ground.case import Case
from ..names.meanings import joined

At = tuple[int, Box]
"""A sheet and cells of it."""


def _place(sheet: int, line: int, track: int, across: bool) -> Place:
    return (sheet, track, line) if across else (sheet, line, track)


def sticks_out(case: Case, sheet: int, box: Box, across: bool, is_axis: bool) -> tuple[str, Box] | None:
    """A range with a heading on top, or with a sum or mean of what is above at its end."""
    held = [case.desk.at(_place(sheet, line, box.left, across)) for line in range(box.top, box.bottom + 1)]
    if len(held) > 2 and isinstance(held[0], str) and all(type(one) is float for one in held[1:]):
        return "which begins with the heading; the numbers run over", box._replace(top=box.top + 1)
    end = _place(sheet, box.bottom, box.left, across)
    if not is_axis and len(held) > 3 and case.desk.program(end) is not None and case.fill_at(end) is None:
        column = Box(box.top, box.left, box.bottom - 1, box.left)
        for area in case.areas(end):
            read = Box(area.left, area.top, area.right, area.bottom) if across else Box(*area[1:])
            own = area.sheet == sheet and read.left <= box.left <= read.right and read.height > 1
            if own and read.top <= box.top and read.bottom == box.bottom - 1:
                return "of which the last is made of the others; these run over", column
    return None


def ends_early(case: Case, sheet: int, box: Box, mate: Box | None, across: bool) -> tuple[str, Box] | None:
    """A range that is shorter than the other axis, where its own column goes on as far as that."""
    if mate is None or mate.width > 1 or mate.height <= box.height:
        return None
    more = mate.height - box.height
    for right in (box._replace(bottom=box.bottom + more), box._replace(top=box.top - more)):
        added = [line for line in range(max(1, right.top), right.bottom + 1) if not box.top <= line <= box.bottom]
        if len(added) == more and all(
            case.desk.number(_place(sheet, line, box.left, across)) is not None for line in added
        ):
            return f"the other axis has {mate.height} cells; that is", right
    return None


def misnamed(case: Case, at: At, title: Place | None, label: str, drawn: list[At | None]) -> tuple[str, str] | None:
    """The name of a curve and the heading of its cells, where the name is the heading of other cells of the table."""
    own = heading(case, at)
    text = case.desk.at(title) if title is not None else label
    if own is None or not isinstance(text, str) or not joined(text) or joined(text) == joined(own[1]):
        return None
    if title is not None:
        level = title[0] == own[0][0] and own[0][1] == title[1] and title[2] != own[0][2]
        return (
            (text.strip(), own[1])
            if level and case.desk.number((title[0], title[1] + 1, title[2])) is not None
            else None
        )
    others = [found[1] for one in drawn if one is not None and (found := heading(case, one)) is not None]
    return (text.strip(), own[1]) if joined(text) in map(joined, others) else None


def heading(case: Case, at: At) -> tuple[Place, str] | None:
    """The text right above cells of one column."""
    sheet, box = at
    above = (sheet, box.top - 1, box.left)
    text = case.desk.at(above) if box.top > 1 and box.width == 1 else None
    return (above, text.strip()) if isinstance(text, str) and text.strip() else None
