"""Stored values that are not what their formulas give from the stored values of what they read.

One old value is one finding: cells that were right before it became old, and cells that merely follow from it, are not
counted again. A workbook without stored values has nothing that could be old.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....engine.base import Result
from ....formula.nodes import Call
from ....values import Array, CellError, Scalar, Unsupported
from ...cached import same
from ...findings import Finding, Place
from ..ground.case import Case, place_name, said, scalar
from ..ground.desk import Desk
from ..ground.settled import settled
from ..ground.trees import nodes
from ..ground.whatif import WhatIf, near, noise

_ITERATES = frozenset({"IRR", "XIRR", "RATE", "YIELD", "ODDFYIELD", "BETA.INV", "GAMMA.INV", "T.INV", "F.INV"})
Source = tuple[int, int, int, int, int]


def stale(case: Case) -> Iterator[Finding]:
    """The cells whose stored value is old, those that share a changed input together."""
    desk = case.desk
    if not desk.has_cache or not desk.book.settings.full_precision:
        return
    suspects = dict(_suspects(desk))
    corrected: dict[Place, Scalar] = {}
    for place in _in_order(desk, suspects):
        if corrected and _same(desk, place, desk.recompute(place, WhatIf(desk, 0, "as is", None, corrected))):
            continue
        corrected[place] = scalar(suspects[place])
    yield from _grouped(case, corrected)


def _suspects(desk: Desk) -> Iterator[tuple[Place, Result]]:
    """Formula cells that do not agree with what they read, with what they should hold."""
    right = settled(desk)
    for sheet, cells in enumerate(desk.programs):
        for cell, program in cells.items():
            place = (sheet, *cell)
            if place in right or program.tree is None or not desk.stored(place) or desk.changes(program):
                continue
            value = desk.recompute(place)
            if isinstance(value, Array):
                value = value.rows[0][0]
            if not isinstance(value, Unsupported) and not _same(desk, place, value):
                yield place, value


def _same(desk: Desk, place: Place, value: object) -> bool:
    stored = desk.at(place)
    if type(value) is float and value == stored:
        return True
    if isinstance(value, Array):
        value = value.rows[0][0]
    if isinstance(value, Unsupported | Array) or same(value, stored):  # type: ignore[arg-type]  # a result
        return True
    if isinstance(value, CellError) and isinstance(stored, CellError):
        return True
    if type(value) is not float or type(stored) is not float:
        return False
    program = desk.program(place)
    if program is None or program.tree is None:
        return True
    iterates = any(isinstance(node, Call) and node.name in _ITERATES for node in nodes(program.tree))
    if near(value, stored, 1e-6 if iterates else 0.0, 1e-6 if iterates else 1e-11):
        return True
    if near(value, stored, noise(desk, program.tree, place, program.whole), 0.0):
        return True
    return near(value, stored, _last_digit(desk, place), 0.0)


def _last_digit(desk: Desk, place: Place) -> float:
    """Half a unit in the last digit that Excel shows of the largest number that a formula reads.

    What is left of numbers that cancel out (an NPV at its own IRR) may be off by as much, however small it is.
    """
    run = WhatIf(desk, 0, "as is")
    desk.recompute(place, run)
    return 5e-16 * max((abs(one) for one in run.found.values() if type(one) is float), default=0.0)


def _in_order(desk: Desk, suspects: dict[Place, Result]) -> list[Place]:
    if len(suspects) < 2:
        return list(suspects)
    return [place for place in desk.plan.order() if place in suspects]


def _grouped(case: Case, old: dict[Place, Scalar]) -> Iterator[Finding]:
    """Findings; old cells that read the same typed cells follow from the first of them."""
    groups: dict[int, list[Place]] = {}  # by the number of the last place that joined
    homes: dict[Source, int] = {}  # a group to which each source belonged
    into: list[int] = []  # of each group the one into which it went, itself while it stands
    for number, place in enumerate(old):
        own = set(_typed(case, place))
        joined = sorted({_standing(into, homes[source]) for source in own if source in homes})
        members = groups.pop(joined[0]) if joined else []
        for one in joined[1:]:
            members += groups.pop(one)
        into.append(number)
        for one in joined:
            into[one] = number
        members.append(place)
        groups[number] = members
        homes.update(dict.fromkeys(own, number))
    for members in groups.values():
        shared = set.intersection(*(set(_typed(case, one)) for one in members)) if len(members) > 1 else set()
        first = members[0]
        yield _finding(case, first, old[first], min(shared) if len(shared) == 1 else None)
        for place in members[1:]:
            finding = _finding(case, place, old[place], None)
            yield replace(finding, cause=False, caused_by=case.desk.name(first))


def _standing(into: list[int], group: int) -> int:
    """The group into which another has gone."""
    while into[group] != group:
        into[group] = into[into[group]]
        group = into[group]
    return group


def _typed(case: Case, place: Place) -> Iterator[Source]:
    """The typed cells and the ranges that start with one, as far as a formula reads them."""
    for area in case.areas(place):
        source = (area.sheet, area.top, area.left)
        own = area.sheet < len(case.desk.book.sheets)
        if own and case.desk.program(source) is None and case.desk.number(source) is not None:
            yield (area.sheet, area.top, area.left, area.bottom, area.right)


def _finding(case: Case, place: Place, value: Scalar, source: Source | None) -> Finding:
    stored = case.desk.at(place)
    words = f"{place_name(place)} stores {said(stored)}, but its formula gives {said(value)}: the stored value is old"
    if source is not None:
        words += f" (as if {place_name(source[:3])} had changed since the last calculation)"
    return case.finding("stale", place, words + "; recalculate the workbook (F9)", wanted=value)
