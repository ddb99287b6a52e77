"""A patch of a large sheet: what changes is found, written and checked by column, not cell by cell.

Only parts whose rows are written in the usual way go here; all else is for :mod:`xlsgd.book.patch` itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..formula import text_at
from ..tagged import BLANK, ERROR, TEXT, UNSUPPORTED, Numbers, Texts, bits, is_blank, tag, untag
from ..values import NUM, SMALLEST_NORMAL, VALUE, CellError, Scalar, Unsupported
from .book import Cell, Formula
from .columns import FormulaRun
from .gather import Gathered, gather_formulas, gather_values, overlapping
from .sheet_xml import SheetPart

_KIND, _PAYLOAD = np.uint64(32), np.uint64(0xFFFF_FFFF)


@dataclass(slots=True)
class Changes:
    """The changes of one column from row ``top`` on. numbers: new values, blank: none; found: which were written."""

    top: int
    wanted: npt.NDArray[np.bool_]
    numbers: Numbers
    found: npt.NDArray[np.bool_]

    def rows(self, which: npt.NDArray[np.bool_]) -> list[int]:
        """The rows of some of them."""
        rows: list[int] = (np.flatnonzero(which) + self.top).tolist()
        return rows


@dataclass(slots=True)
class Compared:
    """What results mean for a sheet. changes: by column; texts: of theirs. left: formula cells without an answer.

    singles: cells with a result that have no formula of their own.
    """

    changes: dict[int, Changes]
    texts: Texts
    left: list[tuple[Cell, Unsupported]]
    singles: list[Cell]


def compare(part: SheetPart, wanted: Mapping[Cell, Scalar | Unsupported]) -> Compared:
    """Lay results beside what a sheet has; results of None count as no result."""
    given, cached = gather_values(wanted), gather_values(part.cached)
    found = Compared({}, cached.texts, [], [])
    formulas = gather_formulas(part.formulas)
    for col in sorted(given.columns):
        top, bottom = _edges(given, col)
        numbers = given.part(col, top, bottom)
        own = np.zeros(len(numbers), dtype=np.bool_)
        for run in overlapping(formulas.get(col, []), top, bottom):
            own[max(run.top - top, 0) : run.bottom - top + 1] = True
        held, unanswered = ~is_blank(numbers), _kinds(numbers) == UNSUPPORTED
        found.singles += ((row, col) for row in (np.flatnonzero(held & ~own) + top).tolist())
        for place in np.flatnonzero(unanswered & own).tolist():
            reason = untag(float(numbers[place]), given.texts)
            found.left += [((top + place, col), reason)] if isinstance(reason, Unsupported) else []
        numbers = _kept(in_texts(numbers, given.texts, cached.texts))
        changed = held & own & ~unanswered & ~_same(numbers, cached.part(col, top, bottom))
        if changed.any():
            found.changes[col] = Changes(top, changed, numbers, np.zeros(len(numbers), dtype=np.bool_))
    return found


def add_single(compared: Compared, cell: Cell, value: Scalar) -> None:
    """One more change."""
    row, col = cell
    changes = compared.changes.get(col)
    pattern = np.array([tag(value, compared.texts)], dtype=np.uint64).view(np.float64)
    if changes is None:
        one = np.ones(1, dtype=np.bool_)
        compared.changes[col] = Changes(row, one, pattern, ~one)
        return
    above, below = max(changes.top - row, 0), max(row - changes.top - len(changes.wanted) + 1, 0)
    if above or below:
        changes.top -= above
        blank = np.full(above + below, bits(BLANK), dtype=np.uint64).view(np.float64)
        changes.numbers = np.concatenate([blank[:above], changes.numbers, blank[above:]])
        changes.wanted, changes.found = (np.pad(one, (above, below)) for one in (changes.wanted, changes.found))
    changes.wanted[row - changes.top] = True
    changes.numbers.view(np.uint64)[row - changes.top] = pattern.view(np.uint64)[0]


def reads_back(before: SheetPart, after: SheetPart, compared: Compared, marked: frozenset[CellError]) -> bool:
    """Whether the new part holds the changes that were written, and else what the old one held.

    marked: the newer errors that the workbook can tell from #VALUE!.
    """
    return (
        _equal_formulas(gather_formulas(before.formulas), gather_formulas(after.formulas))
        and _equal_values(gather_values(before.constants), gather_values(after.constants), {})
        and _equal_values(
            gather_values(before.cached),
            gather_values(after.cached),
            {col: _as_stored(changes, marked) for col, changes in compared.changes.items()},
        )
    )


def _as_stored(changes: Changes, marked: frozenset[CellError]) -> Changes:
    """The changes as they read back: errors for which a file has no mark are #VALUE!."""
    patterns = changes.numbers.view(np.uint64).copy()
    errors = _kinds(changes.numbers) == ERROR
    for error in CellError:
        if error.number > CellError.GETTING_DATA.number and error not in marked:
            patterns[errors & (patterns & _PAYLOAD == error.number)] = bits(ERROR, VALUE.number)
    return Changes(changes.top, changes.found, patterns.view(np.float64), changes.found)


def _equal_values(one: Gathered, two: Gathered, changes: Mapping[int, Changes]) -> bool:
    for col in one.columns | two.columns | changes.keys():
        edges = [_edges(side, col) for side in (one, two) if col in side.columns]
        if col in changes:
            edges.append((changes[col].top, changes[col].top + len(changes[col].wanted) - 1))
        top, bottom = min(first for first, _ in edges), max(last for _, last in edges)
        wanted = one.part(col, top, bottom)
        if col in changes:
            changed, first = changes[col].wanted, changes[col].top - top
            wanted[first : first + len(changed)][changed] = changes[col].numbers[changed]
        if not _same(wanted, in_texts(two.part(col, top, bottom), two.texts, one.texts)).all():
            return False
    return True


def _equal_formulas(one: Mapping[int, list[FormulaRun]], two: Mapping[int, list[FormulaRun]]) -> bool:
    """Whether two sheets have the same formulas, wherever their fill-downs begin and end."""
    return one.keys() == two.keys() and all(
        top_one == top_two
        and bottom_one == bottom_two
        and (first == second or _equal_texts(first, second, (top_one, col), (bottom_one, col)))
        for col in one
        for (top_one, bottom_one, first), (top_two, bottom_two, second) in _pairs(one[col], two[col])
    )


def _pairs(one: Sequence[FormulaRun], two: Sequence[FormulaRun]) -> Iterator[tuple[FormulaRun, FormulaRun]]:
    """The runs of a column side by side, both cut where either of them is; a lone one beside one of no row."""
    cuts = sorted({edge for runs in (one, two) for run in runs for edge in (run.top, run.bottom + 1)})
    yield from zip(_cut(one, cuts), _cut(two, cuts), strict=True)


def _cut(runs: Sequence[FormulaRun], cuts: Sequence[int]) -> Iterator[FormulaRun]:
    at = 0
    for top, behind in pairwise(cuts):
        while at < len(runs) and runs[at].bottom < top:
            at += 1
        inside = at < len(runs) and runs[at].top <= top
        yield FormulaRun(top, behind - 1, runs[at].formula) if inside else _NO_RUN


_NO_RUN = FormulaRun(0, -1, Formula("", (1, 1)))


def _equal_texts(one: Formula, two: Formula, first: Cell, last: Cell) -> bool:
    if (one.kind, one.box, one.dynamic) != (two.kind, two.box, two.dynamic):
        return False
    return all(text_at(one.text, one.origin, cell) == text_at(two.text, two.origin, cell) for cell in {first, last})


def in_texts(numbers: Numbers, source: Texts, target: Texts) -> Numbers:
    """Tagged values whose texts are those of ``source`` as values whose texts are those of ``target``."""
    if source is target:
        return numbers
    patterns = numbers.view(np.uint64).copy()
    places = np.flatnonzero(_kinds(numbers) == TEXT)
    used, which = np.unique(patterns[places] & _PAYLOAD, return_inverse=True)
    moved = np.array([bits(TEXT, target.place(source.texts[place])) for place in used.tolist()], dtype=np.uint64)
    if len(places):
        patterns[places] = moved[which]
    return patterns.view(np.float64)


def _edges(values: Gathered, col: int) -> tuple[int, int]:
    runs = values.runs(col)
    return min(run.top for run in runs), max(run.bottom for run in runs)


def _kinds(numbers: Numbers) -> npt.NDArray[np.uint64]:
    """The kind of each value, 0 for a number."""
    patterns = numbers.view(np.uint64) >> _KIND
    return np.where(np.isnan(numbers), patterns & np.uint64(0xFFFF), np.uint64(0))


def _kept(numbers: Numbers) -> Numbers:
    """Values as cells keep them: no infinity, no NaN, no denormal number, no negative zero."""
    plain = np.isinf(numbers) | (np.isnan(numbers) & (_kinds(numbers) == 0))
    tiny = np.abs(numbers) < SMALLEST_NORMAL
    if not plain.any() and not tiny.any():
        return numbers
    patterns = numbers.view(np.uint64).copy()
    patterns[plain] = bits(ERROR, NUM.number)
    patterns[tiny] = 0
    return patterns.view(np.float64)


def _same(one: Numbers, two: Numbers) -> npt.NDArray[np.bool_]:
    """Where two columns hold the same value of the same kind (numbers to the bit, but for the sign of zero)."""
    return np.asarray((one.view(np.uint64) == two.view(np.uint64)) | (one == two), dtype=np.bool_)
