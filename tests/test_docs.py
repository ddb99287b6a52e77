"""The documentation is true: pages made from the code are current, examples run as printed, links lead somewhere."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import xlsgd

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md"), *ROOT.glob("examples/**/*.md")]
)
EXAMPLES = sorted(ROOT.glob("examples/*.py"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = sorted(
    found.name for found in pkgutil.walk_packages(xlsgd.__path__, "xlsgd.") if "__main__" not in found.name
)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def load_script(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(file).stem, ROOT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples(text: str, title: str, names: dict[str, object]) -> tuple[int, int]:
    """How many examples failed, and how many there are."""
    test = doctest.DocTestParser().get_doctest(text, names, title, None, 0)
    return tuple(doctest.DocTestRunner(optionflags=FLAGS).run(test))[:2]  # type: ignore[return-value]


def test_the_walk_saw_the_pages() -> None:
    assert len(PAGES) >= 16
    assert len(MODULES) >= 80
    assert len(EXAMPLES) >= 2


def test_pages_made_from_the_code_are_current() -> None:
    for path, text in load_script("scripts/make_docs.py").pages().items():
        assert path.read_text("utf-8") == text, f"{name(path)} is stale: run scripts/docs"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            path = (page.parent / target.partition("#")[0]).resolve()
            assert path.exists(), f"{name(page)} links to {target}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(">>>" in code for code in blocks(page, "python"))], ids=name
)
def test_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    failed, tried = examples("\n".join(blocks(page, "python")), name(page), {})
    assert tried
    assert not failed


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "console") and "optimizer" not in page.stem], ids=name
)
def test_commands_on_a_page_print_what_it_says(page: Path, tmp_path: Path) -> None:
    """Lines that begin with ``$ xlsgd`` are run; ``...`` stands for anything."""
    environment = {**os.environ, "COLUMNS": "110"}
    for session in blocks(page, "console"):
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            line, _, expected = part.partition("\n")
            program, *arguments = shlex.split(line)
            assert program == "xlsgd"
            command = [sys.executable, "-m", "xlsgd", *arguments]
            run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
            assert doctest.OutputChecker().check_output(expected, run.stdout + run.stderr, FLAGS), (
                run.stdout + run.stderr
            )


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, example], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()
    assert "differs" not in run.stdout


def test_examples_in_docstrings_run() -> None:
    tried = 0
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        result = doctest.testmod(module, optionflags=FLAGS)
        assert not result.failed, module_name
        tried += result.attempted
    assert tried >= 30
