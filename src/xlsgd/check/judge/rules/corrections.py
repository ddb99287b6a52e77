"""Bias corrections by their texts: each average by the powers of its own beta, all by the number of the same step.

Kingma and Ba, arXiv:1412.6980: ``m/(1-beta1^t)`` and ``v/(1-beta2^t)``, or the step alpha*sqrt(1-beta2^t)/(1-beta1^t).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ....formula.nodes import Chain, Node, Ref
from ...findings import Finding
from ..ground.case import Case, formula_text, place_name
from ..ground.fills import Fill
from ..ground.trees import Path, bare, box_at, paths, put
from ..trials.trial import agree
from .idioms import Average, Rest, averages, begins, fills_of, moved_to, number_at, rest_of, rests, run_of, side_by_side
from .suspects import explained


@dataclass(frozen=True, slots=True)
class Corrected:
    """An average over a rest, in a fill; ahead: by how much the exponent is more than the lines of the average."""

    fill: Fill
    average: Average
    rest: Rest
    ahead: float


def corrections(case: Case) -> Iterator[Finding]:
    """One finding for the fills side by side that have one slip."""
    for sheet in range(len(case.desk.book.sheets)):
        fills = [fill for fill in fills_of(case, sheet) if fill.program.tree is not None]
        written = [fill for fill in fills if _tree(fill) is not None and any(True for _ in rests(_tree(fill)))]
        kept = averages(case, fills) if written else []
        if not kept:
            continue
        found = [one for fill in written for one in _corrected(case, fill, kept)]
        wrong = {**_other_betas(case, found, kept), **_other_steps(found, written), **_rates(case, written, kept)}
        for group in side_by_side([fill for fill in written if id(fill) in wrong]):
            yield _finding(case, group, *wrong[id(group[0])])


def _tree(fill: Fill) -> Node:
    assert fill.program.tree is not None
    return fill.program.tree


Slip = tuple[Node, str, str]
"""The formula that belongs there, what is wrong, and which kind of mistake that is."""


def _finding(case: Case, group: Sequence[Fill], tree: Node, words: str, kind: str) -> Finding:
    place = group[0].place(group[0].first)
    for block in case.blocks:
        if block.sheet == place[0]:
            explained(case).add(id(block))
    wanted = case.desk.evaluate(tree, place)
    text = f"{run_of(group)} {words}"
    return case.finding(kind, place, text, expected=formula_text(tree, place), wanted=wanted, run=run_of(group))


def _corrected(case: Case, fill: Fill, kept: Sequence[Average]) -> Iterator[Corrected]:
    """The averages of a formula that are divided by a rest."""
    parts = {rest.path: rest for rest in rests(_tree(fill))}
    for path, node in paths(_tree(fill)):
        if not (isinstance(node, Chain) and set(node.operators) <= {"*", "/"}):
            continue
        below = [at for at, operator in enumerate(node.operators, 1) if operator == "/"]
        own = [parts[(*path, at)] for at in below if (*path, at) in parts]
        above = [bare(one) for at, one in enumerate(node.operands) if at not in below]
        known = [(one, each) for one in above for each in kept if _reads(fill, one, each.fill)]
        if len(own) == len(known) == 1 and not own[0].rooted:
            line = _line(fill, known[0][0])
            exponent = number_at(case, own[0].exponent, fill, fill.first)
            if exponent is not None and line is not None:
                ahead = exponent - (line - begins(case, known[0][1]) + 1)
                yield Corrected(fill, known[0][1], own[0], ahead)


def _line(fill: Fill, node: Node) -> int | None:
    """The position that a reference reads from the first cell of a fill."""
    box = box_at(node, *fill.place(fill.first)[1:]) if isinstance(node, Ref) else None
    return None if box is None else box.left if fill.across else box.top


def _reads(fill: Fill, node: Node, other: Fill) -> bool:
    """Whether a node is a cell of another fill, on a line that goes along."""
    if not isinstance(node, Ref) or node.last is not None or node.where is not None or fill.across != other.across:
        return False
    corner = node.first
    if corner.col_fixed if fill.across else corner.row_fixed:
        return False
    box = box_at(node, *fill.place(fill.first)[1:])
    return box is not None and (box.top if fill.across else box.left) == other.line


def _other_betas(case: Case, found: Sequence[Corrected], kept: Sequence[Average]) -> dict[int, Slip]:
    """Averages that are corrected by the powers of another number than they are kept by."""
    wrong: dict[int, Slip] = {}
    for one in found:
        value = number_at(case, one.rest.base, one.fill, one.fill.first)
        if value is None or agree(value, one.average.value, 1e-12):
            continue
        if any(each.squares != one.average.squares and each.value == one.average.value for each in kept):
            continue  # the average is kept by the beta of the other kind: it is itself the odd one
        tree = put(_tree(one.fill), one.rest.path, rest_of(one.average.keep, one.rest.exponent, False))
        place = one.fill.place(one.fill.first)
        own, keep = (formula_text(node, place)[1:] for node in (one.rest.base, one.average.keep))
        state = place_name(one.average.fill.place(one.average.fill.first))
        words = f"corrects the average that begins at {state} by powers of {own}, but it is kept by {keep}"
        wrong[id(one.fill)] = (tree, words, "reference" if isinstance(one.rest.base, Ref) else "formula")
    return wrong


def _other_steps(found: Sequence[Corrected], written: Sequence[Fill]) -> dict[int, Slip]:
    """Averages that are corrected by another step than their line's, where others are by the right one."""
    alone = {rest.base for fill in written for rest in rests(_tree(fill)) if not _is_of(fill, rest, found)}
    found = [one for one in found if one.rest.base not in alone]  # NAdam looks a step ahead with its average
    good = [one for one in found if agree(one.ahead, 0.0, 1e-9)]
    wrong: dict[int, Slip] = {}
    for one in found:
        if not good or agree(one.ahead, 0.0, 1e-9):
            continue
        other = min(good, key=lambda each: abs(each.fill.line - one.fill.line))
        exponent = moved_to(other.rest.exponent, other.fill, one.fill)
        if exponent == one.rest.exponent or (other.fill.across, other.fill.first) != (one.fill.across, one.fill.first):
            continue
        tree = put(_tree(one.fill), one.rest.path, rest_of(one.rest.base, exponent, False))
        place = one.fill.place(one.fill.first)
        own, right = (formula_text(node, place)[1:] for node in (one.rest.exponent, exponent))
        words = f"corrects an average by the power {own}; the number of its step is {right}, as others have it"
        wrong[id(one.fill)] = (tree, words, "formula")
    return wrong


def _is_of(fill: Fill, rest: Rest, found: Sequence[Corrected]) -> bool:
    """Whether a rest corrects an average, itself or by the parentheses around it."""
    return any(one.fill is fill and rest.path[: len(one.rest.path)] == one.rest.path for one in found)


def _rates(case: Case, written: Sequence[Fill], kept: Sequence[Average]) -> dict[int, Slip]:
    """Steps of Adam, sqrt(1-beta2^t)/(1-beta1^t), without the root or with each beta in the other's place."""
    plain = {one.value for one in kept if not one.squares}
    squares = {one.value for one in kept if one.squares}
    if not plain or not squares or plain & squares:
        return {}
    wrong: dict[int, Slip] = {}
    for fill in written:
        pair = _ratio(fill)
        if pair is None:
            continue
        above, below = pair
        one, two = (number_at(case, rest.base, fill, fill.first) for rest in pair)
        swapped = one in plain and two in squares
        if not swapped and not (one in squares and two in plain):
            continue
        if not swapped and above.rooted and not below.rooted:
            continue
        bases = (below.base, above.base) if swapped else (above.base, below.base)
        tree = put(_tree(fill), above.path, rest_of(bases[0], above.exponent, True))
        tree = put(tree, below.path, rest_of(bases[1], below.exponent, False))
        place = fill.place(fill.first)
        text = formula_text(rest_of(bases[0], above.exponent, False, True), place)[1:]
        if swapped:
            words = f"has each beta in the other's place: the root is that of {text}, of the squares' beta"
        else:
            words = f"takes not the root of {text}, which corrects the average of the squares"
        wrong[id(fill)] = (tree, f"{words}; so the step is not that of Adam", "formula")
    return wrong


def _ratio(fill: Fill) -> tuple[Rest, Rest] | None:
    """The one rest over another one of a product, unless the root is taken of both."""
    parts = {rest.path: rest for rest in rests(_tree(fill))}
    for path, node in paths(_tree(fill)):
        if not (isinstance(node, Chain) and set(node.operators) <= {"*", "/"}) or _under_root(_tree(fill), path):
            continue
        below = [at for at, operator in enumerate(node.operators, 1) if operator == "/"]
        two = [parts[(*path, at)] for at in below if (*path, at) in parts]
        one = [parts[(*path, at)] for at in range(len(node.operands)) if at not in below and (*path, at) in parts]
        if len(one) == len(two) == 1 and one[0].exponent == two[0].exponent:
            return one[0], two[0]
    return None


def _under_root(tree: Node, path: Path) -> bool:
    """Whether the root is taken of something that a part lies in."""
    for above, node in paths(tree):
        if path[: len(above)] == above and len(above) < len(path) and getattr(node, "name", "") == "SQRT":
            return True
    return False
