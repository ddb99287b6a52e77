"""The bench of hand-made-looking workbooks: that it is sound, and that ``xlsgd verify`` reaches its figures on it."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path
from typing import Any

import pytest

from bench.judge import FIGURES, Score, score, share, shortfalls
from bench.make import Stored, make, values
from bench.recipes import KINDS, Recipe, cause_cells, long_sketch, recipes
from bench.run import run_all, run_one
from bench.sketch import Cell, Sketch, read_sketches
from bench.truth import differences
from xlsgd import load
from xlsgd.cli import commands
from xlsgd.formula import text_at

ALL = recipes()
RIGHT = [recipe for recipe in ALL if recipe.sort == "right"]
HARMLESS = [recipe for recipe in ALL if recipe.sort == "harmless"]
WRONG = [recipe for recipe in ALL if recipe.sort == "wrong"]
CELL_KINDS = {"reference", "formula", "hard_coded", "data"}  # files of wrong/ whose mistakes are the contents of cells


def name_of(recipe: Recipe) -> str:
    return recipe.name


def test_the_bench_is_large_and_its_names_are_its_own() -> None:
    assert len({recipe.name for recipe in ALL}) == len(ALL)
    assert len(RIGHT) >= 30
    assert len(HARMLESS) >= 20
    assert len(WRONG) >= 100
    assert {recipe.layout for recipe in WRONG} == {recipe.layout for recipe in RIGHT}


def test_every_mistake_says_what_should_be_found() -> None:
    assert all(recipe.expected for recipe in WRONG)
    assert not [recipe.name for recipe in (*RIGHT, *HARMLESS) if recipe.expected]
    used = {kind for recipe in WRONG for expected in recipe.expected for kind in expected.kinds}
    assert used == KINDS


def test_the_loops_know_nothing_of_xlsgd() -> None:
    tree = ast.parse((Path(__file__).parent / "bench" / "loops.py").read_text("utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names == {"__future__", "collections.abc", "dataclasses", "numpy", "numpy.typing"}


@pytest.mark.parametrize("recipe", RIGHT, ids=name_of)
def test_a_right_workbook_trains_as_numpy_does(recipe: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    make(recipe.sketch, path)
    assert recipe.sketch.has("truth")
    assert differences(recipe.sketch, values(path)) == []
    assert stored_in(path) == ({} if recipe.sketch.has("uncached") else values(path))


def test_the_truth_can_fail(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    wrong = next(recipe for recipe in WRONG if recipe.name == "formula-factor-2-missing")
    make(wrong.sketch, path)
    assert differences(wrong.sketch, values(path))[0].startswith("a, step 3")


@pytest.mark.parametrize("recipe", HARMLESS, ids=name_of)
def test_a_harmless_difference_changes_no_number(recipe: Recipe, tmp_path: Path) -> None:
    own = made(recipe.sketch, tmp_path / "own.xlsx")
    if recipe.base is None or recipe.sketch.has("differs"):
        assert differences(recipe.sketch, own) == []
        return
    base = made(recipe.base, tmp_path / "base.xlsx")
    moved = [key for key in base.keys() & own.keys() if not same(base[key], own[key])]
    assert moved == []


@pytest.mark.parametrize("recipe", [one for one in WRONG if one.sketch.file in CELL_KINDS], ids=name_of)
def test_a_mistake_is_in_the_stated_cells_only(recipe: Recipe, tmp_path: Path) -> None:
    assert recipe.base is not None
    base, own = tmp_path / "base.xlsx", tmp_path / "own.xlsx"
    before, after = made(recipe.base, base), made(recipe.sketch, own)
    differing = {key for key, _ in contents(own).items() ^ contents(base).items()}
    assert differing == recipe.sketch.edited
    assert one_run(differing)
    first = min(differing)
    assert first in cause_cells(recipe)
    looked_at = (before.keys() & after.keys()) | (differing if recipe.sketch.file != "data" else set())
    spoiled = [key for key in looked_at if not same(value(before, recipe.base, key), value(after, recipe.sketch, key))]
    assert bool(spoiled) != recipe.sketch.has("latent")
    assert recipe.sketch.file == "data" or not spoiled or differing & {*spoiled}


@pytest.mark.parametrize("recipe", [one for one in WRONG if one.sketch.file == "stale"], ids=name_of)
def test_what_is_stale_is_old_in_the_file(recipe: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    fresh = made(recipe.sketch, path)
    old = {key for key, number in stored_in(path).items() if not same(number, fresh[key])}
    assert min(cause_cells(recipe)) in old
    assert differences(recipe.sketch, fresh) == [] or recipe.sketch.has("was")


def made(sketch: Sketch, path: Path) -> Stored:
    make(sketch, path)
    return values(path)


def value(stored: Stored, sketch: Sketch, key: tuple[str, Cell]) -> Any:
    return stored.get(key, sketch.cells[key[0]].get(key[1]))


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-8, abs_tol=1e-10)
    return type(one) is type(other) and one == other


def one_run(cells: set[tuple[str, Cell]]) -> bool:
    """Whether the cells are of one sheet and stand in one row or column without a gap."""
    rows, cols = {cell[0] for _, cell in cells}, {cell[1] for _, cell in cells}
    long = max(rows) - min(rows) + max(cols) - min(cols) + 1
    return len({page for page, _ in cells}) == 1 and min(len(rows), len(cols)) == 1 and long == len(cells)


def contents(path: Path) -> dict[tuple[str, Cell], str]:
    """What was typed and the formulas, each for its own cell, as the file tells them."""
    found = {}
    for sheet in load(path).sheets:
        found |= {(sheet.name, cell): repr(typed) for cell, typed in sheet.constants.items()}
        found |= {(sheet.name, cell): f"={text_at(one.text, one.origin, cell)}" for cell, one in sheet.formulas.items()}
    return found


def stored_in(path: Path) -> Stored:
    return {
        (sheet.name, cell): sheet.cached[cell] if isinstance(sheet.cached[cell], float) else str(sheet.cached[cell])
        for sheet in load(path).sheets
        for cell in sheet.formulas
        if cell in sheet.cached
    }


def test_a_line_that_no_one_understands_is_told(tmp_path: Path) -> None:
    text = tmp_path / "some.txt"
    for line, said in (("colour A1 red", "no keyword 'colour'"), ("A1:B2  1 | 2 | 3", "does not hold 3 contents")):
        text.write_text(f"== one\n@ Sheet1\n{line}\n", "utf-8")
        with pytest.raises(ValueError, match=said):
            list(read_sketches(text))


def test_a_long_sheet_is_as_long_as_it_says_and_right(tmp_path: Path) -> None:
    sketch = long_sketch(60)
    assert len(sketch.cells["Sheet1"]) > 60 * 9
    assert differences(sketch, made(sketch, tmp_path / "long.xlsx")) == []


# --- the scorer


def report(*findings: dict[str, Any]) -> dict[str, Any]:
    verdict = "differs" if any(one["severity"] == "error" for one in findings) else "ok"
    return {"verdict": verdict, "findings": [], "sheets": [{"sheet": "?", "variant": None, "findings": [*findings]}]}


def finding(**given: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("cell", "range", "formula", "expected_formula", "caused_by"))
    return {**empty, "severity": "error", "cause": True, "message": "", **given}


def perfect(recipe: Recipe) -> dict[str, Any]:
    """The report that the truth itself would give."""
    if not recipe.expected:
        return report()
    first = recipe.expected[0]
    severity = "error" if first.severity == "any" else first.severity
    where = min(first.cells) if first.cells else None
    said = " ".join(first.said)
    return report(finding(kind=min(first.kinds), sheet=first.sheet, cell=where, severity=severity, message=said))


def test_the_truth_scores_full_marks() -> None:
    scores = [score(recipe, perfect(recipe)) for recipe in ALL]
    assert shortfalls(scores) == []
    assert all(share(scores, figure) == 1 for figure in FIGURES)


def test_saying_nothing_scores_nothing() -> None:
    scores = [score(recipe, report()) for recipe in ALL]
    assert share(scores, "detected") == 0
    assert [text.split(":")[0] for text in shortfalls(scores)] == ["detected", "exact", "kind"]


def test_an_error_on_a_right_workbook_is_a_false_alarm_and_a_warning_is_none() -> None:
    said = finding(kind="formula", sheet="Sheet1", cell="A1")
    assert score(RIGHT[0], report(said)).alarm
    assert not score(RIGHT[0], report({**said, "severity": "warning"})).alarm
    assert score(RIGHT[0], {**report(), "verdict": "unrecognised"}).alarm


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"cell": "G12"}, {"exact", "kind", "alone"}),
        ({"kind": "formula"}, {"kind"}),
        ({"severity": "warning"}, {"kind"}),
        ({"cause": False}, {"exact", "kind"}),
        ({"sheet": "Other"}, {"exact", "kind", "alone"}),
    ],
)
def test_what_a_finding_that_is_not_quite_right_loses(change: dict[str, Any], lost: set[str]) -> None:
    recipe = next(one for one in WRONG if one.name == "reference-prediction-of-the-row-before")
    whole = finding(kind="reference", sheet="Sheet1", cell="G11")
    judged = score(recipe, report({**whole, **change}))
    assert {figure for figure in FIGURES if not getattr(judged, figure)} == lost


def test_a_column_taken_for_another_is_told() -> None:
    recipe = next(one for one in RIGHT if one.layout == "learning rate in a corner")
    roles = {
        "A": "input",
        "B": "target",
        "C": "weight",
        "D": "state",
        "E": "prediction",
        "F": "error",
        "G": "derivative",
    }
    said = report()
    said["sheets"] = [{"sheet": "Sheet1", "variant": "linear-analytic-sgd", "findings": [], "roles": roles}]
    judged = score(recipe, said)
    assert judged.variant is True
    assert judged.roles == ("Sheet1!D: state, not weight",)


def test_a_check_that_breaks_is_told(tmp_path: Path) -> None:
    def broken(path: Path) -> dict[str, Any]:
        raise RuntimeError(f"no idea what {path.name} is")

    scores = [run_one(RIGHT[0].name, tmp_path, broken)]
    assert re.match("failed on .*: RuntimeError: no idea what", shortfalls(scores)[0])


# --- the check itself

needs_verify = pytest.mark.skipif("verify" not in commands.commands, reason="xlsgd verify is not there yet")


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> list[Score]:
    return run_all([recipe.name for recipe in ALL], tmp_path_factory.mktemp("bench"), jobs=2)


@needs_verify
def test_right_and_harmless_workbooks_raise_no_alarm(scores: list[Score]) -> None:
    assert [one.recipe.name for one in scores if one.alarm] == []


@needs_verify
@pytest.mark.parametrize("figure", FIGURES)
def test_mistakes_are_found(scores: list[Score], figure: str) -> None:
    lacking = [one.recipe.name for one in scores if one.recipe.sort == "wrong" and not getattr(one, figure)]
    assert share(scores, figure) >= FIGURES[figure], lacking
