"""docs/security.md against what is there: its limits are those of the code, and each row of an attack has its test."""

from __future__ import annotations

import re
import sys
from dataclasses import fields
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_packages
from attack_registry import ATTACKS, OTHERS

from xlsgd.limits import Limits, number

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


def rows(section: str) -> list[list[str]]:
    """The rows of the table in a section, without its head."""
    text = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    found = next(part for part in text if part.startswith(section + "\n"))
    lines = [line for line in found.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_each_limit_has_a_row_with_its_default() -> None:
    plain = Limits()
    told = {name.strip("`"): number(default.replace(",", "")) for name, default, _ in rows("Limits")}
    assert told == {one.name: getattr(plain, one.name) for one in fields(Limits)}


def test_each_attack_has_a_row_and_each_row_an_attack() -> None:
    listed = [row[0] for row in rows("Files, zips, XML, cells")]
    assert listed == [*ATTACKS, *OTHERS]


@pytest.mark.parametrize("row", rows("Files, zips, XML, cells"), ids=lambda row: str(row[0]))
def test_a_row_says_what_its_test_does(row: list[str]) -> None:
    name, what, limit, test = row
    assert callable(getattr(test_packages, test.strip("`")))
    if name not in ATTACKS:
        assert OTHERS[name] == test.strip("`")
        return
    refused = ATTACKS[name].refused
    assert what.startswith("refused" if refused else "a right answer")
    found = re.search(r"limit '(\w+)'", refused)
    assert found is None or limit == f"`{found[1]}`"
