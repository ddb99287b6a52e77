"""Makes the workbooks, has ``xlsgd verify`` look at them, and scores what it says."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .judge import Score, score
from .make import make
from .recipes import Recipe, recipes

Verify = Callable[[Path], Mapping[str, Any]]


def verify(path: Path) -> Mapping[str, Any]:
    """The command's own JSON of one file. Raises RuntimeError with what it said where it gave none."""
    from xlsgd.cli import main

    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained):
        status = main(["verify", str(path), "--json"])
    if status not in {0, 1}:
        raise RuntimeError(complained.getvalue().strip() or f"exit status {status}")
    report: Mapping[str, Any] = json.loads(said.getvalue())["files"][0]
    return report


def run_all(names: Sequence[str], folder: Path, jobs: int = 1) -> list[Score]:
    """Scores the recipes of these names, in order."""
    if jobs == 1:
        return [run_one(name, folder) for name in names]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        return list(pool.map(partial(run_one, folder=folder), names, chunksize=8))


def run_one(name: str, folder: Path, by: Verify = verify) -> Score:
    """Makes one workbook in a folder and scores what is said of it."""
    recipe = next(one for one in recipes() if one.name == name)
    path = folder / f"{name}.xlsx"
    make(recipe.sketch, path)
    clock = time.perf_counter()
    try:
        report = by(path)
    except Exception as error:  # a bug in the check is a failure of this workbook, not of the bench
        return _failed(recipe, f"{type(error).__name__}: {error}", time.perf_counter() - clock)
    return score(recipe, report, time.perf_counter() - clock)


def _failed(recipe: Recipe, text: str, seconds: float) -> Score:
    return Score(recipe, seconds, failure=text, alarm=recipe.sort != "wrong")
