"""Columns that can be calculated in one pass: neighbours in the plan's order with the same lines that do not meet.

A training sheet has several: the error, its finite differences, a running mean. One pass reads what they share once,
and one piece of machine code is made faster than several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..address import Box
from .precedents import Reader
from .steps import Step

MOST = 8
"""Steps of one pass: more would not find registers for all that they keep."""


def in_company(steps: Iterable[Step], reader: Reader) -> Iterator[Step]:
    """The steps, each marked that can run in one pass with those before it."""
    company: list[Step] = []
    for step in steps:
        if company and len(company) < MOST and _joins(step, company, reader):
            company.append(step)
            yield replace(step, beside=True)
        else:
            company = [step] if _fits(step) else []
            yield step


def _fits(step: Step) -> bool:
    return step.loop is not None and len(step.regions) == 1 and step.regions[0].program.kind == "normal"


def _joins(step: Step, company: Sequence[Step], reader: Reader) -> bool:
    first, region = company[0], step.regions[0]
    if not _fits(step) or step.loop != first.loop or _lines(step) != _lines(first):
        return False
    sheet = first.regions[0].program.sheet
    boxes = [one.regions[0].box for one in company]
    return region.program.sheet == sheet and not any(
        area.sheet == sheet and any(box.meet(Box(*area[1:])) for box in boxes) for area in reader.areas(region)
    )


def _lines(step: Step) -> tuple[int, int]:
    box = step.regions[0].box
    return (box.top, box.bottom) if step.loop is not None and step.loop.down else (box.left, box.right)
