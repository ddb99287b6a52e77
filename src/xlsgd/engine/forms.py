"""Calls that bind variables: LET and LAMBDA; and values called as functions.

Source: Microsoft, "LET function", "LAMBDA function".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..formula.nodes import Call, Invoke, NameRef, Node
from ..functions.meter import CALL
from ..values import NUM, OMITTED, VALUE, Lambda, Operand
from .code import At, Code
from .expressions import FORMS, Scope, blocked, invoke, operand, tree_size

MAX_CALLS = 1024
"""LAMBDA calls within calls; Excel gives #NUM! about there."""


def _variable(node: Node) -> str | None:
    """The name that a LET or LAMBDA binds, in lower case; ``[x]`` marks an optional parameter."""
    from ..formula.nodes import TableRef

    if isinstance(node, NameRef) and node.where is None:
        return node.name.casefold()
    if isinstance(node, TableRef) and not node.table and node.first is not None and not node.items:
        return node.first.casefold()
    return None


def _let(node: Call, scope: Scope) -> Code:
    if len(node.args) < 3 or len(node.args) % 2 == 0:
        return blocked(f"LET with {len(node.args)} arguments")
    bindings: list[tuple[str, Code]] = []
    for target, bound in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
        name = _variable(target)
        if name is None:
            return blocked("LET with a name that is none")
        bindings.append((name, operand(bound, scope)))
        scope = replace(scope, names=scope.names | {name})
    body = operand(node.args[-1], scope)

    def run(at: At) -> Operand:
        inner = at.inner()
        for name, code in bindings:
            inner.names[name] = code(inner)
        return body(inner)

    return run


def _lambda(node: Call, scope: Scope) -> Code:
    if not node.args:
        return blocked("LAMBDA without a calculation")
    found = [_variable(arg) for arg in node.args[:-1]]
    names = [name for name in found if name is not None]
    if len(names) != len(found):
        return blocked("LAMBDA with a parameter that is no name")
    body = operand(node.args[-1], replace(scope, array=True, array_formula=True, names=scope.names | set(names)))
    effort = CALL + 2 * tree_size(node)
    needed = max((i + 1 for i, arg in enumerate(node.args[:-1]) if isinstance(arg, NameRef)), default=0)
    depth = [0]

    def make(at: At) -> Operand:
        def call(arguments: Sequence[Operand]) -> Operand:
            if not needed <= len(arguments) <= len(names):
                return VALUE
            if depth[0] >= MAX_CALLS:
                return NUM
            at.run.meter.charge(effort)
            inner = at.inner()
            for index, name in enumerate(names):
                inner.names[name] = arguments[index] if index < len(arguments) else OMITTED
            depth[0] += 1
            try:
                return body(inner)
            finally:
                depth[0] -= 1

        return Lambda(call, len(names), needed)

    return make


FORMS["LET"] = _let
FORMS["LAMBDA"] = _lambda


@operand.register
def _invoke(node: Invoke, scope: Scope) -> Code:
    callee = operand(node.callee, scope)
    args = [operand(arg, scope) for arg in node.args]

    def run(at: At) -> Operand:
        return invoke(callee(at), [code(at) for code in args])

    return run
