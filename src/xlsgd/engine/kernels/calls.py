"""Which functions the kernels know, and how their calls are lowered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...formula.nodes import Call, Omitted, Ref
from ...formula.nodes import Node as Tree
from ...functions import registry
from ...functions.kinds import Kind
from ...values import NA, Scalar
from .places import CannotCompile, Range, Shape

if TYPE_CHECKING:
    from .lowering import Lowered, Lowering, Scope

CONSTANTS: dict[str, Scalar] = {"PI": math.pi, "TRUE": True, "FALSE": False, "NA": NA}
"""Functions without arguments."""

INLINE = {
    **dict.fromkeys(("ABS", "SIGN", "SQRT", "EXP", "LN", "LOG10", "INT", "TANH"), 1),
    **dict.fromkeys(("MOD", "ROUND", "POWER"), 2),
}
"""Functions of numbers that have machine code (some of them only for most arguments), and how many they take."""

GATHER = frozenset({"SUM", "SUMSQ", "AVERAGE", "PRODUCT", "MAX", "MIN", "COUNT", "COUNTA", "AND", "OR", "XOR"})
"""Functions of any number of values and ranges: a single reduction from left to right."""

ZIP = {"SUMPRODUCT": 0, "SUMXMY2": 2, "SUMX2MY2": 2, "SUMX2PY2": 2}
"""Functions of ranges of one shape, element by element, and how many they take (0: any number)."""

IS = frozenset({"ISNUMBER", "ISTEXT", "ISNONTEXT", "ISLOGICAL", "ISBLANK", "ISERROR", "ISERR", "ISNA"})

ARITIES: dict[str, tuple[int, int]] = {
    **dict.fromkeys(CONSTANTS, (0, 0)),
    **{name: (count, count) for name, count in INLINE.items()},
    **dict.fromkeys(GATHER, (1, 255)),
    **{name: (count or 1, count or 255) for name, count in ZIP.items()},
    **dict.fromkeys(IS | {"NOT"}, (1, 1)),
    **{"MMULT": (2, 2), "IF": (2, 3), "IFERROR": (2, 2), "IFNA": (2, 2)},
}
"""The least and the greatest number of arguments. The registry knows them too, but takes its time to load."""

_NUMERIC = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.LOGICAL})
_CHOICES = frozenset({"IF", "IFERROR", "IFNA"})


def lower_call(to: Lowering, call: Call, scope: Scope) -> Lowered:
    """The value of a call. Raises CannotCompile."""
    from .lowering import Lowered

    name, count = call.name, len(call.args)
    least, most = ARITIES.get(name) or _arity(name)
    if not least <= count <= most:
        raise CannotCompile(f"function {name}")
    if name in CONSTANTS:
        return Lowered(to.constant(CONSTANTS[name]))
    if name in _CHOICES:
        return Lowered(_choice(to, call, scope))
    if name in GATHER:
        return Lowered(_gather(to, call, scope))
    if name in ZIP:
        return Lowered(_zip(to, call, scope))
    if name == "MMULT":
        return _product(to, call, scope)
    if name == "NOT":
        return Lowered(to.nodes.add(("not", to.scalar(call.args[0], scope))))
    if name in IS:
        return Lowered(to.nodes.add(("is", name, to.scalar(call.args[0], scope))))
    return _of_numbers(to, call, scope)


def _arity(name: str) -> tuple[int, int]:
    signature = registry.lookup(name)
    if signature is None:
        raise CannotCompile(f"function {name}")
    return signature.least, signature.most


def _choice(to: Lowering, call: Call, scope: Scope) -> int:
    first = to.scalar(call.args[0], scope)
    branches = [_branch(to, arg, scope) for arg in call.args[1:]]
    if call.name == "IF":
        otherwise = branches[1] if len(branches) > 1 else to.constant(False)
        return to.nodes.add(("if", first, branches[0], otherwise))
    return to.nodes.add((call.name.lower(), _finished(to, first), branches[0]))


def _branch(to: Lowering, tree: Tree, scope: Scope) -> int:
    """What is chosen: of a reference the value as it is, of anything else a result of a function."""
    if isinstance(tree, Omitted):
        return to.constant(0.0)
    chosen = to.scalar(tree, scope)
    return chosen if _may_be_reference(to, tree, scope) else _finished(to, chosen)


def _finished(to: Lowering, node: int) -> int:
    return node if to.nodes.infos[node].finished else to.nodes.add(("finish", node))


# Reductions


def _gather(to: Lowering, call: Call, scope: Scope) -> int:
    parts: list[tuple[object, ...]] = []
    for arg in call.args:
        found = to.reference(arg, scope)
        if found is not None:
            ref, within = found
            sheet = to.sheet_of(ref.where, within)
            area = to.places.range(sheet, ref)
            if area.shape.first == area.shape.last == (1, 1):
                parts.append(("c", to.nodes.add(to.places.cell(sheet, ref.first))))
            else:
                parts.append(("a", to.nodes.add(area.node)))
            continue
        if _may_be_reference(to, arg, scope):
            raise CannotCompile("a reference chosen by IF")
        lowered = to.lower(arg, scope)
        if lowered.range is None:
            parts.append(("s", lowered.node))
        elif lowered.single:
            raise CannotCompile("a product of matrices within a sum")
        else:
            parts.append(("a", lowered.node))
    nodes = [part[1] for part in parts]
    mode = _mode(to, *(nodes[:1] if parts[0][0] == "a" else nodes))
    if mode == "running" and parts[0][0] != "a":
        mode = "line"
    return to.nodes.add(("reduce", call.name, mode, _with_domains(to, parts)))


def _may_be_reference(to: Lowering, tree: Tree, scope: Scope) -> bool:
    """Whether a tree is a reference, or a choice that may come to one."""
    inner, _ = to.behind(tree, scope)
    return isinstance(inner, Ref) or (isinstance(inner, Call) and inner.name in _CHOICES)


def _with_domains(to: Lowering, parts: list[tuple[object, ...]]) -> tuple[tuple[object, ...], ...]:
    """Parts that are ranges name the element that tells where the loop runs."""
    return tuple(("a", domain(to, int(str(part[1]))), part[1]) if part[0] == "a" else part for part in parts)


def domain(to: Lowering, node: int) -> int:
    """The first element that an expression of elements depends on."""
    from .canonical import operands

    while to.nodes.nodes[node][0] != "el":
        node = next(child for child in operands(to.nodes.nodes[node]) if to.nodes.infos[child].each)
    return node


def _mode(to: Lowering, *nodes: object) -> str:
    """How often the first part is gone through: once, or running on from line to line, or on every line."""
    infos = [to.nodes.infos[int(str(node))] for node in nodes]
    if all(info.still for info in infos):
        return "once"
    return "running" if not to.places.once and all(info.grows for info in infos) else "line"


def _zip(to: Lowering, call: Call, scope: Scope) -> int:
    wanted = ZIP[call.name]
    if wanted and len(call.args) != wanted:
        raise CannotCompile(f"function {call.name}")
    arrays = [_array(to, arg, scope) for arg in call.args]
    if len({shape for _, shape in arrays}) > 1:
        raise CannotCompile("arrays of different shapes")
    nodes = tuple(node for node, _ in arrays)
    return to.nodes.add(("zip", call.name, _mode(to, *nodes), domain(to, nodes[0]), nodes))


def _array(to: Lowering, tree: Tree, scope: Scope) -> tuple[int, Shape]:
    """An argument that is taken as an array, and its shape. Raises CannotCompile where it is a single value."""
    from dataclasses import replace

    found = to.reference(tree, scope)
    if found is not None:
        ref, within = found
        if ref.shape != "cells":
            raise CannotCompile("a whole column as an array")
        area = to.places.range(to.sheet_of(ref.where, within), ref)
        to.check_array(area)
        return to.nodes.add(area.node), area.shape
    lowered = to.lower(tree, replace(scope, array=True))
    if lowered.shape is None or lowered.single:
        raise CannotCompile("a single value as an array")
    return lowered.node, lowered.shape


def _product(to: Lowering, call: Call, scope: Scope) -> Lowered:
    """A row times a column: a single value."""
    from .lowering import Lowered

    (one, first), (two, second) = (_array(to, arg, scope) for arg in call.args)
    nodes = to.nodes.nodes
    if nodes[one][0] != "el" or nodes[two][0] != "el":
        raise CannotCompile("a product of calculated matrices")
    ends = ((first.first, second.first), (first.last, second.last))
    if any(a[0] != 1 or b[1] != 1 or a[1] != b[0] for a, b in ends):
        raise CannotCompile("a product of matrices")
    mode = "once" if to.nodes.infos[one].still and to.nodes.infos[two].still else "line"
    node = to.nodes.add(("zip", "MMULT", mode, one, (one, two)))
    return Lowered(node, Range(nodes[one], Shape((1, 1), (1, 1))), single=True)


# Functions of numbers


def _of_numbers(to: Lowering, call: Call, scope: Scope) -> Lowered:
    name = call.name
    if name not in INLINE and not _takes_numbers(name, len(call.args)):
        raise CannotCompile(f"function {name}")
    arguments = [to.lower(arg, scope) for arg in call.args]
    arrays = [argument for argument in arguments if argument.range is not None]
    if arrays and (len(arguments) > 1 or arrays[0].single):
        raise CannotCompile(f"function {name} over arrays")
    nodes = tuple(argument.node for argument in arguments)
    if name == "POWER":
        made = to.power(*nodes)
    elif INLINE.get(name) == len(nodes) and _inline(to, name, nodes):
        made = to.nodes.add(("call", name, *nodes))
    else:
        made = to.nodes.add(("python", name, *nodes))
    return arguments[0]._replace(node=made)


def _takes_numbers(name: str, count: int) -> bool:
    """Whether a function is one of numbers only, and of nothing else that it could see."""
    signature = registry.lookup(name)
    if signature is None or signature.volatile or signature.context or signature.whole or signature.blank_is_default:
        return False
    return count > 0 and all(signature.parameter(index).kind in _NUMERIC for index in range(count))


def _inline(to: Lowering, name: str, nodes: tuple[int, ...]) -> bool:
    """ROUND has machine code for typed decimal places only."""
    if name != "ROUND":
        return True
    places = to.nodes.nodes[nodes[1]]
    return places[0] == "num" and float.fromhex(places[1]) in range(16)
