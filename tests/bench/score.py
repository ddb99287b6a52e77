"""Scores ``xlsgd verify`` on the bench: ``python tests/bench/score.py [--only NAME] [--keep DIR] [--all] [--speed]``.

Exit status 1 where the figures are below what is accepted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.judge import FIGURES, Score, share, shortfalls
from bench.make import make
from bench.recipes import long_sketch, recipes
from bench.run import run_all

SECONDS = {30: 1.0, 3000: 3.0}  # rows → how long the whole command may take


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only workbooks whose name has this text")
    parser.add_argument("--keep", type=Path, help="leave the workbooks in this folder")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes share the work")
    parser.add_argument("--all", action="store_true", help="print the findings of every workbook, not of the failing")
    parser.add_argument("--speed", action="store_true", help="time the whole command on 30 and on 3,000 rows instead")
    options = parser.parse_args()
    if options.speed:
        return speed()
    names = [recipe.name for recipe in recipes() if options.only in recipe.name]
    if not names:
        parser.error(f"no workbook's name has '{options.only}'")
    with TemporaryDirectory() as folder:
        home = options.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        scores = run_all(names, home, options.jobs)
    for one in scores:
        if options.all or bad(one):
            print("\n".join(told(one)))
    print(table(scores))
    short = shortfalls(scores)
    print("\n".join(short) if short else "all figures are reached")
    return 1 if short else 0


def speed() -> int:
    """Times ``python -m xlsgd verify``, best of three; 1 where it is slower than it should be."""
    slow = False
    with TemporaryDirectory() as folder:
        for rows, most in SECONDS.items():
            path = Path(folder, f"{rows}.xlsx")
            make(long_sketch(rows), path)
            runs = [_timed([sys.executable, "-m", "xlsgd", "verify", str(path)]) for _ in range(3)]
            slow = slow or min(runs) > most
            print(f"{rows:5,} rows: {min(runs):.2f} s, at most {most} s are wanted")
    return int(slow)


def _timed(command: list[str]) -> float:
    clock = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - clock


def bad(one: Score) -> bool:
    """Whether anything of a score falls short."""
    if one.recipe.sort == "wrong":
        return bool(one.failure) or not all(getattr(one, figure) for figure in FIGURES)
    return bool(one.failure) or one.alarm or one.variant is False or bool(one.roles)


def told(one: Score) -> list[str]:
    """A workbook's name, what falls short, what was expected, and its findings that are causes."""
    if one.recipe.sort == "wrong":
        lacking = [figure for figure in FIGURES if not getattr(one, figure)]
        word = "not " + ", ".join(lacking) if lacking else "found"
    else:
        word = "FALSE ALARM" if one.alarm else "other variant" if one.variant is False else "ok"
    lines = [f"{one.recipe.name} ({one.seconds:.2f} s): {one.failure or word}"]
    for expected in one.recipe.expected:
        where = ",".join(sorted(expected.cells | expected.said)) or "-"
        lines.append(f"    wanted  {'/'.join(sorted(expected.kinds))} {expected.sheet}!{where}")
    lines += [f"    role    {text}" for text in one.roles]
    for finding in one.findings:
        if finding["cause"]:
            where = f"{finding['sheet']}!{finding['cell']} {finding['range'] or ''}"
            lines.append(f"    {finding['severity']:8}{finding['kind']} {where}: {str(finding['message'])[:150]}")
    return lines


def table(scores: list[Score]) -> str:
    """The figures by kind and by layout, then all."""
    wrong = [one for one in scores if one.recipe.sort == "wrong"]
    lines = [f"{'':50}{'n':>5}" + "".join(f"{figure:>10}" for figure in FIGURES)]
    lines += _lines(wrong, lambda one: one.recipe.sketch.file)
    lines += ["", *_lines(wrong, lambda one: one.recipe.layout)]
    lines += ["", *_lines(wrong, lambda one: "all wrong")]
    for sort in ("right", "harmless"):
        own = [one for one in scores if one.recipe.sort == sort]
        alarms, warned = sum(one.alarm for one in own), sum(bool(one.warnings) for one in own)
        lines.append(f"{sort}: {len(own)}, false alarms {alarms}, with warnings {warned}")
    named = [one.variant for one in scores if one.variant is not None]
    lines.append(f"variant right: {sum(named)} of {len(named)}")
    roles = [one for one in scores if one.recipe.sort == "right"]
    lines.append(f"all roles right: {sum(not one.roles for one in roles)} of {len(roles)}")
    seconds = sorted(one.seconds for one in scores)
    lines.append(f"time: {sum(seconds):.1f} s, median {seconds[len(seconds) // 2]:.2f} s, longest {seconds[-1]:.2f} s")
    return "\n".join(lines)


def _lines(scores: list[Score], by: Callable[[Score], str]) -> Iterable[str]:
    for name in sorted({by(one) for one in scores}):
        own = [one for one in scores if by(one) == name]
        yield f"{name:50}{len(own):5}" + "".join(f"{share(own, figure):10.0%}" for figure in FIGURES)


if __name__ == "__main__":
    sys.exit(main())
