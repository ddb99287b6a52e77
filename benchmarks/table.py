"""The results as tables: rows of texts, printed in the terminal by rich and written as Markdown by ``page``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .acceptance import TOTAL, Verdict, loop_seconds
from .contenders.registry import LIMIT, OURS
from .measure import Measured
from .suite import COLD, Results

Stage = Callable[[Measured], float | None]

STAGES: dict[str, Stage] = {
    "load": lambda one: one.seconds("load"),
    "calculate": lambda one: one.seconds("calculate"),
    "values": lambda one: one.seconds("values"),
    "all three": lambda one: one.total(*TOTAL),
    "write": lambda one: one.seconds("write"),
    "memory": lambda one: one.peak(),
}

_SQUARES = (
    "The C loop and ours square by multiplying. The others call the C library's pow, whose square is now and then the"
    " neighbour of the nearest double: one square in a thousand here, and what is computed from it."
)


@dataclass(slots=True)
class Table:
    """A title, the heads of the columns, rows of texts, remarks below."""

    title: str
    heads: list[str]
    rows: list[list[str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def ratio_tables(results: Results) -> Iterator[Table]:
    """For each size: every contender's times divided by ours."""
    for kind, sizes in (("", results.sizes), (", shared formulas", results.shared)):
        for rows, found in sorted(sizes.items()):
            if OURS in found and found[OURS].runs and len(found) > 2:
                yield _ratios(f"{rows:,} rows{kind}, ours = 1", found)


def _ratios(title: str, found: dict[str, Measured]) -> Table:
    table = Table(title, ["", *STAGES])
    base = {stage: value(found[OURS]) for stage, value in STAGES.items()}
    for name, one in found.items():
        if one.problem:
            table.remarks.append(f"{name}: {one.problem}.")
        if name != LIMIT and one.runs:
            table.rows.append([name, *(_ratio(value(one), base[stage]) for stage, value in STAGES.items())])
    return table


def _ratio(theirs: float | None, ours: float | None) -> str:
    if theirs is None or not ours:
        return "–"
    ratio = theirs / ours
    return f"{ratio:.2g}" if ratio < 9.95 else f"{ratio:,.0f}"


def time_tables(results: Results) -> Iterator[Table]:
    """For each size: the seconds, and how many runs they are the median of."""
    for kind, sizes in (("", results.sizes), (", shared formulas", results.shared)):
        for rows, found in sorted(sizes.items()):
            yield _times(f"{rows:,} rows{kind}", found)


def _times(title: str, found: dict[str, Measured]) -> Table:
    heads = (f"{stage}, {'MB' if stage == 'memory' else 's'}" for stage in STAGES)
    table = Table(title, ["", "start, s", *heads, "runs"])
    for name, one in found.items():
        if not one.runs:
            continue
        if one.slow_write:
            table.remarks.append(f"{name}: saving was broken off, the time was up.")
        if name == LIMIT:
            seconds = [duration(one.seconds(stage)) for stage in ("run", "again")]
            table.remarks.append(f"The C loop: {seconds[0]} s into fresh memory, {seconds[1]} s into memory in use.")
            continue
        cells = [_cell(stage, value(one)) for stage, value in STAGES.items()]
        table.rows.append([name, duration(one.start()), *cells, str(len(one.runs))])
        inner = {stage for run in one.runs for stage in run["inner"]}
        if inner:
            stages = [stage for stage in one.runs[0]["inner"] if stage in inner]
            told = ", ".join(f"{stage} {duration(one.seconds(stage))}" for stage in stages)
            again = f"; calculate again in the same process: {duration(one.seconds('again'))}"
            table.remarks.append(f"{name}, within calculate: {told}{again if one.seconds('again') else ''}.")
    return table


def _cell(stage: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value / 1e6:.0f}" if stage == "memory" else duration(value)


def duration(seconds: float | None) -> str:
    """Seconds with three digits.

    >>> duration(0.0012345), duration(12.345)
    ('0.00123', '12.3')
    """
    if seconds is None:
        return "–"
    return f"{seconds:.0f}" if seconds >= 100 else f"{float(f'{seconds:.3g}'):.10f}".rstrip("0").rstrip(".")


def limit_table(results: Results) -> Table:
    """How far from the C loop ours is."""
    heads = ["C into memory in use, s", "our loops alone", "C into fresh memory, s", "ours, calculate", "ours, cold"]
    table = Table("The limit: ours divided by a C loop over the same columns", ["rows", *heads])
    for rows, found in sorted(results.sizes.items()):
        limit, ours = found.get(LIMIT), found.get(OURS)
        if limit and limit.runs and ours and ours.runs:
            again, first = limit.seconds("again"), limit.seconds("run")
            whole = (_ratio(found[name].seconds("calculate"), first) for name in (OURS, COLD))
            loops = _ratio(loop_seconds(ours), again)
            table.rows.append([f"{rows:,}", duration(again), loops, duration(first), *whole])
    return table


def agreement_table(results: Results) -> Table:
    """How far everybody's numbers are from the C loop's, at the largest size that each calculated."""
    table = Table(
        "Agreement with the C loop",
        [
            "",
            "rows",
            "cells",
            "equal to the bit",
            "largest relative difference",
            "… to the column's largest",
            "no number",
        ],
    )
    largest = {
        name: rows for rows, found in sorted(results.sizes.items()) for name, one in found.items() if one.agreement
    }
    for name, rows in largest.items():
        if name != LIMIT:
            told = results.sizes[rows][name].agreement
            same = "all" if told["same"] == 1.0 else f"{min(told['same'], 0.9999):.2%}"
            gaps = (f"{told[key]:.1e}" if told[key] else "0" for key in ("relative", "scaled"))
            table.rows.append([name, f"{rows:,}", f"{told['cells']:,.0f}", same, *gaps, f"{told['missing']:.0f}"])
    table.remarks.append(_SQUARES)
    return table


def copies_table(results: Results) -> Table:
    """Small workbooks a second, and a second of processor time."""
    table = Table(
        "Small workbooks in one process, load + calculate",
        ["", "workbooks", "a second", "a second and core", "ours = 1"],
    )
    base = _speed(results.copies.get(OURS, {}))
    for name, told in results.copies.items():
        speed = _speed(told)
        if speed is None:
            table.remarks.append(f"{name}: {told.get('problem', 'not measured')}.")
            continue
        a_core = "–" if name == "LibreOffice" else f"{told['books'] / told['cpu']:.3g}"
        table.rows.append([name, f"{told['books']:,}", f"{speed:.3g}", a_core, f"{speed / base:.2g}" if base else "–"])
    return table


def _speed(told: dict[str, float]) -> float | None:
    return told["books"] / told["seconds"] if "books" in told else None


def command_table(results: Results) -> Table:
    """Whole processes."""
    rows = [[f"`{name}`", duration(seconds)] for name, seconds in results.commands.items()]
    return Table("Whole processes", ["", "s"], rows)


def acceptance_table(found: list[Verdict]) -> Table:
    """What was wanted and what was found."""
    words = {True: "reached", False: "**not reached**", None: "not measured"}
    return Table("What it must show", ["wanted", "found", ""], [[v.wanted, v.found, words[v.reached]] for v in found])


def all_tables(results: Results, found: list[Verdict]) -> list[Table]:
    """In the order of the page."""
    others = [limit_table(results), copies_table(results), command_table(results), agreement_table(results)]
    return [
        acceptance_table(found),
        *ratio_tables(results),
        *(one for one in others if one.rows),
        *time_tables(results),
    ]
