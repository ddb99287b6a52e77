"""A copy of a user's workbook with coloured cells, notes and one sheet more; every other part stays to the byte."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import UnreadableError
from .annotate_cells import Edit, cell_styles, edit_cells, in_utf8, plain, prefix_of
from .annotate_notes import EMPTY_COMMENTS, drawing_ids, new_drawing, with_boxes, with_comments
from .annotate_package import save_copy
from .annotate_sheet import ListRow, ListStyles, list_sheet
from .annotate_styles import EMPTY, Styles
from .annotate_xml import Parts, into, legacy_drawing, relations_space, with_legacy_drawing
from .book import Cell
from .cells import Common
from .package import Package
from .reader import read_common
from .sheet_xml import read_sheet
from .workbook_xml import SheetEntry, WorkbookPart, read_workbook

SHEET_NAME = "xlsgd"
_SML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_TYPES = {
    "worksheet": _SML + "worksheet+xml",
    "comments": _SML + "comments+xml",
    "styles": _SML + "styles+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What happens to a cell. colour: RRGGBB of its fill. note: the text of its note, "" for none."""

    colour: str
    note: str = ""


Marks = Mapping[int, Mapping[Cell, Mark]]
"""By the sheet's place in the book, by cell."""


def annotate_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    marks: Marks,
    rows: Sequence[ListRow],
    widths: Sequence[int],
) -> None:
    """Copy a workbook with its cells marked and a sheet with a list behind all others.

    Raises UnreadableError, and UsageError where the target cannot be written.
    """
    try:
        with Package(source) as package:
            parts = Parts(package)
            _annotate(parts, read_workbook(package), marks, rows, widths)
            save_copy(package, target, parts.changed, parts.added)
    except UnreadableError as error:
        error.path = source if error.path is None else error.path
        raise


def _annotate(
    parts: Parts, workbook: WorkbookPart, marks: Marks, rows: Sequence[ListRow], widths: Sequence[int]
) -> None:
    part = parts.package.workbook_part()
    space = relations_space(parts.package.read(part))
    style_part = workbook.part_of("styles")
    old = parts.get_xml(style_part) if style_part else None
    styles = Styles(EMPTY if old is None else old)
    common = read_common(parts.package, workbook, 2)
    for index, cells in marks.items():
        entry = workbook.sheets[index]
        if cells and entry.kind == "worksheet" and entry.part:
            _mark_sheet(parts, common, entry, cells, styles, space)
    _add_list(parts, workbook, part, rows, widths, styles, space)
    if old is None or style_part is None:
        style_part = parts.unused("xl/styles{}.xml")
        parts.relate(part, "styles", style_part, space)
        parts.declare(style_part, _TYPES["styles"])
    parts.put(style_part, styles.part())


def _mark_sheet(
    parts: Parts,
    common: Common,
    entry: SheetEntry,
    cells: Mapping[Cell, Mark],
    styles: Styles,
    space: bytes,
) -> None:
    before = parts.package.read(entry.part)
    old = cell_styles(before, cells)
    data = edit_cells(before, {cell: Edit(styles.shaded(old[cell], mark.colour)) for cell, mark in cells.items()})
    notes = {cell: mark.note for cell, mark in cells.items() if mark.note}
    if notes:
        data = in_utf8(data, lambda part: _with_notes(parts, entry, part, notes, space))
    one, two = (read_sheet((each,), entry.part, common).cells for each in (before, data))
    if (one.formulas, one.constants, one.cached) != (two.formulas, two.constants, two.cached):
        message = (
            f"the part {entry.part} is written in a way that cannot be changed safely: save the file in Excel first"
        )
        raise UnreadableError(message, sheet=entry.name)
    parts.put(entry.part, data)


def _with_notes(parts: Parts, entry: SheetEntry, data: bytes, notes: Mapping[Cell, str], space: bytes) -> bytes:
    """A worksheet part whose cells get notes; the parts that hold the notes are entered beside it."""
    relations = parts.package.relations(entry.part)
    if any(relation.kind == "threadedComment" for relation in relations.values()):
        return data  # Excel shows the threads and would drop what is added to the notes behind them
    part = next((relation.target for relation in relations.values() if relation.kind == "comments"), None)
    old = parts.get_xml(part) if part is not None else None
    if part is None or old is None:
        part = parts.unused("xl/comments{}.xml")
        parts.relate(entry.part, "comments", part, space)
        parts.declare(part, _TYPES["comments"])
        old = EMPTY_COMMENTS
    comments, fresh = with_comments(old, notes)
    parts.put(part, comments)
    if not fresh:
        return data
    drawings = [
        name for name in (*parts.package.entries, *parts.changed, *parts.added) if name.lower().endswith(".vml")
    ]
    number = max(drawing_ids(parts.get(name) or b"" for name in drawings), default=0) + 1
    key = legacy_drawing(data)
    drawing = relations[key].target if key is not None and key in relations else None
    boxes = parts.get(drawing) if drawing is not None else None
    if drawing is None or boxes is None:
        drawing, boxes = parts.unused("xl/drawings/vmlDrawing{}.vml"), new_drawing(number)
        parts.declare(drawing, _TYPES["vmlDrawing"])
        data = with_legacy_drawing(data, parts.relate(entry.part, "vmlDrawing", drawing, space))
    parts.put(drawing, with_boxes(boxes, fresh, number))
    return data


def _add_list(
    parts: Parts,
    workbook: WorkbookPart,
    part: str,
    rows: Sequence[ListRow],
    widths: Sequence[int],
    styles: Styles,
    space: bytes,
) -> None:
    colours = {row.colour for row in rows if row.colour is not None}
    base = styles.text()
    looks = ListStyles(
        base,
        styles.text(wrap=False),
        styles.text(bold=True, wrap=False),
        styles.text(link=True),
        {one: styles.shaded(base, one) for one in colours},
    )
    sheet = parts.unused("xl/worksheets/sheet{}.xml")
    parts.put(sheet, list_sheet(rows, widths, looks, strict=b"purl.oclc.org" in space))
    parts.declare(sheet, _TYPES["worksheet"])
    key = parts.relate(part, "worksheet", sheet, space)
    taken = {entry.name.casefold() for entry in workbook.sheets}
    name, number = SHEET_NAME, 1
    while name.casefold() in taken:
        number += 1
        name = f"{SHEET_NAME} ({number})"
    parts.put(part, in_utf8(parts.package.read(part), lambda data: _listed(data, name, key, space, part)))


def _listed(data: bytes, name: str, key: str, space: bytes, part: str) -> bytes:
    """The workbook part with one sheet more."""
    new = b'<%ssheet name="%s" sheetId="%d" xmlns:xlsgdr="%s" xlsgdr:id="%s"/>' % (
        prefix_of(data),
        plain(name),
        _next_id(data),
        space,
        key.encode(),
    )
    return into(data, b"sheets", new, part)


def _next_id(data: bytes) -> int:
    return max((int(one) for one in re.findall(rb"\ssheetId\s*=\s*[\"'](\d{1,9})[\"']", data)), default=0) + 1
