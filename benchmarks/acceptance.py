"""The figures that the engine must show, and whether a run reached them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .contenders.registry import LIMIT, OURS, PEERS
from .measure import Measured
from .suite import COLD, Results, wrong

LARGE, MILLION = 100_000, 1_000_000
TOTAL = ("load", "calculate", "values")
LOOP_STAGES = ("loops", "loop", "kernels", "run")  # the first that the engine tells is the loop itself
STEEPEST = 1.5  # time per row may grow so much from the cheapest size to the largest and still be called linear
_CALCULATED = (
    ("plan + compile + run", COLD, "calculate", 10),
    ("plan + kernels from the cache folder + run, in a fresh process", OURS, "calculate", 10),
    ("warm kernels: again in the same process, median of 9", OURS, "again", 100),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure: what was wanted, what was found, whether it was reached (None: not measured)."""

    wanted: str
    found: str
    reached: bool | None


def verdicts(results: Results) -> list[Verdict]:
    """All figures, in the order of the list of requirements."""
    return [*_large(results), *_linear(results), *_small(results), *_same(results), *_written(results)]


def fastest(found: dict[str, Measured], *stages: str) -> tuple[str, float] | None:
    """The peer with the smallest sum of stages."""
    times = [(total, name) for name in PEERS if name in found and (total := found[name].total(*stages)) is not None]
    return (min(times)[1], min(times)[0]) if times else None


def loop_seconds(measured: Measured) -> float | None:
    """What the loop itself takes, as the engine tells it."""
    return next((told for stage in LOOP_STAGES if (told := measured.seconds(stage)) is not None), None)


def _large(results: Results) -> Iterator[Verdict]:
    found = results.sizes.get(LARGE)
    if not found or OURS not in found or not found[OURS].runs or not (best := fastest(found, "calculate")):
        yield Verdict(f"the figures at {LARGE:,} rows", "not measured", None)
        return
    for told, name, stage, factor in _CALCULATED:
        seconds = found[name].seconds(stage)
        wanted = f"calculation, {told}, at {LARGE:,} rows at least {factor} times faster than the fastest peer's"
        if seconds is None:
            yield Verdict(wanted, "not measured", None)
        else:
            ratio = best[1] / seconds
            yield Verdict(wanted, f"{ratio:.1f} times faster than {best[0]}", ratio >= factor)
    yield _loop(found)
    yield _whole(found)
    yield _memory(found)


def _loop(found: dict[str, Measured]) -> Verdict:
    wanted = "the loop itself within 4 times of the C loop"
    ours, limit = loop_seconds(found[OURS]), found.get(LIMIT)
    if ours is None or limit is None or not (first := limit.seconds("run")) or not (again := limit.seconds("again")):
        return Verdict(wanted, "not measured", None)
    told = f"{ours / again:.1f} times C into memory already in use; {ours / first:.1f} times C into fresh memory"
    return Verdict(wanted, told, ours / again <= 4)


def _whole(found: dict[str, Measured]) -> Verdict:
    wanted = "load + calculate + values as arrays at most one third of the fastest peer's total"
    best, ours = fastest(found, *TOTAL), found[COLD].total(*TOTAL)
    if best is None or ours is None:
        return Verdict(wanted, "not measured", None)
    share = ours / best[1]
    return Verdict(wanted, f"{share:.2f} of {best[0]}'s, with cold kernels", share <= 1 / 3)


def _memory(found: dict[str, Measured]) -> Verdict:
    wanted = "peak memory below the leanest of IronCalc and LibreOffice"
    peaks = [(peak, name) for name in ("IronCalc", "LibreOffice") if name in found and (peak := found[name].peak())]
    ours = found[COLD].peak()
    if not peaks or ours is None:
        return Verdict(wanted, "not measured", None)
    return Verdict(
        wanted, f"{ours / 1e6:.0f} MB, {peaks and min(peaks)[1]} {min(peaks)[0] / 1e6:.0f} MB", ours < min(peaks)[0]
    )


def _linear(results: Results) -> Iterator[Verdict]:
    wanted = "cost grows linearly from 1,000 to 1,000,000 rows"
    per_row = {
        rows: total / rows * 1e6
        for rows, found in sorted(results.sizes.items())
        if rows >= 1_000 and OURS in found and (total := found[OURS].total(*TOTAL)) is not None
    }
    told = ", ".join(f"{rows:,}: {cost:.1f}" for rows, cost in per_row.items())
    if MILLION not in per_row:
        yield Verdict(wanted, f"not measured up to there (µs a row: {told})", None)
        return
    yield Verdict(wanted, f"µs a row, load to values: {told}", per_row[MILLION] <= STEEPEST * min(per_row.values()))


def _small(results: Results) -> Iterator[Verdict]:
    told = results.copies.get(OURS)
    wanted = "similar small workbooks in one process: at least 100 a second and core for load + calculate"
    if told is None or "problem" in told:
        yield Verdict(wanted, "not measured", None)
    else:
        speed = told["books"] / told["cpu"]
        yield Verdict(wanted, f"{speed:.0f} a second of processor time ({told['books']:,} workbooks)", speed >= 100)
    for command, most in (("xlsgd calc, cold", 0.5), ("xlsgd calc", 0.5), ("xlsgd --help", 0.3)):
        seconds = results.commands.get(command)
        on = " on a 30-row workbook" if "calc" in command else ""
        told_seconds = "not measured" if seconds is None else f"{seconds:.2f} s"
        wanted = (
            f"`{command.partition(',')[0]}`{on}: at most {most} s as a whole process" + command.partition("calc")[2]
        )
        yield Verdict(wanted, told_seconds, None if seconds is None else seconds <= most)


def _same(results: Results) -> Iterator[Verdict]:
    wanted = "the same bits as the C loop in every cell"
    agreed = [one.agreement for found in results.sizes.values() for name, one in found.items() if name in (OURS, COLD)]
    cells = sum(one["cells"] for one in agreed if one)
    if not cells:
        yield Verdict(wanted, "not measured", None)
        return
    differing = wrong(results)
    yield Verdict(wanted, "; ".join(differing) or f"all {cells:,.0f} cells compared", not differing)


def _written(results: Results) -> Iterator[Verdict]:
    wanted = f"{LARGE:,} rows written at least 10 times faster than by xlsxwriter"
    ours, other = (results.writers.get(name, {}).get("seconds") for name in ("xlsgd", "xlsxwriter"))
    if ours is None or other is None:
        yield Verdict(wanted, "not measured", None)
    else:
        yield Verdict(wanted, f"{other / ours:.1f} times ({ours:.1f} s, {other:.1f} s)", other / ours >= 10)
