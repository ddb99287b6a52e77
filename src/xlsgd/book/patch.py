"""A copy of a user's workbook in which only the stored values of formula cells change.

Every other byte of the changed worksheet parts stays, every other part stays as it is (macros, controls, charts), and
the entries of the zip keep their names, order, method and dates. ``calcChain`` is left alone: no formula comes or goes.
"""

from __future__ import annotations

import copy
import io
import os
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..address import cell_name
from ..errors import UnreadableError
from ..tagged import is_blank
from ..values import VALUE, CellError, Scalar, Unsupported, finish
from .atomic import replace_file
from .book import Cell
from .boxes import cells_in
from .cell_bytes import Stored, rewrite, stored
from .cells import Common
from .columns import CellColumns
from .fast_sheet import Unusual, read_fast
from .package import Package
from .patch_columns import add_single, compare, reads_back
from .patch_rows import Rewriter, Unplain
from .reader import read_common, read_entry, without_collector
from .sheet_xml import SheetPart, read_sheet
from .workbook_xml import SheetEntry, read_workbook
from .zips import without_zip64

_MANY = 20_000  # results: a sheet with so many is changed by column
_PIECE = 2 * 1024**2  # bytes of a worksheet part that are in hand at once
_LARGE, _LEVEL = 4 * 1024**2, 4  # an entry of more bytes is packed at a lower level: half the time, 6 % larger
_NO_CELL = "the file has no such cell"

Bytes = bytes | bytearray
Results = Mapping[int, Mapping[Cell, Scalar | Unsupported]]


@dataclass(slots=True)
class Patched:
    """What a patch did. cells: how many got another value. left: the cells left alone ("Sheet!A1") and why."""

    cells: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)


def patch(source: str | os.PathLike[str], target: str | os.PathLike[str], results: Results) -> Patched:
    """Copy a workbook with new values in its formula cells and in what array formulas fill.

    results: by the sheet's place in the book, by cell. A formula cell without a result keeps its value; a cell that a
    dynamic array filled and for which its array has a value but none for it (it spilled over less) becomes blank.
    The target may be the source. Raises UnreadableError, and UsageError where the target cannot be written.
    """
    done = Patched()
    try:
        with Package(source) as package, without_collector():
            data = _zip(package, _changed_parts(package, results, done))
    except UnreadableError as error:
        error.path = source if error.path is None else error.path
        raise
    replace_file(Path(target), data)
    return done


def _changed_parts(package: Package, results: Results, done: Patched) -> dict[int, Bytes]:
    """The new bytes of the worksheet parts that change, by the offset of their entry in the zip."""
    workbook = read_workbook(package)
    common = read_common(package, workbook, 2)
    parts: dict[int, Bytes] = {}
    for index, entry in enumerate(workbook.sheets):
        wanted = results.get(index)
        if not wanted or entry.kind != "worksheet":
            continue
        info = package.find(entry.part)
        new: Bytes | None = None
        if info and len(wanted) >= _MANY:
            new = _in_columns(package, info, entry, wanted, common, done)
        if new is None:
            part = read_entry(package, entry, common)
            changes = _changes(part, [*wanted.items(), *_shrunk(part, wanted)], entry.name, done)
            new = _new_part(package.data(info), entry, part, changes, common, done) if changes and info else b""
        if new and info:
            parts[info.header_offset] = new
    return parts


def _in_columns(
    package: Package,
    info: zipfile.ZipInfo,
    entry: SheetEntry,
    wanted: Mapping[Cell, Scalar | Unsupported],
    common: Common,
    done: Patched,
) -> Bytes | None:
    """The new bytes of a large part, none where nothing changes; None where it is to be changed cell by cell."""
    try:
        part = read_fast(package.pieces(info, _PIECE), entry.part, common)
        compared = compare(part, wanted)
        own = Patched(left=[(f"{entry.name}!{cell_name(*cell)}", _no_answer(what)) for cell, what in compared.left])
        singles = [*((cell, wanted[cell]) for cell in compared.singles), *_blanked(wanted), *_shrunk(part, wanted)]
        for cell, value in _changes(part, singles, entry.name, own).items():
            add_single(compared, cell, value)
        new = bytearray()
        if compared.changes:
            for piece in Rewriter(compared.changes, compared.texts, common.marks).pieces(package.pieces(info, _PIECE)):
                new += piece
            cut = (bytes(new[at : at + _PIECE]) for at in range(0, len(new), _PIECE))
            again = read_fast(cut, entry.part, common)
            if not reads_back(part, again, compared, frozenset(common.marks.errors.values())):
                return None
    except (Unusual, Unplain, UnreadableError):
        return None
    for col, changes in compared.changes.items():
        own.cells += int(changes.found.sum())
        for row in changes.rows(changes.wanted & ~changes.found & ~is_blank(changes.numbers)):
            own.left.append((f"{entry.name}!{cell_name(row, col)}", _NO_CELL))
    done.cells += own.cells
    done.left += own.left
    return new


def _blanked(wanted: Mapping[Cell, Scalar | Unsupported]) -> list[tuple[Cell, None]]:
    """The cells that shall be blank."""
    some = wanted.others if isinstance(wanted, CellColumns) else wanted
    return [(cell, None) for cell, value in some.items() if value is None]


def _changes(
    part: SheetPart, wanted: Iterable[tuple[Cell, Scalar | Unsupported]], sheet: str, done: Patched
) -> dict[Cell, Scalar]:
    """The values that differ from the stored ones."""
    changes: dict[Cell, Scalar] = {}
    given = dict(wanted)
    own = {key for key in given if key not in part.formulas}
    filled = {key for _, found in cells_in(part.cells.boxes, own) for key in found} if own else own
    for key, answer in given.items():
        value, reason = _as_kept(answer), None
        if isinstance(value, Unsupported):
            reason = _no_answer(value)
        elif same(value, part.cached.get(key)) and key not in part.constants:
            continue
        elif key not in part.formulas and key not in filled:
            reason = "it lies outside of the stored range of its array formula"
        else:
            changes[key] = value
        if reason:
            done.left.append((f"{sheet}!{cell_name(*key)}", reason))
    return changes


def _no_answer(value: Unsupported) -> str:
    return f"no answer: {value.reason}"


def _as_kept(value: Scalar | Unsupported) -> Scalar | Unsupported:
    """A value as a cell keeps it: no infinity, no NaN, no denormal number."""
    return finish(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _shrunk(part: SheetPart, wanted: Mapping[Cell, Scalar | Unsupported]) -> list[tuple[Cell, None]]:
    """The cells that a dynamic array filled when the file was saved and that it does not fill any more."""
    found: list[tuple[Cell, None]] = []
    for box, filled in cells_in(part.cells.boxes, part.cached):
        origin = (box.top, box.left)
        if part.formulas[origin].dynamic and not isinstance(wanted.get(origin, _NONE), Unsupported):
            found += ((key, None) for key in filled if key not in part.formulas and key not in wanted)
    return found


_NONE = Unsupported("no result")


def _new_part(
    data: bytes, entry: SheetEntry, part: SheetPart, changes: Mapping[Cell, Scalar], common: Common, done: Patched
) -> bytes:
    to_store = {key: stored(value, common.marks) for key, value in changes.items()}
    changed, found = rewrite(data, to_store)
    for key in changes.keys() - found:
        if changes[key] is not None:
            done.left.append((f"{entry.name}!{cell_name(*key)}", _NO_CELL))
    _verify(changed, entry, part, {key: changes[key] for key in found}, to_store, common)
    done.cells += len(found)
    return changed


def _verify(
    data: bytes,
    entry: SheetEntry,
    before: SheetPart,
    changes: Mapping[Cell, Scalar],
    to_store: Mapping[Cell, Stored],
    common: Common,
) -> None:
    """Read the new part back: the changed cells hold their values and all the others what they held."""
    after = read_sheet((data,), entry.part, common)
    expected = dict(before.cached)
    for key, value in changes.items():
        plain = isinstance(value, CellError) and to_store[key].text != value.text and to_store[key].mark is None
        expected[key] = VALUE if plain else value
    expected = {key: value for key, value in expected.items() if value is not None}
    kept = after.formulas == before.formulas and after.constants == before.constants
    if (
        not kept
        or after.cached != expected
        or not all(same(after.cached.get(key), expected.get(key)) for key in changes)
    ):
        message = (
            f"the part {entry.part} is written in a way that cannot be changed safely: save the file in Excel first"
        )
        raise UnreadableError(message, sheet=entry.name)


def same(one: Scalar, two: Scalar) -> bool:
    """Whether two values are the same value of the same kind (numbers to the bit, but for the sign of zero)."""
    return one == two and isinstance(one, bool) == isinstance(two, bool)


def _zip(package: Package, parts: Mapping[int, Bytes]) -> bytes:
    """The package with some entries' bytes replaced."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.filterwarnings("ignore", "Duplicate name", UserWarning)
        archive.comment = package.zip.comment
        for info in package.zip.infolist():
            data = parts.get(info.header_offset)
            entry = copy.copy(info)
            entry.extra = without_zip64(info.extra)
            level = _LEVEL if data is not None and len(data) > _LARGE else None
            archive.writestr(entry, package.data(info) if data is None else data, compresslevel=level)
    return stream.getvalue()
