"""Trees to closures: operators, literals and calls. References are in :mod:`.places`, LET and LAMBDA in :mod:`.forms`.

``operand`` gives code for an expression as it is (a reference stays one); ``value`` code for its value (a scalar or,
in array formulas, an array). A formula is compiled once for all cells of a fill-down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import TypeAlias

from ..formula.nodes import (
    ArrayLiteral,
    Call,
    Chain,
    Literal,
    NameRef,
    Node,
    Omitted,
    Paren,
    Percent,
    Signs,
    children,
)
from ..functions import calls, registry
from ..functions.operators import BINARY, negate, percent, snap
from ..values import OMITTED, VALUE, Array, CellError, Lambda, Operand, Reference, Scalar
from ..values import Omitted as OmittedValue
from .code import At, Blocked, Code
from .links import Links

Value: TypeAlias = Scalar | Array


@dataclass(frozen=True, slots=True)
class Scope:
    """What compiling knows: the book's links, the formula's sheet, whether ranges stay whole, variables in sight.

    ``array``: here, as within SUMPRODUCT. ``array_formula``: in the whole formula.
    """

    links: Links
    sheet: int
    array: bool
    names: frozenset[str] = frozenset()
    array_formula: bool = True


@singledispatch
def operand(node: Node, scope: Scope) -> Code:
    """Code for an expression as it is."""
    raise TypeError(f"no code for {type(node).__name__}")


@singledispatch
def value(node: Node, scope: Scope) -> Callable[[At], Value]:
    """Code for the value of an expression: references read, in old formulas intersected with the formula's cell."""
    if isinstance(node, Paren):
        return value(node.inner, scope)
    code, array = operand(node, scope), scope.array
    if isinstance(node, Literal | Chain | Signs | Percent | ArrayLiteral):
        return code  # type: ignore[return-value]  # these give values

    def read(at: At) -> Value:
        return to_value(code(at), at, array)

    return read


def to_value(result: Operand, at: At, array: bool) -> Value:
    """An operand as a value; a function as a value is #VALUE! here."""
    if isinstance(result, Reference):
        return calls.single_or_array(result, at, array)
    if isinstance(result, Lambda):
        return VALUE
    return None if isinstance(result, OmittedValue) else result


def whole(node: Node, sheet: int, links: Links, array: bool) -> Code:
    """Code for a whole formula, the near-zero snap included."""
    scope = Scope(links, sheet, array, array_formula=array)
    if isinstance(node, Chain) and node.operators[-1] in "+-":
        return _chain(node, scope, snapped=True)
    return operand(node, scope)


@operand.register
def _literal(node: Literal, scope: Scope) -> Code:
    constant = node.value
    return lambda at: constant


@operand.register
def _omitted(node: Omitted, scope: Scope) -> Code:
    return lambda at: OMITTED


@operand.register
def _array_literal(node: ArrayLiteral, scope: Scope) -> Code:
    rows = [list(row) for row in node.rows]
    return lambda at: Array([list(row) for row in rows])


@operand.register
def _paren(node: Paren, scope: Scope) -> Code:
    return operand(node.inner, scope)


@operand.register
def _signs(node: Signs, scope: Scope) -> Code:
    if "-" not in node.signs:
        return value(node.operand, scope)
    code, twice = value(node.operand, scope), node.signs.count("-") % 2 == 0

    def signed(number: Scalar) -> Scalar:
        result = negate(number)
        return negate(result) if twice else result

    return _over(code, signed)


@operand.register
def _percent(node: Percent, scope: Scope) -> Code:
    code = value(node.operand, scope)
    for _ in range(node.count):
        code = _over(code, percent)
    return code


def _over(code: Callable[[At], Value], operator: Callable[[Scalar], Scalar]) -> Callable[[At], Value]:
    def run(at: At) -> Value:
        one = code(at)
        if isinstance(one, Array):
            at.run.meter.size(one.height, one.width)
            return Array([[operator(element) for element in row] for row in one.rows])
        return operator(one)

    return run


@operand.register
def _chain_node(node: Chain, scope: Scope) -> Code:
    return _chain(node, scope, snapped=False)


def _chain(node: Chain, scope: Scope, snapped: bool) -> Code:
    first = value(node.operands[0], scope)
    steps = [
        (BINARY[operator], value(other, scope))
        for operator, other in zip(node.operators, node.operands[1:], strict=True)
    ]
    if snapped:
        steps[-1] = (_snapped(steps[-1][0]), steps[-1][1])
    if len(steps) == 1:
        return _binary(first, *steps[0])

    def run(at: At) -> Value:
        result = first(at)
        for operator, code in steps:
            other = code(at)
            if isinstance(result, Array) or isinstance(other, Array):
                result = calls.broadcast(operator, result, other)
            else:
                result = operator(result, other)
        return result

    return run


def _binary(first: Callable[[At], Value], operator: Callable[[Scalar, Scalar], Scalar], second: Code) -> Code:
    def run(at: At) -> Value:
        one, two = first(at), second(at)
        if isinstance(one, Array) or isinstance(two, Array):
            return calls.broadcast(operator, one, two)  # type: ignore[arg-type]  # values
        return operator(one, two)  # type: ignore[arg-type]  # values

    return run


def _snapped(operator: Callable[[Scalar, Scalar], Scalar]) -> Callable[[Scalar, Scalar], Scalar]:
    return lambda one, two: snap(operator(one, two), one, two)


Form = Callable[[Call, Scope], Code]
FORMS: dict[str, Form] = {}
"""Calls that are no plain functions, by name: LET, LAMBDA. Filled by :mod:`.forms`."""


@operand.register
def _call(node: Call, scope: Scope) -> Code:
    if node.name.casefold() in scope.names or node.name not in FORMS:
        return _function_call(node, scope)
    return FORMS[node.name](node, scope)


def _function_call(node: Call, scope: Scope) -> Code:
    signature = None if node.name.casefold() in scope.names else registry.lookup(node.name)
    if signature is None:
        return _call_by_name(node, scope)
    count = len(node.args)
    if not signature.least <= count <= signature.most:
        return blocked(f"{node.name} with {count} arguments")
    codes = [
        operand(arg, _argument_scope(node.name, i, signature.parameter(i).array, scope))
        for i, arg in enumerate(node.args)
    ]
    array = scope.array_formula if node.name in _NEVER_ARRAYS else scope.array

    def run(at: At) -> Operand:
        return calls.call(signature, [_late(code, at) for code in codes], at, array)

    return run


_NEVER_ARRAYS = frozenset({"IF", "IFERROR", "IFNA"})
"""Functions whose first argument is one value in a formula of the old kind, also within SUMPRODUCT and its like."""


def _argument_scope(name: str, index: int, array: bool, scope: Scope) -> Scope:
    if index == 0 and name in _NEVER_ARRAYS:
        return replace(scope, array=scope.array_formula)
    return replace(scope, array=True) if array else scope


def _late(code: Code, at: At) -> Callable[[], Operand]:
    return lambda: code(at)


def _call_by_name(node: Call, scope: Scope) -> Code:
    """A call of a variable or a defined name that holds a LAMBDA; else an unknown function."""
    known = node.name.casefold() in scope.names or scope.links.name(node.name, None, scope.sheet) is not None
    if not known:
        return blocked(node.name)
    callee = operand(NameRef(node.name), scope)
    args = [operand(arg, scope) for arg in node.args]

    def run(at: At) -> Operand:
        return invoke(callee(at), [code(at) for code in args])

    return run


def invoke(function: Operand, arguments: list[Operand]) -> Operand:
    """The result of a function value; anything else cannot be called."""
    if isinstance(function, CellError):
        return function
    if not isinstance(function, Lambda) or len(arguments) > function.arity:
        return VALUE
    return function.call(arguments)


def tree_size(node: Node) -> int:
    """How many nodes a tree has."""
    count, stack = 0, [node]
    while stack:
        count += 1
        stack.extend(children(stack.pop()))
    return count


def blocked(reason: str) -> Code:
    """Code of an expression that has no answer; it says so only where it is reached."""

    def run(at: At) -> Operand:
        raise Blocked(reason)

    return run
