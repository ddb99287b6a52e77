"""Follows docs/add-an-optimizer.md: its blocks go into a copy of the package, and the new optimizer must work there."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "add-an-optimizer.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```python\n# (src/\S+)\n(.*?)```", PAGE, re.DOTALL))
(NAME,) = re.findall(r"^class (\w+)\(Optimizer\)", BLOCKS["src/xlsgd/variants/optimizers.py"], re.MULTILINE)


MEMBER_TESTS = (ROOT / "tests/test_registries.py", ROOT / "tests/test_matrix.py")


def follow(root: Path, blocks: Sequence[str]) -> Path:
    """A copy of the package in which the page's steps are done, but only for some of its blocks."""
    shutil.copytree(ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for file in blocks:
        path = root / file
        text = path.read_text("utf-8")
        path.write_text(
            add_member(text, BLOCKS[file]) if "/variants/" in file else add_rule(text, BLOCKS[file]), "utf-8"
        )
    names = root / "src/xlsgd/variants/__init__.py"
    names.write_text(import_beside(names.read_text("utf-8"), ".optimizers"), "utf-8")
    return root


def add_member(text: str, block: str) -> str:
    """The class above ``OPTIMIZERS`` and an instance at the end of that tuple."""
    (members,) = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "OPTIMIZERS"
    )
    lines = text.splitlines(keepends=True)
    assert members.end_lineno is not None
    statement = "".join(lines[members.lineno - 1 : members.end_lineno]).rstrip()
    longer = f"{statement.removesuffix(')').rstrip().removesuffix(',')}, {NAME}())\n"
    return "".join([*lines[: members.lineno - 1], block, "\n\n", longer, *lines[members.end_lineno :]])


def add_rule(text: str, block: str) -> str:
    return f"{import_beside(text, '..variants')}\n\n{block}"


def import_beside(text: str, module: str) -> str:
    return re.sub(rf"(?m)^(from {re.escape(module)} import \(?)", rf"\1{NAME}, ", text, count=1)


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "110"}
    return subprocess.run([sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True)


def registry_tests(root: Path) -> subprocess.CompletedProcess[str]:
    arguments = ("-p", "no:cacheprovider", "-p", "no:xdist", "-k", "heavy-ball or unique")
    return run(root, "-m", "pytest", *arguments, "-c", str(ROOT / "pyproject.toml"), *map(str, MEMBER_TESTS))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return follow(tmp_path_factory.mktemp("followed"), list(BLOCKS))


def test_the_page_has_three_pieces() -> None:
    assert [file.split("/")[2] for file in BLOCKS] == ["variants", "sheet", "reference"]


def test_the_command_on_the_page_works(followed: Path) -> None:
    (command,) = re.findall(r"^\$ xlsgd (.+)$", PAGE, re.MULTILINE)
    made = run(followed, "-m", "xlsgd", *command.split())
    assert made.returncode == 0, made.stderr
    assert "linear2-analytic-heavy-ball" in made.stdout


def test_the_new_optimizer_agrees_to_the_bit(followed: Path) -> None:
    tested = registry_tests(followed)
    assert tested.returncode == 0, tested.stdout
    # Models times gradients, and more: both rules, the names.
    assert int(re.findall(r"(\d+) passed", tested.stdout)[-1]) >= 9


def test_a_missing_piece_is_noticed(tmp_path: Path) -> None:
    tested = registry_tests(follow(tmp_path, list(BLOCKS)[:2]))
    assert tested.returncode == 1
    assert "heavy-ball has no rule in xlsgd.reference.optimizers" in tested.stdout
