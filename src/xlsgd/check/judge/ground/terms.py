"""Sums and what their terms are made of."""

from __future__ import annotations

from ....formula.nodes import Chain, Literal, Node
from .trees import bare, nodes, refs


def factors(term: Node) -> tuple[Node, ...]:
    """The factors of a term, without the parentheses around them."""
    inner = bare(term)
    if isinstance(inner, Chain) and set(inner.operators) == {"*"}:
        return tuple(factor for one in inner.operands for factor in factors(one))
    return (inner,)


def again(tree: Node) -> bool:
    """Whether a sum has the same cells twice, only by other numbers."""
    for node in nodes(tree):
        if isinstance(node, Chain) and set(node.operators) <= {"+", "-"}:
            terms = [factors(one) for one in node.operands]
            numbered = [
                tuple(one for one in term if not isinstance(one, Literal))
                for term in terms
                if any(isinstance(one, Literal) for one in term) and refs(Chain(term, ("*",) * (len(term) - 1)))
            ]
            if len(set(numbered)) < len(numbered):
                return True
    return False
