"""Two workbooks compared: rows and columns inserted, deleted or moved, formulas in relative form, values by ULP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from ..address import column_name
from ..book import Book, Name, Settings
from ..values import Scalar
from .diff_cells import Change, compare_cells
from .diff_charts import Other, diff_charts
from .diff_moves import Line, Place, Places, moved_text
from .diff_sides import Aligned, Side, align_columns, align_rows, likeness, sides

ALIKE = 0.5
"""So much of two sheets must be the same for one to be the other under a new name."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows or columns that came, went or moved, as texts such as ``7:9``. blank: empty ones, by how many."""

    inserted: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    blank: int = 0

    def __bool__(self) -> bool:
        return bool(self.inserted or self.deleted or self.moved or self.blank)


@dataclass(frozen=True, slots=True)
class SheetDiff:
    """One sheet. status: same, changed, added (only in B), removed (only in A). before: its name in A if it changed.

    place: its position among the sheets both have, if that changed: in A, in B (counted from 1).
    """

    sheet: str
    status: str
    before: str | None = None
    rows: Lines = Lines()
    columns: Lines = Lines()
    changes: tuple[Change, ...] = ()
    place: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two workbooks. remarks: what could not be compared."""

    sheets: tuple[SheetDiff, ...]
    names: tuple[Other, ...] = ()
    settings: tuple[Other, ...] = ()
    charts: tuple[Other, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """True where nothing differs."""
        same = all(sheet.status == "same" for sheet in self.sheets)
        return same and not (self.names or self.settings or self.charts)


def diff_books(one: Book, two: Book) -> Diff:
    """Compare two workbooks, sheet by sheet."""
    ours, theirs = sides(one), sides(two)
    partner = _partners(ours, theirs)
    lined = {a: _lined(ours[a], theirs[b]) for a, b in partner.items()}
    places = {ours[a].sheet.name.casefold(): _place(theirs[b], lined[a]) for a, b in partner.items()}
    calculated = _calculated(one) and _calculated(two)
    order_a, order_b = list(partner), sorted(partner.values())
    found: dict[int, SheetDiff] = {}
    for at, (a, b) in enumerate(partner.items()):
        changes = compare_cells(ours[a], theirs[b], lined[a][0], lined[a][1], places, values=calculated)
        place = (at + 1, order_b.index(b) + 1) if order_a[order_b.index(b)] != a else None
        found[b] = _sheet(ours[a], theirs[b], lined[a], changes, place)
    added = [SheetDiff(side.sheet.name, "added") for at, side in enumerate(theirs) if at not in found]
    removed = [SheetDiff(side.sheet.name, "removed") for at, side in enumerate(ours) if at not in partner]
    several = [found[b] for _, b in sorted((a, b) for a, b in partner.items())]
    remarks = () if calculated else ("one of the files has no stored values, so values were not compared",)
    return Diff(
        (*several, *added, *removed),
        _names(one, two, partner, places),
        _settings(one, two),
        diff_charts(one, two, partner, places),
        remarks,
    )


def _partners(ours: Sequence[Side], theirs: Sequence[Side]) -> dict[int, int]:
    """Sheets that belong together by position: by name, else by content."""
    by_name = {side.sheet.name.casefold(): at for at, side in enumerate(theirs)}
    found = {at: by_name[name] for at, side in enumerate(ours) if (name := side.sheet.name.casefold()) in by_name}
    left_b = [at for at in range(len(theirs)) if at not in found.values()]
    left_a = [at for at in range(len(ours)) if at not in found]
    scores = sorted(((likeness(ours[a], theirs[b]), -a, -b) for a in left_a for b in left_b), reverse=True)
    for score, a, b in scores:
        if score >= ALIKE and -a not in found and -b not in found.values():
            found[-a] = -b
    return dict(sorted(found.items()))


def _lined(one: Side, two: Side) -> tuple[Aligned, Aligned]:
    """How the rows and the columns of two sheets belong together."""
    columns = align_columns(one, two)
    return align_rows(one, two, columns.all), columns


def _place(side: Side, lined: tuple[Aligned, Aligned]) -> Place:
    rows, cols = (Line.of(one.all.items(), one.deleted) for one in lined)
    return Place(side.sheet.name, rows, cols)


def _sheet(
    one: Side, two: Side, lined: tuple[Aligned, Aligned], changes: list[Change], place: tuple[int, int] | None
) -> SheetDiff:
    before = one.sheet.name if one.sheet.name != two.sheet.name else None
    rows, columns = _lines(lined[0], str), _lines(lined[1], column_name)
    status = "changed" if changes or rows or columns or before or place else "same"
    return SheetDiff(two.sheet.name, status, before, rows, columns, tuple(changes), place)


def _lines(lined: Aligned, name: object) -> Lines:
    call = name if callable(name) else str
    runs = _runs([(one, one) for one in lined.inserted]), _runs([(one, one) for one in lined.deleted])
    texts = [tuple(_text(first[0], last[0], call) for first, last in one) for one in runs]
    shifts = [
        (_text(first[0], last[0], call), _text(first[1], last[1], call)) for first, last in _runs(sorted(lined.moved))
    ]
    return Lines(texts[0], texts[1], tuple(shifts), _blank(lined))


def _blank(lined: Aligned) -> int:
    """How many empty lines came (or, below 0, went) before what both have."""
    if not lined.pairs:
        return 0
    last_a, last_b = lined.pairs[-1]
    came = sum(one < last_b for one in lined.inserted) + sum(b < last_b for _, b in lined.moved)
    went = sum(one < last_a for one in lined.deleted) + sum(a < last_a for a, _ in lined.moved)
    return (last_b - last_a) - (came - went)


def _runs(pairs: Iterable[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Neighbours on both sides, as first and last."""
    runs: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for pair in pairs:
        if runs and pair == (runs[-1][1][0] + 1, runs[-1][1][1] + 1):
            runs[-1] = (runs[-1][0], pair)
        else:
            runs.append((pair, pair))
    return runs


def _text(first: int, last: int, name: object) -> str:
    call = name if callable(name) else str
    return str(call(first)) if first == last else f"{call(first)}:{call(last)}"


def _calculated(book: Book) -> bool:
    """Whether a workbook has any stored value, if it has formulas."""
    return any(sheet.cached for sheet in book.sheets) or not any(sheet.formulas for sheet in book.sheets)


def _names(one: Book, two: Book, partner: dict[int, int], places: Places) -> tuple[Other, ...]:
    """The names that differ, but for those of a sheet that only one of the workbooks has."""
    both = {None, *partner.values()}
    ours = {key: name for name in one.names if (key := (name.name.casefold(), _scope(name, partner)))[1] in both}
    theirs: dict[tuple[str, int | str | None], Name] = {
        (name.name.casefold(), name.sheet): name for name in two.names if name.sheet in both
    }
    found: list[Other] = []
    for key in dict.fromkeys([*ours, *theirs]):
        old, new = ours.get(key), theirs.get(key)
        if old is not None and new is not None and new.text == (moved_text(old.text, "", places) or old.text):
            continue
        told = new if new is not None else old
        book = two if new is not None else one
        assert told is not None  # the key is of one of the two
        where = "" if told.sheet is None else f"{book.sheets[told.sheet].name}!"
        found.append(Other(where + told.name, old.text if old else None, new.text if new else None))
    return tuple(found)


def _scope(name: Name, partner: dict[int, int]) -> int | str | None:
    """The sheet of a name as the other workbook counts it."""
    return None if name.sheet is None else partner.get(name.sheet, "removed")


def _settings(one: Book, two: Book) -> tuple[Other, ...]:
    pairs: list[tuple[str, Scalar, Scalar]] = [
        (field.name, getattr(one.settings, field.name), getattr(two.settings, field.name)) for field in fields(Settings)
    ]
    return tuple(Other(name.replace("_", " "), str(old), str(new)) for name, old, new in pairs if old != new)
