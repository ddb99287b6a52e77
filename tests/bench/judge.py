"""What a report (the JSON of ``xlsgd verify``) is worth, held against a recipe's truth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .recipes import Expected, Recipe
from .sketch import Order, cell_name, place

Finding = Mapping[str, Any]
FIGURES = {"detected": 1.0, "exact": 0.95, "kind": 0.95, "alone": 0.95}  # least shares of the wrong ones


@dataclass(frozen=True)
class Score:
    """One workbook's.

    alarm: an error, or another verdict than ok, on a right or harmless one. detected: something was found; exact: a
    cause at a cell that the truth names; kind: of a kind it names; alone: no other error is called a cause. variant:
    it is as the recipe says (None: it says nothing). roles: columns of a right one that are taken for something else.
    """

    recipe: Recipe
    seconds: float
    failure: str = ""
    alarm: bool = False
    warnings: int = 0
    detected: bool = False
    exact: bool = False
    kind: bool = False
    alone: bool = False
    variant: bool | None = None
    roles: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), repr=False)


def score(recipe: Recipe, report: Mapping[str, Any], seconds: float = 0.0) -> Score:
    """Judges one report: an entry of ``files``."""
    found = [*report.get("findings", []), *(one for sheet in report["sheets"] for one in sheet["findings"])]
    errors = [one for one in found if one["severity"] == "error"]
    common: dict[str, Any] = {
        "recipe": recipe,
        "seconds": seconds,
        "findings": tuple(found),
        "warnings": len(found) - len(errors),
    }
    if recipe.sort != "wrong":
        alarm = bool(errors) or report["verdict"] != "ok"
        return Score(**common, alarm=alarm, variant=_variant(recipe, report), roles=_roles(recipe, report))
    causes = [one for one in found if one["cause"]]
    there = [one for one in causes if any(_there(one, expected) for expected in recipe.expected)]
    fitting = [one for one in causes if any(fits(one, expected) for expected in recipe.expected)]
    wanted = {kind for expected in recipe.expected for kind in expected.kinds}
    return Score(
        **common,
        detected=bool(errors) or any(one["kind"] in wanted for one in found),
        exact=bool(there),
        kind=bool(fitting),
        alone=not [one for one in causes if one["severity"] == "error" and one not in there],
    )


def fits(finding: Finding, expected: Expected) -> bool:
    """Whether a finding is what was expected: its place, kind and severity."""
    severe = expected.severity in {"any", finding["severity"]}
    return severe and finding["kind"] in expected.kinds and _there(finding, expected)


def _there(finding: Finding, expected: Expected) -> bool:
    if expected.cells:
        first = str(finding["range"] or "").split(":")[0]
        return finding["sheet"] == expected.sheet and bool({finding["cell"] or first} & expected.cells)
    if finding["kind"] not in expected.kinds:
        return False
    text = " ".join(str(finding[key]) for key in ("cell", "range", "formula", "expected_formula", "message"))
    plain = text.replace("$", "")
    return not expected.said or any(word in text or word.replace("$", "") in plain for word in expected.said)


def _variant(recipe: Recipe, report: Mapping[str, Any]) -> bool | None:
    wanted = [order.text for order in recipe.sketch.all("variant")]
    return wanted[0] in {sheet["variant"] for sheet in report["sheets"]} if wanted else None


def _roles(recipe: Recipe, report: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the truth lines that the report gives another role, as ``Sheet!C: state, not weight``."""
    given = {sheet["sheet"]: sheet["roles"] for sheet in report["sheets"] if "roles" in sheet}
    if recipe.sort != "right" or not given:
        return ()
    wanted = {key: role for order in recipe.sketch.all("truth") for key, role in roles_of(order).items()}
    said = {key: given.get(key[0], {}).get(key[1]) for key in wanted}
    return tuple(f"{key[0]}!{key[1]}: {said[key]}, not {wanted[key]}" for key in wanted if said[key] != wanted[key])


def roles_of(order: Order) -> dict[tuple[str, str], str]:
    """(sheet, column letters, or row number of what trains to the right) → role, of what lies beside the weights."""
    ranges = dict(word.split("=") for word in order.text.split() if re.search("=.*[A-Z]+[0-9]", word))
    weights = _span(ranges.get("a", ranges.get("A", "")), order.page)
    found = {}
    for key, text in ranges.items():
        sheet, where, rows = _span(text, order.page)
        if (sheet, rows) == (weights[0], weights[2]) and key != "last":
            found[sheet, where] = ROLES.get(key, "weight")
    return found


def _span(text: str, page: str) -> tuple[str, str, tuple[int, ...]]:
    """The sheet of a range, its column (or row, where it lies across), and the rows (or columns) it runs over."""
    sheet, cells = place(text.split("+")[0], page)
    if cells[0][0] == cells[-1][0]:
        return sheet, str(cells[0][0]), tuple(col for _, col in cells)
    return sheet, re.sub("[0-9]", "", cell_name(cells[0])), tuple(row for row, _ in cells)


ROLES = {"x": "input", "x2": "input", "y": "target", "error": "error", "prediction": "prediction"}


def share(scores: Iterable[Score], figure: str) -> float:
    """The share of the wrong workbooks of which a figure is true; 1 of none."""
    own = [getattr(one, figure) for one in scores if one.recipe.sort == "wrong"]
    return sum(own) / len(own) if own else 1.0


def shortfalls(scores: Iterable[Score]) -> list[str]:
    """What keeps the scores from being acceptable, in words; empty where they are."""
    scores = list(scores)
    short = [f"failed on {one.recipe.name}: {one.failure}" for one in scores if one.failure]
    short += [f"false alarm on {one.recipe.name}" for one in scores if one.alarm]
    for figure, least in FIGURES.items():
        if share(scores, figure) < least:
            short.append(f"{figure}: {share(scores, figure):.1%}, at least {least:.0%} is wanted")
    return short
