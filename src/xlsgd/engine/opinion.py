"""What the engines that call other programs share: a file to hand over, and their answers gathered into Values.

Such a program may give a number for a cell whose formula it does not know, or for one that depends on such a cell
(``IFERROR(UNKNOWN(1),7)``). That is a guess, so everything behind a gap is a gap as well.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from ..address import Box
from ..book import Book, Cell
from ..errors import EngineError
from ..formula.nodes import Call, Node
from ..plan import Plan, Region
from ..plan.precedents import Reader
from ..values import Area, Scalar, Unsupported
from .base import Counts, Result, Values

DRAWN = {"RAND", "RANDBETWEEN", "RANDARRAY", "NOW", "TODAY"}  # of the volatile functions those that differ each time
Place = tuple[int, int, int]
"""Sheet (by its position in the book), row, column."""


@dataclass(slots=True)
class Opinion:
    """What a program answered. gaps: the formula cells that it cannot do and why ("FOO" or another reason)."""

    answers: dict[Place, Scalar] = field(default_factory=dict)
    gaps: dict[Place, str] = field(default_factory=dict)


def hand_over(book: Book, folder: Path) -> Path:
    """A copy of the book's file in a folder of our own (other programs lock and litter); written where it has none."""
    if book.path is None:
        from ..book.writer import write

        path = folder / "book.xlsx"
        write(book, path)
        return path
    path = folder / f"book{book.path.suffix.lower()}"
    try:
        shutil.copyfile(book.path, path)
    except OSError as error:
        message = f"the workbook cannot be copied ({error.strerror}): it must stay where it was"
        raise EngineError(message, path=book.path) from error
    return path


def gather(plan: Plan, opinion: Opinion, engine: str, seconds: float) -> Values:
    """The values of formula cells and of what array formulas fill; a gap, and what depends on it, is Unsupported."""
    results: list[Mapping[Cell, Result]] = []
    gaps = opinion.gaps
    for index, row, col in formula_cells(plan.book):
        if (index, row, col) not in opinion.answers:
            gaps.setdefault((index, row, col), "no answer")
    _spread(plan, gaps)
    for index, sheet in enumerate(plan.book.sheets):
        cells: dict[Cell, Result] = {}
        for origin, formula in sheet.formulas.items():
            reason = gaps.get((index, *origin))
            for cell in filled(formula.box, origin) if formula.kind != "normal" else (origin,):
                answer = opinion.answers.get((index, *cell))
                cells[cell] = answer if reason is None else Unsupported(reason)
        results.append(cells)
    counts = Counts(formulas=sum(1 for _ in formula_cells(plan.book)), unsupported=len(gaps))
    return Values(plan.book, results, engine, counts, {"run": seconds}, _remarks(plan, engine))


def _remarks(plan: Plan, engine: str) -> list[str]:
    all_programs = [program for programs in plan.programs for program in programs.values()]
    different = {id(program): program for program in all_programs}  # a tree's own hash would walk it each time
    drawn = {key for key, program in different.items() if called(program.tree) & DRAWN}
    count = sum(id(program) in drawn for program in all_programs)
    return [f"{engine} drew RAND, NOW and kin anew: {count} formula cells and what depends on them"] if count else []


def called(tree: Node | None) -> set[str]:
    """The names of the functions that a formula calls."""
    return {node.name for node in nodes(tree) if isinstance(node, Call)}


def nodes(tree: Node | None) -> Iterator[Node]:
    """A formula's tree, node by node, in no particular order."""
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
        elif isinstance(node, Node):
            yield node
            stack.extend(getattr(node, item.name) for item in fields(node))


def formula_cells(book: Book) -> Iterator[Place]:
    """All formula cells of a book."""
    return ((index, *cell) for index, sheet in enumerate(book.sheets) for cell in sheet.formulas)


def filled(box: Box | None, origin: Cell) -> Iterator[Cell]:
    """The cells of an array formula's box, its own cell first."""
    if box is None:
        return iter((origin,))
    return ((row, col) for row in range(box.top, box.bottom + 1) for col in range(box.left, box.right + 1))


def _spread(plan: Plan, gaps: dict[Place, str]) -> None:
    """Add what depends on a gap to the gaps, with the reason of the first gap that it reads."""
    rows: dict[tuple[int, int], dict[int, str]] = {}
    for place, reason in gaps.items():
        _mark(plan, rows, place, reason)
    reader, grew = Reader.of(plan.book), bool(gaps)
    while grew:  # once round, and once more for each circle
        grew = False
        for place in plan.order():
            if place in gaps:
                continue
            region = Region(plan.programs[place[0]][place[1:]], Box(*place[1:], *place[1:]))
            met = next((found for area in reader.areas(region) if (found := _met(rows, area))), None)
            if met is not None:
                gaps[place] = met
                _mark(plan, rows, place, met)
                grew = True


def _mark(plan: Plan, rows: dict[tuple[int, int], dict[int, str]], place: Place, reason: str) -> None:
    formula = plan.book.sheets[place[0]].formulas[place[1:]]
    box = formula.box or Box(*place[1:], *place[1:])
    for col in range(box.left, box.right + 1):
        rows.setdefault((place[0], col), {}).update(dict.fromkeys(range(box.top, box.bottom + 1), reason))


def _met(rows: dict[tuple[int, int], dict[int, str]], area: Area) -> str | None:
    """The reason of a gap in an area."""
    if area.width > len(rows):
        columns = [
            kept for (sheet, col), kept in rows.items() if sheet == area.sheet and area.left <= col <= area.right
        ]
    else:
        columns = [rows[area.sheet, col] for col in range(area.left, area.right + 1) if (area.sheet, col) in rows]
    return next((reason for column in columns if (reason := _in_column(column, area))), None)


def _in_column(column: dict[int, str], area: Area) -> str | None:
    if area.height > len(column):
        return next((reason for row, reason in column.items() if area.top <= row <= area.bottom), None)
    return next((column[row] for row in range(area.top, area.bottom + 1) if row in column), None)
