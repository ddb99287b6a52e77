"""Formulas that read later rows of what depends on them, or themselves: circular references down a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...address import box_name
from ...formula.nodes import Ref
from ...plan import Region, Step
from ..findings import Finding
from .case import Case, formula_text, place_name
from .trees import paths, put


def circles(case: Case) -> Iterator[Finding]:
    """One finding a column that closes a circle, with the reference that does it."""
    for step in case.desk.plan.steps:
        if step.loop:
            for region in step.regions:
                yield from _of_region(case, step, region)


def _of_region(case: Case, step: Step, region: Region) -> Iterator[Finding]:
    tree, box = region.program.tree, region.box
    if tree is None:
        return
    for path, ref in paths(tree):
        if not isinstance(ref, Ref) or ref.last is not None or ref.where is not None or ref.shape != "cells":
            continue
        corner = ref.first
        itself = _offset(corner.row, corner.row_fixed) == 0 and _offset(corner.col, corner.col_fixed) == 0
        later = _later(step, region, ref)
        if not itself and not later:
            continue
        place = (region.program.sheet, box.top, box.left)
        what = "itself" if itself else "a later row of what follows from it"
        words = f"{place_name(place)} reads {formula_text(ref, place)[1:]}, {what}: a circular reference"
        better = put(tree, path, replace(ref, first=replace(corner, row=0))) if later and corner.row == 1 else None
        yield case.finding(
            "reference",
            place,
            words,
            expected=formula_text(better, place) if better is not None else None,
            run=box_name(box) if region.size > 1 else None,
        )
        return


def _offset(number: int, fixed: bool) -> int | None:
    return None if fixed else number


def _later(step: Step, region: Region, ref: Ref) -> bool:
    """Whether a reference reads a later row of a region that depends on this one."""
    corner, box = ref.first, region.box
    if corner.row_fixed or corner.row <= 0 or box.height < 2 or corner.col_fixed:
        return False
    col = box.left + corner.col
    return any(
        other.box.left <= col <= other.box.right
        and other.box.top <= box.top + corner.row <= other.box.bottom
        and other.box.height > 1
        and other.program.sheet == region.program.sheet
        for other in step.regions
    )
