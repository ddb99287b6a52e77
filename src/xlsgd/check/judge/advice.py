"""What findings advise to write: told as a person would write it, or not at all where it makes no sense."""

from __future__ import annotations

from dataclasses import replace

from ...errors import FormulaError
from ...formula import parse
from ...formula.nodes import Chain, Literal, Node
from ..findings import Finding, Place
from .ground.case import formula_text
from .ground.terms import again, factors
from .ground.trees import bare, box_at, paths, put, refs
from .trials.edits import times


def advised(finding: Finding) -> Finding:
    """The finding with its advice tidied; without it where a cell would read itself, or a term stand there twice."""
    if finding.expected_formula is None or finding.place is None:
        return finding
    wanted, own = _tree(finding.expected_formula, finding.place), _tree(finding.formula or "", finding.place)
    if wanted is None:
        return finding
    better = _summed(wanted)
    if (_reads_itself(wanted, finding.place) and not (own and _reads_itself(own, finding.place))) or again(better):
        return replace(finding, expected_formula=None, expected=None)
    return finding if better == wanted else replace(finding, expected_formula=formula_text(better, finding.place))


def _tree(text: str, place: Place) -> Node | None:
    try:
        return parse(text.removeprefix("="), *place[1:]) if text.startswith("=") else None
    except FormulaError:
        return None


def _reads_itself(tree: Node, place: Place) -> bool:
    boxes = [box_at(ref, *place[1:]) for ref in refs(tree) if ref.where is None]
    return any(
        box is not None and box.top <= place[1] <= box.bottom and box.left <= place[2] <= box.right for box in boxes
    )


def _summed(tree: Node) -> Node:
    """A formula in which a term that stands there twice is written once, with a 2 before it."""
    for path, node in paths(tree):
        if not isinstance(node, Chain) or not set(node.operators) <= {"+", "-"}:
            continue
        signs = ("+", *node.operators)
        for two in range(1, len(node.operands)):
            for one in range(two):
                same = factors(node.operands[one]) == factors(node.operands[two]) and refs(node.operands[one])
                if same and signs[one] == signs[two]:
                    rest = (*node.operands[:two], *node.operands[two + 1 :])
                    term = times(Literal(2.0), bare(node.operands[one]))
                    rest = (*rest[:one], term, *rest[one + 1 :])
                    left = (*node.operators[: two - 1], *node.operators[two:])
                    return put(tree, path, Chain(rest, left) if left else term)
    return tree
