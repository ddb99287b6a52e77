"""Tree to text: as it stands in a cell (A1 style), ready to be parsed again."""

from __future__ import annotations

from functools import singledispatch

from ..address import MAX_COL, MAX_ROW, column_name, quote_sheet
from ..values import CellError, Scalar
from .nodes import (
    ArrayLiteral,
    Call,
    Chain,
    Corner,
    Intersection,
    Invoke,
    Literal,
    NameRef,
    Node,
    Omitted,
    Paren,
    Percent,
    RangeBetween,
    Ref,
    Signs,
    Single,
    Spill,
    TableRef,
    Union,
    Where,
)
from .structured import escape


@singledispatch
def to_text(node: Node, row: int, col: int) -> str:
    """The formula of a tree, without ``=``, as it reads in the cell at ``row`` and ``col``.

    >>> from .parser import parse
    >>> to_text(parse("-A1 * (2+$B$3)%", 5, 1), 6, 1)
    '-A2*(2+$B$3)%'
    """
    raise TypeError(f"no text for {type(node).__name__}")


def number_text(number: float) -> str:
    """The shortest text that reads back to the same double, without a needless ``.0``.

    >>> number_text(3.0), number_text(1e-07)
    ('3', '1E-07')
    """
    text = repr(number)
    return text.removesuffix(".0").upper()


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, CellError):
        return str(value)
    return '"' + (value or "").replace('"', '""') + '"'


def _where(where: Where | None) -> str:
    if where is None:
        return ""
    sheets = f"[{where.book}]" if where.book is not None else ""
    sheets += where.sheet + (f":{where.last}" if where.last is not None else "")
    plain = where.book is None and where.last is None
    if plain:
        return quote_sheet(where.sheet) + "!"
    names = [name for name in (where.sheet, where.last) if name]
    if all(quote_sheet(name) == name for name in names):
        return sheets + "!"
    return "'" + sheets.replace("'", "''") + "'!"


def _row(corner: Corner, row: int) -> str:
    return f"${corner.row}" if corner.row_fixed else str((row + corner.row - 1) % MAX_ROW + 1)


def _col(corner: Corner, col: int) -> str:
    return f"${column_name(corner.col)}" if corner.col_fixed else column_name((col + corner.col - 1) % MAX_COL + 1)


@to_text.register
def _(node: Literal, row: int, col: int) -> str:
    return _scalar(node.value)


@to_text.register
def _(node: Omitted, row: int, col: int) -> str:
    return ""


@to_text.register
def _(node: ArrayLiteral, row: int, col: int) -> str:
    return "{" + ";".join(",".join(_scalar(value) for value in line) for line in node.rows) + "}"


@to_text.register
def _(node: Ref, row: int, col: int) -> str:
    ends = [node.first] if node.last is None else [node.first, node.last]
    if node.shape == "columns":
        text = ":".join(_col(end, col) for end in ends)
    elif node.shape == "rows":
        text = ":".join(_row(end, row) for end in ends)
    else:
        text = ":".join(_col(end, col) + _row(end, row) for end in ends)
    return _where(node.where) + text


@to_text.register
def _(node: NameRef, row: int, col: int) -> str:
    return _where(node.where) + node.name


@to_text.register
def _(node: TableRef, row: int, col: int) -> str:
    items = [f"[#{item.title() if item != 'this row' else 'This Row'}]" for item in sorted(node.items)]
    columns = [] if node.first is None else [f"[{escape(node.first)}]"]
    if node.last is not None and node.last != node.first:
        columns = [f"[{escape(node.first or '')}]:[{escape(node.last)}]"]
    parts = items + columns
    if len(parts) == 1 and ":" not in parts[0]:
        return node.table + parts[0]
    return node.table + "[" + ",".join(parts) + "]"


@to_text.register
def _(node: Call, row: int, col: int) -> str:
    return f"{node.name}({','.join(to_text(arg, row, col) for arg in node.args)})"


@to_text.register
def _(node: Invoke, row: int, col: int) -> str:
    return f"{to_text(node.callee, row, col)}({','.join(to_text(arg, row, col) for arg in node.args)})"


@to_text.register
def _(node: Signs, row: int, col: int) -> str:
    return node.signs + to_text(node.operand, row, col)


@to_text.register
def _(node: Percent, row: int, col: int) -> str:
    return to_text(node.operand, row, col) + "%" * node.count


@to_text.register
def _(node: Chain, row: int, col: int) -> str:
    texts = [to_text(operand, row, col) for operand in node.operands]
    pairs = zip(node.operators, texts[1:], strict=True)
    return texts[0] + "".join(operator + text for operator, text in pairs)


@to_text.register
def _(node: RangeBetween, row: int, col: int) -> str:
    return f"{to_text(node.first, row, col)}:{to_text(node.last, row, col)}"


@to_text.register
def _(node: Intersection, row: int, col: int) -> str:
    return " ".join(to_text(part, row, col) for part in node.parts)


@to_text.register
def _(node: Union, row: int, col: int) -> str:
    return ",".join(to_text(part, row, col) for part in node.parts)


@to_text.register
def _(node: Paren, row: int, col: int) -> str:
    return "(" * node.count + to_text(node.inner, row, col) + ")" * node.count


@to_text.register
def _(node: Spill, row: int, col: int) -> str:
    return to_text(node.anchor, row, col) + "#"


@to_text.register
def _(node: Single, row: int, col: int) -> str:
    return "@" + to_text(node.operand, row, col)
