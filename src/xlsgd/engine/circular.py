"""Circular references calculated in rounds, where the workbook asks for iteration.

Excel repeats the circular cells sheet by sheet, from left to right and top to bottom, until nothing changes by more
than ``iterateDelta`` or ``iterateCount`` rounds are done. They start from the values that the file has stored.
Source: Microsoft, "Remove or allow a circular reference in Excel"; the order of cells is the community's finding.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..functions.context import NoAnswer
from ..plan.components import components
from ..values import Area, Scalar, Unsupported
from .code import CellKey
from .evaluation import Evaluation

Graph = dict[CellKey, list[CellKey]]
_ROUND = 20  # steps of a cell in a round, besides those of its functions


def settle(evaluation: Evaluation) -> None:
    """Deal with the circular references of an evaluation that is otherwise done: in rounds or, without, by name."""
    if not evaluation.book.settings.iterate:
        evaluation.name_circles()
    elif evaluation.circles:
        _iterate(evaluation)


def _iterate(evaluation: Evaluation) -> None:
    evaluation.cells.memo = None
    graph = _precedents(evaluation)
    stale: set[CellKey] = set()
    for group in components(graph):
        circular = len(group) > 1 or group[0] in graph[group[0]]
        if circular:
            _rounds(evaluation, sorted(group))
            stale.update(group)
        elif stale.intersection(graph[group[0]]):
            evaluation.finish(group[0], evaluation.result(group[0]))
            stale.update(group)


def _precedents(evaluation: Evaluation) -> Graph:
    """For each formula cell the formula cells that its formula read, found by evaluating it once more."""
    cells, owner = evaluation.cells, _owners(evaluation)
    graph: Graph = {}
    for key in evaluation.tasks:
        areas: list[Area] = []
        cells.trace = areas.append
        evaluation.result(key)
        cells.trace = None
        graph[key] = list(dict.fromkeys(_formulas_in(areas, owner)))
    return graph


def _owners(evaluation: Evaluation) -> dict[int, dict[tuple[int, int], CellKey]]:
    """By sheet: the formula cell that gives each cell its value."""
    owner: dict[int, dict[tuple[int, int], CellKey]] = {}
    for key, task in evaluation.tasks.items():
        box = evaluation.cells.boxes.get(key, task.box)
        for row in range(box.top, box.bottom + 1):
            for col in range(box.left, box.right + 1):
                owner.setdefault(key[0], {})[row, col] = key
    return owner


def _formulas_in(areas: list[Area], owner: dict[int, dict[tuple[int, int], CellKey]]) -> Iterable[CellKey]:
    for area in areas:
        known = owner.get(area.sheet, {})
        if area.height * area.width <= len(known):
            for row in range(area.top, area.bottom + 1):
                for col in range(area.left, area.right + 1):
                    if (row, col) in known:
                        yield known[row, col]
        else:
            for (row, col), key in known.items():
                if area.top <= row <= area.bottom and area.left <= col <= area.right:
                    yield key


def _rounds(evaluation: Evaluation, group: list[CellKey]) -> None:
    settings = evaluation.book.settings
    for key in group:
        stored = evaluation.book.sheets[key[0]].cached.get(key[1:])
        evaluation.finish(key, 0.0 if stored is None else stored)
    done = 0
    for done in range(1, settings.iterate_count + 1):  # noqa: B007  # reported below
        if not _afforded(evaluation, group):
            break
        change = 0.0
        for key in group:
            before = _at(evaluation, key)
            evaluation.finish(key, evaluation.result(key, again=True))
            change = max(change, _change(before, _at(evaluation, key)))
        if change < settings.iterate_delta:
            break
    first = evaluation.name(group[0])
    evaluation.remarks.append(f"circular reference iterated: {len(group)} cells from {first} on, {done} rounds")


def _afforded(evaluation: Evaluation, group: list[CellKey]) -> bool:
    """Whether there are steps left for another round; else the cells have no answer."""
    meter = evaluation.cells.meter
    meter.start(free=0)
    try:
        meter.charge(_ROUND * len(group))
        return True
    except NoAnswer as none:
        for key in group:
            evaluation.finish(key, Unsupported(f"{none.reason}: a circular reference in {evaluation.name(key)}"))
        return False


def _at(evaluation: Evaluation, key: CellKey) -> Scalar | Unsupported:
    return evaluation.cells.grids[key[0]].found(key[1:])


def _change(before: Scalar | Unsupported, after: Scalar | Unsupported) -> float:
    if isinstance(before, float) and isinstance(after, float):
        return abs(after - before)
    return 0.0 if before == after else float("inf")
