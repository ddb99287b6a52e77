"""How much faster many runs together are than a Python loop over runs: two stacked neurons, 29 steps, 10,000 runs.

    python benchmarks/reference.py [RUNS]

Prints the times, the ratio, and whether the bits are the same run by run. Two loops are timed: over calls of the
reference with a single run (all runs are looped over, so that all bits are compared), and over a plain Python function
with the same rules, which is the fastest loop one could write by hand.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

import numpy as np

from xlsgd.reference import Trace, train
from xlsgd.values import finish
from xlsgd.variants import Linear2, Variant

RUNS = 10_000
WANTED = 50.0


def runs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Initial weights and learning rates: a hundred draws of weights, each with a hundred learning rates."""
    side = math.isqrt(count)
    starts = np.random.default_rng(1).uniform(-1.0, 1.0, (side, 4))
    return np.repeat(starts, side, axis=0), np.tile(np.geomspace(1e-6, 1e-2, side), side)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    clock = time.perf_counter()
    work()
    return time.perf_counter() - clock


def same_bits(together: Trace, alone: Trace, run: int) -> bool:
    """True where one run has the same numbers, and errors in the same cells."""
    pairs = [(together.columns[key][run], values[0]) for key, values in alone.columns.items()]
    pairs += [(together.summary[key][run], values[0]) for key, values in alone.summary.items()]
    return all(np.array_equal(one, two, equal_nan=True) for one, two in pairs)


def by_hand(start: list[float], lr: float, rows: tuple[tuple[float, ...], ...]) -> list[tuple[float, ...]]:
    """One run in plain Python, all that a trace keeps of it; nan where an error stands."""

    def kept(number: float) -> float:
        settled = finish(number)
        return settled if isinstance(settled, float) else math.nan

    a, b, c, d = start
    found: list[tuple[float, ...]] = []
    for x, y in rows:
        slope, intercept = kept(a * c), kept(kept(c * b) + d)
        hidden = kept(kept(a * x) + b)
        prediction = kept(kept(c * hidden) + d)
        miss = kept(prediction - y)
        dd = kept(2.0 * miss)
        dc, db = kept(dd * hidden), kept(dd * c)
        da = kept(db * x)
        before = (x, y, a, b, c, d, slope, intercept, hidden, prediction, kept(miss * miss), da, db, dc, dd)
        a, b, c, d = kept(a - kept(da * lr)), kept(b - kept(db * lr)), kept(c - kept(dc * lr)), kept(d - kept(dd * lr))
        found.append((*before, a, b, c, d))
    return found


def main() -> int:
    """Measure and print; 1 where the bits differ or the ratio is below what is wanted."""
    variant = Variant(Linear2())
    starts, rates = runs(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
    count = len(starts)
    together = train(variant, starts, rates)
    fast = min(timed(lambda: train(variant, starts, rates)) for _ in range(3))
    clock = time.perf_counter()
    alone = [train(variant, starts[run : run + 1], rates[run : run + 1]) for run in range(count)]
    slow = time.perf_counter() - clock
    equal = sum(same_bits(together, trace, run) for run, trace in enumerate(alone))
    rows = variant.rows()
    clock = time.perf_counter()
    by_python = [by_hand(start, rate, rows) for start, rate in zip(starts.tolist(), rates.tolist(), strict=True)]
    plain = time.perf_counter() - clock
    both = np.array(by_python).transpose(2, 0, 1), np.array(list(together.columns.values()))
    hand = np.array_equal(*both, equal_nan=True)
    print(f"{count:,} runs of {variant.name}, {together.rows} steps, {len(together.columns)} columns kept")
    print(f"as arrays                        {fast:8.3f} s")
    print(f"loop over runs, one at a time    {slow:8.3f} s   {slow / fast:6.0f} times as long")
    print(f"loop over runs in plain Python   {plain:8.3f} s   {plain / fast:6.0f} times as long")
    print(
        f"same bits: {equal:,} of {count:,} runs in every column; plain Python's weights: {'same' if hand else 'other'}"
    )
    return int(not (equal == count and hand and slow / fast >= WANTED))


if __name__ == "__main__":
    sys.exit(main())
