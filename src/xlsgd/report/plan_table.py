"""A plan for the terminal and as JSON: regions, loops in order, what is calculated cell by cell and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from ..address import box_name, quote_sheet
from ..formula import text_at
from ..plan import Loop, Plan, Region, Step
from .terminal import make_table

MOST_ROWS = 60
"""Steps that the table shows; JSON has all."""
LONGEST = 44
"""Characters of a formula in the table."""


def refusals(plan: Plan) -> dict[int, str]:
    """Why the native engine has no machine code for a step, by the step's place in the plan."""
    from ..engine.base import Options
    from ..engine.hybrid import Hybrid
    from ..engine.scalar import deep

    with deep():
        return Hybrid(plan, Options()).loops.refused


@dataclass(slots=True)
class Entry:
    """Steps of the plan that are one but for their places: the first, and how many there are."""

    place: int
    step: Step
    count: int = 1


def entries(plan: Plan, refused: Mapping[int, str]) -> list[Entry]:
    """The plan's steps in order, those of equal formulas together where the first of them stands."""
    found: dict[object, Entry] = {}
    for place, step in enumerate(plan.steps):
        shape = (*(region.program for region in step.regions), step.loop, step.reason, refused.get(place))
        if shape in found:
            found[shape].count += 1
        else:
            found[shape] = Entry(place, step)
    return list(found.values())


def plan_table(plan: Plan, refused: Mapping[int, str]) -> Table:
    """One row a region; the number and the loop stand at the first region of a step."""
    table = make_table("Steps, in the order of calculation")
    table.add_column("step", justify="right", no_wrap=True)
    table.add_column("cells", justify="right", no_wrap=True)
    table.add_column("range", no_wrap=True)
    table.add_column("formula of the first cell", no_wrap=True)
    table.add_column("how")
    for entry in entries(plan, refused)[:MOST_ROWS]:
        number = f"{entry.place + 1}" + (f" ×{entry.count:,}" if entry.count > 1 else "")
        how = how_it_runs(entry.step, refused.get(entry.place))
        for region in entry.step.regions:
            formula = _shortened("=" + formula_text(plan, region))
            table.add_row(number, f"{region.size:,}", Text(_where(plan, region)), Text(formula), Text(how))
            number = how = ""
    return table


def plan_lines(plan: Plan, refused: Mapping[int, str]) -> list[str]:
    """What the table comes to, and why steps have no loop or no machine code."""
    hidden = sum(entry.count for entry in entries(plan, refused)[MOST_ROWS:])
    lines = [f"… and {_number(hidden, 'more step')}: --json lists all"] if hidden else []
    counts = plan_counts(plan, refused)
    lines.append(
        f"{_number(counts['cells'], 'formula cell')} in {_number(counts['regions'], 'region')}, "
        f"{_number(counts['steps'], 'step')}: {_number(counts['loops'], 'loop')} over several regions, "
        f"{counts['without_loop']:,} without a loop; {_number(counts['compiled_cells'], 'cell')} compiled"
    )
    for reason, steps, cells in _reasons(plan, refused):
        lines.append(f"not compiled: {reason}, {_number(steps, 'step')}, {_number(cells, 'cell')}")
    return lines


def plan_counts(plan: Plan, refused: Mapping[int, str]) -> dict[str, int]:
    """How much of everything there is. ``loops``: steps of several regions with a loop."""
    compiled = (_size(step) for place, step in enumerate(plan.steps) if place not in refused)
    return {
        "steps": len(plan.steps),
        "regions": sum(len(step.regions) for step in plan.steps),
        "cells": sum(map(_size, plan.steps)),
        "loops": sum(step.loop is not None and len(step.regions) > 1 for step in plan.steps),
        "without_loop": sum(step.loop is None for step in plan.steps),
        "compiled_cells": sum(compiled),
    }


def plan_document(plan: Plan, refused: Mapping[int, str], file: str) -> dict[str, Any]:
    """What ``plan --json`` says: every step in order."""
    return {
        "file": file,
        "counts": plan_counts(plan, refused),
        "steps": [
            {
                "cells": _size(step),
                "loop": None if step.loop is None else _direction(step.loop),
                "reason": step.reason,
                "compiled": place not in refused,
                "not_compiled": refused.get(place, ""),
                "regions": list(_regions(plan, step)),
            }
            for place, step in enumerate(plan.steps)
        ],
    }


def how_it_runs(step: Step, refused: str | None) -> str:
    """One step's way of calculation in a few words."""
    if step.loop is None:
        return f"cell by cell: {step.reason}"
    if refused is None:
        return f"{_direction(step.loop)}, compiled"
    return "one cell" if _size(step) == 1 else f"{_direction(step.loop)}, cell by cell: {refused}"


def formula_text(plan: Plan, region: Region) -> str:
    """The formula of a region's first cell, as Excel shows it there."""
    cell = (region.box.top, region.box.left)
    formula = plan.book.sheets[region.program.sheet].formulas[cell]
    return formula.text if region.program.tree is None else text_at(formula.text, formula.origin, cell)


def _direction(loop: Loop) -> str:
    if loop.down:
        return "up" if loop.backward else "down"
    return "left" if loop.backward else "right"


def _regions(plan: Plan, step: Step) -> Iterator[dict[str, Any]]:
    for region in step.regions:
        yield {
            "sheet": plan.book.sheets[region.program.sheet].name,
            "range": box_name(region.box),
            "cells": region.size,
            "formula": formula_text(plan, region),
        }


def _reasons(plan: Plan, refused: Mapping[int, str]) -> Sequence[tuple[str, int, int]]:
    """Reason, steps and cells that are not compiled; most cells first."""
    found: dict[str, tuple[int, int]] = {}
    for place, reason in refused.items():
        steps, cells = found.get(reason, (0, 0))
        found[reason] = steps + 1, cells + _size(plan.steps[place])
    return sorted(((reason, *counts) for reason, counts in found.items()), key=lambda one: -one[2])


def _where(plan: Plan, region: Region) -> str:
    return f"{quote_sheet(plan.book.sheets[region.program.sheet].name)}!{box_name(region.box)}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _size(step: Step) -> int:
    return sum(region.size for region in step.regions)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
