"""Which formulas change by themselves."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from ..formula.nodes import Call, Node
from ..functions.registry import lookup


def changes_by_itself(tree: Node | None) -> bool:
    """Whether a formula calls RAND, NOW or another function whose result differs from one calculation to the next."""
    stack: list[object] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            signature = lookup(node.name)
            if signature is not None and signature.volatile:
                return True
        if isinstance(node, tuple):
            stack.extend(node)
        elif is_dataclass(node):
            stack.extend(getattr(node, field.name) for field in fields(node))
    return False
