"""Sheets that train together, laid side by side on one: weights on one sheet, say, and gradients on another.

Understanding knows lines of one sheet. Where sheets go on from each other line by line, their cells are laid far to
the right of the first one's, and references move along; what is found there is told where it stands (``told``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace

from ..address import MAX_ROW, Box, column_number
from ..book import Book, Formula
from ..errors import FormulaError
from ..formula.nodes import Corner, Node, Ref, Where
from ..formula.parser import parse
from ..formula.printer import to_text
from ..plan import Plan
from ..plan.components import components
from .judge.ground.trees import children, refs, with_children

RIGHT = column_number("WAA") - 1  # where the guests' cells begin: hardly a workbook goes that far
WIDEST = 800
MAX_CELLS = 100_000
FEWEST = 3  # lines that read another sheet


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a sheet's cells lie on the joint sheet: ``right`` columns to the right and ``up`` rows higher."""

    sheet: int
    right: int
    up: int
    width: int


@dataclass(slots=True)
class Joint:
    """Sheets side by side. home: the sheet that all lie on; zones: of each sheet that is there, home first."""

    origin: Book
    home: int
    zones: dict[int, Zone] = field(default_factory=dict)
    book: Book = field(default_factory=Book)

    def zone_at(self, col: int) -> Zone:
        """The zone that a column of the joint sheet belongs to."""
        inside = (zone for zone in self.zones.values() if zone.right and zone.right < col <= zone.right + zone.width)
        return next(inside, self.zones[self.home])

    def there(self, tree: Node, own: int) -> Node:
        """A formula of a sheet as it reads on the joint sheet."""
        return _each_ref(tree, lambda ref: self._there(ref, own))

    def _there(self, ref: Ref, own: int) -> Ref:
        target = _target(self.origin, ref, own)
        here, goes = self.zones.get(own), self.zones.get(target) if target is not None else None
        if here is None and goes is None:
            return ref
        same = here is not None and goes is not None
        where = None if same else Where(self.origin.sheets[self.home].name) if goes is not None else ref.where
        if where is None and not same:
            where = Where(self.origin.sheets[own].name)
        return _moved(replace(ref, where=where), _shift(here), _shift(goes))

    def back(self, tree: Node, col: int) -> Node:
        """A formula of a column of the joint sheet as it reads on its own sheet."""
        own = self.zone_at(col)

        def changed(ref: Ref) -> Ref:
            if _target(self.origin, ref, self.home) != self.home:
                return _moved(ref, _turned(_shift(own)), (0, 0))
            corner = ref.first
            goes = self.zone_at(corner.col if corner.col_fixed else col + corner.col)
            where = None if goes is own else Where(self.origin.sheets[goes.sheet].name)
            return _moved(replace(ref, where=where), _turned(_shift(own)), _turned(_shift(goes)))

        return _each_ref(tree, changed)


def joints(plan: Plan, busy: Collection[int]) -> Iterator[Joint]:
    """The sheets of a workbook that go on from each other line by line; ``busy`` ones train by themselves."""
    reads = {sheet: _reads(plan, sheet) for sheet in range(len(plan.book.sheets)) if sheet not in busy}
    edges = {sheet: [other for other in found if other in reads] for sheet, found in reads.items()}
    for group in components(edges):
        if len(group) > 1:
            joint = _joint(plan, sorted(group), reads)
            if joint is not None:
                yield joint


def _reads(plan: Plan, sheet: int) -> dict[int, Counter[int]]:
    """Of each other sheet that a sheet's cells read, how many rows further down it is read."""
    found: dict[int, Counter[int]] = {}
    sizes = Counter(id(program) for program in plan.programs[sheet].values())
    for program in {id(one): one for one in plan.programs[sheet].values()}.values():
        for ref in refs(program.tree) if program.tree is not None else ():
            target = _target(plan.book, ref, sheet)
            if target is None or target == sheet or ref.first.row_fixed or ref.last is not None:
                continue
            found.setdefault(target, Counter())[ref.first.row] += sizes[id(program)]
    return {target: counts for target, counts in found.items() if counts.total() >= FEWEST}


def _joint(plan: Plan, group: list[int], reads: dict[int, dict[int, Counter[int]]]) -> Joint | None:
    book, right = plan.book, RIGHT
    size = sum(len(book.sheets[sheet].formulas) + len(book.sheets[sheet].constants) for sheet in group)
    ups = _ups(group, reads) if size <= MAX_CELLS else None
    if ups is None:
        return None
    home = max(group, key=lambda sheet: (ups[sheet], -sheet))  # so that the others go down, where there is room
    joint = Joint(book, home, {home: Zone(home, 0, 0, RIGHT)})
    for sheet in group:
        if sheet != home:
            width = max((col for cells in _cells(book, sheet) for _, col in cells), default=0)
            joint.zones[sheet] = Zone(sheet, right, ups[sheet] - ups[home], width)
            right += width + 2
    return _laid(plan, joint) if right <= RIGHT + WIDEST else None


def _ups(group: list[int], reads: dict[int, dict[int, Counter[int]]]) -> dict[int, int] | None:
    """By how many rows each sheet is to go up so that its lines stand beside those of the first one."""
    found = {group[0]: 0}
    while len(found) < len(group):
        before = len(found)
        for sheet in group:
            for other in list(found) if sheet not in found else ():
                for counts, sign in ((reads[sheet].get(other), -1), (reads[other].get(sheet), 1)):
                    if counts and sheet not in found:
                        found[sheet] = found[other] + sign * _usual(counts)
        if len(found) == before:
            return None
    return found


def _usual(counts: Counter[int]) -> int:
    return max(counts, key=lambda rows: (counts[rows], -abs(rows)))


def _cells(book: Book, sheet: int) -> tuple[Collection[tuple[int, int]], ...]:
    one = book.sheets[sheet]
    return one.constants, one.formulas, one.cached


def _laid(plan: Plan, joint: Joint) -> Joint | None:
    """The joint with its book; None where a cell has no room."""
    book = joint.origin
    sheets = [replace(one, formulas=dict(one.formulas)) for one in book.sheets]
    home = sheets[joint.home]
    home.constants, home.cached = dict(home.constants), dict(home.cached)
    for index, programs in enumerate(plan.programs):
        zone = joint.zones.get(index)
        right, up = (zone.right, zone.up) if zone is not None else (0, 0)
        target = home if zone is not None else sheets[index]
        for cell, formula in book.sheets[index].formulas.items():
            program = programs.get(cell)
            if program is None or program.tree is None or not 0 < cell[0] - up <= MAX_ROW:
                return None
            place = cell[0] - up, cell[1] + right
            box = formula.box and Box(*(at + by for at, by in zip(formula.box, (-up, right) * 2, strict=True)))
            text = to_text(joint.there(program.tree, index), *place)
            target.formulas[place] = Formula(text, place, formula.kind, box, formula.dynamic)
    for zone in list(joint.zones.values())[1:]:
        for old, new in zip(_cells(book, zone.sheet)[::2], (home.constants, home.cached), strict=True):
            for (row, col), value in old.items():  # type: ignore[attr-defined]  # by name: constants, cached
                if row - zone.up > 0:
                    new[row - zone.up, col + zone.right] = value
                elif isinstance(value, float):
                    return None
        sheets[zone.sheet] = replace(book.sheets[zone.sheet], constants={}, formulas={}, cached={})
    names = [replace(name, text=_name(joint, name.text)) for name in book.names]
    tables = [
        replace(table, sheet=joint.home, box=Box(*(a + b for a, b in zip(table.box, _shift(zone) * 2, strict=True))))
        if (zone := joint.zones.get(table.sheet)) is not None
        else table
        for table in book.tables
    ]
    joint.book = replace(book, sheets=sheets, names=names, tables=tables)
    return joint


def _name(joint: Joint, text: str) -> str:
    try:
        tree = parse(text, 1, 1)
    except FormulaError:
        return text
    if any(ref.where is None for ref in refs(tree)):
        return text
    return to_text(joint.there(tree, -1), 1, 1)


def _target(book: Book, ref: Ref, own: int) -> int | None:
    if ref.where is None:
        return own
    if ref.where.book is not None or ref.where.last is not None:
        return None
    return book.index(ref.where.sheet)


def _shift(zone: Zone | None) -> tuple[int, int]:
    """Rows and columns by which a zone's cells are moved."""
    return (-zone.up, zone.right) if zone is not None else (0, 0)


def _turned(shift: tuple[int, int]) -> tuple[int, int]:
    return -shift[0], -shift[1]


def _moved(ref: Ref, own: tuple[int, int], goes: tuple[int, int]) -> Ref:
    """A reference whose cell is moved by ``goes`` while its formula is moved by ``own``."""

    def corner(one: Corner) -> Corner:
        row = one.row + goes[0] - (0 if one.row_fixed else own[0])
        col = one.col + goes[1] - (0 if one.col_fixed else own[1])
        if ref.shape == "columns":
            row = one.row
        if ref.shape == "rows":
            col = one.col
        return replace(one, row=row, col=col)

    return replace(ref, first=corner(ref.first), last=corner(ref.last) if ref.last is not None else None)


def _each_ref(tree: Node, change: Callable[[Ref], Ref]) -> Node:
    if isinstance(tree, Ref):
        return change(tree)
    below = children(tree)
    return with_children(tree, tuple(_each_ref(child, change) for child in below)) if below else tree
