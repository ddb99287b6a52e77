"""Sums divided by a typed number of rows that is not the number of rows they take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ....address import box_name
from ....formula.nodes import Call, Chain, Literal, Node, Ref
from ....plan.regions import regions
from ...findings import Finding, Place
from ..ground.case import Case, formula_text, place_name, said
from ..ground.trees import Path, bare, box_at, nodes, paths, put
from ..names.meanings import labels_of
from .labels import measure_called

SUMS = frozenset({"SUM", "SUMPRODUCT", "SUMSQ", "SUMXMY2", "MMULT"})
_SPREAD = re.compile(r"\b(var|varianz|variance|stdev|std|sd|standard|stichprobe|sample)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Share:
    """A sum of rows in a formula that is divided by a typed number. run: the cells that have the formula."""

    place: Place
    tree: Node
    path: Path
    count: float
    rows: int
    run: str | None


def counts(case: Case) -> Iterator[Finding]:
    """Where the label says mean, or where other formulas of the training divide sums of as many rows rightly."""
    shares = list(_shares(case))
    right = [one for one in shares if one.count == one.rows]
    told: set[Place] = set()
    for share in shares:
        if abs(share.count - share.rows) != 1 or share.place in told:
            continue
        labels = _labels(case, share.place)
        if any(_SPREAD.search(label) for label in labels):
            continue
        mean = any(measure_called(label) in ("mean", "mean square", "root mean") for label in labels)
        fellows = [one for one in right if one.rows == share.rows]
        if (mean and fellows) or (len(fellows) > 1 and _trains(case, share.place)):
            told.add(share.place)
            yield _finding(case, share)


def _finding(case: Case, share: Share) -> Finding:
    better = put(share.tree, share.path, Literal(float(share.rows)))
    words = f"{place_name(share.place)} sums {share.rows} rows and divides by {said(share.count)}"
    value, expected = case.desk.evaluate(better, share.place), formula_text(better, share.place)
    return case.finding("formula", share.place, words, expected=expected, wanted=value, run=share.run)


def _trains(case: Case, place: Place) -> bool:
    return any(
        block.sheet == place[0] and (place[1] if block.across else place[2]) in block.columns for block in case.blocks
    )


def _labels(case: Case, place: Place) -> list[str]:
    """The label of a lone formula, or the heading of the fill that a formula is in."""
    fill = case.fill_at(place)
    if fill is None:
        return labels_of(case, place)
    for block in case.blocks:
        if (block.sheet, block.across) == (fill.sheet, fill.across) and fill.line in block.columns:
            return [block.columns[fill.line].name]
    return [text for text in [case.desk.at((place[0], place[1] - 1, place[2]))] if isinstance(text, str)]


def _shares(case: Case) -> Iterator[Share]:
    for sheet, cells in enumerate(case.desk.plan.programs):
        for region in regions(cells.spans()):
            place, tree = (sheet, region.box.top, region.box.left), region.program.tree
            run = box_name(region.box) if region.size > 1 else None
            for path, node in paths(tree) if tree is not None else ():
                if isinstance(node, Chain) and "/" in node.operators and tree is not None:
                    for at, count, rows in _divided(node, place):
                        yield Share(place, tree, (*path, at), count, rows, run)


def _divided(chain: Chain, place: Place) -> Iterator[tuple[int, float, int]]:
    """The typed divisors of a product that has one sum in it: which operand, its number, and the rows of the sum."""
    rows = {
        height
        for operand, sign in zip(chain.operands, ("*", *chain.operators), strict=True)
        if sign == "*"
        for node in nodes(operand)
        if isinstance(node, Call) and node.name in SUMS
        for height in _heights(node, place)
    }
    if len(rows) != 1 or min(rows) < 4:
        return
    for at, (operand, sign) in enumerate(zip(chain.operands[1:], chain.operators, strict=True), 1):
        node = bare(operand)
        if sign == "/" and isinstance(node, Literal) and type(node.value) is float:
            yield at, node.value, min(rows)


def _heights(tree: Node, place: Place) -> Iterator[int]:
    """How many cells the ranges in a sum have along their longer side; 0 of those that are no single line."""
    for node in nodes(tree):
        if isinstance(node, Ref) and node.last is not None:
            box = box_at(node, *place[1:])
            yield 0 if box is None or min(box.height, box.width) > 1 else max(box.height, box.width)
