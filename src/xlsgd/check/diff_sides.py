"""One sheet of either workbook made ready for comparing: fingerprints of its rows and columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from ..book import Book, Cell, Formula, Sheet
from ..errors import FormulaError
from ..formula.tokens import tokenize
from ..plan import Program
from ..plan.regions import programs
from .diff_align import Likeness, Pair, align, moved

Prints = dict[int, list[tuple[int, Hashable]]]
"""Row → its filled cells as (column, fingerprint), from left to right; or column → (row, fingerprint)."""


@dataclass(slots=True)
class Side:
    """A sheet of one of the two workbooks, with the fingerprints of its cells by row and by column."""

    sheet: Sheet
    programs: Mapping[Cell, Program]
    by_row: Prints = field(default_factory=dict)
    by_col: Prints = field(default_factory=dict)

    def fill(self) -> Side:
        """Take the fingerprints."""
        skeletons: dict[int, str] = {}
        rows: defaultdict[int, list[tuple[int, Hashable]]] = defaultdict(list)
        cols: defaultdict[int, list[tuple[int, Hashable]]] = defaultdict(list)
        constants = self.sheet.constants.items()
        prints: list[tuple[Cell, Hashable]] = [(cell, (type(value), value)) for cell, value in constants]
        for cell, formula in self.sheet.formulas.items():
            program = id(self.programs.get(cell, formula))
            mark = skeletons.get(program)
            if mark is None:
                mark = skeletons[program] = _skeleton(formula)
            prints.append((cell, mark))
        for (row, col), print_ in sorted(prints, key=lambda item: item[0]):
            rows[row].append((col, print_))
            cols[col].append((row, print_))
        self.by_row, self.by_col = dict(rows), dict(cols)
        return self


def sides(book: Book) -> list[Side]:
    """All sheets of a workbook."""
    return [Side(sheet, known).fill() for sheet, known in zip(book.sheets, programs(book), strict=True)]


def _skeleton(formula: Formula) -> str:
    """A formula without what moving changes: ``=@*2+@``."""
    try:
        tokens = tokenize(formula.text)
    except FormulaError:
        return "=" + formula.text
    return "=" + "".join(
        "@" if token.kind in ("cell", "columns", "rows") else token.text
        for token in tokens
        if token.kind not in ("sheet", "space")
    )


@dataclass(frozen=True, slots=True)
class Aligned:
    """Rows or columns of two sheets: those that belong together, those that moved, deleted ones, inserted ones."""

    pairs: list[Pair]
    moved: list[Pair]
    deleted: list[int]
    inserted: list[int]

    @property
    def all(self) -> dict[int, int]:
        """Here → there."""
        return dict([*self.pairs, *self.moved])


def align_columns(one: Side, two: Side) -> Aligned:
    """The columns of two sheets."""
    levels_a, levels_b = (_column_levels(side.by_col) for side in (one, two))
    sets_a, sets_b = ([{mark for _, mark in side.by_col[col]} for col in sorted(side.by_col)] for side in (one, two))
    return _aligned(
        sorted(one.by_col), sorted(two.by_col), levels_a, levels_b, lambda a, b: _alike(sets_a[a], sets_b[b])
    )


def align_rows(one: Side, two: Side, columns: Mapping[int, int]) -> Aligned:
    """The rows of two sheets, seen through the columns that both have."""
    known = set(columns.values())
    rows_a = {row: [(columns[c], m) for c, m in cells if c in columns] for row, cells in one.by_row.items()}
    rows_b = {row: [(c, m) for c, m in cells if c in known] for row, cells in two.by_row.items()}
    levels_a, levels_b = _row_levels(rows_a), _row_levels(rows_b)
    sets_a, sets_b = ([set(rows[row]) for row in sorted(rows)] for rows in (rows_a, rows_b))
    return _aligned(sorted(rows_a), sorted(rows_b), levels_a, levels_b, lambda a, b: _alike(sets_a[a], sets_b[b]))


def likeness(one: Side, two: Side) -> float:
    """How much of two sheets is the same, row by row: 0 nothing, 1 all."""
    rows_a, rows_b = ({tuple(cells) for cells in side.by_row.values()} if side.by_row else set() for side in (one, two))
    return _alike(rows_a, rows_b)


def _aligned(
    names_a: list[int],
    names_b: list[int],
    levels_a: list[list[Hashable]],
    levels_b: list[list[Hashable]],
    like: Likeness,
) -> Aligned:
    pairs = align(levels_a, levels_b, like)
    shifted = moved(levels_a[0], levels_b[0], pairs)
    used_a, used_b = {a for a, _ in [*pairs, *shifted]}, {b for _, b in [*pairs, *shifted]}
    return Aligned(
        [(names_a[a], names_b[b]) for a, b in pairs],
        [(names_a[a], names_b[b]) for a, b in shifted],
        [name for at, name in enumerate(names_a) if at not in used_a],
        [name for at, name in enumerate(names_b) if at not in used_b],
    )


def _column_levels(by_col: Prints) -> list[list[Hashable]]:
    marks = [[mark for _, mark in by_col[col]] for col in sorted(by_col)]
    return [
        [tuple(one) for one in marks],
        [frozenset(mark for mark in one if _lasting(mark)) for one in marks],
        [next((mark for mark in one if _lasting(mark)), None) for one in marks],
    ]


def _row_levels(rows: Mapping[int, list[tuple[int, Hashable]]]) -> list[list[Hashable]]:
    ordered: Sequence[list[tuple[int, Hashable]]] = [rows[row] for row in sorted(rows)]
    return [
        [tuple(one) for one in ordered],
        [tuple((col, mark if _lasting(mark) else None) for col, mark in one) for one in ordered],
    ]


def _lasting(mark: Hashable) -> bool:
    """Whether a fingerprint is one of a formula or a text, which change less often than numbers."""
    return isinstance(mark, str) or (isinstance(mark, tuple) and mark[0] is str)


def _alike(one: Set[Hashable], two: Set[Hashable]) -> float:
    both = len(one & two)
    return both / (len(one) + len(two) - both) if both else 0.0
