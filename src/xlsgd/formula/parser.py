"""Tokens to tree. The stack is explicit (no recursion), so depth is limited by a number and not by the interpreter.

Precedence from the tightest (rule 8 of the calculation rules): ``:`` space ``,``, signs, ``%``, ``^``, ``* /``,
``+ -``, ``&``, comparisons; all from left to right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import FormulaError
from ..values import ERRORS, REF, SMALLEST_NORMAL, Scalar
from .nodes import (
    ArrayLiteral,
    Call,
    Chain,
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
    Union,
    depth,
)
from .references import cell_ref, columns_ref, rows_ref, sheet_part
from .structured import table_ref
from .tokens import Token, tokenize

MAX_DEPTH = 256
"""Brackets within brackets. Excel allows 64 levels of functions."""
MAX_TREE = 1024
"""Nodes below each other: operators within brackets, and what piles up without brackets, such as ``@@@A1``."""

PRECEDENCE = {
    ":": 10, " ": 9, ",": 8, "@": 7, "u": 7, "%": 6, "^": 5, "*": 4, "/": 4, "+": 3, "-": 3, "&": 2,
    "=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1,
}  # fmt: skip


def parse(text: str, row: int, col: int) -> Node:
    """The tree of a formula (without ``=``) that stands in the cell at ``row`` and ``col``. Raises FormulaError.

    >>> parse("2*3", 1, 1)
    Chain(operands=(Literal(value=2.0), Literal(value=3.0)), operators=('*',))
    """
    return _Parser(text, row, col).run()


@dataclass(slots=True)
class _Frame:
    """One open bracket: the operands and operators that wait in it. ``kind``: top, paren, call or invoke."""

    kind: str
    at: int
    name: str = ""
    callee: Node | None = None
    operands: list[Node] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)
    args: list[Node] = field(default_factory=list)


class _Parser:
    def __init__(self, text: str, row: int, col: int) -> None:
        self.text, self.row, self.col = text, row, col
        self.tokens = tokenize(text)
        self.at = 0
        self.frames = [_Frame("top", 0)]
        self.wants_operand = True

    def run(self) -> Node:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if self.wants_operand:
                self._operand(token)
            else:
                self._operator(token)
        if len(self.frames) > 1:
            raise self._error("a parenthesis '(' is not closed", self.frames[-1].at)
        if self.wants_operand:
            raise self._error("the formula ends where a value is expected", len(self.text))
        tree = self._reduce_all()
        if len(self.tokens) > MAX_TREE and depth(tree) > MAX_TREE:
            raise self._error(f"the formula is nested deeper than {MAX_TREE} levels", 0)
        return tree

    def _error(self, message: str, at: int) -> FormulaError:
        return FormulaError(f"{message} (character {at + 1})", position=at, formula=self.text)

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    # Where a value is expected

    def _operand(self, token: Token) -> None:
        frame = self.frames[-1]
        kind, text = token.kind, token.text
        if kind == "space":
            return
        if kind == "operator" and text in "+-@":
            frame.operators.append("@" if text == "@" else "u" + text)
        elif kind == "open":
            self._open(_Frame("paren", token.at))
        elif kind in ("comma", "close") and frame.kind in ("call", "invoke"):
            self._omitted(token, frame)
        else:
            self._push(self._value(token))

    def _omitted(self, token: Token, frame: _Frame) -> None:
        """An argument that is left out: before a comma or, unless it would be the only one, before the bracket."""
        if frame.operators:
            raise self._error("a value is missing behind an operator", token.at)
        if token.kind == "comma":
            frame.args.append(Omitted())
        else:
            if frame.args:
                frame.args.append(Omitted())
            self._close_call(frame)

    def _open(self, frame: _Frame) -> None:
        if len(self.frames) > MAX_DEPTH:
            raise self._error(f"brackets are nested deeper than {MAX_DEPTH} levels", frame.at)
        self.frames.append(frame)
        self.wants_operand = True

    def _push(self, node: Node | None) -> None:
        if node is not None:
            self.frames[-1].operands.append(node)
            self.wants_operand = False

    def _value(self, token: Token) -> Node | None:
        """The node of an operand token; None where it opened a bracket."""
        kind, text = token.kind, token.text
        if kind == "number":
            return Literal(_number(text, self._error("the number is too large", token.at)))
        if kind == "text":
            return Literal(text[1:-1].replace('""', '"'))
        if kind == "error":
            self._skip_deleted(token)
            return Literal(ERRORS[text.upper()])
        if kind == "brace":
            return self._array(token)
        if kind == "name":
            return self._name(token)
        if kind == "bracket":
            return table_ref("", text, token.at)
        return self._reference(token)

    def _skip_deleted(self, token: Token) -> None:
        """``#REF!A1`` is a cell on a deleted sheet: the error alone remains."""
        follows = self._peek()
        if token.text.upper() == "#REF!" and follows and follows.kind in ("cell", "rows", "columns"):
            self.at += 1

    def _reference(self, token: Token) -> Node:
        where = None
        if token.kind == "sheet":
            where = sheet_part(token.text)
            follows = self._peek()
            if follows is None:
                raise self._error("a cell or name is missing behind '!'", token.at)
            token = follows
            self.at += 1
        if token.kind == "cell":
            return cell_ref(token.text, self.row, self.col, where) or NameRef(token.text, where)
        if token.kind == "columns":
            return columns_ref(token.text, self.col, where) or Literal(REF)
        if token.kind == "rows":
            return rows_ref(token.text, self.row, where) or Literal(REF)
        if token.kind == "error":
            return Literal(ERRORS[token.text.upper()])
        if token.kind == "name" and where is not None:
            return self._name(token) or NameRef(token.text, where) if self._calls() else NameRef(token.text, where)
        raise self._error(f"'{token.text}' is not expected where a value belongs", token.at)

    def _calls(self) -> bool:
        follows = self._peek()
        return follows is not None and follows.kind == "open"

    def _name(self, token: Token) -> Node | None:
        follows = self._peek()
        name = strip_prefixes(token.text)
        if follows is not None and follows.kind == "open":
            self.at += 1
            self._open(_Frame("call", token.at, name.upper()))
            return None
        if follows is not None and follows.kind == "bracket":
            self.at += 1
            return table_ref(token.text, follows.text, token.at)
        upper = token.text.upper()
        if upper in ("TRUE", "FALSE"):
            return Literal(upper == "TRUE")
        optional = token.text[:6].casefold() == "_xlop."  # a LAMBDA parameter that people write as [name]
        return table_ref("", f"[{name}]", token.at) if optional else NameRef(name)

    def _array(self, opening: Token) -> Node:
        """An array constant: literals with signs, separated by commas and semicolons."""
        rows: list[list[Scalar]] = [[]]
        sign, wants = 1.0, True
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.kind == "space":
                continue
            if token.kind == "unbrace" and not wants:
                return self._rectangle(rows, opening)
            if not wants and token.kind in ("comma", "semicolon"):
                if token.kind == "semicolon":
                    rows.append([])
                sign, wants = 1.0, True
            elif wants and token.kind == "operator" and token.text in "+-":
                sign = -sign if token.text == "-" else sign
            elif wants and token.kind in ("number", "text", "error", "name"):
                rows[-1].append(self._constant(token, sign))
                wants = False
            elif not wants and token.text == "%":
                rows[-1].append(_hundredth(rows[-1].pop()))
            else:
                raise self._error(f"'{token.text}' cannot stand in an array constant", token.at)
        raise self._error("a brace '{' is not closed", opening.at)

    def _constant(self, token: Token, sign: float) -> Scalar:
        node = self._value(token)
        if not isinstance(node, Literal):
            raise self._error(f"'{token.text}' cannot stand in an array constant", token.at)
        value = node.value
        return sign * value if isinstance(value, float) else value

    def _rectangle(self, rows: list[list[Scalar]], opening: Token) -> Node:
        if len({len(row) for row in rows}) > 1:
            raise self._error("the rows of the array constant differ in length", opening.at)
        return ArrayLiteral(tuple(tuple(row) for row in rows))

    # Where an operator is expected

    def _operator(self, token: Token) -> None:
        frame = self.frames[-1]
        kind, text = token.kind, token.text
        if kind == "space":
            follows = self._peek()
            if follows is not None and _starts_operand(follows):
                self._binary(" ")
        elif kind == "operator" and text == "%":
            self._reduce(PRECEDENCE["%"] + 1)
            top = frame.operands.pop()
            frame.operands.append(Percent(top.operand, top.count + 1) if isinstance(top, Percent) else Percent(top, 1))
        elif kind == "operator" and text == "#":
            frame.operands.append(Spill(frame.operands.pop()))
        elif kind == "operator" and text in PRECEDENCE and text != "@":
            self._binary(text)
        elif kind == "comma":
            self._comma(frame)
        elif kind == "close":
            self._close(token, frame)
        elif kind == "open":
            self._open(_Frame("invoke", token.at, callee=frame.operands.pop()))
        else:
            raise self._error(f"'{text}' is not expected here", token.at)

    def _binary(self, operator: str) -> None:
        self._reduce(PRECEDENCE[operator])
        self.frames[-1].operators.append(operator)
        self.wants_operand = True

    def _comma(self, frame: _Frame) -> None:
        if frame.kind in ("call", "invoke"):
            frame.args.append(self._reduce_all())
            self.wants_operand = True
        else:
            self._binary(",")

    def _close(self, token: Token, frame: _Frame) -> None:
        if frame.kind == "top":
            raise self._error("a parenthesis ')' was never opened", token.at)
        last = self._reduce_all()
        if frame.kind == "paren":
            self.frames.pop()
            self._push(Paren(last.inner, last.count + 1) if isinstance(last, Paren) else Paren(last, 1))
        else:
            frame.args.append(last)
            self._close_call(frame)

    def _close_call(self, frame: _Frame) -> None:
        self.frames.pop()
        args = tuple(frame.args)
        if frame.callee is not None:
            self._push(Invoke(frame.callee, args))
        elif frame.name == "ANCHORARRAY" and len(args) == 1:
            self._push(Spill(args[0]))
        elif frame.name == "SINGLE" and len(args) == 1:
            self._push(Single(args[0]))
        else:
            self._push(Call(frame.name, args))

    # Operators meet their operands

    def _reduce_all(self) -> Node:
        self._reduce(0)
        return self.frames[-1].operands.pop()

    def _reduce(self, precedence: int) -> None:
        """Apply the waiting operators that bind at least as tightly as ``precedence``."""
        frame = self.frames[-1]
        while frame.operators:
            operator = frame.operators[-1]
            if PRECEDENCE[operator if operator in PRECEDENCE else "u"] < precedence:
                return
            frame.operators.pop()
            last = frame.operands.pop()
            if operator == "@":
                frame.operands.append(Single(last))
            elif operator[0] == "u":
                frame.operands.append(_signed(operator[1], last))
            else:
                frame.operands.append(_joined(frame.operands.pop(), operator, last))


def _starts_operand(token: Token) -> bool:
    return token.kind in ("sheet", "columns", "rows", "cell", "name", "open", "bracket", "error")


def _signed(sign: str, operand: Node) -> Node:
    if isinstance(operand, Signs):
        return Signs(sign + operand.signs, operand.operand)
    return Signs(sign, operand)


def _joined(first: Node, operator: str, last: Node) -> Node:
    """Two operands under an operator; a run of operators of one precedence stays flat."""
    if operator == ":":
        return _range(first, last)
    if operator in (" ", ","):
        kind = Intersection if operator == " " else Union
        parts = first.parts if isinstance(first, kind) else (first,)
        return kind((*parts, last))
    if isinstance(first, Chain) and PRECEDENCE[first.operators[0]] == PRECEDENCE[operator]:
        return Chain((*first.operands, last), (*first.operators, operator))
    return Chain((first, last), (operator,))


def _range(first: Node, last: Node) -> Node:
    plain = isinstance(first, Ref) and isinstance(last, Ref) and first.shape == last.shape == "cells"
    if (
        plain
        and isinstance(first, Ref)
        and isinstance(last, Ref)
        and first.last is None
        and last.last is None
        and last.where in (None, first.where)
    ):
        return Ref(first.first, last.first, "cells", first.where)
    return RangeBetween(first, last)


def _number(text: str, too_large: FormulaError) -> float:
    value = float(text)
    if value < SMALLEST_NORMAL:  # Excel has no denormal numbers
        value = 0.0
    if value == float("inf"):
        raise too_large
    return value


def _hundredth(value: Scalar) -> Scalar:
    return value / 100.0 if isinstance(value, float) else value


_PREFIXES = re.compile(r"(?:_xl(?:fn|ws|pm|op|eta|udf)\.)+", re.IGNORECASE)


def strip_prefixes(name: str) -> str:
    """A function's or variable's name without the prefixes that files carry.

    >>> strip_prefixes("_xlfn._xlws.SORT")
    'SORT'
    """
    match = _PREFIXES.match(name)
    return name[match.end() :] if match else name


__all__ = ["MAX_DEPTH", "PRECEDENCE", "parse", "strip_prefixes"]
