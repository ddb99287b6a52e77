"""Which formulas change by themselves."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache

from ..formula.nodes import Call
from ..functions.registry import lookup
from ..plan import Program


@lru_cache(maxsize=1024)
def changes_by_itself(program: Program) -> bool:
    """Whether a formula calls RAND, NOW or another function whose result differs from one calculation to the next."""
    stack: list[object] = [program.tree]
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
