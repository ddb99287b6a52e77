"""Trees to closures: references, names, structured references, and the operators ``:`` space ``,`` ``#`` ``@``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..address import MAX_COL, MAX_ROW
from ..book import Name, Table
from ..errors import FormulaError
from ..formula.nodes import (
    Corner,
    Intersection,
    NameRef,
    Node,
    RangeBetween,
    Ref,
    Single,
    Spill,
    TableRef,
    Union,
)
from ..functions import calls, registry
from ..functions.meter import CALL
from ..values import NAME, NULL, REF, VALUE, Area, Array, CellError, Lambda, Operand, Reference
from .code import At, Code
from .expressions import Scope, Value, blocked, operand, to_value, tree_size, value

_AREA = 10  # steps of an area that is joined to others or meets another


@operand.register
def _ref(node: Ref, scope: Scope) -> Code:
    sheets = scope.links.span(node.where, scope.sheet)
    if sheets is None:
        where = node.where
        known = where is None or where.book is None or (where.book, where.sheet.casefold()) in scope.links.lost
        return (lambda at: REF) if known or where is None else blocked(f"external workbook [{where.book}]")
    box, own = _box(node), node.where is None
    several = tuple(sheets)

    def run(at: At) -> Operand:
        top, left, bottom, right = box(at)
        if own:
            return Reference((Area(at.sheet, top, left, bottom, right),))
        return Reference(tuple(Area(sheet, top, left, bottom, right) for sheet in several))

    return run


@value.register
def _cell_value(node: Ref, scope: Scope) -> Callable[[At], Value]:
    """A single cell of the own sheet is read at once; it is what most formulas consist of."""
    first = node.first
    if node.last is not None or node.shape != "cells" or node.where is not None:
        code, array = operand(node, scope), scope.array
        return lambda at: to_value(code(at), at, array)

    def read(at: At) -> Value:
        return at.run.value(at.sheet, _row(first, at.row), _col(first, at.col))

    return read


def _box(node: Ref) -> Callable[[At], tuple[int, int, int, int]]:
    first, last = node.first, node.last or node.first

    def cells(at: At) -> tuple[int, int, int, int]:
        row, col = at.row, at.col
        top, left = _row(first, row), _col(first, col)
        if node.last is None:
            return top, left, top, left
        bottom, right = _row(last, row), _col(last, col)
        return min(top, bottom), min(left, right), max(top, bottom), max(left, right)

    def columns(at: At) -> tuple[int, int, int, int]:
        left, right = sorted((_col(first, at.col), _col(last, at.col)))
        return 1, left, MAX_ROW, right

    def rows(at: At) -> tuple[int, int, int, int]:
        top, bottom = sorted((_row(first, at.row), _row(last, at.row)))
        return top, 1, bottom, MAX_COL

    return {"cells": cells, "columns": columns, "rows": rows}[node.shape]


def _row(corner: Corner, row: int) -> int:
    if corner.row_fixed:
        return corner.row
    target = corner.row + row
    return target if 1 <= target <= MAX_ROW else (target - 1) % MAX_ROW + 1


def _col(corner: Corner, col: int) -> int:
    if corner.col_fixed:
        return corner.col
    target = corner.col + col
    return target if 1 <= target <= MAX_COL else (target - 1) % MAX_COL + 1


@operand.register
def _name_ref(node: NameRef, scope: Scope) -> Code:
    key = node.name.casefold()
    if node.where is None and key in scope.names:
        return lambda at: at.names[key]
    if node.where is not None and node.where.book not in (None, "0"):
        return blocked(f"external name [{node.where.book}]!{node.name}")
    name = scope.links.name(node.name, node.where, scope.sheet)
    if name is not None:
        return _defined(name, scope)
    table = scope.links.tables.get(key)
    if table is not None:
        return operand(TableRef(node.name, frozenset(), None, None), scope)
    return _as_function(node.name.upper())


def _as_function(name: str) -> Code:
    """A function by its bare name, as in ``MAP(A1:A3,ABS)``; else #NAME?."""
    signature = registry.lookup(name)
    if signature is None:
        return lambda at: NAME

    def run(at: At) -> Operand:
        def call(arguments: Sequence[Operand]) -> Operand:
            if not signature.least <= len(arguments) <= signature.most:
                return VALUE
            return calls.call(signature, [_constant(argument) for argument in arguments], at, True)

        return Lambda(call, signature.most, signature.least)

    return run


def _constant(argument: Operand) -> Callable[[], Operand]:
    return lambda: argument


def _defined(name: Name, scope: Scope) -> Code:
    """A defined name: compiled at its first use (names may refer to each other), in the sheet of the formula."""
    try:
        tree: Node = scope.links.tree(name)
    except FormulaError:
        return blocked(f"name {name.name}")
    sheet = scope.sheet if name.sheet is None else name.sheet
    known = scope.links.codes.get((id(name), sheet))
    if known is not None:
        return known
    inner = replace(scope, array=True, array_formula=True, names=frozenset(), sheet=sheet)
    compiled: list[Code] = []
    busy: list[bool] = []
    effort = CALL + 2 * tree_size(tree)

    def run(at: At) -> Operand:
        if busy:
            return NAME
        at.run.meter.charge(effort)
        if not compiled:
            compiled.append(operand(tree, inner))
        busy.append(True)
        try:
            return compiled[0](At(at.sheet, at.row, at.col, at.run))
        finally:
            busy.pop()

    scope.links.codes[id(name), sheet] = run
    return run


@operand.register
def _table_ref(node: TableRef, scope: Scope) -> Code:
    known = scope.links.tables.get(node.table.casefold()) if node.table else None
    if node.table and known is None:
        return lambda at: REF
    links = scope.links

    def run(at: At) -> Operand:
        table = known or links.table_at(at.sheet, at.row, at.col)
        return REF if table is None else table_area(table, node, at)

    return run


def table_area(table: Table, node: TableRef, at: At) -> Reference | CellError:
    """The cells that a structured reference means."""
    box = table.box
    columns = [name.casefold() for name in table.columns]
    wanted = [name.casefold() for name in (node.first, node.last) if name is not None]
    if any(name not in columns for name in wanted):
        return REF
    left = box.left + min((columns.index(name) for name in wanted), default=0)
    right = box.left + max((columns.index(name) for name in wanted), default=len(columns) - 1)
    top, bottom = box.top + table.header_rows, box.bottom - table.totals_rows
    items = node.items or frozenset({"data"})
    if "this row" in items:
        inside = at.sheet == table.sheet and top <= at.row <= bottom
        return Reference((Area(table.sheet, at.row, left, at.row, right),)) if inside else VALUE
    bands = []
    if items & {"all", "headers"}:
        bands.append((box.top, box.top + table.header_rows - 1))
    if items & {"all", "data"}:
        bands.append((top, bottom))
    if items & {"all", "totals"}:
        bands.append((box.bottom - table.totals_rows + 1, box.bottom))
    bands = [band for band in bands if band[0] <= band[1]]
    if not bands:
        return REF
    return Reference((Area(table.sheet, min(b[0] for b in bands), left, max(b[1] for b in bands), right),))


@operand.register
def _range_between(node: RangeBetween, scope: Scope) -> Code:
    codes = (operand(node.first, scope), operand(node.last, scope))

    def run(at: At) -> Operand:
        ends = [code(at) for code in codes]
        areas: list[Area] = []
        for end in ends:
            if isinstance(end, CellError):
                return end
            if not isinstance(end, Reference):
                return VALUE
            areas.extend(end.areas)
        if len({area.sheet for area in areas}) > 1:
            return VALUE
        return Reference(
            (
                Area(
                    areas[0].sheet,
                    min(area.top for area in areas),
                    min(area.left for area in areas),
                    max(area.bottom for area in areas),
                    max(area.right for area in areas),
                ),
            )
        )

    return run


@operand.register
def _intersection(node: Intersection, scope: Scope) -> Code:
    codes = [operand(part, scope) for part in node.parts]

    def run(at: At) -> Operand:
        common: tuple[Area, ...] | None = None
        for code in codes:
            part = code(at)
            if not isinstance(part, Reference):
                return part if isinstance(part, CellError) else VALUE
            at.run.meter.charge(_AREA * len(part.areas) * (1 if common is None else len(common)))
            common = part.areas if common is None else _meet(common, part.areas)
        return Reference(common) if common else NULL

    return run


def _meet(one: tuple[Area, ...], two: tuple[Area, ...]) -> tuple[Area, ...]:
    found: list[Area] = []
    for a in one:
        for b in two:
            area = Area(a.sheet, max(a.top, b.top), max(a.left, b.left), min(a.bottom, b.bottom), min(a.right, b.right))
            if a.sheet == b.sheet and area.top <= area.bottom and area.left <= area.right:
                found.append(area)
    return tuple(found)


@operand.register
def _union(node: Union, scope: Scope) -> Code:
    codes = [operand(part, scope) for part in node.parts]

    def run(at: At) -> Operand:
        areas: list[Area] = []
        for code in codes:
            part = code(at)
            if not isinstance(part, Reference):
                return part if isinstance(part, CellError) else VALUE
            areas.extend(part.areas)
        at.run.meter.charge(_AREA * len(areas))
        return Reference(tuple(areas))

    return run


@operand.register
def _spill(node: Spill, scope: Scope) -> Code:
    code = operand(node.anchor, scope)

    def run(at: At) -> Operand:
        anchor = code(at)
        if not isinstance(anchor, Reference) or len(anchor.areas) != 1:
            return anchor if isinstance(anchor, CellError) else REF
        area = anchor.areas[0]
        return at.run.spilled(area.sheet, area.top, area.left)

    return run


@operand.register
def _single(node: Single, scope: Scope) -> Code:
    code = operand(node.operand, scope)

    def run(at: At) -> Operand:
        result = code(at)
        if isinstance(result, Reference):
            return calls.intersect(result, at)
        return result.rows[0][0] if isinstance(result, Array) else result

    return run
