"""What all judges share: the desk, the tables, and how a finding is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ....address import Box, cell_name
from ....engine.base import Result
from ....formula.nodes import Node
from ....formula.printer import to_text
from ....plan.precedents import Reader
from ....plan.regions import Region
from ....values import Area, Array, Scalar, Unsupported
from ...findings import ERROR, Finding, Place
from ...understand.base import Block
from .desk import Desk
from .fills import Fill, Table


@dataclass(slots=True)
class Case:
    """A workbook on trial. ``readers``: the areas that formulas read, made when they are first asked for."""

    desk: Desk
    tables: list[Table]
    blocks: list[Block] = field(default_factory=list)
    kept: dict[str, object] = field(default_factory=dict)
    _reader: Reader | None = None
    _links: dict[int, set[int]] | None = None
    _read: dict[int, list[tuple[Area, Place]]] | None = field(default=None)
    _along: dict[tuple[int, bool, int], list[tuple[int, Table, Fill]]] | None = None

    def finding(
        self,
        kind: str,
        place: Place,
        message: str,
        *,
        severity: str = ERROR,
        expected: str | None = None,
        wanted: object = None,
        run: str | None = None,
        role: str | None = None,
    ) -> Finding:
        """A finding at a cell. expected: the formula that belongs there; wanted: the value that it would have."""
        return Finding(
            kind=kind,
            severity=severity,
            sheet=self.desk.book.sheets[place[0]].name,
            cell=cell_name(*place[1:]),
            message=message,
            range=run,
            role=role,
            formula=self.desk.text(place),
            expected_formula=expected,
            value=scalar(self.desk.at(place)),
            expected=scalar(wanted),
            place=place,
        )

    def areas(self, place: Place) -> list[Area]:
        """What a formula cell reads, as far as its text shows."""
        program = self.desk.program(place)
        if program is None:
            return []
        self._reader = self._reader or Reader.of(self.desk.book)
        return list(self._reader.areas(Region(program, Box(*place[1:], *place[1:]))))

    def reads(self, place: Place) -> bool:
        """Whether any formula reads a cell."""
        return any(True for _ in self.readers(place))

    def alone(self, place: Place) -> bool:
        """Whether a formula reads a cell by itself, and not only among others."""
        for reader in self.readers(place):
            for area in self.areas(reader):
                if area.sheet == place[0] and (area.top, area.left, area.bottom, area.right) == place[1:] * 2:
                    return True
        return False

    def readers(self, place: Place) -> Iterator[Place]:
        """The formula cells that read a cell."""
        if self._read is None:
            self._read = {}
            for sheet, cells in enumerate(self.desk.programs):
                for cell in cells:
                    for area in self.areas((sheet, *cell)):
                        self._read.setdefault(area.sheet, []).append((area, (sheet, *cell)))
        for area, reader in self._read.get(place[0], ()):
            if area.top <= place[1] <= area.bottom and area.left <= place[2] <= area.right:
                yield reader

    def links(self) -> dict[int, set[int]]:
        """Which sheets the formulas of a sheet read, itself left out."""
        if self._links is None:
            self._links = {}
            for sheet, cells in enumerate(self.desk.programs):
                several = {id(program): (program, cell) for cell, program in cells.items()}
                read = {area.sheet for _, cell in several.values() for area in self.areas((sheet, *cell))}
                self._links[sheet] = read - {sheet}
        return self._links

    def fill_at(self, place: Place) -> Fill | None:
        """The fill that a cell lies in (as one of its own or as an odd one)."""
        for _, fill in self.fills_along(place):
            if fill.first <= fill.position(place) <= fill.last:
                return fill
        return None

    def fills_along(self, place: Place) -> list[tuple[Table, Fill]]:
        """The fills in a cell's column, and those to the right in its row, with their tables and in their order."""
        if self._along is None:
            self._along = {}
            pairs = [(table, fill) for table in self.tables for fill in table.fills]
            for number, (table, fill) in enumerate(pairs):
                self._along.setdefault((fill.sheet, fill.across, fill.line), []).append((number, table, fill))
        sheet, row, col = place
        down, right = self._along.get((sheet, False, col), []), self._along.get((sheet, True, row), [])
        found = sorted([*down, *right], key=lambda one: one[0]) if down and right else down or right
        return [(table, fill) for _, table, fill in found]


def scalar(value: object) -> Scalar:
    """A result as one value; None where it is none."""
    if isinstance(value, Array):
        return value.rows[0][0]
    if isinstance(value, Unsupported) or value is None:
        return None
    return value  # type: ignore[return-value]  # what a cell can hold


def formula_text(tree: Node, place: Place) -> str:
    """A tree as it reads in a cell, with ``=``."""
    return "=" + to_text(tree, *place[1:])


def said(value: Result | Array) -> str:
    """A value in a message."""
    one = scalar(value)
    if one is None:
        return "blank"
    if isinstance(one, float):
        return f"{one:.6g}"
    return f"'{one}'" if isinstance(one, str) else str(one)


def place_name(place: Place) -> str:
    """``J5``."""
    return cell_name(*place[1:])
