"""Names of single cells that are aimed at the wrong one: at nothing, at a text, at another setting than they say."""

from __future__ import annotations

from ....book import Name
from ....formula.nodes import Call, Chain, NameRef, Node, Signs
from ...findings import Place
from ..cells.data import ASK, as_person
from ..ground.case import Case, place_name, said
from ..ground.trees import bare, children, nodes
from .meanings import alike, joined, labelled, labels_of

Aimed = tuple[Name, Place]
"""A name and the single cell that it means."""


def astray(case: Case, name: Name, place: Place, others: list[Aimed]) -> tuple[str, Place | None] | None:
    """What is wrong with the cell that a name means, and the cell that it should mean; None where all is well.

    others: all names of single cells.
    """
    trees = uses(case, name)
    if not trees:
        return None
    value, labels = case.desk.at(place), labels_of(case, place)
    fitting = [one for one in labelled(case, name.name, place[0]) if one != place]
    exact = [one for one in fitting if joined(name.name) in map(joined, labels_of(case, one))]
    fitting = exact if len(exact) == 1 else fitting
    best = fitting[0] if len(fitting) == 1 else None
    if value is None and case.desk.program(place) is None and any(_counts(tree, name) for tree in trees):
        return "which is empty: formulas take it as 0", best
    if isinstance(value, str) and as_person(value) is None and any(_counts(tree, name) for tree in trees):
        return f"which holds the text {said(value)}", best
    if value is None or isinstance(value, str) or not labels or any(alike(name.name, one) for one in labels):
        return None
    unread = [one for one in fitting if not case.reads(one)]
    if len(unread) == 1:
        return f"labelled '{labels[0]}'; nothing reads {place_name(unread[0])}, which is labelled as the name says", (
            unread[0]
        )
    swapped = next((cell for other, cell in others if cell in fitting and _crossed(case, other, cell, labels)), None)
    return (f"labelled '{labels[0]}': two names are swapped", swapped) if swapped is not None else None


def _crossed(case: Case, other: Name, cell: Place, labels: list[str]) -> bool:
    """Whether another name's word stands beside this name's cell, and not beside its own."""
    beside = any(alike(other.name, one) for one in labels)
    return beside and bool(uses(case, other)) and not any(alike(other.name, one) for one in labels_of(case, cell))


def _counts(tree: Node, name: Name) -> bool:
    """Whether a formula calculates with a name, and does not ask first what its cell holds."""
    return reckoned(tree, name) and not any(isinstance(node, Call) and node.name in ASK for node in nodes(tree))


def reckoned(tree: Node, name: Name) -> bool:
    """Whether a name is an operand of arithmetic."""
    for node in nodes(tree):
        reckons = isinstance(node, Signs) or (isinstance(node, Chain) and set(node.operators) <= set("+-*/^"))
        if reckons and any(_is(bare(child), name) for child in children(node)):
            return True
    return False


def _is(node: Node, name: Name) -> bool:
    return isinstance(node, NameRef) and node.name.casefold() == name.name.casefold()


def uses(case: Case, name: Name) -> list[Node]:
    """The formulas that use a name, each once."""
    if "uses" not in case.kept:
        case.kept["uses"] = _uses(case)
    known = case.kept["uses"]
    assert isinstance(known, dict)
    return list(known.get(name.name.casefold(), ()))


def _uses(case: Case) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    programs = {id(one): one for cells in case.desk.programs for one in cells.values()}
    for one in programs.values():
        for node in nodes(one.tree) if one.tree is not None else ():
            if isinstance(node, NameRef) and one.tree is not None:
                found.setdefault(node.name.casefold(), []).append(one.tree)
    return found
